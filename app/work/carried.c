#include "app/work/carried.h"

#include <stdio.h>
#include <string.h>

#define LOG_ROOM "work"
#include "app/work/app.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "sync/handover/bundle.h"
#include "sync/handover/frames.h"

enum { BUNDLES_MOST = 1000, LIST_LIMIT = 4 << 20, PATH_ROOM = STORE_PATH + 160 };

static void folder_of(const struct app *app, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/carried", app->folder);
}

static bool path_in(const char *folder, const char *name, char path[PATH_ROOM], struct err *err)
{
    return snprintf(path, PATH_ROOM, "%s/%s", folder, name) < PATH_ROOM ||
           err_set(err, ERR_INPUT, 0, "the folder's name is too long");
}

/* Every file of our folder in turn; nothing when there is no folder yet. */
static bool each_file(struct app *app, bool (*each)(void *ctx, const char *name), void *ctx,
                      struct err *err)
{
    char folder[PATH_ROOM];
    folder_of(app, folder);
    return !file_exists(folder) || file_list(folder, each, ctx, err);
}

struct counting {
    const char *folder;
    struct carried *carried;
};

static bool count_file(void *ctx, const char *name)
{
    struct counting *c = ctx;
    char path[PATH_ROOM];
    if (str_ends(str_of(name), STR(".gcb")) && path_in(c->folder, name, path, NULL)) {
        int64_t size = file_size(path);
        c->carried->bundles++;
        c->carried->bytes += size > 0 ? size : 0;
    }
    c->carried->answers += str_ends(str_of(name), STR(".gca"));
    return true;
}

bool carried_look(struct app *app, struct carried *carried, struct err *err)
{
    char folder[PATH_ROOM];
    folder_of(app, folder);
    *carried = (struct carried){0};
    return each_file(app, count_file, &(struct counting){folder, carried}, err);
}

/* "HEX.gcb": the name under which a bundle is kept. */
static void name_of(const unsigned char digest[ARRIVAL_DIGEST], const char *end, char name[64])
{
    struct buf hex = {0};
    hash_add_hex(&hex, digest, ARRIVAL_DIGEST);
    snprintf(name, 64, "%s%s", buf_text(&hex), end);
    buf_finish(&hex);
}

bool carried_keep(struct app *app, struct str bundle, bool *is_known, struct err *err)
{
    char folder[PATH_ROOM], path[PATH_ROOM], name[64];
    unsigned char digest[ARRIVAL_DIGEST];
    struct carried carried;
    *is_known = false;
    if (!bundle_is_one(bundle)) {
        return err_set(err, ERR_INPUT, 0, "not a bundle");
    }
    folder_of(app, folder);
    arrival_digest(bundle, digest);
    name_of(digest, ".gcb", name);
    if (!path_in(folder, name, path, err) || !carried_look(app, &carried, err)) {
        return false;
    }
    if (file_exists(path)) {
        *is_known = true;
        return true;
    }
    if (carried.bundles >= BUNDLES_MOST) {
        return err_set(err, ERR_STORAGE, 0, "%d bundles are carried already", carried.bundles);
    }
    return file_make_folder(folder, err) && file_write(path, bundle.s, bundle.n, err);
}

/* ---- to and from a stick -------------------------------------------------------------------- */

struct exchange {
    struct app *app;
    char ours[PATH_ROOM];
    const char *theirs;
    const unsigned char *organisation;
    bool is_ours; /* the list being read speaks of a bundle that lies here */
    bool ok;
    struct err *err;
};

static bool put_bundle(void *ctx, const char *name)
{
    struct exchange *x = ctx;
    char from[PATH_ROOM], to[PATH_ROOM];
    struct buf bytes = {0};
    if (!str_ends(str_of(name), STR(".gcb"))) {
        return true;
    }
    x->ok = path_in(x->ours, name, from, x->err) && path_in(x->theirs, name, to, x->err) &&
            (file_exists(to) || (file_read(from, FRAMES_LIMIT, &bytes, x->err) &&
                                 file_write(to, bytes.s, bytes.n, x->err)));
    buf_finish(&bytes);
    return x->ok;
}

static void note_arrival(void *ctx, const struct arrival *arrival)
{
    struct exchange *x = ctx;
    char name[64], path[PATH_ROOM];
    struct err err = {0};
    name_of(arrival->digest, ".gcb", name);
    if (strncmp(arrival->instance_id, "bundle:", 7) == 0 && path_in(x->ours, name, path, NULL) &&
        file_exists(path)) {
        x->is_ours = true;
        if (!file_remove(path, &err)) {
            log_warn("a carried bundle that has arrived stays here: %s", err.text);
        }
    }
}

static void pass_arrival(void *ctx, const struct arrival *arrival)
{
    struct exchange *x = ctx;
    char name[64], path[PATH_ROOM];
    name_of(arrival->digest, ".gcb", name);
    x->is_ours = x->is_ours || (strncmp(arrival->instance_id, "bundle:", 7) == 0 &&
                                path_in(x->ours, name, path, NULL) && file_exists(path));
}

/* The list is kept before the bundles go: after a fall in between it is found and read again. */
static bool take_list(void *ctx, const char *name)
{
    struct exchange *x = ctx;
    struct buf text = {0};
    struct err err = {0};
    char from[PATH_ROOM], to[PATH_ROOM], kept[64];
    unsigned char digest[ARRIVAL_DIGEST];
    if (!str_ends(str_of(name), STR(".gca")) || !path_in(x->theirs, name, from, NULL)) {
        return true;
    }
    x->is_ours = false;
    if (!file_read(from, LIST_LIMIT, &text, &err) ||
        !arrival_read(buf_str(&text), x->organisation, pass_arrival, x, &err)) {
        log_warn("a list of arrivals is not used: %s", err.text);
    } else if (x->is_ours) {
        arrival_digest(buf_str(&text), digest);
        name_of(digest, ".gca", kept);
        x->ok = path_in(x->ours, kept, to, x->err) && file_write(to, text.s, text.n, x->err) &&
                arrival_read(buf_str(&text), x->organisation, note_arrival, x, x->err);
    }
    buf_finish(&text);
    return x->ok;
}

bool carried_exchange(struct app *app, const char *folder,
                      const unsigned char organisation[SIGN_PUBLIC], struct err *err)
{
    struct exchange x = {
        .app = app, .theirs = folder, .organisation = organisation, .ok = true, .err = err};
    folder_of(app, x.ours);
    if (!file_exists(x.ours)) {
        return true;
    }
    return file_list(folder, take_list, &x, err) && x.ok && each_file(app, put_bundle, &x, err) &&
           x.ok;
}

/* ---- back to where they came from ----------------------------------------------------------- */

struct gathering {
    const char *folder;
    struct buf *to;
    bool ok;
    struct err *err;
};

static bool add_list(void *ctx, const char *name)
{
    struct gathering *g = ctx;
    char path[PATH_ROOM];
    if (str_ends(str_of(name), STR(".gca"))) {
        g->ok =
            path_in(g->folder, name, path, g->err) && file_read(path, LIST_LIMIT, g->to, g->err);
        buf_add_char(g->to, '\n');
    }
    return g->ok;
}

bool carried_answers(struct app *app, struct buf *to, struct err *err)
{
    char folder[PATH_ROOM];
    folder_of(app, folder);
    struct gathering g = {folder, to, true, err};
    return each_file(app, add_list, &g, err) && g.ok;
}

static bool forget_list(void *ctx, const char *name)
{
    struct gathering *g = ctx;
    char path[PATH_ROOM];
    if (str_ends(str_of(name), STR(".gca"))) {
        g->ok = path_in(g->folder, name, path, g->err) && file_remove(path, g->err);
    }
    return g->ok;
}

bool carried_answered(struct app *app, struct err *err)
{
    char folder[PATH_ROOM];
    folder_of(app, folder);
    struct gathering g = {folder, NULL, true, err};
    return each_file(app, forget_list, &g, err) && g.ok;
}
