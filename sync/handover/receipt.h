/* The citizen's receipt as a short text in a QR: that this visit was recorded, on which day, for
 * which form, by which device, signed by it, and nothing about the person. Any Gõ Cửa checks it
 * without a network.
 *   GCR1:<base64url of fields>.<base64url of signature>
 * Pure functions, any thread. */
#ifndef HANDOVER_RECEIPT_H
#define HANDOVER_RECEIPT_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"

struct receipt {
    char visit[40];           /* id of the visit: a UUID in text form */
    char form_id[64];         /* "" when the visit had none */
    int64_t when_ms;          /* to the minute */
    char code[48];            /* dossier code or "" */
    char office[64];          /* who made it out, e.g. the commune; may be "" */
    unsigned char digest[16]; /* of the frozen record, so that an office can find and compare it */
    unsigned char device[SIGN_PUBLIC]; /* key that signed */
};

/* Is the text one of our receipts by its look? */
bool receipt_is_one(struct str text);

/* Appends the signed text (about 200 to 330 bytes); receipt->device is taken from the secret. */
bool receipt_add(struct buf *to, const struct receipt *receipt,
                 const unsigned char secret[SIGN_SECRET], struct err *err);

/* Reads it and checks the signature against the key inside. ERR_INPUT: no receipt; ERR_DENIED: it
 * was changed. Whether the device key is a known one is the caller's question. */
bool receipt_read(struct receipt *receipt, struct str text, struct err *err);

#endif
