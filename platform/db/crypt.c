#include "platform/db/crypt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "platform/base/aside.h"
#include "platform/base/clock.h"

struct key {
    unsigned char bytes[CRYPT_KEY];
};

static struct key *key_alloc(void)
{
    if (sodium_init() < 0) {
        abort();
    }
    struct key *key = sodium_malloc(sizeof(*key));
    if (!key) {
        abort(); /* as mem_alloc does: a key is a small thing */
    }
    return key;
}

struct key *key_create(void)
{
    struct key *key = key_alloc();
    randombytes_buf(key->bytes, CRYPT_KEY);
    return key;
}

struct key *key_of(const unsigned char bytes[CRYPT_KEY])
{
    struct key *key = key_alloc();
    memcpy(key->bytes, bytes, CRYPT_KEY);
    return key;
}

void key_destroy(struct key *key)
{
    sodium_free(key); /* zeroes first; takes NULL */
}

const unsigned char *key_bytes(const struct key *key)
{
    return key->bytes;
}

struct key *key_derive(const struct key *master, uint64_t number)
{
    struct key *key = key_alloc();
    crypto_kdf_derive_from_key(key->bytes, CRYPT_KEY, number, "gocuakey", master->bytes);
    return key;
}

struct slow_work {
    unsigned char *bytes;
    struct str secret;
    const unsigned char *salt;
    const struct crypt_cost *cost;
    bool ok;
};

static void derive_slowly(void *ctx)
{
    struct slow_work *w = ctx;
    w->ok = crypto_pwhash(w->bytes, CRYPT_KEY, w->secret.s, w->secret.n, w->salt, w->cost->passes,
                          (size_t)w->cost->memory, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool key_from_secret(struct str secret, const unsigned char salt[CRYPT_SALT],
                     const struct crypt_cost *cost, const struct key *device, struct key **key,
                     struct err *err)
{
    struct key *slow = key_alloc();
    struct slow_work work = {slow->bytes, secret, salt, cost, false};
    aside_do(derive_slowly, &work);
    if (!work.ok) {
        key_destroy(slow);
        return err_set(err, ERR_STORAGE, ENOMEM, "not enough memory to check the PIN");
    }
    *key = key_alloc();
    if (device) {
        crypto_generichash((*key)->bytes, CRYPT_KEY, slow->bytes, CRYPT_KEY, device->bytes,
                           CRYPT_KEY);
    } else {
        crypto_generichash((*key)->bytes, CRYPT_KEY, slow->bytes, CRYPT_KEY, NULL, 0);
    }
    key_destroy(slow);
    return true;
}

int64_t crypt_measure(const struct crypt_cost *cost)
{
    static const unsigned char salt[CRYPT_SALT];
    struct key *key = NULL;
    int64_t begin = clock_mono_ms();
    if (!key_from_secret(STR("measure"), salt, cost, NULL, &key, NULL)) {
        return -1;
    }
    key_destroy(key);
    return clock_mono_ms() - begin;
}

void key_wrap(const struct key *key, const struct key *kek, struct str about,
              unsigned char out[CRYPT_WRAPPED])
{
    randombytes_buf(out, CRYPT_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + CRYPT_NONCE, NULL, key->bytes, CRYPT_KEY,
                                               (const unsigned char *)about.s, about.n, NULL, out,
                                               kek->bytes);
}

struct key *key_unwrap(const unsigned char wrapped[CRYPT_WRAPPED], const struct key *kek,
                       struct str about)
{
    struct key *key = key_alloc();
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            key->bytes, NULL, NULL, wrapped + CRYPT_NONCE, CRYPT_KEY + CRYPT_TAG,
            (const unsigned char *)about.s, about.n, wrapped, kek->bytes) != 0) {
        key_destroy(key);
        return NULL;
    }
    return key;
}

void crypt_mac(const struct key *key, const void *bytes, size_t n, unsigned char mac[CRYPT_MAC])
{
    crypto_generichash(mac, CRYPT_MAC, bytes, n, key ? key->bytes : NULL, key ? CRYPT_KEY : 0);
}
