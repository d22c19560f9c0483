/* The evaluator's own functions (xpath_eval.c, xpath_path.c, xpath_axis.c, xpath_rows.c,
 * xpath_compare.c share them). */
#ifndef FORM_XPATH_RUN_H
#define FORM_XPATH_RUN_H

#include "app/form/fn.h"
#include "app/form/xpath_ast.h"

enum { RUN_MOST_STEPS = 50000000, RUN_MOST_DEPTH = 24, RUN_MOST_BYTES = 192 << 20 };

/* A list of nodes that grows in the scratch arena. */
struct node_set {
    struct arena *arena;
    struct node **v;
    size_t n, cap;
    bool is_flat; /* in document order, and no node is an ancestor of another */
};

/* Appends a node. */
void set_add(struct node_set *set, struct node *node);

/* Makes room for n more. */
void set_reserve(struct node_set *set, size_t n);

/* Evaluates any expression. */
bool run_eval(struct xpath_run *run, const struct frame *at, const struct expr *expr,
              struct xpath_value *value);

/* Evaluates to true or false without making texts. */
bool run_boolean(struct xpath_run *run, const struct frame *at, const struct expr *expr,
                 bool *boolean);

/* Does the node of the frame pass a predicate that is not positional? A path asks whether it leads
 * to something. */
bool run_passes(struct xpath_run *run, const struct frame *at, const struct expr *expr,
                bool *passes);

/* Evaluates a path. */
bool run_path(struct xpath_run *run, const struct frame *at, const struct expr *path,
              struct xpath_nodes *nodes);

/* Puts nodes into document order and drops doubles. */
void run_sort(struct xpath_run *run, struct xpath_nodes *nodes);

/* Raises an error at a place in the expression; returns false. */
bool run_fail(struct xpath_run *run, const struct expr *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Counts n visits; false (with an error) when the evaluation has had its share of time or memory.
 */
bool run_count(struct xpath_run *run, const struct expr *at, size_t n);

/* Text and number of a node. */
struct str run_text(struct xpath_run *run, const struct node *node);
double run_number(struct xpath_run *run, const struct node *node);

/* a = b, a < b … by XPath 1.0 §3.4. */
bool run_compare(struct xpath_run *run, enum operator_kind op, const struct xpath_value *a,
                 const struct xpath_value *b);

/* Appends what an axis with its test gives from a node, in the order of the axis. */
void axis_add(struct xpath_run *run, const struct step *step, struct node *node,
              struct node_set *set);

/* Does the axis go backwards? */
bool axis_is_reverse(enum axis axis);

/* Does a node pass the test of a step? */
bool axis_test(const struct step *step, const struct node *node);

/* Is this the root element of a list, whose children are rows? */
bool rows_is_root(const struct node *node);

/* The row of a list as a node that lasts until the environment is reset; there is one for each. */
struct node *rows_node(struct xpath_run *run, struct node *root, size_t row);

/* A row for one look only, to be used with rows_look. */
struct node *rows_candidate(struct xpath_run *run, struct node *root);
void rows_look(struct node *candidate, size_t row);

/* The cell of a row, or NULL when there is no such column. */
struct node *rows_cell(struct xpath_run *run, struct node *row, int column);

/* The text of a row: all its cells. */
struct str rows_text(struct xpath_run *run, const struct node *row);

/* Rows of a list that pass the first predicate of a step, all of them if there is none. */
bool rows_filter(struct xpath_run *run, const struct frame *at, const struct step *step,
                 struct node *root, struct node_set *set, size_t *predicates_done);

#endif
