/* What lists in memory share: an index over one column that finds rows by the text of a cell, a
 * table of cells, and the bridge from a form_list to the list that XPath asks. Inner header. */
#ifndef FORM_ROWS_H
#define FORM_ROWS_H

#include "app/form/form.h"
#include "app/form/list.h"
#include "platform/base/vec.h"

/* Rows with the same hash of a cell, chained in the order of the rows. Zeroed: not built yet. */
struct row_index {
    uint32_t *first; /* by bucket: row + 1, 0 empty */
    uint32_t *next;  /* by row: row + 1 */
    uint32_t buckets;
};

/* Where found rows go: after `skip` hits, up to cap of them. */
struct row_window {
    size_t skip;
    uint32_t *rows;
    size_t cap;
};

/* form_list_ops.find by an index that is built on first use. */
size_t row_index_find(struct row_index *index, struct form_list *list, size_t column,
                      struct str value, struct row_window to);

/* Frees the index. */
void row_index_finish(struct row_index *index);

/* An empty table with these columns (names copied); destroy through ops->destroy. */
struct form_list *table_create(const struct str *names, size_t n);

/* Adds a row of as many cells as there are columns; texts are copied. */
void table_add(struct form_list *table, const struct str *cells);

/* The list that XPath asks, over a form_list: column names are interned in names. */
void list_bridge(struct list_source *to, struct form_list *rows, struct xml_names *names,
                 struct arena *arena, const struct xml_name *root, const struct xml_name *item);

#endif
