#include "sync/carrier/openrosa.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/run/retry.h"

enum { QUOTA_MS = 60 * 60 * 1000 };

/* What the queue does about each meaning: the table of the protocol notes, §7. */
static const struct {
    enum outbox_action action;
    enum outbox_scope scope;
    enum outbox_reason reason;
} table[] = {
    [ANSWER_ACCEPTED] = {OUTBOX_SENT, OUTBOX_RECORD, OUTBOX_NO_REASON},
    [ANSWER_GENUINE] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_SUSPICIOUS},
    [ANSWER_NOT_CHANGED] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_SUSPICIOUS},
    [ANSWER_CAPTIVE] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_CAPTIVE},
    [ANSWER_SUSPICIOUS] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_SUSPICIOUS},
    [ANSWER_DIFFERENT] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_DIFFERENT},
    [ANSWER_EDIT_LATE] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_EDIT_LATE},
    [ANSWER_SUPERSEDED] = {OUTBOX_SENT, OUTBOX_RECORD, OUTBOX_SUPERSEDED},
    [ANSWER_DELETED] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_DELETED},
    [ANSWER_FORM_CLOSED] = {OUTBOX_HOLD, OUTBOX_FORM, OUTBOX_FORM_CLOSED},
    [ANSWER_FILE_DIFFERS] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_FILE_DIFFERS},
    [ANSWER_CONFLICT] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_CONFLICT},
    [ANSWER_IN_PROCESS] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_IN_PROCESS},
    [ANSWER_FORM_GONE] = {OUTBOX_HOLD, OUTBOX_FORM, OUTBOX_FORM_GONE},
    [ANSWER_VERSION_GONE] = {OUTBOX_HOLD, OUTBOX_RECORD, OUTBOX_VERSION_GONE},
    [ANSWER_ORIGINAL_GONE] = {OUTBOX_HOLD, OUTBOX_RECORD, OUTBOX_ORIGINAL_GONE},
    [ANSWER_BAD_REQUEST] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_BAD_REQUEST},
    [ANSWER_NO_ACCESS] = {OUTBOX_HOLD, OUTBOX_FORM, OUTBOX_FORM_ACCESS},
    [ANSWER_TOKEN] = {OUTBOX_HOLD, OUTBOX_ALL, OUTBOX_TOKEN},
    [ANSWER_WRONG_ADDRESS] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_WRONG_ADDRESS},
    [ANSWER_QUOTA] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_QUOTA},
    [ANSWER_TOO_LARGE] = {OUTBOX_ASIDE, OUTBOX_RECORD, OUTBOX_TOO_LARGE},
    [ANSWER_BUSY] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_BUSY},
    [ANSWER_SERVER_ERROR] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_SERVER_ERROR},
    [ANSWER_NO_SERVER] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_NO_SERVER},
    [ANSWER_TLS] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_TLS},
    [ANSWER_STALLED] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_STALLED},
    [ANSWER_BROKEN] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_BROKEN},
    [ANSWER_UNREADABLE] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_SUSPICIOUS},
    [ANSWER_STOPPED] = {OUTBOX_RETRY, OUTBOX_ALL, OUTBOX_STOPPED},
    [ANSWER_LOCAL] = {OUTBOX_RETRY, OUTBOX_RECORD, OUTBOX_STORAGE},
};

static const enum outbox_reason tls_reasons[] = {
    [HTTP_TLS_OTHER] = OUTBOX_TLS,           [HTTP_TLS_EARLY] = OUTBOX_TLS_EARLY,
    [HTTP_TLS_EXPIRED] = OUTBOX_TLS_EXPIRED, [HTTP_TLS_NAME] = OUTBOX_TLS_NAME,
    [HTTP_TLS_UNKNOWN] = OUTBOX_TLS_UNKNOWN, [HTTP_TLS_PIN] = OUTBOX_TLS_PIN,
    [HTTP_TLS_OLD] = OUTBOX_TLS_OLD,         [HTTP_TLS_CLEAR] = OUTBOX_TLS_CLEAR,
};

void openrosa_outcome(const struct answer *answer, const struct err *local,
                      struct outbox_outcome *outcome)
{
    *outcome = (struct outbox_outcome){.action = table[answer->meaning].action,
                                       .scope = table[answer->meaning].scope,
                                       .reason = table[answer->meaning].reason,
                                       .status = answer->status,
                                       .wait_ms = answer->wait_ms,
                                       .is_doubtful = answer->may_have_arrived};
    memcpy(outcome->message, answer->message, sizeof(outcome->message));
    if (answer->meaning == ANSWER_TLS) {
        outcome->reason = tls_reasons[answer->tls];
    }
    if (answer->meaning == ANSWER_QUOTA && outcome->wait_ms == 0) {
        outcome->wait_ms = QUOTA_MS; /* a person must act first, yet nobody need tell us */
    }
    if (answer->meaning == ANSWER_LOCAL && local) {
        bool is_damaged = local->kind == ERR_DAMAGED || local->kind == ERR_MISSING;
        if (is_damaged || local->kind == ERR_INPUT) {
            outcome->action = OUTBOX_ASIDE;
            outcome->reason = is_damaged ? OUTBOX_DAMAGED : OUTBOX_BAD_REQUEST;
        }
        if (local->kind == ERR_LIBRARY) {
            outcome->reason = OUTBOX_PROGRAM;
        }
    }
}

static void on_bytes(void *ctx, int64_t sent, int64_t received)
{
    struct openrosa_state *state = ctx;
    if (state->set.progress) {
        if (state->at.step == CARRIER_SEND) { /* files that come side by side count themselves */
            state->at.done = state->before + sent;
        }
        state->set.progress(state->set.progress_ctx, &state->at);
    }
}

static bool openrosa_start(void *ctx, const struct carrier_settings *settings,
                           struct outbox_outcome *outcome)
{
    struct openrosa_state *state = ctx;
    struct err err = {0};
    struct answer answer = {.meaning = ANSWER_WRONG_ADDRESS};
    struct portal_settings to = {
        .server = settings->address,
        .device_id = settings->device_id,
        .user = settings->user,
        .password = settings->password,
        .pins = settings->pins,
        .ca_file = settings->ca_file,
        .connect_seconds = settings->connect_seconds,
        .stall_seconds = settings->stall_seconds,
        .stop = settings->stop,
        .progress = on_bytes,
        .progress_ctx = state,
        .renewed = settings->renewed,
        .renewed_ctx = settings->renewed_ctx,
    };
    state->set = *settings;
    state->at = (struct carrier_progress){.step = CARRIER_CONNECT};
    bool ok = portal_open(&state->portal, &to, &err) && portal_probe(state->portal, &answer, &err);
    if (!ok) {
        answer.meaning = err.kind == ERR_LIBRARY ? ANSWER_LOCAL : answer.meaning;
        openrosa_outcome(&answer, &err, outcome);
        outcome->scope = OUTBOX_ALL; /* nothing goes until the server is known to be genuine */
        outcome->action = outcome->action == OUTBOX_HOLD ? OUTBOX_HOLD : OUTBOX_RETRY;
    }
    return ok;
}

static void openrosa_end(void *ctx)
{
    struct openrosa_state *state = ctx;
    portal_close(state->portal);
    state->portal = NULL;
}

/* ---- one record ----------------------------------------------------------------------------- */

struct parcel {
    struct openrosa_state *state;
    const struct outbox *outbox;
    struct outbox_item *item;
    struct portal_record record;
    size_t *of; /* which file of the item the i-th of the record is */
    void *reader;
};

static bool parcel_open_file(void *ctx, size_t i, struct err *err)
{
    struct parcel *p = ctx;
    p->reader = NULL;
    return p->outbox->ops->open_file(p->outbox->ctx, p->item->record, p->of[i], &p->reader, err);
}

static bool parcel_read_file(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct parcel *p = ctx;
    return p->outbox->ops->read_file(p->outbox->ctx, p->reader, bytes, room, got, err);
}

static void parcel_close_file(void *ctx)
{
    struct parcel *p = ctx;
    p->outbox->ops->close_file(p->outbox->ctx, p->reader);
    p->reader = NULL;
}

static void copy_marks(struct parcel *p)
{
    p->item->is_xml_confirmed = p->record.is_xml_confirmed;
    for (size_t i = 0; i < p->record.n_files; i++) {
        p->item->files[p->of[i]].is_confirmed = p->record.files[i].is_confirmed;
        p->item->files[p->of[i]].is_aside = p->record.files[i].is_refused;
    }
}

static bool parcel_confirmed(void *ctx, struct err *err)
{
    struct parcel *p = ctx;
    copy_marks(p);
    p->state->before = p->state->at.done;
    return p->outbox->ops->confirm(p->outbox->ctx, p->item, err);
}

/* A file that was refused waits until all others are there, and is then tried by itself: whoever
 * put the record back into the queue wants it sent. Without it the record never counts as sent. */
static bool offers_refused(const struct outbox_item *item)
{
    for (size_t i = 0; i < item->n_files; i++) {
        if (!item->files[i].is_confirmed && !item->files[i].is_aside) {
            return false;
        }
    }
    return item->is_xml_confirmed;
}

static void fill_record(struct parcel *p)
{
    const struct outbox_item *item = p->item;
    p->record = (struct portal_record){.xml = item->xml,
                                       .is_edit = item->is_edit,
                                       .is_xml_confirmed = item->is_xml_confirmed,
                                       .open_file = parcel_open_file,
                                       .read_file = parcel_read_file,
                                       .close_file = parcel_close_file,
                                       .confirmed = parcel_confirmed,
                                       .ctx = p};
    p->record.files = mem_alloc(item->n_files + 1, sizeof(*p->record.files));
    p->of = mem_alloc(item->n_files + 1, sizeof(*p->of));
    for (size_t i = 0; i < item->n_files; i++) {
        if (item->files[i].is_aside && !offers_refused(item)) {
            continue;
        }
        size_t at = p->record.n_files++;
        p->of[at] = i;
        p->record.files[at] = (struct portal_file){.name = item->files[i].name,
                                                   .type = item->files[i].type,
                                                   .size = item->files[i].size,
                                                   .is_confirmed = item->files[i].is_confirmed};
    }
}

/* 401 and 403 on a POST mean the form or the whole token: the form list tells which. */
static void find_access(struct openrosa_state *state, struct answer *answer)
{
    struct wire_form_list list;
    struct answer about_list;
    bool can_list = portal_form_list(state->portal, &list, &about_list, NULL);
    wire_form_list_finish(&list);
    if (!can_list) {
        char message[sizeof(answer->message)];
        memcpy(message, answer->message, sizeof(message));
        *answer = about_list;
        memcpy(answer->message, message, sizeof(message));
        answer->may_have_arrived = false;
    }
}

/* A record may have been "deleted" by losing a race against its own twin: one more try shows. */
static void doubt_deletion(const struct outbox_item *item, struct outbox_outcome *outcome)
{
    if (outcome->reason == OUTBOX_DELETED && item->is_doubtful) {
        outcome->action = OUTBOX_RETRY;
        outcome->wait_ms = RETRY_DELETED_MS;
        outcome->is_doubtful = false;
    } else if (outcome->action == OUTBOX_RETRY && item->is_doubtful) {
        outcome->is_doubtful = true;
    }
}

static void openrosa_send(void *ctx, const struct outbox *outbox, struct outbox_item *item,
                          struct outbox_outcome *outcome)
{
    struct openrosa_state *state = ctx;
    struct err err = {0};
    struct answer answer;
    struct parcel p = {.state = state, .outbox = outbox, .item = item};
    if (!item->instance_id || !*item->instance_id || item->xml.n == 0) {
        *outcome = (struct outbox_outcome){.action = OUTBOX_ASIDE, .reason = OUTBOX_BAD_REQUEST};
        return; /* without an id every retry would make one record more */
    }
    fill_record(&p);
    state->before = 0;
    state->at = (struct carrier_progress){
        .step = CARRIER_SEND, .record = item->record, .total = item->bytes_left};
    bool ok = portal_send(state->portal, &p.record, &answer, &err);
    if (ok && p.record.n_files < item->n_files) { /* the rest has arrived: now the refused ones */
        copy_marks(&p);
        free(p.record.files);
        free(p.of);
        fill_record(&p);
        ok = portal_send(state->portal, &p.record, &answer, &err);
    }
    copy_marks(&p);
    if (!ok && answer.meaning == ANSWER_NO_ACCESS) {
        find_access(state, &answer);
    }
    openrosa_outcome(&answer, &err, outcome);
    outcome->names_files = ok && portal_names_missing(state->portal);
    doubt_deletion(item, outcome);
    free(p.record.files);
    free(p.of);
}

static bool openrosa_pass(void *ctx, struct str bundle, struct buf *back, struct err *err)
{
    struct openrosa_state *state = ctx;
    struct answer answer;
    state->at = (struct carrier_progress){.step = CARRIER_SEND};
    if (portal_pass(state->portal, bundle, back, &answer, err)) {
        return true;
    }
    return answer.meaning == ANSWER_BAD_REQUEST; /* sealed for somebody else, or damaged */
}

const struct carrier carrier_openrosa = {
    .name = "openrosa",
    .state_size = sizeof(struct openrosa_state),
    .open = openrosa_start,
    .send = openrosa_send,
    .fetch = openrosa_fetch_news,
    .pass = openrosa_pass,
    .close = openrosa_end,
};
