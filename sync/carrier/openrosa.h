/* The inside of the OpenRosa carrier, shared by its files only: openrosa.c sends, openrosa_fetch.c
 * fetches. */
#ifndef CARRIER_OPENROSA_H
#define CARRIER_OPENROSA_H

#include "sync/openrosa/client.h"
#include "sync/run/carrier.h"

struct openrosa_state {
    struct portal *portal;
    struct carrier_settings set;
    struct carrier_progress at; /* what moves just now */
    int64_t before;             /* bytes of earlier requests that belong to it */
};

/* What the queue does about an answer. local: what err said when the fault was here. */
void openrosa_outcome(const struct answer *answer, const struct err *local,
                      struct outbox_outcome *outcome);

/* carrier.fetch */
bool openrosa_fetch_news(void *state, const struct inbox *inbox, struct carrier_news *news,
                         struct outbox_outcome *outcome);

#endif
