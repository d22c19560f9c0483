/* An itemset's nodeset taken apart, so that a list can answer it by index. */
#include "app/form/fn.h"
#include "app/form/xpath_shape.h"

static const struct xpath *part(const struct xpath *whole, const struct expr *expr,
                                struct arena *arena)
{
    struct xpath *x = arena_new(arena, struct xpath);
    *x = *whole; /* its text names the whole in errors */
    x->expr = expr;
    return x;
}

static bool is_child(const struct step *step)
{
    return step->axis == AXIS_CHILD && step->test == TEST_NAME && step->local;
}

static void split(const struct xpath *x, const struct predicate *predicate, struct arena *arena,
                  struct xpath_filter *filter)
{
    const struct expr *expr = predicate->expr;
    struct item alone = {OP_NONE, expr};
    bool is_and = expr->kind == EXPR_CHAIN && expr->items[1].op == OP_AND;
    const struct item *items = is_and ? expr->items : &alone;
    size_t n = is_and ? expr->n_items : 1;
    struct xpath_filter_term *terms = arena_array(arena, struct xpath_filter_term, n);
    const struct xpath **rest = arena_array(arena, const struct xpath *, n);
    for (size_t i = 0; i < n; i++) {
        struct column_term term;
        if (shape_column_term(items[i].expr, &term)) {
            terms[filter->n_terms].column = term.local;
            terms[filter->n_terms++].value = part(x, term.value, arena);
        } else {
            rest[filter->n_rest++] = part(x, items[i].expr, arena);
        }
    }
    filter->terms = terms;
    filter->rest = rest;
}

bool xpath_as_filter(const struct xpath *x, struct arena *arena, struct xpath_filter *filter)
{
    const struct expr *expr = x->expr;
    *filter = (struct xpath_filter){.is_randomized = false};
    if (expr->kind == EXPR_CALL && expr->fn && !expr->problem && str_is(expr->text, "randomize")) {
        filter->is_randomized = true;
        filter->seed = expr->n_items > 1 ? part(x, expr->items[1].expr, arena) : NULL;
        expr = expr->items[0].expr;
    }
    bool fits = expr->kind == EXPR_PATH && expr->start == START_INSTANCE &&
                expr->n_predicates == 0 && expr->n_steps == 2 && is_child(&expr->steps[0]) &&
                is_child(&expr->steps[1]) && expr->steps[0].n_predicates == 0 &&
                expr->steps[1].n_predicates <= 1;
    if (!fits) {
        return false;
    }
    const struct predicate *predicate = expr->steps[1].predicates;
    if (predicate && (predicate->is_positional || predicate->kth)) {
        return false;
    }
    filter->instance = expr->text.s;
    filter->root = expr->steps[0].local;
    filter->item = expr->steps[1].local;
    if (predicate) {
        split(x, predicate, arena, filter);
    }
    return true;
}
