/* Signatures (Ed25519) and sealing to a public key (X25519 sealed box of libsodium). A key pair of
 * an organisation serves both: its signing key is converted for sealing. Secrets are the caller's
 * to wipe. Any thread. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

enum { SIGN_PUBLIC = 32, SIGN_SECRET = 64, SIGN_SIZE = 64, SIGN_SEED = 32, SIGN_SEAL = 48 };

/* A new key pair; the secret's second half is the public key. */
void sign_make_keys(unsigned char public_key[SIGN_PUBLIC], unsigned char secret[SIGN_SECRET]);

/* The pair that belongs to a seed (kept instead of the secret, or given by a test). */
void sign_keys_of_seed(const unsigned char seed[SIGN_SEED], unsigned char public_key[SIGN_PUBLIC],
                       unsigned char secret[SIGN_SECRET]);

/* The public half of a secret. */
void sign_public_of(const unsigned char secret[SIGN_SECRET], unsigned char public_key[SIGN_PUBLIC]);

/* Signs text. */
void sign_text(struct str text, const unsigned char secret[SIGN_SECRET],
               unsigned char signature[SIGN_SIZE]);

/* Is it the signature of text under that key? */
bool sign_is_good(struct str text, const unsigned char signature[SIGN_SIZE],
                  const unsigned char public_key[SIGN_PUBLIC]);

/* Appends text sealed to the owner of an Ed25519 key (SIGN_SEAL bytes longer): nobody else can read
 * it, and who sealed it cannot be seen. ERR_INPUT for a key that is no point of the curve. */
bool sign_seal(struct buf *to, struct str text, const unsigned char public_key[SIGN_PUBLIC],
               struct err *err);

/* Appends what was sealed; ERR_DENIED when it was for another key or was changed. */
bool sign_unseal(struct buf *to, struct str sealed, const unsigned char secret[SIGN_SECRET],
                 struct err *err);

#endif
