#include "platform/base/aside.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "platform/base/mem.h"

enum { ONE_MS = 1000000, ONE_S = 1000000000 };

struct aside {
    void (*still)(void *ctx, int64_t ms);
    void *still_ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t begun, done;
    void (*work)(void *ctx); /* NULL: nothing to do */
    void *work_ctx;
    bool is_over;
    bool is_waiting; /* the owner's alone: still is no place for work aside */
};

static _Thread_local struct aside *mine;

static void *serve(void *ctx)
{
    struct aside *aside = ctx;
    pthread_mutex_lock(&aside->lock);
    while (!aside->is_over) {
        if (!aside->work) {
            pthread_cond_wait(&aside->begun, &aside->lock);
            continue;
        }
        pthread_mutex_unlock(&aside->lock);
        aside->work(aside->work_ctx);
        pthread_mutex_lock(&aside->lock);
        aside->work = NULL;
        pthread_cond_signal(&aside->done);
    }
    pthread_mutex_unlock(&aside->lock);
    return NULL;
}

static void conditions_init(struct aside *aside)
{
    pthread_condattr_t steady; /* a wall clock that is set must not end or stretch a wait */
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&aside->lock, NULL);
    pthread_cond_init(&aside->begun, &steady);
    pthread_cond_init(&aside->done, &steady);
    pthread_condattr_destroy(&steady);
}

static void aside_free(struct aside *aside)
{
    pthread_cond_destroy(&aside->begun);
    pthread_cond_destroy(&aside->done);
    pthread_mutex_destroy(&aside->lock);
    free(aside);
}

struct aside *aside_create(void (*still)(void *ctx, int64_t ms), void *ctx)
{
    struct aside *aside = mem_alloc(1, sizeof(*aside));
    aside->still = still;
    aside->still_ctx = ctx;
    conditions_init(aside);
    if (mine || pthread_create(&aside->thread, NULL, serve, aside) != 0) {
        aside_free(aside);
        return NULL;
    }
    mine = aside;
    return aside;
}

void aside_destroy(struct aside *aside)
{
    if (!aside) {
        return;
    }
    mine = NULL;
    pthread_mutex_lock(&aside->lock);
    aside->is_over = true;
    pthread_cond_signal(&aside->begun);
    pthread_mutex_unlock(&aside->lock);
    pthread_join(aside->thread, NULL);
    aside_free(aside);
}

static struct timespec after(struct timespec from, int64_t ms)
{
    int64_t ns = from.tv_nsec + ms * ONE_MS;
    return (struct timespec){from.tv_sec + (time_t)(ns / ONE_S), (long)(ns % ONE_S)};
}

/* Waits for the work, which is under way; the lock is held. */
static void wait_for(struct aside *aside)
{
    struct timespec begin;
    int64_t ms = ASIDE_STEP_MS;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    while (aside->work) {
        struct timespec due = after(begin, ms);
        if (pthread_cond_timedwait(&aside->done, &aside->lock, &due) == ETIMEDOUT && aside->work) {
            pthread_mutex_unlock(&aside->lock);
            aside->still(aside->still_ctx, ms);
            pthread_mutex_lock(&aside->lock);
            ms += ASIDE_STEP_MS;
        }
    }
}

void aside_do(void (*work)(void *ctx), void *ctx)
{
    struct aside *aside = mine;
    if (!aside || aside->is_waiting) {
        work(ctx);
        return;
    }
    aside->is_waiting = true;
    pthread_mutex_lock(&aside->lock);
    aside->work = work;
    aside->work_ctx = ctx;
    pthread_cond_signal(&aside->begun);
    wait_for(aside);
    pthread_mutex_unlock(&aside->lock);
    aside->is_waiting = false;
}

/* ---- files ---- */

struct sync_work {
    int fd, result, error;
    int (*call)(int fd);
};

static void sync_one(void *ctx)
{
    struct sync_work *work = ctx;
    work->result = work->call(work->fd);
    work->error = errno;
}

static int sync_by(int fd, int (*call)(int fd))
{
    struct sync_work work = {.fd = fd, .call = call};
    aside_do(sync_one, &work);
    errno = work.error;
    return work.result;
}

int aside_fsync(int fd)
{
    return sync_by(fd, fsync);
}

int aside_fdatasync(int fd)
{
    return sync_by(fd, fdatasync);
}

struct read_work {
    int fd, error;
    void *bytes;
    size_t n;
    ssize_t result;
};

static void read_one(void *ctx)
{
    struct read_work *work = ctx;
    work->result = read(work->fd, work->bytes, work->n);
    work->error = errno;
}

ssize_t aside_read(int fd, void *bytes, size_t n)
{
    struct read_work work = {.fd = fd, .bytes = bytes, .n = n};
    aside_do(read_one, &work);
    errno = work.error;
    return work.result;
}
