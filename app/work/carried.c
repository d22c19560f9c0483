#include "app/work/carried.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "work"
#include "app/work/app.h"
#include "app/work/carried_place.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"
#include "sync/handover/bundle.h"

enum { LIST_LIMIT = 4 << 20, PATH_ROOM = CARRIED_PATH };

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
    carried_folder(app, folder);
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
    carried_folder(app, folder);
    *carried = (struct carried){0};
    return each_file(app, count_file, &(struct counting){folder, carried}, err);
}

bool carried_keep(struct app *app, struct str bundle, bool *is_known, struct err *err)
{
    char folder[PATH_ROOM], path[PATH_ROOM], name[64];
    unsigned char digest[ARRIVAL_DIGEST];
    *is_known = false;
    if (!bundle_is_one(bundle)) {
        return err_set(err, ERR_INPUT, 0, "not a bundle");
    }
    carried_folder(app, folder);
    arrival_digest(bundle, digest);
    carried_name(digest, ".gcb", name);
    if (!path_in(folder, name, path, err)) {
        return false;
    }
    if (file_exists(path)) {
        *is_known = true;
        return true;
    }
    return carried_has_room(app, (int64_t)bundle.n, err) && file_make_folder(folder, err) &&
           file_write(path, bundle.s, bundle.n, err);
}

/* ---- what the organisation says of them ----------------------------------------------------- */

struct hearing {
    char folder[PATH_ROOM];
    bool forgets, is_ours; /* the bundles that are named go; one of them lay here */
};

static void hear_arrival(void *ctx, const struct arrival *arrival)
{
    struct hearing *h = ctx;
    char name[64], path[PATH_ROOM];
    struct err err = {0};
    carried_name(arrival->digest, ".gcb", name);
    if (strncmp(arrival->instance_id, "bundle:", 7) != 0 || !path_in(h->folder, name, path, NULL) ||
        !file_exists(path)) {
        return;
    }
    h->is_ours = true;
    if (h->forgets && !file_remove(path, &err)) {
        log_warn("a carried bundle that has arrived stays here: %s", err.text);
    } else if (h->forgets) {
        carried_forget_tag(h->folder, arrival->digest);
    }
}

/* The list is kept before the bundles go: after a fall in between it is heard again. */
bool carried_hear(struct app *app, struct str list, const unsigned char organisation[SIGN_PUBLIC],
                  struct err *err)
{
    struct hearing h = {.is_ours = false};
    char path[PATH_ROOM], name[64];
    unsigned char digest[ARRIVAL_DIGEST];
    carried_folder(app, h.folder);
    if (!arrival_read(list, organisation, hear_arrival, &h, err) || !h.is_ours) {
        return err->kind == ERR_NONE;
    }
    h.forgets = true;
    arrival_digest(list, digest);
    carried_name(digest, ".gca", name);
    return path_in(h.folder, name, path, err) && file_write(path, list.s, list.n, err) &&
           arrival_read(list, organisation, hear_arrival, &h, err);
}

/* ---- to and from a stick -------------------------------------------------------------------- */

struct exchange {
    struct app *app;
    char ours[PATH_ROOM];
    const char *theirs;
    const unsigned char *organisation;
    bool ok;
    struct err *err;
};

/* It is the folder that failed, not this device. */
static bool blame_folder(struct exchange *x, const struct err *why)
{
    return err_set(x->err, ERR_REMOTE, why->code, "%s", why->text);
}

static bool put_bundle(void *ctx, const char *name)
{
    struct exchange *x = ctx;
    char from[PATH_ROOM], to[PATH_ROOM];
    struct str bytes = {"", 0};
    struct err why = {0};
    if (!str_ends(str_of(name), STR(".gcb"))) {
        return true;
    }
    x->ok = path_in(x->ours, name, from, x->err) && path_in(x->theirs, name, to, x->err);
    if (x->ok && !file_exists(to)) {
        x->ok = file_map(from, SIZE_MAX, &bytes, x->err) &&
                (file_write(to, bytes.s, bytes.n, &why) || blame_folder(x, &why));
    }
    file_unmap(bytes);
    return x->ok;
}

/* A list that is none, or of others, is passed over: anybody may have put it there. */
static bool take_list(void *ctx, const char *name)
{
    struct exchange *x = ctx;
    struct buf text = {0};
    struct err err = {0};
    char path[PATH_ROOM];
    if (!str_ends(str_of(name), STR(".gca")) || !path_in(x->theirs, name, path, NULL)) {
        return true;
    }
    if (!file_read(path, LIST_LIMIT, &text, &err) ||
        !carried_hear(x->app, buf_str(&text), x->organisation, &err)) {
        log_warn("a list of arrivals is not used: %s", err.text);
        x->ok = err.kind != ERR_STORAGE || err_set(x->err, ERR_STORAGE, err.code, "%s", err.text);
    }
    buf_finish(&text);
    return x->ok;
}

bool carried_exchange(struct app *app, const char *folder,
                      const unsigned char organisation[SIGN_PUBLIC], struct err *err)
{
    struct exchange x = {
        .app = app, .theirs = folder, .organisation = organisation, .ok = true, .err = err};
    carried_folder(app, x.ours);
    if (!file_exists(x.ours)) {
        return true;
    }
    struct err why = {0};
    return (file_list(folder, take_list, &x, &why) || blame_folder(&x, &why)) && x.ok &&
           each_file(app, put_bundle, &x, err) && x.ok;
}

/* ---- to the server -------------------------------------------------------------------------- */

struct round {
    struct app *app;
    unsigned char organisation[SIGN_PUBLIC];
    VEC(char *) names;    /* still to go */
    char path[PATH_ROOM]; /* of the one given last */
    struct str given;     /* mapped */
    bool is_near;         /* to a device that carries on as we do, not to the server */
};

/* The mark beside a bundle that our server cannot use: sealed for another organisation. It still
 * goes on to sticks. */
static void mark_of(const char *path, char mark[PATH_ROOM])
{
    snprintf(mark, PATH_ROOM, "%s.no", path);
}

static bool note_name(void *ctx, const char *name)
{
    struct round *round = ctx;
    if (str_ends(str_of(name), STR(".gcb"))) {
        vec_push(&round->names, mem_strdup(name));
    }
    return true;
}

static bool next_bundle(void *ctx, struct str *bundle)
{
    struct round *round = ctx;
    char folder[PATH_ROOM], mark[PATH_ROOM];
    bool got = false;
    carried_folder(round->app, folder);
    file_unmap(round->given);
    round->given = (struct str){"", 0};
    while (!got && round->names.n > 0) {
        char *name = round->names.v[--round->names.n];
        if (path_in(folder, name, round->path, NULL)) {
            mark_of(round->path, mark);
            got = (round->is_near || !file_exists(mark)) &&
                  file_map(round->path, SIZE_MAX, &round->given, NULL);
        }
        free(name);
    }
    *bundle = round->given;
    return got;
}

static void bundle_passed(void *ctx, struct str back)
{
    struct round *round = ctx;
    struct err err = {0};
    char mark[PATH_ROOM];
    mark_of(round->path, mark);
    if (round->is_near) {
        return;
    }
    if (back.n == 0 ? !file_write(mark, "", 0, &err)
                    : !carried_hear(round->app, back, round->organisation, &err)) {
        log_warn("the answer about a carried bundle is not used: %s", err.text);
    }
}

static bool run_round(struct round *round, struct run_settings *settings, struct run_result *result,
                      struct err *err)
{
    struct err why = {0};
    if (settings->to.organisation_key) {
        memcpy(round->organisation, settings->to.organisation_key, SIGN_PUBLIC);
        settings->parcels = (struct run_parcels){next_bundle, bundle_passed, round};
        if (!each_file(round->app, note_name, round, &why)) {
            log_warn("what is carried is not found: %s", why.text);
        }
    }
    bool ok = run_session(settings, result, err);
    for (size_t i = 0; i < round->names.n; i++) {
        free(round->names.v[i]);
    }
    vec_finish(&round->names);
    file_unmap(round->given);
    return ok;
}

bool carried_session(struct app *app, struct run_settings *settings, struct run_result *result,
                     struct err *err)
{
    struct round round = {.app = app};
    return run_round(&round, settings, result, err);
}

bool carried_session_near(struct app *app, struct run_settings *settings, struct run_result *result,
                          struct err *err)
{
    struct round round = {.app = app, .is_near = true};
    return run_round(&round, settings, result, err);
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
    carried_folder(app, folder);
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
    carried_folder(app, folder);
    struct gathering g = {folder, NULL, true, err};
    return each_file(app, forget_list, &g, err) && g.ok;
}
