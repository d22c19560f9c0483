/* Who did what when: rows that are only ever added, each in the same transaction as its deed, each
 * with a digest over itself and the row before. Holds ids and words of ours, no names of citizens.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "app/store/store.h"

struct journal_row {
    int64_t sequence;
    int64_t at_ms; /* wall clock */
    const char *actor;
    const char *deed;   /* "record.finish", "export" … */
    const char *about;  /* id of the thing, or "" */
    const char *detail; /* or "" */
};

struct journal_rows {
    struct journal_row *v;
    size_t n;
};

/* Adds a row; the caller has opened the transaction of the deed, or it gets its own. Keep it free
 * of personal data. detail may be NULL. */
bool journal_add(struct store *store, const char *deed, const char *about, const char *detail,
                 struct err *err);

/* The same about a row of the store. */
bool journal_note(struct store *store, const char *deed, int64_t id, const char *detail,
                  struct err *err);

/* Rows newest first whose deed begins with `deed` (NULL: all), texts in the arena. */
bool journal_page(struct store *store, const char *deed, struct page page, struct arena *arena,
                  struct journal_rows *out, struct err *err);

/* Goes through the whole chain; ERR_DAMAGED with the sequence number of the first row that does not
 * follow from the one before as code. */
bool journal_check(struct store *store, struct err *err);

/* Sequence and digest (64 hex digits) of the newest row: sent along, a hub notices a gap. */
bool journal_head(struct store *store, int64_t *sequence, char digest[65], struct err *err);

#endif
