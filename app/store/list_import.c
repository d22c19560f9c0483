/* Lists from CSV: a plain one is read as it is, an entity list is merged with what was done here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "app/store/list.h"
#include "app/store/shape.h"
#include "platform/base/csv.h"
#include "platform/base/log.h"
#include "platform/base/rand.h"
#include "platform/base/utf8.h"

/* So many rows a transaction: between two of them another thread may save an answer. */
enum { BATCH = 1000, PAUSE_US = 2000 };

/* One import on its way. */
struct import {
    struct store *store;
    bool is_alone;           /* the transactions are ours; else the caller has one around all */
    struct shape shape, old; /* old.id 0: there is none */
    struct csv csv;
    char *insert_sql;
    VEC(struct db_value) values; /* id, then the cells */
    /* entity lists: places of the columns in the new shape, and the SELECT over the old one */
    ptrdiff_t name, label, version, trunk, branch;
    size_t given;        /* columns that the file has; the others are ours */
    int64_t old_changes; /* of the old version when the merge began */
    struct buf old_sql;
};

static bool read_header(struct import *im, struct err *err)
{
    struct err why = {0};
    if (!csv_row(&im->csv, &why)) {
        return err_set(err, ERR_INPUT, 0, "the list is empty");
    }
    if (im->csv.cells.n > SHAPE_COLUMNS) {
        return err_set(err, ERR_INPUT, 0, "the list has more than %d columns", SHAPE_COLUMNS);
    }
    for (size_t i = 0; i < im->csv.cells.n; i++) {
        shape_add(&im->shape, str_trim(im->csv.cells.v[i]));
    }
    im->given = im->csv.cells.n;
    return true;
}

/* Ends a full batch and begins the next; on false no transaction is open. */
static bool next_batch(struct import *im, struct err *err)
{
    if (!im->is_alone || im->shape.rows % BATCH != 0) {
        return true;
    }
    if (!db_end(im->store->db, true, err)) {
        return false;
    }
    usleep(PAUSE_US);
    return db_begin(im->store->db, err);
}

static bool insert_row(struct import *im, bool is_online, struct err *err)
{
    im->values.v[0] = DB_INT(++im->shape.rows);
    if (im->shape.rows > UINT32_MAX - 1) {
        return err_set(err, ERR_INPUT, 0, "the list has too many rows");
    }
    bool ok =
        db_run(im->store->db, im->insert_sql, (struct db_values){im->values.v, im->values.n}, err);
    if (ok && !is_online) {
        char sql[96];
        snprintf(sql, sizeof(sql), "UPDATE list_%lld SET is_online = 0 WHERE id = ?",
                 (long long)im->shape.id);
        ok = db_run(im->store->db, sql, DB_WITH(DB_INT(im->shape.rows)), err);
    }
    return ok;
}

static void take_cells(struct import *im)
{
    for (size_t i = 0; i < im->shape.columns.n; i++) {
        bool is_given = i < im->given && i < im->csv.cells.n;
        im->values.v[i + 1] = DB_STR(is_given ? im->csv.cells.v[i] : STR(""));
    }
}

static void prepare(struct import *im)
{
    struct buf sql = {0};
    shape_insert_sql(&im->shape, &sql);
    im->insert_sql = buf_take(&sql);
    for (size_t i = 0; i <= im->shape.columns.n; i++) {
        vec_push(&im->values, DB_STR(STR("")));
    }
}

static void import_finish(struct import *im)
{
    csv_end(&im->csv);
    shape_finish(&im->shape);
    shape_finish(&im->old);
    free(im->insert_sql);
    vec_finish(&im->values);
    buf_finish(&im->old_sql);
}

static bool end_of_csv(struct err *row_err, struct err *err)
{
    return row_err->kind == ERR_NONE ||
           err_set(err, row_err->kind, row_err->code, "%s", row_err->text);
}

/* Reads all rows, each through put, in batches. */
static bool insert_all(struct import *im, bool (*put)(struct import *im, struct err *err),
                       struct err *err)
{
    struct err row_err = {0};
    if (!db_begin(im->store->db, err)) {
        return false;
    }
    while (csv_row(&im->csv, &row_err)) {
        if (!put(im, err)) {
            return db_end(im->store->db, false, err);
        }
        if (!next_batch(im, err)) {
            return false;
        }
    }
    return db_end(im->store->db, end_of_csv(&row_err, err), err);
}

/* What came of it: a whole version in its place, or nothing. */
static bool import_end(struct import *im, bool ok, struct err *err)
{
    struct err why;
    if (!ok && im->shape.id && !shape_drop(im->store, im->shape.id, &why)) {
        log_warn("half a list stays for the next start: %s", why.text);
    }
    import_finish(im);
    return ok;
}

/* The same bytes are here already: that version takes the place again. */
static bool publish_again(struct store *store, const char *name, const char *version,
                          struct err *err)
{
    struct shape shape;
    bool ok = shape_load(store, name, version, &shape, err) &&
              shape_take_over(store, &shape, name, err) &&
              shape_publish(store, &shape, name, version, err);
    shape_finish(&shape);
    return ok;
}

static bool put_plain(struct import *im, struct err *err)
{
    take_cells(im);
    return insert_row(im, true, err);
}

bool list_import(struct store *store, const char *name, struct str csv, const char *version,
                 const char *source, struct err *err)
{
    if (!utf8_valid(csv)) {
        return err_set(err, ERR_INPUT, 0, "the list is not in UTF-8");
    }
    if (*version && list_has(store, name, version)) {
        return publish_again(store, name, version, err);
    }
    struct import im = {.store = store, .is_alone = !db_in_change(store->db)};
    csv_begin(&im.csv, csv);
    bool ok = read_header(&im, err) && shape_create(store, &im.shape, name, source, err);
    if (ok) {
        prepare(&im);
        ok = insert_all(&im, put_plain, err) && shape_take_over(store, &im.shape, name, err) &&
             shape_publish(store, &im.shape, name, version, err);
    }
    return import_end(&im, ok, err);
}

/* ---- entity lists --------------------------------------------------------------------------- */

static ptrdiff_t need_column(struct import *im, const char *name)
{
    if (shape_find(&im->shape, name) < 0) {
        shape_add(&im->shape, str_of(name));
    }
    return shape_find(&im->shape, name);
}

static bool find_entity_columns(struct import *im, struct err *err)
{
    im->name = shape_find(&im->shape, "name");
    im->label = shape_find(&im->shape, "label");
    if (im->name < 0 || im->label < 0) {
        return err_set(err, ERR_INPUT, 0, "an entity list needs the columns name and label");
    }
    im->version = need_column(im, "__version");
    im->trunk = need_column(im, "__trunkVersion");
    im->branch = need_column(im, "__branchId");
    /* A property that was only set here must not lose its column. */
    for (size_t i = 0; im->old.id && i < im->old.columns.n; i++) {
        need_column(im, im->old.columns.v[i].name);
    }
    return true;
}

static bool load_old(struct import *im, const char *name, struct err *err)
{
    struct err why;
    if (!shape_load(im->store, name, NULL, &im->old, &why)) {
        shape_finish(&im->old);
        im->old = (struct shape){0};
        return why.kind == ERR_MISSING || err_set(err, why.kind, why.code, "%s", why.text);
    }
    ptrdiff_t key = shape_find(&im->old, "name");
    if (!im->old.is_entity || key < 0) {
        im->old.id = 0;
        return true;
    }
    return db_number(im->store->db, "SELECT changes FROM list WHERE id = ?",
                     DB_WITH(DB_INT(im->old.id)), &im->old_changes, 0, err) &&
           shape_index(im->store, &im->old, (size_t)key, err);
}

/* SELECT is_online, id, and for each new column the old one of that name (or nothing). */
static void prepare_old(struct import *im)
{
    buf_add_text(&im->old_sql, "SELECT is_online, id");
    for (size_t i = 0; i < im->shape.columns.n; i++) {
        ptrdiff_t at = shape_find(&im->old, im->shape.columns.v[i].name);
        if (at >= 0) {
            buf_addf(&im->old_sql, ", c%td", at);
        } else {
            buf_add_text(&im->old_sql, ", ''");
        }
    }
    buf_addf(&im->old_sql, " FROM list_%lld WHERE ", (long long)im->old.id);
}

static struct str value_at(const struct import *im, ptrdiff_t column)
{
    return im->values.v[column + 1].bytes;
}

static long long number_of(struct str text)
{
    long long value;
    return str_to_int64(text, &value) ? value : 0;
}

static void take_old(struct import *im, struct db_query *q)
{
    for (size_t i = 0; i < im->shape.columns.n; i++) {
        im->values.v[i + 1] = DB_STR(db_str(q, (int)i + 2));
    }
}

/* The row of the server becomes ours: its version is the trunk, a new branch begins. */
static bool insert_server_row(struct import *im, const char *branch, struct err *err)
{
    im->values.v[im->trunk + 1] = DB_STR(value_at(im, im->version));
    im->values.v[im->branch + 1] = DB_TEXT(branch);
    return insert_row(im, true, err);
}

/* One row of the server against the same entity here: the newer one stays (openrosa.md §8). */
static bool merge_row(struct import *im, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    take_cells(im);
    if (!im->old.id) {
        return insert_server_row(im, uuid, err);
    }
    struct buf sql = {0};
    buf_addf(&sql, "%sc%td = ?", buf_text(&im->old_sql), shape_find(&im->old, "name"));
    struct db_query *q =
        db_query(im->store->db, buf_text(&sql), DB_WITH(DB_STR(value_at(im, im->name))), err);
    bool ok;
    if (!db_next(q, err)) {
        ok = insert_server_row(im, uuid, err);
    } else {
        long long here = number_of(db_str(q, (int)im->version + 2));
        long long trunk = number_of(db_str(q, (int)im->trunk + 2));
        long long there = number_of(value_at(im, im->version));
        if (there < here) {
            take_old(im, q);
            ok = insert_row(im, true, err);
        } else {
            bool is_same = there == here && trunk == here && db_text(q, (int)im->branch + 2)[0];
            ok = insert_server_row(im, is_same ? db_text(q, (int)im->branch + 2) : uuid, err);
        }
    }
    buf_finish(&sql);
    return db_done(q) && ok;
}

/* What was created here and the server does not know yet. */
static bool keep_offline_rows(struct import *im, struct err *err)
{
    if (!im->old.id) {
        return true;
    }
    struct buf sql = {0};
    bool ok = true;
    buf_addf(&sql,
             "%sis_online = 0 AND NOT EXISTS (SELECT 1 FROM list_%lld n WHERE n.c%td ="
             " list_%lld.c%td) ORDER BY id",
             buf_text(&im->old_sql), (long long)im->shape.id, im->name, (long long)im->old.id,
             shape_find(&im->old, "name"));
    struct db_query *q = db_query(im->store->db, buf_text(&sql), DB_NONE, err);
    while (ok && db_next(q, err)) {
        take_old(im, q);
        ok = insert_row(im, false, err);
    }
    buf_finish(&sql);
    return db_done(q) && ok;
}

/* UPDATE of all columns of the new row by its number. */
static bool overwrite_row(struct import *im, int64_t row, struct err *err)
{
    struct buf sql = {0};
    buf_addf(&sql, "UPDATE list_%lld SET id = ?", (long long)im->shape.id);
    for (size_t i = 0; i < im->shape.columns.n; i++) {
        buf_addf(&sql, ", c%zu = ?", i);
    }
    buf_add_text(&sql, " WHERE id = ?1");
    im->values.v[0] = DB_INT(row);
    bool ok =
        db_run(im->store->db, buf_text(&sql), (struct db_values){im->values.v, im->values.n}, err);
    buf_finish(&sql);
    return ok;
}

/* What was changed here while the merge went on. */
static bool merge_late_changes(struct import *im, struct err *err)
{
    char find[160];
    struct buf sql = {0};
    bool ok = true;
    if (!im->old.id) {
        return true;
    }
    buf_addf(&sql, "%stouched > ?", buf_text(&im->old_sql));
    snprintf(find, sizeof(find), "SELECT id FROM list_%lld WHERE c%td = ? AND c%td + 0 < ?",
             (long long)im->shape.id, im->name, im->version);
    struct db_query *q =
        db_query(im->store->db, buf_text(&sql), DB_WITH(DB_INT(im->old_changes)), err);
    while (ok && db_next(q, err)) {
        int64_t row;
        take_old(im, q);
        ok = db_number(im->store->db, find,
                       DB_WITH(DB_STR(value_at(im, im->name)),
                               DB_INT(number_of(value_at(im, im->version)))),
                       &row, 0, err) &&
             (!row || overwrite_row(im, row, err));
    }
    buf_finish(&sql);
    return db_done(q) && ok;
}

/* The last step, in one transaction: rows that only we know, late changes, the swap. */
static bool finish_merge(struct import *im, const char *name, const char *version, struct err *err)
{
    if (!db_begin(im->store->db, err)) {
        return false;
    }
    bool ok = merge_late_changes(im, err) && keep_offline_rows(im, err) &&
              shape_publish(im->store, &im->shape, name, version, err);
    return db_end(im->store->db, ok, err);
}

bool list_import_entities(struct store *store, const char *name, struct str csv,
                          const char *version, bool needs_approval, struct err *err)
{
    if (!utf8_valid(csv)) {
        return err_set(err, ERR_INPUT, 0, "the list is not in UTF-8");
    }
    struct import im = {.store = store, .is_alone = !db_in_change(store->db)};
    im.shape.needs_approval = needs_approval;
    im.shape.is_entity = true;
    csv_begin(&im.csv, csv);
    bool ok = read_header(&im, err) && load_old(&im, name, err) && find_entity_columns(&im, err) &&
              shape_create(store, &im.shape, name, "", err) &&
              shape_index(store, &im.shape, (size_t)im.name, err);
    if (ok) {
        prepare(&im);
        prepare_old(&im);
        ok = insert_all(&im, merge_row, err) && shape_take_over(store, &im.shape, name, err) &&
             finish_merge(&im, name, version, err);
    }
    return import_end(&im, ok, err);
}
