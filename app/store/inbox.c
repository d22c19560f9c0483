#include "app/store/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "store"
#include "app/form/form.h"
#include "app/store/formfile.h"
#include "app/store/inner.h"
#include "app/store/list.h"
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
    struct inbox_file file; /* the one that is open */
    struct buf bytes;
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
                  : db_number(place->store->db,
                              "SELECT 1 FROM form f JOIN form_media m ON m.form = f.id"
                              " WHERE f.form_id = ? AND f.is_current = 1 AND m.name = ?"
                              " AND m.hash = ? AND m.kind < 3",
                              of_form, &is_here, 0, err);
    *has = is_here != 0;
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
    u->xml.limit = u->bytes.limit = LARGEST_FILE;
    *update = u;
    return true;
}

static bool open_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct update *u = update;
    u->file = (struct inbox_file){.kind = file->kind,
                                  .name = arena_strdup(&u->arena, file->name),
                                  .hash = arena_strdup(&u->arena, bare(file->hash))};
    buf_clear(&u->bytes);
    return true;
}

static bool write_file(void *ctx, void *update, const void *bytes, size_t n, struct err *err)
{
    struct update *u = update;
    buf_add(&u->bytes, bytes, n);
    return !u->bytes.full || err_set(err, ERR_INPUT, 0, "a file of the form is larger than 64 MiB");
}

static void add_media(struct update *u, const char *name, const char *hash, enum formfile_kind kind)
{
    vec_push(&u->media, (struct formfile_media){arena_strdup(&u->arena, name),
                                                arena_strdup(&u->arena, hash), kind});
}

/* A CSV becomes a list; one that is no proper CSV is kept as it came, the form then says so. */
static bool keep_csv(struct update *u, const char *md5, struct err *err)
{
    struct err why = {0};
    if (list_import(u->store, u->file.name, buf_str(&u->bytes), md5, "", &why)) {
        add_media(u, u->file.name, md5, FORMFILE_LIST);
        return true;
    }
    if (why.kind != ERR_INPUT) {
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    log_warn("a list of form %s cannot be read: %s", u->form_id, why.text);
    add_media(u, u->file.name, md5, FORMFILE_BYTES);
    return formfile_keep(u->store, buf_str(&u->bytes), NULL, err);
}

static bool close_file(void *ctx, void *update, struct err *err)
{
    struct update *u = update;
    char md5[HASH_MD5_TEXT];
    if (u->file.kind == INBOX_FORM) {
        buf_clear(&u->xml);
        buf_add_str(&u->xml, buf_str(&u->bytes));
        return true;
    }
    if (is_list(u->file.kind)) {
        add_media(u, u->file.name, u->file.hash, FORMFILE_ENTITIES);
        return list_import_entities(u->store, u->file.name, buf_str(&u->bytes), u->file.hash,
                                    u->file.kind == INBOX_LIST_APPROVAL, err);
    }
    hash_md5_text(u->bytes.s, u->bytes.n, md5);
    if (str_ends(str_of(u->file.name), STR(".csv"))) {
        return keep_csv(u, md5, err);
    }
    add_media(u, u->file.name, md5, FORMFILE_BYTES);
    return formfile_keep(u->store, buf_str(&u->bytes), NULL, err);
}

static bool keep_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct update *u = update;
    const char *hash = bare(file->hash);
    int64_t form;
    if (file->kind == INBOX_FORM) {
        buf_clear(&u->xml);
        return formfile_find(u->store, u->form_id, hash, &form, err) &&
               formfile_xml(u->store, form, &u->xml, err);
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
    struct db_query *q = db_query(u->store->db, "SELECT bytes FROM content WHERE hash = ?",
                                  DB_WITH(DB_TEXT(media->hash)), err);
    if (db_next(q, err)) {
        buf_add_str(bytes, db_str(q, 0));
    }
    return db_done(q);
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
    buf_finish(&u->bytes);
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

static const struct inbox_ops ops = {has_form,   has_file,   begin,       open_file,
                                     write_file, close_file, keep_file,   commit,
                                     discard,    offered,    offline_ids, entity_deleted};

struct inbox inbox_of(struct inbox_place *place)
{
    return (struct inbox){&ops, place};
}
