/* What a function of XPath is, and how one asks for its arguments. A family of functions is one
 * file in app/form/fn with one table; functions.h lists the families. A function evaluates its own
 * arguments, so that if() and coalesce() leave alone what they do not need. */
#ifndef FORM_FN_H
#define FORM_FN_H

#include "app/form/xpath_ast.h"

enum { FN_ANY = 255 }; /* max_args: no limit */

enum {
    FN_CONTEXT = 1u << 0,  /* reads the context node although no argument says so */
    FN_CLOCK = 1u << 1,    /* reads the clock, chance or the device: another call, another value */
    FN_NUMBER = 1u << 2,   /* gives a number, or may */
    FN_NODES = 1u << 3,    /* gives a node-set, or may */
    FN_POSITION = 1u << 4, /* reads the context position or size */
    FN_SET = 1u << 5,      /* reads arguments as node-sets: rows coming and going matter */
    FN_BARE = 1u << 6,     /* reads the context node when called without arguments */
};

struct fn_call;

/* One function. call returns false after fn_fail, or when an argument could not be evaluated. */
struct fn {
    const char *name;
    unsigned char min_args, max_args;
    unsigned char flags;
    bool (*call)(struct fn_call *call, struct xpath_value *result);
};

/* Where an expression is evaluated. */
struct frame {
    struct node *node;
    size_t position, size;
};

/* An evaluation under way. */
struct xpath_run {
    struct xpath_env *env;
    const struct xpath *x;
    struct node *current;
    struct err *err;
    size_t steps_left;
    unsigned depth; /* of host callbacks that evaluate again */
};

struct fn_call {
    struct xpath_run *run;
    const struct frame *at;
    const struct expr *expr;
    size_t n; /* arguments given */
};

/* Evaluates the i-th argument (from 0). */
bool fn_value(struct fn_call *call, size_t i, struct xpath_value *value);

/* Evaluates and converts it. */
bool fn_text(struct fn_call *call, size_t i, struct str *text);
bool fn_number(struct fn_call *call, size_t i, double *number);
bool fn_boolean(struct fn_call *call, size_t i, bool *boolean);

/* Evaluates it; an error when it is no node-set. */
bool fn_nodes(struct fn_call *call, size_t i, struct xpath_nodes *nodes);

/* Raises an error of this call; returns false. */
bool fn_fail(struct fn_call *call, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Memory until the end of the evaluation. */
struct arena *fn_scratch(struct fn_call *call);

/* Text of a node as expressions see it: empty when it is not relevant. */
struct str fn_node_text(struct fn_call *call, const struct node *node);

/* The number in a node as expressions see it. */
double fn_node_number(struct fn_call *call, const struct node *node);

/* Results. */
bool fn_give_text(struct xpath_value *result, struct str text);
bool fn_give_number(struct xpath_value *result, double number);
bool fn_give_boolean(struct xpath_value *result, bool boolean);
bool fn_give_nodes(struct xpath_value *result, struct xpath_nodes nodes);

/* The function of that name ("jr:itext" with its prefix as it is known), or NULL. */
const struct fn *fn_find(struct str name);

#endif
