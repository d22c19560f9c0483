/* F02: kills at random moments of a visit with its screens. They are the program of
 * tests/screen/kills.c, which stands beside the bench where cmocka is installed. */
#ifndef TESTS_HELPER_KILL_RANDOM_H
#define TESTS_HELPER_KILL_RANDOM_H

#include <stdio.h>
#include <sys/types.h>

struct random_kills {
    pid_t pid; /* 0: not started */
    int count;
    unsigned long long seed;
    double from;
    FILE *said; /* what it printed */
};

/* Starts so many; nothing for 0. */
void random_kills_begin(struct random_kills *kills, int count, unsigned long long seed);

/* Waits for them and prints the table line; returns the number of broken promises, 0 or 1. */
int random_kills_end(struct random_kills *kills);

#endif
