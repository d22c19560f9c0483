#include "app/store/inner.h"

#define LOG_ROOM "store"
#include "app/store/journal.h"
#include "app/store/record.h"
#include "app/store/shape.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/vec.h"
#include "sync/run/outbox.h"

static bool resume_sending(struct store *store, int64_t *resumed, struct err *err)
{
    bool ok = db_run(store->db,
                     "UPDATE record SET state = 2, is_doubtful = 1, next_ms = 0 WHERE state = 3",
                     DB_NONE, err);
    *resumed = ok ? db_changes(store->db) : 0;
    return ok;
}

struct orphans {
    struct store *store;
    int64_t n;
    struct err *err;
    bool ok;
};

static bool drop_orphan(void *ctx, const char *name)
{
    struct orphans *orphans = ctx;
    int64_t known = 0;
    orphans->ok = db_number(orphans->store->db,
                            "SELECT 1 FROM attachment WHERE file = ?1 UNION ALL"
                            " SELECT 1 FROM frozen WHERE file = ?1",
                            DB_WITH(DB_TEXT(name)), &known, 0, orphans->err);
    if (orphans->ok && !known) {
        store_drop_file(orphans->store, name);
        orphans->n++;
    }
    return orphans->ok;
}

static bool drop_orphans(struct store *store, int64_t *n, struct err *err)
{
    char media[STORE_PATH];
    struct orphans orphans = {store, 0, err, true};
    bool ok = store_path(media, store->folder, "data/media", err) &&
              file_list(media, drop_orphan, &orphans, err) && orphans.ok;
    *n = orphans.n;
    return ok;
}

/* A record that cannot be sent whole must not look as if it waited for a network. */
static bool set_aside_incomplete(struct store *store, int64_t *missing, struct err *err)
{
    VEC(int64_t) records = {0};
    struct db_query *q = db_query(store->db,
                                  "SELECT a.file, a.record FROM attachment a JOIN record r"
                                  " ON r.id = a.record WHERE r.state = 2",
                                  DB_NONE, err);
    while (db_next(q, err)) {
        char path[STORE_PATH];
        if (store_media_path(store, db_text(q, 0), path, NULL) && !file_exists(path)) {
            vec_push(&records, db_int(q, 1));
        }
    }
    bool ok = db_done(q);
    for (size_t i = 0; ok && i < records.n; i++) {
        ok = record_set_aside(store, records.v[i], outbox_reason_name(OUTBOX_DAMAGED), "", err);
    }
    *missing = (int64_t)records.n;
    vec_finish(&records);
    return ok;
}

/* Versions of lists that no form names any more; forms that were open with them are gone now. */
static bool drop_old_lists(struct store *store, struct err *err)
{
    VEC(int64_t) lists = {0};
    struct db_query *q =
        db_query(store->db,
                 "SELECT id FROM list WHERE is_current = 0 AND NOT EXISTS (SELECT 1 FROM form_media"
                 " m WHERE m.kind = 2 AND m.name = list.name AND m.hash = list.version)",
                 DB_NONE, err);
    while (db_next(q, err)) {
        vec_push(&lists, db_int(q, 0));
    }
    bool ok = db_done(q);
    for (size_t i = 0; ok && i < lists.n; i++) {
        ok = shape_drop(store, lists.v[i], err);
    }
    vec_finish(&lists);
    return ok;
}

bool store_clean_up(struct store *store, bool was_cut, struct store_health *health, struct err *err)
{
    if (!resume_sending(store, &health->resumed, err) || !drop_old_lists(store, err)) {
        return false;
    }
    if (was_cut && (!drop_orphans(store, &health->orphans, err) ||
                    !set_aside_incomplete(store, &health->missing, err))) {
        return false;
    }
    if (health->resumed || health->orphans || health->missing) {
        log_info("after a cut end: %d resumed, %d orphans, %d incomplete", (int)health->resumed,
                 (int)health->orphans, (int)health->missing);
    }
    return true;
}
