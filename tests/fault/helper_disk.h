/* The disk lane of the fault plan: a handheld on a disk that loses power, tears and forgets writes,
 * fills up, fails, and changes bits. A broken promise prints one line that replays it:
 * GOCUA_DISK=KIND:NUMBER build/bench/fault --only disk SEED. */
#ifndef TESTS_HELPER_DISK_H
#define TESTS_HELPER_DISK_H

#include <stdint.h>

enum disk_kind {
    DISK_F04_POWER,   /* the power goes; what was not synced is there or not, in any order */
    DISK_F05_TORN,    /* the same, and writes are there in part */
    DISK_F08_FULL,    /* the disk takes so many bytes and no more */
    DISK_F09_ERROR,   /* a call fails once, some times, or from then on */
    DISK_F10_FLIP,    /* 1 to 64 bits are others */
    DISK_F33_UPGRADE, /* the first start and every change of the schema, interrupted */
    DISK_KINDS,
};

/* counts[kind] injections of each kind, everything following from seed; prints a table; returns the
 * number of broken promises. */
int disk_run(const int counts[DISK_KINDS], uint64_t seed);

/* The lane of tests/bench/fault: percent of the plan's numbers. */
int disk_lane(unsigned long long seed, int percent);

#endif
