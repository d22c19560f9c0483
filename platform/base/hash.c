#include "platform/base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

struct hash {
    EVP_MD_CTX *evp;
    crypto_generichash_state blake;
};

static const EVP_MD *md_of(enum hash_kind kind)
{
    switch (kind) {
    case HASH_MD5:
        return EVP_md5();
    case HASH_SHA1:
        return EVP_sha1();
    case HASH_SHA256:
        return EVP_sha256();
    case HASH_SHA384:
        return EVP_sha384();
    case HASH_SHA512:
        return EVP_sha512();
    case HASH_BLAKE2B:
        break;
    }
    return NULL;
}

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
    if (kind == HASH_BLAKE2B) {
        crypto_generichash_init(&hash->blake, NULL, 0, HASH_BLAKE2B_SIZE);
    } else {
        hash->evp = EVP_MD_CTX_new();
        if (!hash->evp || EVP_DigestInit_ex(hash->evp, md_of(kind), NULL) != 1) {
            abort(); /* the crypto library itself is broken */
        }
    }
    return hash;
}

void hash_more(struct hash *hash, const void *bytes, size_t n)
{
    if (hash->evp) {
        EVP_DigestUpdate(hash->evp, bytes, n);
    } else {
        crypto_generichash_update(&hash->blake, bytes, n);
    }
}

size_t hash_end(struct hash *hash, unsigned char *out)
{
    unsigned size = HASH_BLAKE2B_SIZE;
    if (hash->evp) {
        EVP_DigestFinal_ex(hash->evp, out, &size);
    } else {
        crypto_generichash_final(&hash->blake, out, HASH_BLAKE2B_SIZE);
    }
    hash_abort(hash);
    return size;
}

void hash_abort(struct hash *hash)
{
    if (hash) {
        EVP_MD_CTX_free(hash->evp);
        free(hash);
    }
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
