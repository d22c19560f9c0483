/* base64url without padding (RFC 4648 §5) and fields in a row of bytes: what the codes of this
 * folder share. Any thread. */
#ifndef HANDOVER_TEXT_H
#define HANDOVER_TEXT_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"

/* Appends bytes as base64url. */
void text_add_base64url(struct buf *to, struct str bytes);

/* Appends the bytes of base64url; false when it is none. */
bool text_from_base64url(struct buf *to, struct str text);

/* Appends head, base64url of content, a point and base64url of the signature over all before the
 * point. */
void text_add_signed(struct buf *to, const char *head, struct str content,
                     const unsigned char secret[SIGN_SECRET]);

/* Takes a text of text_add_signed apart: content appended, `covered` is what the signature covers
 * (borrowed from text). ERR_INPUT when it is no such text. The signature is not checked here: the
 * key may stand in the content. */
bool text_read_signed(struct str text, const char *head, struct buf *content, struct str *covered,
                      unsigned char signature[SIGN_SIZE], struct err *err);

#endif
