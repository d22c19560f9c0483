/* What the kinds of fault on the disk share: the recorded day, and the crash that each may end
 * with. */
#ifndef TESTS_HELPER_DISKLANE_H
#define TESTS_HELPER_DISKLANE_H

#include "helper_disk.h"
#include "helper_diskworld.h"
#include "helper_simdisk.h"

enum { DISK_UPGRADES = 8 };

struct disk_lane {
    uint64_t seed, number, state;
    enum disk_kind kind;
    struct world world;
    struct sim_image before; /* the disk in the morning */
    struct sim_run day;      /* what a day without faults does to it */
    struct sim_run first;    /* the same from an empty disk on */
    struct world promised_first;
    struct world promised;                  /* what was promised meanwhile */
    int64_t calls[SIM_CALLS], most;         /* calls in a day; bytes that it takes at most */
    struct sim_run upgrades[DISK_UPGRADES]; /* the first start; from each schema to the newest */
    struct buf texts[DISK_UPGRADES];        /* what each must hold before and after */
    int n_upgrades;
    size_t at;    /* where the last injection cut the day */
    int64_t hits; /* of the last injection */
    int struck;   /* injections that hit something */
};

/* Says what was broken and how to see it again; false. */
bool disk_broken(struct disk_lane *lane, const char *what);

/* One of 0 … limit - 1, following from the injection's number. */
uint64_t disk_below(struct disk_lane *lane, uint64_t limit);

/* A crash of the run at that change; everything that was acknowledged must be there. */
bool disk_crash(struct disk_lane *lane, const struct sim_run *run, size_t at,
                enum sim_loss_kind kind);

/* One injection of F10: bits of some file are others. */
bool disk_flip(struct disk_lane *lane);

/* F33: records the first start and the upgrades; frees them; one injection. */
void disk_upgrade_begin(struct disk_lane *lane);
void disk_upgrade_end(struct disk_lane *lane);
bool disk_upgrade(struct disk_lane *lane);

#endif
