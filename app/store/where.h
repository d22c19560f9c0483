/* A WHERE clause that grows by conditions, for filters of which any part may be missing. Inside
 * this room only. */
#ifndef STORE_WHERE_H
#define STORE_WHERE_H

#include "app/store/store.h"
#include "platform/db/db.h"

enum { WHERE_VALUES = 20, PAGE_MOST = 100000 };

struct where {
    struct buf sql; /* "" or " WHERE a = ? AND b < ?" and what where_tail added */
    struct db_value values[WHERE_VALUES];
    size_t n;
};

/* Adds a condition with one question mark and its value. */
void where_add(struct where *where, const char *condition, struct db_value value);

/* Adds a condition without a value. */
void where_add_plain(struct where *where, const char *condition);

/* Adds "column = ?" unless text is NULL. */
void where_add_text(struct where *where, const char *condition, const char *text);

/* Adds what follows the conditions and the limit and offset of the page. */
void where_add_page(struct where *where, const char *order, struct page page);

/* The query HEAD + conditions; the clause stays as it is. */
struct db_query *where_query(struct where *where, struct db *db, const char *head, struct err *err);

/* Frees. */
void where_finish(struct where *where);

/* The limit of a page, its default filled in and its most kept. */
int64_t page_limit(struct page page);

#endif
