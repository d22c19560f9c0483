#include "app/form/node.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "app/form/list.h"
#include "app/form/node_index.h"
#include "app/form/xpath.h"

static struct node *new_node(struct node_tree *tree, enum node_kind kind)
{
    struct node *node = tree->free;
    if (node) {
        tree->free = node->next;
        struct node clean = {.value = {node->room ? node->value.s : "", 0}, .room = node->room};
        *node = clean;
        if (node->room) {
            *(char *)node->value.s = '\0';
        }
    } else {
        node = arena_new(&tree->arena, struct node);
        node->value.s = "";
    }
    node->kind = (uint8_t)kind;
    node->prefix = "";
    tree->n_nodes++;
    return node;
}

/* Copies a value; the room it takes grows in powers of two, so that a value that changes for ever
 * costs no more than its longest. */
static void store_value(struct node_tree *tree, struct node *node, struct str value)
{
    if (value.n >= node->room) {
        size_t room = 16;
        while (room <= value.n) {
            room *= 2;
        }
        node->value.s = arena_alloc(&tree->arena, room);
        node->room = (uint32_t)room;
    }
    char *to = (char *)node->value.s;
    if (value.n) {
        memmove(to, value.s, value.n);
    }
    to[value.n] = '\0';
    node->value.n = value.n;
    node->flags &= ~(unsigned)NODE_NUMBER;
}

void node_tree_init(struct node_tree *tree, struct xml_names *names)
{
    *tree = (struct node_tree){.names = names};
    tree->document = new_node(tree, NODE_DOCUMENT);
    tree->document->state = tree;
}

void node_tree_finish(struct node_tree *tree)
{
    arena_finish(&tree->arena);
    *tree = (struct node_tree){0};
}

struct node_tree *node_tree_of(const struct node *node)
{
    while (node->parent) {
        node = node->parent;
    }
    return node->kind == NODE_DOCUMENT ? node->state : NULL;
}

struct node *node_create(struct node_tree *tree, const struct xml_name *name, const char *prefix)
{
    struct node *node = new_node(tree, NODE_ELEMENT);
    node->name = name;
    node->prefix = prefix;
    return node;
}

static void hide_with_parent(struct node *node)
{
    bool hidden = (node->flags & NODE_OFF) || (node->parent && node->parent->flags & NODE_HIDDEN);
    bool is_hidden = node->flags & NODE_HIDDEN;
    if (hidden == is_hidden) {
        return;
    }
    node->flags ^= NODE_HIDDEN;
    for (struct node *a = node->attributes; a; a = a->next) {
        hide_with_parent(a);
    }
    for (struct node *child = node->first; child; child = child->next) {
        hide_with_parent(child);
    }
}

void node_insert(struct node_tree *tree, struct node *parent, struct node *node, struct node *after)
{
    assert(!node->parent && (!after || after->parent == parent));
    node->parent = parent;
    node->prev = after;
    node->next = after ? after->next : parent->first;
    if (node->next) {
        node->next->prev = node;
    } else {
        parent->last = node;
    }
    if (after) {
        after->next = node;
    } else {
        parent->first = node;
    }
    parent->n_children++;
    if (node->kind == NODE_TEXT) {
        parent->flags |= NODE_MIXED;
    }
    node_index_added(tree, node);
    tree->is_ordered = false;
    hide_with_parent(node);
}

void node_append(struct node_tree *tree, struct node *parent, struct node *node)
{
    node_insert(tree, parent, node, parent->last);
}

static void set_free(struct node_tree *tree, struct node *node)
{
    for (struct node *next, *child = node->first; child; child = next) {
        next = child->next;
        set_free(tree, child);
    }
    for (struct node *next, *attribute = node->attributes; attribute; attribute = next) {
        next = attribute->next;
        set_free(tree, attribute);
    }
    if (node->flags & NODE_MIRROR) {
        node->room = 0;
    }
    node->next = tree->free;
    node->parent = node->first = NULL;
    tree->free = node;
    tree->n_nodes--;
}

void node_remove(struct node_tree *tree, struct node *node)
{
    struct node *parent = node->parent;
    if (parent) {
        node_index_removed(node);
        *(node->prev ? &node->prev->next : &parent->first) = node->next;
        *(node->next ? &node->next->prev : &parent->last) = node->prev;
        parent->n_children--;
        tree->is_ordered = false;
    }
    set_free(tree, node);
}

static struct node *add_attribute(struct node_tree *tree, struct node *element,
                                  const struct xml_name *name, const char *prefix)
{
    struct node *attribute = new_node(tree, NODE_ATTRIBUTE);
    attribute->name = name;
    attribute->prefix = prefix;
    attribute->parent = element;
    struct node **end = &element->attributes;
    while (*end) {
        end = &(*end)->next;
    }
    *end = attribute;
    tree->is_ordered = false;
    hide_with_parent(attribute);
    return attribute;
}

struct node *node_set_attribute(struct node_tree *tree, struct node *element,
                                const struct xml_name *name, const char *prefix, struct str value)
{
    struct node *attribute = node_attribute(element, name->local, name->uri);
    if (!attribute) {
        attribute = add_attribute(tree, element, name, prefix);
    }
    store_value(tree, attribute, value);
    return attribute;
}

struct node *node_attribute(const struct node *element, const char *local, const char *uri)
{
    for (struct node *a = element->attributes; a; a = a->next) {
        if (a->name->local == local && (!uri || a->name->uri == uri)) {
            return a;
        }
    }
    return NULL;
}

bool node_set_value(struct node_tree *tree, struct node *node, struct str value)
{
    if (str_eq(node->value, value)) {
        return false;
    }
    store_value(tree, node, value);
    if (node->first && value.n == 0) { /* an empty leaf has no text node */
        node_remove(tree, node->first);
    }
    return true;
}

double node_number(const struct node *node, unsigned flags)
{
    if (node->flags & NODE_NUMBER) {
        return node->number;
    }
    struct str text = node_value(node);
    /* a date has a hyphen inside, a number never */
    bool is_text = node->flags & NODE_PLAIN && text.n > 1 && memchr(text.s + 1, '-', text.n - 1);
    double number = is_text ? NAN : xpath_number_of(text, flags);
    if (!(node->flags & NODE_MIRROR)) { /* a memory of the value, not a change of the node */
        struct node *leaf = (struct node *)node;
        leaf->number = number;
        leaf->flags |= NODE_NUMBER;
    }
    return number;
}

struct node *node_text_child(struct node_tree *tree, struct node *element)
{
    if (element->kind != NODE_ELEMENT || element->first || element->value.n == 0) {
        return element->first;
    }
    struct node *text = new_node(tree, NODE_TEXT);
    text->flags = NODE_MIRROR | (element->flags & NODE_HIDDEN);
    text->parent = element;
    element->first = element->last = text;
    element->n_children = 1;
    tree->is_ordered = false;
    return text;
}

static void tell_hidden(struct node *node, void (*changed)(void *ctx, struct node *node), void *ctx)
{
    bool hidden = (node->flags & NODE_OFF) || (node->parent && node->parent->flags & NODE_HIDDEN);
    bool is_hidden = node->flags & NODE_HIDDEN;
    if (hidden == is_hidden) {
        return;
    }
    node->flags ^= NODE_HIDDEN;
    if (changed) {
        changed(ctx, node);
    }
    for (struct node *a = node->attributes; a; a = a->next) {
        tell_hidden(a, changed, ctx);
    }
    for (struct node *child = node->first; child; child = child->next) {
        tell_hidden(child, changed, ctx);
    }
}

void node_set_relevant(struct node *node, bool relevant,
                       void (*changed)(void *ctx, struct node *node), void *ctx)
{
    node->flags = relevant ? node->flags & ~(unsigned)NODE_OFF : node->flags | NODE_OFF;
    tell_hidden(node, changed, ctx);
}

struct node *node_copy(struct node_tree *tree, const struct node *from)
{
    struct node *copy = new_node(tree, from->kind);
    copy->name = from->name;
    copy->prefix = from->prefix;
    copy->bindings = from->bindings;
    copy->def = from->def;
    copy->list = from->list;
    copy->flags = from->flags & (~(uint32_t)(NODE_USER - 1) | NODE_KEPT);
    if (from->value.n) {
        store_value(tree, copy, from->value);
    }
    struct node **end = &copy->attributes;
    for (const struct node *a = from->attributes; a; a = a->next) {
        *end = node_copy(tree, a);
        (*end)->parent = copy;
        end = &(*end)->next;
    }
    for (const struct node *child = from->first; child; child = child->next) {
        if (!(child->flags & NODE_MIRROR)) {
            node_insert(tree, copy, node_copy(tree, child), copy->last);
        }
    }
    return copy;
}

static void copy_xml_head(struct node_tree *tree, struct node *node, const struct xml *from,
                          bool exact)
{
    for (const struct xml_attribute *a = from->attributes; a; a = a->next) {
        struct node *attribute = add_attribute(tree, node, a->name, a->prefix);
        if (a->value.n) {
            store_value(tree, attribute, a->value);
        }
    }
    if (from->text.n && (exact || str_trim(from->text).n)) {
        store_value(tree, node, from->text);
    }
}

/* The namespaces that the arena of the parsed document holds must outlive the copy. */
static struct xml_binding *copy_bindings(struct node_tree *tree, const struct xml_binding *from)
{
    struct xml_binding *first = NULL, **end = &first;
    for (; from; from = from->next) {
        *end = arena_new(&tree->arena, struct xml_binding);
        **end = (struct xml_binding){from->prefix, from->uri, NULL};
        end = &(*end)->next;
    }
    return first;
}

static struct node *from_xml(struct node_tree *tree, const struct xml *from, bool exact)
{
    static const enum node_kind kinds[] = {
        [XML_DOCUMENT] = NODE_DOCUMENT,
        [XML_ELEMENT] = NODE_ELEMENT,
        [XML_TEXT] = NODE_TEXT,
        [XML_COMMENT] = NODE_COMMENT,
        [XML_INSTRUCTION] = NODE_INSTRUCTION,
    };
    bool is_side = from->kind == XML_COMMENT || from->kind == XML_INSTRUCTION;
    bool is_space = from->kind == XML_TEXT && str_trim(from->text).n == 0;
    if (!exact && (is_side || is_space)) {
        return NULL;
    }
    struct node *node = new_node(tree, kinds[from->kind]);
    node->name = from->name;
    node->prefix = from->prefix;
    node->flags |= from->is_cdata ? NODE_CDATA : 0;
    copy_xml_head(tree, node, from, exact);
    node->bindings = copy_bindings(tree, from->bindings);
    for (const struct xml *child = from->first; child; child = child->next) {
        struct node *copy = from_xml(tree, child, exact);
        if (copy) {
            node_insert(tree, node, copy, node->last);
        }
    }
    return node;
}

struct node *node_from_xml(struct node_tree *tree, struct node *parent, const struct xml *from,
                           bool exact)
{
    struct node *node = from_xml(tree, from, exact);
    if (node && parent) {
        node_append(tree, parent, node);
    }
    return node;
}

void node_tree_from_list(struct node_tree *tree, struct xml_names *names,
                         const struct list_source *list)
{
    node_tree_init(tree, names);
    struct node *root = node_create(tree, list->root, "");
    root->list = list;
    node_append(tree, tree->document, root);
}

static uint32_t number_below(struct node *node, uint32_t next)
{
    node->order = next++;
    for (struct node *a = node->attributes; a; a = a->next) {
        a->order = next++;
    }
    for (struct node *child = node->first; child; child = child->next) {
        next = number_below(child, next);
    }
    return next;
}

void node_tree_number(struct node_tree *tree)
{
    number_below(tree->document, 1);
    tree->is_ordered = true;
}
