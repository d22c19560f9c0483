#include "helper_shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void stock_clear(struct stock *s)
{
    for (size_t i = 0; i < s->files.n; i++) {
        buf_finish(&s->files.v[i].bytes);
    }
    vec_finish(&s->files);
    *s = (struct stock){.form_id = ""};
}

struct stock *stock_of(struct shelf *shelf, const char *form_id)
{
    for (size_t i = 0; i < shelf->forms.n; i++) {
        if (!strcmp(shelf->forms.v[i].form_id, form_id)) {
            return &shelf->forms.v[i];
        }
    }
    return NULL;
}

struct stock_file *file_of(struct stock *s, const char *name, const char *hash)
{
    for (size_t i = 0; s && i < s->files.n; i++) {
        if (!strcmp(s->files.v[i].name, name) && !strcmp(s->files.v[i].hash, hash)) {
            return &s->files.v[i];
        }
    }
    return NULL;
}

static bool has_form(void *ctx, const struct inbox_form *form, bool *has, struct err *err)
{
    *has = file_of(stock_of(ctx, form->form_id), "", form->hash) != NULL;
    return true;
}

static bool has_file(void *ctx, const struct inbox_form *form, const struct inbox_file *file,
                     bool *has, struct err *err)
{
    *has = file_of(stock_of(ctx, form->form_id), file->name, file->hash) != NULL;
    return true;
}

static bool begin(void *ctx, const struct inbox_form *form, void **update, struct err *err)
{
    struct shelf *shelf = ctx;
    shelf->begun++;
    stock_clear(&shelf->coming);
    snprintf(shelf->coming.form_id, sizeof(shelf->coming.form_id), "%s", form->form_id);
    snprintf(shelf->coming.version, sizeof(shelf->coming.version), "%s", form->version);
    *update = &shelf->coming;
    return true;
}

/* Handles are numbers, since the list of files may move. */
static struct stock_file *coming(struct shelf *shelf, void *to)
{
    return &shelf->coming.files.v[(size_t)(uintptr_t)to - 1];
}

static bool open_file(void *ctx, void *update, const struct inbox_file *file, void **to,
                      struct err *err)
{
    struct shelf *shelf = ctx;
    struct stock_file *f = vec_add(&((struct stock *)update)->files);
    memset(f, 0, sizeof(*f));
    snprintf(f->name, sizeof(f->name), "%s", file->name);
    snprintf(f->hash, sizeof(f->hash), "%s", file->hash);
    f->kind = file->kind;
    *to = (void *)(uintptr_t)((struct stock *)update)->files.n;
    shelf->open++;
    shelf->most_open = shelf->open > shelf->most_open ? shelf->open : shelf->most_open;
    struct stock_file *left = file_of(&shelf->left, file->name, file->hash);
    if (left) { /* of a broken try */
        buf_add_str(&f->bytes, buf_str(&left->bytes));
        memcpy(f->etag, left->etag, sizeof(f->etag));
        buf_clear(&left->bytes);
    }
    return true;
}

static int64_t have_file(void *ctx, void *to, const char **etag)
{
    *etag = coming(ctx, to)->etag;
    return (int64_t)coming(ctx, to)->bytes.n;
}

static bool replay_file(void *ctx, void *to,
                        void (*each)(void *each_to, const void *bytes, size_t n), void *each_to,
                        struct err *err)
{
    struct stock_file *f = coming(ctx, to);
    each(each_to, f->bytes.s, f->bytes.n);
    return true;
}

static bool stand_file(void *ctx, void *to, const char *etag, bool from_start, struct err *err)
{
    struct stock_file *f = coming(ctx, to);
    snprintf(f->etag, sizeof(f->etag), "%s", etag);
    if (from_start) {
        buf_clear(&f->bytes);
    }
    ((struct shelf *)ctx)->stood_behind += !from_start;
    return true;
}

static bool write_file(void *ctx, void *to, const void *bytes, size_t n, struct err *err)
{
    buf_add(&coming(ctx, to)->bytes, bytes, n);
    return !((struct shelf *)ctx)->fails || err_set(err, ERR_STORAGE, 28, "disk full");
}

static bool close_file(void *ctx, void *to, struct err *err)
{
    ((struct shelf *)ctx)->open--;
    return true;
}

static void leave_file(void *ctx, void *to, bool keeps)
{
    struct shelf *shelf = ctx;
    struct stock_file *f = coming(ctx, to), *left = file_of(&shelf->left, f->name, f->hash);
    shelf->open--;
    if (!left) {
        left = vec_add(&shelf->left.files);
        memset(left, 0, sizeof(*left));
    }
    struct buf bytes = left->bytes;
    buf_clear(&bytes);
    *left = *f;
    left->bytes = bytes;
    if (keeps) {
        buf_add_str(&left->bytes, buf_str(&f->bytes));
    }
    f->name[0] = '?'; /* not part of the state */
}

static bool keep_file(void *ctx, void *update, const struct inbox_file *file, struct err *err)
{
    struct shelf *shelf = ctx;
    struct stock *s = update;
    struct stock_file *old = file_of(stock_of(shelf, s->form_id), file->name, file->hash);
    assert_non_null(old);
    shelf->kept++;
    void *to;
    open_file(ctx, update, file, &to, err);
    buf_add_str(&coming(ctx, to)->bytes, buf_str(&old->bytes));
    return close_file(ctx, to, err);
}

static bool commit(void *ctx, void *update, struct err *err)
{
    struct shelf *shelf = ctx;
    if (shelf->refuses) {
        return err_set(err, ERR_INPUT, 0, "the form does not parse");
    }
    struct stock *old = stock_of(shelf, shelf->coming.form_id);
    if (!old) {
        old = vec_add(&shelf->forms);
        memset(old, 0, sizeof(*old));
    }
    stock_clear(old);
    *old = shelf->coming;
    shelf->coming = (struct stock){.form_id = ""};
    shelf->committed++;
    return true;
}

static void abort_update(void *ctx, void *update)
{
    ((struct shelf *)ctx)->aborted++;
    stock_clear(update);
}

static bool offered(void *ctx, const struct inbox_form *forms, size_t n, struct err *err)
{
    ((struct shelf *)ctx)->offered = (int)n;
    return true;
}

static bool offline_ids(void *ctx, const struct inbox_file *list, char *ids, size_t room,
                        struct err *err)
{
    const char *offline = ((struct shelf *)ctx)->offline;
    snprintf(ids, room, "%s", offline ? offline : "");
    return true;
}

static bool entity_deleted(void *ctx, const struct inbox_file *list, const char *id,
                           struct err *err)
{
    snprintf(((struct shelf *)ctx)->deleted, 64, "%s", id);
    return true;
}

struct inbox shelf_inbox(struct shelf *shelf)
{
    static const struct inbox_ops ops = {.has_form = has_form,
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
                                         .abort = abort_update,
                                         .offered = offered,
                                         .offline_ids = offline_ids,
                                         .entity_deleted = entity_deleted};
    return (struct inbox){&ops, shelf};
}

void shelf_finish(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->forms.n; i++) {
        stock_clear(&shelf->forms.v[i]);
    }
    vec_finish(&shelf->forms);
    stock_clear(&shelf->coming);
    stock_clear(&shelf->left);
    assert_int_equal(shelf->open, 0);
}
