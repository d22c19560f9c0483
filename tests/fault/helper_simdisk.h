/* The disk of the fault lane: every system call with which the product's files and SQLite's change
 * or read a folder goes through here (the linker's --wrap), below all code of the product, so the
 * product has no seam for it and no file of it can be forgotten. Below stands a real folder in
 * memory; beside it all changes are noted, so that a crash can be made of any of them. Outside the
 * folder, and while no disk is mounted, calls go to the system as ever. One thread at a time. */
#ifndef TESTS_HELPER_SIMDISK_H
#define TESTS_HELPER_SIMDISK_H

#include "helper_simimage.h"

enum sim_call {
    CALL_OPEN,
    CALL_READ,
    CALL_WRITE,
    CALL_SYNC,
    CALL_CUT,
    CALL_RENAME,
    CALL_UNLINK,
    CALL_FOLDER, /* mkdir, rmdir */
    CALL_LINK,
    SIM_CALLS,
};

struct sim_fault {
    unsigned calls; /* 1u << CALL_…: these are counted and may fail; 0: none */
    int64_t at;     /* the first that fails, counting from 0 */
    int64_t times;  /* so many in a row */
    int error;      /* errno; 0 with is_short */
    bool is_short;  /* reads and writes do a part and say so */
    bool is_half;   /* a failing write has written a part */
    int64_t room;   /* bytes in blocks of 4096 that the disk still takes; -1: no limit */
};

/* Makes the folder for the disk; its path (static). */
const char *disk_start(void);

/* Removes it. */
void disk_stop(void);

/* The disk holds a copy of the image from now on, and notes what is done to it. */
void disk_mount(const struct sim_image *image);

/* Nothing reaches the disk from now on and every call fails: the machine is off. */
void disk_die(void);

/* Takes what was done since disk_mount; the disk is dead then. */
void disk_take(struct sim_run *run);

/* Changes since disk_mount. */
size_t disk_ops(void);

/* How often each kind of call was made since disk_mount. */
int64_t disk_calls(enum sim_call call);

/* Arms a fault (its calls are counted from here); NULL: none any more. */
void disk_fault(const struct sim_fault *fault);

/* How often the fault struck. */
int64_t disk_hits(void);

/* Bytes in blocks that the files take. */
int64_t disk_used(void);

/* The most of it since disk_mount. */
int64_t disk_most(void);

/* Texts that must never reach the disk; NULL at the end. */
void disk_watch(const char *const *texts);

/* How many writes or names had such a text since disk_start. */
int disk_betrayals(void);

/* The tree as a running system sees it now, borrowed. */
const struct sim_image *disk_image(void);

#endif
