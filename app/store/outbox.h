/* The queue of finished records as sync sees it: sync/run/outbox.h says what it promises, this
 * answers from the database. One session, one thread, one store. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "app/store/store.h"
#include "sync/run/outbox.h"

/* Begins a session over the store (which must stay open); fills out. End it with outbox_end. */
void outbox_begin(struct store *store, struct outbox *out);

/* Ends the session and empties out. */
void outbox_end(struct outbox *out);

/* The record with that instance id when it waits to be sent, held or not, with its bytes; else
 * item->record is 0. For words about single records that come by another way than a session. */
bool outbox_find(struct store *store, const char *instance_id, struct arena *arena,
                 struct outbox_item *item, struct err *err);

/* The files that are held for that reason (WAIT_WIFI, BUDGET), and their bytes. */
bool outbox_held(struct store *store, enum outbox_reason reason, int64_t *files, int64_t *bytes,
                 struct err *err);

/* The bytes that still wait to be sent, and in how many records. */
bool outbox_left(struct store *store, int64_t *records, int64_t *bytes, struct err *err);

/* What a hand-over by other ways than the server would take: all that waits and does not correct
 * what has yet to arrive, with all its files, held or confirmed or not. */
struct outbox_whole {
    int64_t records, files, bytes;
};
bool outbox_whole(struct store *store, struct outbox_whole *whole, struct err *err);

#endif
