/* F10: bits that changed behind everybody's back. What is read must be what was written, or it must
 * be said that it is not; what was not hit stays readable; what was finished is never lost with the
 * database alone. */
#include <stdio.h>
#include <string.h>

#include "app/store/keyslot.h"
#include "helper_disklane.h"
#include "platform/base/clock.h"

enum target { TARGET_DB, TARGET_LOG, TARGET_MEDIA, TARGET_KEYSLOT, TARGET_CHECK, TARGET_DEVICE };

static int node_of(const struct sim_image *image, struct disk_lane *lane, enum target target)
{
    static const char *const paths[] = {
        [TARGET_DB] = "gocua/data/store.db", [TARGET_LOG] = "gocua/data/store.db-wal",
        [TARGET_MEDIA] = "gocua/data/media", [TARGET_KEYSLOT] = "gocua/keyslot",
        [TARGET_CHECK] = "gocua/check",      [TARGET_DEVICE] = "device"};
    int node = image_at(image, paths[target]);
    if (node >= 0 && target == TARGET_MEDIA) {
        const struct sim_node *media = &image->nodes.v[node];
        node = media->entries.n ? media->entries.v[disk_below(lane, media->entries.n)].node : -1;
    }
    return node >= 0 && image_bytes(image, node).n ? node : -1;
}

/* 1, 2, 4 … 64 bits, anywhere in the first n bytes or close together. */
static void flip(struct disk_lane *lane, char *bytes, size_t n)
{
    uint64_t count = (uint64_t)1 << disk_below(lane, 7);
    bool is_close = disk_below(lane, 2);
    size_t first = disk_below(lane, n);
    for (uint64_t i = 0; i < count; i++) {
        size_t at = is_close ? first + disk_below(lane, 64) : disk_below(lane, n);
        bytes[at % n] ^= (char)(1 << disk_below(lane, 8));
    }
}

/* The log without its last two transactions: what is changed in the last one cannot be told from a
 * write that the crash cut off, and if the mark of the one before is hit, that cannot either. */
static size_t old_part(struct str log)
{
    enum { HEADER = 32, FRAME = 24 + 4096 };
    size_t ends[4] = {0}; /* the first may be of one that was under way */
    for (size_t at = HEADER; at + FRAME <= log.n; at += FRAME) {
        const char *frame = log.s + at;
        if (memcmp(frame + 8, log.s + 16, 8) == 0 && memcmp(frame + 4, "\0\0\0\0", 4) != 0) {
            ends[3] = ends[2];
            ends[2] = ends[1];
            ends[1] = ends[0];
            ends[0] = at + FRAME;
        }
    }
    return ends[3];
}

static bool is_said(const struct world *world, const struct err *err)
{
    return world->health.set_aside || world->health.missing || err->kind == ERR_DAMAGED;
}

/* The store says that it is damaged: the next start moves it aside and keeps what was finished. */
static bool check_rescue(struct disk_lane *lane, const struct key *key, struct store **store)
{
    struct world *world = &lane->world;
    struct err err = {0};
    if (!world->health.set_aside) {
        store_close(*store);
        *store = NULL;
        if (!store_start(world->folder, key, store, &world->health, &err)) {
            return disk_broken(lane, err.text);
        }
    }
    return world_look(world, *store, lane->day.ops.n, true, &err) != WORLD_WRONG ||
           disk_broken(lane, world->broken);
}

/* A picture that is hit takes its record out of the queue; the others go. */
static bool check_others(struct disk_lane *lane, struct store *store)
{
    struct world *world = &lane->world;
    struct err err = {0};
    if (world->lost > 1) {
        return disk_broken(lane, "one file was hit, more is lost");
    }
    int waiting = world_waiting(store), aside = 0;
    int sent = world_send_all(store, &aside, &err);
    return (sent + aside == waiting && aside <= 1) ||
           disk_broken(lane, "a damaged file keeps others from being sent");
}

static bool check_store(struct disk_lane *lane, enum target target, const struct key *key,
                        struct store **store)
{
    struct world *world = &lane->world;
    struct err err = {0}, why = {0};
    if (!store_start(world->folder, key, store, &world->health, &err)) {
        return disk_broken(lane, err.text);
    }
    enum world_verdict verdict = world_look(world, *store, lane->at, false, &err);
    bool is_checked = store_check(*store, &why);
    bool is_known = is_said(world, &err) || (!is_checked && why.kind == ERR_DAMAGED);
    lane->struck += is_known;
    if (verdict == WORLD_WRONG) {
        return disk_broken(lane, world->broken);
    }
    if (verdict == WORLD_LOST && !is_known) {
        char what[400];
        snprintf(what, sizeof(what), "nobody says it: %s", world->broken);
        return disk_broken(lane, what);
    }
    if (target == TARGET_MEDIA) {
        return check_others(lane, *store);
    }
    if (target == TARGET_DB || target == TARGET_LOG) {
        enum world_verdict kept = world_look(world, *store, lane->at, true, &err);
        if (!is_checked || world->health.set_aside) {
            return check_rescue(lane, key, store);
        }
        return kept == WORLD_FINE || disk_broken(lane, world->broken);
    }
    return verdict == WORLD_FINE || disk_broken(lane, world->broken);
}

bool disk_flip(struct disk_lane *lane)
{
    struct sim_image image;
    struct err err = {0};
    enum target target = (enum target)disk_below(lane, TARGET_DEVICE + 1);
    lane->at = disk_below(lane, lane->day.ops.n + 1);
    run_crash(&lane->day, lane->at, (struct sim_loss){LOSS_NOTHING, 1}, &image);
    int node = node_of(&image, lane, target);
    size_t n = node < 0               ? 0
               : target == TARGET_LOG ? old_part(image_bytes(&image, node))
                                      : image_bytes(&image, node).n;
    if (n == 0) {
        target = TARGET_DB;
        node = node_of(&image, lane, target);
        n = image_bytes(&image, node).n;
    }
    flip(lane, image_change(&image, node)->s, n);
    disk_mount(&image);
    image_finish(&image);
    struct store *store = NULL;
    struct key *key = world_unlock(&lane->world, lane->at, &err);
    bool ok =
        key ? check_store(lane, target, key, &store)
            : (err.kind == ERR_DAMAGED && (target == TARGET_KEYSLOT || target == TARGET_DEVICE)) ||
                  disk_broken(lane, err.text);
    lane->struck += !key;
    store_close(store);
    keyslot_forget(key);
    return ok;
}
