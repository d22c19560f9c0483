/* What lanes share: chance that nothing else can shift, fresh records, and the judge of what the
 * device says against what the hub holds. */
#ifndef TESTS_HELPER_ORACLE_H
#define TESTS_HELPER_ORACLE_H

#include "helper_world.h"

struct dice {
    unsigned long long state; /* set it from kind and seed */
};

/* The next 64 bits (splitmix64). */
unsigned long long dice_draw(struct dice *dice);

/* 0 to limit - 1. */
int dice_below(struct dice *dice, int limit);

/* A fresh instanceID. */
void dice_uuid(struct dice *dice, char id[64]);

/* Forgets the records of before; one or two new ones with some files of many sizes. */
void dice_records(struct dice *dice, struct ends *ends);

/* The promise that is broken at this moment, or NULL: each record is on the hub once at most, none
 * counts as sent that is not there whole, and its bytes are still here. */
const char *oracle_broken(struct ends *ends);

/* Do all records count as sent? */
bool oracle_all_sent(struct ends *ends);

#endif
