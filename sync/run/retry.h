/* When to try again: capped, jittered back-off that obeys the server. Pure but for the jitter. */
#ifndef RUN_RETRY_H
#define RUN_RETRY_H

#include <stdint.h>
#include "sync/run/outbox.h"

enum {
    RETRY_FIRST_MS = 5 * 1000,
    RETRY_LAST_MS = 15 * 60 * 1000,
    RETRY_ASKED_LAST_MS = 60 * 60 * 1000, /* cap of what a server may ask for */
    RETRY_CAPTIVE_MS = 30 * 1000,
    RETRY_IN_PROCESS_MS = 30 * 1000,
    RETRY_DELETED_MS = 60 * 1000,
};

/* Milliseconds to wait after the attempts-th failure in a row (1 = first): 5 s doubling to 15 min,
 * each between half and the whole. asked_ms > 0 (Retry-After) is the least, plus up to a tenth. */
int64_t retry_wait_ms(int attempts, int64_t asked_ms);

/* Reasons that a returning network may have cured: their back-off is forgotten then. */
bool retry_is_about_network(enum outbox_reason reason);

/* Reasons that are gone as soon as the server was reached and is genuine. */
bool retry_is_about_way(enum outbox_reason reason);

#endif
