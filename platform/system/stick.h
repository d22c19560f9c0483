/* USB sticks, cards and other disks that a person has plugged in: the mounted file systems below
 * /media, /run/media and /mnt. */
#ifndef SYSTEM_STICK_H
#define SYSTEM_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "platform/base/str.h"

enum { STICKS = 16, STICK_PATH = 1024 };

struct stick {
    char path[STICK_PATH]; /* where it is mounted */
    char name[128];        /* last part of the path: most often the label of the stick */
    dev_t device;          /* tells it from whatever stands at the path once it is pulled out */
    int64_t room;          /* free bytes */
    bool is_locked;        /* nothing can be written to it */
};

/* Fills at most STICKS that are plugged in just now, by path; how many. GOCUA_STICKS, folders with
 * colons between them, names others that count instead, mounted or not. */
size_t stick_list(struct stick sticks[STICKS]);

/* The mount points of disks below those places in a text like /proc/self/mountinfo, each appended
 * with the byte 0 behind it: the inside of stick_list. */
struct buf;
void stick_add_mounts(struct str mountinfo, struct buf *paths);

#endif
