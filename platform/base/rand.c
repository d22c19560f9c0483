#include "platform/base/rand.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct {
    uint64_t seed, count;
} fixed;

void rand_bytes(void *bytes, size_t n)
{
    if (fixed.seed) {
        unsigned char key[randombytes_SEEDBYTES] = {0};
        uint64_t count = __atomic_add_fetch(&fixed.count, 1, __ATOMIC_RELAXED);
        memcpy(key, &fixed.seed, sizeof(fixed.seed));
        memcpy(key + 8, &count, sizeof(count));
        randombytes_buf_deterministic(bytes, n, key);
    } else {
        randombytes_buf(bytes, n);
    }
}

uint32_t rand_below(uint32_t limit)
{
    if (limit < 2) {
        return 0;
    }
    uint32_t value, least = -limit % limit; /* values below would be favoured */
    do {
        rand_bytes(&value, sizeof(value));
    } while (value < least);
    return value % limit;
}

void rand_uuid(char text[RAND_UUID_TEXT])
{
    unsigned char b[16];
    rand_bytes(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(text, RAND_UUID_TEXT,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

void rand_seed(uint64_t seed)
{
    fixed.seed = seed;
    fixed.count = 0;
}
