/* Visits: what binds the entries of one call at a door together, by one id that is written into
 * each. Filters and pages answer from indexes, with 100,000 visits too. Training sessions are kept
 * the same way with kind VISIT_SESSION. */
#ifndef STORE_VISIT_H
#define STORE_VISIT_H

#include "app/store/store.h"

enum visit_kind { VISIT_HOME = 1, VISIT_SESSION };
enum visit_state { VISIT_OPEN = 1, VISIT_CLOSED };

struct visit {
    int64_t id;
    const char *uuid; /* made when empty; the id in the entries */
    enum visit_kind kind;
    enum visit_state state;
    int64_t household, person, consent; /* ids, 0: none */
    const char *title;                  /* what a list shows: name or address */
    const char *volunteer, *team;
    const char *commune, *hamlet;
    const char *topics;  /* names joined by one space */
    const char *outcome; /* "" while open: "submitted", "centre", "appointment", "not_possible",
                            "nobody_home", "refused" … */
    const char *reason;
    const char *dossier;   /* dossier code, "" without */
    const char *procedure; /* national code, "" without */
    const char *progress;  /* where the volunteer stands and the guide cards done: JSON of
                              app/work, so that a kill goes on at the same place */
    int64_t rating;        /* 1–5, 0: none */
    int64_t started_ms, ended_ms, appointment_ms;
    int64_t entries, entries_sent; /* counted */
};

struct visits {
    struct visit *v;
    size_t n;
};

/* Adds (id 0) or changes, and sets id, and started_ms when it is 0; a uuid is made when it has none
 * (read it with visit_get). NULL texts count as ""; progress NULL leaves it as it was. */
bool visit_save(struct store *store, struct visit *visit, struct err *err);

/* One, texts in the arena; ERR_MISSING. */
bool visit_get(struct store *store, int64_t id, struct arena *arena, struct visit *visit,
               struct err *err);

/* The id of the visit with that uuid; ERR_MISSING. */
bool visit_find(struct store *store, const char *uuid, int64_t *id, struct err *err);

struct visit_filter {
    int64_t from_ms, to_ms; /* started in [from, to); 0: open end */
    enum visit_kind kind;   /* 0: any; also the other numbers and NULLs mean any */
    enum visit_state state;
    int64_t household, person;
    const char *volunteer, *team, *commune, *hamlet, *outcome;
    const char *topic; /* one topic's name */
    const char *words; /* typed words, found in the title without marks */
};

/* Visits newest first. */
bool visit_page(struct store *store, const struct visit_filter *filter, struct page page,
                struct arena *arena, struct visits *out, struct err *err);

/* How many fit. */
bool visit_count(struct store *store, const struct visit_filter *filter, int64_t *count,
                 struct err *err);

struct visit_tally {
    const char *name; /* value of the column */
    int64_t count;
};

struct visit_tallies {
    struct visit_tally *v;
    size_t n;
};

/* Counts by "outcome", "topic", "volunteer", "team", "commune", "hamlet", "procedure", "rating" or
 * "day" (YYYY-MM-DD of the device's zone), largest first (days in order); ERR_INPUT for another
 * word. */
bool visit_count_by(struct store *store, const struct visit_filter *filter, const char *by,
                    struct arena *arena, struct visit_tallies *out, struct err *err);

#endif
