#include "platform/base/sign.h"

#include <string.h>

#include <sodium.h>

void sign_make_keys(unsigned char public_key[SIGN_PUBLIC], unsigned char secret[SIGN_SECRET])
{
    crypto_sign_keypair(public_key, secret);
}

void sign_keys_of_seed(const unsigned char seed[SIGN_SEED], unsigned char public_key[SIGN_PUBLIC],
                       unsigned char secret[SIGN_SECRET])
{
    crypto_sign_seed_keypair(public_key, secret, seed);
}

void sign_public_of(const unsigned char secret[SIGN_SECRET], unsigned char public_key[SIGN_PUBLIC])
{
    memcpy(public_key, secret + SIGN_SEED, SIGN_PUBLIC);
}

void sign_text(struct str text, const unsigned char secret[SIGN_SECRET],
               unsigned char signature[SIGN_SIZE])
{
    crypto_sign_detached(signature, NULL, (const unsigned char *)text.s, text.n, secret);
}

bool sign_is_good(struct str text, const unsigned char signature[SIGN_SIZE],
                  const unsigned char public_key[SIGN_PUBLIC])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)text.s, text.n,
                                       public_key) == 0;
}

bool sign_seal(struct buf *to, struct str text, const unsigned char public_key[SIGN_PUBLIC],
               struct err *err)
{
    unsigned char box_key[crypto_box_PUBLICKEYBYTES];
    if (crypto_sign_ed25519_pk_to_curve25519(box_key, public_key) != 0) {
        return err_set(err, ERR_INPUT, 0, "the organisation's key is not usable");
    }
    unsigned char *at = (unsigned char *)buf_reserve(to, text.n + SIGN_SEAL);
    if (!at || crypto_box_seal(at, (const unsigned char *)text.s, text.n, box_key) != 0) {
        return err_set(err, ERR_STORAGE, 0, "sealing failed");
    }
    to->n += text.n + SIGN_SEAL;
    to->s[to->n] = 0;
    return true;
}

bool sign_unseal(struct buf *to, struct str sealed, const unsigned char secret[SIGN_SECRET],
                 struct err *err)
{
    unsigned char box_public[crypto_box_PUBLICKEYBYTES];
    unsigned char box_secret[crypto_box_SECRETKEYBYTES];
    unsigned char *at = NULL;
    bool ok = sealed.n >= SIGN_SEAL &&
              crypto_sign_ed25519_pk_to_curve25519(box_public, secret + SIGN_SEED) == 0 &&
              crypto_sign_ed25519_sk_to_curve25519(box_secret, secret) == 0 &&
              (at = (unsigned char *)buf_reserve(to, sealed.n - SIGN_SEAL)) != NULL &&
              crypto_box_seal_open(at, (const unsigned char *)sealed.s, sealed.n, box_public,
                                   box_secret) == 0;
    sodium_memzero(box_secret, sizeof(box_secret));
    if (!ok) {
        return err_set(err, ERR_DENIED, 0, "sealed for somebody else, or changed");
    }
    to->n += sealed.n - SIGN_SEAL;
    to->s[to->n] = 0;
    return true;
}
