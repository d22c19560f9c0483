#include "platform/thread/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "platform/base/mem.h"

struct waiting {
    struct waiting *next;
    struct job job;
    uint64_t number;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct waiting *first, *last;
    uint64_t count, running; /* number of the running job, 0: none */
    atomic_bool stop;        /* the running job should end */
    bool over;
};

static struct waiting *take(struct worker *w)
{
    struct waiting *next = w->first;
    if (next) {
        w->first = next->next;
        w->last = w->first ? w->last : NULL;
    }
    return next;
}

static void finish_job(struct waiting *it)
{
    if (it->job.done) {
        it->job.done(it->job.ctx);
    }
    free(it);
}

static void *loop(void *ctx)
{
    struct worker *w = ctx;
    pthread_mutex_lock(&w->lock);
    while (!w->over) {
        struct waiting *it = take(w);
        if (!it) {
            pthread_cond_wait(&w->changed, &w->lock);
            continue;
        }
        w->running = it->number;
        atomic_store(&w->stop, w->over);
        pthread_mutex_unlock(&w->lock);
        it->job.run(it->job.ctx, &w->stop);
        finish_job(it);
        pthread_mutex_lock(&w->lock);
        w->running = 0;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct worker *worker_create(void)
{
    struct worker *w = mem_alloc(1, sizeof(*w));
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    sigset_t all, old; /* signals are the front door's business */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    if (pthread_create(&w->thread, NULL, loop, w) != 0) {
        abort();
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return w;
}

void worker_stop(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->over = true;
    atomic_store(&w->stop, true);
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void worker_destroy(struct worker *w)
{
    if (!w) {
        return;
    }
    worker_stop(w);
    pthread_join(w->thread, NULL);
    for (struct waiting *it; (it = take(w));) {
        finish_job(it);
    }
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

uint64_t worker_add(struct worker *w, const struct job *job)
{
    struct waiting *it = mem_alloc(1, sizeof(*it));
    it->job = *job;
    pthread_mutex_lock(&w->lock);
    uint64_t number = it->number = ++w->count;
    if (w->last) {
        w->last->next = it;
    } else {
        w->first = it;
    }
    w->last = it;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    return number;
}

void worker_cancel(struct worker *w, uint64_t number)
{
    struct waiting *dropped = NULL;
    pthread_mutex_lock(&w->lock);
    if (w->running == number) {
        atomic_store(&w->stop, true);
    }
    struct waiting *before = NULL;
    for (struct waiting *it = w->first; it; before = it, it = it->next) {
        if (it->number == number) {
            *(before ? &before->next : &w->first) = it->next;
            w->last = w->last == it ? before : w->last;
            dropped = it;
            break;
        }
    }
    pthread_mutex_unlock(&w->lock);
    if (dropped) {
        finish_job(dropped);
    }
}

bool worker_is_idle(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool idle = !w->first && !w->running;
    pthread_mutex_unlock(&w->lock);
    return idle;
}
