#include "app/work/near.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/work/app.h"
#include "app/work/handover.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"

struct near_run {
    struct app *app; /* folder, worker and mailbox of it only: they outlive the job */
    char *code;
    struct key *key;
    uint64_t job;
    pthread_mutex_t lock; /* guards what follows */
    struct near_status status;
    int owners; /* the screen and the worker */
};

static void tell_app(struct near_run *run)
{
    mailbox_post(run->app->mailbox, &(struct mail){.kind = MAIL_NEAR});
}

static void let_go(struct near_run *run)
{
    pthread_mutex_lock(&run->lock);
    bool is_last = --run->owners == 0;
    pthread_mutex_unlock(&run->lock);
    if (is_last) {
        pthread_mutex_destroy(&run->lock);
        explicit_bzero(run->code, strlen(run->code));
        free(run->code);
        free(run);
    }
}

/* ---- on the worker -------------------------------------------------------------------------- */

static void note(void *ctx, const struct run_report *report)
{
    struct near_run *run = ctx;
    pthread_mutex_lock(&run->lock);
    struct near_status *s = &run->status;
    s->news_ms = clock_mono_ms();
    s->sent = report->step == RUN_SENDING ? report->done : 0;
    s->of = report->step == RUN_SENDING ? report->total : 0;
    if (report->step == RUN_SETTLED) {
        s->done++;
        s->given += report->outcome->reason == OUTBOX_HANDED_OVER;
        s->not_read +=
            report->outcome->reason == OUTBOX_DAMAGED || report->outcome->action == OUTBOX_ASIDE;
    }
    pthread_mutex_unlock(&run->lock);
    tell_app(run);
}

static void give_job(void *ctx, const atomic_bool *stop)
{
    struct near_run *run = ctx;
    struct near_status last = {.is_over = false};
    struct store *store = NULL;
    bool ok = store_open(run->app->folder, run->key, &store, &last.err);
    const struct handover_options options = {
        .code = run->code, .store = store, .stop = stop, .tell = note, .tell_ctx = run};
    ok = ok && handover_nearby(run->app, &options, &last.result, &last.err);
    if (ok && atomic_load(stop) && last.result.reason == OUTBOX_NO_REASON) {
        last.result.reason = OUTBOX_STOPPED;
    }
    store_close(store);
    pthread_mutex_lock(&run->lock);
    run->status.is_over = true;
    run->status.result = last.result;
    run->status.err = last.err;
    pthread_mutex_unlock(&run->lock);
}

static void end_job(void *ctx)
{
    struct near_run *run = ctx;
    pthread_mutex_lock(&run->lock);
    if (!run->status.is_over) {
        run->status.is_over = true;
        run->status.result.reason = OUTBOX_STOPPED;
    }
    pthread_mutex_unlock(&run->lock);
    keyslot_forget(run->key);
    tell_app(run);
    let_go(run);
}

/* ---- of the screen -------------------------------------------------------------------------- */

struct near_run *near_begin(struct app *app, struct str code)
{
    struct near_run *run = mem_alloc(1, sizeof(*run));
    run->app = app;
    run->code = mem_strndup(code.s, code.n);
    run->key = keyslot_copy(app->key);
    run->owners = 2;
    run->status.news_ms = clock_mono_ms();
    pthread_mutex_init(&run->lock, NULL);
    run->job = worker_add(app->worker, &(struct job){.run = give_job, .done = end_job, .ctx = run});
    return run;
}

void near_look(struct near_run *run, struct near_status *status)
{
    pthread_mutex_lock(&run->lock);
    *status = run->status;
    pthread_mutex_unlock(&run->lock);
}

void near_stop(struct near_run *run)
{
    worker_cancel(run->app->worker, run->job);
}

void near_leave(struct near_run *run)
{
    if (run) {
        near_stop(run);
        let_go(run);
    }
}
