/* What one version of a list looks like: its table and columns. Inside this room only. */
#ifndef STORE_SHAPE_H
#define STORE_SHAPE_H

#include "app/store/store.h"
#include "platform/base/vec.h"

enum { SHAPE_COLUMNS = 500, SHAPE_NAME = 32 };

struct shape_column {
    char *name;
    bool is_indexed, is_searched;
};

struct shape {
    int64_t id; /* the table is list_ID (id, c0, c1 …); entity lists have is_online, touched too */
    bool is_entity, needs_approval;
    int64_t rows;
    VEC(struct shape_column) columns;
};

/* Loads the current version of a list, or the one with that version text; ERR_MISSING. Finish it in
 * any case. */
bool shape_load(struct store *store, const char *name, const char *version, struct shape *shape,
                struct err *err);

/* Frees. */
void shape_finish(struct shape *shape);

/* Position of a column, or -1. */
ptrdiff_t shape_find(const struct shape *shape, const char *column);

/* Adds a column to a shape that is being built. */
void shape_add(struct shape *shape, struct str name);

/* Makes the table, its rows in list and list_column, as a version that nobody can find yet; sets
 * id. */
bool shape_create(struct store *store, struct shape *shape, const char *name, const char *source,
                  struct err *err);

/* Gives it the indexes and word searches that the current version has, each in its own time. */
bool shape_take_over(struct store *store, struct shape *shape, const char *name, struct err *err);

/* Takes the place of the current version with so many rows. */
bool shape_publish(struct store *store, struct shape *shape, const char *name, const char *version,
                   struct err *err);

/* Removes a version with all that belongs to it. */
bool shape_drop(struct store *store, int64_t id, struct err *err);

/* Makes an index over a column unless there is one. */
bool shape_index(struct store *store, struct shape *shape, size_t column, struct err *err);

/* Makes the word search over a column unless there is one. */
bool shape_make_words(struct store *store, struct shape *shape, size_t column, struct err *err);

/* Puts one row's words into a word search that exists. */
bool shape_put_words(struct store *store, const struct shape *shape, size_t column, int64_t row,
                     struct str text, struct err *err);

/* Appends "INSERT INTO list_ID (id, c0, …) VALUES (?, ?, …)" for id and all columns. */
void shape_insert_sql(const struct shape *shape, struct buf *sql);

#endif
