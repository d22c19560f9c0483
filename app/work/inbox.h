/* The store as the place where forms and lists arrive: the ops that sync/run asks for. Files of one
 * form are gathered, checked by reading the form, and put in place in one step. Belongs to the
 * thread of the session. */
#ifndef WORK_INBOX_H
#define WORK_INBOX_H

#include "sync/run/inbox.h"

struct store;

struct inbox_place {
    struct store *store; /* borrowed */
    const char *source;  /* the server's address, kept with the forms */
};

/* The ops over a place, which must outlive the inbox. */
struct inbox inbox_of(struct inbox_place *place);

#endif
