/* Keys: kept in locked memory that is zeroed when freed, made from a secret, wrapped by another
 * key, split into sub-keys. Primitives of libsodium only (Argon2id, XChaCha20-Poly1305, BLAKE2b);
 * where keys are kept and when a try counts is app/store/keyslot. Any thread. */
#ifndef DB_CRYPT_H
#define DB_CRYPT_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

enum {
    CRYPT_KEY = 32,
    CRYPT_SALT = 16,
    CRYPT_NONCE = 24,
    CRYPT_TAG = 16,
    CRYPT_WRAPPED = CRYPT_NONCE + CRYPT_KEY + CRYPT_TAG,
    CRYPT_MAC = 32,
};

struct key; /* CRYPT_KEY bytes in guarded, locked memory */

/* A new random key. key_destroy ends it. */
struct key *key_create(void);

/* A copy of given bytes as key: for tests, and for keys that come from elsewhere. */
struct key *key_of(const unsigned char bytes[CRYPT_KEY]);

/* Zeroes and frees; takes NULL. */
void key_destroy(struct key *key);

/* The bytes, borrowed. */
const unsigned char *key_bytes(const struct key *key);

/* The sub-key with that number (BLAKE2b key derivation): knowing it tells nothing of the others. */
struct key *key_derive(const struct key *master, uint64_t number);

struct crypt_cost {
    uint64_t memory; /* bytes */
    uint32_t passes;
};

/* Argon2id of the secret, mixed by keyed BLAKE2b with device (NULL: none): slow on purpose, cost
 * says how slow. ERR_STORAGE when the memory is not there. */
bool key_from_secret(struct str secret, const unsigned char salt[CRYPT_SALT],
                     const struct crypt_cost *cost, const struct key *device, struct key **key,
                     struct err *err);

/* Milliseconds of wall clock that one derivation costs here; -1 when memory is missing. */
int64_t crypt_measure(const struct crypt_cost *cost);

/* Wraps key under kek; `about` is bound to it and must be the same when unwrapping. */
void key_wrap(const struct key *key, const struct key *kek, struct str about,
              unsigned char out[CRYPT_WRAPPED]);

/* NULL when kek or about is another one, or the bytes were changed. */
struct key *key_unwrap(const unsigned char wrapped[CRYPT_WRAPPED], const struct key *kek,
                       struct str about);

/* Keyed BLAKE2b-256 of bytes; key NULL: a plain digest, which guards against accidents only. */
void crypt_mac(const struct key *key, const void *bytes, size_t n, unsigned char mac[CRYPT_MAC]);

#endif
