/* The kill lane: the reference run (helper_kill_visit.h) in a process of its own, killed before one
 * of its system calls (F01), again while it recovers (F03), then left to finish and to send; and
 * the promises checked against what was acknowledged to the driver and what the hub holds. F02,
 * kill -9 at random moments of a whole visit with its screens, is the program test_screen_kills. */
#ifndef TESTS_HELPER_KILL_H
#define TESTS_HELPER_KILL_H

struct kill_counts {
    int percent; /* F01: of the system calls of the run, spread evenly over it */
    int twice;   /* F03 */
};

enum { KILL_NOT_ALLOWED = -1 };

/* Every system call counts, none is left out. Their number differs a little from run to run, since
 * sockets are polled and a second thread sleeps: a replay hits the call named, or one beside it.
 *
 * Runs so many; prints a table line for each kind; returns the number of broken promises, or
 * KILL_NOT_ALLOWED when this machine lets nobody trace. GOCUA_KILL=N:M:SEED in the environment:
 * only the one kill before call N and, when M is not 0, before call M of the recovery. */
int kill_run(const struct kill_counts *counts, unsigned long long seed);

/* PERCENT of the plan's numbers. */
int kill_lane(unsigned long long seed, int percent);

#endif
