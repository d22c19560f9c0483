/* What a session needs from the place that keeps finished records: a contract, implemented by
 * app/store/outbox.c, and the words for why a record waits. Knows no table and no network. The ops
 * are called on the thread of the session.
 *
 * States of a record, and what becomes of each by every event (tests/store/outbox_states.c walks
 * them all). "=" nothing changes, "-" refused. Held and partly confirmed ("2 of 3 files") are marks
 * on a record that waits: the ledger of its files outlives every event.
 *
 *   event: who           draft    waiting  held     sending  sent     accepted returned aside
 *   finish: person       waiting  -        -        -        -        -        -        -
 *   begin: session       -        sending  -        -        -        -        -        -
 *   confirm: session     -        =        =        =        =        =        -        =
 *   SENT: session        -        sent     sent     sent     =        =        -        sent
 *   RETRY: session       -        waiting  waiting  waiting  waiting  waiting  -        =
 *   HOLD: session        -        held     held     held     =        =        -        =
 *   ASIDE: session       -        aside    aside    aside    =        =        -        =
 *   release: cause gone  =        =        waiting  =        =        =        =        =
 *   release: person      -        waiting  waiting  -        -        -        -        waiting
 *   set aside: store     -        aside    aside    aside    -        -        -        -
 *   accepted: portal     -        -        -        -        accepted =        accepted -
 *   returned: portal     -        -        -        -        returned returned =        -
 *   seen again: session  -        -        -        -        =        =        -        -
 *   delete: person       gone     -        -        -        -        -        -        -
 *   restart: program     =        =        =        waiting  =        =        =        =
 *
 * RETRY on a sent record means that the server has lost it. A record found sending at a restart is
 * doubtful: it may have arrived. Nothing here ever deletes a finished record. */
#ifndef RUN_OUTBOX_H
#define RUN_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/err.h"
#include "platform/base/str.h"

enum outbox_action {
    OUTBOX_SENT,  /* the server has it all */
    OUTBOX_RETRY, /* again from next_ms on, by itself */
    OUTBOX_HOLD,  /* not again by itself until something changes (release) */
    OUTBOX_ASIDE, /* set apart: kept, shown, exported; needs a person */
};

/* How far an outcome reaches. */
enum outbox_scope {
    OUTBOX_RECORD,
    OUTBOX_FORM, /* all waiting records of that form id */
    OUTBOX_ALL,  /* everything that waits */
};

/* Why. The name (outbox_reason_name) is what a store keeps; numbers may change. */
enum outbox_reason {
    OUTBOX_NO_REASON,
    OUTBOX_NO_NETWORK,
    OUTBOX_NO_SERVER,
    OUTBOX_CAPTIVE,
    OUTBOX_TLS,         /* no encrypted connection came about, nobody knows why */
    OUTBOX_TLS_EARLY,   /* the certificate is not valid yet: our clock is behind */
    OUTBOX_TLS_EXPIRED, /* it is no longer valid, or our clock is ahead */
    OUTBOX_TLS_NAME,    /* it is another server's */
    OUTBOX_TLS_UNKNOWN, /* nobody vouches for it */
    OUTBOX_TLS_PIN,     /* its key is not one of the enrolment */
    OUTBOX_TLS_OLD,     /* only unsafe versions are spoken */
    OUTBOX_TLS_CLEAR,   /* nothing is encrypted */
    OUTBOX_STALLED,
    OUTBOX_BROKEN,
    OUTBOX_BUSY,
    OUTBOX_IN_PROCESS,
    OUTBOX_SERVER_ERROR,
    OUTBOX_SUSPICIOUS,
    OUTBOX_WRONG_ADDRESS,
    OUTBOX_TOKEN,
    OUTBOX_FORM_ACCESS,
    OUTBOX_FORM_CLOSED,
    OUTBOX_FORM_GONE,
    OUTBOX_VERSION_GONE,
    OUTBOX_ORIGINAL_GONE,
    OUTBOX_QUOTA,
    OUTBOX_TOO_LARGE,
    OUTBOX_DIFFERENT,
    OUTBOX_EDIT_LATE,
    OUTBOX_SUPERSEDED,
    OUTBOX_DELETED,
    OUTBOX_FILE_DIFFERS,
    OUTBOX_CONFLICT,
    OUTBOX_BAD_REQUEST,
    OUTBOX_DAMAGED,   /* our copy no longer has its hash, or a file is gone */
    OUTBOX_STORAGE,   /* the disk here did not take or give something */
    OUTBOX_STOPPED,   /* somebody stopped the session */
    OUTBOX_WAIT_WIFI, /* files wait for an unmetered network */
    OUTBOX_BUDGET,    /* today's data is used up */
    OUTBOX_NOT_ENROLLED,
    OUTBOX_HANDED_OVER, /* lies on a stick, or with a colleague; still goes by the network when
                           there is one */
    OUTBOX_STICK_FULL,
    OUTBOX_STICK_LOCKED,  /* nothing can be written to it */
    OUTBOX_STICK_GONE,    /* pulled out, or it does not answer */
    OUTBOX_NEAR_GONE,     /* the device nearby does not answer, or no longer */
    OUTBOX_NEAR_CODE,     /* its code is an old one */
    OUTBOX_NEAR_FULL,     /* it takes no more */
    OUTBOX_NEAR_STRANGER, /* it belongs to another organisation */
    OUTBOX_PROGRAM,       /* a library of the program is not installed here */
    OUTBOX_REASONS,       /* how many */
};

struct outbox_file {
    const char *name; /* as the XML has it */
    const char *type; /* MIME type or NULL */
    int64_t size;     /* bytes as sent */
    bool is_confirmed;
    bool is_aside; /* refused by the server earlier: not offered again */
};

struct outbox_item {
    int64_t record;   /* the store's key */
    int64_t sequence; /* order of finishing, never the clock */
    const char *instance_id, *form_id, *form_version;
    struct str xml;        /* frozen bytes */
    bool is_edit;          /* has a deprecatedID */
    bool is_xml_confirmed; /* the server accepted these bytes before */
    bool is_doubtful;      /* the last try ended without an answer: it may have arrived */
    int attempts;          /* tries that failed in a row */
    int64_t bytes_left;    /* XML and unconfirmed files */
    struct outbox_file *files;
    size_t n_files;
};

/* What a session has found out about a record. */
struct outbox_outcome {
    enum outbox_action action;
    enum outbox_scope scope;
    enum outbox_reason reason;
    int status;        /* HTTP or 0 */
    int64_t next_ms;   /* RETRY: not before this moment (wall clock); else 0 */
    int64_t wait_ms;   /* RETRY: what the server asked for; 0: nothing */
    bool is_doubtful;  /* it may have arrived although no answer says so */
    bool names_files;  /* the server said itself which files it has: it vouches for them */
    char message[400]; /* what the server said, for people; may be empty */
};

struct outbox_ops {
    /* The next record that may go now: state ready, due at now_ms, not held, not set aside. Order:
     * fewest attempts, then those with at most 256 KiB left, then sequence; so a bad record never
     * delays a good one. Not one that this call gave since the session began, unless release() came
     * between. Texts and bytes come from the arena. False with err->kind ERR_NONE when there is
     * none. */
    bool (*next)(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                 struct err *err);
    /* The record is about to be sent: on disk before the first byte leaves. ERR_DENIED when it is
     * being sent elsewhere: it is passed over. */
    bool (*begin)(void *ctx, int64_t record, struct err *err);
    /* Streams file i of the record from its start; *reader is handed to read and close. The bytes
     * are checked (AEAD, hash): ERR_DAMAGED when they are not those that were frozen. */
    bool (*open_file)(void *ctx, int64_t record, size_t i, void **reader, struct err *err);
    /* Gives up to room bytes, *got 0 only at the end. */
    bool (*read_file)(void *ctx, void *reader, void *bytes, size_t room, size_t *got,
                      struct err *err);
    /* Ends reading; reader may be half read. */
    void (*close_file)(void *ctx, void *reader);
    /* The server accepted the XML and the files marked is_confirmed in item->files (all of them,
     * now and earlier; a cleared mark means the server lacks it after all): the ledger, on disk
     * when it returns. */
    bool (*confirm)(void *ctx, const struct outbox_item *item, struct err *err);
    /* The outcome of a try; RETRY counts one attempt more. SENT: confirmed for good. Scope FORM or
     * ALL: action, reason and message are also written to all other waiting records it reaches, so
     * that each says why it waits: their attempts become at least item->attempts + 1, and a RETRY
     * never brings another record's own later moment forward and touches none on HOLD or set
     * aside. */
    bool (*settle)(void *ctx, const struct outbox_item *item, const struct outbox_outcome *outcome,
                   struct err *err);
    /* Something changed: records on HOLD or RETRY for this reason are ready at once, attempts back
     * to 0. form_id: only that form's; NULL: all. */
    bool (*release)(void *ctx, enum outbox_reason reason, const char *form_id, struct err *err);
    /* When the earliest RETRY is due (wall clock ms); 0 when none is waiting. */
    bool (*next_due)(void *ctx, int64_t *due_ms, struct err *err);
    /* A record that was sent at least a day ago and has not been seen on the server since, like
     * next; those asked about least often first. False with ERR_NONE when there is none. NULL: sent
     * records are never asked about. */
    bool (*next_sent)(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                      struct err *err);
    /* The server still has the whole record: the second confirmation, without which nothing may be
     * removed here. When it lacks something instead, settle (RETRY) brings the record back into the
     * queue. */
    bool (*seen_again)(void *ctx, int64_t record, struct err *err);
};

struct outbox {
    const struct outbox_ops *ops;
    void *ctx;
};

/* "captive", "form-closed", …: stored and logged (static). */
const char *outbox_reason_name(enum outbox_reason reason);

/* The reason of that name; OUTBOX_NO_REASON when there is none. */
enum outbox_reason outbox_reason_of(const char *name);

/* The sentence for people in English: the msgid for tr(). Never NULL (static). */
const char *outbox_reason_text(enum outbox_reason reason);

/* What the person can do, likewise; "" when nothing is to be done but wait. */
const char *outbox_reason_remedy(enum outbox_reason reason);

#endif
