#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/work/carried.h"
#include "app/work/carried_place.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/handover/bundle.h"

enum {
    BUNDLES_MOST = 1000,
    SPARE = 48 << 20, /* bytes of the disk that stay free for the records of this device itself */
};
#define BYTES_MOST (1ll << 30)

struct carried_coming {
    char folder[CARRIED_PATH], part[CARRIED_PATH + 16];
    struct app *app;
    struct hash *hash;
    int fd;
    int64_t left;
    bool has_begun;
};

/* ---- names ---------------------------------------------------------------------------------- */

void carried_folder(const struct app *app, char path[CARRIED_PATH])
{
    snprintf(path, CARRIED_PATH, "%s/carried", app->folder);
}

void carried_name(const unsigned char digest[ARRIVAL_DIGEST], const char *end, char name[64])
{
    struct buf hex = {0};
    hash_add_hex(&hex, digest, ARRIVAL_DIGEST);
    snprintf(name, 64, "%s%s", buf_text(&hex), end);
    buf_finish(&hex);
}

struct looking {
    const char *folder, *begins, *ends;
    bool removes, is_found;
};

static bool look_at(void *ctx, const char *name)
{
    struct looking *l = ctx;
    char path[CARRIED_PATH + 160];
    if (str_starts(str_of(name), str_of(l->begins)) && str_ends(str_of(name), str_of(l->ends))) {
        l->is_found = true;
        snprintf(path, sizeof(path), "%s/%s", l->folder, name);
        if (l->removes) {
            file_remove(path, NULL);
        }
    }
    return l->removes || !l->is_found;
}

static bool look(struct looking *l)
{
    return file_exists(l->folder) && file_list(l->folder, look_at, l, NULL) && l->is_found;
}

void carried_forget_tag(const char *folder, const unsigned char digest[ARRIVAL_DIGEST])
{
    char begins[64];
    carried_name(digest, "-", begins);
    look(&(struct looking){folder, begins, ".gcn", true, false});
}

void carried_clean(struct app *app)
{
    char folder[CARRIED_PATH];
    carried_folder(app, folder);
    look(&(struct looking){folder, "coming-", "", true, false});
}

/* A bundle that is carried on has its own digest as its tag. */
bool carried_has(const struct app *app, const unsigned char tag[ARRIVAL_DIGEST])
{
    char folder[CARRIED_PATH], name[64], ends[72];
    carried_folder(app, folder);
    carried_name(tag, ".gcb", name);
    if (look(&(struct looking){folder, name, name, false, false})) {
        return true;
    }
    carried_name(tag, ".gcn", name);
    snprintf(ends, sizeof(ends), "-%s", name);
    return look(&(struct looking){folder, "", ends, false, false});
}

/* ---- room ----------------------------------------------------------------------------------- */

bool carried_has_room(struct app *app, int64_t size, struct err *err)
{
    struct carried carried;
    if (!carried_look(app, &carried, err)) {
        return false;
    }
    int64_t space = file_free_space(app->folder);
    if (carried.bundles >= BUNDLES_MOST || carried.bytes + size > BYTES_MOST) {
        return err_set(err, ERR_STORAGE, 0, "%d bundles are carried already", carried.bundles);
    }
    return (space >= 0 && space - size >= SPARE) ||
           err_set(err, ERR_STORAGE, ENOSPC, "the disk has no room for what others bring");
}

/* ---- coming --------------------------------------------------------------------------------- */

bool carried_begin(struct app *app, int64_t size, struct carried_coming **out, struct err *err)
{
    struct carried_coming *c = mem_alloc(1, sizeof(*c));
    *c = (struct carried_coming){.app = app, .fd = -1, .left = size};
    carried_folder(app, c->folder);
    bool ok = carried_has_room(app, size, err) && file_make_folder(c->folder, err);
    if (ok) {
        snprintf(c->part, sizeof(c->part), "%s/coming-XXXXXX", c->folder);
        c->fd = mkostemp(c->part, O_CLOEXEC);
        ok = c->fd >= 0 || err_set(err, ERR_STORAGE, errno, "no file for what comes");
    }
    if (!ok) {
        carried_end(c);
        return false;
    }
    c->hash = hash_begin(HASH_BLAKE2B);
    *out = c;
    return true;
}

bool carried_add(struct carried_coming *c, const void *bytes, size_t n, struct err *err)
{
    if (!c->has_begun && !bundle_is_one((struct str){bytes, n})) {
        return err_set(err, ERR_INPUT, 0, "not a bundle");
    }
    c->has_begun = true;
    if ((int64_t)n > c->left) {
        return err_set(err, ERR_INPUT, 0, "more than was announced");
    }
    c->left -= (int64_t)n;
    hash_more(c->hash, bytes, n);
    return file_write_all(c->fd, bytes, n) ||
           err_set(err, ERR_STORAGE, errno, "what comes cannot be written");
}

static bool put_tag(const struct carried_coming *c, const unsigned char digest[ARRIVAL_DIGEST],
                    const unsigned char tag[ARRIVAL_DIGEST], struct err *err)
{
    char begin[64], end[64], path[CARRIED_PATH + 160];
    carried_name(digest, "-", begin);
    carried_name(tag, ".gcn", end);
    snprintf(path, sizeof(path), "%s/%s%s", c->folder, begin, end);
    return memcmp(digest, tag, ARRIVAL_DIGEST) == 0 || file_write(path, "", 0, err);
}

/* The tag last: without it the bundle comes once more, and is found to be the same. */
bool carried_keep_whole(struct carried_coming *c, const unsigned char tag[ARRIVAL_DIGEST],
                        bool *is_known, struct err *err)
{
    unsigned char digest[HASH_MAX];
    char name[64], path[CARRIED_PATH + 160];
    if (c->left != 0) {
        return err_set(err, ERR_INPUT, 0, "less than was announced");
    }
    hash_end(c->hash, digest);
    c->hash = NULL;
    carried_name(digest, ".gcb", name);
    snprintf(path, sizeof(path), "%s/%s", c->folder, name);
    *is_known = file_exists(path);
    if (!*is_known && fsync(c->fd) != 0) {
        return err_set(err, ERR_STORAGE, errno, "what came cannot be kept");
    }
    if (!*is_known && (!file_rename(c->part, path, err) || !file_sync_folder(c->folder, err))) {
        return false;
    }
    return put_tag(c, digest, tag, err);
}

void carried_end(struct carried_coming *c)
{
    if (c) {
        hash_abort(c->hash);
        if (c->fd >= 0) {
            close(c->fd);
            file_remove(c->part, NULL); /* nothing is there when it was kept */
        }
        free(c);
    }
}
