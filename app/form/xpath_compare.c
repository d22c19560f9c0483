/* Comparisons (XPath 1.0 §3.4): over node-sets they ask whether one of the nodes does it. */
#include <math.h>

#include "app/form/xpath_run.h"
#include "platform/base/map.h"

static bool compare_numbers(enum operator_kind op, double a, double b)
{
    switch (op) {
    case OP_LT:
        return a < b;
    case OP_LE:
        return a <= b;
    case OP_GT:
        return a > b;
    case OP_GE:
        return a >= b;
    case OP_NE:
        return !(a == b || fabs(a - b) < 1e-12);
    default: /* sums of decimals that differ in the last bit are the same to a person */
        return a == b || fabs(a - b) < 1e-12;
    }
}

static enum operator_kind mirrored(enum operator_kind op)
{
    switch (op) {
    case OP_LT:
        return OP_GT;
    case OP_LE:
        return OP_GE;
    case OP_GT:
        return OP_LT;
    case OP_GE:
        return OP_LE;
    default:
        return op;
    }
}

static bool nodes_with_number(struct xpath_run *run, enum operator_kind op,
                              const struct xpath_nodes *nodes, double number)
{
    for (size_t i = 0; i < nodes->n; i++) {
        if (compare_numbers(op, run_number(run, nodes->v[i]), number)) {
            return true;
        }
    }
    return false;
}

static bool nodes_with_text(struct xpath_run *run, enum operator_kind op,
                            const struct xpath_nodes *nodes, struct str text)
{
    for (size_t i = 0; i < nodes->n; i++) {
        if (str_eq(run_text(run, nodes->v[i]), text) == (op == OP_EQ)) {
            return true;
        }
    }
    return false;
}

static bool any_equal(struct xpath_run *run, const struct xpath_nodes *a,
                      const struct xpath_nodes *b)
{
    enum { FEW = 1024 };
    if (a->n * b->n <= FEW) {
        for (size_t i = 0; i < a->n; i++) {
            if (nodes_with_text(run, OP_EQ, b, run_text(run, a->v[i]))) {
                return true;
            }
        }
        return false;
    }
    struct map texts = {0};
    bool found = false;
    for (size_t i = 0; i < a->n; i++) {
        map_put(&texts, run_text(run, a->v[i]), a->v[i]);
    }
    for (size_t i = 0; i < b->n && !found; i++) {
        found = map_has(&texts, run_text(run, b->v[i]));
    }
    map_finish(&texts);
    return found;
}

/* Two sets hold a pair that differs unless all texts of both are the same. */
static bool any_different(struct xpath_run *run, const struct xpath_nodes *a,
                          const struct xpath_nodes *b)
{
    return a->n && b->n &&
           (nodes_with_text(run, OP_NE, b, run_text(run, a->v[0])) ||
            nodes_with_text(run, OP_NE, a, run_text(run, b->v[0])));
}

/* a < b for some pair: the least of a is below the greatest of b. */
static bool any_ordered(struct xpath_run *run, enum operator_kind op, const struct xpath_nodes *a,
                        const struct xpath_nodes *b)
{
    bool up = op == OP_LT || op == OP_LE;
    double best = NAN;
    for (size_t i = 0; i < a->n; i++) {
        double number = run_number(run, a->v[i]);
        if (!isnan(number) && (isnan(best) || (up ? number < best : number > best))) {
            best = number;
        }
    }
    return nodes_with_number(run, mirrored(op), b, best);
}

static bool two_sets(struct xpath_run *run, enum operator_kind op, const struct xpath_nodes *a,
                     const struct xpath_nodes *b)
{
    switch (op) {
    case OP_EQ:
        return any_equal(run, a, b);
    case OP_NE:
        return any_different(run, a, b);
    default:
        return any_ordered(run, op, a, b);
    }
}

static bool set_with_value(struct xpath_run *run, enum operator_kind op,
                           const struct xpath_nodes *nodes, const struct xpath_value *b)
{
    bool is_order = op != OP_EQ && op != OP_NE;
    switch (b->type) {
    case XPATH_BOOLEAN: /* for < and > the nodes count, as in every browser */
        return is_order ? nodes_with_number(run, op, nodes, b->boolean)
                        : ((nodes->n > 0) == b->boolean) == (op == OP_EQ);
    case XPATH_NUMBER:
        return nodes_with_number(run, op, nodes, b->number);
    case XPATH_TEXT:
        return is_order ? nodes_with_number(run, op, nodes, xpath_to_number(run->env, b))
                        : nodes_with_text(run, op, nodes, b->text);
    case XPATH_NODES:
        return two_sets(run, op, nodes, &b->nodes);
    }
    return false;
}

static bool plain(struct xpath_run *run, enum operator_kind op, const struct xpath_value *a,
                  const struct xpath_value *b)
{
    bool is_order = op != OP_EQ && op != OP_NE;
    if (!is_order && (a->type == XPATH_BOOLEAN || b->type == XPATH_BOOLEAN)) {
        return (xpath_to_boolean(a) == xpath_to_boolean(b)) == (op == OP_EQ);
    }
    if (!is_order && a->type == XPATH_TEXT && b->type == XPATH_TEXT) {
        return str_eq(a->text, b->text) == (op == OP_EQ);
    }
    return compare_numbers(op, xpath_to_number(run->env, a), xpath_to_number(run->env, b));
}

/* XPATH_EMPTY_TEXT: nothing counts as the empty text, and one number by its bind as a number. */
static const struct xpath_value *as_javarosa(struct xpath_run *run, enum operator_kind op,
                                             const struct xpath_value *value,
                                             const struct xpath_value *other,
                                             struct xpath_value *number)
{
    static const struct xpath_value empty = {.type = XPATH_TEXT, .text = {"", 0}};
    bool applies = value->type == XPATH_NODES && other->type != XPATH_BOOLEAN &&
                   run->env->flags & XPATH_EMPTY_TEXT;
    if (!applies) {
        return value;
    }
    if (value->nodes.n == 0) {
        return &empty;
    }
    const struct node *node = value->nodes.v[0];
    if (value->nodes.n > 1 || !(node->flags & NODE_DECIMAL) || (op != OP_EQ && op != OP_NE)) {
        return value;
    }
    double value_of = run_number(run, node);
    *number = (struct xpath_value){.type = XPATH_NUMBER, .number = value_of};
    return isnan(value_of) ? value : number;
}

bool run_compare(struct xpath_run *run, enum operator_kind op, const struct xpath_value *a,
                 const struct xpath_value *b)
{
    struct xpath_value left_number, right_number;
    const struct xpath_value *left = as_javarosa(run, op, a, b, &left_number);
    const struct xpath_value *right = as_javarosa(run, op, b, a, &right_number);
    if (left->type == XPATH_NODES) {
        return set_with_value(run, op, &left->nodes, right);
    }
    if (right->type == XPATH_NODES) {
        return set_with_value(run, mirrored(op), &right->nodes, left);
    }
    return plain(run, op, left, right);
}
