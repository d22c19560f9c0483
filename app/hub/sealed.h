/* Sealed bundles come in like submissions, by a stick or through a colleague's device: opened with
 * the organisation's key, each record decided over as if it had been posted; what is here
 * afterwards is acknowledged in a signed list that travels back. One thread at a time. */
#ifndef HUB_SEALED_H
#define HUB_SEALED_H

#include "app/hub/archive.h"
#include "platform/base/vec.h"
#include "sync/handover/arrival.h"
#include "sync/openrosa/server.h"

struct hash;

/* Zeroed but for what the caller fills: archive, data, secret, device and complain. */
struct sealed {
    struct archive *archive;
    const char *data; /* folder of the hub */
    unsigned char secret[SIGN_SECRET];
    int64_t device;                                                 /* that the records count as */
    void (*complain)(void *ctx, const char *name, const char *why); /* NULL: nobody listens */
    void *ctx;
    VEC(struct openrosa_parcel *) parcels; /* of the bundle being read */
    VEC(struct arrival) arrivals;
    int fd; /* spool file being written, or -1 */
    int64_t left;
    struct hash *hash;
    int taken, refused, bad; /* records, records, bundles */
};

/* Takes one bundle in. A bundle is named in the answer as well when every record of it was decided
 * over, also by a refusal that will not change by itself. */
void sealed_take(struct sealed *sealed, const char *name, struct str bytes);

/* Appends the signed list of what was taken in so far. */
bool sealed_answer(struct sealed *sealed, struct buf *to, struct err *err);

/* Frees what it holds, the key too; the archive stays the caller's. */
void sealed_finish(struct sealed *sealed);

#endif
