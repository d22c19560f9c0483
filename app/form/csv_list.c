#include "app/form/form.h"

#include "app/form/rows.h"
#include "platform/base/arena.h"
#include "platform/base/csv.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

struct csv_list {
    struct form_list base;
    struct buf bytes;
    struct csv csv;     /* of the row last looked at */
    uint32_t row;       /* that row; UINT32_MAX: none */
    VEC(uint32_t) rows; /* where each begins */
    size_t columns;
    struct arena arena; /* of the names */
    struct str *names;
    struct row_index *index;
};

static struct csv_list *self_of(struct form_list *list)
{
    return (struct csv_list *)list;
}

static uint32_t csv_list_rows(struct form_list *list)
{
    return (uint32_t)self_of(list)->rows.n;
}

static size_t csv_list_columns(struct form_list *list)
{
    return self_of(list)->columns;
}

static struct str csv_list_name(struct form_list *list, size_t column)
{
    struct csv_list *self = self_of(list);
    return column < self->columns ? self->names[column] : STR("");
}

static struct str csv_list_cell(struct form_list *list, uint32_t row, size_t column)
{
    struct csv_list *self = self_of(list);
    if (row >= self->rows.n || column >= self->columns) {
        return STR("");
    }
    if (self->row != row) {
        size_t at = self->rows.v[row];
        self->csv.rest = (struct str){self->bytes.s + at, self->bytes.n - at};
        self->row = csv_row(&self->csv, NULL) ? row : UINT32_MAX;
        if (self->row != row) {
            return STR("");
        }
    }
    return column < self->csv.cells.n ? self->csv.cells.v[column] : STR("");
}

static size_t csv_list_find(struct form_list *list, size_t column, struct str value, size_t skip,
                            uint32_t *rows, size_t cap)
{
    struct csv_list *self = self_of(list);
    if (column >= self->columns) {
        return 0;
    }
    return row_index_find(&self->index[column], list, column, value,
                          (struct row_window){skip, rows, cap});
}

static void csv_list_destroy(struct form_list *list)
{
    struct csv_list *self = self_of(list);
    for (size_t i = 0; i < self->columns; i++) {
        row_index_finish(&self->index[i]);
    }
    free(self->index);
    arena_finish(&self->arena);
    csv_end(&self->csv);
    vec_finish(&self->rows);
    buf_finish(&self->bytes);
    free(self);
}

static const struct form_list_ops csv_list_ops = {
    csv_list_rows, csv_list_columns, csv_list_name, csv_list_find, csv_list_cell, csv_list_destroy};

/* Notes where each row begins; a line end inside quotes begins none. */
static void find_rows(struct csv_list *self, size_t at)
{
    const char *s = self->bytes.s;
    size_t n = self->bytes.n;
    bool quotes = at < n && memchr(s + at, '"', n - at) != NULL;
    while (at < n) {
        if (s[at] == '\n' || s[at] == '\r') {
            at++;
            continue;
        }
        vec_push(&self->rows, (uint32_t)at);
        if (!quotes) {
            const char *end = memchr(s + at, '\n', n - at);
            at = end ? (size_t)(end - s) + 1 : n;
            continue;
        }
        bool quoted = false;
        for (; at < n && (quoted || s[at] != '\n'); at++) {
            quoted ^= s[at] == '"';
        }
    }
}

/* Old Macintosh line ends (CR alone) are made LF, so that rows can be found by it. */
static void mend_line_ends(struct buf *bytes)
{
    if (bytes->n && !memchr(bytes->s, '\n', bytes->n)) {
        for (size_t i = 0; i < bytes->n; i++) {
            bytes->s[i] = bytes->s[i] == '\r' ? '\n' : bytes->s[i];
        }
    }
}

bool form_list_from_csv(struct buf *bytes, struct form_list **list, struct err *err)
{
    if (bytes->n >= UINT32_MAX) {
        return err_set(err, ERR_INPUT, 0, "the list is larger than 4 GB");
    }
    struct csv_list *self = mem_alloc(1, sizeof *self);
    self->base.ops = &csv_list_ops;
    self->bytes = *bytes;
    *bytes = (struct buf){0};
    self->row = UINT32_MAX;
    mend_line_ends(&self->bytes);
    csv_begin(&self->csv, buf_str(&self->bytes));
    struct err why;
    if (!csv_row(&self->csv, &why)) {
        csv_list_destroy(&self->base);
        return err_set(err, ERR_INPUT, why.code, "the list has no header%s%s", why.kind ? ": " : "",
                       why.kind ? why.text : "");
    }
    self->columns = self->csv.cells.n;
    self->names = arena_array(&self->arena, struct str, self->columns + 1);
    self->index = mem_alloc(self->columns + 1, sizeof *self->index);
    for (size_t i = 0; i < self->columns; i++) {
        struct str name = str_trim(self->csv.cells.v[i]);
        self->names[i] = (struct str){arena_str(&self->arena, name), name.n};
    }
    find_rows(self, (size_t)(self->csv.rest.s - self->bytes.s));
    *list = &self->base;
    return true;
}

struct str form_media_name(struct str uri)
{
    size_t n = uri.n;
    while (n && uri.s[n - 1] != '/') {
        n--;
    }
    return (struct str){uri.s + n, uri.n - n};
}
