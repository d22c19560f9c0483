#include "app/hub/export.h"

#include <stdlib.h>

#include "app/hub/html.h"
#include "platform/base/clock.h"
#include "platform/base/csv.h"
#include "platform/base/json.h"
#include "platform/base/mem.h"

enum { ROWS = 50, FIXED = 10 };

struct column {
    const char *name; /* "group/age": no root, no positions */
    struct buf cell;  /* of the row being written */
};

struct exporter {
    struct export_options options;
    struct arena arena;
    VEC(struct column) columns;
    struct map by_name; /* → index + 1 as pointer */
    int64_t after, count;
    bool has_begun, is_done;
    /* for the row being written */
    struct archive *archive;
    struct buf *to;
    struct buf others; /* values of elements that no published form knows */
};

static const char *const fixed[FIXED] = {"received", "device",       "form",     "version",
                                         "state",    "instance_id",  "replaces", "name",
                                         "files",    "files_missing"};

/* "/data/group/age" → "group/age". */
static struct str name_of(struct str path)
{
    struct str rest = path, part;
    str_cut(&rest, '/', &part);
    str_cut(&rest, '/', &part);
    return rest;
}

static bool is_housekeeping(struct str name)
{
    return str_is(name, "meta/instanceID") || str_is(name, "meta/deprecatedID") ||
           str_is(name, "meta/instanceName") || str_starts(name, STR("meta/entity"));
}

struct def_reader {
    struct exporter *exporter;
    struct archive *archive;
};

static void add_columns(void *ctx, const char *form, const char *version)
{
    struct def_reader *reader = ctx;
    struct exporter *e = reader->exporter;
    struct formdef *def = NULL;
    struct err ignored = {0};
    if (!archive_form_def(reader->archive, form, version, &def, &ignored)) {
        return; /* its values go to the last column */
    }
    for (size_t i = 0; i < def->fields.n; i++) {
        struct str name = name_of(str_of(def->fields.v[i].path));
        if (!is_housekeeping(name) && !map_has(&e->by_name, name)) {
            const char *copy = arena_str(&e->arena, name);
            vec_push(&e->columns, (struct column){.name = copy});
            map_put(&e->by_name, str_of(copy), (void *)(uintptr_t)e->columns.n);
        }
    }
    formdef_destroy(def);
}

bool exporter_create(struct exporter **out, struct archive *archive,
                     const struct export_options *options, struct err *err)
{
    struct exporter *e = mem_alloc(1, sizeof(*e));
    struct def_reader reader = {e, archive};
    e->options = *options;
    e->options.form = options->form ? arena_strdup(&e->arena, options->form) : NULL;
    *out = e;
    if (options->format == EXPORT_CSV &&
        !archive_version_list(archive, options->form, add_columns, &reader, err)) {
        exporter_destroy(e);
        *out = NULL;
        return false;
    }
    return true;
}

/* ---- CSV ---- */

static void add_value(struct buf *to, struct str value, bool full)
{
    if (full) {
        buf_add_str(to, value);
    } else {
        mask_add(to, value);
    }
}

static void add_cell(struct exporter *e, bool first, struct str text)
{
    struct buf shown = {0};
    add_value(&shown, text, e->options.full);
    csv_add(e->to, first, buf_str(&shown));
    buf_finish(&shown);
}

static void take_cell(void *ctx, struct str path, struct str name, struct str value)
{
    struct exporter *e = ctx;
    struct str key = name_of(path);
    if (is_housekeeping(key) || value.n == 0) {
        return;
    }
    size_t at = (size_t)(uintptr_t)map_get(&e->by_name, key);
    struct buf *cell = at ? &e->columns.v[at - 1].cell : &e->others;
    if (cell->n > 0) {
        buf_add_text(cell, " | "); /* the values of a repeat, in its order */
    }
    if (!at) {
        buf_add_str(cell, name);
        buf_add_char(cell, '=');
    }
    buf_add_str(cell, value);
}

static const char *state_name(enum openrosa_instance_state state)
{
    static const char *const names[] = {"", "current", "superseded", "deleted"};
    return names[state];
}

static void walk(const struct archive_record *record,
                 void (*each)(void *, struct str, struct str, struct str), void *ctx)
{
    struct xml_names names = {0};
    struct arena arena = {0};
    struct xml *document = xml_parse(record->xml, &names, &arena, NULL, NULL);
    if (document) {
        formdef_walk(xml_root(document), each, ctx);
    }
    xml_names_finish(&names);
    arena_finish(&arena);
}

static bool add_csv_row(void *ctx, const struct archive_record *record)
{
    struct exporter *e = ctx;
    char time[CLOCK_TEXT];
    struct buf files = {0}, missing = {0};
    clock_format_local(record->received_ms, time);
    buf_addf(&files, "%d", record->files_here);
    buf_addf(&missing, "%d", record->files - record->files_here);
    for (size_t i = 0; i < e->columns.n; i++) {
        buf_clear(&e->columns.v[i].cell);
    }
    buf_clear(&e->others);
    walk(record, take_cell, e);
    csv_add(e->to, true, str_of(time));
    csv_add(e->to, false, str_of(record->device));
    csv_add(e->to, false, str_of(record->form));
    csv_add(e->to, false, str_of(record->version));
    csv_add(e->to, false, str_of(state_name(record->state)));
    csv_add(e->to, false, str_of(record->instance));
    csv_add(e->to, false, str_of(record->replaces));
    add_cell(e, false, str_of(record->name));
    csv_add(e->to, false, buf_str(&files));
    csv_add(e->to, false, buf_str(&missing));
    for (size_t i = 0; i < e->columns.n; i++) {
        add_cell(e, false, buf_str(&e->columns.v[i].cell));
    }
    add_cell(e, false, buf_str(&e->others));
    csv_add_end(e->to);
    e->after = record->seq;
    e->count++;
    buf_finish(&files);
    buf_finish(&missing);
    return true;
}

static void add_csv_header(struct exporter *e)
{
    buf_add_text(e->to, "\xef\xbb\xbf");
    for (size_t i = 0; i < FIXED; i++) {
        csv_add(e->to, i == 0, str_of(fixed[i]));
    }
    for (size_t i = 0; i < e->columns.n; i++) {
        csv_add(e->to, false, str_of(e->columns.v[i].name));
    }
    csv_add(e->to, false, STR("other"));
    csv_add_end(e->to);
}

/* ---- JSON ---- */

static void add_member(struct buf *to, const char *name, struct str value)
{
    json_add_key(to, name);
    json_add_text(to, value);
}

static void take_member(void *ctx, struct str path, struct str name, struct str value)
{
    struct exporter *e = ctx;
    struct buf key = {0}, shown = {0};
    if (!is_housekeeping(name_of(path)) && value.n > 0) {
        buf_add_str(&key, name);
        add_value(&shown, value, e->options.full);
        add_member(e->to, buf_text(&key), buf_str(&shown));
    }
    buf_finish(&key);
    buf_finish(&shown);
}

static void take_file(void *ctx, const struct archive_file *file)
{
    struct exporter *e = ctx;
    if (e->to->s[e->to->n - 1] != '[') {
        buf_add_char(e->to, ',');
    }
    buf_add_char(e->to, '{');
    add_member(e->to, "name", str_of(file->name));
    json_add_key(e->to, "here");
    buf_add_text(e->to, file->is_here ? "true" : "false");
    json_add_key(e->to, "size");
    json_add_number(e->to, (double)file->size);
    buf_add_char(e->to, '}');
}

static bool add_json_row(void *ctx, const struct archive_record *record)
{
    struct exporter *e = ctx;
    char time[CLOCK_TEXT];
    struct buf shown = {0};
    struct err ignored = {0};
    clock_format_local(record->received_ms, time);
    buf_add_text(e->to, e->count > 0 ? ",\n{" : "{");
    add_member(e->to, "instance_id", str_of(record->instance));
    add_member(e->to, "form", str_of(record->form));
    add_member(e->to, "version", str_of(record->version));
    add_member(e->to, "state", str_of(state_name(record->state)));
    add_member(e->to, "replaces", str_of(record->replaces));
    add_member(e->to, "received", str_of(time));
    add_member(e->to, "device", str_of(record->device));
    add_value(&shown, str_of(record->name), e->options.full);
    add_member(e->to, "name", buf_str(&shown));
    json_add_key(e->to, "files");
    buf_add_char(e->to, '[');
    archive_record_files(e->archive, record->seq, take_file, e, &ignored);
    buf_add_char(e->to, ']');
    json_add_key(e->to, "values");
    buf_add_char(e->to, '{');
    walk(record, take_member, e);
    buf_add_text(e->to, "}}");
    e->after = record->seq;
    e->count++;
    buf_finish(&shown);
    return true;
}

/* ---- pieces ---- */

bool exporter_add(struct exporter *e, struct archive *archive, struct buf *to, struct err *err)
{
    bool is_csv = e->options.format == EXPORT_CSV;
    if (e->is_done) {
        return true;
    }
    e->to = to;
    e->archive = archive;
    if (!e->has_begun) {
        e->has_begun = true;
        if (is_csv) {
            add_csv_header(e);
        } else {
            buf_add_char(to, '[');
        }
    }
    struct archive_filter filter = {
        .form = e->options.form,
        .from_ms = e->options.from_ms,
        .until_ms = e->options.until_ms,
        .after = e->after,
        .oldest_first = true,
        .wants_xml = true,
        .count = ROWS,
    };
    int64_t before = e->count;
    if (!archive_record_list(archive, &filter, is_csv ? add_csv_row : add_json_row, e, err)) {
        return false;
    }
    if (e->count - before < ROWS) {
        e->is_done = true;
        if (!is_csv) {
            buf_add_text(to, "]\n");
        }
    }
    return true;
}

int64_t exporter_count(const struct exporter *e)
{
    return e->count;
}

void exporter_destroy(struct exporter *e)
{
    if (!e) {
        return;
    }
    for (size_t i = 0; i < e->columns.n; i++) {
        buf_finish(&e->columns.v[i].cell);
    }
    vec_finish(&e->columns);
    map_finish(&e->by_name);
    buf_finish(&e->others);
    arena_finish(&e->arena);
    free(e);
}
