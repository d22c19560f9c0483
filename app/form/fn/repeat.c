/* indexed-repeat(node, repeat, index, repeat, index …): the node inside the given instances. When
 * all paths are plain it goes down to the one node; else it filters what the node's path gives. */
#include <math.h>

#include "app/form/functions.h"
#include "app/form/xpath_run.h"

enum { MOST_PAIRS = 5, MOST_DEPTH = 64 };

/* A path as names from the root; those of the base are real nodes. */
struct plain_path {
    const char *names[MOST_DEPTH];
    struct node *base[MOST_DEPTH]; /* ancestors of the context for the first n_base names */
    size_t n, n_base;
};

static size_t put_base(struct plain_path *path, const struct node *root, struct node *node)
{
    size_t depth = 0;
    for (struct node *up = node; up && up != root; up = up->parent) {
        depth++;
    }
    if (depth > MOST_DEPTH) {
        return 0;
    }
    path->n = path->n_base = depth;
    for (struct node *up = node; depth; up = up->parent) {
        path->base[--depth] = up;
        path->names[depth] = up->name ? up->name->local : NULL;
    }
    return path->n + 1;
}

static bool is_plain_step(const struct step *step)
{
    bool is_child = step->axis == AXIS_CHILD && step->test == TEST_NAME && step->local;
    bool is_move =
        (step->axis == AXIS_PARENT || step->axis == AXIS_SELF) && step->test == TEST_NODE;
    return step->n_predicates == 0 && (is_child || is_move);
}

static bool add_step(struct plain_path *path, const struct step *step)
{
    if (!is_plain_step(step) || path->n == MOST_DEPTH) {
        return false;
    }
    if (step->axis == AXIS_CHILD) {
        path->names[path->n++] = step->local;
    } else if (step->axis == AXIS_PARENT) {
        if (path->n == 0) {
            return false;
        }
        path->n--;
        path->n_base = path->n_base > path->n ? path->n : path->n_base;
    }
    return true;
}

static bool make_plain(struct fn_call *call, const struct node *root, const struct expr *expr,
                       struct plain_path *path)
{
    *path = (struct plain_path){.n = 0};
    if (expr->kind != EXPR_PATH || expr->n_predicates) {
        return false;
    }
    if (expr->start == START_CONTEXT || expr->start == START_CURRENT) {
        struct node *node = expr->start == START_CONTEXT ? call->at->node : call->run->current;
        if (!put_base(path, root, node)) {
            return false;
        }
    } else if (expr->start != START_ROOT) {
        return false;
    }
    for (size_t i = 0; i < expr->n_steps; i++) {
        if (!add_step(path, &expr->steps[i])) {
            return false;
        }
    }
    return true;
}

struct target {
    struct plain_path path;
    size_t index[MOST_DEPTH]; /* of the name at that depth; 0: none is given */
};

static bool put_index(struct target *target, const struct plain_path *repeat, double index)
{
    if (repeat->n == 0 || repeat->n > target->path.n) {
        return false;
    }
    for (size_t i = 0; i < repeat->n; i++) {
        if (repeat->names[i] != target->path.names[i]) {
            return false;
        }
    }
    target->index[repeat->n - 1] = index > 1e9 ? (size_t)1e9 : (size_t)index;
    return true;
}

/* The one node of the target; *many when there is no telling which. */
static struct node *go_down(struct fn_call *call, struct node *root, const struct target *target,
                            bool *many)
{
    bool qualify = call->run->env->flags & XPATH_QUALIFY;
    struct plain_path chain = {.n = 0};
    if (qualify) {
        put_base(&chain, root, call->run->current);
    }
    struct node *node = root;
    for (size_t d = 0; node && d < target->path.n; d++) {
        struct xml_name name = {.local = target->path.names[d]};
        if (target->index[d]) {
            node = node_kth(node, &name, target->index[d]);
        } else if (d < target->path.n_base && target->path.base[d]->parent == node) {
            node = target->path.base[d];
        } else if (d + 1 < target->path.n && d < chain.n && chain.base[d]->parent == node &&
                   chain.names[d] == name.local) {
            node = chain.base[d];
        } else {
            *many = node_count(node, &name) > 1;
            node = node_kth(node, &name, 1);
        }
        if (*many) {
            return NULL;
        }
    }
    return node;
}

/* An index below 1 means the first (JavaRosa). */
static bool index_of(struct fn_call *call, size_t i, double *index)
{
    if (!fn_number(call, i, index)) {
        return false;
    }
    *index = isnan(*index) ? 0 : trunc(*index);
    if (*index < 1 && call->run->env->flags & XPATH_QUALIFY) {
        *index = 1;
    }
    return true;
}

static bool is_inside(const struct node *node, const struct xpath_nodes *repeats, double index)
{
    for (; node; node = node->parent) {
        if (node->kind != NODE_ELEMENT || (double)node_position(node) != index) {
            continue;
        }
        for (size_t i = 0; i < repeats->n; i++) {
            if (repeats->v[i] == node) {
                return true;
            }
        }
    }
    return false;
}

static bool filter_all(struct fn_call *call, const double *indexes, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    if (!fn_nodes(call, 0, &nodes)) {
        return false;
    }
    for (size_t pair = 0; pair * 2 + 2 < call->n; pair++) {
        struct xpath_nodes repeats;
        if (!fn_nodes(call, pair * 2 + 1, &repeats)) {
            return false;
        }
        size_t kept = 0;
        for (size_t i = 0; i < nodes.n; i++) {
            if (!run_count(call->run, call->expr, repeats.n + 1)) {
                return false;
            }
            nodes.v[kept] = nodes.v[i];
            kept += is_inside(nodes.v[i], &repeats, indexes[pair]);
        }
        nodes.n = kept;
    }
    return fn_give_nodes(result, nodes);
}

static bool call_indexed_repeat(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_env *env = call->run->env;
    double indexes[MOST_PAIRS];
    size_t n = (call->n - 1) / 2;
    if (call->n % 2 == 0) {
        return fn_fail(call, "indexed-repeat() needs an index for each repeat");
    }
    for (size_t pair = 0; pair < n; pair++) {
        if (!index_of(call, pair * 2 + 2, &indexes[pair])) {
            return false;
        }
        if (indexes[pair] < 1) {
            return fn_give_nodes(result, (struct xpath_nodes){0});
        }
    }
    struct node *root = env->root ? env->root : env->tree ? env->tree->document : NULL;
    struct target target = {.index = {0}};
    bool plain = root && make_plain(call, root, call->expr->items[0].expr, &target.path);
    for (size_t pair = 0; plain && pair < n; pair++) {
        struct plain_path repeat;
        plain = make_plain(call, root, call->expr->items[pair * 2 + 1].expr, &repeat) &&
                put_index(&target, &repeat, indexes[pair]);
    }
    bool many = !plain;
    struct node *node = plain ? go_down(call, root, &target, &many) : NULL;
    if (many) {
        return filter_all(call, indexes, result);
    }
    struct node **v = arena_alloc(fn_scratch(call), sizeof(*v));
    v[0] = node;
    return fn_give_nodes(result, (struct xpath_nodes){v, node && node_is_relevant(node), false});
}

const struct fn fn_repeat_family[] = {
    {"indexed-repeat", 3, 1 + 2 * MOST_PAIRS, FN_NODES | FN_CONTEXT, call_indexed_repeat},
    {0},
};
