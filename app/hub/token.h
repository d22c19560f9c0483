/* Secrets that people and devices carry: tokens, enrolment codes, the supervisor's passphrase. Only
 * their digests are kept. Any thread. */
#ifndef HUB_TOKEN_H
#define HUB_TOKEN_H

#include <stdbool.h>
#include "platform/base/hash.h"
#include "platform/base/str.h"

enum { TOKEN_TEXT = 65, CODE_TEXT = 15, PASSPHRASE_TEXT = 30, TOKEN_DIGEST = HASH_BLAKE2B_SIZE };

/* A new device token: 64 letters and digits (380 bits). */
void token_make(char text[TOKEN_TEXT]);

/* A new short code to be typed: three groups of four from an alphabet without look-alikes
 * (60 bits). */
void token_make_code(char text[CODE_TEXT]);

/* A new passphrase: six groups of four (120 bits). */
void token_make_passphrase(char text[PASSPHRASE_TEXT]);

/* The digest under which a secret is kept. Codes and passphrases count the same in small letters,
 * with other or without separators, with O for 0 and I or L for 1. */
void token_digest(struct str secret, bool is_typed, unsigned char digest[TOKEN_DIGEST]);

#endif
