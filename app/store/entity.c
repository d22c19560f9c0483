/* What finished entries and the server do to single rows of an entity list. */
#include <stdio.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/list.h"
#include "app/store/shape.h"
#include "platform/base/rand.h"

/* Entity lists are called without .csv in submissions and with it in manifests. */
static bool load(struct store *store, const char *list, struct shape *shape, struct err *err)
{
    char file[300];
    snprintf(file, sizeof(file), "%s.csv", list);
    if (!shape_load(store, list, NULL, shape, err)) {
        shape_finish(shape);
        if (!shape_load(store, file, NULL, shape, err)) {
            return false;
        }
    }
    return shape->is_entity || err_set(err, ERR_MISSING, 0, "no such entity list");
}

static bool is_uuid(const char *id)
{
    if (strlen(id) != RAND_UUID_TEXT - 1 || id[14] != '4') {
        return false;
    }
    for (int i = 0; id[i]; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool is_hex = strchr("0123456789abcdefABCDEF", id[i]) != NULL;
        if (is_dash ? id[i] != '-' : !is_hex) {
            return false;
        }
    }
    return true;
}

static bool set_cell(struct store *store, const struct shape *shape, ptrdiff_t column, int64_t row,
                     struct str value, struct err *err)
{
    char sql[96];
    snprintf(sql, sizeof(sql), "UPDATE list_%lld SET c%td = ? WHERE id = ?", (long long)shape->id,
             column);
    return db_run(store->db, sql, DB_WITH(DB_STR(value), DB_INT(row)), err) &&
           (!shape->columns.v[column].is_searched ||
            shape_put_words(store, shape, (size_t)column, row, value, err));
}

/* The column of that name; a property that the list never had gets one. */
static bool need_column(struct store *store, struct shape *shape, const char *name, ptrdiff_t *at,
                        struct err *err)
{
    char sql[96];
    *at = shape_find(shape, name);
    if (*at >= 0) {
        return true;
    }
    if (shape->columns.n >= SHAPE_COLUMNS) {
        return err_set(err, ERR_INPUT, 0, "the list has more than %d columns", SHAPE_COLUMNS);
    }
    *at = (ptrdiff_t)shape->columns.n;
    shape_add(shape, str_of(name));
    snprintf(sql, sizeof(sql), "ALTER TABLE list_%lld ADD COLUMN c%td TEXT NOT NULL DEFAULT ''",
             (long long)shape->id, *at);
    return db_script(store->db, sql, err) &&
           db_run(store->db, "INSERT INTO list_column (list, position, name) VALUES (?, ?, ?)",
                  DB_WITH(DB_INT(shape->id), DB_INT(*at), DB_TEXT(name)), err);
}

static bool set_named(struct store *store, struct shape *shape, int64_t row, const char *name,
                      const char *value, struct err *err)
{
    ptrdiff_t at;
    return need_column(store, shape, name, &at, err) &&
           set_cell(store, shape, at, row, str_of(value), err);
}

/* Notes that the row was changed here now: a merge that is going on looks at it again. */
static bool touch(struct store *store, const struct shape *shape, int64_t row, struct err *err)
{
    char sql[160];
    snprintf(sql, sizeof(sql),
             "UPDATE list_%lld SET touched = (SELECT changes FROM list WHERE id = ?1)"
             " WHERE id = ?2",
             (long long)shape->id);
    const struct db_values ids = DB_WITH(DB_INT(shape->id), DB_INT(row));
    return db_run(store->db, "UPDATE list SET changes = changes + 1 WHERE id = ?",
                  DB_WITH(DB_INT(shape->id)), err) &&
           db_run(store->db, sql, ids, err);
}

/* Row id of an entity, 0 when there is none; and its version. */
static bool find_row(struct store *store, struct shape *shape, const char *id, int64_t *row,
                     int64_t *version, struct err *err)
{
    char sql[128];
    ptrdiff_t name = shape_find(shape, "name"), at = shape_find(shape, "__version");
    *row = *version = 0;
    snprintf(sql, sizeof(sql), "SELECT id, c%td FROM list_%lld WHERE c%td = ?", at,
             (long long)shape->id, name);
    struct db_query *q = db_query(store->db, sql, DB_WITH(DB_TEXT(id)), err);
    if (db_next(q, err)) {
        *row = db_int(q, 0);
        *version = db_int(q, 1);
    }
    return db_done(q);
}

static bool set_properties(struct store *store, struct shape *shape, int64_t row,
                           const struct entity_change *change, struct err *err)
{
    bool ok = !change->label || !*change->label ||
              set_named(store, shape, row, "label", change->label, err);
    for (size_t i = 0; ok && i < change->property_count; i++) {
        ok = set_named(store, shape, row, change->names[i], change->values[i], err);
    }
    return ok;
}

static bool create(struct store *store, struct shape *shape, const struct entity_change *change,
                   struct err *err)
{
    char sql[96], branch[RAND_UUID_TEXT];
    int64_t row = shape->rows + 1;
    if (!change->label || !*change->label) {
        return err_set(err, ERR_INPUT, 0, "a new entity needs a label");
    }
    rand_uuid(branch);
    snprintf(sql, sizeof(sql), "INSERT INTO list_%lld (id, is_online) VALUES (?, 0)",
             (long long)shape->id);
    return db_run(store->db, sql, DB_WITH(DB_INT(row)), err) &&
           db_run(store->db, "UPDATE list SET rows = ? WHERE id = ?",
                  DB_WITH(DB_INT(row), DB_INT(shape->id)), err) &&
           set_named(store, shape, row, "name", change->id, err) &&
           set_named(store, shape, row, "__version", "1", err) &&
           set_named(store, shape, row, "__branchId",
                     change->branch_id && *change->branch_id ? change->branch_id : branch, err) &&
           set_properties(store, shape, row, change, err) && touch(store, shape, row, err);
}

static bool update(struct store *store, struct shape *shape, int64_t row, int64_t version,
                   const struct entity_change *change, struct err *err)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)version + 1);
    return set_properties(store, shape, row, change, err) &&
           set_named(store, shape, row, "__version", text, err) && touch(store, shape, row, err);
}

static bool apply(struct store *store, struct shape *shape, const struct entity_change *change,
                  struct err *err)
{
    int64_t row, version;
    if (!is_uuid(change->id)) {
        return err_set(err, ERR_INPUT, 0, "the id of an entity is a version 4 UUID");
    }
    if (!find_row(store, shape, change->id, &row, &version, err)) {
        return false;
    }
    if (row && change->updates) {
        return update(store, shape, row, version, change, err);
    }
    if (row || !change->creates) {
        return err_set(err, ERR_INPUT, 0, row ? "the entity is there already" : "no such entity");
    }
    if (shape->needs_approval) {
        return err_set(err, ERR_MISSING, 0, "the server has to approve new entities of that list");
    }
    return create(store, shape, change, err);
}

bool list_apply(struct store *store, const struct entity_change *change, struct err *err)
{
    struct shape shape;
    bool ok = db_begin(store->db, err);
    if (ok) {
        ok = load(store, change->list, &shape, err) && apply(store, &shape, change, err) &&
             journal_add(store, "entity.change", change->id, change->list, err);
        ok = db_end(store->db, ok, err);
        shape_finish(&shape);
    }
    return ok;
}

bool list_offline_ids(struct store *store, const char *name, struct buf *ids, struct err *err)
{
    struct shape shape;
    char sql[128];
    bool ok = load(store, name, &shape, err);
    if (ok) {
        snprintf(sql, sizeof(sql), "SELECT c%td FROM list_%lld WHERE is_online = 0 ORDER BY id",
                 shape_find(&shape, "name"), (long long)shape.id);
        struct db_query *q = db_query(store->db, sql, DB_NONE, err);
        while (db_next(q, err)) {
            buf_addf(ids, ids->n ? ",%s" : "%s", db_text(q, 0));
        }
        ok = db_done(q);
    }
    shape_finish(&shape);
    return ok;
}

/* Rows are numbered without gaps, so the list is written anew without that one. */
static bool copy_without(struct store *store, struct shape *shape, const char *name, const char *id,
                         struct err *err)
{
    struct shape made = {.is_entity = true, .needs_approval = shape->needs_approval};
    struct buf sql = {0}, columns = {0};
    for (size_t i = 0; i < shape->columns.n; i++) {
        shape_add(&made, str_of(shape->columns.v[i].name));
        buf_addf(&columns, ", c%zu", i);
    }
    struct arena arena = {0};
    struct list_info info;
    bool ok = list_get(store, name, &arena, &info, err) &&
              shape_create(store, &made, name, info.source, err);
    buf_addf(&sql,
             "INSERT INTO list_%lld (is_online%s) SELECT is_online%s FROM list_%lld"
             " WHERE c%td <> ? ORDER BY id",
             (long long)made.id, buf_text(&columns), buf_text(&columns), (long long)shape->id,
             shape_find(shape, "name"));
    ok = ok && db_run(store->db, buf_text(&sql), DB_WITH(DB_TEXT(id)), err);
    made.rows = ok ? db_changes(store->db) : 0;
    ok = ok && shape_take_over(store, &made, name, err) &&
         shape_publish(store, &made, name, info.version, err);
    shape_finish(&made);
    arena_finish(&arena);
    buf_finish(&sql);
    buf_finish(&columns);
    return ok;
}

bool list_delete_entity(struct store *store, const char *name, const char *id, struct err *err)
{
    struct shape shape;
    int64_t row, version, is_online = 1;
    char sql[96];
    bool ok = db_begin(store->db, err);
    if (!ok) {
        return false;
    }
    ok = load(store, name, &shape, err) && find_row(store, &shape, id, &row, &version, err);
    if (ok && row) {
        snprintf(sql, sizeof(sql), "SELECT is_online FROM list_%lld WHERE id = ?",
                 (long long)shape.id);
        ok = db_number(store->db, sql, DB_WITH(DB_INT(row)), &is_online, 1, err);
    }
    if (ok && row && !is_online) {
        ok = copy_without(store, &shape, name, id, err) &&
             journal_add(store, "entity.delete", id, name, err);
    }
    shape_finish(&shape);
    return db_end(store->db, ok, err);
}
