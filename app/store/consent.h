/* Consents as given: per purpose, with version and language of the text, time, channel, giver and
 * witness; kept as evidence as long as the data. Withdrawal is a row of its own time. */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "app/store/store.h"

struct consent {
    int64_t id;
    const char *uuid;      /* made when empty */
    int64_t visit, person; /* 0: not yet known */
    const char *text_version, *text_hash, *language;
    const char *channel;    /* "voice", "screen", "signature" … */
    const char *giver;      /* "self", "parent" … */
    const char *giver_name; /* of the representative, "" for the person */
    const char *witness;    /* volunteer */
    const char *granted;    /* purposes ticked, joined by one space */
    const char *refused;    /* purposes asked and not ticked */
    int64_t at_ms;          /* set when 0 */
    int64_t withdrawn_ms;   /* 0: it stands */
};

/* Adds a consent; sets id, and at_ms when it is 0. Rows are never changed but by binding and
 * withdrawal. */
bool consent_add(struct store *store, struct consent *consent, struct err *err);

/* Says whose consent it is, once the person is known. */
bool consent_bind(struct store *store, int64_t id, int64_t visit, int64_t person, struct err *err);

/* One, texts in the arena; ERR_MISSING. */
bool consent_get(struct store *store, int64_t id, struct arena *arena, struct consent *consent,
                 struct err *err);

/* Was the purpose granted, and is it still? */
bool consent_allows(const struct consent *consent, const char *purpose);

/* Notes the withdrawal now; journalled. */
bool consent_withdraw(struct store *store, int64_t id, struct err *err);

#endif
