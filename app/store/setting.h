/* Settings and small facts kept in the store: text by name. What settings there are and what they
 * mean is work/settings. */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "app/store/store.h"

/* Appends the value, or nothing when it was never set. */
bool setting_get(struct store *store, const char *name, struct buf *value, struct err *err);

/* As number, or other when it was never set or is none. */
int64_t setting_number(struct store *store, const char *name, int64_t other);

/* Sets the value; NULL forgets it. */
bool setting_set(struct store *store, const char *name, const char *value, struct err *err);

/* Sets a number. */
bool setting_set_number(struct store *store, const char *name, int64_t value, struct err *err);

#endif
