#include "sync/handover/near.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "sync"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/carrier/pack.h"
#include "sync/handover/text.h"
#include "sync/http/client.h"

/* Each record becomes one sealed bundle, asked about before it is made and sent. It is written to
 * this device's disk first: its size must be known, and a photo is more than memory should hold. As
 * on a stick, a record that only lies with a colleague is not sent. */

enum {
    CONNECT_SECONDS = 5, /* there are few devices between here and there */
    STALL_SECONDS = 20,
    ANSWER_LIMIT = 16 << 20, /* words of arrival */
    PATH_ROOM = 1024,
    TEXT_LIMIT = 256,
};

struct near_state {
    struct carrier_settings set;
    struct pack_words words;
    struct near_code code;
    struct http_client *http;
    struct http_reply reply;
    unsigned char from[NEAR_TAG];
    char url[64];
    struct carrier_progress at;
    enum near_word last; /* of the last answer */
};

static void refuse(struct outbox_outcome *outcome, enum outbox_reason reason)
{
    *outcome = (struct outbox_outcome){.action = OUTBOX_RETRY, .reason = reason};
}

/* ---- one ask -------------------------------------------------------------------------------- */

struct sending {
    struct stream *stream;
    struct str rest; /* not sealed yet */
    struct buf sealed;
    size_t at; /* in sealed */
    bool has_begun;
};

static bool read_sealed(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct sending *s = ctx;
    s->has_begun = true;
    if (s->at == s->sealed.n) {
        size_t n = s->rest.n < NEAR_PIECE ? s->rest.n : NEAR_PIECE;
        buf_clear(&s->sealed);
        stream_put(s->stream, &s->sealed, (struct str){s->rest.s, n}, n == s->rest.n);
        s->rest = (struct str){s->rest.s + n, s->rest.n - n};
        s->at = 0;
    }
    size_t left = s->sealed.n - s->at;
    *got = left < room ? left : room;
    memcpy(bytes, s->sealed.s + s->at, *got);
    s->at += *got;
    return true;
}

/* What is sealed once is not sealed again with the same key: a second try is a new ask. */
static bool rewind_sealed(void *ctx, struct err *err)
{
    const struct sending *s = ctx;
    return !s->has_begun || err_set(err, ERR_OFFLINE, 0, "the connection broke");
}

static void tell_progress(void *ctx, int64_t sent, int64_t received)
{
    struct near_state *state = ctx;
    state->at.done = sent;
    if (state->set.progress && state->at.record) {
        state->set.progress(state->set.progress_ctx, &state->at);
    }
}

/* Why there is no answer: it stands in the reason that every waiting record then has. */
static enum outbox_reason reason_of(const struct near_state *state, bool got)
{
    if (state->reply.fault == HTTP_FAULT_STOPPED) {
        return OUTBOX_STOPPED;
    }
    return got && state->reply.status == 403 ? OUTBOX_NEAR_CODE : OUTBOX_NEAR_GONE;
}

/* Asks, and sends the bundle along when there is one. The text of the answer is appended. */
static bool ask(struct near_state *state, const struct near_ask *what, struct str bundle,
                struct buf *text, enum outbox_reason *reason)
{
    struct buf opening = {0}, header = {0};
    struct err err = {0};
    struct sending sending = {.rest = bundle};
    struct http_body body = {near_sealed_size((int64_t)bundle.n), read_sealed, rewind_sealed,
                             &sending};
    sending.stream = near_add_ask(&opening, what, state->code.key);
    text_add_base64url(&header, buf_str(&opening));
    struct http_field field = {NEAR_HEADER, buf_text(&header)};
    struct http_ask request = {.method = bundle.n ? "POST" : "GET",
                               .url = state->url,
                               .fields = &field,
                               .n_fields = 1,
                               .body = bundle.n ? &body : NULL,
                               .limit = ANSWER_LIMIT};
    bool got = http_perform(state->http, &request, &state->reply, &err);
    bool ok = got && state->reply.status == 200 &&
              near_read_answer(&state->last, text, buf_str(&state->reply.body), buf_str(&opening),
                               state->code.key, &err);
    if (!ok) {
        *reason = reason_of(state, got);
        log_warn("the device nearby: %s", err.kind ? err.text : "refused");
    }
    stream_destroy(sending.stream);
    buf_finish(&sending.sealed);
    buf_finish(&opening);
    buf_finish(&header);
    return ok;
}

/* ---- the first ask -------------------------------------------------------------------------- */

static void hear_lists(struct near_state *state, struct str lists)
{
    struct str line;
    struct err err = {0};
    while (lists.n > 0 && str_cut(&lists, '\n', &line)) {
        if (line.n == 0) {
            continue;
        }
        if (!pack_hear(&state->words, line, state->set.organisation_key, &err)) {
            log_warn("a list of arrivals is not used: %s", err.text);
        } else if (state->set.heard) {
            state->set.heard(state->set.heard_ctx, line);
        }
    }
}

/* At each address in turn: the other device may stand in several networks, and only one of them is
 * ours too. An address where something else answers is passed over as well. */
static bool greet(struct near_state *state, struct outbox_outcome *outcome)
{
    struct near_ask hello = {.kind = NEAR_HELLO};
    struct buf lists = {0};
    enum outbox_reason reason = OUTBOX_NEAR_GONE, worst = OUTBOX_NEAR_GONE;
    bool ok = false;
    memcpy(hello.from, state->from, NEAR_TAG);
    near_tag((struct str){(const char *)state->set.organisation_key, SIGN_PUBLIC}, hello.tag);
    for (int i = 0; !ok && i < state->code.n && worst != OUTBOX_STOPPED; i++) {
        snprintf(state->url, sizeof(state->url), "http://%s:%d" NEAR_PATH, state->code.at[i],
                 state->code.port);
        buf_clear(&lists);
        ok = ask(state, &hello, STR(""), &lists, &reason);
        worst = ok || reason == OUTBOX_NEAR_GONE ? worst : reason;
    }
    if (ok && state->last == NEAR_READY) {
        hear_lists(state, buf_str(&lists));
    } else {
        refuse(outcome, !ok                            ? worst
                        : state->last == NEAR_STRANGER ? OUTBOX_NEAR_STRANGER
                                                       : OUTBOX_NEAR_GONE);
        outcome->scope = OUTBOX_ALL;
        ok = false;
    }
    buf_finish(&lists);
    return ok;
}

/* The same as long as that code is shown, and nothing that could be known again by another. */
static void make_from(struct near_state *state)
{
    struct buf text = {0};
    buf_add(&text, state->code.key, NEAR_KEY);
    buf_add_str(&text, str_of(state->set.device_id));
    near_tag(buf_str(&text), state->from);
    buf_wipe(&text);
}

static bool near_open(void *ctx, const struct carrier_settings *settings,
                      struct outbox_outcome *outcome)
{
    struct near_state *state = ctx;
    struct err err = {0};
    state->set = *settings;
    struct http_settings http = {.agent = "gocua/" GOCUA_VERSION,
                                 .connect_seconds = CONNECT_SECONDS,
                                 .stall_seconds = STALL_SECONDS,
                                 .stop = settings->stop,
                                 .progress = tell_progress,
                                 .progress_ctx = state};
    if (!settings->organisation_key) {
        refuse(outcome, OUTBOX_NOT_ENROLLED);
        return false;
    }
    if (!near_read_code(&state->code, str_of(settings->address), &err) ||
        !http_open(&state->http, &http, &err)) {
        refuse(outcome, err.kind == ERR_LIBRARY ? OUTBOX_PROGRAM : OUTBOX_NEAR_CODE);
        return false;
    }
    make_from(state);
    return greet(state, outcome);
}

/* ---- bundles -------------------------------------------------------------------------------- */

/* Our copy has a name that does not outlive it. */
static FILE *open_copy(const struct near_state *state)
{
    char path[PATH_ROOM];
    if (!state->set.folder ||
        snprintf(path, sizeof(path), "%s/near-XXXXXX", state->set.folder) >= PATH_ROOM) {
        return NULL;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
    }
    return fd < 0 ? NULL : fdopen(fd, "w+e");
}

static bool write_copy(void *ctx, const void *bytes, size_t n, struct err *err)
{
    return fwrite(bytes, 1, n, ctx) == n || err_set(err, ERR_STORAGE, 0, "the disk is full");
}

static bool map_copy(FILE *copy, struct str *bytes, struct err *err)
{
    char path[40];
    if (fflush(copy) != 0) {
        return err_set(err, ERR_STORAGE, 0, "the disk is full");
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(copy));
    return file_map(path, SIZE_MAX, bytes, err);
}

/* The same record is the same however often it is sealed. */
static void tag_of(const struct outbox_item *item, unsigned char tag[NEAR_TAG])
{
    struct buf text = {0};
    buf_addf(&text, "%s\n", item->instance_id);
    buf_add_str(&text, item->xml);
    for (size_t i = 0; i < item->n_files; i++) {
        buf_addf(&text, "\n%s %lld", item->files[i].name, (long long)item->files[i].size);
    }
    near_tag(buf_str(&text), tag);
    buf_wipe(&text);
}

static int64_t size_of(const struct outbox_item *item)
{
    int64_t size = (int64_t)item->xml.n + TEXT_LIMIT;
    for (size_t i = 0; i < item->n_files; i++) {
        size += item->files[i].size + TEXT_LIMIT;
    }
    return size;
}

static bool is_there(enum near_word word)
{
    return word == NEAR_KEPT || word == NEAR_KNOWN;
}

/* True when the other device has the bundle; else *reason. */
static bool give(struct near_state *state, struct near_ask *what, struct str bundle,
                 enum outbox_reason *reason)
{
    struct buf text = {0};
    what->kind = NEAR_BUNDLE;
    what->size = (int64_t)bundle.n;
    memcpy(what->from, state->from, NEAR_TAG);
    state->at.total = near_sealed_size(what->size);
    bool ok = ask(state, what, bundle, &text, reason);
    if (ok && !is_there(state->last)) {
        *reason = state->last == NEAR_FULL ? OUTBOX_NEAR_FULL : OUTBOX_NEAR_GONE;
        ok = false;
    }
    buf_finish(&text);
    return ok;
}

/* Asks whether it is wanted: *is_over when nothing needs to go, *reason is set if it was refused.
 */
static bool offer(struct near_state *state, struct near_ask *what, bool *is_over,
                  enum outbox_reason *reason)
{
    struct buf text = {0};
    what->kind = NEAR_OFFER;
    memcpy(what->from, state->from, NEAR_TAG);
    bool ok = ask(state, what, STR(""), &text, reason);
    *is_over = ok && is_there(state->last);
    if (ok && !*is_over && state->last != NEAR_WANTED) {
        *reason = state->last == NEAR_FULL ? OUTBOX_NEAR_FULL : OUTBOX_NEAR_GONE;
        ok = false;
    }
    buf_finish(&text);
    return ok;
}

static enum outbox_reason own_fault(const struct err *err)
{
    switch (err->kind) {
    case ERR_DAMAGED:
    case ERR_MISSING:
    case ERR_INPUT:
        return OUTBOX_DAMAGED; /* a network may still take it: it is not set aside */
    case ERR_CANCELLED:
        return OUTBOX_STOPPED;
    default:
        return OUTBOX_STORAGE;
    }
}

static bool send_record(struct near_state *state, const struct outbox *outbox,
                        const struct outbox_item *item, enum outbox_reason *reason)
{
    struct near_ask what = {.size = size_of(item)};
    struct str bytes = {"", 0};
    struct err err = {0};
    bool is_over = false;
    tag_of(item, what.tag);
    if (!offer(state, &what, &is_over, reason) || is_over) {
        return is_over;
    }
    FILE *copy = open_copy(state);
    struct bundle_sink sink = {write_copy, copy};
    bool ok =
        copy && pack_record(&state->set, outbox, item, &sink, &err) && map_copy(copy, &bytes, &err);
    if (!ok) {
        log_warn("record %lld was not handed over: %s", (long long)item->record, err.text);
        *reason = own_fault(&err);
    }
    ok = ok && give(state, &what, bytes, reason);
    file_unmap(bytes);
    if (copy) {
        fclose(copy);
    }
    return ok;
}

static void near_send(void *ctx, const struct outbox *outbox, struct outbox_item *item,
                      struct outbox_outcome *outcome)
{
    struct near_state *state = ctx;
    enum outbox_reason reason = OUTBOX_HANDED_OVER;
    if (!item->instance_id || !*item->instance_id) {
        *outcome = (struct outbox_outcome){.action = OUTBOX_ASIDE, .reason = OUTBOX_BAD_REQUEST};
        return;
    }
    if (pack_has_arrived(&state->words, outbox, item, outcome)) {
        return;
    }
    state->at = (struct carrier_progress){.step = CARRIER_SEND, .record = item->record};
    bool ok = send_record(state, outbox, item, &reason);
    refuse(outcome, ok ? OUTBOX_HANDED_OVER : reason);
    outcome->is_doubtful = item->is_doubtful;
    if (!ok && reason != OUTBOX_DAMAGED) {
        outcome->scope = OUTBOX_ALL; /* the others would fare no better */
    }
}

static bool near_pass(void *ctx, struct str bundle, struct buf *back, struct err *err)
{
    struct near_state *state = ctx;
    struct near_ask what = {.size = (int64_t)bundle.n};
    enum outbox_reason reason = OUTBOX_NEAR_GONE;
    bool is_over = false;
    state->at = (struct carrier_progress){.step = CARRIER_SEND};
    near_tag(bundle, what.tag);
    return (offer(state, &what, &is_over, &reason) &&
            (is_over || give(state, &what, bundle, &reason))) ||
           err_set(err, ERR_REMOTE, (int)reason, "%s", outbox_reason_name(reason));
}

static void near_close(void *ctx)
{
    struct near_state *state = ctx;
    http_close(state->http);
    http_reply_finish(&state->reply);
    pack_forget(&state->words);
    explicit_bzero(&state->code, sizeof(state->code));
}

const struct carrier carrier_near = {
    .name = "near",
    .state_size = sizeof(struct near_state),
    .open = near_open,
    .send = near_send,
    .pass = near_pass,
    .close = near_close,
};
