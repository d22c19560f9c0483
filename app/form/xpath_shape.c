#include "app/form/xpath_shape.h"

#include <math.h>

#include "app/form/fn.h"

static void shape_call(struct expr *call)
{
    unsigned flags = call->fn ? call->fn->flags : FN_CONTEXT;
    bool reads = flags & FN_CONTEXT || (flags & FN_BARE && call->n_items == 0);
    bool position = flags & FN_POSITION && call->n_items == 0;
    call->is_constant = call->is_constant && !reads && !position && !call->problem &&
                        !(flags & (FN_CLOCK | FN_NODES));
    call->is_free = call->is_free && !reads && !position;
    call->asks_position = call->asks_position || position;
}

const struct expr *shape_expr(struct expr *expr)
{
    expr->is_constant = expr->is_free = true;
    for (size_t i = 0; i < expr->n_items; i++) {
        const struct expr *part = expr->items[i].expr;
        expr->is_constant = expr->is_constant && part->is_constant;
        expr->is_free = expr->is_free && part->is_free;
        expr->asks_position = expr->asks_position || part->asks_position;
    }
    if (expr->kind == EXPR_CALL) {
        shape_call(expr);
    } else if (expr->kind == EXPR_PATH) {
        expr->is_constant = false;
        if (expr->start != START_EXPR) {
            expr->is_free = expr->start != START_CONTEXT;
            expr->asks_position = false;
        }
    }
    return expr;
}

/* May the value be a number, so that the predicate asks for a position? */
static bool may_be_number(const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
    case EXPR_MINUS:
        return true;
    case EXPR_CHAIN:
        return expr->items[1].op >= OP_ADD && expr->items[1].op <= OP_MOD;
    case EXPR_CALL:
        return !expr->fn || expr->fn->flags & FN_NUMBER;
    case EXPR_TEXT:
    case EXPR_PATH:
        return false;
    }
    return true;
}

static const char *column_of(const struct expr *expr)
{
    bool is_column = expr->kind == EXPR_PATH && expr->start == START_CONTEXT &&
                     expr->n_steps == 1 && expr->steps[0].axis == AXIS_CHILD &&
                     expr->steps[0].test == TEST_NAME && expr->steps[0].n_predicates == 0;
    return is_column ? expr->steps[0].local : NULL;
}

bool shape_column_term(const struct expr *expr, struct column_term *term)
{
    if (expr->kind != EXPR_CHAIN || expr->n_items != 2 || expr->items[1].op != OP_EQ) {
        return false;
    }
    for (size_t side = 0; side < 2; side++) {
        const struct expr *value = expr->items[1 - side].expr;
        term->local = column_of(expr->items[side].expr);
        term->value = value;
        if (term->local && value->is_free) {
            return true;
        }
    }
    return false;
}

struct predicate shape_predicate(const struct expr *expr, struct arena *arena)
{
    struct predicate predicate = {.expr = expr};
    predicate.is_positional = may_be_number(expr) || expr->asks_position;
    if (expr->kind == EXPR_NUMBER && expr->number >= 1 && expr->number <= 1e9 &&
        expr->number == floor(expr->number)) {
        predicate.kth = (uint32_t)expr->number;
    }
    struct item alone = {OP_NONE, expr};
    bool is_and = expr->kind == EXPR_CHAIN && expr->items[1].op == OP_AND;
    const struct item *items = is_and ? expr->items : &alone;
    size_t n = is_and ? expr->n_items : 1;
    struct column_term *terms = arena_array(arena, struct column_term, n);
    for (size_t i = 0; i < n; i++) {
        predicate.n_columns += shape_column_term(items[i].expr, &terms[predicate.n_columns]);
    }
    predicate.columns = terms;
    return predicate;
}
