#include "app/work/receive.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/work/app.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"
#include "platform/system/address.h"
#include "sync/handover/bundle.h"
#include "sync/handover/text.h"
#include "sync/http/server.h"

enum {
    DEVICES_MOST = 64, /* told apart */
    HEADER_MOST = 200,
    CONNECTIONS = 16,
    OF_ONE_ADDRESS = 4,
    IDLE_S = 30,
    LISTS_MOST = 8 << 20,
    TELL_MS = 300,
};

/* What a bundle is larger than its content. */
#define SIZE_MOST (BUNDLE_SIZE_LIMIT + BUNDLE_SIZE_LIMIT / 64)

struct receive {
    struct app *app; /* folder and mailbox of it only */
    struct http_server *server;
    struct near_code code;
    unsigned char organisation[NEAR_TAG];
    pthread_mutex_t lock; /* guards what follows */
    struct receive_status status;
    unsigned char devices[DEVICES_MOST][NEAR_TAG];
    int64_t told_ms;
};

/* One ask. */
struct visit {
    struct near_ask ask;
    struct buf opening;
    struct near_body body;
    struct carried_coming *coming;
    int64_t bytes;
    bool is_kept;
};

static void tell(struct receive *r, bool always)
{
    int64_t now = clock_mono_ms();
    pthread_mutex_lock(&r->lock);
    bool is_due = always || now - r->told_ms >= TELL_MS;
    r->told_ms = is_due ? now : r->told_ms;
    pthread_mutex_unlock(&r->lock);
    if (is_due) {
        mailbox_post(r->app->mailbox, &(struct mail){.kind = MAIL_RECEIVE});
    }
}

/* ---- one ask -------------------------------------------------------------------------------- */

static void refuse(struct receive *r, struct http_request *request, int status)
{
    pthread_mutex_lock(&r->lock);
    r->status.refused++;
    pthread_mutex_unlock(&r->lock);
    http_answer(request, status, NULL, STR(""));
}

static void answer(struct receive *r, struct http_request *request, enum near_word word,
                   struct str text)
{
    struct visit *visit = http_request_state(request);
    struct buf bytes = {0};
    pthread_mutex_lock(&r->lock);
    r->status.bundles += word == NEAR_KEPT;
    r->status.known += word == NEAR_KNOWN;
    r->status.refused += word == NEAR_BAD || word == NEAR_STRANGER;
    r->status.is_full = word == NEAR_FULL || (r->status.is_full && word == NEAR_READY);
    pthread_mutex_unlock(&r->lock);
    near_add_answer(&bytes, word, text, buf_str(&visit->opening), r->code.key);
    http_answer(request, 200, "application/octet-stream", buf_str(&bytes));
    buf_finish(&bytes);
    tell(r, true);
}

static void note_device(struct receive *r, const struct near_ask *ask)
{
    pthread_mutex_lock(&r->lock);
    int i = 0;
    while (i < r->status.devices && memcmp(r->devices[i], ask->from, NEAR_TAG) != 0) {
        i++;
    }
    if (i == r->status.devices && i < DEVICES_MOST) {
        memcpy(r->devices[i], ask->from, NEAR_TAG);
        r->status.devices++;
    }
    r->status.last_ms = clock_mono_ms();
    pthread_mutex_unlock(&r->lock);
}

static bool keep_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct visit *visit = ctx;
    return carried_add(visit->coming, bytes, n, err);
}

/* A bundle is about to come: what cannot be kept is refused before it does. */
static void begin_bundle(struct receive *r, struct http_request *request, struct visit *visit)
{
    struct err err = {0};
    if (http_request_method(request) != HTTP_POST || visit->ask.size > SIZE_MOST ||
        http_request_length(request) != near_sealed_size(visit->ask.size)) {
        refuse(r, request, 400);
    } else if (carried_has(r->app, visit->ask.tag)) {
        answer(r, request, NEAR_KNOWN, STR(""));
    } else if (!carried_begin(r->app, visit->ask.size, &visit->coming, &err)) {
        answer(r, request, NEAR_FULL, STR(""));
    } else {
        visit->body.left = visit->ask.size;
        visit->body.write = keep_bytes;
        visit->body.ctx = visit;
        pthread_mutex_lock(&r->lock);
        r->status.coming++;
        pthread_mutex_unlock(&r->lock);
    }
}

static void on_begin(void *ctx, struct http_request *request)
{
    struct receive *r = ctx;
    const char *header = http_request_header(request, NEAR_HEADER);
    struct err err = {0};
    if (!str_is(http_request_path(request), NEAR_PATH) || !header || strlen(header) > HEADER_MOST) {
        refuse(r, request, 404);
        return;
    }
    struct visit *visit = mem_alloc(1, sizeof(*visit));
    http_request_set_state(request, visit);
    if (!text_from_base64url(&visit->opening, str_of(header)) ||
        !near_read_ask(&visit->ask, &visit->body.stream, buf_str(&visit->opening), r->code.key,
                       &err)) {
        refuse(r, request, 403);
        return;
    }
    note_device(r, &visit->ask);
    if (visit->ask.kind == NEAR_BUNDLE) {
        begin_bundle(r, request, visit);
    } else if (http_request_method(request) != HTTP_GET) {
        refuse(r, request, 400);
    }
}

static void on_body(void *ctx, struct http_request *request, struct str bytes)
{
    struct receive *r = ctx;
    struct visit *visit = http_request_state(request);
    struct err err = {0};
    if (!visit || !visit->coming) {
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->status.bytes += (int64_t)bytes.n;
    r->status.last_ms = clock_mono_ms();
    pthread_mutex_unlock(&r->lock);
    visit->bytes += (int64_t)bytes.n;
    if (near_body_feed(&visit->body, bytes, &err)) {
        tell(r, false);
    } else if (err.kind == ERR_DAMAGED) {
        refuse(r, request, 403);
    } else {
        answer(r, request, err.kind == ERR_STORAGE ? NEAR_FULL : NEAR_BAD, STR(""));
    }
}

static void end_hello(struct receive *r, struct http_request *request, const struct visit *visit)
{
    struct buf lists = {.limit = LISTS_MOST};
    struct err err = {0};
    if (memcmp(visit->ask.tag, r->organisation, NEAR_TAG) != 0) {
        answer(r, request, NEAR_STRANGER, STR(""));
        return;
    }
    /* Words that cannot be read here now are brought back another time. */
    bool ok = carried_answers(r->app, &lists, &err);
    answer(r, request, NEAR_READY, ok ? buf_str(&lists) : STR(""));
    buf_finish(&lists);
}

static void end_bundle(struct receive *r, struct http_request *request, struct visit *visit)
{
    struct err err = {0};
    bool is_known = false;
    bool ok = carried_keep_whole(visit->coming, visit->ask.tag, &is_known, &err);
    visit->is_kept = ok && !is_known;
    answer(r, request,
           !ok        ? (err.kind == ERR_STORAGE ? NEAR_FULL : NEAR_BAD)
           : is_known ? NEAR_KNOWN
                      : NEAR_KEPT,
           STR(""));
}

static void on_end(void *ctx, struct http_request *request)
{
    struct receive *r = ctx;
    struct visit *visit = http_request_state(request);
    if (visit->ask.kind == NEAR_HELLO) {
        end_hello(r, request, visit);
    } else if (visit->ask.kind == NEAR_BUNDLE) {
        end_bundle(r, request, visit);
    } else {
        bool is_known = carried_has(r->app, visit->ask.tag);
        bool fits = visit->ask.size <= SIZE_MOST && carried_has_room(r->app, visit->ask.size, NULL);
        answer(r, request, is_known ? NEAR_KNOWN : fits ? NEAR_WANTED : NEAR_FULL, STR(""));
    }
}

static void on_gone(void *ctx, struct http_request *request)
{
    struct receive *r = ctx;
    struct visit *visit = http_request_state(request);
    if (!visit) {
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->status.coming -= visit->coming != NULL;
    r->status.bytes -= visit->is_kept ? 0 : visit->bytes;
    pthread_mutex_unlock(&r->lock);
    if (visit->coming) {
        tell(r, true);
    }
    carried_end(visit->coming);
    stream_destroy(visit->body.stream);
    buf_finish(&visit->body.sealed);
    buf_finish(&visit->body.clear);
    buf_finish(&visit->opening);
    free(visit);
}

/* ---- as a whole ----------------------------------------------------------------------------- */

static bool find_organisation(struct receive *r, struct err *err)
{
    unsigned char key[SIGN_PUBLIC] = {0};
    bool ok = enrolled_organisation(r->app->store, key, err);
    near_tag((struct str){(const char *)key, SIGN_PUBLIC}, r->organisation);
    return ok;
}

static bool find_addresses(struct receive *r, struct err *err)
{
    char at[ADDRESSES][ADDRESS_TEXT];
    int n = address_list(at);
    for (int i = 0; i < n && r->code.n < NEAR_ADDRESSES; i++) {
        if (near_is_local(at[i])) {
            snprintf(r->code.at[r->code.n++], NEAR_ADDRESS_TEXT, "%s", at[i]);
        }
    }
    return r->code.n > 0 || err_set(err, ERR_OFFLINE, 0, "no network nearby");
}

bool receive_begin(struct app *app, struct receive **out, struct err *err)
{
    struct receive *r = mem_alloc(1, sizeof(*r));
    r->app = app;
    r->status.last_ms = clock_mono_ms();
    pthread_mutex_init(&r->lock, NULL);
    rand_bytes(r->code.key, sizeof(r->code.key));
    const struct http_server_options options = {
        .host = getenv("GOCUA_NEAR") ? "127.0.0.1" : "0.0.0.0",
        .connections = CONNECTIONS,
        .per_address = OF_ONE_ADDRESS,
        .idle_s = IDLE_S,
        .handler = {on_begin, on_body, on_end, on_gone},
        .ctx = r,
    };
    bool ok = find_organisation(r, err) && find_addresses(r, err);
    if (ok) {
        carried_clean(app);
        ok = http_server_start(&r->server, &options, err);
    }
    if (ok) {
        r->code.port = http_server_port(r->server);
        *out = r;
    } else {
        receive_end(r);
    }
    return ok;
}

const struct near_code *receive_code(const struct receive *receive)
{
    return &receive->code;
}

void receive_look(struct receive *receive, struct receive_status *status)
{
    pthread_mutex_lock(&receive->lock);
    *status = receive->status;
    pthread_mutex_unlock(&receive->lock);
}

void receive_end(struct receive *r)
{
    if (r) {
        http_server_stop(r->server);
        pthread_mutex_destroy(&r->lock);
        explicit_bzero(r, sizeof(*r));
        free(r);
    }
}
