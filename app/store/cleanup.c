#include "app/store/inner.h"

#define LOG_ROOM "store"
#include "app/store/journal.h"
#include "app/store/record.h"
#include "app/store/shape.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/map.h"
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
    struct map known; /* names of sealed files that a row has */
    int64_t n;
};

static bool drop_orphan(void *ctx, const char *name)
{
    struct orphans *orphans = ctx;
    if (!map_has(&orphans->known, str_of(name))) {
        store_drop_file(orphans->store, name);
        orphans->n++;
    }
    return true;
}

/* At every start, not only after a cut end: a removed name can come back when the power goes, and a
 * disk that fails keeps what was to be removed. */
static bool drop_orphans(struct store *store, int64_t *n, struct err *err)
{
    char media[STORE_PATH];
    struct arena arena = {0};
    struct orphans orphans = {.store = store};
    struct db_query *q = db_query(
        store->db, "SELECT file FROM attachment UNION ALL SELECT file FROM frozen", DB_NONE, err);
    while (db_next(q, err)) {
        const char *name = arena_strdup(&arena, db_text(q, 0));
        map_put(&orphans.known, str_of(name), NULL);
    }
    bool ok = db_done(q) && store_path(media, store->folder, "data/media", err) &&
              file_list(media, drop_orphan, &orphans, err);
    *n = orphans.n;
    map_finish(&orphans.known);
    arena_finish(&arena);
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
    if (!drop_orphans(store, &health->orphans, err) ||
        (was_cut && !set_aside_incomplete(store, &health->missing, err))) {
        return false;
    }
    if (health->resumed || health->orphans || health->missing) {
        log_info("after a cut end: %d resumed, %d orphans, %d incomplete", (int)health->resumed,
                 (int)health->orphans, (int)health->missing);
    }
    return true;
}
