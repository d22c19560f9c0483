/* Doors: households from the server's list or met on the way. */
#ifndef STORE_HOUSEHOLD_H
#define STORE_HOUSEHOLD_H

#include "app/store/store.h"

struct household {
    int64_t id;
    const char *uuid; /* made when empty */
    const char *head; /* who is asked for, "" unknown */
    const char *province, *commune, *hamlet, *address;
    const char *location; /* "lat lon alt acc" or "" */
    const char *note;
    const char *source; /* entity list it came from, "" : made here */
    int64_t version;
    int64_t created_ms, changed_ms;
    int64_t last_visit_ms; /* start of the newest visit, 0: never */
    int64_t return_ms;     /* when to come back, 0: not set */
};

struct households {
    struct household *v;
    size_t n;
};

/* Adds (id 0) or changes, and sets id; a uuid is made when it has none (read it with
 * household_get). NULL texts count as "". */
bool household_save(struct store *store, struct household *household, struct err *err);

/* One, texts in the arena; ERR_MISSING. */
bool household_get(struct store *store, int64_t id, struct arena *arena,
                   struct household *household, struct err *err);

/* The one with that uuid; ERR_MISSING. */
bool household_find(struct store *store, const char *uuid, int64_t *id, struct err *err);

/* Households with words (head, hamlet, address, commune) beginning like those typed; "" : all.
 * Those due for a return come first, then by hamlet and address. */
bool household_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                      struct households *out, struct err *err);

/* How many there are. */
bool household_count(struct store *store, int64_t *count, struct err *err);

/* When to come back; 0 forgets it. */
bool household_set_return(struct store *store, int64_t id, int64_t return_ms, struct err *err);

#endif
