/* One background thread that does jobs one after another. A job tells by mail; it owns nothing of
 * the poster's but what its ctx carries. */
#ifndef THREAD_WORKER_H
#define THREAD_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct worker;

struct job {
    void (*run)(void *ctx,
                const atomic_bool *stop); /* on the worker; looks at stop in long loops */
    void (*done)(
        void *ctx); /* on the worker, always, also for a job that was never run; frees ctx */
    void *ctx;
};

/* Starts the thread. */
struct worker *worker_create(void);

/* Asks the running job to end and takes no further one; worker_destroy must follow. For jobs that
 * wait for a mail: post it in between. */
void worker_stop(struct worker *worker);

/* Asks the running job to stop, drops the waiting ones, joins and frees; takes NULL. */
void worker_destroy(struct worker *worker);

/* Queues a job and returns its number, which is never 0. Any thread. */
uint64_t worker_add(struct worker *worker, const struct job *job);

/* Drops the job while it waits, or asks it to stop while it runs. */
void worker_cancel(struct worker *worker, uint64_t number);

/* Is nothing running and nothing waiting? */
bool worker_is_idle(struct worker *worker);

#endif
