/* The way out for records: a thread of its own that sleeps until something is due, the network
 * comes back or somebody asks, runs one session, and tells by MAIL_SYNC. It goes on while the
 * screen is locked as long as something waits (setting send_while_locked), then forgets its key.
 * Every function may be called from the UI thread. */
#ifndef WORK_SYNC_H
#define WORK_SYNC_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "sync/run/run.h"

struct app;
struct sync;

struct sync_status {
    bool is_enrolled, is_running, has_route;
    enum run_step step;        /* while running */
    int64_t record;            /* being sent, 0: none */
    int64_t done, total;       /* bytes of what is on its way */
    int sent_in_all;           /* records sent since the program started */
    int64_t last_ms;           /* end of the last session, wall clock; 0: none yet */
    int64_t next_ms;           /* start of the next by itself; 0: when something changes */
    enum outbox_reason reason; /* why the last session ended early */
    char message[400];         /* what the server said about that */
    struct carrier_news news;  /* of the last session */
};

/* Starts the thread (locked). */
bool sync_create(struct app *app, struct sync **out, struct err *err);

/* Stops it; takes NULL. */
void sync_destroy(struct sync *sync);

/* The store is open: take a key of your own and see what waits. */
void sync_unlocked(struct sync *sync);

/* The screen was locked: end when nothing waits. */
void sync_locked(struct sync *sync);

/* Something new waits, or the user pressed "send now" (fetch: also look for new forms). */
void sync_kick(struct sync *sync, bool fetch);

/* How things stand. Both take NULL: an app opened with no_sync, in which nothing goes on. */
void sync_look(struct sync *sync, struct sync_status *status);

/* One session on the calling thread, for the command line: reports go to tell. */
struct sync_options {
    bool fetch, send;
    bool again; /* all that was sent is asked about, and what the server has lost goes again */
    void (*tell)(void *ctx, const struct run_report *report);
    void *ctx;
};
bool sync_now(struct app *app, const struct sync_options *options, struct run_result *result,
              struct err *err);

#endif
