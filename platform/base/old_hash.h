/* MD5 (RFC 1321) and SHA-1 (RFC 3174), which foreign formats ask for and libsodium leaves out: no
 * reason to load a whole cryptographic library at every form. Neither protects anything here. For
 * hash.c only. */
#ifndef BASE_OLD_HASH_H
#define BASE_OLD_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OLD_HASH_BLOCK = 64, OLD_HASH_MD5 = 16, OLD_HASH_SHA1 = 20 };

struct old_hash {
    bool is_sha1;
    uint32_t state[5];
    uint64_t n; /* bytes so far */
    unsigned char block[OLD_HASH_BLOCK];
};

/* Begins a digest. */
void old_hash_init(struct old_hash *hash, bool is_sha1);

/* Adds n bytes. */
void old_hash_more(struct old_hash *hash, const void *bytes, size_t n);

/* Writes the digest, OLD_HASH_MD5 or OLD_HASH_SHA1 bytes, and returns how many. */
size_t old_hash_end(struct old_hash *hash, unsigned char *out);

#endif
