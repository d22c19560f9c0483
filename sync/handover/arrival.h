/* What travels back when records went by a stick: the organisation's signed word that they have
 * arrived whole, so that the device that made them may count them as sent.
 *   GCA1:<base64url of entries>.<base64url of signature>
 * Pure functions, any thread. */
#ifndef HANDOVER_ARRIVAL_H
#define HANDOVER_ARRIVAL_H

#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"

enum { ARRIVAL_DIGEST = 16, ARRIVAL_ID = 96 };

struct arrival {
    char instance_id[ARRIVAL_ID];
    unsigned char digest[ARRIVAL_DIGEST]; /* of the XML: arrival_digest */
    int files;                            /* that arrived with it */
};

/* The digest of frozen XML that an arrival carries. */
void arrival_digest(struct str xml, unsigned char digest[ARRIVAL_DIGEST]);

/* What says that a whole bundle was read and every record of it decided over: an arrival with its
 * name instead of a record's, for those who carried it and cannot read it. */
void arrival_of_bundle(struct arrival *arrival, struct str bundle);

/* Is it about exactly this record with all its files? */
bool arrival_is_of(const struct arrival *arrival, struct str xml, size_t files);

/* Appends the signed text for n records; ERR_INPUT for an id that is too long. */
bool arrival_add(struct buf *to, const struct arrival *arrivals, size_t n,
                 const unsigned char secret[SIGN_SECRET], struct err *err);

/* Reads it, checks it against the organisation's key and calls each for every record. ERR_INPUT: no
 * such text; ERR_DENIED: not signed by that organisation. Nothing is told before the signature was
 * checked. */
bool arrival_read(struct str text, const unsigned char organisation[SIGN_PUBLIC],
                  void (*each)(void *ctx, const struct arrival *arrival), void *ctx,
                  struct err *err);

#endif
