#include "sync/carrier/openrosa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "sync"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { IDS_ROOM = 16 << 10 };

/* One form of the list with its manifest, while it is compared and fetched. */
struct arrival {
    struct openrosa_state *state;
    const struct inbox *inbox;
    struct carrier_news *news;
    struct wire_manifest manifest;
    const struct wire_form *wire;
    struct inbox_form form;
    struct inbox_file *files; /* form.files */
    char hash[WIRE_MD5 + 4];
    void *update;
    struct answer answer; /* last one */
};

static const enum inbox_kind kinds[] = {
    [WIRE_MEDIA_FILE] = INBOX_MEDIA,
    [WIRE_MEDIA_LIST] = INBOX_LIST,
    [WIRE_MEDIA_LIST_APPROVAL] = INBOX_LIST_APPROVAL,
};

/* Is the way itself bad, so that asking for the next form is in vain? */
static bool is_way_closed(const struct answer *answer)
{
    switch (answer->meaning) {
    case ANSWER_CAPTIVE:
    case ANSWER_TOKEN:
    case ANSWER_WRONG_ADDRESS:
    case ANSWER_QUOTA:
    case ANSWER_BUSY:
    case ANSWER_NO_SERVER:
    case ANSWER_TLS:
    case ANSWER_STALLED:
    case ANSWER_BROKEN:
    case ANSWER_STOPPED:
        return true;
    default:
        return false;
    }
}

static bool read_manifest(struct arrival *a, struct err *err)
{
    if (a->wire->manifest_url &&
        !portal_manifest(a->state->portal, a->wire->manifest_url, &a->manifest, &a->answer, err)) {
        return false;
    }
    for (size_t i = 0; i < a->manifest.bad.n; i++) {
        log_warn("a file of form %s is left out: %s", a->wire->form_id, a->manifest.bad.v[i].why);
    }
    a->files = mem_alloc(a->manifest.media.n + 1, sizeof(*a->files));
    for (size_t i = 0; i < a->manifest.media.n; i++) {
        const struct wire_media *media = &a->manifest.media.v[i];
        a->files[i] = (struct inbox_file){kinds[media->kind], media->filename, media->hash,
                                          media->integrity_url};
    }
    snprintf(a->hash, sizeof(a->hash), "md5:%s", a->wire->md5);
    a->form = (struct inbox_form){.form_id = a->wire->form_id,
                                  .version = a->wire->version,
                                  .name = a->wire->name,
                                  .hash = a->hash,
                                  .files = a->files,
                                  .n_files = a->manifest.media.n};
    return true;
}

static bool write_piece(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct arrival *a = ctx;
    return a->inbox->ops->write_file(a->inbox->ctx, a->update, bytes, n, err);
}

static bool fetch_file(struct arrival *a, const struct inbox_file *file, const char *url,
                       const char *md5, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    struct portal_download download = {.url = url, .md5 = md5, .sink = write_piece, .sink_ctx = a};
    a->state->before = 0;
    a->state->at = (struct carrier_progress){.step = CARRIER_FETCH, .form_id = a->form.form_id};
    bool ok = ops->open_file(a->inbox->ctx, a->update, file, err) &&
              portal_fetch(a->state->portal, &download, &a->answer, err) &&
              ops->close_file(a->inbox->ctx, a->update, err);
    if (ok) {
        a->news->files++;
        a->news->bytes += download.size;
    }
    return ok;
}

static bool take_file(struct arrival *a, const struct inbox_file *file, bool has, const char *url,
                      const char *md5, struct err *err)
{
    return has ? a->inbox->ops->keep_file(a->inbox->ctx, a->update, file, err)
               : fetch_file(a, file, url, md5, err);
}

/* What is here of the form already; true in *all when nothing is to be done. */
static bool look(struct arrival *a, bool *has_form, bool *has, bool *all, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    bool ok = ops->has_form(a->inbox->ctx, &a->form, has_form, err);
    *all = *has_form;
    for (size_t i = 0; ok && i < a->form.n_files; i++) {
        ok = ops->has_file(a->inbox->ctx, &a->form, &a->files[i], &has[i], err);
        *all = *all && has[i];
    }
    return ok;
}

static bool take_form(struct arrival *a, bool has_form, const bool *has, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    struct inbox_file xml = {INBOX_FORM, "", a->hash, NULL};
    if (!ops->begin(a->inbox->ctx, &a->form, &a->update, err)) {
        return false;
    }
    bool ok = take_file(a, &xml, has_form, a->wire->download_url, a->wire->md5, err);
    for (size_t i = 0; ok && i < a->form.n_files; i++) {
        const struct wire_media *media = &a->manifest.media.v[i];
        /* the hash of an entity list is a token, not a digest of its bytes */
        const char *md5 = media->kind == WIRE_MEDIA_FILE ? media->md5 : NULL;
        ok = take_file(a, &a->files[i], has[i], media->download_url, md5, err);
    }
    if (!ok) {
        ops->abort(a->inbox->ctx, a->update);
        return false;
    }
    return ops->commit(a->inbox->ctx, a->update, err);
}

/* Entities made here that the server has deleted meanwhile. A failure costs nothing: the next
 * session asks again. */
static void check_lists(struct arrival *a)
{
    char *ids = mem_alloc(IDS_ROOM, 1);
    for (size_t i = 0; i < a->form.n_files; i++) {
        const struct inbox_file *list = &a->files[i];
        if (!list->integrity_url ||
            !a->inbox->ops->offline_ids(a->inbox->ctx, list, ids, IDS_ROOM, NULL) || !*ids) {
            continue;
        }
        struct wire_integrity integrity;
        struct answer answer;
        if (portal_integrity(a->state->portal, list->integrity_url, ids, &integrity, &answer,
                             NULL)) {
            for (size_t k = 0; k < integrity.entities.n; k++) {
                if (integrity.entities.v[k].is_deleted) {
                    a->inbox->ops->entity_deleted(a->inbox->ctx, list, integrity.entities.v[k].id,
                                                  NULL);
                }
            }
        }
        wire_integrity_finish(&integrity);
    }
    free(ids);
}

static bool update_form(struct arrival *a, struct err *err)
{
    bool has_form = false;
    bool all = false;
    bool *has = NULL;
    bool ok = read_manifest(a, err);
    if (ok) {
        has = mem_alloc(a->form.n_files + 1, sizeof(*has));
        ok = look(a, &has_form, has, &all, err) && (all || take_form(a, has_form, has, err));
    }
    if (ok) {
        a->news->forms_same += all;
        a->news->forms_new += !all;
        check_lists(a);
    }
    free(has);
    return ok;
}

static void note_bad(struct carrier_news *news, const char *form_id, const char *why)
{
    if (news->forms_bad++ == 0) {
        snprintf(news->first_bad, sizeof(news->first_bad), "%s", form_id);
        snprintf(news->why_bad, sizeof(news->why_bad), "%s", why);
    }
    log_warn("form %s is not taken over: %s", form_id, why);
}

static bool take_all(struct openrosa_state *state, const struct inbox *inbox,
                     const struct wire_form_list *list, struct carrier_news *news,
                     struct answer *closed)
{
    bool ok = true;
    for (size_t i = 0; ok && i < list->forms.n; i++) {
        struct err err = {0};
        struct arrival a = {.state = state,
                            .inbox = inbox,
                            .news = news,
                            .wire = &list->forms.v[i],
                            .answer = {.meaning = ANSWER_GENUINE}};
        if (!update_form(&a, &err)) {
            note_bad(news, a.wire->form_id, err.text);
            *closed = a.answer;
            ok = !is_way_closed(&a.answer);
        }
        free(a.files);
        wire_manifest_finish(&a.manifest);
    }
    return ok;
}

static void tell_offered(const struct openrosa_state *state, const struct inbox *inbox,
                         const struct wire_form_list *list)
{
    struct inbox_form *forms = mem_alloc(list->forms.n + list->bad.n + 1, sizeof(*forms));
    size_t n = 0;
    for (size_t i = 0; i < list->forms.n; i++) {
        const struct wire_form *form = &list->forms.v[i];
        forms[n++] = (struct inbox_form){
            .form_id = form->form_id, .version = form->version, .name = form->name};
        if (state->set.offers) {
            state->set.offers(state->set.offers_ctx, form->form_id);
        }
    }
    for (size_t i = 0; i < list->bad.n; i++) {
        if (*list->bad.v[i].which) { /* unusable now, yet not taken back */
            forms[n++] =
                (struct inbox_form){.form_id = list->bad.v[i].which, .version = "", .name = ""};
        }
    }
    struct err err = {0};
    if (!inbox->ops->offered(inbox->ctx, forms, n, &err)) {
        log_warn("the list of offered forms was not kept: %s", err.text);
    }
    free(forms);
}

bool openrosa_fetch_news(void *ctx, const struct inbox *inbox, struct carrier_news *news,
                         struct outbox_outcome *outcome)
{
    struct openrosa_state *state = ctx;
    struct wire_form_list list;
    struct answer answer;
    struct err err = {0};
    state->before = 0;
    state->at = (struct carrier_progress){.step = CARRIER_FETCH};
    bool ok = portal_form_list(state->portal, &list, &answer, &err);
    if (ok) {
        tell_offered(state, inbox, &list);
        for (size_t i = 0; i < list.bad.n; i++) {
            note_bad(news, list.bad.v[i].which, list.bad.v[i].why);
        }
        ok = take_all(state, inbox, &list, news, &answer);
    }
    if (!ok) {
        openrosa_outcome(&answer, &err, outcome);
        outcome->scope = OUTBOX_ALL;
    }
    wire_form_list_finish(&list);
    return ok;
}
