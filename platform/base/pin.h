/* What stands for a server's key: "sha256//" and base64 of the SHA-256 over its public key (the
 * SubjectPublicKeyInfo), as HTTP clients pin it. It survives a new certificate for the same key.
 * Any thread. */
#ifndef BASE_PIN_H
#define BASE_PIN_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

enum { PIN_TEXT = 8 + 44 }; /* letters of one pin */

/* Appends the pin of a PEM text: a certificate (the first one), a public key or a private key
 * without a password. ERR_INPUT when it is none of these. */
bool pin_add(struct buf *to, struct str pem, struct err *err);

/* Is the text one pin? */
bool pin_is_good(struct str text);

#endif
