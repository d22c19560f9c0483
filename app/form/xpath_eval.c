#include "app/form/xpath.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/form/fn.h"
#include "app/form/xpath_date.h"
#include "app/form/xpath_regex.h"
#include "app/form/xpath_run.h"

/* ---- errors and limits ----------------------------------------------------------------------- */

__attribute__((format(printf, 3, 0))) static bool
fail_va(struct xpath_run *run, const struct expr *at, const char *fmt, va_list args)
{
    char reason[120];
    vsnprintf(reason, sizeof(reason), fmt, args);
    struct str text = run->x->text;
    int n = text.n > 60 ? 60 : (int)text.n;
    return err_set(run->err, ERR_INPUT, (int)at->at + 1, "%.*s%s: %s", n, text.s,
                   text.n > 60 ? "…" : "", reason);
}

bool run_fail(struct xpath_run *run, const struct expr *at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail_va(run, at, fmt, args);
    va_end(args);
    return false;
}

bool run_count(struct xpath_run *run, const struct expr *at, size_t n)
{
    if (run->steps_left <= n) {
        run->steps_left = 0;
        return run_fail(run, at, "the evaluation takes too long");
    }
    if (run->env->scratch.used + run->env->rows.used > RUN_MOST_BYTES) {
        return run_fail(run, at, "the evaluation takes too much memory");
    }
    run->steps_left -= n;
    return true;
}

/* ---- nodes ------------------------------------------------------------------------------------
 */

struct str run_text(struct xpath_run *run, const struct node *node)
{
    return node->flags & NODE_ROW ? rows_text(run, node) : node_text(node, &run->env->scratch);
}

static bool is_leaf(const struct node *node)
{
    return !(node->flags & NODE_ROW) && (!node->first || node->first->flags & NODE_MIRROR);
}

double run_number(struct xpath_run *run, const struct node *node)
{
    return is_leaf(node) ? node_number(node, run->env->flags)
                         : xpath_number_of(run_text(run, node), run->env->flags);
}

/* ---- operators --------------------------------------------------------------------------------
 */

static double value_number(struct xpath_run *run, const struct xpath_value *value)
{
    if (value->type == XPATH_NODES) {
        return value->nodes.n ? run_number(run, value->nodes.v[0]) : NAN;
    }
    return xpath_to_number(run->env, value);
}

static double compute(enum operator_kind op, double a, double b)
{
    switch (op) {
    case OP_ADD:
        return a + b;
    case OP_SUB:
        return a - b;
    case OP_MUL:
        return a * b;
    case OP_DIV:
        return a / b;
    default:
        return fmod(a, b);
    }
}

static bool eval_logic(struct xpath_run *run, const struct frame *at, const struct expr *chain,
                       bool *boolean)
{
    bool stop = chain->items[1].op == OP_OR; /* the value that decides */
    for (size_t i = 0; i < chain->n_items; i++) {
        if (!run_boolean(run, at, chain->items[i].expr, boolean)) {
            return false;
        }
        if (*boolean == stop) {
            return true;
        }
    }
    return true;
}

static bool eval_union(struct xpath_run *run, const struct frame *at, const struct expr *chain,
                       struct xpath_value *value)
{
    struct node_set set = {.arena = &run->env->scratch};
    for (size_t i = 0; i < chain->n_items; i++) {
        if (!run_eval(run, at, chain->items[i].expr, value)) {
            return false;
        }
        if (value->type != XPATH_NODES) {
            return run_fail(run, chain->items[i].expr, "| joins node-sets only");
        }
        for (size_t k = 0; k < value->nodes.n; k++) {
            set_add(&set, value->nodes.v[k]);
        }
    }
    value->nodes = (struct xpath_nodes){set.v, set.n, false};
    run_sort(run, &value->nodes);
    return true;
}

static bool eval_compare(struct xpath_run *run, const struct frame *at, const struct expr *chain,
                         bool *boolean)
{
    struct xpath_value a, b;
    if (!run_eval(run, at, chain->items[0].expr, &a)) {
        return false;
    }
    for (size_t i = 1; i < chain->n_items; i++) {
        if (!run_eval(run, at, chain->items[i].expr, &b)) {
            return false;
        }
        *boolean = run_compare(run, chain->items[i].op, &a, &b);
        a = (struct xpath_value){.type = XPATH_BOOLEAN, .boolean = *boolean};
    }
    return true;
}

static bool eval_numbers(struct xpath_run *run, const struct frame *at, const struct expr *chain,
                         struct xpath_value *value)
{
    double number = 0;
    for (size_t i = 0; i < chain->n_items; i++) {
        struct xpath_value item;
        if (!run_eval(run, at, chain->items[i].expr, &item)) {
            return false;
        }
        double next = value_number(run, &item);
        number = i ? compute(chain->items[i].op, number, next) : next;
    }
    return fn_give_number(value, number);
}

static bool eval_chain(struct xpath_run *run, const struct frame *at, const struct expr *chain,
                       struct xpath_value *value)
{
    switch (chain->items[1].op) {
    case OP_OR:
    case OP_AND:
        *value = (struct xpath_value){.type = XPATH_BOOLEAN};
        return eval_logic(run, at, chain, &value->boolean);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        *value = (struct xpath_value){.type = XPATH_BOOLEAN};
        return eval_compare(run, at, chain, &value->boolean);
    case OP_UNION:
        return eval_union(run, at, chain, value);
    default:
        return eval_numbers(run, at, chain, value);
    }
}

static bool eval_call(struct xpath_run *run, const struct frame *at, const struct expr *expr,
                      struct xpath_value *value)
{
    struct fn_call call = {run, at, expr, expr->n_items};
    if (expr->problem) {
        return run_fail(run, expr, "%s", expr->problem);
    }
    return run_count(run, expr, 1) && expr->fn->call(&call, value);
}

bool run_eval(struct xpath_run *run, const struct frame *at, const struct expr *expr,
              struct xpath_value *value)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
        return fn_give_number(value, expr->number);
    case EXPR_TEXT:
        return fn_give_text(value, expr->text);
    case EXPR_CHAIN:
        return eval_chain(run, at, expr, value);
    case EXPR_MINUS:
        return run_eval(run, at, expr->items[0].expr, value) &&
               fn_give_number(value, -value_number(run, value));
    case EXPR_CALL:
        return eval_call(run, at, expr, value);
    case EXPR_PATH:
        *value = (struct xpath_value){.type = XPATH_NODES};
        return run_path(run, at, expr, &value->nodes);
    }
    return false;
}

bool run_boolean(struct xpath_run *run, const struct frame *at, const struct expr *expr,
                 bool *boolean)
{
    if (expr->kind == EXPR_CHAIN) {
        enum operator_kind op = expr->items[1].op;
        if (op == OP_OR || op == OP_AND) {
            return eval_logic(run, at, expr, boolean);
        }
        if (op >= OP_EQ && op <= OP_GE) {
            return eval_compare(run, at, expr, boolean);
        }
    }
    struct xpath_value value;
    if (!run_eval(run, at, expr, &value)) {
        return false;
    }
    *boolean = xpath_truth(run->env, &value);
    return true;
}

bool run_passes(struct xpath_run *run, const struct frame *at, const struct expr *expr,
                bool *passes)
{
    struct xpath_nodes nodes;
    if (expr->kind != EXPR_PATH) {
        return run_boolean(run, at, expr, passes);
    }
    if (!run_path(run, at, expr, &nodes)) {
        return false;
    }
    *passes = nodes.n > 0;
    return true;
}

/* ---- arguments --------------------------------------------------------------------------------
 */

bool fn_value(struct fn_call *call, size_t i, struct xpath_value *value)
{
    return run_eval(call->run, call->at, call->expr->items[i].expr, value);
}

bool fn_text(struct fn_call *call, size_t i, struct str *text)
{
    struct xpath_value value;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    *text = value.type == XPATH_NODES && value.nodes.n ? run_text(call->run, value.nodes.v[0])
                                                       : xpath_to_text(call->run->env, &value);
    return true;
}

bool fn_number(struct fn_call *call, size_t i, double *number)
{
    struct xpath_value value;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    *number = value_number(call->run, &value);
    return true;
}

bool fn_boolean(struct fn_call *call, size_t i, bool *boolean)
{
    return run_boolean(call->run, call->at, call->expr->items[i].expr, boolean);
}

bool fn_nodes(struct fn_call *call, size_t i, struct xpath_nodes *nodes)
{
    struct xpath_value value;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    *nodes = value.nodes;
    return value.type == XPATH_NODES ||
           fn_fail(call, "%s() needs a node-set", call->expr->fn->name);
}

bool fn_fail(struct fn_call *call, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail_va(call->run, call->expr, fmt, args);
    va_end(args);
    return false;
}

struct arena *fn_scratch(struct fn_call *call)
{
    return &call->run->env->scratch;
}

struct str fn_node_text(struct fn_call *call, const struct node *node)
{
    return node_is_relevant(node) ? run_text(call->run, node) : STR("");
}

double fn_node_number(struct fn_call *call, const struct node *node)
{
    return node_is_relevant(node) ? run_number(call->run, node) : NAN;
}

bool fn_give_text(struct xpath_value *result, struct str text)
{
    *result = (struct xpath_value){.type = XPATH_TEXT, .text = text};
    return true;
}

bool fn_give_number(struct xpath_value *result, double number)
{
    *result = (struct xpath_value){.type = XPATH_NUMBER, .number = number};
    return true;
}

bool fn_give_boolean(struct xpath_value *result, bool boolean)
{
    *result = (struct xpath_value){.type = XPATH_BOOLEAN, .boolean = boolean};
    return true;
}

bool fn_give_nodes(struct xpath_value *result, struct xpath_nodes nodes)
{
    *result = (struct xpath_value){.type = XPATH_NODES, .nodes = nodes};
    return true;
}

/* ---- the door ---------------------------------------------------------------------------------
 */

bool xpath_eval(const struct xpath *x, struct xpath_env *env, const struct xpath_at *at,
                struct xpath_value *value, struct err *err)
{
    struct xpath_run *outer = env->run;
    struct xpath_run run = {.env = env, .x = x, .err = err};
    run.current = at->current ? at->current : at->node;
    run.depth = outer ? outer->depth + 1 : 0;
    run.steps_left = outer             ? outer->steps_left
                     : env->step_limit ? env->step_limit
                                       : (size_t)RUN_MOST_STEPS;
    if (run.depth > RUN_MOST_DEPTH) {
        return run_fail(&run, x->expr, "expressions call one another too deep");
    }
    env->run = &run;
    struct frame frame = {at->node, at->position ? at->position : 1, at->size ? at->size : 1};
    bool ok = run_eval(&run, &frame, x->expr, value);
    env->run = outer;
    if (outer) {
        outer->steps_left = run.steps_left;
    }
    return ok;
}

bool xpath_eval_text(const struct xpath *x, struct xpath_env *env, struct node *node,
                     struct str *text, struct err *err)
{
    struct xpath_value value;
    if (!xpath_eval(x, env, &(struct xpath_at){.node = node}, &value, err)) {
        return false;
    }
    *text = xpath_to_text(env, &value);
    return true;
}

bool xpath_eval_number(const struct xpath *x, struct xpath_env *env, struct node *node,
                       double *number, struct err *err)
{
    struct xpath_value value;
    if (!xpath_eval(x, env, &(struct xpath_at){.node = node}, &value, err)) {
        return false;
    }
    *number = xpath_to_number(env, &value);
    return true;
}

bool xpath_eval_boolean(const struct xpath *x, struct xpath_env *env, struct node *node,
                        bool *boolean, struct err *err)
{
    struct xpath_value value;
    if (!xpath_eval(x, env, &(struct xpath_at){.node = node}, &value, err)) {
        return false;
    }
    *boolean = xpath_truth(env, &value);
    return true;
}

bool xpath_eval_nodes(const struct xpath *x, struct xpath_env *env, struct node *node,
                      struct xpath_nodes *nodes, struct err *err)
{
    struct xpath_value value;
    if (!xpath_eval(x, env, &(struct xpath_at){.node = node}, &value, err)) {
        return false;
    }
    *nodes = value.nodes;
    return value.type == XPATH_NODES || err_set(err, ERR_INPUT, 1, STR_FMT ": a node-set is needed",
                                                (int)(x->text.n > 60 ? 60 : x->text.n), x->text.s);
}

void xpath_env_reset(struct xpath_env *env)
{
    if (env->run) {
        return; /* an evaluation under way still needs its results */
    }
    arena_reset(&env->scratch);
    if (env->rows.used) {
        arena_reset(&env->rows);
    }
    env->known_rows = NULL;
}

void xpath_env_finish(struct xpath_env *env)
{
    arena_finish(&env->scratch);
    arena_finish(&env->rows);
    regexes_destroy(env->regexes);
    env->regexes = NULL;
    env->known_rows = NULL;
}
