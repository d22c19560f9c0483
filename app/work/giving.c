#include "app/work/giving.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/work/app.h"
#include "app/work/enrol.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"

struct giving {
    struct app *app; /* folder, worker and mailbox of it only: they outlive the job */
    struct giving_way way;
    struct key *key;
    uint64_t job;
    pthread_mutex_t lock; /* guards what follows */
    struct giving_status status;
    int owners; /* the screen and the worker */
};

bool giving_weigh(struct app *app, struct giving_load *load, struct err *err)
{
    unsigned char key[SIGN_PUBLIC];
    *load = (struct giving_load){.own = {0}};
    return enrolled_organisation(app->store, key, err) &&
           outbox_whole(app->store, &load->own, err) && carried_look(app, &load->carried, err);
}

static void tell_app(struct giving *giving)
{
    mailbox_post(giving->app->mailbox, &(struct mail){.kind = MAIL_GIVING});
}

static void let_go(struct giving *giving)
{
    pthread_mutex_lock(&giving->lock);
    bool is_last = --giving->owners == 0;
    pthread_mutex_unlock(&giving->lock);
    if (is_last) {
        pthread_mutex_destroy(&giving->lock);
        giving->way.finish(giving->way.ctx);
        free(giving);
    }
}

/* ---- on the worker -------------------------------------------------------------------------- */

static void note(void *ctx, const struct run_report *report)
{
    struct giving *giving = ctx;
    pthread_mutex_lock(&giving->lock);
    struct giving_status *s = &giving->status;
    s->news_ms = clock_mono_ms();
    s->sent = report->step == RUN_SENDING ? report->done : 0;
    s->of = report->step == RUN_SENDING ? report->total : 0;
    if (report->step == RUN_SETTLED) {
        s->done++;
        s->given += report->outcome->reason == OUTBOX_HANDED_OVER;
        s->not_read +=
            report->outcome->reason == OUTBOX_DAMAGED || report->outcome->action == OUTBOX_ASIDE;
    }
    pthread_mutex_unlock(&giving->lock);
    tell_app(giving);
}

static void give_job(void *ctx, const atomic_bool *stop)
{
    struct giving *giving = ctx;
    struct run_result result = {0};
    struct err err = {0};
    struct store *store = NULL;
    bool ok = store_open(giving->app->folder, giving->key, &store, &err);
    struct handover_options options = {
        .store = store, .stop = stop, .tell = note, .tell_ctx = giving};
    ok = ok && giving->way.give(giving->app, giving->way.ctx, &options, &result, &err);
    if (ok && atomic_load(stop) && result.reason == OUTBOX_NO_REASON) {
        result.reason = OUTBOX_STOPPED;
    }
    store_close(store);
    pthread_mutex_lock(&giving->lock);
    giving->status.is_over = true;
    giving->status.result = result;
    giving->status.err = err;
    pthread_mutex_unlock(&giving->lock);
}

static void end_job(void *ctx)
{
    struct giving *giving = ctx;
    pthread_mutex_lock(&giving->lock);
    if (!giving->status.is_over) {
        giving->status.is_over = true;
        giving->status.result.reason = OUTBOX_STOPPED;
    }
    pthread_mutex_unlock(&giving->lock);
    keyslot_forget(giving->key);
    tell_app(giving);
    let_go(giving);
}

/* ---- of the screen -------------------------------------------------------------------------- */

struct giving *giving_begin(struct app *app, const struct giving_way *way)
{
    struct giving *giving = mem_alloc(1, sizeof(*giving));
    giving->app = app;
    giving->way = *way;
    giving->key = keyslot_copy(app->key);
    giving->owners = 2;
    giving->status.news_ms = clock_mono_ms();
    pthread_mutex_init(&giving->lock, NULL);
    giving->job =
        worker_add(app->worker, &(struct job){.run = give_job, .done = end_job, .ctx = giving});
    return giving;
}

void giving_look(struct giving *giving, struct giving_status *status)
{
    pthread_mutex_lock(&giving->lock);
    *status = giving->status;
    pthread_mutex_unlock(&giving->lock);
}

void giving_stop(struct giving *giving)
{
    worker_cancel(giving->app->worker, giving->job);
}

void giving_leave(struct giving *giving)
{
    if (giving) {
        giving_stop(giving);
        let_go(giving);
    }
}
