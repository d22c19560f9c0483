/* Rows of a list as nodes: made when they are looked at, one for each row until the environment is
 * reset, so that a list of 100,000 rows never becomes a tree. */
#include <string.h>

#include "app/form/xpath_run.h"

/* What a row's `state` points to: its cells, made on demand. */
struct row_cells {
    struct arena *arena;
    struct node **v; /* n_columns */
};

struct row_slot {
    struct node *root, *row;
};

/* Rows made so far, by open addressing. */
struct xpath_rows {
    struct row_slot *slots;
    size_t n, cap;
};

bool rows_is_root(const struct node *node)
{
    return node->list && !(node->flags & (NODE_ROW | NODE_CELL));
}

static struct row_slot *slot_for(struct xpath_rows *rows, const struct node *root, size_t row)
{
    size_t i = (((uintptr_t)root >> 4) ^ (row * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
    i = (i >> 17) & (rows->cap - 1);
    while (rows->slots[i].root && (rows->slots[i].root != root || rows->slots[i].row->at != row)) {
        i = (i + 1) & (rows->cap - 1);
    }
    return &rows->slots[i];
}

static struct xpath_rows *room_for_one(struct xpath_env *env)
{
    struct xpath_rows *rows = env->known_rows;
    if (!rows) {
        rows = env->known_rows = arena_new(&env->rows, struct xpath_rows);
    }
    if (rows->n * 2 >= rows->cap) {
        struct xpath_rows bigger = {.cap = rows->cap ? rows->cap * 2 : 64, .n = rows->n};
        bigger.slots = arena_array(&env->rows, struct row_slot, bigger.cap);
        for (size_t i = 0; i < rows->cap; i++) {
            if (rows->slots[i].root) {
                *slot_for(&bigger, rows->slots[i].root, rows->slots[i].row->at) = rows->slots[i];
            }
        }
        *rows = bigger;
    }
    return rows;
}

static struct node *make_row(struct arena *arena, struct node *root)
{
    struct node *row = arena_new(arena, struct node);
    row->kind = NODE_ELEMENT;
    row->flags = NODE_ROW;
    row->name = root->list->item;
    row->prefix = "";
    row->value = STR("");
    row->parent = root;
    row->list = root->list;
    struct row_cells *cells = arena_new(arena, struct row_cells);
    cells->arena = arena;
    cells->v = arena_array(arena, struct node *, root->list->n_columns);
    row->state = cells;
    return row;
}

static void set_row(struct node *row, size_t at)
{
    row->at = (uint32_t)at;
    row->order = row->parent->order + 1 + (uint32_t)(at * (row->list->n_columns * 2 + 1));
}

struct node *rows_node(struct xpath_run *run, struct node *root, size_t at)
{
    struct xpath_rows *rows = room_for_one(run->env);
    struct row_slot *slot = slot_for(rows, root, at);
    if (!slot->root) {
        struct node *row = make_row(&run->env->rows, root);
        set_row(row, at);
        *slot = (struct row_slot){root, row};
        rows->n++;
    }
    return slot->row;
}

struct node *rows_candidate(struct xpath_run *run, struct node *root)
{
    return make_row(&run->env->scratch, root);
}

void rows_look(struct node *candidate, size_t row)
{
    struct row_cells *cells = candidate->state;
    memset(cells->v, 0, candidate->list->n_columns * sizeof(*cells->v));
    set_row(candidate, row);
}

struct node *rows_cell(struct xpath_run *run, struct node *row, int column)
{
    struct row_cells *cells = row->state;
    if (column < 0 || (size_t)column >= row->list->n_columns) {
        return NULL;
    }
    struct node *cell = cells->v[column];
    if (!cell) {
        cell = arena_new(cells->arena, struct node);
        cell->kind = NODE_ELEMENT;
        cell->flags = NODE_CELL;
        cell->name = row->list->columns[column];
        cell->prefix = "";
        cell->parent = row;
        cell->list = row->list;
        cell->at = (uint32_t)column;
        cell->order = row->order + 1 + (uint32_t)column * 2;
        cell->value = row->list->ops->cell(row->list->self, row->at, column, cells->arena);
        cells->v[column] = cell;
    }
    return cell;
}

struct str rows_text(struct xpath_run *run, const struct node *row)
{
    struct buf all = {0};
    for (size_t i = 0; i < row->list->n_columns; i++) {
        buf_add_str(&all,
                    row->list->ops->cell(row->list->self, row->at, (int)i, &run->env->scratch));
    }
    struct str text = {arena_str(&run->env->scratch, buf_str(&all)), all.n};
    buf_finish(&all);
    return text;
}

/* A node-set as value of a term means "one of them": by index only when there is just one. */
static bool make_term(struct xpath_run *run, const struct frame *at,
                      const struct column_term *column, const struct list_source *list,
                      struct list_term *term, bool *is_usable)
{
    struct xpath_value value;
    *is_usable = false;
    term->column = list_column(list, column->local);
    if (term->column < 0 || !run_eval(run, at, column->value, &value)) {
        return term->column < 0;
    }
    bool is_none = value.type == XPATH_NODES && value.nodes.n == 0;
    bool is_many = (value.type == XPATH_NODES && value.nodes.n > 1) ||
                   (is_none && !(run->env->flags & XPATH_EMPTY_TEXT));
    if (is_many || value.type == XPATH_BOOLEAN) {
        return true;
    }
    term->is_number = value.type == XPATH_NUMBER;
    term->number = value.number;
    term->value = xpath_to_text(run->env, &value);
    *is_usable = true;
    return true;
}

static bool find_rows(struct xpath_run *run, const struct frame *at,
                      const struct predicate *predicate, const struct list_source *list,
                      struct list_rows *rows, bool *found)
{
    struct list_term *terms =
        arena_array(&run->env->scratch, struct list_term, predicate->n_columns + 1);
    size_t n = 0;
    *found = false;
    for (size_t i = 0; i < predicate->n_columns; i++) {
        bool is_usable;
        if (!make_term(run, at, &predicate->columns[i], list, &terms[n], &is_usable)) {
            return false;
        }
        n += is_usable;
    }
    *found = n > 0 && list->ops->find(list->self, terms, n, &run->env->scratch, rows);
    return true;
}

/* Looks at each row (of `rows`, or all) with the whole predicate. */
static bool scan(struct xpath_run *run, const struct expr *expr, struct node *root,
                 const struct list_rows *rows, struct node_set *set)
{
    size_t n = rows ? rows->n : root->list->ops->count(root->list->self);
    struct node *candidate = rows_candidate(run, root);
    for (size_t i = 0; i < n; i++) {
        size_t row = rows ? rows->v[i] : i;
        bool passes = true;
        rows_look(candidate, row);
        struct arena_mark mark = arena_mark(&run->env->scratch);
        struct frame at = {candidate, i + 1, n};
        if (!run_count(run, expr, 1) || !run_passes(run, &at, expr, &passes)) {
            return false;
        }
        arena_rewind(&run->env->scratch, mark);
        if (passes) {
            set_add(set, rows_node(run, root, row));
        }
    }
    return true;
}

bool rows_filter(struct xpath_run *run, const struct frame *at, const struct step *step,
                 struct node *root, struct node_set *set, size_t *predicates_done)
{
    const struct list_source *list = root->list;
    *predicates_done = 0;
    struct node probe = {.kind = NODE_ELEMENT, .name = list->item};
    if (!axis_test(step, &probe)) {
        return true;
    }
    const struct predicate *predicate = step->n_predicates ? &step->predicates[0] : NULL;
    size_t count = list->ops->count(list->self);
    if (predicate && predicate->kth) {
        *predicates_done = 1;
        if (predicate->kth <= count) {
            set_add(set, rows_node(run, root, predicate->kth - 1));
        }
        return true;
    }
    if (predicate && !predicate->is_positional) {
        struct list_rows rows = {0};
        bool found;
        *predicates_done = 1;
        return find_rows(run, at, predicate, list, &rows, &found) &&
               scan(run, predicate->expr, root, found ? &rows : NULL, set);
    }
    for (size_t i = 0; i < count; i++) {
        set_add(set, rows_node(run, root, i));
    }
    return predicate ? run_count(run, predicate->expr, count) : true;
}
