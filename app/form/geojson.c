#include "app/form/geojson.h"

#include "app/form/rows.h"
#include "app/form/xpath.h"
#include "platform/base/json.h"
#include "platform/base/map.h"
#include "platform/base/mem.h"

enum { GEO_DEPTH_LINE = 1, GEO_DEPTH_RING = 2 };

struct reading {
    struct map columns; /* name → index + 1 */
    VEC(struct str) names;
    struct buf text; /* of the cell being written */
    struct arena arena;
};

static void add_number(struct buf *to, double number)
{
    char text[XPATH_NUMBER_TEXT];
    buf_add(to, text, xpath_number_text(number, text));
}

static bool add_point(struct buf *to, const struct json *point)
{
    if (json_count(point) < 2 || json_kind(json_at(point, 0)) != JSON_IS_NUMBER ||
        json_kind(json_at(point, 1)) != JSON_IS_NUMBER) {
        return false;
    }
    add_number(to, json_number(json_at(point, 1), 0));
    buf_add_char(to, ' ');
    add_number(to, json_number(json_at(point, 0), 0));
    buf_add_text(to, " 0 0");
    return true;
}

static bool add_points(struct buf *to, const struct json *points)
{
    for (size_t i = 0; i < json_count(points); i++) {
        if (i) {
            buf_add_text(to, "; ");
        }
        if (!add_point(to, json_at(points, i))) {
            return false;
        }
    }
    return json_count(points) > 0;
}

/* Writes the geometry in ODK's notation; false for kinds that it has none for. */
static bool add_geometry(struct buf *to, const struct json *geometry)
{
    const char *type = json_text(json_get(geometry, "type"), "");
    const struct json *coordinates = json_get(geometry, "coordinates");
    if (!strcmp(type, "Point")) {
        return add_point(to, coordinates);
    }
    if (!strcmp(type, "LineString")) {
        return add_points(to, coordinates);
    }
    return !strcmp(type, "Polygon") && add_points(to, json_at(coordinates, 0));
}

static void add_value(struct buf *to, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_IS_TEXT:
        buf_add_text(to, json_text(value, ""));
        break;
    case JSON_IS_NUMBER:
        add_number(to, json_number(value, 0));
        break;
    case JSON_IS_BOOL:
        buf_add_text(to, json_bool(value, false) ? "true" : "false");
        break;
    default:
        break;
    }
}

static void add_column(struct reading *to, const char *name)
{
    struct str key = str_of(name);
    if (!map_has(&to->columns, key)) {
        struct str kept = {arena_str(&to->arena, key), key.n};
        vec_push(&to->names, kept);
        map_put(&to->columns, kept, (void *)(uintptr_t)to->names.n);
    }
}

static void find_columns(struct reading *to, const struct json *features)
{
    add_column(to, "geometry");
    for (size_t i = 0; i < json_count(features); i++) {
        const struct json *feature = json_at(features, i), *value;
        const struct json *properties = json_get(feature, "properties");
        const char *key;
        for (size_t k = 0; json_member(properties, k, &key, &value); k++) {
            add_column(to, key);
        }
        if (json_get(feature, "id")) {
            add_column(to, "id");
        }
    }
}

static void put_cell(struct reading *to, struct str *cells, const char *name)
{
    size_t at = (size_t)(uintptr_t)map_get(&to->columns, str_of(name)) - 1;
    cells[at] = (struct str){arena_str(&to->arena, buf_str(&to->text)), to->text.n};
    buf_clear(&to->text);
}

static bool add_feature(struct reading *to, const struct json *feature, struct form_list *table,
                        size_t i, struct err *err)
{
    struct str *cells = arena_array(&to->arena, struct str, to->names.n);
    for (size_t k = 0; k < to->names.n; k++) {
        cells[k] = STR("");
    }
    const struct json *properties = json_get(feature, "properties"), *value;
    const char *key;
    for (size_t k = 0; json_member(properties, k, &key, &value); k++) {
        add_value(&to->text, value);
        put_cell(to, cells, key);
    }
    if (json_get(feature, "id")) {
        add_value(&to->text, json_get(feature, "id"));
        put_cell(to, cells, "id");
    }
    if (!add_geometry(&to->text, json_get(feature, "geometry"))) {
        return err_set(err, ERR_INPUT, 0,
                       "feature %zu: only Point, LineString and Polygon are supported", i + 1);
    }
    put_cell(to, cells, "geometry");
    table_add(table, cells);
    return true;
}

static bool read_features(struct reading *to, const struct json *root, struct form_list **list,
                          struct err *err)
{
    const struct json *features = json_get(root, "features");
    if (strcmp(json_text(json_get(root, "type"), ""), "FeatureCollection") != 0) {
        return err_set(err, ERR_INPUT, 0, "GeoJSON must be a FeatureCollection");
    }
    if (json_kind(features) != JSON_IS_ARRAY) {
        return err_set(err, ERR_INPUT, 0, "GeoJSON without an array of features");
    }
    find_columns(to, features);
    struct form_list *table = table_create(to->names.v, to->names.n);
    for (size_t i = 0; i < json_count(features); i++) {
        if (!add_feature(to, json_at(features, i), table, i, err)) {
            table->ops->destroy(table);
            return false;
        }
    }
    *list = table;
    return true;
}

bool list_from_geojson(struct str text, struct form_list **list, struct err *err)
{
    struct json *root = json_parse(text, err);
    if (!root) {
        return false;
    }
    struct reading reading = {0};
    bool ok = read_features(&reading, root, list, err);
    map_finish(&reading.columns);
    vec_finish(&reading.names);
    buf_finish(&reading.text);
    arena_finish(&reading.arena);
    json_destroy(root);
    return ok;
}
