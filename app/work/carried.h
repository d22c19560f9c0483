/* Sealed bundles of colleagues that this device carries on, to a stick or to the server, and the
 * organisation's word that they have arrived: a folder beside the store. Nobody here can read a
 * bundle, so the folder needs no key; each is named by its digest, so the same one is never kept
 * twice. On the calling thread. */
#ifndef WORK_CARRIED_H
#define WORK_CARRIED_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "sync/handover/arrival.h"
#include "sync/run/run.h"

struct app;

struct carried {
    int bundles, answers; /* waiting to go on; words of their arrival, to be brought back */
    int64_t bytes;        /* of the bundles */
};

/* What lies there; all zero when nothing does. */
bool carried_look(struct app *app, struct carried *carried, struct err *err);

/* Keeps a bundle: on disk when it returns. *is_known: it was here already. ERR_STORAGE also when
 * too many are here. */
bool carried_keep(struct app *app, struct str bundle, bool *is_known, struct err *err);

/* A bundle that comes in piece by piece, from a device nearby. */
struct carried_coming;

/* Is the bundle here that came with this tag? What makes it known before it comes. Any thread, as
 * are the following. */
bool carried_has(const struct app *app, const unsigned char tag[ARRIVAL_DIGEST]);

/* Is there room for so many bytes more? ERR_STORAGE when there is not: too many bundles, too many
 * bytes, or the disk. */
bool carried_has_room(struct app *app, int64_t size, struct err *err);

/* Begins one of exactly so many bytes; fails as carried_has_room does. Ended by carried_end. */
bool carried_begin(struct app *app, int64_t size, struct carried_coming **out, struct err *err);

/* The next bytes. ERR_INPUT: no bundle. */
bool carried_add(struct carried_coming *coming, const void *bytes, size_t n, struct err *err);

/* It is whole: keeps it, on disk when it returns, and remembers the tag. *is_known: it was here
 * already. The caller ends it all the same. */
bool carried_keep_whole(struct carried_coming *coming, const unsigned char tag[ARRIVAL_DIGEST],
                        bool *is_known, struct err *err);

/* Frees; what was not kept is gone. Takes NULL. */
void carried_end(struct carried_coming *coming);

/* Removes what a power cut left half. */
void carried_clean(struct app *app);

/* Hears a list of arrivals that came by any way: bundles here that it names go, the list stays to
 * be brought back. ERR_DENIED or ERR_INPUT: not the organisation's. */
bool carried_hear(struct app *app, struct str list, const unsigned char organisation[SIGN_PUBLIC],
                  struct err *err);

/* Puts every bundle into the folder and takes the lists of arrivals there that speak of a carried
 * one: those bundles go, the lists stay to be brought back. ERR_REMOTE with its errno: the folder
 * failed, not this device. */
bool carried_exchange(struct app *app, const char *folder,
                      const unsigned char organisation[SIGN_PUBLIC], struct err *err);

/* run_session that also hands every bundle on to the server and keeps what comes back, when it is
 * the organisation's word; without a key of it nothing is handed on. Any thread. */
bool carried_session(struct app *app, struct run_settings *settings, struct run_result *result,
                     struct err *err);

/* run_session that hands every bundle on to a device nearby; all stay here until they are known to
 * have arrived. Any thread. */
bool carried_session_near(struct app *app, struct run_settings *settings, struct run_result *result,
                          struct err *err);

/* Appends the lists that are to be brought back, a line each. */
bool carried_answers(struct app *app, struct buf *to, struct err *err);

/* They were brought back: forgets the lists. */
bool carried_answered(struct app *app, struct err *err);

#endif
