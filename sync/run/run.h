/* One session: connect, send what is due, fetch what is new, tell. One record at a time, a bad one
 * never delays the others, and every record that stays has its reason. Runs on the worker's (or the
 * command line's) thread; owns no thread and no clock but platform/base/clock.h. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "sync/run/carrier.h"

enum run_step {
    RUN_CONNECTING, /* asking whether the server is there and genuine */
    RUN_SENDING,    /* record, done and total bytes are set */
    RUN_SETTLED,    /* record was sent, or waits for a reason: outcome is set */
    RUN_ASKED,      /* a sent record was asked about: outcome is set, SENT when it is there */
    RUN_FETCHING,   /* form_id, done and total */
    RUN_DONE,
};

/* What the session tells; borrowed for the call. SENDING and FETCHING at most five times a second,
 * the others always. */
struct run_report {
    enum run_step step;
    int64_t record;
    const char *form_id;
    int64_t done, total;
    const struct outbox_outcome *outcome; /* SETTLED only, else NULL */
    int64_t moved;                        /* bytes of the whole session so far, both ways */
};

/* Sealed bundles of others that are handed on when the server was reached. */
struct run_parcels {
    /* The next one of this session, borrowed until the next call; false when there is none. */
    bool (*next)(void *ctx, struct str *bundle);
    /* What came back for the one given last; empty when the server cannot use it and never will. */
    void (*passed)(void *ctx, struct str back);
    void *ctx;
};

struct run_settings {
    const struct carrier *carrier;
    struct carrier_settings to;
    struct outbox outbox;       /* ops NULL: nothing is sent */
    struct inbox inbox;         /* ops NULL: nothing is fetched */
    struct run_parcels parcels; /* next NULL: none */
    bool holds_files;           /* the network is metered and files shall wait for another */
    bool has_budget;      /* files wait when they would pass it; records themselves always go */
    int64_t budget;       /* bytes that may still be moved, 0 or less when it is used up */
    bool is_network_back; /* the network has just come: back-off of network reasons is forgotten */
    bool asks_all;        /* a person wants to know whether the server has all that was sent: every
                             such record is asked about, and what is lost goes again */
    bool is_asked;        /* the user pressed "send now": back-off and holds are tried again */
    const atomic_bool *stop;
    void (*tell)(void *ctx, const struct run_report *report); /* NULL: nobody listens */
    void *tell_ctx;
};

struct run_result {
    int sent;    /* records that the server now has whole */
    int waiting; /* tried and not sent: RETRY or HOLD */
    int aside;   /* set aside in this session */
    int64_t bytes_sent;
    struct carrier_news news;
    bool is_connected;         /* the server was genuine */
    enum outbox_reason reason; /* why the session ended early; OUTBOX_NO_REASON when it did not */
    char message[400];         /* of the server about that */
    int64_t next_ms; /* when to start the next session by itself (wall clock); 0: no need */
};

/* Runs one session. False with err only when the store here fails; everything that the other side
 * does ends in *result. */
bool run_session(const struct run_settings *settings, struct run_result *result, struct err *err);

#endif
