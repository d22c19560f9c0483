/* Many handhelds at one hub at once: each is enrolled by itself, has a store, an outbox and
 * sessions of its own on a thread of its own; the hub is a process of its own with the limits that
 * it has in the field, and a part of the connections breaks (helper_breaks.h). */
#ifndef TESTS_HELPER_CROWD_H
#define TESTS_HELPER_CROWD_H

#include <stddef.h>
#include <stdint.h>

#include "helper_breaks.h"

struct crowd {
    int devices, records, photos; /* records a device, at most so many photos a record */
    size_t photo;                 /* most bytes of one */
    int broken_percent;           /* of the connections */
    uint64_t seed;
};

struct crowd_result {
    long records, files, sessions;
    long tries, failed; /* sendings of a record, and those that did not end as sent */
    struct breaks_count breaks;
    double p50_ms, p99_ms, most_ms; /* of a sending that ended as sent */
    double seconds;                 /* from the first session to the last record */
    long hub_kib;                   /* most memory of the hub */
    double hub_cpu_s;
    int lost, doubled, damaged, unsent; /* broken promises */
};

/* Plays it; each broken promise is a line on standard error. Returns their number. */
int crowd_play(const struct crowd *crowd, struct crowd_result *result);

/* One table of it. */
void crowd_print(const struct crowd *crowd, const struct crowd_result *result);

#endif
