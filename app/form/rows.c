#include "app/form/rows.h"

#include "platform/base/arena.h"
#include "platform/base/mem.h"

static uint32_t text_hash(struct str text)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < text.n; i++) {
        h = (h ^ (unsigned char)text.s[i]) * 16777619u;
    }
    return h ^ h >> 15;
}

static void build_index(struct row_index *index, struct form_list *list, size_t column)
{
    uint32_t n = list->ops->row_count(list);
    index->buckets = 16;
    while (index->buckets < n && index->buckets < 1u << 30) {
        index->buckets *= 2;
    }
    index->first = mem_alloc(index->buckets, sizeof *index->first);
    index->next = mem_alloc((size_t)n + 1, sizeof *index->next);
    uint32_t *last = mem_alloc(index->buckets, sizeof *last);
    for (uint32_t row = 0; row < n; row++) {
        uint32_t slot = text_hash(list->ops->cell(list, row, column)) & (index->buckets - 1);
        if (index->first[slot]) {
            index->next[last[slot] - 1] = row + 1;
        } else {
            index->first[slot] = row + 1;
        }
        last[slot] = row + 1;
    }
    free(last);
}

size_t row_index_find(struct row_index *index, struct form_list *list, size_t column,
                      struct str value, struct row_window to)
{
    if (!index->first) {
        build_index(index, list, column);
    }
    size_t n = 0;
    uint32_t at = index->first[text_hash(value) & (index->buckets - 1)];
    for (; at && n < to.cap; at = index->next[at - 1]) {
        if (!str_eq(list->ops->cell(list, at - 1, column), value)) {
            continue;
        }
        if (to.skip) {
            to.skip--;
        } else {
            to.rows[n++] = at - 1;
        }
    }
    return n;
}

void row_index_finish(struct row_index *index)
{
    free(index->first);
    free(index->next);
    *index = (struct row_index){0};
}

/* ---- a table ------------------------------------------------------------------------- */

struct table {
    struct form_list base;
    struct arena arena;
    struct str *names;
    size_t columns;
    VEC(struct str *) rows;
    struct row_index *index;
};

static uint32_t table_rows(struct form_list *list)
{
    return (uint32_t)((struct table *)list)->rows.n;
}

static size_t table_columns(struct form_list *list)
{
    return ((struct table *)list)->columns;
}

static struct str table_name(struct form_list *list, size_t column)
{
    struct table *self = (struct table *)list;
    return column < self->columns ? self->names[column] : STR("");
}

static struct str table_cell(struct form_list *list, uint32_t row, size_t column)
{
    struct table *self = (struct table *)list;
    return row < self->rows.n && column < self->columns ? self->rows.v[row][column] : STR("");
}

static size_t table_find(struct form_list *list, size_t column, struct str value, size_t skip,
                         uint32_t *rows, size_t cap)
{
    struct table *self = (struct table *)list;
    if (column >= self->columns) {
        return 0;
    }
    return row_index_find(&self->index[column], list, column, value,
                          (struct row_window){skip, rows, cap});
}

static void table_destroy(struct form_list *list)
{
    struct table *self = (struct table *)list;
    for (size_t i = 0; i < self->columns; i++) {
        row_index_finish(&self->index[i]);
    }
    free(self->index);
    vec_finish(&self->rows);
    arena_finish(&self->arena);
    free(self);
}

static const struct form_list_ops table_ops = {table_rows, table_columns, table_name,
                                               table_find, table_cell,    table_destroy};

struct form_list *table_create(const struct str *names, size_t n)
{
    struct table *self = mem_alloc(1, sizeof *self);
    self->base.ops = &table_ops;
    self->columns = n;
    self->names = arena_array(&self->arena, struct str, n + 1);
    self->index = mem_alloc(n + 1, sizeof *self->index);
    for (size_t i = 0; i < n; i++) {
        self->names[i] = (struct str){arena_str(&self->arena, names[i]), names[i].n};
    }
    return &self->base;
}

void table_add(struct form_list *table, const struct str *cells)
{
    struct table *self = (struct table *)table;
    struct str *row = arena_array(&self->arena, struct str, self->columns);
    for (size_t i = 0; i < self->columns; i++) {
        row[i] = (struct str){arena_str(&self->arena, cells[i]), cells[i].n};
    }
    vec_push(&self->rows, row);
}

/* ---- the bridge to XPath ------------------------------------------------------------- */

static size_t bridge_count(void *self)
{
    struct form_list *rows = self;
    return rows->ops->row_count(rows);
}

static struct str bridge_cell(void *self, size_t row, int column, struct arena *arena)
{
    struct form_list *rows = self;
    struct str cell = rows->ops->cell(rows, (uint32_t)row, (size_t)column);
    return arena ? (struct str){arena_str(arena, cell), cell.n} : cell;
}

/* All rows of one term, if they are no more than most; else false. */
static bool rows_of_term(struct form_list *rows, const struct list_term *term, size_t most,
                         struct arena *arena, struct list_rows *found)
{
    uint32_t *v = arena_array(arena, uint32_t, most + 1);
    found->n = rows->ops->find(rows, (size_t)term->column, term->value, 0, v, most + 1);
    found->v = v;
    return found->n <= most;
}

static bool row_fits(struct form_list *rows, uint32_t row, const struct list_term *terms, size_t n,
                     size_t but)
{
    for (size_t i = 0; i < n; i++) {
        if (i != but &&
            !str_eq(rows->ops->cell(rows, row, (size_t)terms[i].column), terms[i].value)) {
            return false;
        }
    }
    return true;
}

/* Asks each column for a growing number of rows until one has told all of its own: the rarest value
 * leads, whatever order the terms came in. */
static bool bridge_find(void *self, const struct list_term *terms, size_t n, struct arena *arena,
                        struct list_rows *found)
{
    struct form_list *rows = self;
    for (size_t i = 0; i < n; i++) {
        if (terms[i].is_number || terms[i].column < 0) {
            return false;
        }
    }
    size_t count = bridge_count(self), most = count < 64 ? count : 64;
    for (; n; most = most > count / 8 ? count : most * 8) {
        for (size_t i = 0; i < n; i++) {
            if (!rows_of_term(rows, &terms[i], most, arena, found)) {
                continue;
            }
            size_t kept = 0;
            for (size_t k = 0; k < found->n; k++) {
                if (row_fits(rows, found->v[k], terms, n, i)) {
                    found->v[kept++] = found->v[k];
                }
            }
            found->n = kept;
            return true;
        }
    }
    return false;
}

static const struct list_ops bridge_ops = {bridge_count, bridge_find, bridge_cell};

void list_bridge(struct list_source *to, struct form_list *rows, struct xml_names *names,
                 struct arena *arena, const struct xml_name *root, const struct xml_name *item)
{
    size_t n = rows->ops->column_count(rows);
    const struct xml_name **columns = arena_array(arena, const struct xml_name *, n + 1);
    for (size_t i = 0; i < n; i++) {
        columns[i] = xml_name(names, STR(""), rows->ops->column_name(rows, i));
    }
    *to = (struct list_source){&bridge_ops, rows, root, item, columns, n};
}
