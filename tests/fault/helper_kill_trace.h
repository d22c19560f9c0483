/* A child whose system calls are counted, of all its threads, and that is killed before the n-th:
 * every state that kill -9 can leave between two calls. (A call itself is not split; torn writes
 * are the disk lane's.) The child is forked from the caller, who must have one thread only. */
#ifndef TESTS_HELPER_KILL_TRACE_H
#define TESTS_HELPER_KILL_TRACE_H

#include <stdbool.h>

enum { KILL_NEVER = 0, KILL_UNTRACED = -1 };

struct traced {
    long calls;  /* begun, of all threads; 0 when untraced */
    long opened; /* how many there were at the first write to the journal; 0: none */
    long call;   /* the kernel's number of the call that never ran; -1: it ended by itself */
    int status;  /* of the end, as waitpid has it */
};

/* May a process trace its child here? Containers and hardened machines forbid it. */
bool trace_is_allowed(void);

/* Runs what(ctx) in a child, which ends by _exit, and kills it before its kill_at-th call, counted
 * from 1. Writes to `journal` are noted. False when the child could not be traced. */
bool trace_run(void (*what)(void *ctx), void *ctx, int journal, long kill_at, struct traced *out);

#endif
