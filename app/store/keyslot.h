/* The file that holds the store's random key, wrapped by a key made from the PIN or passphrase (and
 * a device secret, where there is one). A try counts before it is checked: 5 are free, then each
 * needs a rest of 30 s, 2 min, 10 min, 1 h. The rest is counted on the monotonic clock and begins
 * again after a restart of the machine, so neither kill -9 nor setting the clock shortens it. The
 * file has two slots: one is always whole, whatever a kill or power cut leaves of the other. One
 * thread at a time. */
#ifndef STORE_KEYSLOT_H
#define STORE_KEYSLOT_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

struct key;

/* How slow a try is made. Stored in the file; there is no default that a caller gets unseen. */
struct keyslot_cost {
    uint64_t memory; /* bytes */
    uint32_t passes;
};

/* The least that is right outside tests: 64 MiB, 3 passes. */
extern const struct keyslot_cost keyslot_floor;

struct keyslot_place {
    const char *path; /* the keyslot file */
    const char
        *device; /* 32-byte secret kept elsewhere than the data; NULL: none. Made by create */
};

/* The cost that takes about target_ms here, at least the floor and at most max_memory bytes. */
struct keyslot_cost keyslot_calibrate(int64_t target_ms, uint64_t max_memory);

/* Is there a keyslot file? */
bool keyslot_exists(const struct keyslot_place *place);

/* Makes the file with a new random key, which the caller gets and ends with keyslot_forget.
 * ERR_INPUT when there is one already (it is never replaced) or the secret is empty. */
bool keyslot_create(const struct keyslot_place *place, struct str secret,
                    const struct keyslot_cost *cost, struct key **key, struct err *err);

/* Unwraps the key; the caller ends it with keyslot_forget. ERR_DENIED with code 0: wrong secret;
 * ERR_DENIED with code EAGAIN: still resting (ask keyslot_state); ERR_DAMAGED; ERR_MISSING. */
bool keyslot_open(const struct keyslot_place *place, struct str secret, struct key **key,
                  struct err *err);

struct keyslot_state {
    int failures;    /* wrong tries since the last right one */
    int64_t wait_ms; /* before the next try counts; 0: now */
    struct keyslot_cost cost;
};

/* How things stand. */
bool keyslot_state(const struct keyslot_place *place, struct keyslot_state *state, struct err *err);

/* Wraps the same key under another secret (and cost); nothing else on disk changes. Fails like
 * keyslot_open for a wrong old secret. A kill leaves the old or the new one, never none. */
bool keyslot_change(const struct keyslot_place *place, struct str old_secret, struct str new_secret,
                    const struct keyslot_cost *cost, struct err *err);

/* A copy for another thread, ended by keyslot_forget as well. */
struct key *keyslot_copy(const struct key *key);

/* Zeroes and frees the key; takes NULL. */
void keyslot_forget(struct key *key);

#endif
