#include "app/form/node_index.h"

#include <string.h>

/* From so many children on, an element finds them by index. */
enum { WIDE = 16 };

/* The children of one local name, in order. */
struct series {
    const char *local; /* NULL: a free slot */
    struct node **v;
    uint32_t n, cap;
    bool has_uris; /* not all of one namespace */
};

/* Open addressing over the interned pointers. */
struct node_index {
    struct series *slots;
    uint32_t cap, n;
};

static struct series *find(const struct node_index *index, const char *local)
{
    uint32_t i = (uint32_t)((uintptr_t)local >> 4) * 2654435769u;
    i = (i >> 7) & (index->cap - 1);
    while (index->slots[i].local && index->slots[i].local != local) {
        i = (i + 1) & (index->cap - 1);
    }
    return &index->slots[i];
}

static void grow_slots(struct node_tree *tree, struct node_index *index)
{
    struct node_index bigger = {.cap = index->cap ? index->cap * 2 : 8, .n = index->n};
    bigger.slots = arena_array(&tree->arena, struct series, bigger.cap);
    for (uint32_t i = 0; i < index->cap; i++) {
        if (index->slots[i].local) {
            *find(&bigger, index->slots[i].local) = index->slots[i];
        }
    }
    *index = bigger;
}

static struct series *series_for(struct node_tree *tree, struct node_index *index,
                                 const char *local)
{
    if (index->n * 4 >= index->cap * 3) {
        grow_slots(tree, index);
    }
    struct series *series = find(index, local);
    if (!series->local) {
        series->local = local;
        index->n++;
    }
    return series;
}

static void put(struct node_tree *tree, struct series *series, uint32_t at, struct node *node)
{
    if (series->n == series->cap) {
        uint32_t cap = series->cap ? series->cap * 2 : 4;
        struct node **v = arena_array(&tree->arena, struct node *, cap);
        if (series->n) {
            memcpy(v, series->v, series->n * sizeof(*v));
        }
        series->v = v;
        series->cap = cap;
    }
    memmove(&series->v[at + 1], &series->v[at], (series->n - at) * sizeof(*series->v));
    series->v[at] = node;
    series->n++;
    series->has_uris = series->has_uris || series->v[0]->name != node->name;
    for (uint32_t i = at; i < series->n; i++) {
        series->v[i]->at = i;
    }
}

static void build(struct node_tree *tree, struct node *parent)
{
    parent->index = arena_new(&tree->arena, struct node_index);
    for (struct node *child = parent->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            struct series *series = series_for(tree, parent->index, child->name->local);
            put(tree, series, series->n, child);
        }
    }
}

void node_index_added(struct node_tree *tree, struct node *node)
{
    struct node *parent = node->parent;
    if (node->kind != NODE_ELEMENT) {
        return;
    }
    if (!parent->index) {
        if (parent->n_children >= WIDE) {
            build(tree, parent);
        }
        return;
    }
    struct series *series = series_for(tree, parent->index, node->name->local);
    uint32_t at = series->n;
    if (node->next && series->n) {
        struct node *before = node->prev;
        while (before &&
               (before->kind != NODE_ELEMENT || before->name->local != node->name->local)) {
            before = before->prev;
        }
        at = before ? before->at + 1 : 0;
    }
    put(tree, series, at, node);
}

void node_index_removed(struct node *node)
{
    if (node->kind != NODE_ELEMENT || !node->parent->index) {
        return;
    }
    struct series *series = find(node->parent->index, node->name->local);
    series->n--;
    memmove(&series->v[node->at], &series->v[node->at + 1],
            (series->n - node->at) * sizeof(*series->v));
    for (uint32_t i = node->at; i < series->n; i++) {
        series->v[i]->at = i;
    }
}

static bool is_named(const struct node *node, const struct xml_name *name)
{
    return node->kind == NODE_ELEMENT && node->name->local == name->local;
}

size_t node_position(const struct node *node)
{
    if (node->flags & NODE_ROW || (node->parent && node->parent->index)) {
        return (size_t)node->at + 1;
    }
    size_t position = 1;
    for (const struct node *before = node->prev; before; before = before->prev) {
        position += is_named(before, node->name);
    }
    return position;
}

size_t node_count(const struct node *parent, const struct xml_name *name)
{
    if (parent->index) {
        return find(parent->index, name->local)->n;
    }
    size_t n = 0;
    for (const struct node *child = parent->first; child; child = child->next) {
        n += is_named(child, name);
    }
    return n;
}

struct node *node_kth(const struct node *parent, const struct xml_name *name, size_t k)
{
    if (parent->index) {
        const struct series *series = find(parent->index, name->local);
        return k >= 1 && k <= series->n ? series->v[k - 1] : NULL;
    }
    for (struct node *child = parent->first; child; child = child->next) {
        if (is_named(child, name) && --k == 0) {
            return child;
        }
    }
    return NULL;
}

struct node *node_child(const struct node *parent, const struct xml_name *name)
{
    return node_kth(parent, name, 1);
}

struct node *node_twin(const struct node *node)
{
    struct node *next = node->next;
    while (next && !is_named(next, node->name)) {
        next = next->next;
    }
    return next;
}

struct node *const *node_series(const struct node *parent, const struct xml_name *name, size_t *n)
{
    if (!parent->index) {
        return NULL;
    }
    const struct series *series = find(parent->index, name->local);
    *n = series->n;
    static struct node *const none[1];
    return series->n ? series->v : none;
}
