/* The hand-over to a stick beside the screen: what would go, and the writing on the app's worker
 * with a store of its own. The stick is held while it is written to, so nothing lands at its path
 * on this device's own disk when it is pulled out. UI thread. */
#ifndef WORK_STICK_H
#define WORK_STICK_H

#include "app/store/outbox.h"
#include "app/work/carried.h"
#include "platform/base/err.h"
#include "platform/system/stick.h"
#include "sync/run/run.h"

struct app;
struct stick_run;

/* What would go now. */
struct stick_load {
    struct outbox_whole own;
    struct carried carried;
};

/* Counts it. ERR_MISSING when the device belongs to no organisation of ours. */
bool stick_weigh(struct app *app, struct stick_load *load, struct err *err);

/* How far it is. */
struct stick_status {
    bool is_over;
    int done;                 /* records settled so far: */
    int on_it, not_read;      /* on the stick now; damaged here, or set aside: they stay */
    struct run_result result; /* when it is over */
    struct err err;           /* what failed on this device, or ERR_NONE */
};

/* Begins to write, and to take what lies there; MAIL_STICK tells of each step. stick_leave ends it.
 */
struct stick_run *stick_begin(struct app *app, const struct stick *stick);

/* How it stands. */
void stick_look(struct stick_run *run, struct stick_status *status);

/* Asks it to end soon; what is whole on the stick stays there. */
void stick_stop(struct stick_run *run);

/* Stops and frees, as soon as the worker has let go; takes NULL. */
void stick_leave(struct stick_run *run);

#endif
