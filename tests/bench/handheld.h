/* The parts of the bench of the handheld: a data folder with many made-up visits, and the release
 * program started over it and driven through its inspection socket. */
#ifndef BENCH_HANDHELD_H
#define BENCH_HANDHELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { HANDHELD_PATH = 512 };

#define HANDHELD_PIN "482915"

/* What needs the app's rooms is done by build/bench/inside (inside.h), beside the caller's program:
 * answer gets what it printed. Ends the program when it failed. */
void handheld_inside(char *answer, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The program under measure. */
struct handheld {
    pid_t pid;
    int fd; /* its inspection socket */
    char folder[HANDHELD_PATH], socket[HANDHELD_PATH];
};

/* Starts argv (NULL at the end) and connects. */
void handheld_start(struct handheld *handheld, const char *const *argv);

/* Does one line of the script's language and waits for its answer; ends the program when it is
 * refused. */
void handheld_do(struct handheld *handheld, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ends it and waits. */
void handheld_stop(struct handheld *handheld);

/* CPU that it used so far, all threads. */
double handheld_cpu_ms(const struct handheld *handheld);

/* A line of /proc/PID/smaps_rollup in KB. */
long handheld_memory(const struct handheld *handheld, const char *what);

/* Voluntary switches of all its threads so far: each is a wakeup that ended. */
long handheld_switches(const struct handheld *handheld);

double now_ms(void);

#endif
