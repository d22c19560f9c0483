/* Room on a full disk. Sending must go on there, it is what makes room again; but its marks need a
 * few pages. So a file that holds nothing keeps them free, and goes when the disk is full. */
#include <errno.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "platform/base/buf.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/rand.h"

enum { RESERVE = 512 << 10, RICH = 8 << 20 };

static bool reserve_path(const struct store *store, char path[STORE_PATH])
{
    return store_path(path, store->folder, "reserve", NULL);
}

void store_keep_room(struct store *store)
{
    char path[STORE_PATH];
    struct buf noise = {0}; /* a file system may keep zeroes in no room at all */
    if (reserve_path(store, path) && !file_exists(path) && file_free_space(store->folder) > RICH) {
        rand_bytes(buf_reserve(&noise, RESERVE), RESERVE);
        if (!file_write(path, noise.s, RESERVE, NULL)) {
            log_warn("no room can be kept for sending");
        }
    }
    buf_finish(&noise);
}

bool store_make_room(struct store *store, const struct err *err)
{
    char path[STORE_PATH];
    if (err->kind != ERR_STORAGE || err->code != ENOSPC) {
        return false;
    }
    bool has_reserve = reserve_path(store, path) && file_exists(path);
    if (has_reserve) {
        log_warn("the disk is full: the room kept for sending is used");
        has_reserve = file_remove(path, NULL);
    }
    /* What the log holds stands in pages that exist; then the log begins anew in its own room. */
    bool is_short = store->db && db_script(store->db, "PRAGMA wal_checkpoint(RESTART)", NULL);
    return has_reserve || is_short;
}
