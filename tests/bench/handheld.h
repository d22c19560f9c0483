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

/* Times of one deed. */
struct cost {
    double cpu_ms, wall_ms;
};

/* Makes the folder and its visits, seeded. cheap: the floor of the PIN's cost, not what the device
 * would choose. Ends the program with a sentence when it cannot. */
void handheld_fill(const char *folder, int visits, bool cheap);

/* Says to which server the device in that folder belongs; "": to none. */
void handheld_enrol(const char *folder, const char *address);

/* Puts a form file and the shipped lists that it names into that folder; its id is put into id. */
void handheld_put_form(const char *folder, const char *path, char *id, size_t room);

/* Saves count answers of a shipped form in that folder: the mean, and unlock is filled. */
struct cost handheld_answers(const char *folder, int count, struct cost *unlock);

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
