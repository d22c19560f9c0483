/* The tree of a parsed expression. Inside the room only; made by xpath_parse.c, never changed
 * afterwards. Chains of one precedence are flat lists, so that a long sum does not go deep. */
#ifndef FORM_XPATH_AST_H
#define FORM_XPATH_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "app/form/xpath.h"
#include "platform/base/str.h"

enum expr_kind {
    EXPR_NUMBER,
    EXPR_TEXT,
    EXPR_CHAIN, /* items joined by operators of one precedence, left to right */
    EXPR_MINUS, /* -items[0].expr */
    EXPR_CALL,  /* name(items…) */
    EXPR_PATH,  /* start, steps */
};

enum operator_kind {
    OP_NONE, /* before the first item */
    OP_OR,
    OP_AND,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_UNION,
};

enum path_start {
    START_CONTEXT,
    START_ROOT,     /* begins with / */
    START_CURRENT,  /* current() */
    START_INSTANCE, /* instance('literal') */
    START_EXPR,     /* any other: (…) or a call, in items[0] */
};

enum axis {
    AXIS_CHILD,
    AXIS_PARENT,
    AXIS_SELF,
    AXIS_ATTRIBUTE,
    AXIS_DESCENDANT,
    AXIS_DESCENDANT_OR_SELF,
    AXIS_ANCESTOR,
    AXIS_ANCESTOR_OR_SELF,
    AXIS_FOLLOWING,
    AXIS_FOLLOWING_SIBLING,
    AXIS_PRECEDING,
    AXIS_PRECEDING_SIBLING,
    AXIS_NAMESPACE,
};

enum test_kind {
    TEST_NAME, /* local and uri, NULL = any */
    TEST_NODE, /* node() */
    TEST_TEXT,
    TEST_COMMENT,
    TEST_INSTRUCTION, /* local = target, NULL = any */
};

struct fn;

struct item {
    enum operator_kind op; /* of a chain: between the item before and this one */
    const struct expr *expr;
};

/* One term `column = value` of a predicate. */
struct column_term {
    const char *local;
    const struct expr *value; /* does not depend on the row */
};

/* An expression in square brackets. */
struct predicate {
    const struct expr *expr;
    uint32_t kth;                      /* a whole literal number from 1, else 0 */
    bool is_positional;                /* asks for position() or last(), or may be a number */
    const struct column_term *columns; /* terms `name = expr` that do not depend on the row */
    size_t n_columns;
};

struct step {
    enum axis axis;
    enum test_kind test;
    const char *local, *uri, *prefix; /* interned; NULL = any */
    const struct predicate *predicates;
    size_t n_predicates;
};

struct expr {
    enum expr_kind kind;
    uint32_t at; /* in the text, from 0 */
    double number;
    struct str text;          /* literal, name of a call, id of START_INSTANCE */
    const struct fn *fn;      /* of a call; NULL: unknown */
    const char *problem;      /* why a call cannot be made, NULL = it can */
    const struct item *items; /* of chains, calls, minus; items[0] = START_EXPR */
    size_t n_items;
    enum path_start start;
    const struct predicate *predicates; /* of the start (filter expression) */
    size_t n_predicates;
    const struct step *steps;
    size_t n_steps;
    bool is_constant;   /* reads nothing at all: may be computed once */
    bool is_free;       /* does not depend on the context node, position or size */
    bool asks_position; /* reads the position or size of its context */
};

struct xpath {
    const struct expr *expr;
    struct str text;
    const char *problem;
    struct xml_names *names;
    const struct expr *const *calls; /* all calls in it, for xpath_calls */
    size_t n_calls;
};

#endif
