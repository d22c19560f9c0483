/* Numbers by chance that are the same everywhere: xoshiro256**, seeded by splitmix64. */
#ifndef FRAMES_CHANCE_H
#define FRAMES_CHANCE_H

#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state[4];
};

/* Seeds it. */
void chance_init(struct chance *chance, uint64_t seed);

/* 64 bits. */
uint64_t chance_bits(struct chance *chance);

/* From 0 to below 1. */
double chance_share(struct chance *chance);

/* From low to below high. */
double chance_between(struct chance *chance, double low, double high);

/* From 0 to below n. */
int chance_below(struct chance *chance, int n);

/* Nearly normal, mean 0, variance 1. */
double chance_normal(struct chance *chance);

/* Writes a made-up card's text (at most 400 bytes); returns its length. */
size_t person_text(struct chance *chance, uint8_t *payload);

#endif
