/* Finished records by a way without a network: sealed to the organisation into a folder (a USB
 * stick), from where gocua-hub takes them in. They stay in the queue until the signed list of what
 * arrived is found in that folder, or a network takes them. On the calling thread. */
#ifndef WORK_HANDOVER_H
#define WORK_HANDOVER_H

#include <stdbool.h>
#include "platform/base/err.h"
#include "sync/run/run.h"

struct app;

/* Copies everything that waits into the folder, and what is carried for colleagues (carried.h), and
 * takes the arrivals in that lie there: sent in *result are records that are known to have arrived.
 * tell may be NULL. ERR_MISSING when the device belongs to no organisation of ours (then nobody
 * could open the bundles). */
bool handover_to_folder(struct app *app, const char *folder,
                        void (*tell)(void *ctx, const struct run_report *report), void *ctx,
                        struct run_result *result, struct err *err);

#endif
