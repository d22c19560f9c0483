/* What was sent leaves this device again: days after the server was seen to have it a second time.
 */
#include <stdlib.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const int64_t longest_step_ms = INT64_C(3) * 24 * 3600 * 1000;

bool record_lived(struct store *store, int64_t *lived_ms, struct err *err)
{
    int64_t now = clock_now_ms(), seen = setting_number(store, "purge.seen_ms", now);
    int64_t step = now - seen;
    *lived_ms = setting_number(store, "purge.lived_ms", 0);
    *lived_ms += step < 0 ? 0 : step > longest_step_ms ? longest_step_ms : step;
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = setting_set_number(store, "purge.seen_ms", now, err) &&
              setting_set_number(store, "purge.lived_ms", *lived_ms, err);
    return db_end(store->db, ok, err);
}

bool record_confirm_again(struct store *store, int64_t id, struct err *err)
{
    int64_t lived = 0;
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = record_lived(store, &lived, err) &&
              db_run(store->db,
                     "UPDATE record SET again_ms = ?, again_lived = ? WHERE id = ?"
                     " AND state IN (4, 5)",
                     DB_WITH(DB_INT(clock_now_ms()), DB_INT(lived), DB_INT(id)), err) &&
              (db_changes(store->db) > 0 ||
               err_set(err, ERR_INPUT, 0, "record %lld was not sent", (long long)id)) &&
              journal_note(store, "record.confirmed", id, NULL, err);
    return db_end(store->db, ok, err);
}

bool record_doubt_sent(struct store *store, int64_t *count, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_run(store->db,
                     "UPDATE record SET again_ms = 0, again_lived = 0, tries = 0"
                     " WHERE state IN (4, 5) AND EXISTS"
                     " (SELECT 1 FROM frozen f WHERE f.record = record.id)",
                     DB_NONE, err);
    *count = ok ? db_changes(store->db) : 0;
    ok = ok && journal_note(store, "record.doubted", 0, NULL, err);
    return db_end(store->db, ok, err);
}

/* Names of the record's sealed files, so that they can go once the rows are gone for good. */
struct files {
    VEC(char *) names;
};

static bool collect(struct store *store, int64_t id, struct files *files, struct err *err)
{
    struct db_query *q = db_query(store->db,
                                  "SELECT file FROM attachment WHERE record = ?1 UNION ALL"
                                  " SELECT file FROM frozen WHERE record = ?1",
                                  DB_WITH(DB_INT(id)), err);
    while (db_next(q, err)) {
        vec_push(&files->names, mem_strdup(db_text(q, 0)));
    }
    return db_done(q);
}

/* The row keeps title and dates for the log, yet nothing of its form any more. */
static bool purge_one(struct store *store, int64_t id, struct err *err)
{
    static const char *const deeds[] = {
        "DELETE FROM attachment WHERE record = ?", "DELETE FROM frozen WHERE record = ?",
        "DELETE FROM audit WHERE record = ?", "DELETE FROM rival WHERE record = ?",
        "UPDATE record SET form = NULL WHERE id = ?"};
    struct files files = {0};
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = collect(store, id, &files, err);
    for (size_t i = 0; ok && i < sizeof(deeds) / sizeof(*deeds); i++) {
        ok = db_run(store->db, deeds[i], DB_WITH(DB_INT(id)), err);
    }
    ok = ok && journal_note(store, "record.purge", id, NULL, err);
    ok = db_end(store->db, ok, err);
    for (size_t i = 0; i < files.names.n; i++) {
        if (ok) {
            store_wipe_file(store, files.names.v[i]);
        }
        free(files.names.v[i]);
    }
    vec_finish(&files.names);
    return ok;
}

/* Freed pages were zeroed already (secure_delete); the log still has them. The whole file is
 * written anew only when much of it is free: nobody else can write meanwhile. */
static bool tidy(struct store *store, struct err *err)
{
    int64_t unused = 0;
    if (!db_number(store->db, "PRAGMA freelist_count", DB_NONE, &unused, 0, err)) {
        return false;
    }
    return unused * 4 > db_pages(store->db)
               ? db_compact(store->db, err)
               : db_script(store->db, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

bool record_purge(struct store *store, int days, int64_t *count, struct err *err)
{
    VEC(int64_t) ids = {0};
    int64_t lived = 0, before = clock_now_ms() - days * day_ms;
    *count = 0;
    if (!record_lived(store, &lived, err)) {
        return false;
    }
    struct db_query *q = db_query(store->db,
                                  "SELECT r.id FROM record r JOIN frozen f ON f.record = r.id"
                                  " WHERE r.state IN (4, 5) AND r.sent_ms > 0 AND r.sent_ms < ?1"
                                  " AND r.again_ms > 0 AND r.again_ms < ?1 AND r.again_lived < ?2"
                                  " AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.record ="
                                  " r.id AND a.confirmed_ms = 0)",
                                  DB_WITH(DB_INT(before), DB_INT(lived - days * day_ms)), err);
    while (db_next(q, err)) {
        vec_push(&ids, db_int(q, 0));
    }
    bool ok = db_done(q);
    for (size_t i = 0; ok && i < ids.n; i++) {
        ok = purge_one(store, ids.v[i], err);
        *count += ok;
    }
    vec_finish(&ids);
    return ok && (*count == 0 || tidy(store, err));
}
