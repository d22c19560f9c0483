/* A list: rows and columns that answer as a secondary instance (root/item/column) without being a
 * tree. The engine of lists (SQLite, memory) implements it; XPath asks for what it needs: rows by
 * the value of a column, one cell. Rows are numbered from 0 in document order. */
#ifndef FORM_LIST_H
#define FORM_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/str.h"
#include "platform/base/xml.h"

/* Row numbers in rising order; memory from the arena that was given to find. */
struct list_rows {
    uint32_t *v;
    size_t n;
};

/* One term `column = value` of a filter. */
struct list_term {
    int column;
    struct str value;
    bool is_number; /* compare as numbers: "05" and "5.0" equal 5 */
    double number;
};

/* What an implementer gives. */
struct list_ops {
    /* Rows in all. */
    size_t (*count)(void *self);
    /* Rows that fulfil all terms; false when it cannot tell by index (XPath then scans). */
    bool (*find)(void *self, const struct list_term *terms, size_t n, struct arena *arena,
                 struct list_rows *rows);
    /* The text of one cell; borrowed from self or put into the arena. */
    struct str (*cell)(void *self, size_t row, int column, struct arena *arena);
};

/* One list as an instance. The names are of the form's own table. */
struct list_source {
    const struct list_ops *ops;
    void *self;
    const struct xml_name *root;           /* document element, e.g. "root" */
    const struct xml_name *item;           /* each row, e.g. "item" */
    const struct xml_name *const *columns; /* children of a row, in order; an empty cell is an
                                              empty element */
    size_t n_columns;
};

/* Index of the column with this interned local name, or -1. */
static inline int list_column(const struct list_source *list, const char *local)
{
    for (size_t i = 0; i < list->n_columns; i++) {
        if (list->columns[i]->local == local) {
            return (int)i;
        }
    }
    return -1;
}

#endif
