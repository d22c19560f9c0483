#include "platform/base/old_hash.h"

#include <string.h>

static uint32_t turn(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static uint32_t read32(const unsigned char *at, bool big)
{
    return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
               : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Whole parts of |sin(i + 1)| * 2^32. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static void md5_block(uint32_t *state, const unsigned char *block)
{
    static const unsigned char turns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], words[16];
    for (int i = 0; i < 16; i++) {
        words[i] = read32(block + 4 * i, false);
    }
    for (int i = 0; i < 64; i++) {
        uint32_t mix = i < 16   ? d ^ (b & (c ^ d))
                       : i < 32 ? c ^ (d & (b ^ c))
                       : i < 48 ? b ^ c ^ d
                                : c ^ (b | ~d);
        int word = i < 16 ? i : i < 32 ? 5 * i + 1 : i < 48 ? 3 * i + 5 : 7 * i;
        uint32_t next = b + turn(a + mix + sines[i] + words[word & 15], turns[i / 16][i % 4]);
        a = d;
        d = c;
        c = b;
        b = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void sha1_block(uint32_t *state, const unsigned char *block)
{
    static const uint32_t adds[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], words[80];
    for (int i = 0; i < 80; i++) {
        words[i] = i < 16 ? read32(block + 4 * i, true)
                          : turn(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    for (int i = 0; i < 80; i++) {
        uint32_t mix = i < 20              ? d ^ (b & (c ^ d))
                       : i < 40 || i >= 60 ? b ^ c ^ d
                                           : (b & c) | (d & (b | c));
        uint32_t next = turn(a, 5) + mix + e + adds[i / 20] + words[i];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void take_block(struct old_hash *hash, const unsigned char *block)
{
    if (hash->is_sha1) {
        sha1_block(hash->state, block);
    } else {
        md5_block(hash->state, block);
    }
}

void old_hash_init(struct old_hash *hash, bool is_sha1)
{
    *hash = (struct old_hash){
        .is_sha1 = is_sha1,
        .state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
    };
}

void old_hash_more(struct old_hash *hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    while (n > 0) {
        size_t kept = hash->n % OLD_HASH_BLOCK;
        size_t part = n < OLD_HASH_BLOCK - kept ? n : OLD_HASH_BLOCK - kept;
        hash->n += part;
        if (part == OLD_HASH_BLOCK) {
            take_block(hash, at);
        } else {
            memcpy(hash->block + kept, at, part);
            if (hash->n % OLD_HASH_BLOCK == 0) {
                take_block(hash, hash->block);
            }
        }
        at += part;
        n -= part;
    }
}

size_t old_hash_end(struct old_hash *hash, unsigned char *out)
{
    static const unsigned char pad[OLD_HASH_BLOCK] = {0x80};
    unsigned char bits[8];
    size_t size = hash->is_sha1 ? OLD_HASH_SHA1 : OLD_HASH_MD5;
    size_t kept = hash->n % OLD_HASH_BLOCK;
    for (int i = 0; i < 8; i++) {
        bits[i] = (unsigned char)(hash->n * 8 >> 8 * (hash->is_sha1 ? 7 - i : i));
    }
    old_hash_more(hash, pad, (kept < 56 ? 56 : 120) - kept);
    old_hash_more(hash, bits, sizeof(bits));
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(hash->state[i / 4] >> 8 * (hash->is_sha1 ? 3 - i % 4 : i % 4));
    }
    return size;
}
