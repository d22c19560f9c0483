#include "app/form/def.h"

#include "app/form/geojson.h"
#include "app/form/rows.h"
#include "platform/base/mem.h"

/* ---- XML that is a list ------------------------------------------------------------------------
 */

/* Do all children of root have the name of the first, no attributes, and the same leaf children in
 * the same order? Then rows of cells say all there is. Returns the number of columns, else 0. */
static size_t regular_columns(const struct xml *root)
{
    const struct xml *first = xml_child(root, NULL);
    if (!first || root->attributes || root->text.n) {
        return 0;
    }
    size_t columns = 0;
    for (const struct xml *cell = first->first; cell; cell = cell->next) {
        columns += cell->kind == XML_ELEMENT;
    }
    for (const struct xml *row = root->first; row; row = row->next) {
        if (row->kind == XML_COMMENT) {
            continue;
        }
        if (row->kind != XML_ELEMENT || row->name != first->name || row->attributes ||
            row->bindings) {
            return 0;
        }
        const struct xml *like = first->first;
        for (const struct xml *cell = row->first; cell; cell = cell->next, like = like->next) {
            if (cell->kind != XML_ELEMENT || cell->first || cell->attributes || cell->bindings ||
                !like || like->name != cell->name) {
                return 0;
            }
        }
        if (like) {
            return 0;
        }
    }
    return columns;
}

static bool has_twins(const struct xml *row)
{
    for (const struct xml *a = row->first; a; a = a->next) {
        for (const struct xml *b = a->next; b; b = b->next) {
            if (a->name == b->name) {
                return true;
            }
        }
    }
    return false;
}

static struct form_list *list_of_xml(const struct xml *root)
{
    size_t n = regular_columns(root), at = 0;
    const struct xml *first = xml_child(root, NULL);
    if (!n || has_twins(first)) {
        return NULL;
    }
    struct str *cells = mem_alloc(n, sizeof *cells);
    for (const struct xml *cell = first->first; cell; cell = cell->next) {
        cells[at++] = str_of(cell->name->local);
    }
    struct form_list *table = table_create(cells, n);
    for (const struct xml *row = xml_child(root, NULL); row; row = xml_next(row, NULL)) {
        at = 0;
        for (const struct xml *cell = row->first; cell; cell = cell->next) {
            cells[at++] = cell->text;
        }
        table_add(table, cells);
    }
    free(cells);
    return table;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static void adopt_list(struct form *form, struct secondary *to, struct form_list *rows,
                       const struct xml_name *root, const struct xml_name *item)
{
    to->rows = rows;
    to->is_list = true;
    list_bridge(&to->list, rows, &form->names, &form->arena, root, item);
    node_tree_from_list(&to->tree, &form->names, &to->list);
}

static void adopt_rows(struct form *form, struct secondary *to, struct form_list *rows)
{
    adopt_list(form, to, rows, xml_name(&form->names, STR(""), STR("root")),
               xml_name(&form->names, STR(""), STR("item")));
}

static void adopt_xml(struct form *form, struct secondary *to, const struct xml *root)
{
    struct form_list *rows = list_of_xml(root);
    if (rows) {
        adopt_list(form, to, rows, root->name, xml_child(root, NULL)->name);
        return;
    }
    node_tree_init(&to->tree, &form->names);
    node_from_xml(&to->tree, to->tree.document, root, false);
}

static void adopt_nothing(struct form *form, struct secondary *to)
{
    node_tree_init(&to->tree, &form->names);
    const struct xml_name *root = xml_name(&form->names, STR(""), STR("root"));
    node_append(&to->tree, to->tree.document, node_create(&to->tree, root, ""));
}

static bool open_xml(struct form *form, struct secondary *to, struct str bytes, struct err *err)
{
    struct arena arena = {0};
    struct xml_limits limits = {.nodes = form->options.max_nodes * 2u, .no_lines = true};
    struct xml *document = xml_parse(bytes, &form->names, &arena, &limits, err);
    if (document) {
        adopt_xml(form, to, xml_root(document));
    }
    arena_finish(&arena);
    return document != NULL;
}

static bool is_csv(struct str uri)
{
    return str_starts(uri, STR("jr://file-csv/")) || str_ends(uri, STR(".csv"));
}

static bool open_file(struct form *form, struct secondary *to, struct err *err)
{
    const struct form_media *media = &form->options.media;
    struct form_list *rows = NULL;
    struct str uri = str_of(to->src);
    if (media->list && media->list(media->ctx, to->src, &rows)) {
        adopt_rows(form, to, rows);
        return true;
    }
    struct buf bytes = {0};
    bool ok = media->read ? media->read(media->ctx, to->src, &bytes, err)
                          : err_set(err, ERR_MISSING, 0, "there are no media files");
    if (ok && is_csv(uri)) {
        ok = form_list_from_csv(&bytes, &rows, err);
    } else if (ok && str_ends(uri, STR(".geojson"))) {
        ok = list_from_geojson(buf_str(&bytes), &rows, err);
    } else if (ok) {
        ok = open_xml(form, to, buf_str(&bytes), err);
    }
    if (rows) {
        adopt_rows(form, to, rows);
    }
    buf_finish(&bytes);
    return ok;
}

bool secondary_open(struct form *form, struct secondary *to, struct err *err)
{
    if (to->is_loaded) {
        return true;
    }
    to->is_loaded = true;
    if (!open_file(form, to, err)) {
        adopt_nothing(form, to);
        return false;
    }
    return true;
}

static void list_destroy(struct form_list *list)
{
    if (list && list->ops->destroy) {
        list->ops->destroy(list);
    }
}

static bool is_last_saved(const char *src)
{
    return !strcmp(src, "jr://instance/last-saved");
}

void secondaries_refresh(struct form *form)
{
    for (size_t i = 0; i < form->secondaries.n; i++) {
        struct secondary *to = form->secondaries.v[i];
        if (to->src && is_last_saved(to->src)) {
            node_tree_finish(&to->tree);
            list_destroy(to->rows);
            to->rows = NULL;
            to->is_list = to->is_loaded = false;
            secondary_open(form, to, NULL);
        }
    }
}

static void parse_secondary(struct parse *parse, const struct xml *element)
{
    struct form *form = parse->form;
    const char *id = xml_attr(element, "id"), *src = xml_attr(element, "src");
    if (!id || !id[0]) {
        form_note(form, PROBLEM_WARNING, "instance", element->line,
                  "a secondary instance without an id cannot be used");
        return;
    }
    if (form_secondary(form, str_of(id))) {
        form_note(form, PROBLEM_WARNING, id, element->line, "two secondary instances have this id");
        return;
    }
    struct secondary *to = arena_new(&form->arena, struct secondary);
    to->id = arena_strdup(&form->arena, id);
    to->line = element->line;
    vec_push(&form->secondaries, to);
    const struct xml *root = xml_child(element, NULL);
    if (!src || !src[0]) {
        to->is_loaded = true;
        if (root) {
            adopt_xml(form, to, root);
        } else {
            adopt_nothing(form, to);
        }
        return;
    }
    to->src = arena_strdup(&form->arena, src);
    struct err err;
    if (!is_last_saved(src)) {
        form_add_media(form, str_of(src));
    }
    if (!secondary_open(form, to, &err) && !(is_last_saved(src) && err.kind == ERR_MISSING)) {
        form_note(form, err.kind == ERR_MISSING ? PROBLEM_WARNING : PROBLEM_ERROR, id, to->line,
                  "the list %s cannot be read: %s", src, err.text);
    }
}

void parse_secondaries(struct parse *parse)
{
    for (const struct xml *i = xml_child(parse->model, "instance"); i;
         i = xml_next(i, "instance")) {
        if (i != parse->primary) {
            parse_secondary(parse, i);
        }
    }
}

struct secondary *form_secondary(struct form *form, struct str id)
{
    for (size_t i = 0; i < form->secondaries.n; i++) {
        if (str_is(id, form->secondaries.v[i]->id)) {
            return form->secondaries.v[i];
        }
    }
    return NULL;
}

/* ---- pulldata ------------------------------------------------------------------------ */

static bool read_list(struct form *form, const char *uri, struct form_list **list, struct err *err)
{
    const struct form_media *media = &form->options.media;
    if (media->list && media->list(media->ctx, uri, list)) {
        return true;
    }
    struct buf bytes = {0};
    bool ok = media->read && media->read(media->ctx, uri, &bytes, err) &&
              form_list_from_csv(&bytes, list, err);
    buf_finish(&bytes);
    return ok;
}

struct form_list *form_pulldata(struct form *form, struct str file, struct err *err)
{
    struct secondary *known = form_secondary(form, file);
    if (known && known->is_list) {
        return known->rows;
    }
    struct form_list *list = NULL;
    if (map_has(&form->pulldata, file)) {
        list = map_get(&form->pulldata, file);
        if (!list) {
            err_set(err, ERR_MISSING, 0, "pulldata: there is no list '" STR_FMT "'", STR_ARG(file));
        }
        return list;
    }
    static const struct {
        const char *head, *tail;
    } names[] = {{"", ".csv"}, {"jr://file-csv/", ".csv"}, {"", ""}, {"jr://file/", ".csv"}};
    err_set(err, ERR_MISSING, 0, "pulldata: there is no list '" STR_FMT "'", STR_ARG(file));
    for (size_t i = 0; i < sizeof names / sizeof *names && !list; i++) {
        char *uri = arena_printf(&form->arena, "%s" STR_FMT "%s", names[i].head, STR_ARG(file),
                                 names[i].tail);
        if (!read_list(form, uri, &list, NULL)) {
            list = NULL;
        }
    }
    map_put(&form->pulldata, (struct str){arena_str(&form->arena, file), file.n}, list);
    return list;
}

/* ---- end ----------------------------------------------------------------------------- */

void secondaries_finish(struct form *form)
{
    for (size_t i = 0; i < form->secondaries.n; i++) {
        struct secondary *to = form->secondaries.v[i];
        if (to->tree.document) {
            node_tree_finish(&to->tree);
        }
        list_destroy(to->rows);
    }
    vec_finish(&form->secondaries);
    size_t at = 0;
    struct map_slot slot;
    while (map_next(&form->pulldata, &at, &slot)) {
        list_destroy(slot.value);
    }
    map_finish(&form->pulldata);
}
