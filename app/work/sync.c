#define LOG_ROOM "sync"
#include "app/work/sync.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/work/app.h"
#include "app/work/budget.h"
#include "app/work/carried.h"
#include "app/work/enrol.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/system/network.h"
#include "sync/run/retry.h"

/* A hub in the same room costs nothing to ask: it is asked often. Others by the back-off. */
enum {
    NEAR_WAIT_MS = 5000,
    FETCH_EVERY_MS = 3600 * 1000,
    PURGE_EVERY_MS = 3600 * 1000,
    COUNT_EVERY = 64 << 10
};

enum { TO_UNLOCK = 1, TO_LOCK, TO_SEND, TO_FETCH, TO_NETWORK };

struct sync {
    struct app *app;
    char folder[STORE_PATH];
    struct mailbox *box;
    struct worker *worker;
    struct network *network;
    atomic_bool stop_session;
    pthread_mutex_t lock; /* guards status */
    struct sync_status status;
    /* of the thread: */
    struct key *key;
    struct store *store;
    struct enrolled *place;
    bool screen_is_locked, network_is_back, wants_fetch, wants_send;
    int64_t last_fetch_ms;
    bool counts;                      /* the network of this session is not free */
    int64_t counted;                  /* bytes of this session that are in the budget */
    int64_t fetch_due_ms, fetch_vain; /* a fetch broke off: when again, and how often in a row */
    int64_t purged_ms;                /* monotonic; 0: not since the store was opened */
};

static void post(struct sync *sync, int kind, struct key *parcel)
{
    struct mail mail = {
        .kind = kind, .parcel = parcel, .discard = (void (*)(void *))keyslot_forget};
    mailbox_post(sync->box, &mail);
}

static void tell_app(struct sync *sync)
{
    struct mail mail = {.kind = MAIL_SYNC};
    mailbox_post(sync->app->mailbox, &mail);
}

static void network_changed(void *ctx)
{
    post(ctx, TO_NETWORK, NULL);
}

/* Without news of the network one is assumed: a session will tell. */
static void look_at_network(struct sync *sync, struct network_state *state)
{
    *state = (struct network_state){.has_route = true, .has_address = true};
    if (sync->network) {
        network_look(sync->network, state);
    }
}

static void forget(struct sync *sync)
{
    enrolled_destroy(sync->place);
    store_close(sync->store);
    keyslot_forget(sync->key);
    sync->place = NULL;
    sync->store = NULL;
    sync->key = NULL;
}

static void take_key(struct sync *sync, struct key *key)
{
    struct err err = {0};
    forget(sync);
    sync->key = key;
    if (!store_open(sync->folder, key, &sync->store, &err) ||
        !enrolled_load(sync->store, &sync->place, &err)) {
        log_warn("cannot open the store to send: %s", err.text);
        forget(sync);
    }
}

static int64_t waiting_records(struct sync *sync)
{
    const struct record_filter filter = {.states = 1u << RECORD_READY | 1u << RECORD_SENDING};
    int64_t count = 0;
    return record_count(sync->store, &filter, &count, NULL) ? count : 0;
}

/* What a session has moved is on disk soon after: a kill gives no data back. */
static void count(struct sync *sync, const struct run_report *report)
{
    int64_t fresh = report->moved - sync->counted;
    if (sync->counts && fresh > 0 && (fresh >= COUNT_EVERY || report->step >= RUN_SETTLED)) {
        budget_spend(sync->store, fresh);
        sync->counted = report->moved;
    }
}

static void note(void *ctx, const struct run_report *report)
{
    struct sync *sync = ctx;
    count(sync, report);
    pthread_mutex_lock(&sync->lock);
    sync->status.step = report->step;
    sync->status.record = report->record;
    sync->status.done = report->done;
    sync->status.total = report->total;
    if (report->step == RUN_SETTLED && report->outcome->action == OUTBOX_SENT) {
        sync->status.sent_in_all++;
    }
    pthread_mutex_unlock(&sync->lock);
    tell_app(sync);
}

static void set_running(struct sync *sync, bool running)
{
    pthread_mutex_lock(&sync->lock);
    sync->status.is_running = running;
    sync->status.is_enrolled = sync->place && enrolled_has_server(sync->place);
    sync->status.record = 0;
    pthread_mutex_unlock(&sync->lock);
    tell_app(sync);
}

/* Forms are looked for once an hour; a fetch that broke off goes on by the back-off, which begins
 * anew when something came. */
static void plan_fetch(struct sync *sync, bool fetched, const struct run_result *result)
{
    int64_t now = clock_now_ms();
    bool is_through = result->is_connected && result->reason == OUTBOX_NO_REASON;
    if (fetched && is_through) {
        sync->last_fetch_ms = now;
        sync->fetch_vain = sync->fetch_due_ms = 0;
    } else if (fetched) {
        sync->fetch_vain = result->news.bytes > 0 ? 1 : sync->fetch_vain + 1;
        sync->fetch_due_ms = now + retry_wait_ms((int)sync->fetch_vain, 0);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

/* When the next one is due by itself: for records, for a fetch that broke off, and tomorrow when
 * something waits for that. */
static int64_t next_session(struct sync *sync, const struct run_result *result)
{
    int64_t files = 0, bytes = 0, next = earlier(result->next_ms, sync->fetch_due_ms);
    if (outbox_held(sync->store, OUTBOX_BUDGET, &files, &bytes, NULL) && files > 0) {
        next = earlier(next, budget_tomorrow_ms());
    }
    return next;
}

/* Runs one session; returns when to run the next by itself (wall clock), 0 when nothing asks. */
static int64_t session(struct sync *sync)
{
    struct run_settings settings = {0};
    struct run_result result = {0};
    struct err err = {0};
    struct network_state network = {0};
    int64_t now = clock_now_ms();
    bool fetch = sync->wants_fetch || now - sync->last_fetch_ms > FETCH_EVERY_MS ||
                 now < sync->last_fetch_ms || (sync->fetch_due_ms > 0 && now >= sync->fetch_due_ms);
    look_at_network(sync, &network);
    enrolled_fill(sync->place, sync->store, fetch, &settings);
    sync->counts = network.cost != NETWORK_FREE && !enrolled_is_near(sync->place);
    sync->counted = 0;
    settings.holds_files = network.cost == NETWORK_METERED && sync->counts &&
                           enrolled_wants_free(sync->place, sync->store);
    if (sync->counts) {
        budget_fill(sync->store, &settings);
    }
    settings.is_network_back = sync->network_is_back || sync->wants_send;
    settings.is_asked = sync->wants_fetch; /* a person asked: holds are tried again too */
    settings.stop = settings.to.stop = &sync->stop_session;
    settings.tell = note;
    settings.tell_ctx = sync;
    sync->wants_fetch = sync->wants_send = sync->network_is_back = false;
    set_running(sync, true);
    if (!carried_session(sync->app, &settings, &result, &err)) {
        log_error("session: %s", err.text);
    }
    outbox_end(&settings.outbox);
    plan_fetch(sync, fetch, &result);
    pthread_mutex_lock(&sync->lock);
    sync->status.reason = result.reason;
    memcpy(sync->status.message, result.message, sizeof(result.message));
    sync->status.news = result.news;
    sync->status.last_ms = clock_now_ms();
    pthread_mutex_unlock(&sync->lock);
    return next_session(sync, &result);
}

/* Nobody but this device can be reached, so that no session is begun and nothing is loaded for one;
 * what was asked for is done when the network is back, which the watcher tells. */
static bool is_cut_off(struct sync *sync)
{
    struct network_state network;
    look_at_network(sync, &network);
    if (network.has_address || enrolled_is_here(sync->place)) {
        return false;
    }
    sync->last_fetch_ms = sync->wants_fetch ? 0 : sync->last_fetch_ms;
    sync->wants_send = sync->wants_fetch = sync->network_is_back = false;
    pthread_mutex_lock(&sync->lock);
    sync->status.reason = OUTBOX_NO_NETWORK;
    pthread_mutex_unlock(&sync->lock);
    return true;
}

/* Is a session due now? Fills *wait with the milliseconds to sleep otherwise, -1: until told. */
static bool is_due(struct sync *sync, int64_t next_ms, int *wait)
{
    int64_t now = clock_now_ms(), waiting = 0;
    *wait = -1;
    if (!sync->store || !enrolled_has_server(sync->place) || is_cut_off(sync)) {
        return false;
    }
    if (sync->wants_send || sync->wants_fetch || sync->network_is_back) {
        return true;
    }
    waiting = waiting_records(sync);
    if (waiting > 0 && enrolled_is_near(sync->place) &&
        retry_is_about_network(sync->status.reason) &&
        (next_ms == 0 || next_ms > now + NEAR_WAIT_MS)) {
        next_ms = sync->status.last_ms + NEAR_WAIT_MS;
        sync->network_is_back = next_ms <= now;
    }
    if (next_ms > 0) {
        *wait = next_ms <= now ? 0 : next_ms - now > 3600000 ? 3600000 : (int)(next_ms - now);
    }
    return *wait == 0;
}

/* What was sent long ago and seen on the server twice leaves this device. */
static void purge(struct sync *sync)
{
    int64_t now = clock_mono_ms(), count = 0;
    struct err err = {0};
    if (!sync->store || (sync->purged_ms > 0 && now - sync->purged_ms < PURGE_EVERY_MS)) {
        return;
    }
    sync->purged_ms = now;
    if (!record_purge(sync->store, enrolled_keep_days(sync->place, sync->store), &count, &err)) {
        log_warn("sent records are not removed: %s", err.text);
    } else if (count > 0) {
        log_info("%d sent records were removed", (int)count);
    }
}

static void take_mail(struct sync *sync, struct mail *mail)
{
    switch (mail->kind) {
    case TO_UNLOCK:
        take_key(sync, mail->parcel);
        mail->parcel = NULL;
        sync->screen_is_locked = false;
        sync->wants_send = sync->store && waiting_records(sync) > 0;
        break;
    case TO_LOCK:
        sync->screen_is_locked = true;
        break;
    case TO_FETCH:
        sync->wants_fetch = true;
        sync->wants_send = true;
        break;
    case TO_SEND:
        sync->wants_send = true;
        break;
    case TO_NETWORK:
        sync->network_is_back = true;
        break;
    default:
        break;
    }
    mail_discard(mail);
}

static void note_next(struct sync *sync, int64_t next_ms)
{
    struct network_state network = {0};
    look_at_network(sync, &network);
    pthread_mutex_lock(&sync->lock);
    sync->status.has_route = network.has_route;
    sync->status.next_ms = next_ms;
    pthread_mutex_unlock(&sync->lock);
    set_running(sync, false);
}

static void loop(void *ctx, const atomic_bool *stop)
{
    struct sync *sync = ctx;
    struct mail mail;
    int64_t next_ms = 0;
    int wait = -1;
    while (!atomic_load(stop)) {
        mailbox_wait(sync->box, wait);
        while (mailbox_take(sync->box, &mail)) {
            take_mail(sync, &mail);
        }
        if (sync->store) {
            enrolled_refresh(sync->place, sync->store);
        }
        while (!atomic_load(stop) && is_due(sync, next_ms, &wait)) {
            next_ms = session(sync);
        }
        purge(sync);
        if (sync->screen_is_locked && sync->store &&
            (waiting_records(sync) == 0 || !enrolled_sends_locked(sync->place, sync->store))) {
            forget(sync);
            wait = -1;
        }
        note_next(sync, wait < 0 ? 0 : clock_now_ms() + wait);
    }
    forget(sync);
}

bool sync_create(struct app *app, struct sync **out, struct err *err)
{
    struct sync *sync = mem_alloc(1, sizeof(*sync));
    sync->app = app;
    memcpy(sync->folder, app->folder, sizeof(sync->folder));
    pthread_mutex_init(&sync->lock, NULL);
    sync->box = mailbox_create(NULL, NULL);
    if (!network_open(&sync->network, network_changed, sync, err)) {
        log_warn("no news of the network: %s", err ? err->text : "");
        err_clear(err);
    }
    sync->worker = worker_create();
    worker_add(sync->worker, &(struct job){.run = loop, .ctx = sync});
    *out = sync;
    return true;
}

void sync_destroy(struct sync *sync)
{
    if (sync) {
        atomic_store(&sync->stop_session, true);
        worker_stop(sync->worker);
        post(sync, TO_LOCK, NULL); /* makes the thread look at its flag */
        worker_destroy(sync->worker);
        network_close(sync->network);
        mailbox_destroy(sync->box);
        pthread_mutex_destroy(&sync->lock);
        free(sync);
    }
}

void sync_unlocked(struct sync *sync)
{
    post(sync, TO_UNLOCK, keyslot_copy(sync->app->key));
}

void sync_locked(struct sync *sync)
{
    post(sync, TO_LOCK, NULL);
}

void sync_kick(struct sync *sync, bool fetch)
{
    if (sync) {
        post(sync, fetch ? TO_FETCH : TO_SEND, NULL);
    }
}

void sync_look(struct sync *sync, struct sync_status *status)
{
    *status = (struct sync_status){.is_enrolled = false};
    if (!sync) {
        return;
    }
    pthread_mutex_lock(&sync->lock);
    *status = sync->status;
    pthread_mutex_unlock(&sync->lock);
}

bool sync_now(struct app *app, const struct sync_options *options, struct run_result *result,
              struct err *err)
{
    struct run_settings settings = {0};
    struct enrolled *place = NULL;
    atomic_bool stop = false;
    bool ok = enrolled_load(app->store, &place, err);
    if (ok && !enrolled_has_server(place)) {
        ok = err_set(err, ERR_MISSING, 0, "the device is not enrolled at a server");
    }
    if (ok) {
        enrolled_fill(place, app->store, options->fetch, &settings);
        struct outbox all = settings.outbox;
        settings.outbox.ops = options->send ? all.ops : NULL;
        settings.is_asked = settings.is_network_back = true;
        settings.asks_all = options->again;
        int64_t doubted = 0;
        ok = !options->again || record_doubt_sent(app->store, &doubted, err);
        settings.stop = settings.to.stop = &stop;
        settings.tell = options->tell;
        settings.tell_ctx = options->ctx;
        ok = ok && carried_session(app, &settings, result, err);
        outbox_end(&all);
    }
    enrolled_destroy(place);
    return ok;
}
