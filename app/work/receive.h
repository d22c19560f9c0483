/* Takes in what devices nearby give, in the same Wi-Fi and without the Internet: listens, shows a
 * code (sync/handover/near.h), keeps sealed bundles to be carried on (carried.h) and gives back the
 * words of arrival that are here. A stranger in that Wi-Fi can neither read nor bring nor take
 * anything. The server's threads do the work; it ends with receive_end. UI thread. */
#ifndef WORK_RECEIVE_H
#define WORK_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "sync/handover/near.h"

struct app;
struct receive;

struct receive_status {
    int devices;     /* that have shown that they know the code */
    int bundles;     /* kept since it began */
    int known;       /* came again, or were here before */
    int refused;     /* strangers and damaged ones */
    int64_t bytes;   /* of bundles, also those that are on the way */
    int coming;      /* bundles that are on the way now */
    bool is_full;    /* the last one did not fit */
    int64_t last_ms; /* when the last ask with the right key came, by clock_mono_ms */
};

/* Begins to listen; MAIL_RECEIVE tells of news. ERR_MISSING: the device belongs to no organisation
 * of ours; ERR_OFFLINE: no network that others could be in too. */
bool receive_begin(struct app *app, struct receive **out, struct err *err);

/* What the code says; borrowed. */
const struct near_code *receive_code(const struct receive *receive);

/* How it stands. */
void receive_look(struct receive *receive, struct receive_status *status);

/* Stops listening: what is whole is kept, what is on the way is dropped; takes NULL. */
void receive_end(struct receive *receive);

#endif
