/* The fault lane: a real device (store, session, carrier, client) and a real hub with a gate
 * between them. One injection = fresh records, one fault, then peace; afterwards every promise is
 * checked against what the hub really holds. A failure prints one line that replays it. */
#ifndef TESTS_HELPER_LANE_H
#define TESTS_HELPER_LANE_H

#include <stdbool.h>
#include <stdint.h>

struct lane;

/* The kinds of injection, after the fault plan's numbers. */
enum lane_kind {
    LANE_F01_CUT,     /* the device dies between any two steps of the session */
    LANE_F13_CLOCK,   /* the clock jumps up to 20 years both ways */
    LANE_F14_REFUSED, /* nobody there, for some sessions */
    LANE_F16_UP,      /* reset after byte k of a request */
    LANE_F16_DOWN,    /* reset or polite end after byte k of an answer */
    LANE_F17_LOST,    /* the answer is lost after the hub has kept the record */
    LANE_F18_TWICE,   /* a request arrives twice, or two sessions at once */
    LANE_F19_STALLED, /* the peer falls silent */
    LANE_F20_CAPTIVE, /* log-in pages of many kinds */
    LANE_F22_STATUS,  /* every status code, before or after the hub has acted */
    LANE_F23_PROXY,   /* a proxy with a small limit, or that takes headers off */
    LANE_F24_RESTART, /* the hub is stopped and started again */
    LANE_F25_CLOSED,  /* the form is closed while the record waits */
    LANE_KINDS,
};

struct lane_count {
    int injections;
    int hits; /* of them, those that really hit a request */
    int sessions;
};

/* Starts hub, gate and device in fresh folders. */
struct lane *lane_open(void);

/* Stops everything and removes the folders. */
void lane_close(struct lane *lane);

/* One injection; everything about it follows from kind and seed. False: a promise was broken, and
 * the replay line is on standard error. */
bool lane_inject(struct lane *lane, enum lane_kind kind, uint64_t seed);

/* What was done so far. */
const struct lane_count *lane_counts(const struct lane *lane, enum lane_kind kind);

/* "F16 up", … (static). */
const char *lane_name(enum lane_kind kind);

/* Runs `counts[kind]` injections of each kind with seeds from `seed` on; prints a table; returns
 * the number of broken promises. GOCUA_FAULT=KIND:SEED in the environment: only that one. */
int lane_run(const int counts[LANE_KINDS], uint64_t seed);

#endif
