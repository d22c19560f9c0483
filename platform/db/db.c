#include "platform/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#define LOG_ROOM "db"
#include "platform/base/aside.h"
#include "platform/base/log.h"
#include "platform/base/map.h"
#include "platform/base/mem.h"
#include "platform/db/log.h"
#include "platform/db/wipe.h"

enum { QUERIES_KEPT = 160, BUSY_MS = 5000, CACHE_KIB = 2048, WAL_KEPT = 4 << 20 };

struct db_query {
    struct db *db;
    sqlite3_stmt *stmt;
    char *sql;
    bool is_busy;   /* between db_query and db_done */
    bool is_single; /* the kept one was busy: this one ends with db_done */
    bool has_ended, has_failed;
};

struct db {
    sqlite3 *handle;
    struct map queries; /* SQL → struct db_query */
    int depth;          /* open brackets */
    int busy_ms;
    bool has_key;
};

static enum err_kind kind_of(int rc, int *code)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        *code = ENOSPC;
        return ERR_STORAGE;
    case SQLITE_CORRUPT:
        return ERR_DAMAGED;
    case SQLITE_NOTADB:
        return ERR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        *code = EBUSY;
        return ERR_STORAGE;
    case SQLITE_READONLY:
        *code = EROFS;
        return ERR_STORAGE;
    case SQLITE_NOMEM:
        *code = ENOMEM;
        return ERR_STORAGE;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
        return ERR_INPUT;
    case SQLITE_INTERRUPT:
        return ERR_CANCELLED;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_DENIED;
    default:
        return ERR_STORAGE;
    }
}

/* A write that stopped for lack of room may come as an I/O error with the system's own number. */
static int full_or(int rc, sqlite3 *handle)
{
    int sys = handle ? sqlite3_system_errno(handle) : 0;
    bool is_io = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN;
    return is_io && (sys == ENOSPC || sys == EDQUOT || sys == EFBIG) ? SQLITE_FULL : rc;
}

static bool fail(struct db *db, int rc, const char *what, struct err *err)
{
    rc = full_or(rc, db->handle);
    int code = rc;
    enum err_kind kind = kind_of(rc, &code);
    /* Names of tables may stand in a constraint's message, values never do; other messages may
     * quote what was searched for. */
    const char *text = (rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_ERROR
                           ? sqlite3_errmsg(db->handle)
                           : sqlite3_errstr(rc);
    if ((rc & 0xff) == SQLITE_ERROR && strstr(text, "fts5")) {
        text = "the search text is no query";
    }
    return err_set(err, kind, code, "%s: %s (%d)", what, text, rc);
}

static bool set_key(struct db *db, const unsigned char *key, struct err *err)
{
    char text[5 + 2 * DB_KEY_SIZE] = "raw:";
    for (int i = 0; i < DB_KEY_SIZE; i++) {
        snprintf(text + 4 + 2 * i, 3, "%02x", key[i]);
    }
    int rc = sqlite3mc_config(db->handle, "cipher", sqlite3mc_cipher_index("chacha20")) > 0
                 ? sqlite3_key(db->handle, text, (int)strlen(text))
                 : SQLITE_ERROR;
    explicit_bzero(text, sizeof(text));
    db->has_key = true;
    return rc == SQLITE_OK || fail(db, rc, "cannot set the key", err);
}

/* SQLite's own waiting sleeps up to 100 ms at a time, and a writer who works in short batches would
 * be missed again and again. */
static int wait_for_writer(void *ctx, int tries)
{
    const struct db *db = ctx;
    if (tries >= db->busy_ms) {
        return 0;
    }
    usleep(1000);
    return 1;
}

static bool set_up(struct db *db, const struct db_options *options, struct err *err)
{
    char sql[400];
    sqlite3_extended_result_codes(db->handle, 1);
    db->busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS;
    sqlite3_busy_handler(db->handle, wait_for_writer, db);
    if (options->key && !set_key(db, options->key, err)) {
        return false;
    }
    int rc = sqlite3_exec(db->handle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if ((rc & 0xff) == SQLITE_NOTADB) {
        return err_set(err, ERR_DENIED, rc, "another key, or no database");
    }
    snprintf(sql, sizeof(sql),
             "PRAGMA cache_size=-%d; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
             "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
             "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
             "PRAGMA journal_size_limit=%d",
             options->cache_kib ? options->cache_kib : CACHE_KIB, WAL_KEPT);
    if (rc == SQLITE_OK) {
        rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    }
    return rc == SQLITE_OK || fail(db, rc, "cannot open", err);
}

/* SQLite would make the file with the rights of the umask; ours is for its owner only, and SQLite
 * gives its -wal and -shm the same rights. */
static bool make_private(const char *path, bool must_exist, struct err *err)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | (must_exist ? 0 : O_CREAT), 0600);
    if (fd < 0) {
        enum err_kind kind = errno == ENOENT   ? ERR_MISSING
                             : errno == EACCES ? ERR_DENIED
                                               : ERR_STORAGE;
        return err_set(err, kind, errno, "cannot open the database: %s", strerror(errno));
    }
    close(fd);
    return true;
}

static bool open_once(const char *path, const struct db_options *options, struct db **db,
                      struct err *err)
{
    struct db *made = mem_alloc(1, sizeof(*made));
    int rc =
        sqlite3_open_v2(path, &made->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    bool ok = rc == SQLITE_OK ? set_up(made, options, err)
                              : err_set(err, ERR_STORAGE, rc, "cannot open the database: %s",
                                        sqlite3_errstr(rc));
    if (!ok) {
        db_close(made);
        return false;
    }
    *db = made;
    return true;
}

bool db_open(const char *path, const struct db_options *options, struct db **db, struct err *err)
{
    struct err why = {0};
    *db = NULL;
    wipe_install();
    if (!make_private(path, options->must_exist, err)) {
        return false;
    }
    bool ok = open_once(path, options, db, &why);
    if (!ok && (why.kind == ERR_DENIED || why.kind == ERR_DAMAGED)) {
        ok = db_can_read(path, &why) && open_once(path, options, db, &why);
    }
    ok = ok && log_sync_name(path, &why);
    if (!ok) {
        db_close(*db);
        *db = NULL;
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    return true;
}

static void query_free(struct db_query *q)
{
    sqlite3_finalize(q->stmt);
    free(q->sql);
    free(q);
}

static void forget_queries(struct db *db, bool also_busy)
{
    struct map kept = {0};
    struct map_slot slot;
    for (size_t at = 0; map_next(&db->queries, &at, &slot);) {
        struct db_query *q = slot.value;
        if (q->is_busy && !also_busy) {
            map_put(&kept, slot.key, q);
        } else {
            query_free(q);
        }
    }
    map_finish(&db->queries);
    db->queries = kept;
}

void db_close(struct db *db)
{
    if (!db) {
        return;
    }
    forget_queries(db, true);
    map_finish(&db->queries);
    int rc = sqlite3_close(db->handle);
    if (rc != SQLITE_OK) {
        log_error("closing failed with %d", rc);
        sqlite3_close_v2(db->handle);
    }
    free(db);
}

struct db_value db_text_or_null(const char *text)
{
    return text ? DB_TEXT(text) : DB_NULL;
}

static struct db_query *query_make(struct db *db, const char *sql, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (rc != SQLITE_OK || !stmt) {
        fail(db, rc, "cannot prepare", err);
        return NULL;
    }
    struct db_query *q = mem_alloc(1, sizeof(*q));
    q->db = db;
    q->stmt = stmt;
    q->sql = mem_strdup(sql);
    return q;
}

static struct db_query *query_take(struct db *db, const char *sql, struct err *err)
{
    struct db_query *q = map_get(&db->queries, str_of(sql));
    if (q && !q->is_busy) {
        return q;
    }
    bool is_single = q != NULL;
    q = query_make(db, sql, err);
    if (q && !is_single) {
        if (db->queries.n >= QUERIES_KEPT) {
            forget_queries(db, false);
        }
        map_put(&db->queries, str_of(q->sql), q);
    } else if (q) {
        q->is_single = true;
    }
    return q;
}

static int bind(sqlite3_stmt *stmt, int i, const struct db_value *value)
{
    const char *bytes = value->bytes.s ? value->bytes.s : "";
    switch (value->type) {
    case DB_IS_INT:
        return sqlite3_bind_int64(stmt, i, value->number);
    case DB_IS_REAL:
        return sqlite3_bind_double(stmt, i, value->real);
    case DB_IS_TEXT:
        return sqlite3_bind_text64(stmt, i, bytes, value->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
    case DB_IS_BLOB:
        return sqlite3_bind_blob64(stmt, i, bytes, value->bytes.n, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(stmt, i);
    }
}

struct db_query *db_query(struct db *db, const char *sql, struct db_values values, struct err *err)
{
    struct db_query *q = query_take(db, sql, err);
    if (!q) {
        return NULL;
    }
    q->is_busy = true;
    q->has_ended = q->has_failed = false;
    int rc = (size_t)sqlite3_bind_parameter_count(q->stmt) == values.n ? SQLITE_OK : SQLITE_RANGE;
    for (size_t i = 0; i < values.n && rc == SQLITE_OK; i++) {
        rc = bind(q->stmt, (int)i + 1, &values.v[i]);
    }
    if (rc != SQLITE_OK) {
        fail(db, rc, "cannot bind", err);
        db_done(q);
        return NULL;
    }
    return q;
}

struct step_work {
    sqlite3_stmt *stmt;
    int rc;
};

static void step_one(void *ctx)
{
    struct step_work *work = ctx;
    work->rc = sqlite3_step(work->stmt);
}

/* A commit waits for the disk and for other writers; but a page that is not in memory is read from
 * that disk too, and which row needs one nobody knows before. */
static int step(struct db_query *q)
{
    struct step_work work = {.stmt = q->stmt};
    aside_do(step_one, &work);
    return work.rc;
}

bool db_next(struct db_query *q, struct err *err)
{
    if (!q || q->has_ended) {
        return false;
    }
    int rc = step(q);
    if (rc == SQLITE_ROW) {
        return true;
    }
    q->has_ended = true;
    if (rc == SQLITE_DONE) {
        sqlite3_reset(q->stmt);
        err_clear(err);
    } else {
        q->has_failed = true;
        fail(q->db, rc, "cannot run", err);
    }
    return false;
}

bool db_done(struct db_query *q)
{
    if (!q) {
        return false;
    }
    bool ok = !q->has_failed;
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
    q->is_busy = false;
    if (q->is_single) {
        query_free(q);
    }
    return ok;
}

bool db_run(struct db *db, const char *sql, struct db_values values, struct err *err)
{
    struct db_query *q = db_query(db, sql, values, err);
    while (db_next(q, err)) {
    }
    return db_done(q);
}

struct script_work {
    sqlite3 *handle;
    const char *sql;
    int rc;
};

static void script_one(void *ctx)
{
    struct script_work *work = ctx;
    work->rc = sqlite3_exec(work->handle, work->sql, NULL, NULL, NULL);
}

bool db_script(struct db *db, const char *sql, struct err *err)
{
    struct script_work work = {db->handle, sql, SQLITE_OK};
    aside_do(script_one, &work);
    return work.rc == SQLITE_OK || fail(db, work.rc, "cannot run the script", err);
}

bool db_number(struct db *db, const char *sql, struct db_values values, int64_t *number,
               int64_t other, struct err *err)
{
    *number = other;
    struct db_query *q = db_query(db, sql, values, err);
    if (db_next(q, err) && !db_is_null(q, 0)) {
        *number = db_int(q, 0);
    }
    return db_done(q);
}

int64_t db_int(struct db_query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double db_real(struct db_query *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

struct str db_str(struct db_query *q, int column)
{
    const char *bytes = sqlite3_column_blob(q->stmt, column);
    return (struct str){bytes ? bytes : "", (size_t)sqlite3_column_bytes(q->stmt, column)};
}

const char *db_text(struct db_query *q, int column)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);
    return text ? (const char *)text : "";
}

bool db_is_null(struct db_query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct db_value db_value(struct db_query *q, int column)
{
    switch (sqlite3_column_type(q->stmt, column)) {
    case SQLITE_INTEGER:
        return DB_INT(db_int(q, column));
    case SQLITE_FLOAT:
        return DB_REAL(db_real(q, column));
    case SQLITE_TEXT:
        return DB_STR(db_str(q, column));
    case SQLITE_BLOB:
        return DB_BLOB(db_str(q, column).s, db_str(q, column).n);
    default:
        return DB_NULL;
    }
}

int db_columns(struct db_query *q)
{
    return sqlite3_column_count(q->stmt);
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

/* ---- brackets ------------------------------------------------------------------------------- */

static bool mark(struct db *db, const char *verb, int depth, struct err *err)
{
    char sql[48];
    snprintf(sql, sizeof(sql), "%s bracket_%d", verb, depth);
    return db_run(db, sql, DB_NONE, err);
}

bool db_begin(struct db *db, struct err *err)
{
    bool ok;
    if (db->depth == 0) {
        ok = db_run(db, "BEGIN IMMEDIATE", DB_NONE, err);
    } else if (sqlite3_get_autocommit(db->handle)) {
        ok = err_set(err, ERR_STORAGE, 0, "the change was undone by an earlier error");
    } else {
        ok = mark(db, "SAVEPOINT", db->depth, err);
    }
    db->depth += ok;
    return ok;
}

bool db_end(struct db *db, bool ok, struct err *err)
{
    db->depth--;
    if (sqlite3_get_autocommit(db->handle)) {
        /* A full disk or a lost file makes SQLite undo the whole change by itself. */
        return ok && err_set(err, ERR_STORAGE, 0, "the change was undone by an earlier error");
    }
    if (db->depth > 0) {
        if (!ok) {
            mark(db, "ROLLBACK TO", db->depth, NULL);
        }
        return mark(db, "RELEASE", db->depth, ok ? err : NULL) && ok;
    }
    ok = ok && db_run(db, "COMMIT", DB_NONE, err);
    if (!ok && !sqlite3_get_autocommit(db->handle)) {
        db_run(db, "ROLLBACK", DB_NONE, NULL);
    }
    return ok;
}

void db_set_lasting(struct db *db, bool is_lasting)
{
    sqlite3_exec(db->handle, is_lasting ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL",
                 NULL, NULL, NULL);
}

bool db_in_change(const struct db *db)
{
    return db->depth > 0;
}

bool db_check_log(struct db *db, struct err *err)
{
    int64_t page = 0;
    if (!db_number(db, "PRAGMA page_size", DB_NONE, &page, 4096, err)) {
        return false;
    }
    if (log_is_whole(sqlite3_db_filename(db->handle, "main"), (uint32_t)page)) {
        return true;
    }
    /* Closing would move what was taken into the database and remove the log with all the rest. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return err_set(err, ERR_DAMAGED, SQLITE_CORRUPT, "the log was changed");
}
