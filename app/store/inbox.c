#include "app/store/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "store"
#include "app/form/form.h"
#include "app/store/arriving.h"
#include "app/store/formfile.h"
#include "app/store/inner.h"
#include "app/store/list.h"
#include "app/store/rival.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/odk_seal.h"
#include "platform/base/vec.h"

enum { LARGEST_FILE = 64 << 20 };

/* A new state of a form on its way. */
struct update {
    struct store *store;
    struct arena arena;
    const char *form_id, *name;
    struct buf xml;
    VEC(struct formfile_media) media;
};

/* One of its files that is open. */
struct coming {
    struct update *update;
    enum inbox_kind kind;
    const char *name, *hash;
    struct arriving *bytes;
    int64_t size;
};

/* "md5:abc" and "abc" are the same hash. */
static const char *bare(const char *hash)
{
    return strncmp(hash, "md5:", 4) == 0 ? hash + 4 : hash;
}

static bool is_list(enum inbox_kind kind)
{
    return kind == INBOX_LIST || kind == INBOX_LIST_APPROVAL;
}

/* ---- what is here --------------------------------------------------------------------------- */

static bool has_form(void *ctx, const struct inbox_form *form, bool *has, struct err *err)
{
    struct inbox_place *place = ctx;
    int64_t is_here;
    bool ok = db_number(
        place->store->db,
        "SELECT 1 FROM form WHERE form_id = ? AND version = ? AND hash = ?"
        " AND is_current = 1",
        DB_WITH(DB_TEXT(form->form_id), DB_TEXT(form->version), DB_TEXT(bare(form->hash))),
        &is_here, 0, err);
    *has = is_here != 0;
    return ok;
}

static bool has_file(void *ctx, const struct inbox_form *form, const struct inbox_file *file,
                     bool *has, struct err *err)
{
    struct inbox_place *place = ctx;
    int64_t is_here = 0;
    const struct db_values of_form =
        DB_WITH(DB_TEXT(form->form_id), DB_TEXT(file->name), DB_TEXT(bare(file->hash)));
    bool ok = is_list(file->kind)
                  ? db_number(place->store->db,
                              "SELECT 1 FROM form f JOIN form_media m ON m.form = f.id"
                              " JOIN list l ON l.name = m.name AND l.is_current = 1"
                              " WHERE f.form_id = ? AND f.is_current = 1 AND m.name = ?"
                              " AND m.kind = 3 AND l.version = ?",
                              of_form, &is_here, 0, err)
                  : db_number(place->store->db, "SELECT 1 FROM content WHERE hash = ?",
                              DB_WITH(DB_TEXT(bare(file->hash))), &is_here, 0, err);
    *has = is_here != 0 ||
           (file->kind == INBOX_MEDIA && list_has(place->store, file->name, bare(file->hash)));
    return ok;
}

/* ---- taking over ---------------------------------------------------------------------------- */

static bool begin(void *ctx, const struct inbox_form *form, void **update, struct err *err)
{
    struct inbox_place *place = ctx;
    struct update *u = mem_alloc(1, sizeof(*u));
    u->store = place->store;
    u->form_id = arena_strdup(&u->arena, form->form_id);
    u->name = arena_strdup(&u->arena, form->name && *form->name ? form->name : form->form_id);
    u->xml.limit = LARGEST_FILE;
    *update = u;
    return true;
}

static bool open_file(void *ctx, void *update, const struct inbox_file *file, void **to,
                      struct err *err)
{
    struct update *u = update;
    struct buf name = {0};
    struct coming *c = mem_alloc(1, sizeof(*c));
    c->update = u;
    c->kind = file->kind;
    c->name = arena_strdup(&u->arena, file->name);
    c->hash = arena_strdup(&u->arena, bare(file->hash));
    if (is_list(file->kind)) { /* its token says nothing about bytes: never gone on with */
        buf_addf(&name, "list %s ", c->name);
    }
    buf_add_text(&name, c->hash);
    c->bytes = arriving_begin(u->store, buf_text(&name), err);
    buf_finish(&name);
    if (!c->bytes) {
        free(c);
        return false;
    }
    *to = c;
    return true;
}

static int64_t have_file(void *ctx, void *to, const char **etag)
{
    return arriving_have(((struct coming *)to)->bytes, etag);
}

static bool replay_file(void *ctx, void *to,
                        void (*each)(void *each_to, const void *bytes, size_t n), void *each_to,
                        struct err *err)
{
    return arriving_replay(((struct coming *)to)->bytes, each, each_to, err);
}

static bool stand_file(void *ctx, void *to, const char *etag, bool from_start, struct err *err)
{
    struct coming *c = to;
    const char *old;
    c->size = from_start ? 0 : arriving_have(c->bytes, &old);
    return arriving_stand(c->bytes, etag, from_start, err);
}

static bool write_file(void *ctx, void *to, const void *bytes, size_t n, struct err *err)
{
    struct coming *c = to;
    c->size += (int64_t)n;
    return c->size <= LARGEST_FILE
               ? arriving_write(c->bytes, bytes, n, err)
               : err_set(err, ERR_INPUT, 0, "a file of the form is larger than 64 MiB");
}

static void leave_file(void *ctx, void *to, bool keeps)
{
    struct coming *c = to;
    struct err err = {0};
    if (!arriving_end(c->bytes, keeps && !is_list(c->kind), &err)) {
        log_warn("what came of %s is not kept: %s", c->name, err.text);
    }
    free(c);
}

static void add_media(struct update *u, const char *name, const char *hash, enum formfile_kind kind)
{
    vec_push(&u->media, (struct formfile_media){arena_strdup(&u->arena, name),
                                                arena_strdup(&u->arena, hash), kind});
}

/* The bytes stay until their form is in place, even when that fails now. They are not waited for:
 * what the power takes is fetched again, and the form itself is put down for certain. */
static bool keep_bytes(struct update *u, struct str bytes, char md5[HASH_MD5_TEXT], struct err *err)
{
    struct store *store = u->store;
    db_set_lasting(store->db, false);
    bool ok =
        db_begin(store->db, err) &&
        db_end(store->db,
               formfile_keep(store, bytes, md5, err) && arriving_note_whole(store, md5, err), err);
    db_set_lasting(store->db, true);
    return ok;
}

/* A CSV becomes a list; one that is no proper CSV is kept as it came, the form then says so. */
static bool keep_csv(struct coming *c, struct str bytes, char md5[HASH_MD5_TEXT], struct err *err)
{
    struct update *u = c->update;
    struct err why = {0};
    if (list_import(u->store, c->name, bytes, md5, "", &why)) {
        add_media(u, c->name, md5, FORMFILE_LIST);
        return true;
    }
    if (why.kind != ERR_INPUT) {
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    log_warn("a list of form %s cannot be read: %s", u->form_id, why.text);
    add_media(u, c->name, md5, FORMFILE_BYTES);
    return keep_bytes(u, bytes, md5, err);
}

static bool keep_whole(struct coming *c, struct str bytes, struct err *err)
{
    struct update *u = c->update;
    char md5[HASH_MD5_TEXT];
    if (is_list(c->kind)) {
        add_media(u, c->name, c->hash, FORMFILE_ENTITIES);
        return list_import_entities(u->store, c->name, bytes, c->hash,
                                    c->kind == INBOX_LIST_APPROVAL, err);
    }
    hash_md5_text(bytes.s, bytes.n, md5);
    if (c->kind == INBOX_FORM) {
        buf_clear(&u->xml);
        buf_add_str(&u->xml, bytes);
        return keep_bytes(u, bytes, md5, err);
    }
    if (str_ends(str_of(c->name), STR(".csv"))) {
        return keep_csv(c, bytes, md5, err);
    }
    add_media(u, c->name, md5, FORMFILE_BYTES);
    return keep_bytes(u, bytes, md5, err);
}

static bool close_file(void *ctx, void *to, struct err *err)
{
    struct coming *c = to;
    struct buf bytes = {.limit = LARGEST_FILE};
    bool ok = arriving_read(c->bytes, &bytes, err);
    /* its pieces go first: what is noted as whole must stay, and a full disk gets its room back */
    ok =
        arriving_end(c->bytes, false, ok ? err : NULL) && ok && keep_whole(c, buf_str(&bytes), err);
    buf_finish(&bytes);
    free(c);
    return ok;
}

static bool keep_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct update *u = update;
    const char *hash = bare(file->hash);
    if (file->kind == INBOX_FORM) {
        buf_clear(&u->xml);
        return formfile_bytes(u->store, hash, &u->xml, err);
    }
    if (is_list(file->kind)) {
        add_media(u, file->name, hash, FORMFILE_ENTITIES);
        return true;
    }
    if (list_has(u->store, file->name, hash)) {
        add_media(u, file->name, hash, FORMFILE_LIST);
        return true;
    }
    add_media(u, file->name, hash, FORMFILE_BYTES);
    return formfile_has(u->store, hash) || err_set(err, ERR_MISSING, 0, "a kept file is not here");
}

/* ---- the test before the swap --------------------------------------------------------------- */

static const struct formfile_media *find_media(const struct update *u, const char *uri)
{
    struct str name = form_media_name(str_of(uri));
    for (size_t i = 0; i < u->media.n; i++) {
        if (str_is(name, u->media.v[i].name)) {
            return &u->media.v[i];
        }
    }
    return NULL;
}

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    struct update *u = ctx;
    const struct formfile_media *media = find_media(u, uri);
    if (!media || media->kind != FORMFILE_BYTES) {
        return err_set(err, ERR_MISSING, 0, "no such file");
    }
    return formfile_bytes(u->store, media->hash, bytes, err);
}

static bool open_list(void *ctx, const char *uri, struct form_list **list)
{
    struct update *u = ctx;
    const struct formfile_media *media = find_media(u, uri);
    return media && media->kind != FORMFILE_BYTES &&
           list_open_version(u->store, media->name,
                             media->kind == FORMFILE_LIST ? media->hash : NULL, list, NULL);
}

/* An encrypted form whose key cannot be used is refused here: later it would be too late. */
static bool has_good_key(const struct form *form, struct err *err)
{
    struct form_submission submission;
    form_submission(form, &submission);
    return !submission.public_key || !*submission.public_key ||
           odk_seal_check(submission.public_key, err);
}

/* Some faults, such as a function that nobody knows, show only when a record is begun. */
static bool opens(struct form *form, struct err *err)
{
    struct entry_device device = {.device_id = ""};
    struct entry *entry = NULL;
    struct err why = {0};
    bool ok = entry_create(form, &device, &entry, &why);
    entry_destroy(entry);
    return ok || err_set(err, ERR_INPUT, 0, "the form cannot be used: %s", why.text);
}

/* Opens the form as a volunteer would; *version is what it says of itself. */
static bool try_form(struct update *u, const char **version, struct err *err)
{
    struct form *form =
        form_load(buf_str(&u->xml), &(struct form_options){.media = {u, read_media, open_list}});
    bool ok = form_is_usable(form);
    if (!ok) {
        const struct form_problem *problem =
            form_problem_count(form) ? form_problem_at(form, 0) : NULL;
        err_set(err, ERR_INPUT, 0, "the form cannot be used: %s %s", problem ? problem->node : "",
                problem ? problem->text : "");
    } else if (!has_good_key(form, err)) {
        ok = false;
    } else if (strcmp(form_id(form), u->form_id) != 0) {
        ok = err_set(err, ERR_INPUT, 0, "the form calls itself %s", form_id(form));
    }
    *version = arena_strdup(&u->arena, form_version(form));
    ok = ok && opens(form, err);
    form_destroy(form);
    return ok;
}

static void update_end(struct update *u)
{
    buf_finish(&u->xml);
    vec_finish(&u->media);
    arena_finish(&u->arena);
    free(u);
}

static bool commit(void *ctx, void *update, struct err *err)
{
    struct inbox_place *place = ctx;
    struct update *u = update;
    const char *version = "";
    int64_t id;
    bool ok = try_form(u, &version, err);
    const struct formfile_new what = {.form_id = u->form_id,
                                      .version = version,
                                      .title = u->name,
                                      .source = place->source,
                                      .xml = buf_str(&u->xml),
                                      .media = u->media.v,
                                      .media_count = u->media.n};
    ok = ok && formfile_put(u->store, &what, &id, err);
    update_end(u);
    return ok;
}

static void discard(void *ctx, void *update)
{
    update_end(update);
}

/* ---- the list of the server ----------------------------------------------------------------- */

static bool is_offered(const struct inbox_form *forms, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(forms[i].form_id, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool offered(void *ctx, const struct inbox_form *forms, size_t n, struct err *err)
{
    struct inbox_place *place = ctx;
    struct arena arena = {0};
    struct formfiles here;
    bool ok = formfile_list(place->store, false, &arena, &here, err);
    for (size_t i = 0; ok && i < here.n; i++) {
        if (strcmp(here.v[i].source, place->source) == 0 &&
            !is_offered(forms, n, here.v[i].form_id)) {
            ok = formfile_retire(place->store, here.v[i].form_id, err);
        }
    }
    arena_finish(&arena);
    return ok && formfile_prune(place->store, err);
}

static bool offline_ids(void *ctx, const struct inbox_file *list, char *ids, size_t room,
                        struct err *err)
{
    struct inbox_place *place = ctx;
    struct buf all = {0};
    struct err why = {0};
    bool ok = list_offline_ids(place->store, list->name, &all, &why);
    if (!ok && why.kind == ERR_MISSING) {
        ok = true; /* the list comes for the first time */
    }
    if (all.n >= room) {
        while (all.n >= room || (all.n && all.s[all.n] != ',')) {
            all.n--; /* whole ids only; the others are asked about next time */
        }
        all.s[all.n] = 0;
    }
    snprintf(ids, room, "%s", buf_text(&all));
    buf_finish(&all);
    return ok || err_set(err, why.kind, why.code, "%s", why.text);
}

static bool entity_deleted(void *ctx, const struct inbox_file *list, const char *id,
                           struct err *err)
{
    struct inbox_place *place = ctx;
    return list_delete_entity(place->store, list->name, id, err);
}

static bool recall(void *ctx, const char *address, struct buf *etag, struct buf *bytes)
{
    struct inbox_place *place = ctx;
    return arriving_recall(place->store, address, etag, bytes);
}

static void remember(void *ctx, const char *address, const char *etag, struct str bytes)
{
    struct inbox_place *place = ctx;
    arriving_remember(place->store, address, etag, bytes);
}

static bool judged(void *ctx, const char *instance_id, bool is_accepted, const char *message,
                   struct err *err)
{
    struct inbox_place *place = ctx;
    return record_hear(place->store, instance_id, is_accepted, message, err);
}

static bool late(void *ctx, size_t i, char *id)
{
    struct inbox_place *place = ctx;
    return rival_wanted(place->store, i, id);
}

static bool take_newest(void *ctx, const char *id, struct str xml, struct err *err)
{
    struct inbox_place *place = ctx;
    return rival_put(place->store, id, xml, err);
}

static const struct inbox_ops ops = {
    .has_form = has_form,
    .has_file = has_file,
    .begin = begin,
    .open_file = open_file,
    .have_file = have_file,
    .replay_file = replay_file,
    .stand_file = stand_file,
    .write_file = write_file,
    .close_file = close_file,
    .leave_file = leave_file,
    .keep_file = keep_file,
    .commit = commit,
    .abort = discard,
    .offered = offered,
    .offline_ids = offline_ids,
    .entity_deleted = entity_deleted,
    .recall = recall,
    .remember = remember,
    .judged = judged,
    .late = late,
    .take_newest = take_newest,
};

struct inbox inbox_of(struct inbox_place *place)
{
    return (struct inbox){&ops, place};
}
