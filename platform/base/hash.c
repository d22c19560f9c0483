#include "platform/base/hash.h"

#include <md5.h>
#include <sha1.h>
#include <sha2.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

struct hash {
    enum hash_kind kind;
    union {
        MD5_CTX md5;
        SHA1_CTX sha1;
        SHA2_CTX sha384;
        crypto_hash_sha256_state sha256;
        crypto_hash_sha512_state sha512;
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

struct hash *hash_begin(enum hash_kind kind)
{
    struct hash *hash = mem_alloc(1, sizeof(*hash));
    hash->kind = kind;
    switch (kind) {
    case HASH_MD5:
        MD5Init(&hash->of.md5);
        break;
    case HASH_SHA1:
        SHA1Init(&hash->of.sha1);
        break;
    case HASH_SHA256:
        crypto_hash_sha256_init(&hash->of.sha256);
        break;
    case HASH_SHA384:
        SHA384Init(&hash->of.sha384);
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
        MD5Update(&hash->of.md5, bytes, n);
        break;
    case HASH_SHA1:
        SHA1Update(&hash->of.sha1, bytes, n);
        break;
    case HASH_SHA256:
        crypto_hash_sha256_update(&hash->of.sha256, bytes, n);
        break;
    case HASH_SHA384:
        SHA384Update(&hash->of.sha384, bytes, n);
        break;
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
        size = MD5_DIGEST_LENGTH;
        MD5Final(out, &hash->of.md5);
        break;
    case HASH_SHA1:
        size = SHA1_DIGEST_LENGTH;
        SHA1Final(out, &hash->of.sha1);
        break;
    case HASH_SHA256:
        size = crypto_hash_sha256_BYTES;
        crypto_hash_sha256_final(&hash->of.sha256, out);
        break;
    case HASH_SHA384:
        size = SHA384_DIGEST_LENGTH;
        SHA384Final(out, &hash->of.sha384);
        break;
    case HASH_SHA512:
        size = crypto_hash_sha512_BYTES;
        crypto_hash_sha512_final(&hash->of.sha512, out);
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
