/* The thirteen axes. They walk by first, next and up, which know the rows of lists too. */
#include <string.h>

#include "app/form/xpath_run.h"

void set_reserve(struct node_set *set, size_t n)
{
    if (set->cap - set->n >= n) {
        return;
    }
    size_t cap = set->cap ? set->cap * 2 : 8;
    cap = cap < set->n + n ? set->n + n : cap;
    struct node **v = arena_array(set->arena, struct node *, cap);
    if (set->n) {
        memcpy(v, set->v, set->n * sizeof(struct node *));
    }
    set->v = v;
    set->cap = cap;
}

void set_add(struct node_set *set, struct node *node)
{
    if (set->n == set->cap) {
        set_reserve(set, 1);
    }
    set->v[set->n++] = node;
}

bool axis_is_reverse(enum axis axis)
{
    return axis == AXIS_ANCESTOR || axis == AXIS_ANCESTOR_OR_SELF || axis == AXIS_PRECEDING ||
           axis == AXIS_PRECEDING_SIBLING;
}

bool axis_test(const struct step *step, const struct node *node)
{
    switch (step->test) {
    case TEST_NODE:
        return true;
    case TEST_TEXT:
        return node->kind == NODE_TEXT;
    case TEST_COMMENT:
        return node->kind == NODE_COMMENT;
    case TEST_INSTRUCTION:
        return node->kind == NODE_INSTRUCTION && (!step->local || node->prefix == step->local);
    case TEST_NAME:
        break;
    }
    if (step->axis == AXIS_NAMESPACE) {
        return node->kind == NODE_NAMESPACE && (!step->local || node->prefix == step->local);
    }
    enum node_kind wanted = step->axis == AXIS_ATTRIBUTE ? NODE_ATTRIBUTE : NODE_ELEMENT;
    return node->kind == wanted && (!step->local || node->name->local == step->local) &&
           (!step->uri || node->name->uri == step->uri);
}

/* A walk: want_text makes the texts of leaves visible. */
struct walk {
    struct xpath_run *run;
    bool want_text;
};

static struct node *cell_text(struct walk *w, struct node *cell)
{
    if (!cell->first && cell->value.n) {
        struct node *text = arena_new(&w->run->env->rows, struct node);
        text->kind = NODE_TEXT;
        text->flags = NODE_MIRROR;
        text->prefix = "";
        text->parent = cell;
        text->order = cell->order + 1;
        cell->first = text;
    }
    return cell->first;
}

static struct node *first_of(struct walk *w, struct node *node)
{
    if (node->kind != NODE_ELEMENT && node->kind != NODE_DOCUMENT) {
        return NULL;
    }
    if (node->list) {
        if (node->flags & NODE_CELL) {
            return w->want_text ? cell_text(w, node) : NULL;
        }
        if (node->flags & NODE_ROW) {
            return rows_cell(w->run, node, 0);
        }
        bool any = node->list->ops->count(node->list->self) > 0;
        return any ? rows_node(w->run, node, 0) : NULL;
    }
    if (!node->first && w->want_text && node->value.n) {
        struct node_tree *tree = node_tree_of(node);
        tree = tree ? tree : w->run->env->tree;
        return tree ? node_text_child(tree, node) : NULL;
    }
    return node->first;
}

static struct node *next_of(struct walk *w, struct node *node)
{
    if (node->flags & NODE_ROW) {
        size_t next = (size_t)node->at + 1;
        bool any = next < node->list->ops->count(node->list->self);
        return any ? rows_node(w->run, node->parent, next) : NULL;
    }
    if (node->flags & NODE_CELL) {
        return rows_cell(w->run, node->parent, (int)node->at + 1);
    }
    return node->kind == NODE_ATTRIBUTE || node->kind == NODE_NAMESPACE ? NULL : node->next;
}

static struct node *prev_of(struct walk *w, struct node *node)
{
    if (node->flags & NODE_ROW) {
        return node->at ? rows_node(w->run, node->parent, (size_t)node->at - 1) : NULL;
    }
    if (node->flags & NODE_CELL) {
        return rows_cell(w->run, node->parent, (int)node->at - 1);
    }
    return node->kind == NODE_ATTRIBUTE || node->kind == NODE_NAMESPACE ? NULL : node->prev;
}

static struct node *last_of(struct walk *w, struct node *node)
{
    struct node *last = first_of(w, node);
    for (struct node *next = last; next; next = next_of(w, next)) {
        last = next;
    }
    return last;
}

static void add(struct walk *w, const struct step *step, struct node *node, struct node_set *set)
{
    if (w->run->steps_left) {
        w->run->steps_left--;
    }
    if (axis_test(step, node)) {
        set_add(set, node);
    }
}

static void add_below(struct walk *w, const struct step *step, struct node *top,
                      struct node_set *set)
{
    struct node *node = first_of(w, top);
    while (node && w->run->steps_left) {
        add(w, step, node, set);
        struct node *next = first_of(w, node);
        while (!next && node != top) {
            next = next_of(w, node);
            node = next ? node : node->parent;
        }
        node = next;
    }
}

static void add_children(struct walk *w, const struct step *step, struct node *node,
                         struct node_set *set)
{
    if (node->flags & NODE_ROW && step->test == TEST_NAME && step->local) {
        struct node *cell = rows_cell(w->run, node, list_column(node->list, step->local));
        if (cell) {
            add(w, step, cell, set);
        }
        return;
    }
    if (node->index && step->test == TEST_NAME && step->local) {
        struct xml_name name = {.local = step->local};
        size_t n;
        struct node *const *series = node_series(node, &name, &n);
        set_reserve(set, n);
        if (!step->uri && n) {
            memcpy(&set->v[set->n], series, n * sizeof(struct node *));
            set->n += n;
            w->run->steps_left -= n < w->run->steps_left ? n : w->run->steps_left;
            return;
        }
        for (size_t i = 0; i < n; i++) {
            add(w, step, series[i], set);
        }
        return;
    }
    struct node *child = first_of(w, node);
    for (; child && w->run->steps_left; child = next_of(w, child)) {
        add(w, step, child, set);
    }
}

static void add_after(struct walk *w, const struct step *step, struct node *node,
                      struct node_set *set)
{
    if (node->kind == NODE_ATTRIBUTE || node->kind == NODE_NAMESPACE) {
        node = node->parent;
        add_below(w, step, node, set);
    }
    for (; node; node = node->parent) {
        for (struct node *next = next_of(w, node); next && w->run->steps_left;
             next = next_of(w, next)) {
            add(w, step, next, set);
            add_below(w, step, next, set);
        }
    }
}

static void add_last_first(struct walk *w, const struct step *step, struct node *node,
                           struct node_set *set)
{
    struct node *child = last_of(w, node);
    for (; child && w->run->steps_left; child = prev_of(w, child)) {
        add_last_first(w, step, child, set);
    }
    add(w, step, node, set);
}

static void add_before(struct walk *w, const struct step *step, struct node *node,
                       struct node_set *set)
{
    if (node->kind == NODE_ATTRIBUTE || node->kind == NODE_NAMESPACE) {
        node = node->parent;
    }
    for (; node; node = node->parent) {
        for (struct node *prev = prev_of(w, node); prev && w->run->steps_left;
             prev = prev_of(w, prev)) {
            add_last_first(w, step, prev, set);
        }
    }
}

/* The declarations that stand on the element itself; inherited ones are theirs who declare them. */
static void add_namespaces(struct walk *w, const struct step *step, struct node *node,
                           struct node_set *set)
{
    const struct xml_binding *binding = node->kind == NODE_ELEMENT ? node->bindings : NULL;
    for (uint32_t at = 0; binding; binding = binding->next, at++) {
        struct node *space = arena_new(&w->run->env->rows, struct node);
        space->kind = NODE_NAMESPACE;
        space->prefix = binding->prefix;
        space->value = str_of(binding->uri);
        space->parent = node;
        space->at = at;
        add(w, step, space, set);
    }
}

static void add_siblings(struct walk *w, const struct step *step, struct node *node,
                         struct node_set *set)
{
    bool back = step->axis == AXIS_PRECEDING_SIBLING;
    for (struct node *at = node; w->run->steps_left;) {
        at = back ? prev_of(w, at) : next_of(w, at);
        if (!at) {
            return;
        }
        add(w, step, at, set);
    }
}

static void add_up(struct walk *w, const struct step *step, struct node *node, struct node_set *set)
{
    for (; node; node = step->axis == AXIS_PARENT ? NULL : node->parent) {
        add(w, step, node, set);
    }
}

void axis_add(struct xpath_run *run, const struct step *step, struct node *node,
              struct node_set *set)
{
    struct walk w = {run, step->test == TEST_NODE || step->test == TEST_TEXT};
    switch (step->axis) {
    case AXIS_CHILD:
        add_children(&w, step, node, set);
        break;
    case AXIS_PARENT:
    case AXIS_ANCESTOR:
        add_up(&w, step, node->parent, set);
        break;
    case AXIS_ANCESTOR_OR_SELF:
        add_up(&w, step, node, set);
        break;
    case AXIS_SELF:
        add(&w, step, node, set);
        break;
    case AXIS_ATTRIBUTE:
        for (struct node *a = node->kind == NODE_ELEMENT ? node->attributes : NULL; a;
             a = a->next) {
            add(&w, step, a, set);
        }
        break;
    case AXIS_DESCENDANT_OR_SELF:
        add(&w, step, node, set);
        add_below(&w, step, node, set);
        break;
    case AXIS_DESCENDANT:
        add_below(&w, step, node, set);
        break;
    case AXIS_FOLLOWING:
        add_after(&w, step, node, set);
        break;
    case AXIS_PRECEDING:
        add_before(&w, step, node, set);
        break;
    case AXIS_FOLLOWING_SIBLING:
    case AXIS_PRECEDING_SIBLING:
        add_siblings(&w, step, node, set);
        break;
    case AXIS_NAMESPACE:
        add_namespaces(&w, step, node, set);
        break;
    }
}
