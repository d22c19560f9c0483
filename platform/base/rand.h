/* Chance: from the kernel, or from a fixed seed where a test or a replay asks for it. Any thread
 * while unseeded. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

enum { RAND_UUID_TEXT = 37 };

/* n random bytes, good enough for keys. */
void rand_bytes(void *bytes, size_t n);

/* A number from 0 to below limit, without bias. */
uint32_t rand_below(uint32_t limit);

/* A version-4 UUID in small letters with hyphens, NUL-terminated. */
void rand_uuid(char text[RAND_UUID_TEXT]);

/* For tests and replays: every later call gives the same row; 0 returns to true chance. Keys must
 * not be made while seeded. */
void rand_seed(uint64_t seed);

#endif
