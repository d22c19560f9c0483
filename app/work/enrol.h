/* Where this device belongs: server, token, keys and pins, taken from an enrolment code and kept in
 * the store. enrolled_fill turns it into what a session needs. One thread at a time. */
#ifndef WORK_ENROL_H
#define WORK_ENROL_H

#include <stdbool.h>
#include "platform/base/err.h"
#include "platform/base/sign.h"
#include "platform/base/str.h"
#include "sync/run/run.h"

struct app;
struct store;
struct enrolled;

/* Reads what the store knows (perhaps nothing). enrolled_destroy ends it. */
bool enrolled_load(struct store *store, struct enrolled **out, struct err *err);

/* Reads it again when it changed since. */
void enrolled_refresh(struct enrolled *place, struct store *store);

/* The key of the organisation that this device belongs to; ERR_MISSING when it is none of ours
 * (then nothing can be sealed for it). */
bool enrolled_organisation(struct store *store, unsigned char key[SIGN_PUBLIC], struct err *err);

/* Wipes and frees; takes NULL. */
void enrolled_destroy(struct enrolled *place);

/* Is there a server? */
bool enrolled_has_server(const struct enrolled *place);

/* Does the server stand on this machine? */
bool enrolled_is_here(const struct enrolled *place);

/* Does the server stand on this machine or in the local network, so that asking costs nothing? */
bool enrolled_is_near(const struct enrolled *place);

/* Shall files wait for a network that costs nothing (setting send_over)? */
bool enrolled_wants_free(const struct enrolled *place, struct store *store);

/* Does sending go on while the screen is locked? */
bool enrolled_sends_locked(const struct enrolled *place, struct store *store);

/* How many days sent records stay (setting keep_sent_days). */
int enrolled_keep_days(const struct enrolled *place, struct store *store);

/* Fills carrier, address, outbox and (when fetch) inbox; stop and tell are the caller's. What it
 * points to belongs to place and store. The caller ends settings->outbox with outbox_end. */
void enrolled_fill(struct enrolled *place, struct store *store, bool fetch,
                   struct run_settings *settings);

/* Is a server known? False while locked. */
bool enrol_is_done(struct app *app);

/* Codes are those of sync/handover: our enrolment, ODK Collect's, and the key code of the server we
 * belong to (gocua-hub admin pins), which renews the pins and nothing else. */

/* What a code says before it is taken: who and where, for the person to confirm. */
struct enrol_preview {
    char server[512], organisation[128];
    char fingerprint[64]; /* of the organisation's key; "" for ODK Collect's codes */
    bool is_new;          /* another organisation than before, or the first */
};

/* Reads a code; ERR_INPUT (no such code), ERR_DENIED code 1 (wrong signature) or 2 (expired). */
bool enrol_preview(struct app *app, struct str code, struct enrol_preview *preview,
                   struct err *err);

/* Takes the code: server, token, keys and pins are kept; sync_kick fetches the forms. */
bool enrol_accept(struct app *app, struct str code, struct err *err);

#endif
