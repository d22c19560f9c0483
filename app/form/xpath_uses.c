/* What an expression reads, as generic paths: the parsed tree is walked once with the generic path
 * of its context. Where a path cannot be followed by name, it is told wider than it is, never
 * narrower. */
#include <string.h>

#include "app/form/fn.h"
#include "app/form/xpath_ast.h"

enum { MOST = 64 };

/* A generic path that grows and shrinks. */
struct trail {
    struct xpath_name_step steps[MOST];
    size_t n;
    const char *instance;
    bool is_lost; /* somewhere in the instance, nobody knows where */
    bool has_predicate;
    bool is_relative;
    size_t kept; /* steps of the context's path that it never left */
};

struct walk {
    const struct trail *current;
    void (*each)(void *ctx, const struct xpath_use *use);
    void *ctx;
    bool is_set; /* inside a function that reads node-sets */
};

static void visit(struct walk *w, const struct expr *expr, const struct trail *context);

static void tell(struct walk *w, const struct trail *trail, bool is_position)
{
    static const struct xpath_name_step anywhere = {.is_deep = true};
    struct xpath_use use = {trail->steps,       trail->n,   trail->instance,
                            is_position,        w->is_set,  trail->has_predicate,
                            trail->is_relative, trail->kept};
    if (trail->is_lost) {
        use.steps = &anywhere;
        use.n = 1;
    }
    w->each(w->ctx, &use);
}

static void push(struct trail *trail, struct xpath_name_step step)
{
    if (trail->n == MOST) {
        trail->is_lost = true;
    } else {
        trail->steps[trail->n++] = step;
    }
}

/* One step up: below a deep step the parent may be at any depth. */
static void pop(struct trail *trail)
{
    if (trail->n == 0) {
        return; /* above the root there is nothing */
    }
    if (trail->kept >= trail->n) {
        trail->kept = trail->n - 1;
    }
    if (trail->steps[trail->n - 1].is_deep) {
        trail->steps[trail->n - 1] = (struct xpath_name_step){.is_deep = true};
    } else {
        trail->n--;
    }
}

/* To the nearest ancestor of the name, if the trail says where that is. */
static void climb(struct trail *trail, const struct step *step)
{
    size_t n = trail->n - (trail->n && step->axis == AXIS_ANCESTOR);
    while (n && !trail->steps[n - 1].is_deep && trail->steps[n - 1].local != step->local) {
        n--;
    }
    trail->is_lost = trail->is_lost || n == 0 || trail->steps[n - 1].is_deep || !step->local;
    trail->n = n;
}

static void follow(struct trail *trail, const struct step *step)
{
    struct xpath_name_step name = {step->test == TEST_NAME ? step->local : NULL,
                                   step->test == TEST_NAME ? step->uri : NULL, false, false};
    switch (step->axis) {
    case AXIS_CHILD:
        if (step->test == TEST_NAME || step->test == TEST_NODE) {
            push(trail, name); /* text() is the value of the element itself */
        }
        break;
    case AXIS_ATTRIBUTE:
        name.is_attribute = true;
        push(trail, name);
        break;
    case AXIS_PARENT:
        pop(trail);
        break;
    case AXIS_SELF:
        break;
    case AXIS_DESCENDANT:
        name.is_deep = true;
        push(trail, name);
        break;
    case AXIS_DESCENDANT_OR_SELF:
        pop(trail); /* it is below its parent itself */
        name.is_deep = true;
        push(trail, name);
        break;
    case AXIS_FOLLOWING_SIBLING:
    case AXIS_PRECEDING_SIBLING:
        pop(trail);
        push(trail, name);
        break;
    case AXIS_NAMESPACE:
        break;
    case AXIS_ANCESTOR:
    case AXIS_ANCESTOR_OR_SELF:
        climb(trail, step);
        break;
    case AXIS_FOLLOWING:
    case AXIS_PRECEDING:
        trail->is_lost = true;
        break;
    }
}

static void visit_predicates(struct walk *w, const struct predicate *predicates, size_t n,
                             struct trail *trail)
{
    bool was_set = w->is_set;
    for (size_t i = 0; i < n; i++) {
        trail->has_predicate = true;
        w->is_set = false;
        visit(w, predicates[i].expr, trail);
    }
    w->is_set = was_set;
}

/* Descendant-or-self followed by child::x is x at any depth. */
static bool is_deep_pair(const struct expr *path, size_t i)
{
    return i + 1 < path->n_steps && path->steps[i].axis == AXIS_DESCENDANT_OR_SELF &&
           path->steps[i].test == TEST_NODE && path->steps[i].n_predicates == 0 &&
           (path->steps[i + 1].axis == AXIS_CHILD || path->steps[i + 1].axis == AXIS_ATTRIBUTE);
}

static void follow_steps(struct walk *w, const struct expr *path, struct trail *trail)
{
    for (size_t i = 0; i < path->n_steps; i++) {
        const struct step *step = &path->steps[i];
        bool deep = is_deep_pair(path, i);
        step += deep;
        i += deep;
        size_t before = trail->n;
        follow(trail, step);
        if (deep && trail->n > before) {
            trail->steps[trail->n - 1].is_deep = true;
        }
        visit_predicates(w, step->predicates, step->n_predicates, trail);
    }
}

/* The trail on which a path starts; false when it starts at an expression that is no path. */
static bool start_of(struct walk *w, const struct expr *path, const struct trail *context,
                     struct trail *trail)
{
    switch (path->start) {
    case START_CONTEXT:
        *trail = *context;
        trail->has_predicate = false;
        return true;
    case START_CURRENT:
        *trail = *w->current;
        return true;
    case START_ROOT:
        *trail = (struct trail){.n = 0};
        return true;
    case START_INSTANCE:
        *trail = (struct trail){.instance = path->text.s};
        return true;
    case START_EXPR:
        break;
    }
    return false;
}

static void finish_path(struct walk *w, const struct expr *path, struct trail *trail)
{
    visit_predicates(w, path->predicates, path->n_predicates, trail);
    follow_steps(w, path, trail);
}

/* Goes on from each path that `start` (a union, if(), randomize() …) may give. */
static void go_on_from(struct walk *w, const struct expr *path, const struct expr *start,
                       const struct trail *context)
{
    struct trail trail;
    if (start->kind == EXPR_PATH && start_of(w, start, context, &trail)) {
        finish_path(w, start, &trail);
        finish_path(w, path, &trail);
        tell(w, &trail, false);
        return;
    }
    for (size_t i = 0; i < start->n_items; i++) {
        go_on_from(w, path, start->items[i].expr, context);
    }
}

static void visit_path(struct walk *w, const struct expr *path, const struct trail *context,
                       bool is_position)
{
    struct trail trail;
    if (start_of(w, path, context, &trail)) {
        finish_path(w, path, &trail);
        tell(w, &trail, is_position);
        return;
    }
    bool was_set = w->is_set;
    w->is_set = true;
    visit(w, path->items[0].expr, context);
    w->is_set = was_set;
    go_on_from(w, path, path->items[0].expr, context);
}

static void visit_call(struct walk *w, const struct expr *call, const struct trail *context)
{
    unsigned flags = call->fn ? call->fn->flags : 0;
    bool was_set = w->is_set;
    bool is_position = flags & FN_POSITION && call->n_items == 1;
    if (flags & FN_POSITION && call->n_items == 0) {
        tell(w, context, true);
    } else if (flags & FN_BARE && call->n_items == 0) {
        tell(w, context, false); /* once() and the like keep what they have: no circle */
    }
    w->is_set = was_set || flags & FN_SET;
    for (size_t i = 0; i < call->n_items; i++) {
        const struct expr *item = call->items[i].expr;
        if (is_position && item->kind == EXPR_PATH) {
            visit_path(w, item, context, true);
        } else {
            visit(w, item, context);
        }
    }
    w->is_set = was_set;
    if (call->fn && (str_is(call->text, "id") || str_is(call->text, "instance"))) {
        tell(w, &(struct trail){.is_lost = true}, false);
    }
}

static void visit(struct walk *w, const struct expr *expr, const struct trail *context)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
    case EXPR_TEXT:
        break;
    case EXPR_CHAIN:
    case EXPR_MINUS:
        for (size_t i = 0; i < expr->n_items; i++) {
            visit(w, expr->items[i].expr, context);
        }
        break;
    case EXPR_CALL:
        visit_call(w, expr, context);
        break;
    case EXPR_PATH:
        visit_path(w, expr, context, false);
        break;
    }
}

static void set_trail(struct trail *trail, const struct xpath_name_step *steps, size_t n)
{
    *trail = (struct trail){.is_lost = n > MOST, .is_relative = true};
    trail->n = trail->kept = n > MOST ? 0 : n;
    if (trail->n) {
        memcpy(trail->steps, steps, n * sizeof(*steps));
    }
}

void xpath_uses(const struct xpath *x, const struct xpath_place *place,
                void (*each)(void *ctx, const struct xpath_use *use), void *ctx)
{
    struct trail base, current;
    set_trail(&base, place->base, place->n_base);
    set_trail(&current, place->current, place->n_current);
    struct walk w = {place->current ? &current : &base, each, ctx, false};
    visit(&w, x->expr, &base);
}

bool xpath_calls(const struct xpath *x, const char *name)
{
    for (size_t i = 0; i < x->n_calls; i++) {
        if (str_is(x->calls[i]->text, name)) {
            return true;
        }
    }
    return false;
}

bool xpath_is_constant(const struct xpath *x)
{
    return x->expr->is_constant;
}

static bool is_plain_path(const struct expr *path)
{
    if (path->kind != EXPR_PATH || path->n_predicates || path->start == START_EXPR) {
        return false;
    }
    for (size_t i = 0; i < path->n_steps; i++) {
        const struct step *step = &path->steps[i];
        bool is_down = step->axis == AXIS_CHILD || step->axis == AXIS_ATTRIBUTE;
        bool is_move = step->axis == AXIS_PARENT || step->axis == AXIS_SELF;
        if (step->n_predicates || !(is_down ? step->test == TEST_NAME && step->local
                                            : is_move && step->test == TEST_NODE)) {
            return false;
        }
    }
    return true;
}

bool xpath_as_path(const struct xpath *x, const struct xpath_name_step *base, size_t n_base,
                   struct arena *arena, struct xpath_use *use)
{
    struct trail context, trail;
    set_trail(&context, base, n_base);
    struct walk w = {.current = &context};
    if (!is_plain_path(x->expr) || !start_of(&w, x->expr, &context, &trail)) {
        return false;
    }
    follow_steps(&w, x->expr, &trail);
    struct xpath_name_step *steps = arena_array(arena, struct xpath_name_step, trail.n + 1);
    memcpy(steps, trail.steps, trail.n * sizeof(*steps));
    *use = (struct xpath_use){.steps = steps, .n = trail.n, .instance = trail.instance};
    return !trail.is_lost;
}
