/* The tree of an instance on which XPath works: the record that is being filled, and secondary
 * instances that are not lists. Values are text as XML has it. Children of a name are found by
 * index in wide elements, so that the 5,000th repeat costs what the 5th did. Not a parser
 * (platform/base/xml.h) and knows nothing of binds: `def` and `state` are for who fills. One thread
 * at a time. */
#ifndef FORM_NODE_H
#define FORM_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/vec.h"
#include "platform/base/xml.h"

enum node_kind {
    NODE_DOCUMENT,
    NODE_ELEMENT,
    NODE_ATTRIBUTE,
    NODE_TEXT,
    NODE_COMMENT,
    NODE_INSTRUCTION,
    NODE_NAMESPACE, /* made by the namespace axis only */
};

enum {
    NODE_OFF = 1u << 0,      /* not relevant by itself: set through node_set_relevant */
    NODE_HIDDEN = 1u << 1,   /* not relevant by itself or by an ancestor; XPath drops it */
    NODE_NUMBER = 1u << 2,   /* `number` is that of the value */
    NODE_MIRROR = 1u << 3,   /* a text node whose text is the value of its parent */
    NODE_ROW = 1u << 4,      /* stands for a row of a list, made during an evaluation */
    NODE_CELL = 1u << 5,     /* stands for a cell of such a row */
    NODE_TEMPLATE = 1u << 6, /* a template: outside the tree proper */
    NODE_MIXED = 1u << 7,    /* an element with text nodes among its children */
    NODE_CDATA = 1u << 8,    /* a text that stood in a CDATA section */
    NODE_PLAIN = 1u << 10,   /* text that is never a date, whatever it looks like */
    NODE_REPEAT = 1u << 9,   /* an instance of a repeat: position() means the nearest of these */
    NODE_DECIMAL = 1u << 11, /* its bind says it is a number: "7.0" equals "7" (see
                                XPATH_EMPTY_TEXT) */
    NODE_TRUTH = 1u << 12,   /* holds a truth as text: "0" and "false" are false as a condition */
    NODE_USER = 1u << 16,    /* this bit and those above are free for the owner of the tree */
    /* what a copy of a node keeps, beside the bits from NODE_USER on */
    NODE_KEPT = NODE_CDATA | NODE_REPEAT | NODE_PLAIN | NODE_DECIMAL | NODE_TRUTH,
};

struct node_def;    /* what the form says of this node; defined by the form definition */
struct node_index;  /* children by name, in wide elements */
struct list_source; /* list.h */

struct node {
    /* what a walk over many nodes looks at comes first: one cache line */
    uint8_t kind;   /* enum node_kind */
    uint32_t flags; /* NODE_… */
    const struct xml_name *name;
    struct node *next, *first, *parent;
    struct str value;    /* of a leaf, an attribute, a text …; NUL-terminated */
    double number;       /* of the value, see NODE_NUMBER; through node_number only */
    uint32_t at;         /* index among the siblings of its name; through node_position only */
    uint32_t order;      /* document order, right when the tree's is_ordered is */
    uint32_t room;       /* bytes that value.s can hold */
    uint32_t n_children; /* elements only */
    const char *prefix;  /* "" for none */
    struct node *last, *prev;
    struct node *attributes; /* linked by next */
    struct node_index *index;
    struct xml_binding *bindings;   /* namespaces declared here */
    const struct list_source *list; /* of a document that is a list, and of rows and cells */
    struct node_def *def;
    void *state;
};

/* One tree. */
struct node_tree {
    struct arena arena;      /* all nodes and values; given back with the tree */
    struct xml_names *names; /* borrowed, must outlive the tree */
    struct node *document;
    uint32_t n_nodes;
    bool is_ordered;   /* `order` is right */
    struct node *free; /* removed nodes for reuse, linked by next */
};

/* An empty tree: a document node without a child. */
void node_tree_init(struct node_tree *tree, struct xml_names *names);

/* Frees all nodes. */
void node_tree_finish(struct node_tree *tree);

/* Copies an element of a parsed document, with all below, as a new child (the last) of parent.
 * Names of `from` must be of the tree's table. White-space-only text beside elements is dropped
 * unless exact is set; exact also keeps comments and instructions. */
struct node *node_from_xml(struct node_tree *tree, struct node *parent, const struct xml *from,
                           bool exact);

/* A tree that is a list: document → root → rows on demand. */
void node_tree_from_list(struct node_tree *tree, struct xml_names *names,
                         const struct list_source *list);

/* A new element without a place; node_insert gives it one. */
struct node *node_create(struct node_tree *tree, const struct xml_name *name, const char *prefix);

/* A copy of an element with all below (values, attributes, def, flags of NODE_KEPT and from
 * NODE_USER up), without a place. state is not copied, relevance starts as relevant. */
struct node *node_copy(struct node_tree *tree, const struct node *from);

/* Puts a node without a place among the children of parent, after `after` (NULL: as the first);
 * node_append puts it last. Takes on the relevance of the parent. Amortised constant time at the
 * end of a series of one name. */
void node_insert(struct node_tree *tree, struct node *parent, struct node *node,
                 struct node *after);
void node_append(struct node_tree *tree, struct node *parent, struct node *node);

/* Takes a node with all below out of the tree for ever; its memory is used again. */
void node_remove(struct node_tree *tree, struct node *node);

/* Gives an element an attribute (or an existing one a new value); returns it. */
struct node *node_set_attribute(struct node_tree *tree, struct node *element,
                                const struct xml_name *name, const char *prefix, struct str value);

/* The attribute with this interned local name and uri ("" = none, NULL = any), or NULL. */
struct node *node_attribute(const struct node *element, const char *local, const char *uri);

/* Sets the value of a leaf element or attribute (copied); false when it was the same already. */
bool node_set_value(struct node_tree *tree, struct node *node, struct str value);

/* The value of a leaf, without a copy; of an element with children the empty text. Relevance is not
 * looked at. */
static inline struct str node_value(const struct node *node)
{
    return node->flags & NODE_MIRROR ? node->parent->value : node->value;
}

/* The string-value of XPath (all text below) without looking at relevance; a leaf costs no copy. */
struct str node_text(const struct node *node, struct arena *scratch);

/* The value of a leaf as a number by xpath_number_of(value, flags); remembered. */
double node_number(const struct node *node, unsigned flags);

/* Position among the siblings of the same name, from 1. Constant time in wide elements, else a walk
 * over at most 15 siblings. */
size_t node_position(const struct node *node);

/* Number of children with this name (interned pointer of the tree's table). */
size_t node_count(const struct node *parent, const struct xml_name *name);

/* The k-th child (from 1) of this name, or NULL. Constant time in wide elements. */
struct node *node_kth(const struct node *parent, const struct xml_name *name, size_t k);

/* The first child of this name, and the next sibling of the same name, or NULL. */
struct node *node_child(const struct node *parent, const struct xml_name *name);
struct node *node_twin(const struct node *node);

/* All children of one name in a wide element as an array (n of them; borrowed until the tree
 * changes), or NULL when the element is narrow and the children must be walked. */
struct node *const *node_series(const struct node *parent, const struct xml_name *name, size_t *n);

/* Sets whether the node is relevant by itself. When that changes what it or nodes below are
 * effectively, each such node is told to changed (may be NULL), parents first. */
void node_set_relevant(struct node *node, bool relevant,
                       void (*changed)(void *ctx, struct node *node), void *ctx);

/* Is it relevant, with all its ancestors? */
static inline bool node_is_relevant(const struct node *node)
{
    return !(node->flags & NODE_HIDDEN);
}

/* The tree in which the node stands, or NULL when it has no place. */
struct node_tree *node_tree_of(const struct node *node);

/* Makes `order` right in the whole tree. */
void node_tree_number(struct node_tree *tree);

/* Appends the path of the node, with positions where the parent has more of the name or always says
 * so: "/data/rep[2]/x", with always "/data[1]/rep[2]/x[1]". Names carry their prefixes. */
void node_add_path(struct buf *to, const struct node *node, bool always);

/* Makes the text child of a leaf whose value is not empty visible as a node (kept in step with the
 * value); NULL when there is none. The axes of XPath need it for text(). */
struct node *node_text_child(struct node_tree *tree, struct node *element);

/* Appends the node with all below as XML. keep (may be NULL = all) says which are written. */
void node_write(struct buf *to, const struct node *node,
                bool (*keep)(void *ctx, const struct node *node), void *ctx);

#endif
