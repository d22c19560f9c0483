#include "app/hub/archive_entity.h"

#include <stdio.h>
#include <strings.h>

#include "platform/base/clock.h"
#include "platform/base/csv.h"
#include "platform/base/json.h"

/* Names of lists and properties, as the entities specification allows them. */
static bool is_list_name(const char *name, bool is_property)
{
    size_t n = strlen(name);
    if (n == 0 || n > 120 || strncmp(name, "__", 2) == 0) {
        return false;
    }
    if (is_property && (strcasecmp(name, "name") == 0 || strcasecmp(name, "label") == 0)) {
        return false;
    }
    return !strpbrk(name, "./\\\"'<>&,;: \t\r\n") && !strchr("-0123456789", name[0]);
}

bool archive_entity_list_add(struct archive *archive, const char *list, const char *property,
                             struct err *err)
{
    int64_t id = 0;
    if (!is_list_name(list, false) || (property && !is_list_name(property, true))) {
        return err_set(err, ERR_INPUT, 0, "%s is no name for an entity list or property",
                       property ? property : list);
    }
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = db_run(archive->db,
                     "insert into entity_list(name, revision) values(?, 1) on conflict do nothing",
                     DB_WITH(DB_TEXT(list)), err) &&
              entity_list_find(archive, list, &id, err);
    if (ok && property) {
        ok = db_run(archive->db,
                    "insert into entity_property(list, name, place) values(?1, ?2,"
                    " (select count(*) from entity_property where list = ?1))"
                    " on conflict do nothing",
                    DB_WITH(DB_INT(id), DB_TEXT(property)), err);
    }
    return archive_end(archive, ok, err);
}

/* ---- from a submission ---- */

static bool note_error(struct archive *archive, const struct openrosa_entity *entity,
                       int64_t record, const char *reason, struct err *err)
{
    return db_run(archive->db,
                  "insert into entity_error(record, list, uuid, reason, ms) values(?, ?, ?, ?, ?)",
                  DB_WITH(DB_INT(record), DB_TEXT(entity->list), DB_TEXT(entity->id),
                          DB_TEXT(reason), DB_INT(clock_now_ms())),
                  err);
}

static void add_path(struct buf *to, const struct xml *node)
{
    if (node && node->kind == XML_ELEMENT) {
        add_path(to, node->parent);
        buf_addf(to, "/%s", node->name->local);
    }
}

/* The node that a path below the holder leads to, unless it belongs to an entity block of its
 * own further down. */
static const struct xml *descend(const struct xml *holder, struct str path)
{
    struct str rest = path, part;
    const struct xml *at = holder;
    while (at && str_cut(&rest, '/', &part)) {
        const struct xml *child = xml_child(at, NULL);
        while (child && !str_is(part, child->name->local)) {
            child = xml_next(child, NULL);
        }
        at = child;
        const struct xml *meta = at ? xml_child(at, "meta") : NULL;
        if (meta && xml_child(meta, "entity")) {
            return NULL;
        }
    }
    return at;
}

static void read_values(const struct openrosa_entity *entity, const struct formdef *def,
                        struct entity_change *change)
{
    struct buf base = {0};
    add_path(&base, entity->holder);
    buf_add_char(&base, '/');
    for (size_t i = 0; def && i < def->fields.n; i++) {
        const struct formdef_field *field = &def->fields.v[i];
        struct str path = str_of(field->path);
        if (!field->saveto || !str_starts(path, buf_str(&base))) {
            continue;
        }
        const struct xml *node =
            descend(entity->holder, (struct str){path.s + base.n, path.n - base.n});
        if (node) {
            vec_push(&change->values, (struct entity_value){field->saveto, node->text});
        }
    }
    buf_finish(&base);
}

static bool hold(struct archive *archive, const struct entity_change *change, struct err *err)
{
    struct buf data = {0};
    buf_add_char(&data, '{');
    for (size_t i = 0; i < change->values.n; i++) {
        json_add_key(&data, change->values.v[i].name);
        json_add_text(&data, change->values.v[i].value);
    }
    buf_add_char(&data, '}');
    bool ok =
        db_run(archive->db,
               "insert into entity_held(list, uuid, branch, base, trunk, label, data,"
               " record, ms) values(?, ?, ?, ?, ?, ?, ?, ?, ?)",
               DB_WITH(DB_INT(change->list), DB_TEXT(change->id), DB_TEXT(change->branch),
                       DB_INT(change->base), DB_INT(change->trunk), DB_TEXT(change->label),
                       DB_STR(buf_str(&data)), DB_INT(change->record), DB_INT(clock_now_ms())),
               err);
    buf_finish(&data);
    return ok;
}

static bool apply(struct archive *archive, const struct openrosa_entity *entity,
                  const struct entity_change *change, struct err *err)
{
    enum entity_outcome outcome = ENTITY_UNKNOWN;
    bool ok = true;
    if (entity->is_update) {
        /* update or create, whichever fits, with no version seen: on what is current */
        bool is_upsert = entity->is_create && entity->base == 0;
        ok = entity_update(archive, change, is_upsert, &outcome, err);
    }
    if (ok && entity->is_create && outcome != ENTITY_DONE) {
        if (!*entity->label) {
            return note_error(archive, entity, change->record, "it has no label", err);
        }
        ok = entity_create(archive, change, &outcome, err);
    }
    if (!ok) {
        return false;
    }
    switch (outcome) {
    case ENTITY_DONE:
        return entity_release(archive, change->list, change->id, err);
    case ENTITY_HELD:
        return hold(archive, change, err);
    case ENTITY_EXISTS:
        return note_error(archive, entity, change->record, "it is there already", err);
    case ENTITY_UNKNOWN:
        return note_error(archive, entity, change->record, "its base version is not there", err);
    }
    return true;
}

bool archive_entities_apply(struct archive *archive, const struct openrosa_parcel *parcel,
                            const struct formdef *def, int64_t seq, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < parcel->entities.n; i++) {
        const struct openrosa_entity *entity = &parcel->entities.v[i];
        struct entity_change change = {.record = seq,
                                       .id = entity->id,
                                       .label = entity->label,
                                       .branch = entity->branch,
                                       .base = entity->base,
                                       .trunk = entity->trunk};
        ok = entity_list_find(archive, entity->list, &change.list, err);
        if (ok && !change.list) {
            ok = note_error(archive, entity, seq, "there is no such list", err);
        } else if (ok && !entity_is_id(entity->id)) {
            ok = note_error(archive, entity, seq, "its id is no UUID", err);
        } else if (ok) {
            read_values(entity, def, &change);
            ok = apply(archive, entity, &change, err);
        }
        entity_change_finish(&change);
    }
    return ok;
}

/* ---- from a CSV ---- */

static int column_of(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->cells.n; i++) {
        if (str_is(str_trim(csv->cells.v[i]), name)) {
            return (int)i;
        }
    }
    return -1;
}

struct import {
    struct archive *archive;
    int64_t list;
    int id_column, label_column;
    VEC(const char *) names; /* NULL: not a property */
    struct arena arena;
};

static bool import_row(struct import *import, const struct csv *csv, struct err *err)
{
    struct entity_change change = {.list = import->list, .branch = ""};
    enum entity_outcome outcome = ENTITY_DONE;
    change.id = arena_str(&change.arena, str_trim(csv->cells.v[import->id_column]));
    change.label = arena_str(&change.arena, csv->cells.v[import->label_column]);
    bool ok = entity_is_id(change.id) ||
              err_set(err, ERR_INPUT, (int)csv->line, "line %ld: the name is no UUID", csv->line);
    for (size_t i = 0; i < csv->cells.n && i < import->names.n; i++) {
        if (import->names.v[i]) {
            vec_push(&change.values, (struct entity_value){import->names.v[i], csv->cells.v[i]});
        }
    }
    ok = ok && entity_create(import->archive, &change, &outcome, err);
    if (ok && outcome == ENTITY_EXISTS) {
        int64_t version = 0;
        ok =
            db_number(import->archive->db, "select version from entity where list = ? and uuid = ?",
                      DB_WITH(DB_INT(change.list), DB_TEXT(change.id)), &version, 0, err);
        change.base = (int)version;
        ok = ok && entity_update(import->archive, &change, true, &outcome, err);
    }
    entity_change_finish(&change);
    return ok;
}

static bool import_header(struct import *import, struct csv *csv, struct err *err)
{
    if (!csv_row(csv, err)) {
        return err_set(err, ERR_INPUT, 0, "the list is empty");
    }
    import->id_column = column_of(csv, "name");
    import->label_column = column_of(csv, "label");
    if (import->id_column < 0 || import->label_column < 0) {
        return err_set(err, ERR_INPUT, 0, "an entity list needs the columns name and label");
    }
    for (size_t i = 0; i < csv->cells.n; i++) {
        const char *name = arena_str(&import->arena, str_trim(csv->cells.v[i]));
        vec_push(&import->names, is_list_name(name, true) ? name : NULL);
    }
    return true;
}

bool archive_entity_import(struct archive *archive, const char *list, struct str text, int *count,
                           struct err *err)
{
    struct import import = {.archive = archive};
    struct csv csv;
    *count = 0;
    err_clear(err);
    if (!archive_begin(archive, err)) {
        return false;
    }
    csv_begin(&csv, text);
    bool ok = archive_entity_list_add(archive, list, NULL, err) &&
              entity_list_find(archive, list, &import.list, err) &&
              import_header(&import, &csv, err);
    while (ok && csv_row(&csv, err)) {
        size_t last = (size_t)(import.id_column > import.label_column ? import.id_column
                                                                      : import.label_column);
        if (csv.cells.n <= last) {
            ok = err_set(err, ERR_INPUT, (int)csv.line, "line %ld is too short", csv.line);
        } else {
            ok = import_row(&import, &csv, err);
            *count += ok ? 1 : 0;
        }
    }
    ok = ok && (!err || err->kind == ERR_NONE);
    csv_end(&csv);
    vec_finish(&import.names);
    arena_finish(&import.arena);
    return archive_end(archive, ok, err);
}

/* ---- to the devices ---- */

bool archive_entity_delete(struct archive *archive, const char *list, const char *id,
                           struct err *err)
{
    int64_t number = 0;
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = entity_list_find(archive, list, &number, err) &&
              db_run(archive->db,
                     "update entity set deleted_ms = ? where list = ? and uuid = ?"
                     " and deleted_ms is null",
                     DB_WITH(DB_INT(clock_now_ms()), DB_INT(number), DB_TEXT(id)), err);
    if (ok && db_changes(archive->db) == 0) {
        ok = err_set(err, ERR_MISSING, 0, "no such entity");
    }
    ok = ok && entity_list_changed(archive, number, err);
    return archive_end(archive, ok, err);
}

bool archive_entity_hash(struct archive *archive, const char *list, bool *exists,
                         char hash[OPENROSA_HASH], struct err *err)
{
    struct buf text = {0};
    *exists = false;
    struct db_query *q = db_query(archive->db,
                                  "select id, revision, (select count(*) from entity_property p"
                                  " where p.list = e.id) from entity_list e where name = ?",
                                  DB_WITH(DB_TEXT(list)), err);
    while (db_next(q, err)) {
        *exists = true;
        buf_addf(&text, "%s/%lld/%lld/%lld", list, (long long)db_int(q, 0), (long long)db_int(q, 1),
                 (long long)db_int(q, 2));
    }
    hash_md5_text(buf_text(&text), text.n, hash);
    buf_finish(&text);
    return db_done(q);
}

/* Data for a program, so without the apostrophe that csv_add puts before formulas. */
static void add_cell(struct buf *to, bool first, struct str cell)
{
    if (!first) {
        buf_add_char(to, ',');
    }
    bool quoted = false;
    for (size_t i = 0; i < cell.n && !quoted; i++) {
        quoted = strchr(",\"\r\n", cell.s[i]) != NULL;
    }
    if (!quoted) {
        buf_add_str(to, cell);
        return;
    }
    buf_add_char(to, '"');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.s[i] == '"') {
            buf_add_char(to, '"');
        }
        buf_add_char(to, cell.s[i]);
    }
    buf_add_char(to, '"');
}

static bool read_properties(struct archive *archive, int64_t list, struct import *names,
                            struct err *err)
{
    struct db_query *q =
        db_query(archive->db, "select name from entity_property where list = ? order by place",
                 DB_WITH(DB_INT(list)), err);
    while (db_next(q, err)) {
        vec_push(&names->names, arena_strdup(&names->arena, db_text(q, 0)));
    }
    return db_done(q);
}

bool archive_entity_csv(struct archive *archive, const char *list, struct buf *csv, struct err *err)
{
    struct import names = {0};
    int64_t number = 0;
    bool ok = entity_list_find(archive, list, &number, err) &&
              read_properties(archive, number, &names, err);
    buf_add_text(csv, "name,label,__version");
    for (size_t i = 0; i < names.names.n; i++) {
        add_cell(csv, false, str_of(names.names.v[i]));
    }
    buf_add_char(csv, '\n');
    struct db_query *q = db_query(archive->db,
                                  "select uuid, label, version, data from entity where list = ?"
                                  " and deleted_ms is null order by id",
                                  DB_WITH(DB_INT(ok ? number : 0)), err);
    while (ok && db_next(q, err)) {
        struct json *data = json_parse(db_str(q, 3), NULL);
        add_cell(csv, true, db_str(q, 0));
        add_cell(csv, false, db_str(q, 1));
        buf_addf(csv, ",%lld", (long long)db_int(q, 2));
        for (size_t i = 0; i < names.names.n; i++) {
            add_cell(csv, false, str_of(json_text(json_get(data, names.names.v[i]), "")));
        }
        buf_add_char(csv, '\n');
        json_destroy(data);
    }
    ok = db_done(q) && ok;
    vec_finish(&names.names);
    arena_finish(&names.arena);
    return ok;
}

static bool is_asked(const char *ids, const char *id)
{
    struct str rest = str_of(ids), one;
    while (str_cut(&rest, ',', &one)) {
        if (str_is(str_trim(one), id)) {
            return true;
        }
    }
    return false;
}

bool archive_entity_integrity(struct archive *archive, const char *list, const char *ids,
                              void (*each)(void *ctx, const char *id, bool deleted), void *ctx,
                              struct err *err)
{
    int64_t number = 0;
    if (!entity_list_find(archive, list, &number, err)) {
        return false;
    }
    if (!number) {
        return err_set(err, ERR_MISSING, 0, "no such list");
    }
    struct db_query *q = db_query(
        archive->db, "select uuid, deleted_ms is not null from entity where list = ? order by id",
        DB_WITH(DB_INT(number)), err);
    while (db_next(q, err)) {
        if (!ids || is_asked(ids, db_text(q, 0))) {
            each(ctx, db_text(q, 0), db_int(q, 1) != 0);
        }
    }
    return db_done(q);
}
