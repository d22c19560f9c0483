/* Where fetched forms and lists go: sync/run/inbox.h says what it promises, this keeps them in the
 * database. One session, one thread, one store. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "app/store/store.h"
#include "sync/run/inbox.h"

/* Begins a session over the store (which must stay open); source names the server, its forms are
 * told from others by it. Fills out; end it with inbox_end. */
void inbox_begin(struct store *store, const char *source, struct inbox *out);

/* Ends the session and empties out. */
void inbox_end(struct inbox *out);

#endif
