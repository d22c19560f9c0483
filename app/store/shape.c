#include "app/store/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/inner.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

static bool load_columns(struct store *store, struct shape *shape, struct err *err)
{
    struct db_query *q = db_query(store->db,
                                  "SELECT name, is_indexed, is_searched FROM list_column"
                                  " WHERE list = ? ORDER BY position",
                                  DB_WITH(DB_INT(shape->id)), err);
    while (db_next(q, err)) {
        vec_push(&shape->columns, (struct shape_column){mem_strdup(db_text(q, 0)),
                                                        db_int(q, 1) != 0, db_int(q, 2) != 0});
    }
    return db_done(q);
}

bool shape_load(struct store *store, const char *name, const char *version, struct shape *shape,
                struct err *err)
{
    *shape = (struct shape){0};
    struct db_query *q =
        db_query(store->db,
                 "SELECT id, is_entity, needs_approval, rows FROM list WHERE name = ?1 AND"
                 " (?2 IS NULL AND is_current = 1 OR version = ?2) ORDER BY id DESC LIMIT 1",
                 DB_WITH(DB_TEXT(name), db_text_or_null(version)), err);
    if (db_next(q, err)) {
        shape->id = db_int(q, 0);
        shape->is_entity = db_int(q, 1) != 0;
        shape->needs_approval = db_int(q, 2) != 0;
        shape->rows = db_int(q, 3);
    }
    return db_done(q) && (shape->id || err_set(err, ERR_MISSING, 0, "no such list")) &&
           load_columns(store, shape, err);
}

void shape_finish(struct shape *shape)
{
    for (size_t i = 0; i < shape->columns.n; i++) {
        free(shape->columns.v[i].name);
    }
    vec_finish(&shape->columns);
}

ptrdiff_t shape_find(const struct shape *shape, const char *column)
{
    for (size_t i = 0; i < shape->columns.n; i++) {
        if (strcmp(shape->columns.v[i].name, column) == 0) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

void shape_add(struct shape *shape, struct str name)
{
    vec_push(&shape->columns, (struct shape_column){.name = mem_strndup(name.s, name.n)});
}

void shape_insert_sql(const struct shape *shape, struct buf *sql)
{
    buf_addf(sql, "INSERT INTO list_%lld (id", (long long)shape->id);
    for (size_t i = 0; i < shape->columns.n; i++) {
        buf_addf(sql, ", c%zu", i);
    }
    buf_add_text(sql, ") VALUES (?");
    for (size_t i = 0; i < shape->columns.n; i++) {
        buf_add_text(sql, ", ?");
    }
    buf_add_char(sql, ')');
}

static bool create_table(struct store *store, const struct shape *shape, struct err *err)
{
    struct buf sql = {0};
    buf_addf(&sql, "CREATE TABLE list_%lld (id INTEGER PRIMARY KEY", (long long)shape->id);
    for (size_t i = 0; i < shape->columns.n; i++) {
        buf_addf(&sql, ", c%zu TEXT NOT NULL DEFAULT ''", i);
    }
    if (shape->is_entity) {
        buf_add_text(&sql, ", is_online INTEGER NOT NULL DEFAULT 1,"
                           " touched INTEGER NOT NULL DEFAULT 0");
    }
    buf_add_char(&sql, ')');
    bool ok = db_script(store->db, buf_text(&sql), err);
    buf_finish(&sql);
    return ok;
}

static bool add_column_row(struct store *store, const struct shape *shape, size_t i,
                           struct err *err)
{
    return db_run(store->db, "INSERT INTO list_column (list, position, name) VALUES (?, ?, ?)",
                  DB_WITH(DB_INT(shape->id), DB_INT((int64_t)i), DB_TEXT(shape->columns.v[i].name)),
                  err);
}

bool shape_create(struct store *store, struct shape *shape, const char *name, const char *source,
                  struct err *err)
{
    char unfinished[RAND_UUID_TEXT + 12] = "unfinished-";
    rand_uuid(unfinished + strlen(unfinished));
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_run(store->db,
                     "INSERT INTO list (name, version, source, is_entity, needs_approval,"
                     " is_current, rows, added_ms) VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
                     DB_WITH(DB_TEXT(name), DB_TEXT(unfinished), DB_TEXT(source),
                             DB_INT(shape->is_entity), DB_INT(shape->needs_approval),
                             DB_INT(clock_now_ms())),
                     err);
    shape->id = ok ? db_last_id(store->db) : 0;
    ok = ok && create_table(store, shape, err);
    for (size_t i = 0; ok && i < shape->columns.n; i++) {
        ok = add_column_row(store, shape, i, err);
    }
    return db_end(store->db, ok, err);
}

static bool drop_tables(struct store *store, int64_t id, struct err *err)
{
    struct buf sql = {0};
    struct db_query *q =
        db_query(store->db, "SELECT position FROM list_column WHERE list = ? AND is_searched = 1",
                 DB_WITH(DB_INT(id)), err);
    while (db_next(q, err)) {
        buf_addf(&sql, "DROP TABLE list_%lld_w%lld;", (long long)id, (long long)db_int(q, 0));
    }
    bool ok = db_done(q);
    buf_addf(&sql, "DROP TABLE list_%lld", (long long)id);
    ok = ok && db_script(store->db, buf_text(&sql), err);
    buf_finish(&sql);
    return ok;
}

bool shape_drop(struct store *store, int64_t id, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        drop_tables(store, id, err) &&
        db_run(store->db, "DELETE FROM list_column WHERE list = ?", DB_WITH(DB_INT(id)), err) &&
        db_run(store->db, "DELETE FROM list WHERE id = ?", DB_WITH(DB_INT(id)), err);
    return db_end(store->db, ok, err);
}

static bool mark(struct store *store, const struct shape *shape, size_t column, const char *sql,
                 struct err *err)
{
    return db_run(store->db, sql, DB_WITH(DB_INT(shape->id), DB_INT((int64_t)column)), err);
}

bool shape_index(struct store *store, struct shape *shape, size_t column, struct err *err)
{
    if (shape->columns.v[column].is_indexed) {
        return true;
    }
    char sql[128];
    snprintf(sql, sizeof(sql), "CREATE INDEX IF NOT EXISTS list_%lld_c%zu ON list_%lld (c%zu)",
             (long long)shape->id, column, (long long)shape->id, column);
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_script(store->db, sql, err) &&
              mark(store, shape, column,
                   "UPDATE list_column SET is_indexed = 1 WHERE list = ? AND position = ?", err);
    ok = db_end(store->db, ok, err);
    shape->columns.v[column].is_indexed = ok;
    return ok;
}

bool shape_put_words(struct store *store, const struct shape *shape, size_t column, int64_t row,
                     struct str text, struct err *err)
{
    char sql[128];
    struct buf folded = {0};
    snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO list_%lld_w%zu (rowid, text) VALUES (?, ?)",
             (long long)shape->id, column);
    fold_add(&folded, text);
    bool ok = db_run(store->db, sql, DB_WITH(DB_INT(row), DB_STR(buf_str(&folded))), err);
    buf_finish(&folded);
    return ok;
}

static bool fill_words(struct store *store, struct shape *shape, size_t column, struct err *err)
{
    char sql[128];
    bool ok = true;
    snprintf(sql, sizeof(sql), "SELECT id, c%zu FROM list_%lld", column, (long long)shape->id);
    struct db_query *q = db_query(store->db, sql, DB_NONE, err);
    while (ok && db_next(q, err)) {
        ok = shape_put_words(store, shape, column, db_int(q, 0), db_str(q, 1), err);
    }
    return db_done(q) && ok;
}

bool shape_make_words(struct store *store, struct shape *shape, size_t column, struct err *err)
{
    if (shape->columns.v[column].is_searched) {
        return true;
    }
    char sql[256];
    snprintf(sql, sizeof(sql),
             "CREATE VIRTUAL TABLE IF NOT EXISTS list_%lld_w%zu USING fts5 (text, content = '',"
             " contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0',"
             " prefix = '2 3')",
             (long long)shape->id, column);
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_script(store->db, sql, err) && fill_words(store, shape, column, err) &&
              mark(store, shape, column,
                   "UPDATE list_column SET is_searched = 1 WHERE list = ? AND position = ?", err);
    ok = db_end(store->db, ok, err);
    shape->columns.v[column].is_searched = ok;
    return ok;
}

/* Columns that filters or searches used before will be used again. */
static bool make_again(struct store *store, struct shape *shape, const struct shape *old,
                       struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < old->columns.n; i++) {
        ptrdiff_t at = shape_find(shape, old->columns.v[i].name);
        if (at >= 0 && old->columns.v[i].is_indexed) {
            ok = shape_index(store, shape, (size_t)at, err);
        }
        if (ok && at >= 0 && old->columns.v[i].is_searched) {
            ok = shape_make_words(store, shape, (size_t)at, err);
        }
    }
    return ok;
}

bool shape_take_over(struct store *store, struct shape *shape, const char *name, struct err *err)
{
    struct shape old;
    struct err why;
    bool ok = shape_load(store, name, NULL, &old, &why)
                  ? make_again(store, shape, &old, err)
                  : why.kind == ERR_MISSING || err_set(err, why.kind, why.code, "%s", why.text);
    shape_finish(&old);
    return ok;
}

bool shape_publish(struct store *store, struct shape *shape, const char *name, const char *version,
                   struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        db_run(store->db, "UPDATE list SET is_current = 0 WHERE name = ? AND is_current = 1",
               DB_WITH(DB_TEXT(name)), err) &&
        db_run(store->db, "UPDATE list SET is_current = 1, rows = ?, version = ? WHERE id = ?",
               DB_WITH(DB_INT(shape->rows), DB_TEXT(version), DB_INT(shape->id)), err);
    return db_end(store->db, ok, err);
}
