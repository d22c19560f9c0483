/* Where the kill lane plays: a real hub in a process of its own (the driver keeps one thread, so it
 * may fork and trace), an enrolled device folder to begin each run from, and the look into what the
 * hub holds. */
#ifndef TESTS_HELPER_KILL_WORLD_H
#define TESTS_HELPER_KILL_WORLD_H

#include <stdbool.h>
#include <sys/types.h>

#include "app/hub/archive.h"
#include "helper_kill_visit.h"

struct kill_world {
    char folder[64];
    char hub[96], fresh[96], device[96];
    pid_t hub_pid;
    int hub_life; /* the hub ends when this end of a pipe is closed */
    struct archive *archive;
};

/* What the hub holds of one record. */
struct on_hub {
    int records; /* with that instance id */
    int entities;
    int files; /* with the right name and bytes */
    bool is_whole;
};

/* Starts the hub and makes the device's folder: PIN, enrolment, form, list. False when that is
 * impossible; why is on standard error. */
bool kill_world_open(struct kill_world *world);

/* Stops and removes all. */
void kill_world_close(struct kill_world *world);

/* A fresh device; returns its folder. */
const char *kill_world_device(struct kill_world *world);

/* Is nothing of answers and photos in clear in the device's folder? */
bool kill_world_is_sealed(struct kill_world *world);

/* What is there of the record that the oracle speaks of. */
struct on_hub kill_world_look(struct kill_world *world, const struct oracle *oracle);

#endif
