/* Where fetched forms and lists go: sync/run/inbox.h says what it promises, this keeps them in the
 * database. Belongs to the thread of the session. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "app/store/store.h"
#include "sync/run/inbox.h"

struct inbox_place {
    struct store *store; /* borrowed */
    const char *source;  /* the server's address, kept with its forms; borrowed */
};

/* The ops over a place, which must outlive the inbox. */
struct inbox inbox_of(struct inbox_place *place);

#endif
