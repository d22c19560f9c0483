#include "app/hub/formdef.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/file.h"
#include "platform/base/mem.h"

enum { DEPTH = 128, NODES = 1000000 };

/* What is needed while reading, and forgotten then. */
struct reading {
    struct formdef *def;
    struct arena arena;
    struct xml_names names;
    const struct xml *model, *body, *translation;
    struct map texts; /* itext id → value node's text */
    struct map binds; /* path → bind element */
    struct map seen;  /* file names */
};

static const char *copy(struct reading *r, struct str text)
{
    return arena_str(&r->def->arena, str_trim(text));
}

static const char *attr(const struct xml *node, const char *name)
{
    const char *value = xml_attr(node, name);
    return value ? value : "";
}

/* The next node in document order below root. */
static const struct xml *step(const struct xml *at, const struct xml *root)
{
    const struct xml *next = at->first;
    while (!next && at != root) {
        next = at->next;
        at = next ? at : at->parent;
    }
    return next;
}

/* ---- files ---- */

static void add_file(struct reading *r, struct str name)
{
    if (!file_is_plain_name(name) || map_has(&r->seen, name)) {
        return;
    }
    const char *text = copy(r, name);
    map_put(&r->seen, str_of(text), NULL);
    vec_push(&r->def->files, text);
}

static void add_uri(struct reading *r, struct str uri)
{
    struct str rest = uri, part = {0};
    if (!str_starts(uri, STR("jr://")) || str_starts(uri, STR("jr://instance/"))) {
        return;
    }
    while (str_cut(&rest, '/', &part) && rest.n > 0) {
    }
    if (rest.n == 0 && !str_is(part, "last-saved")) {
        add_file(r, part);
    }
}

/* pulldata('wards', …) reads wards.csv. */
static void add_pulled(struct reading *r, struct str expression)
{
    ptrdiff_t at;
    while ((at = str_find(expression, STR("pulldata("))) >= 0) {
        expression = (struct str){expression.s + at + 9, expression.n - (size_t)at - 9};
        struct str rest = str_trim(expression), name;
        if (rest.n < 2 || (rest.s[0] != '\'' && rest.s[0] != '"')) {
            continue;
        }
        char quote = rest.s[0];
        rest = (struct str){rest.s + 1, rest.n - 1};
        if (!str_cut(&rest, quote, &name) || name.n > 200) {
            continue;
        }
        const char *file = arena_printf(&r->arena, STR_FMT "%s", STR_ARG(name),
                                        str_ends(name, STR(".csv")) ? "" : ".csv");
        add_file(r, str_of(file));
    }
}

static void find_files(struct reading *r, const struct xml *root)
{
    for (const struct xml *at = root; at; at = step(at, root)) {
        if (at->kind != XML_ELEMENT) {
            continue;
        }
        for (const struct xml_attribute *a = at->attributes; a; a = a->next) {
            add_uri(r, str_trim(a->value));
            add_pulled(r, a->value);
        }
        if (xml_is(at, "value")) {
            add_uri(r, str_trim(at->text));
        }
    }
}

/* ---- texts ---- */

static const struct xml *pick_translation(const struct xml *itext)
{
    const struct xml *best = xml_child(itext, "translation");
    bool has_default = false;
    for (const struct xml *t = best; t; t = xml_next(t, "translation")) {
        const char *lang = attr(t, "lang");
        if (strcmp(lang, "vi") == 0 || strstr(lang, "(vi)")) {
            return t;
        }
        if (xml_attr(t, "default") && !has_default) {
            has_default = true;
            best = t;
        }
    }
    return best;
}

static void read_texts(struct reading *r)
{
    const struct xml *translation = pick_translation(xml_child(r->model, "itext"));
    const struct xml *text = translation ? xml_child(translation, "text") : NULL;
    for (; text; text = xml_next(text, "text")) {
        const struct xml *value = xml_child(text, "value");
        while (value && xml_attr(value, "form")) {
            value = xml_next(value, "value");
        }
        if (value) {
            const char *plain = arena_str(&r->def->arena, xml_text_of(value, &r->arena, true));
            map_put(&r->texts, str_of(attr(text, "id")), (void *)(uintptr_t)plain);
        }
    }
}

/* The text of a label: its own, or by jr:itext('id'). */
static const char *label_of(struct reading *r, const struct xml *label)
{
    const char *ref = xml_attr(label, "ref");
    if (!label) {
        return "";
    }
    if (!ref) {
        return arena_str(&r->def->arena, xml_text_of(label, &r->arena, true));
    }
    struct str rest = str_of(ref), id;
    const char *found = NULL;
    if (str_cut(&rest, '\'', &id) && str_cut(&rest, '\'', &id)) {
        found = map_get(&r->texts, id);
    }
    return found ? found : "";
}

/* ---- fields ---- */

static void add_field(struct reading *r, struct str path)
{
    if (map_has(&r->def->by_path, path)) {
        return;
    }
    struct formdef_field field = {.path = copy(r, path), .label = ""};
    const struct xml *bind = map_get(&r->binds, path);
    field.is_file = bind && strcmp(attr(bind, "type"), "binary") == 0;
    const char *saveto = bind ? xml_attr(bind, "saveto") : NULL;
    field.saveto = saveto && *saveto ? arena_strdup(&r->def->arena, saveto) : NULL;
    vec_push(&r->def->fields, field);
    map_put(&r->def->by_path, str_of(field.path), NULL); /* set when all are there */
}

static void take_field(void *ctx, struct str path, struct str name, struct str value)
{
    add_field(ctx, path);
}

static void read_binds(struct reading *r)
{
    for (const struct xml *b = xml_child(r->model, "bind"); b; b = xml_next(b, "bind")) {
        map_put(&r->binds, str_trim(str_of(attr(b, "nodeset"))), (void *)(uintptr_t)b);
    }
}

/* The absolute path that a control stands for, or NULL. */
static const char *control_path(struct reading *r, const struct xml *control)
{
    const char *ref = xml_attr(control, "ref");
    ref = ref ? ref : xml_attr(control, "nodeset");
    if (!ref && xml_attr(control, "bind")) {
        for (const struct xml *b = xml_child(r->model, "bind"); b; b = xml_next(b, "bind")) {
            if (strcmp(attr(b, "id"), xml_attr(control, "bind")) == 0) {
                ref = xml_attr(b, "nodeset");
            }
        }
    }
    if (!ref || *ref == '/') {
        return ref;
    }
    const struct xml *outer = control->parent;
    while (outer && outer->kind == XML_ELEMENT && !xml_is(outer, "body")) {
        const char *base = xml_attr(outer, "nodeset");
        base = base ? base : xml_attr(outer, "ref");
        if (base && *base == '/') {
            return arena_printf(&r->arena, "%s/%s", base, ref);
        }
        outer = outer->parent;
    }
    return NULL;
}

static void add_choice(struct reading *r, const char *path, struct str value, const char *label)
{
    if (*label) {
        char *key = arena_printf(&r->def->arena, "%s\n" STR_FMT, path, STR_ARG(value));
        map_put(&r->def->choices, str_of(key), (void *)(uintptr_t)label);
    }
}

/* Items of a secondary instance inside the form: <item><name>a</name><label>A</label></item>. */
static void add_itemset(struct reading *r, const char *path, const struct xml *itemset)
{
    struct str rest = str_of(attr(itemset, "nodeset")), id;
    const struct xml *instance = xml_child(r->model, "instance");
    const char *value_name = attr(xml_child(itemset, "value"), "ref");
    const char *label_name = attr(xml_child(itemset, "label"), "ref");
    if (!str_starts(str_trim(rest), STR("instance(")) || !str_cut(&rest, '\'', &id) ||
        !str_cut(&rest, '\'', &id)) {
        return;
    }
    while (instance && !str_is(id, attr(instance, "id"))) {
        instance = xml_next(instance, "instance");
    }
    const struct xml *root = instance ? xml_child(instance, NULL) : NULL;
    bool by_id = str_starts(str_of(label_name), STR("jr:itext("));
    struct str label_child = str_of(label_name);
    if (by_id && label_child.n > 10) {
        label_child = (struct str){label_child.s + 9, label_child.n - 10};
    }
    const char *label_local = arena_str(&r->arena, str_trim(label_child));
    for (const struct xml *item = root ? xml_child(root, NULL) : NULL; item;
         item = xml_next(item, NULL)) {
        const struct xml *value = xml_child(item, value_name),
                         *label = xml_child(item, label_local);
        if (value && label) {
            struct str text = str_trim(label->text);
            const char *found = by_id ? map_get(&r->texts, text) : copy(r, text);
            add_choice(r, path, str_trim(value->text), found ? found : "");
        }
    }
}

static void read_control(struct reading *r, const struct xml *control)
{
    const char *path = control_path(r, control);
    struct formdef_field *field = path ? map_get(&r->def->by_path, str_trim(str_of(path))) : NULL;
    if (!field) {
        return;
    }
    if (!*field->label) {
        field->label = label_of(r, xml_child(control, "label"));
    }
    for (const struct xml *i = xml_child(control, "item"); i; i = xml_next(i, "item")) {
        const struct xml *value = xml_child(i, "value");
        if (value) {
            add_choice(r, field->path, str_trim(value->text), label_of(r, xml_child(i, "label")));
        }
    }
    for (const struct xml *i = xml_child(control, "itemset"); i; i = xml_next(i, "itemset")) {
        add_itemset(r, field->path, i);
    }
}

static bool read_model(struct reading *r, struct err *err)
{
    struct formdef *def = r->def;
    const struct xml *instance = xml_child(r->model, "instance");
    const struct xml *root = instance ? xml_child(instance, NULL) : NULL;
    if (!root) {
        return err_set(err, ERR_INPUT, 0, "this is no form: it has no primary instance");
    }
    const char *id = xml_attr(root, "id");
    def->id = arena_strdup(&def->arena, id && *id ? id : root->name->uri);
    def->version = arena_strdup(&def->arena, attr(root, "version"));
    if (!*def->id || strlen(def->id) > 200 || strlen(def->version) > 200) {
        return err_set(err, ERR_INPUT, 0, "the primary instance has no usable id or version");
    }
    const struct xml *meta = xml_child(root, "meta");
    const struct xml *entity = meta ? xml_child(meta, "entity") : NULL;
    const char *list = entity ? xml_attr(entity, "dataset") : NULL;
    def->entity_list = list && *list ? arena_strdup(&def->arena, list) : NULL;
    read_binds(r);
    formdef_walk(root, take_field, r);
    for (size_t i = 0; i < def->fields.n; i++) {
        map_put(&def->by_path, str_of(def->fields.v[i].path), &def->fields.v[i]);
    }
    return true;
}

bool formdef_read(struct formdef **out, struct str xml, struct err *err)
{
    struct reading r = {.def = mem_alloc(1, sizeof(*r.def))};
    struct xml_limits limits = {.size = 0, .nodes = NODES, .depth = DEPTH};
    struct xml *document = xml_parse(xml, &r.names, &r.arena, &limits, err);
    const struct xml *root = document ? xml_root(document) : NULL;
    const struct xml *head = root ? xml_child(root, "head") : NULL;
    const struct xml *title = head ? xml_child(head, "title") : NULL;
    *out = NULL;
    r.model = head ? xml_child(head, "model") : NULL;
    r.body = root ? xml_child(root, "body") : NULL;
    bool ok = document != NULL;
    if (ok && !r.model) {
        ok = err_set(err, ERR_INPUT, 0, "this is no form: it has no model");
    }
    ok = ok && read_model(&r, err);
    if (ok) {
        r.def->title = title ? arena_str(&r.def->arena, xml_text_of(title, &r.arena, true)) : "";
        r.def->title = *r.def->title ? r.def->title : r.def->id;
        read_texts(&r);
        find_files(&r, root);
        for (const struct xml *at = r.body; at; at = step(at, r.body)) {
            if (at->kind == XML_ELEMENT) {
                read_control(&r, at);
            }
        }
        *out = r.def;
    } else {
        formdef_destroy(r.def);
    }
    map_finish(&r.texts);
    map_finish(&r.binds);
    map_finish(&r.seen);
    xml_names_finish(&r.names);
    arena_finish(&r.arena);
    return ok;
}

void formdef_destroy(struct formdef *def)
{
    if (def) {
        vec_finish(&def->fields);
        vec_finish(&def->files);
        map_finish(&def->by_path);
        map_finish(&def->choices);
        arena_finish(&def->arena);
        free(def);
    }
}

const struct formdef_field *formdef_field(const struct formdef *def, struct str path)
{
    return def ? map_get(&def->by_path, path) : NULL;
}

const char *formdef_choice(const struct formdef *def, struct str path, struct str value)
{
    struct buf key = {0};
    if (!def || value.n > 400) {
        return NULL;
    }
    buf_addf(&key, STR_FMT "\n" STR_FMT, STR_ARG(path), STR_ARG(value));
    const char *label = map_get(&def->choices, buf_str(&key));
    buf_finish(&key);
    return label;
}
