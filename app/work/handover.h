/* Finished records by a way without a network: sealed to the organisation into a folder (a USB
 * stick), from where gocua-hub takes them in. They stay in the queue until the signed list of what
 * arrived is found in that folder, or a network takes them. On the calling thread. */
#ifndef WORK_HANDOVER_H
#define WORK_HANDOVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include "platform/base/err.h"
#include "sync/run/run.h"

struct app;
struct store;

struct handover_options {
    const char *folder;      /* of handover_to_folder */
    const char *code;        /* of handover_nearby: what the other device shows */
    struct store *store;     /* of the calling thread; NULL: the app's */
    const atomic_bool *stop; /* NULL: nobody stops it */
    void (*tell)(void *ctx, const struct run_report *report); /* NULL: nobody listens */
    void *tell_ctx;
};

/* Copies everything that waits into the folder, and what is carried for colleagues (carried.h), and
 * takes the arrivals in that lie there: sent in *result are records that are known to have arrived,
 * reason says why it ended early. ERR_MISSING when the device belongs to no organisation of ours
 * (then nobody could open the bundles). */
bool handover_to_folder(struct app *app, const struct handover_options *options,
                        struct run_result *result, struct err *err);

/* Hands everything that waits, and what is carried for colleagues, to the device in the same Wi-Fi
 * that shows the code, and takes the words of arrival in that it holds. What it has already does
 * not go again. Results and errors are those of handover_to_folder. */
bool handover_nearby(struct app *app, const struct handover_options *options,
                     struct run_result *result, struct err *err);

#endif
