#include "sync/carrier/openrosa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "sync"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { IDS_ROOM = 16 << 10, TRIES_IN_VAIN = 2 };

enum item_state { ITEM_WANTED, ITEM_COMING, ITEM_HERE };

/* A file of the form. */
struct item {
    struct inbox_file file;
    const char *url, *md5;
    enum item_state state;
};

/* A file on its way. */
struct slot {
    struct arrival *arrival;
    struct item *item; /* NULL: free */
    struct portal_download download;
    void *to;
    int64_t had; /* bytes at the start of this try */
    int vain;    /* tries in a row that brought nothing */
    bool waits;  /* it broke off and is to be gone on with */
};

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
    struct answer answer; /* last one, or that of the first failure */
    /* while its files are fetched: the XML is number 0, file i number i + 1 */
    size_t n_items;
    struct item *items;
    struct slot slots[PORTAL_LANES];
    struct err err; /* of the first failure */
    bool has_failed;
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

/* ---- its files, several side by side -------------------------------------------------------- */

static bool stand(void *ctx, bool is_rest, struct err *err)
{
    const struct slot *slot = ctx;
    const struct inbox *inbox = slot->arrival->inbox;
    return inbox->ops->stand_file(inbox->ctx, slot->to, slot->download.have_etag, !is_rest, err);
}

static bool replay(void *ctx, void (*each)(void *to, const void *bytes, size_t n), void *to,
                   struct err *err)
{
    const struct slot *slot = ctx;
    const struct inbox *inbox = slot->arrival->inbox;
    return inbox->ops->replay_file(inbox->ctx, slot->to, each, to, err);
}

static bool write_piece(void *ctx, const void *bytes, size_t n, struct err *err)
{
    const struct slot *slot = ctx;
    struct arrival *a = slot->arrival;
    a->news->bytes += (int64_t)n;
    a->state->at.done = a->news->bytes;
    if (a->state->set.progress) {
        a->state->set.progress(a->state->set.progress_ctx, &a->state->at);
    }
    return a->inbox->ops->write_file(a->inbox->ctx, slot->to, bytes, n, err);
}

static void fail(struct arrival *a, const struct answer *answer, const struct err *err)
{
    if (!a->has_failed) {
        a->has_failed = true;
        a->answer = *answer;
        a->err = *err;
    }
}

static void fail_here(struct arrival *a, const struct err *err)
{
    fail(a, &(struct answer){.meaning = ANSWER_LOCAL}, err);
}

/* The same bytes under two names are fetched once. */
static bool is_coming(const struct arrival *a, const struct item *item)
{
    for (size_t i = 0; i < PORTAL_LANES; i++) {
        const struct slot *slot = &a->slots[i];
        if (slot->item && !strcmp(slot->item->file.hash, item->file.hash)) {
            return true;
        }
    }
    return false;
}

/* Perhaps it has come meanwhile, under another name; then it is kept. */
static bool find_here(struct arrival *a, struct item *item, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    bool has = false;
    bool ok = ops->has_file(a->inbox->ctx, &a->form, &item->file, &has, err) &&
              (!has || ops->keep_file(a->inbox->ctx, a->update, &item->file, err));
    if (ok && has) {
        item->state = ITEM_HERE;
    }
    return ok;
}

static bool open_slot(struct arrival *a, struct slot *slot, struct item *item, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    const char *etag = "";
    *slot = (struct slot){.arrival = a};
    if (!ops->open_file(a->inbox->ctx, a->update, &item->file, &slot->to, err)) {
        return false;
    }
    slot->item = item;
    item->state = ITEM_COMING;
    slot->had = ops->have_file(a->inbox->ctx, slot->to, &etag);
    slot->download = (struct portal_download){.url = item->url,
                                              .md5 = item->md5,
                                              .have = slot->had,
                                              .replay = replay,
                                              .begin = stand,
                                              .sink = write_piece,
                                              .sink_ctx = slot};
    snprintf(slot->download.have_etag, sizeof(slot->download.have_etag), "%s", etag);
    return true;
}

static struct slot *free_slot(struct arrival *a)
{
    for (size_t i = 0; i < PORTAL_LANES; i++) {
        if (!a->slots[i].item) {
            return &a->slots[i];
        }
    }
    return NULL;
}

static struct portal_download *next_file(void *ctx)
{
    struct arrival *a = ctx;
    struct err err = {0};
    for (size_t i = 0; !a->has_failed && i < PORTAL_LANES; i++) {
        if (a->slots[i].waits) {
            a->slots[i].waits = false;
            a->slots[i].had = a->slots[i].download.have;
            return &a->slots[i].download;
        }
    }
    struct slot *slot = free_slot(a);
    for (size_t i = 0; slot && !a->has_failed && i < a->n_items; i++) {
        struct item *item = &a->items[i];
        if (item->state != ITEM_WANTED || is_coming(a, item)) {
            continue;
        }
        if (!find_here(a, item, &err)) {
            fail_here(a, &err);
        } else if (item->state == ITEM_WANTED) {
            if (open_slot(a, slot, item, &err)) {
                return &slot->download;
            }
            fail_here(a, &err);
        }
    }
    return NULL;
}

static void leave_slot(struct slot *slot, bool keeps)
{
    const struct inbox *inbox = slot->arrival->inbox;
    inbox->ops->leave_file(inbox->ctx, slot->to, keeps && slot->download.have > 0);
    slot->item->state = ITEM_WANTED;
    slot->item = NULL;
}

/* A link that breaks in the middle of a file is used at once for the rest of it, as long as each
 * try brings something on. */
static bool goes_on(struct slot *slot, const struct answer *answer)
{
    bool is_break = answer->meaning == ANSWER_BROKEN || answer->meaning == ANSWER_STALLED;
    slot->vain = slot->download.have > slot->had ? 0 : slot->vain + 1;
    return is_break && slot->vain < TRIES_IN_VAIN && !slot->arrival->has_failed;
}

static void file_done(void *ctx, struct portal_download *download, bool ok,
                      const struct answer *answer, const struct err *err)
{
    struct arrival *a = ctx;
    struct slot *slot = download->sink_ctx;
    struct err own = {0};
    if (ok) {
        slot->item->state = ITEM_HERE;
        slot->item = NULL;
        if (a->inbox->ops->close_file(a->inbox->ctx, slot->to, &own)) {
            a->news->files++;
        } else {
            fail_here(a, &own);
        }
    } else if (goes_on(slot, answer)) {
        slot->waits = true;
    } else {
        leave_slot(slot, is_way_closed(answer) || answer->meaning == ANSWER_SERVER_ERROR);
        fail(a, answer, err);
    }
}

/* ---- one form ------------------------------------------------------------------------------- */

/* Lists are what the work needs and are small for what they say; pictures, films and sounds wait
 * where data costs. */
static bool is_heavy(const struct inbox_file *file)
{
    struct str name = str_of(file->name);
    return file->kind == INBOX_MEDIA && !str_ends(name, STR(".csv")) &&
           !str_ends(name, STR(".xml")) && !str_ends(name, STR(".geojson"));
}

/* What is here of the form already; true in *all when nothing is to be done. */
static bool look(struct arrival *a, bool *all, bool *lacks_media, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    bool ok = ops->has_form(a->inbox->ctx, &a->form, all, err);
    *lacks_media = false;
    for (size_t i = 0; ok && i < a->form.n_files; i++) {
        bool has = false;
        ok = ops->has_file(a->inbox->ctx, &a->form, &a->files[i], &has, err);
        *all = *all && has;
        *lacks_media = *lacks_media || (!has && is_heavy(&a->files[i]));
    }
    return ok;
}

static void list_items(struct arrival *a)
{
    a->n_items = a->form.n_files + 1;
    a->items = mem_alloc(a->n_items, sizeof(*a->items));
    a->items[0] = (struct item){
        .file = {INBOX_FORM, "", a->hash, NULL}, .url = a->wire->download_url, .md5 = a->wire->md5};
    for (size_t i = 0; i < a->form.n_files; i++) {
        const struct wire_media *media = &a->manifest.media.v[i];
        /* the hash of an entity list is a token, not a digest of its bytes */
        const char *md5 = media->kind == WIRE_MEDIA_FILE ? media->md5 : NULL;
        a->items[i + 1] =
            (struct item){.file = a->files[i], .url = media->download_url, .md5 = md5};
    }
}

static bool take_form(struct arrival *a, struct err *err)
{
    const struct inbox_ops *ops = a->inbox->ops;
    const struct portal_fetches fetches = {next_file, file_done, a};
    if (!ops->begin(a->inbox->ctx, &a->form, &a->update, err)) {
        return false;
    }
    list_items(a);
    a->state->at = (struct carrier_progress){.step = CARRIER_FETCH, .form_id = a->form.form_id};
    portal_fetch_all(a->state->portal, &fetches);
    for (size_t i = 0; i < PORTAL_LANES; i++) {
        if (a->slots[i].item) {
            leave_slot(&a->slots[i], true);
        }
    }
    free(a->items);
    if (a->has_failed) {
        ops->abort(a->inbox->ctx, a->update);
        return err_set(err, a->err.kind, a->err.code, "%s", a->err.text);
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
    bool all = false, lacks_media = false;
    bool ok = read_manifest(a, err) && look(a, &all, &lacks_media, err);
    bool waits = ok && lacks_media && a->state->set.holds_media;
    ok = ok && (all || waits || take_form(a, err));
    if (ok) {
        a->news->forms_waiting += waits;
        a->news->forms_same += all;
        a->news->forms_new += !all && !waits;
        check_lists(a);
    }
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

/* What became of records, and newer versions of those whose correction came too late. A failure
 * costs nothing: the next session asks again. */
static void take_judgements(struct openrosa_state *state, const struct inbox *inbox)
{
    const struct inbox_ops *ops = inbox->ops;
    struct wire_judgements judgements;
    struct answer answer;
    struct err err = {0};
    if (!portal_tells_records(state->portal) || !ops->judged) {
        return;
    }
    bool ok = portal_judgements(state->portal, &judgements, &answer, &err);
    for (size_t i = 0; ok && i < judgements.v.n; i++) {
        const struct wire_judgement *j = &judgements.v.v[i];
        ok = ops->judged(inbox->ctx, j->instance_id, j->is_accepted, j->message, &err);
    }
    wire_judgements_finish(&judgements);
    char id[80];
    for (size_t i = 0; ok && ops->late(inbox->ctx, i, id);) {
        struct buf xml = {0};
        if (portal_newest(state->portal, id, &xml, &answer, &err)) {
            ok = ops->take_newest(inbox->ctx, id, buf_str(&xml), &err);
        } else {
            ok = !is_way_closed(&answer);
            i++; /* gone there: the others are asked about all the same */
        }
        buf_finish(&xml);
    }
    if (!ok) {
        log_warn("what became of records is not known: %s", err.text);
    }
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
    const struct portal_memory memory = {inbox->ops->recall, inbox->ops->remember, inbox->ctx};
    portal_set_memory(state->portal, &memory);
    bool ok = portal_form_list(state->portal, &list, &answer, &err);
    if (ok) {
        tell_offered(state, inbox, &list);
        for (size_t i = 0; i < list.bad.n; i++) {
            note_bad(news, list.bad.v[i].which, list.bad.v[i].why);
        }
        ok = take_all(state, inbox, &list, news, &answer);
        if (ok) {
            take_judgements(state, inbox);
        }
    }
    if (!ok) {
        openrosa_outcome(&answer, &err, outcome);
        outcome->scope = OUTBOX_ALL;
    }
    wire_form_list_finish(&list);
    return ok;
}
