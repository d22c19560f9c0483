#include "app/store/arriving.h"

#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"

enum { PIECE = 256 << 10 };

static const int64_t patience_ms = INT64_C(14) * 24 * 3600 * 1000;

struct arriving {
    struct store *store;
    char *hash;
    struct buf etag, piece; /* piece: not on disk yet */
    int64_t kept;           /* bytes on disk */
};

struct arriving *arriving_begin(struct store *store, const char *hash, struct err *err)
{
    struct arriving *a = mem_alloc(1, sizeof(*a));
    a->store = store;
    a->hash = mem_strdup(hash);
    struct db_query *q =
        db_query(store->db,
                 "SELECT a.etag, (SELECT coalesce(sum(length(p.bytes)), 0) FROM arriving_piece p"
                 " WHERE p.hash = a.hash) FROM arriving a WHERE a.hash = ?",
                 DB_WITH(DB_TEXT(hash)), err);
    if (db_next(q, err)) {
        buf_add_text(&a->etag, db_text(q, 0));
        a->kept = db_int(q, 1);
    }
    if (!db_done(q)) {
        arriving_end(a, true, NULL);
        return NULL;
    }
    return a;
}

int64_t arriving_have(const struct arriving *a, const char **etag)
{
    *etag = buf_text(&a->etag);
    return a->kept + (int64_t)a->piece.n;
}

bool arriving_replay(struct arriving *a, void (*each)(void *to, const void *bytes, size_t n),
                     void *to, struct err *err)
{
    struct db_query *q =
        db_query(a->store->db, "SELECT bytes FROM arriving_piece WHERE hash = ? ORDER BY id",
                 DB_WITH(DB_TEXT(a->hash)), err);
    while (db_next(q, err)) {
        struct str bytes = db_str(q, 0);
        each(to, bytes.s, bytes.n);
    }
    bool ok = db_done(q);
    if (ok && a->piece.n) {
        each(to, a->piece.s, a->piece.n);
    }
    return ok;
}

static bool drop(struct store *store, const char *hash, struct err *err)
{
    return db_run(store->db, "DELETE FROM arriving_piece WHERE hash = ?", DB_WITH(DB_TEXT(hash)),
                  err) &&
           db_run(store->db, "DELETE FROM arriving WHERE hash = ?", DB_WITH(DB_TEXT(hash)), err);
}

bool arriving_stand(struct arriving *a, const char *etag, bool from_start, struct err *err)
{
    buf_clear(&a->etag);
    buf_add_text(&a->etag, etag);
    if (!from_start) {
        return true;
    }
    buf_clear(&a->piece);
    bool ok = a->kept == 0 || drop(a->store, a->hash, err);
    a->kept = 0;
    return ok;
}

static bool put_down(struct arriving *a, struct err *err)
{
    struct db *db = a->store->db;
    if (!a->piece.n) {
        return true;
    }
    db_set_lasting(db, false); /* it can be fetched again */
    bool ok = db_begin(db, err);
    if (ok) {
        ok = db_run(db, "INSERT OR REPLACE INTO arriving VALUES (?, ?, ?)",
                    DB_WITH(DB_TEXT(a->hash), DB_STR(buf_str(&a->etag)), DB_INT(clock_now_ms())),
                    err) &&
             db_run(db, "INSERT INTO arriving_piece (hash, bytes) VALUES (?, ?)",
                    DB_WITH(DB_TEXT(a->hash), DB_BLOB(a->piece.s, a->piece.n)), err);
        ok = db_end(db, ok, err);
    }
    db_set_lasting(db, true);
    if (ok) {
        a->kept += (int64_t)a->piece.n;
        buf_clear(&a->piece);
    }
    return ok;
}

bool arriving_write(struct arriving *a, const void *bytes, size_t n, struct err *err)
{
    buf_add(&a->piece, bytes, n);
    return a->piece.n < PIECE || put_down(a, err);
}

static void add_bytes(void *to, const void *bytes, size_t n)
{
    buf_add(to, bytes, n);
}

bool arriving_read(struct arriving *a, struct buf *to, struct err *err)
{
    return arriving_replay(a, add_bytes, to, err);
}

bool arriving_end(struct arriving *a, bool keeps, struct err *err)
{
    bool ok = keeps ? put_down(a, err) : a->kept == 0 || drop(a->store, a->hash, err);
    buf_finish(&a->etag);
    buf_finish(&a->piece);
    free(a->hash);
    free(a);
    return ok;
}

bool arriving_note_whole(struct store *store, const char *hash, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = drop(store, hash, err) && db_run(store->db, "INSERT INTO arriving VALUES (?, '', ?)",
                                               DB_WITH(DB_TEXT(hash), DB_INT(clock_now_ms())), err);
    return db_end(store->db, ok, err);
}

bool arriving_prune(struct store *store, struct err *err)
{
    int64_t now = clock_now_ms();
    return db_run(store->db,
                  "DELETE FROM arriving WHERE hash IN (SELECT hash FROM form_media) OR hash IN"
                  " (SELECT hash FROM form) OR at_ms < ? OR at_ms > ?",
                  DB_WITH(DB_INT(now - patience_ms), DB_INT(now + patience_ms)), err) &&
           db_run(store->db,
                  "DELETE FROM arriving_piece WHERE hash NOT IN (SELECT hash FROM arriving)",
                  DB_NONE, err);
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Addresses hold a token: only their digest is kept. */
static void name_address(const char *address, char text[HASH_MD5_TEXT])
{
    hash_md5_text(address, strlen(address), text);
}

bool arriving_recall(struct store *store, const char *address, struct buf *etag, struct buf *bytes)
{
    char name[HASH_MD5_TEXT];
    bool found = false;
    name_address(address, name);
    struct db_query *q = db_query(store->db, "SELECT etag, bytes FROM remembered WHERE address = ?",
                                  DB_WITH(DB_TEXT(name)), NULL);
    if (db_next(q, NULL)) {
        found = true;
        buf_add_str(etag, db_str(q, 0));
        buf_add_str(bytes, db_str(q, 1));
    }
    return db_done(q) && found;
}

/* Those that are no longer asked for go after two months. */
void arriving_remember(struct store *store, const char *address, const char *etag, struct str bytes)
{
    char name[HASH_MD5_TEXT];
    int64_t now = clock_now_ms();
    struct err err = {0};
    name_address(address, name);
    db_set_lasting(store->db, false); /* it can be fetched again */
    if (!db_run(store->db, "INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?)",
                DB_WITH(DB_TEXT(name), DB_TEXT(etag), DB_BLOB(bytes.s, bytes.n), DB_INT(now)),
                &err) ||
        !db_run(store->db, "DELETE FROM remembered WHERE at_ms < ?",
                DB_WITH(DB_INT(now - 4 * patience_ms)), &err)) {
        log_warn("a list of the server is not remembered: %s", err.text);
    }
    db_set_lasting(store->db, true);
}
