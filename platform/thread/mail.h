/* How threads tell each other: a mailbox with an owner who reads and many who post. A mail is a
 * value; what it carries is owned by the mail until somebody takes it. */
#ifndef THREAD_MAIL_H
#define THREAD_MAIL_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"

struct mail {
    int kind;                      /* meaning given by the room that posts it */
    uint64_t about;                /* which job, record or screen */
    int64_t number;                /* progress, count */
    void *parcel;                  /* owned by the mail; NULL when taken */
    void (*discard)(void *parcel); /* frees the parcel; NULL: free() */
    struct err err;                /* kind ERR_NONE when it went well */
};

struct mailbox;

/* Makes a mailbox. wake is called by the posting thread and may do one thing: make the owner's wait
 * return (push a window event, signal a condition). NULL: mailbox_wait is used instead. */
struct mailbox *mailbox_create(void (*wake)(void *ctx), void *ctx);

/* Discards what was not read and frees; takes NULL. No poster may be left. */
void mailbox_destroy(struct mailbox *box);

/* Puts a mail in (its parcel changes owner) and wakes the owner. Any thread. */
void mailbox_post(struct mailbox *box, const struct mail *mail);

/* Takes the oldest mail out; false when the box is empty. Owner only. */
bool mailbox_take(struct mailbox *box, struct mail *mail);

/* Waits at most ms milliseconds (-1: for ever) until a mail is there; false when none came. */
bool mailbox_wait(struct mailbox *box, int ms);

/* Frees the parcel of a mail nobody wants. */
void mail_discard(struct mail *mail);

#endif
