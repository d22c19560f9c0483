#include "app/work/stick.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/work/app.h"
#include "app/work/enrol.h"
#include "app/work/handover.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"

struct stick_run {
    struct app *app; /* folder, worker and mailbox of it only: they outlive the job */
    struct stick stick;
    struct key *key;
    uint64_t job;
    pthread_mutex_t lock; /* guards what follows */
    struct stick_status status;
    int owners; /* the screen and the worker */
};

bool stick_weigh(struct app *app, struct stick_load *load, struct err *err)
{
    unsigned char key[SIGN_PUBLIC];
    *load = (struct stick_load){.own = {0}};
    return enrolled_organisation(app->store, key, err) &&
           outbox_whole(app->store, &load->own, err) && carried_look(app, &load->carried, err);
}

static void tell_app(struct stick_run *run)
{
    struct mail mail = {.kind = MAIL_STICK};
    mailbox_post(run->app->mailbox, &mail);
}

static void let_go(struct stick_run *run)
{
    pthread_mutex_lock(&run->lock);
    bool is_last = --run->owners == 0;
    pthread_mutex_unlock(&run->lock);
    if (is_last) {
        pthread_mutex_destroy(&run->lock);
        free(run);
    }
}

/* ---- on the worker -------------------------------------------------------------------------- */

static void note(void *ctx, const struct run_report *report)
{
    struct stick_run *run = ctx;
    if (report->step == RUN_SETTLED) {
        pthread_mutex_lock(&run->lock);
        run->status.done++;
        run->status.on_it += report->outcome->reason == OUTBOX_HANDED_OVER;
        run->status.not_read +=
            report->outcome->reason == OUTBOX_DAMAGED || report->outcome->action == OUTBOX_ASIDE;
        pthread_mutex_unlock(&run->lock);
        tell_app(run);
    }
}

/* The stick's own folder, or -1 when another one or none is mounted there by now. */
static int hold(const struct stick *stick)
{
    struct stat st;
    int fd = open(stick->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_dev != stick->device)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The last word is the stick's: all of it is on the stick, or an errno. */
static void write_all(struct stick_run *run, const atomic_bool *stop, struct stick_status *status)
{
    char folder[64];
    struct store *store = NULL;
    int fd = hold(&run->stick);
    if (fd < 0) {
        status->result.reason = OUTBOX_STICK_GONE;
        return;
    }
    snprintf(folder, sizeof(folder), "/proc/self/fd/%d", fd);
    bool ok = store_open(run->app->folder, run->key, &store, &status->err);
    const struct handover_options options = {
        .folder = folder, .store = store, .stop = stop, .tell = note, .tell_ctx = run};
    ok = ok && handover_to_folder(run->app, &options, &status->result, &status->err);
    if (syncfs(fd) != 0 && ok && status->result.reason == OUTBOX_NO_REASON) {
        status->result.reason = carrier_folder_reason(errno);
    }
    if (ok && atomic_load(stop) && status->result.reason == OUTBOX_NO_REASON) {
        status->result.reason = OUTBOX_STOPPED;
    }
    store_close(store);
    close(fd);
}

static void write_job(void *ctx, const atomic_bool *stop)
{
    struct stick_run *run = ctx;
    struct stick_status last = {.is_over = false};
    write_all(run, stop, &last);
    pthread_mutex_lock(&run->lock);
    run->status.is_over = true;
    run->status.result = last.result;
    run->status.err = last.err;
    pthread_mutex_unlock(&run->lock);
}

static void end_job(void *ctx)
{
    struct stick_run *run = ctx;
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

struct stick_run *stick_begin(struct app *app, const struct stick *stick)
{
    struct stick_run *run = mem_alloc(1, sizeof(*run));
    run->app = app;
    run->stick = *stick;
    run->key = keyslot_copy(app->key);
    run->owners = 2;
    pthread_mutex_init(&run->lock, NULL);
    run->job =
        worker_add(app->worker, &(struct job){.run = write_job, .done = end_job, .ctx = run});
    return run;
}

void stick_look(struct stick_run *run, struct stick_status *status)
{
    pthread_mutex_lock(&run->lock);
    *status = run->status;
    pthread_mutex_unlock(&run->lock);
}

void stick_stop(struct stick_run *run)
{
    worker_cancel(run->app->worker, run->job);
}

void stick_leave(struct stick_run *run)
{
    if (run) {
        stick_stop(run);
        let_go(run);
    }
}
