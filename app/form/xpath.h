/* XPath 1.0 with the functions of ODK XForms: an expression is parsed once into a tree in an arena
 * and evaluated many times without touching the heap (only the scratch arena of the environment).
 * It changes nothing in the instance. Not the list of functions (functions.h) and not the graph of
 * dependencies, though xpath_uses tells what an expression reads. One thread at a time for an
 * environment; a parsed expression may be shared. */
#ifndef FORM_XPATH_H
#define FORM_XPATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "app/form/list.h"
#include "app/form/node.h"
#include "platform/base/arena.h"
#include "platform/base/err.h"
#include "platform/base/str.h"

/* ---- values -------------------------------------------------------------------------------- */

enum xpath_type { XPATH_NODES, XPATH_TEXT, XPATH_NUMBER, XPATH_BOOLEAN };

/* A node-set: in document order, no node twice, unless `is_loose` (randomize gives its own order).
 */
struct xpath_nodes {
    struct node **v;
    size_t n;
    bool is_loose;
};

struct xpath_value {
    enum xpath_type type;
    bool is_date; /* came out of a date: a text that is one, or a number of days */
    double number;
    bool boolean;
    struct str text; /* borrowed from the scratch arena, the expression or a node */
    struct xpath_nodes nodes;
};

/* ---- the world of an expression ------------------------------------------------------------ */

/* What the owner of the form answers. Any pointer may be NULL: then there is none of it, and
 * functions that need it give their "not found" answer. Texts are borrowed or put into scratch. */
struct xpath_host {
    /* The document of a secondary instance (its children are the root element or list); false when
     * there is no such instance. For `instance(id)`, which is the parent of the root element. */
    bool (*instance)(void *ctx, struct str id, struct node **document);
    /* The text of jr:itext(id) in the language of the moment. */
    bool (*itext)(void *ctx, struct str id, struct arena *scratch, struct str *text);
    /* The same as a node, where the texts are nodes; asked first. */
    bool (*itext_node)(void *ctx, struct str id, struct node **node);
    /* jr:choice-name(value, path): the label of the choice with that value of the question at the
     * path (relative to node). */
    bool (*choice_name)(void *ctx, struct node *node, struct str value, struct str path,
                        struct arena *scratch, struct str *label);
    /* pulldata(file, column, key column, key): the first row's cell; false when no row has it. */
    bool (*pulldata)(void *ctx, const struct str args[4], struct arena *scratch, struct str *text);
    /* property(name): deviceid, username, phonenumber …; false when unknown. */
    bool (*property)(void *ctx, struct str name, struct arena *scratch, struct str *text);
    /* version() of the form. */
    struct str (*version)(void *ctx);
    /* The names of months (1–12) and days (0 = Sunday) in short, in the language of the form; NULL
     * gives the English ones. */
    const char *(*month_name)(void *ctx, int month);
    const char *(*day_name)(void *ctx, int day);
};

enum {
    /* JavaRosa's rule for forms before odk:xforms-version 1.0.0: a path that runs through the
     * repeats in which the context stands means the context's own instances of them, but for the
     * last step. */
    XPATH_QUALIFY = 1u << 0,
    /* number(date) counts whole local days (JavaRosa, so ODK Collect); else a date is the moment of
     * its local midnight and number() gives the fraction of days in UTC (Web Forms, Enketo). */
    XPATH_WHOLE_DAYS = 1u << 1,
    /* regex() must match the whole text (JavaRosa); else it searches. */
    XPATH_WHOLE_MATCH = 1u << 2,
    /* An empty node-set compares as the empty text (JavaRosa: what is not relevant is ''), and =
     * and
     * != compare numbers where a node is one by its bind. */
    XPATH_EMPTY_TEXT = 1u << 3,
    /* round() of a negative half goes up, -1.5 gives -1, areas are those of a flat map, and no
     * metres are cut to two decimals (JavaRosa); else halves go away from zero (Web Forms, Enketo).
     */
    XPATH_EXACT = 1u << 4,
    /* What the product uses for forms of the field. */
    XPATH_JAVAROSA =
        XPATH_QUALIFY | XPATH_WHOLE_DAYS | XPATH_WHOLE_MATCH | XPATH_EMPTY_TEXT | XPATH_EXACT,
};

/* The environment of evaluations; keep one for each entry. Zeroed memory is a usable one without
 * instances. */
struct xpath_env {
    const struct xpath_host *host;
    void *host_ctx;
    struct node_tree *tree; /* of the context nodes; gives order and text nodes */
    struct node *root;      /* what `/` means; NULL = the document of the tree */
    unsigned flags;         /* XPATH_… */
    size_t step_limit;      /* visits of nodes and calls in one evaluation; 0 = 50 million */
    bool is_seeded;         /* random() and unseeded randomize() go by this row of numbers */
    uint64_t seed;
    struct arena scratch;          /* results live here until xpath_env_reset */
    struct arena rows;             /* nodes that stand for rows of lists, until then too */
    struct xpath_rows *known_rows; /* those made since */
    struct xpath_regex *regexes;   /* patterns compiled so far */
    struct xpath_run *run;         /* of the evaluation under way */
};

/* Forgets all results of earlier evaluations. Call it between evaluations, as often as you like; it
 * costs nothing while little was used. */
void xpath_env_reset(struct xpath_env *env);

/* Frees the scratch memory. */
void xpath_env_finish(struct xpath_env *env);

/* ---- parse and evaluate ---------------------------------------------------------------------- */

struct xpath; /* a parsed expression */

/* How names are read. */
struct xpath_setup {
    struct xml_names *names; /* the table of the trees on which it will be evaluated */
    /* The uri of a prefix (never "jr" undeclared), or NULL when it is unknown; may be NULL. */
    const char *(*uri)(void *ctx, struct str prefix);
    void *ctx;
    /* A name without a prefix means: any namespace (as JavaRosa does), or just this one when
     * is_strict is set ("" = none, the rule of XPath 1.0). */
    bool is_strict;
};

enum { XPATH_MOST_TEXT = 64 * 1024, XPATH_MOST_DEPTH = 200 };

/* Parses into the arena; NULL with ERR_INPUT: "expression: reason at position n". Functions that do
 * not exist and wrong numbers of arguments are found here (see xpath_problem), but only raise when
 * they are called. The text is copied. */
struct xpath *xpath_parse(struct arena *arena, const struct xpath_setup *setup, struct str text,
                          struct err *err);

/* The first call of an unknown function or with a wrong number of arguments, as a sentence for
 * `gocuactl check`; NULL when all is well. */
const char *xpath_problem(const struct xpath *x);

/* The text it was parsed from. */
struct str xpath_text(const struct xpath *x);

/* Where an expression is evaluated. */
struct xpath_at {
    struct node *node;     /* the context node */
    struct node *current;  /* what current() gives; NULL = node */
    size_t position, size; /* of the context node in its list; 0 = 1 of 1 */
};

/* Evaluates; the result lives in env->scratch (or is borrowed from nodes) until xpath_env_reset.
 * False with ERR_INPUT: "expression: reason". Host callbacks may evaluate with the same env. */
bool xpath_eval(const struct xpath *x, struct xpath_env *env, const struct xpath_at *at,
                struct xpath_value *value, struct err *err);

/* As xpath_eval, with the context node alone, and converted as string(), number(), boolean() do. */
bool xpath_eval_text(const struct xpath *x, struct xpath_env *env, struct node *node,
                     struct str *text, struct err *err);
bool xpath_eval_number(const struct xpath *x, struct xpath_env *env, struct node *node,
                       double *number, struct err *err);
bool xpath_eval_boolean(const struct xpath *x, struct xpath_env *env, struct node *node,
                        bool *boolean, struct err *err);

/* As above for a node-set; a result of another kind is an error. */
bool xpath_eval_nodes(const struct xpath *x, struct xpath_env *env, struct node *node,
                      struct xpath_nodes *nodes, struct err *err);

/* ---- conversions ----------------------------------------------------------------------------- */

/* The text of a value. Numbers as XPath 1.0 writes them (never an exponent). */
struct str xpath_to_text(struct xpath_env *env, const struct xpath_value *value);

/* The number of a value; NaN when it is none. */
double xpath_to_number(struct xpath_env *env, const struct xpath_value *value);

/* Is the value true: a number other than 0 and NaN, a text or node-set that is not empty? */
bool xpath_to_boolean(const struct xpath_value *value);

/* Is the value true as a condition of a form (relevant, if(), and, or)? As xpath_to_boolean, but
 * with XPATH_EMPTY_TEXT a single node is what it holds: empty is false, so are a number 0 (by its
 * bind) and a truth that is "0" or "false". */
bool xpath_truth(const struct xpath_env *env, const struct xpath_value *value);

/* A text as a number: decimal notation with white space around; text like a date or moment gives
 * its days since 1970-01-01 (flags as in xpath_env); else NaN. */
double xpath_number_of(struct str text, unsigned flags);

/* Writes a number as XPath does ("NaN", "-Infinity", "0.1", "100000"); NUL-terminated; returns the
 * length. */
enum { XPATH_NUMBER_TEXT = 352 };
size_t xpath_number_text(double number, char text[XPATH_NUMBER_TEXT]);

/* ---- what an expression reads ------------------------------------------------------------------
 */

/* One step of a generic path: an element or attribute of a name; NULL local means any name, deep
 * means at any depth below. */
struct xpath_name_step {
    const char *local; /* interned; NULL = any */
    const char *uri;   /* interned; NULL = any */
    bool is_attribute;
    bool is_deep;
};

/* One path that is read, generic: without positions and predicates (what these read is told as
 * paths of their own). Absolute in the primary instance, or in `instance` when it is not NULL. */
struct xpath_use {
    const struct xpath_name_step *steps;
    size_t n;
    const char *instance; /* id, NUL-terminated, or NULL */
    bool is_position;     /* reads the position among siblings rather than a value (position(..)) */
    bool is_set;          /* read as a node-set (count, sum, itemset …): rows coming and going
                             matter */
    bool has_predicate;   /* some step has one */
    bool is_relative;     /* starts at the context node */
    size_t kept;          /* relative: so many steps of the context\'s own path it never leaves */
};

/* Where an expression stands, generic: the path of its context (as a bind's nodeset has it), and
 * where current() points (NULL = the same). */
struct xpath_place {
    const struct xpath_name_step *base;
    size_t n_base;
    const struct xpath_name_step *current;
    size_t n_current;
};

/* Tells each path that x reads when evaluated at that place. Paths that cannot be known (id(), a
 * computed instance name, the axes ancestor, following, preceding) are told as n = 1 with is_deep:
 * anything. The use is borrowed during the call. */
void xpath_uses(const struct xpath *x, const struct xpath_place *place,
                void (*each)(void *ctx, const struct xpath_use *use), void *ctx);

/* Does it call this function anywhere ("now", "random", "position", "jr:itext", …)? */
bool xpath_calls(const struct xpath *x, const char *name);

/* When the whole expression is a path of plain child and attribute steps: true, and its steps (made
 * in the arena), resolved against base as in xpath_uses. */
bool xpath_as_path(const struct xpath *x, const struct xpath_name_step *base, size_t n_base,
                   struct arena *arena, struct xpath_use *use);

/* A constant expression (no paths, no context, no clock, no chance)? Then it may be evaluated once.
 */
bool xpath_is_constant(const struct xpath *x);

/* An itemset over a list, taken apart: `instance('x')/root/item[a = E and b = F and rest…]`. */
struct xpath_filter_term {
    const char *column;        /* interned local name */
    const struct xpath *value; /* independent of the row; evaluate it at the question's node */
};

struct xpath_filter {
    const char *instance; /* id */
    const char *root;     /* interned local names of the two steps */
    const char *item;
    const struct xpath_filter_term *terms;
    size_t n_terms;
    const struct xpath *const *rest; /* other terms: evaluate each at the row; all must be true */
    size_t n_rest;
    bool is_randomized;       /* the whole stood in randomize(…) */
    const struct xpath *seed; /* its second argument, or NULL */
};

/* Takes an itemset's nodeset apart; false when it has another shape (positional predicates, more
 * steps …): then evaluate it as a node-set, which is right for every shape and uses the same index
 * where it can. Made in the arena. */
bool xpath_as_filter(const struct xpath *x, struct arena *arena, struct xpath_filter *filter);

/* Shuffles as randomize() does, in place: with a seed value, or by the environment when it is NULL.
 */
void xpath_shuffle(struct xpath_env *env, void **items, size_t n, const struct xpath_value *seed);

#endif
