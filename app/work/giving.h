/* A hand-over beside the screen, by whatever way (stick.h, near.h): what would go, and the work on
 * the app's worker with a store of its own. UI thread. */
#ifndef WORK_GIVING_H
#define WORK_GIVING_H

#include <stdint.h>
#include "app/store/outbox.h"
#include "app/work/carried.h"
#include "app/work/handover.h"
#include "platform/base/err.h"
#include "sync/run/run.h"

struct app;
struct giving;

/* What would go now. */
struct giving_load {
    struct outbox_whole own;
    struct carried carried;
};

/* Counts it. ERR_MISSING when the device belongs to no organisation of ours. */
bool giving_weigh(struct app *app, struct giving_load *load, struct err *err);

/* How far it is. */
struct giving_status {
    bool is_over;
    int done;                 /* records settled so far: */
    int given, not_read;      /* they lie there now; damaged here, or set aside: they stay */
    int64_t sent, of;         /* bytes of the record that goes just now */
    int64_t news_ms;          /* when something moved last, by clock_mono_ms */
    struct run_result result; /* when it is over */
    struct err err;           /* what failed on this device, or ERR_NONE */
};

/* One way. give hands over on the worker, with the options as they are and folder or code set;
 * finish frees ctx, always. */
struct giving_way {
    bool (*give)(struct app *app, void *ctx, struct handover_options *options,
                 struct run_result *result, struct err *err);
    void (*finish)(void *ctx);
    void *ctx;
};

/* Begins; MAIL_GIVING tells of each step. giving_leave ends it. */
struct giving *giving_begin(struct app *app, const struct giving_way *way);

/* How it stands. */
void giving_look(struct giving *giving, struct giving_status *status);

/* Asks it to end soon; what is over there whole stays there. */
void giving_stop(struct giving *giving);

/* Stops and frees, as soon as the worker has let go; takes NULL. */
void giving_leave(struct giving *giving);

#endif
