#include "sync/run/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "sync"
#include "platform/base/clock.h"
#include "platform/base/library.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"
#include "sync/run/retry.h"

enum { TELL_MS = 200, FAILURES_IN_A_ROW = 3, ASKED_AGAIN = 20, DAY_MS = 24 * 3600 * 1000 };

struct session {
    const struct run_settings *set;
    struct run_result *result;
    void *state; /* the carrier's */
    struct carrier_settings to;
    VEC(int64_t) seen; /* records of this pass */
    int64_t told_ms;   /* when progress was told last */
    int64_t record;    /* being sent */
    int64_t moved;     /* bytes of it */
    int failures;      /* of the transport, in a row */
    bool is_over;
};

static bool is_stopped(const struct session *s)
{
    return s->set->stop && atomic_load(s->set->stop);
}

static int64_t moved_in_all(const struct session *s)
{
    return s->result->bytes_sent + s->moved + s->result->news.bytes;
}

static void tell(struct session *s, const struct run_report *report)
{
    if (s->set->tell) {
        struct run_report full = *report;
        full.moved = moved_in_all(s);
        s->set->tell(s->set->tell_ctx, &full);
    }
}

static void on_progress(void *ctx, const struct carrier_progress *p)
{
    struct session *s = ctx;
    static const enum run_step steps[] = {RUN_CONNECTING, RUN_SENDING, RUN_FETCHING};
    if (p->step == CARRIER_SEND && p->done > s->moved) {
        s->moved = p->done;
    }
    int64_t now = clock_mono_ms();
    if (s->told_ms == 0 || now - s->told_ms >= TELL_MS) {
        s->told_ms = now;
        tell(s, &(struct run_report){steps[p->step], p->record, p->form_id, p->done, p->total, NULL,
                                     0});
    }
}

/* Nothing that another way, or the same once more, would have to wait for. */
static bool is_no_failure(enum outbox_reason reason)
{
    return reason == OUTBOX_STOPPED || reason == OUTBOX_HANDED_OVER ||
           reason == OUTBOX_STICK_FULL || reason == OUTBOX_STICK_LOCKED ||
           reason == OUTBOX_STICK_GONE || reason == OUTBOX_NEAR_GONE ||
           reason == OUTBOX_NEAR_CODE || reason == OUTBOX_NEAR_FULL ||
           reason == OUTBOX_NEAR_STRANGER;
}

/* The moment of the next try, and what a try without any answer leaves behind. */
static void complete_outcome(const struct outbox_item *item, struct outbox_outcome *outcome)
{
    if (outcome->action != OUTBOX_RETRY) {
        outcome->next_ms = 0;
        return;
    }
    int64_t wait = retry_wait_ms(item->attempts + 1, outcome->wait_ms);
    if (outcome->reason == OUTBOX_CAPTIVE && outcome->wait_ms == 0) {
        wait = RETRY_CAPTIVE_MS;
    } else if (is_no_failure(outcome->reason)) {
        wait = 0;
    }
    outcome->next_ms = clock_now_ms() + wait;
}

/* Everything that is due says why it waits, when the way itself is closed. */
static bool settle_all(struct session *s, struct outbox_outcome *outcome, struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    struct arena arena = {0};
    struct outbox_item item = {0};
    struct err none = {0};
    bool ok = true;
    s->result->reason = outcome->reason;
    memcpy(s->result->message, outcome->message, sizeof(s->result->message));
    if (!outbox->ops) {
        return true;
    }
    if (outbox->ops->next(outbox->ctx, clock_now_ms(), &arena, &item, &none)) {
        outcome->scope = OUTBOX_ALL;
        complete_outcome(&item, outcome);
        s->result->waiting++;
        ok = outbox->ops->settle(outbox->ctx, &item, outcome, err);
    } else if (none.kind != ERR_NONE) {
        ok = false;
        if (err) {
            *err = none;
        }
    }
    arena_finish(&arena);
    return ok;
}

static bool release_reasons(const struct session *s, bool (*fits)(enum outbox_reason),
                            struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    bool ok = true;
    for (int i = 1; ok && outbox->ops && i < OUTBOX_REASONS; i++) {
        if (fits((enum outbox_reason)i)) {
            ok = outbox->ops->release(outbox->ctx, (enum outbox_reason)i, NULL, err);
        }
    }
    return ok;
}

/* Holds of our own making are looked at afresh in every session. */
static bool is_budget(enum outbox_reason reason)
{
    return reason == OUTBOX_BUDGET;
}

static bool is_own_rule(enum outbox_reason reason)
{
    return reason == OUTBOX_BUDGET || reason == OUTBOX_WAIT_WIFI;
}

static bool is_any(enum outbox_reason reason)
{
    return true;
}

/* ---- one record ----------------------------------------------------------------------------- */

static bool has_files_left(const struct outbox_item *item)
{
    for (size_t i = 0; i < item->n_files; i++) {
        if (!item->files[i].is_confirmed && !item->files[i].is_aside) {
            return true;
        }
    }
    return false;
}

/* How many files from the first on may go over this network today, and why the others wait. */
static size_t files_allowed(const struct session *s, const struct outbox_item *item,
                            enum outbox_reason *why)
{
    int64_t left = s->set->budget - moved_in_all(s) - (int64_t)item->xml.n;
    size_t n = 0;
    *why = OUTBOX_NO_REASON;
    if (!has_files_left(item) || (!s->set->holds_files && !s->set->has_budget)) {
        return item->n_files;
    }
    *why = s->set->holds_files ? OUTBOX_WAIT_WIFI : OUTBOX_BUDGET;
    for (; !s->set->holds_files && n < item->n_files; n++) {
        const struct outbox_file *file = &item->files[n];
        left -= file->is_confirmed || file->is_aside ? 0 : file->size;
        if (left < 0) {
            break;
        }
    }
    *why = n == item->n_files ? OUTBOX_NO_REASON : *why;
    return n;
}

/* The XML goes with the files that may go; the others wait. A record whose only files left were
 * refused before was put back by a person: the carrier offers them once more. */
static void send_some(struct session *s, struct outbox_item *item, size_t n,
                      struct outbox_outcome *outcome)
{
    struct outbox_item some = *item;
    some.n_files = n;
    *outcome = (struct outbox_outcome){.action = OUTBOX_SENT};
    if (!item->is_xml_confirmed || has_files_left(&some) || n == item->n_files) {
        s->set->carrier->send(s->state, &s->set->outbox, &some, outcome);
        item->is_xml_confirmed = some.is_xml_confirmed;
    }
}

static void note_result(struct session *s, const struct outbox_outcome *outcome)
{
    struct run_result *result = s->result;
    result->sent += outcome->action == OUTBOX_SENT;
    result->aside += outcome->action == OUTBOX_ASIDE;
    result->waiting += outcome->action == OUTBOX_RETRY || outcome->action == OUTBOX_HOLD;
    bool is_transport = outcome->action == OUTBOX_RETRY &&
                        (outcome->reason == OUTBOX_BROKEN || outcome->reason == OUTBOX_STALLED ||
                         outcome->reason == OUTBOX_SERVER_ERROR);
    s->failures = is_transport ? s->failures + 1 : 0;
    if (outcome->scope == OUTBOX_ALL && outcome->action != OUTBOX_SENT) {
        s->is_over = true;
        result->reason = outcome->reason;
        memcpy(result->message, outcome->message, sizeof(result->message));
    }
}

static bool send_item(struct session *s, struct outbox_item *item, struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    struct outbox_outcome outcome = {0};
    struct err begun = {0};
    enum outbox_reason why;
    s->record = item->record;
    s->moved = 0;
    size_t n = files_allowed(s, item, &why);
    if (!outbox->ops->begin(outbox->ctx, item->record, &begun)) {
        if (begun.kind == ERR_DENIED) {
            return true; /* another program is sending it */
        }
        if (err) {
            *err = begun;
        }
        return false;
    }
    tell(s, &(struct run_report){RUN_SENDING, item->record, NULL, 0, item->bytes_left, NULL, 0});
    send_some(s, item, n, &outcome);
    if (why != OUTBOX_NO_REASON && outcome.action == OUTBOX_SENT &&
        outcome.reason == OUTBOX_NO_REASON) {
        outcome = (struct outbox_outcome){.action = OUTBOX_HOLD, .reason = why};
    }
    complete_outcome(item, &outcome);
    s->result->bytes_sent += s->moved;
    s->moved = 0;
    note_result(s, &outcome);
    log_info("record %lld: %s (status %d)", (long long)item->record,
             outcome.action == OUTBOX_SENT ? "sent" : outbox_reason_name(outcome.reason),
             outcome.status);
    bool ok = outbox->ops->settle(outbox->ctx, item, &outcome, err);
    tell(s, &(struct run_report){RUN_SETTLED, item->record, NULL, 0, 0, &outcome, 0});
    return ok;
}

static bool has_seen(struct session *s, int64_t record)
{
    for (size_t i = 0; i < s->seen.n; i++) {
        if (s->seen.v[i] == record) {
            return true;
        }
    }
    vec_push(&s->seen, record);
    return false;
}

/* Sends all that is due. */
static bool send_due(struct session *s, struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    struct arena arena = {0};
    bool ok = true;
    s->seen.n = 0;
    while (ok && !s->is_over && outbox->ops && !is_stopped(s)) {
        struct outbox_item item = {0};
        struct err none = {0};
        arena_reset(&arena);
        if (!outbox->ops->next(outbox->ctx, clock_now_ms(), &arena, &item, &none)) {
            ok = none.kind == ERR_NONE;
            if (!ok && err) {
                *err = none;
            }
            break;
        }
        if (has_seen(s, item.record)) {
            log_error("the outbox gives record %lld twice", (long long)item.record);
            break;
        }
        ok = send_item(s, &item, err);
        if (ok && s->failures >= FAILURES_IN_A_ROW) {
            /* not this record's fault: the server is ill, or the way is too bad */
            struct outbox_outcome sick = {.action = OUTBOX_RETRY, .reason = OUTBOX_SERVER_ERROR};
            ok = settle_all(s, &sick, err);
            s->is_over = true;
        }
    }
    arena_finish(&arena);
    return ok;
}

/* A form that is on the list again is open again: what was held for it may go. */
static void on_offer(void *ctx, const char *form_id)
{
    static const enum outbox_reason reasons[] = {OUTBOX_FORM_CLOSED, OUTBOX_FORM_GONE,
                                                 OUTBOX_FORM_ACCESS};
    struct session *s = ctx;
    const struct outbox *outbox = &s->set->outbox;
    for (size_t i = 0; outbox->ops && i < sizeof(reasons) / sizeof(*reasons); i++) {
        struct err err = {0};
        if (!outbox->ops->release(outbox->ctx, reasons[i], form_id, &err)) {
            log_warn("held records of form %s stay held: %s", form_id, err.text);
        }
    }
}

/* ---- the session ---------------------------------------------------------------------------- */

static bool lacks_files(const struct outbox_item *item)
{
    for (size_t i = 0; i < item->n_files; i++) {
        if (!item->files[i].is_confirmed) {
            return true;
        }
    }
    return false;
}

static void send_again(struct session *s, struct outbox_item *item, struct outbox_outcome *outcome)
{
    s->record = item->record;
    s->moved = 0;
    s->set->carrier->send(s->state, &s->set->outbox, item, outcome);
    s->result->bytes_sent += s->moved;
    s->moved = 0;
}

/* Posts the frozen XML of a sent record once more: identical bytes do no harm, and the answer shows
 * whether the server still has it. What a restored backup has lost goes again at once. A server
 * that does not tell which files it has (only our hub does) would take a record it had lost for a
 * new one and say nothing of its files: it gets them again, so that they are there for certain. */
static bool ask_again(struct session *s, struct outbox_item *item, struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    struct outbox_outcome outcome = {0};
    bool was_whole = !lacks_files(item), offers_all = false;
    item->is_xml_confirmed = false;
    send_again(s, item, &outcome);
    if (outcome.action == OUTBOX_SENT && outcome.reason == OUTBOX_NO_REASON && was_whole &&
        !outcome.names_files && item->n_files > 0) {
        for (size_t i = 0; i < item->n_files; i++) {
            item->files[i].is_confirmed = false;
        }
        offers_all = true;
        send_again(s, item, &outcome);
    }
    tell(s, &(struct run_report){RUN_ASKED, item->record, NULL, 0, 0, &outcome, 0});
    if (outcome.action == OUTBOX_SENT) {
        return outbox->ops->seen_again(outbox->ctx, item->record, err);
    }
    s->is_over = outcome.scope == OUTBOX_ALL;
    if (offers_all || !was_whole || !lacks_files(item)) {
        return true; /* no news: it stays sent, and is asked about another time */
    }
    outcome.action = OUTBOX_RETRY;
    outcome.scope = OUTBOX_RECORD;
    complete_outcome(item, &outcome);
    log_warn("the server has lost files of record %lld", (long long)item->record);
    return outbox->ops->settle(outbox->ctx, item, &outcome, err);
}

/* A few sent records a session are asked about, never over a network that costs; all of them, also
 * those of today, when a person wants to know. */
static bool check_sent(struct session *s, struct err *err)
{
    const struct outbox *outbox = &s->set->outbox;
    struct arena arena = {0};
    bool ok = true;
    bool is_wanted = s->set->asks_all || (!s->set->holds_files && !s->set->has_budget);
    bool may = is_wanted && outbox->ops && outbox->ops->next_sent;
    int64_t now = clock_now_ms() + (s->set->asks_all ? DAY_MS + 1 : 0);
    int most = s->set->asks_all ? INT_MAX : ASKED_AGAIN;
    for (int i = 0; may && ok && i < most && !s->is_over && !is_stopped(s); i++) {
        struct outbox_item item = {0};
        struct err none = {0};
        arena_reset(&arena);
        if (!outbox->ops->next_sent(outbox->ctx, now, &arena, &item, &none)) {
            ok = none.kind == ERR_NONE;
            if (!ok && err) {
                *err = none;
            }
            break;
        }
        ok = ask_again(s, &item, err);
    }
    arena_finish(&arena);
    return ok;
}

static bool fetch_news(struct session *s, struct err *err)
{
    const struct carrier *carrier = s->set->carrier;
    struct outbox_outcome outcome = {0};
    if (s->is_over || !s->set->inbox.ops || !carrier->fetch || is_stopped(s)) {
        return !s->set->asks_all || check_sent(s, err);
    }
    tell(s, &(struct run_report){.step = RUN_FETCHING});
    if (!carrier->fetch(s->state, &s->set->inbox, &s->result->news, &outcome)) {
        s->is_over = true;
        return settle_all(s, &outcome, err);
    }
    /* a form that is back lets its records go */
    return send_due(s, err) && check_sent(s, err);
}

/* After our own: what is carried for others has waited longer on the way, but promises less. A
 * server that takes none is asked once a session. */
static void pass_parcels(struct session *s)
{
    const struct run_parcels *parcels = &s->set->parcels;
    const struct carrier *carrier = s->set->carrier;
    struct str bundle;
    struct buf back = {0};
    struct err err = {0};
    bool ok =
        parcels->next && carrier->pass && (!s->set->has_budget || s->set->budget > moved_in_all(s));
    while (ok && !s->is_over && !is_stopped(s) && parcels->next(parcels->ctx, &bundle)) {
        ok = carrier->pass(s->state, bundle, &back, &err);
        if (ok) {
            parcels->passed(parcels->ctx, buf_str(&back));
        } else {
            log_warn("a carried bundle stays here: %s", err.text);
        }
        buf_clear(&back);
    }
    buf_finish(&back);
}

static bool exchange(struct session *s, struct err *err)
{
    struct outbox_outcome outcome = {.action = OUTBOX_RETRY, .scope = OUTBOX_ALL};
    tell(s, &(struct run_report){.step = RUN_CONNECTING});
    if (!s->set->carrier->open(s->state, &s->to, &outcome)) {
        return settle_all(s, &outcome, err);
    }
    s->result->is_connected = true;
    if (!release_reasons(s, retry_is_about_way, err) || !send_due(s, err)) {
        return false;
    }
    pass_parcels(s);
    return fetch_news(s, err);
}

bool run_session(const struct run_settings *settings, struct run_result *result, struct err *err)
{
    *result = (struct run_result){0};
    struct session s = {.set = settings, .result = result, .to = settings->to};
    s.to.stop = settings->stop;
    s.to.progress = on_progress;
    s.to.progress_ctx = &s;
    s.to.offers = on_offer;
    s.to.offers_ctx = &s;
    s.to.holds_media = settings->holds_files || (settings->has_budget && settings->budget <= 0);
    s.state = mem_alloc(1, settings->carrier->state_size ? settings->carrier->state_size : 1);
    bool ok = release_reasons(&s, settings->holds_files ? is_budget : is_own_rule, err);
    if (ok && (settings->is_asked || settings->is_network_back)) {
        ok = release_reasons(&s, settings->is_asked ? is_any : retry_is_about_network, err);
    }
    if (ok) {
        ok = exchange(&s, err);
        settings->carrier->close(s.state);
        library_settle();
    }
    const struct outbox *outbox = &settings->outbox;
    if (ok && outbox->ops) {
        ok = outbox->ops->next_due(outbox->ctx, &result->next_ms, err);
    }
    tell(&s, &(struct run_report){.step = RUN_DONE});
    vec_finish(&s.seen);
    free(s.state);
    return ok;
}
