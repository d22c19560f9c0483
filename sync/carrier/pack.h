/* What the ways without a server share: a record with its files put into a bundle of its own, and
 * the organisation's words of what has arrived. */
#ifndef CARRIER_PACK_H
#define CARRIER_PACK_H

#include "platform/base/map.h"
#include "sync/handover/bundle.h"
#include "sync/run/carrier.h"

/* Writes the bundle of one record, sealed to the organisation of the settings: all its files, also
 * those that a server has confirmed, since the bundle may travel to another one. ERR_DAMAGED,
 * ERR_MISSING, ERR_INPUT: of the record; ERR_CANCELLED: stopped; else what the sink said. */
bool pack_record(const struct carrier_settings *settings, const struct outbox *outbox,
                 const struct outbox_item *item, const struct bundle_sink *sink, struct err *err);

/* What lists of arrivals say. Zeroed memory has heard nothing; pack_forget frees. */
struct pack_words {
    struct arena arena;
    struct map arrived; /* instanceID → all that was said about it */
};

/* Hears a list; fails as arrival_read does. */
bool pack_hear(struct pack_words *words, struct str list,
               const unsigned char organisation[SIGN_PUBLIC], struct err *err);

/* Has exactly this record come in with all its files? Then it is confirmed and *outcome says SENT,
 * or what the disk said. */
bool pack_has_arrived(const struct pack_words *words, const struct outbox *outbox,
                      struct outbox_item *item, struct outbox_outcome *outcome);

/* Frees. */
void pack_forget(struct pack_words *words);

#endif
