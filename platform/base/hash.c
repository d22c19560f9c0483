#include "platform/base/hash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "platform/base/old_hash.h"

struct hash {
    enum hash_kind kind;
    union {
        struct old_hash old;
        crypto_hash_sha256_state sha256;
        crypto_hash_sha512_state sha512; /* and SHA-384: another beginning, a shorter end */
        crypto_generichash_state blake;
    } of;
};

size_t hash_bytes(enum hash_kind kind, const void *bytes, size_t n, unsigned char *out)
{
    struct hash *hash = hash_begin(kind);
    hash_more(hash, bytes, n);
    return hash_end(hash, out);
}

void hash_md5_text(const void *bytes, size_t n, char text[HASH_MD5_TEXT])
{
    unsigned char digest[HASH_MAX];
    size_t size = hash_bytes(HASH_MD5, bytes, n, digest);
    sodium_bin2hex(text, HASH_MD5_TEXT, digest, size);
}

/* FIPS 180-4, 5.3.4. */
static void begin_sha384(crypto_hash_sha512_state *state)
{
    static const uint64_t beginning[8] = {
        0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
        0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
    crypto_hash_sha512_init(state);
    memcpy(state->state, beginning, sizeof(beginning));
}

struct hash *hash_begin(enum hash_kind kind)
{
    struct hash *hash = mem_alloc(1, sizeof(*hash));
    hash->kind = kind;
    switch (kind) {
    case HASH_MD5:
    case HASH_SHA1:
        old_hash_init(&hash->of.old, kind == HASH_SHA1);
        break;
    case HASH_SHA256:
        crypto_hash_sha256_init(&hash->of.sha256);
        break;
    case HASH_SHA384:
        begin_sha384(&hash->of.sha512);
        break;
    case HASH_SHA512:
        crypto_hash_sha512_init(&hash->of.sha512);
        break;
    case HASH_BLAKE2B:
        crypto_generichash_init(&hash->of.blake, NULL, 0, HASH_BLAKE2B_SIZE);
        break;
    }
    return hash;
}

void hash_more(struct hash *hash, const void *bytes, size_t n)
{
    switch (hash->kind) {
    case HASH_MD5:
    case HASH_SHA1:
        old_hash_more(&hash->of.old, bytes, n);
        break;
    case HASH_SHA256:
        crypto_hash_sha256_update(&hash->of.sha256, bytes, n);
        break;
    case HASH_SHA384:
    case HASH_SHA512:
        crypto_hash_sha512_update(&hash->of.sha512, bytes, n);
        break;
    case HASH_BLAKE2B:
        crypto_generichash_update(&hash->of.blake, bytes, n);
        break;
    }
}

size_t hash_end(struct hash *hash, unsigned char *out)
{
    size_t size = HASH_BLAKE2B_SIZE;
    switch (hash->kind) {
    case HASH_MD5:
    case HASH_SHA1:
        size = old_hash_end(&hash->of.old, out);
        break;
    case HASH_SHA256:
        size = crypto_hash_sha256_BYTES;
        crypto_hash_sha256_final(&hash->of.sha256, out);
        break;
    case HASH_SHA384:
    case HASH_SHA512:
        size = hash->kind == HASH_SHA384 ? 48 : crypto_hash_sha512_BYTES;
        crypto_hash_sha512_final(&hash->of.sha512, out); /* there is room: HASH_MAX */
        break;
    case HASH_BLAKE2B:
        crypto_generichash_final(&hash->of.blake, out, HASH_BLAKE2B_SIZE);
        break;
    }
    hash_abort(hash);
    return size;
}

void hash_abort(struct hash *hash)
{
    free(hash);
}

void hash_add_hex(struct buf *to, const void *bytes, size_t n)
{
    char *at = buf_reserve(to, n * 2);
    if (at) {
        sodium_bin2hex(at, n * 2 + 1, bytes, n);
        to->n += n * 2;
    }
}

bool hash_from_hex(struct buf *to, struct str hex)
{
    size_t n = 0;
    char *at = hex.n % 2 == 0 ? buf_reserve(to, hex.n / 2) : NULL;
    if (!at || sodium_hex2bin((unsigned char *)at, hex.n / 2, hex.s, hex.n, NULL, &n, NULL) != 0 ||
        n != hex.n / 2) {
        return false;
    }
    to->n += n;
    to->s[to->n] = 0;
    return true;
}

void hash_add_base64(struct buf *to, const void *bytes, size_t n)
{
    size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *at = buf_reserve(to, size);
    if (at) {
        sodium_bin2base64(at, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
        to->n += size - 1;
    }
}

bool hash_from_base64(struct buf *to, struct str text)
{
    struct str body = text;
    while (body.n && strchr("= \t\r\n", body.s[body.n - 1])) {
        body.n--;
    }
    size_t n = 0;
    char *at = buf_reserve(to, body.n / 4 * 3 + 3);
    if (!at || sodium_base642bin((unsigned char *)at, body.n / 4 * 3 + 3, body.s, body.n, " \t\r\n",
                                 &n, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0) {
        return false;
    }
    to->n += n;
    to->s[to->n] = 0;
    return true;
}

bool hash_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}
