/* The shipped catalogue of administrative procedures: found without accents, shown verbatim with
 * the date it was captured. */
#ifndef STORE_PROCEDURE_H
#define STORE_PROCEDURE_H

#include "app/store/store.h"

struct procedure {
    const char *code, *name, *field;
    const char *papers; /* as captured, cut items marked */
    const char *time, *fee, *audience, *channels, *decision;
    const char *url;
    const char *captured; /* when, as in the source */
    bool online;          /* "Trực tuyến" stood among the channels */
    bool is_doubtful;     /* confidence low: show the name only */
    int priority;         /* 1: of private citizens, 2: rarer */
};

struct procedures {
    struct procedure *v;
    size_t n;
};

/* Reads the catalogue (columns of assets/lists/procedures.csv, found by their names; the text is
 * borrowed) in place of the old one. ERR_INPUT when columns are missing. */
bool procedure_import(struct store *store, struct str csv, struct err *err);

/* Procedures whose name, field or code has the words typed, best first; "" : all, those of citizens
 * first. Texts in the arena. */
bool procedure_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                      struct procedures *out, struct err *err);

/* The one with that code; ERR_MISSING. */
bool procedure_get(struct store *store, const char *code, struct arena *arena,
                   struct procedure *procedure, struct err *err);

/* How many are kept; 0: the catalogue was not imported yet. */
int64_t procedure_count(struct store *store);

#endif
