/* How often: one bucket of tokens a name (peer, device), in a table of fixed size, so that an
 * attacker's many names cost no memory (colliding names share a bucket). Any thread. */
#ifndef HUB_LIMIT_H
#define HUB_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "platform/base/str.h"

enum { LIMIT_BUCKETS = 4096 };

struct limit {
    pthread_mutex_t mutex;
    double burst, per_second;
    struct {
        double spent;
        int64_t ms;
    } buckets[LIMIT_BUCKETS];
    unsigned char seed[16]; /* of the hash, so that nobody can choose whose bucket is shared */
};

/* Sets up: so many at once, then so many a second. */
void limit_init(struct limit *limit, double burst, double per_second);

/* Is one more allowed for this name? Counts it when it is. */
bool limit_take(struct limit *limit, struct str name);

/* Would limit_take say yes? Counts nothing. */
bool limit_allows(struct limit *limit, struct str name);

/* Ends it. */
void limit_finish(struct limit *limit);

#endif
