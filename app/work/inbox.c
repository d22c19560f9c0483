#include "app/work/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "app/form/form.h"
#include "app/store/formfile.h"
#include "app/store/list.h"
#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { INBOX_FILE_LIMIT = 64 << 20 };

struct gathered {
    const char *name, *version;
    enum inbox_kind kind;
};

struct update {
    struct arena arena;
    const char *form_id, *version, *name, *hash;
    VEC(struct gathered) files;
    struct buf xml, open; /* open: the file that comes now */
    struct gathered now;
};

/* "md5:…" without its head. */
static const char *bare(const char *hash)
{
    return strncmp(hash, "md5:", 4) == 0 ? hash + 4 : hash;
}

static bool is_list(enum inbox_kind kind, const char *name)
{
    return kind == INBOX_LIST || kind == INBOX_LIST_APPROVAL ||
           (kind == INBOX_MEDIA && str_ends(str_of(name), STR(".csv")));
}

/* The form that is offered now under that id, texts in the arena; false when there is none. */
static bool current(struct store *store, const char *form_id, struct arena *arena,
                    struct formfile *file)
{
    int64_t id;
    return formfile_current(store, form_id, &id, NULL) &&
           formfile_get(store, id, arena, file, NULL);
}

static bool has_form(void *ctx, const struct inbox_form *form, bool *has, struct err *err)
{
    struct inbox_place *place = ctx;
    struct arena arena = {0};
    struct formfile file;
    *has = current(place->store, form->form_id, &arena, &file) &&
           strcmp(file.version, form->version ? form->version : "") == 0 &&
           strcmp(file.hash, bare(form->hash)) == 0;
    arena_finish(&arena);
    return true;
}

static bool has_file(void *ctx, const struct inbox_form *form, const struct inbox_file *file,
                     bool *has, struct err *err)
{
    struct inbox_place *place = ctx;
    if (file->kind == INBOX_FORM) {
        return has_form(ctx, form, has, err);
    }
    *has = is_list(file->kind, file->name) ? list_has(place->store, file->name, bare(file->hash))
                                           : formfile_has(place->store, bare(file->hash));
    return true;
}

static bool begin(void *ctx, const struct inbox_form *form, void **out, struct err *err)
{
    struct update *u = mem_alloc(1, sizeof(*u));
    u->form_id = arena_strdup(&u->arena, form->form_id);
    u->version = arena_strdup(&u->arena, form->version ? form->version : "");
    u->name = arena_strdup(&u->arena, form->name ? form->name : form->form_id);
    u->hash = arena_strdup(&u->arena, bare(form->hash));
    u->open.limit = INBOX_FILE_LIMIT;
    *out = u;
    return true;
}

static struct gathered gathered_of(struct update *u, const struct inbox_file *file)
{
    return (struct gathered){.name = arena_strdup(&u->arena, file->name),
                             .version = arena_strdup(&u->arena, bare(file->hash)),
                             .kind = file->kind};
}

static bool open_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct update *u = update;
    buf_clear(&u->open);
    u->now = gathered_of(u, file);
    return true;
}

static bool write_file(void *ctx, void *update, const void *bytes, size_t n, struct err *err)
{
    struct update *u = update;
    buf_add(&u->open, bytes, n);
    return !u->open.full || err_set(err, ERR_INPUT, 0, "a file of the form is too large");
}

/* Lists are taken over under their version at once; a form only sees them when it names that. */
static bool keep_bytes(struct inbox_place *place, const struct gathered *file, struct str bytes,
                       struct err *err)
{
    bool approval = file->kind == INBOX_LIST_APPROVAL;
    if (file->kind == INBOX_LIST || approval) {
        return list_import_entities(place->store, file->name, bytes, file->version, approval, err);
    }
    if (is_list(file->kind, file->name)) {
        return list_import(place->store, file->name, bytes, file->version, place->source, err);
    }
    return formfile_keep(place->store, bytes, NULL, err);
}

static bool close_file(void *ctx, void *update, struct err *err)
{
    struct inbox_place *place = ctx;
    struct update *u = update;
    if (u->now.kind == INBOX_FORM) {
        buf_clear(&u->xml);
        buf_add_str(&u->xml, buf_str(&u->open));
        return true;
    }
    if (!keep_bytes(place, &u->now, buf_str(&u->open), err)) {
        return err_prefix(err, "%s", u->now.name);
    }
    vec_push(&u->files, u->now);
    return true;
}

static bool keep_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct inbox_place *place = ctx;
    struct update *u = update;
    int64_t id;
    if (file->kind == INBOX_FORM) {
        buf_clear(&u->xml);
        return formfile_current(place->store, u->form_id, &id, err) &&
               formfile_xml(place->store, id, &u->xml, err);
    }
    vec_push(&u->files, gathered_of(u, file));
    return true;
}

static void end(struct update *u)
{
    vec_finish(&u->files);
    buf_finish(&u->xml);
    buf_finish(&u->open);
    arena_finish(&u->arena);
    free(u);
}

/* Reads the form once: what cannot be used must not replace what can. Files are not asked for. */
static bool nothing(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    return err_set(err, ERR_MISSING, 0, "not here yet");
}

static bool is_usable(struct update *u, struct err *err)
{
    struct form_options options = {.media = {.read = nothing}};
    struct form *form = form_load(buf_str(&u->xml), &options);
    bool ok = true;
    for (size_t i = 0; i < form_problem_count(form) && ok; i++) {
        const struct form_problem *problem = form_problem_at(form, i);
        if (problem->kind == PROBLEM_ERROR) {
            ok = err_set(err, ERR_INPUT, (int)problem->line, "%s", problem->text);
        }
    }
    ok = ok && (strcmp(form_id(form), u->form_id) == 0 ||
                err_set(err, ERR_INPUT, 0, "the form has another id than the list says"));
    form_destroy(form);
    return ok;
}

static enum formfile_kind kind_of(const struct gathered *file)
{
    return file->kind == INBOX_LIST || file->kind == INBOX_LIST_APPROVAL ? FORMFILE_ENTITIES
           : is_list(file->kind, file->name)                             ? FORMFILE_LIST
                                                                         : FORMFILE_BYTES;
}

static bool commit(void *ctx, void *update, struct err *err)
{
    struct inbox_place *place = ctx;
    struct update *u = update;
    VEC(struct formfile_media) media = {0};
    for (size_t i = 0; i < u->files.n; i++) {
        const struct gathered *file = &u->files.v[i];
        vec_push(&media, (struct formfile_media){file->name, file->version, kind_of(file)});
    }
    struct formfile_new what = {.form_id = u->form_id,
                                .version = u->version,
                                .title = u->name,
                                .source = place->source,
                                .xml = buf_str(&u->xml),
                                .media = media.v,
                                .media_count = media.n};
    int64_t id;
    bool ok = is_usable(u, err) && formfile_put(place->store, &what, &id, err);
    vec_finish(&media);
    end(u);
    return ok;
}

static void give_up(void *ctx, void *update)
{
    end(update);
}

static bool offered(void *ctx, const struct inbox_form *forms, size_t n, struct err *err)
{
    struct inbox_place *place = ctx;
    struct arena arena = {0};
    struct formfiles here;
    bool ok = formfile_list(place->store, false, &arena, &here, err);
    for (size_t i = 0; ok && i < here.n; i++) {
        bool found = strcmp(here.v[i].source, place->source) != 0;
        for (size_t k = 0; k < n && !found; k++) {
            found = strcmp(forms[k].form_id, here.v[i].form_id) == 0;
        }
        ok = found || formfile_retire(place->store, here.v[i].form_id, err);
    }
    arena_finish(&arena);
    return ok;
}

static bool offline_ids(void *ctx, const struct inbox_file *list, char *ids, size_t room,
                        struct err *err)
{
    struct inbox_place *place = ctx;
    struct buf text = {.limit = room - 1};
    bool ok = list_offline_ids(place->store, list->name, &text, err);
    memcpy(ids, buf_text(&text), text.n + 1);
    buf_finish(&text);
    return ok;
}

static bool entity_deleted(void *ctx, const struct inbox_file *list, const char *id,
                           struct err *err)
{
    struct inbox_place *place = ctx;
    return list_delete_entity(place->store, list->name, id, err);
}

struct inbox inbox_of(struct inbox_place *place)
{
    static const struct inbox_ops ops = {
        .has_form = has_form,
        .has_file = has_file,
        .begin = begin,
        .open_file = open_file,
        .write_file = write_file,
        .close_file = close_file,
        .keep_file = keep_file,
        .commit = commit,
        .abort = give_up,
        .offered = offered,
        .offline_ids = offline_ids,
        .entity_deleted = entity_deleted,
    };
    return (struct inbox){&ops, place};
}
