/* Persons met. The personal number is kept by its last four digits and a keyed digest (so that the
 * same person is found again); in full only when a purpose is given. Each value may carry where it
 * came from. Only rows for which consent was given belong here: the caller asks first. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "app/store/store.h"

struct person {
    int64_t id;
    const char *uuid; /* made when empty */
    const char *name;
    const char *birth;          /* YYYY-MM-DD or YYYY, "" unknown */
    const char *sex;            /* "male", "female", "other", "" */
    const char *number;         /* in full, or "" when only its tail is kept */
    const char *number_tail;    /* last four digits, filled in by the store */
    const char *number_purpose; /* why it is kept in full; "" : it is not */
    const char *address, *commune, *phone;
    const char *origins; /* JSON object: field → "card", "typed", "list" …; "" unknown */
    const char *source;  /* entity list it came from, "" : made here */
    int64_t household;   /* 0: none */
    int64_t version;     /* counts changes */
    int64_t created_ms, changed_ms;
};

struct persons {
    struct person *v;
    size_t n;
};

/* Adds (id 0) or changes a person and sets id; a uuid is made when it has none (read it with
 * person_get). NULL texts count as "". A full number
 * without number_purpose is reduced to tail and digest. */
bool person_save(struct store *store, struct person *person, struct err *err);

/* One person, texts in the arena; ERR_MISSING. */
bool person_get(struct store *store, int64_t id, struct arena *arena, struct person *person,
                struct err *err);

/* Persons that may be the same as the one given: same number first, then same name (without marks)
 * and birth year. */
bool person_find_same(struct store *store, const struct person *like, struct arena *arena,
                      struct persons *out, struct err *err);

/* Persons whose name or phone has words beginning like those typed, marks do not count; "" : all.
 * In Vietnamese order of names. */
bool person_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                   struct persons *out, struct err *err);

/* Persons of a household. */
bool person_of_household(struct store *store, int64_t household, struct arena *arena,
                         struct persons *out, struct err *err);

/* Erases what is known of a person because the law asks for it (the row stays as an empty one, so
 * that counts stay right); journalled. */
bool person_erase(struct store *store, int64_t id, const char *why, struct err *err);

#endif
