/* The hand-over to a device nearby beside the screen: on the app's worker with a store of its own,
 * as stick.h; what would go is what stick_weigh counts. UI thread. */
#ifndef WORK_NEAR_H
#define WORK_NEAR_H

#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"
#include "sync/run/run.h"

struct app;
struct near_run;

/* How far it is. */
struct near_status {
    bool is_over;
    int done;                 /* records settled so far: */
    int given, not_read;      /* the other device has them; damaged here, or set aside: they stay */
    int64_t sent, of;         /* bytes of the record that goes just now */
    int64_t news_ms;          /* when something moved last, by clock_mono_ms */
    struct run_result result; /* when it is over */
    struct err err;           /* what failed on this device, or ERR_NONE */
};

/* Begins to give to the device that shows the code; MAIL_NEAR tells of each step. near_leave ends
 * it. */
struct near_run *near_begin(struct app *app, struct str code);

/* How it stands. */
void near_look(struct near_run *run, struct near_status *status);

/* Asks it to end soon; what the other device has whole it keeps. */
void near_stop(struct near_run *run);

/* Stops and frees, as soon as the worker has let go; takes NULL. */
void near_leave(struct near_run *run);

#endif
