/* Codes that join a device to a server, read from a QR or typed as text. Ours is signed by the
 * organisation and expires:
 *   GOCUA1:<base64url of JSON>.<base64url of the Ed25519 signature over "GOCUA1:<base64url of
 * JSON>"> JSON: {"s":server,"t":token,"x":expiry (seconds since 1970),"k":organisation key
 * (base64url of 32 bytes),"n":name of the organisation,"p":[TLS pins]} ODK Collect's is base64 of
 * zlib of JSON, unsigned. Pure functions, any thread. */
#ifndef HANDOVER_ENROLMENT_H
#define HANDOVER_ENROLMENT_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"
#include "sync/handover/pins.h"

enum enrolment_kind { ENROLMENT_OWN, ENROLMENT_ODK };

struct enrolment {
    enum enrolment_kind kind;
    char server[512];               /* address; without the token when there is one */
    char token[128];                /* "" when the address needs none */
    char user[128], password[128];  /* ODK codes only; else "" */
    char organisation[128];         /* name, may be "" */
    char project[128];              /* ODK: general/project name, may be "" */
    char pins[PINS_TEXT];           /* "sha256//…;sha256//…" or "" */
    int64_t expires_ms;             /* wall clock; 0: never (ODK) */
    unsigned char key[SIGN_PUBLIC]; /* of the organisation: checks receipts, seals bundles */
};

/* Does the text look like one of our codes (it begins with GOCUA1:)? */
bool enrolment_is_own(struct str text);

/* Reads and checks our code or ODK's. known: key of the organisation this device already belongs
 * to, or NULL at the first enrolment (then the person compares enrolment_add_fingerprint with what
 * the organisation tells). ERR_INPUT: no such code, or damaged; ERR_DENIED: the signature is wrong
 * or by another organisation (code 1), or it has expired at now_ms (code 2). Only http and https
 * addresses without user and password in them are taken. */
bool enrolment_read(struct enrolment *enrolment, struct str text,
                    const unsigned char known[SIGN_PUBLIC], int64_t now_ms, struct err *err);

/* Appends our signed code; secret is the organisation's, whose public half becomes "k". */
bool enrolment_add_own(struct buf *to, const struct enrolment *enrolment,
                       const unsigned char secret[SIGN_SECRET], struct err *err);

/* Appends ODK Collect's settings code (server address with token, user, password). */
bool enrolment_add_odk(struct buf *to, const struct enrolment *enrolment, struct err *err);

/* Appends the address for the OpenRosa client: server, and "/key/TOKEN" when there is a token. */
void enrolment_add_address(struct buf *to, const struct enrolment *enrolment);

/* Appends eight groups of four digits that stand for a key, to be compared by eye or read out. */
void enrolment_add_fingerprint(struct buf *to, const unsigned char key[SIGN_PUBLIC]);

#endif
