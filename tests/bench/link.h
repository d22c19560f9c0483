/* The parts of the bench of the bad link: finished visits on the device, keys pressed while they
 * go, and what the hub holds at the end. */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/handheld.h"

#define LINK_PIN "246813"

enum { LINK_PHOTOS = 2, LINK_NAME = 128, LINK_HASH = 32 };

/* A record as it was frozen on the device: the oracle. */
struct link_record {
    char instance[64];
    unsigned char xml[LINK_HASH];
    char names[LINK_PHOTOS][LINK_NAME];
    unsigned char photos[LINK_PHOTOS][LINK_HASH];
    int found, files; /* on the hub */
    bool is_whole;
};

struct link_truth {
    struct link_record *v;
    size_t n;
    int64_t xml_bytes, photo_bytes;
};

/* Closes so many visits, each with two JPEG photos of about so many bytes, in the enrolled data
 * folder; fills truth from what the store froze. Ends the program when it cannot. */
void link_fill(const char *folder, int visits, size_t photo, struct link_truth *truth);

/* How many of them the device itself calls sent. */
size_t link_count_sent(const char *folder, const struct link_truth *truth);

/* Looks for each record in the hub's folder; the number that is there exactly once, whole. */
size_t link_judge(const char *hub_folder, struct link_truth *truth);

/* How long the program took to answer the keys. */
struct link_keys {
    /* until something was seen of it: by the clock; without the time in which another program had
     * the CPU; until all of it was seen */
    double *ms, *own_ms, *whole_ms;
    const char **what;
    size_t n, cap;
    size_t signs; /* answered first by the sign that it has to wait */
};

/* One time. */
struct link_time {
    double ms, own_ms, whole_ms;
};

/* One round through the program by keys: home, visit log, a visit, a form being filled, outbox.
 * Returns true once the outbox says that everything is sent. */
bool link_round(struct handheld *handheld, struct link_keys *keys);

/* Lines of the report; true when no key waited longer than it may. */
bool link_print_keys(struct link_keys *keys);

/* Adds one time; prints a line of that table; frees. */
void link_note(struct link_keys *keys, const char *what, const struct link_time *time);
size_t link_print_times(const char *name, double *ms, size_t n);
void link_keys_finish(struct link_keys *keys);

/* What the disk under the device's folder does meanwhile, with whatever else writes to it: an
 * answer is on disk before it is shown, so that a key can be no faster than that. */
struct link_disk;
struct link_disk *link_disk_watch(const char *folder);

/* Ends watching and prints the line. */
void link_disk_print(struct link_disk *disk);

#endif
