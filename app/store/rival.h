/* What comes back about records that were sent: accepted, returned, or changed there meanwhile. Of
 * a record whose correction came too late (set aside, "edit-late") the portal's newer version is
 * kept beside ours until a person has compared both. */
#ifndef STORE_RIVAL_H
#define STORE_RIVAL_H

#include "app/store/record.h"

enum { RIVAL_ID = 80 };

/* Notes what the portal said about a record of ours (record_judge); one that is unknown, not sent,
 * or judged so already, is passed over. */
bool record_hear(struct store *store, const char *instance_id, bool is_accepted,
                 const char *message, struct err *err);

/* The instance id of the i-th late correction whose rival is not here; false behind the last. */
bool rival_wanted(struct store *store, size_t i, char id[RIVAL_ID]);

/* Keeps the portal's version for the late correction with that id; ERR_INPUT when its XML names no
 * instance. */
bool rival_put(struct store *store, const char *id, struct str xml, struct err *err);

/* Appends the portal's version and its instance id; ERR_MISSING while it is not here. */
bool rival_get(struct store *store, int64_t record, struct buf *instance_id, struct buf *xml,
               struct err *err);

/* The person has decided: the late correction stays here as it is (set aside, "superseded") and
 * waits for nothing more. ERR_INPUT when it is no late correction. */
bool rival_settle(struct store *store, int64_t record, struct err *err);

#endif
