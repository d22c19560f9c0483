#include "app/store/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "app/store/shape.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"

/* Going through a list in order reads so many rows at a time. */
enum { BLOCK = 64 };

struct stored_list {
    struct form_list source; /* first: the form engine knows this part only */
    struct store *store;
    struct shape shape;
    char *select_rows; /* SQL */
    /* rows held: from `first`, `held` of them, cell c of row r ends at ends[r * columns + c] */
    uint32_t first, held, last_asked;
    struct buf cells;
    VEC(size_t) ends;
    /* where the last find stopped, so that asking on does not begin anew */
    size_t find_column, find_skip;
    struct buf find_value;
    int64_t find_after;
};

static struct stored_list *list_of(struct form_list *source)
{
    return (struct stored_list *)source;
}

static uint32_t row_count(struct form_list *source)
{
    return (uint32_t)list_of(source)->shape.rows;
}

static size_t column_count(struct form_list *source)
{
    return list_of(source)->shape.columns.n;
}

static struct str column_name(struct form_list *source, size_t column)
{
    const struct shape *shape = &list_of(source)->shape;
    return column < shape->columns.n ? str_of(shape->columns.v[column].name) : STR("");
}

static bool goes_on(const struct stored_list *list, size_t column, struct str value, size_t skip)
{
    return skip > 0 && list->find_column == column && list->find_skip == skip &&
           str_eq(buf_str(&list->find_value), value);
}

static size_t find(struct form_list *source, size_t column, struct str value, size_t skip,
                   uint32_t *rows, size_t cap)
{
    struct stored_list *list = list_of(source);
    struct err err;
    char sql[160];
    if (column >= list->shape.columns.n || cap == 0) {
        return 0;
    }
    if (!shape_index(list->store, &list->shape, column, &err)) {
        log_warn("no index over a list column: %s", err.text); /* found all the same, slower */
    }
    snprintf(sql, sizeof(sql),
             "SELECT id FROM list_%lld WHERE c%zu = ? AND id > ? ORDER BY id LIMIT ? OFFSET ?",
             (long long)list->shape.id, column);
    bool more = goes_on(list, column, value, skip);
    struct db_query *q = db_query(list->store->db, sql,
                                  DB_WITH(DB_STR(value), DB_INT(more ? list->find_after : 0),
                                          DB_INT((int64_t)cap), DB_INT(more ? 0 : (int64_t)skip)),
                                  &err);
    size_t n = 0;
    while (n < cap && db_next(q, &err)) {
        int64_t id = db_int(q, 0);
        if (id <= list->shape.rows) {
            rows[n++] = (uint32_t)(id - 1);
        }
    }
    if (!db_done(q)) {
        log_error("cannot search a list: %s", err.text);
        return 0;
    }
    if (!more) {
        buf_clear(&list->find_value);
        buf_add_str(&list->find_value, value);
    }
    list->find_column = column;
    list->find_skip = skip + n;
    list->find_after = n ? (int64_t)rows[n - 1] + 1 : list->find_after;
    return n;
}

static void read_rows(struct stored_list *list, uint32_t first, uint32_t count)
{
    size_t columns = list->shape.columns.n;
    struct err err;
    buf_clear(&list->cells);
    list->ends.n = 0;
    list->first = first;
    list->held = 0;
    struct db_query *q = db_query(list->store->db, list->select_rows,
                                  DB_WITH(DB_INT((int64_t)first + 1), DB_INT(count)), &err);
    while (db_next(q, &err)) {
        for (size_t i = 0; i < columns; i++) {
            buf_add_str(&list->cells, db_str(q, (int)i));
            vec_push(&list->ends, list->cells.n);
        }
        list->held++;
    }
    if (!db_done(q)) {
        log_error("cannot read a list: %s", err.text);
    }
}

static struct str cell(struct form_list *source, uint32_t row, size_t column)
{
    struct stored_list *list = list_of(source);
    size_t columns = list->shape.columns.n;
    if (row >= list->shape.rows || column >= columns) {
        return STR("");
    }
    if (row < list->first || row >= list->first + list->held) {
        read_rows(list, row, row == list->last_asked + 1 ? BLOCK : 1);
    }
    list->last_asked = row;
    if (row >= list->first + list->held) {
        return STR("");
    }
    size_t at = (row - list->first) * columns + column;
    size_t begin = at ? list->ends.v[at - 1] : 0;
    return (struct str){list->cells.s + begin, list->ends.v[at] - begin};
}

static void destroy(struct form_list *source)
{
    struct stored_list *list = list_of(source);
    shape_finish(&list->shape);
    free(list->select_rows);
    buf_wipe(&list->cells);
    buf_wipe(&list->find_value);
    vec_finish(&list->ends);
    free(list);
}

static const struct form_list_ops ops = {row_count, column_count, column_name, find, cell, destroy};

bool list_open_version(struct store *store, const char *name, const char *version,
                       struct form_list **list, struct err *err)
{
    struct stored_list *made = mem_alloc(1, sizeof(*made));
    *list = NULL;
    made->source.ops = &ops;
    made->store = store;
    made->last_asked = UINT32_MAX - 1;
    if (!shape_load(store, name, version, &made->shape, err)) {
        destroy(&made->source);
        return false;
    }
    struct buf sql = {0};
    buf_add_text(&sql, "SELECT ");
    for (size_t i = 0; i < made->shape.columns.n; i++) {
        buf_addf(&sql, i ? ", c%zu" : "c%zu", i);
    }
    buf_addf(&sql, " FROM list_%lld WHERE id >= ? ORDER BY id LIMIT ?", (long long)made->shape.id);
    made->select_rows = buf_take(&sql);
    *list = &made->source;
    return true;
}

bool list_has(struct store *store, const char *name, const char *version)
{
    int64_t is_here;
    return db_number(store->db, "SELECT 1 FROM list WHERE name = ? AND version = ?",
                     DB_WITH(DB_TEXT(name), DB_TEXT(version)), &is_here, 0, NULL) &&
           is_here;
}

bool list_open(struct store *store, const char *name, struct form_list **list, struct err *err)
{
    return list_open_version(store, name, NULL, list, err);
}

static void read_info(struct db_query *q, struct arena *arena, struct list_info *info)
{
    *info = (struct list_info){arena_strdup(arena, db_text(q, 0)),
                               arena_strdup(arena, db_text(q, 1)),
                               arena_strdup(arena, db_text(q, 2)),
                               db_int(q, 3) != 0,
                               db_int(q, 4),
                               db_int(q, 5)};
}

bool list_get(struct store *store, const char *name, struct arena *arena, struct list_info *info,
              struct err *err)
{
    struct db_query *q = db_query(store->db,
                                  "SELECT name, version, source, is_entity, rows, added_ms"
                                  " FROM list WHERE name = ? AND is_current = 1",
                                  DB_WITH(DB_TEXT(name)), err);
    bool found = db_next(q, err);
    if (found) {
        read_info(q, arena, info);
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such list"));
}

bool list_all(struct store *store, struct arena *arena, struct list_infos *out, struct err *err)
{
    VEC(struct list_info) rows = {0};
    struct db_query *q = db_query(store->db,
                                  "SELECT name, version, source, is_entity, rows, added_ms"
                                  " FROM list WHERE is_current = 1 ORDER BY name",
                                  DB_NONE, err);
    while (db_next(q, err)) {
        read_info(q, arena, vec_add(&rows));
    }
    out->v = arena_array(arena, struct list_info, rows.n);
    out->n = rows.n;
    if (rows.n) {
        memcpy(out->v, rows.v, rows.n * sizeof(*rows.v));
    }
    vec_finish(&rows);
    return db_done(q);
}
