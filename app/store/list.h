/* Long lists (external CSV, entity lists): imported once, asked by index, never whole in memory. An
 * index over a column is made when a filter first compares it, and kept over later imports. A new
 * version takes its place in one step; a list that is open keeps the version it began with. */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include "app/form/form.h"
#include "app/store/store.h"

struct list_info {
    const char *name;    /* file name, "communes.csv" */
    const char *version; /* of the server: hash or ETag; "" unknown */
    const char *source;
    bool is_entity; /* rows have name, label, __version and may be changed here */
    int64_t rows;
    int64_t added_ms;
};

struct list_infos {
    struct list_info *v;
    size_t n;
};

/* Reads a CSV (header first; the text is borrowed) into a new version of the list. ERR_INPUT with
 * the line when it is none; then the old version stands. A version (not "") that is here already is
 * not read again. */
bool list_import(struct store *store, const char *name, struct str csv, const char *version,
                 const char *source, struct err *err);

/* The same for an entity list (needs_approval: nothing is created here), keeping what was created
 * or changed here and not yet seen by the server, as ODK Collect does. */
bool list_import_entities(struct store *store, const char *name, struct str csv,
                          const char *version, bool needs_approval, struct err *err);

/* Applies what a finished entry does to an entity list; ERR_MISSING without such a list (then
 * nothing happens), ERR_INPUT for an id or label that does not do. */
bool list_apply(struct store *store, const struct entity_change *change, struct err *err);

/* Appends the ids of entities that were created here and not yet seen from the server, joined by
 * commas. */
bool list_offline_ids(struct store *store, const char *name, struct buf *ids, struct err *err);

/* Drops an entity that was created here and that the server calls deleted. */
bool list_delete_entity(struct store *store, const char *name, const char *id, struct err *err);

/* Opens a list for a form: what form_media.list gives. ERR_MISSING. Destroyed through its ops; it
 * must go before the store. */
bool list_open(struct store *store, const char *name, struct form_list **list, struct err *err);

/* The same for a version that a form names (formfile_open_list knows which). */
bool list_open_version(struct store *store, const char *name, const char *version,
                       struct form_list **list, struct err *err);

/* Is that version of the list here? */
bool list_has(struct store *store, const char *name, const char *version);

/* Version and size; ERR_MISSING. */
bool list_get(struct store *store, const char *name, struct arena *arena, struct list_info *info,
              struct err *err);

/* All lists by name. */
bool list_all(struct store *store, struct arena *arena, struct list_infos *out, struct err *err);

struct list_search {
    const char *name;   /* of the list */
    const char *column; /* in which to look, e.g. "label" */
    struct str typed;   /* "" : all */
    const char *where;  /* column that must equal `equals`; NULL: any row */
    struct str equals;
};

struct list_hits {
    uint32_t *v; /* row numbers for struct form_list */
    size_t n;
};

/* Rows whose column has words beginning like those typed; same marks first, then the rest, each in
 * the order of the list. Numbers in the arena. */
bool list_search(struct store *store, const struct list_search *what, struct page page,
                 struct arena *arena, struct list_hits *out, struct err *err);

#endif
