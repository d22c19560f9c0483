/* Paths: from a start, step by step. The usual path, down by names to one node, is walked without
 * making a list at each step. */
#include <stdlib.h>

#include "app/form/xpath_run.h"

static struct node *top_of(struct node *node)
{
    while (node->parent) {
        node = node->parent;
    }
    return node;
}

static struct node *root_of(struct xpath_run *run, struct node *context)
{
    struct xpath_env *env = run->env;
    return env->root ? env->root : env->tree ? env->tree->document : top_of(context);
}

/* A tree that has changed since it was numbered is numbered again. */
static void make_ordered(const struct node *node)
{
    struct node_tree *tree = node_tree_of(node);
    if (tree && !tree->is_ordered) {
        node_tree_number(tree);
    }
}

/* Namespaces stand behind their element and before its attributes. They have no order of their own:
 * each asking makes them anew, so they are told apart by element and prefix. */
static int compare_order(const void *a, const void *b)
{
    const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
    bool x_space = x->kind == NODE_NAMESPACE, y_space = y->kind == NODE_NAMESPACE;
    const struct node *p = x_space ? x->parent : x, *q = y_space ? y->parent : y;
    if (p->order != q->order) {
        return p->order < q->order ? -1 : 1;
    }
    if (p != q) {
        return p < q ? -1 : 1;
    }
    if (x_space != y_space) {
        return y_space ? -1 : 1;
    }
    return x_space && x->at != y->at ? (x->at < y->at ? -1 : 1) : 0;
}

void run_sort(struct xpath_run *run, struct xpath_nodes *nodes)
{
    bool is_sorted = true;
    for (size_t i = 0; i < nodes->n; i++) {
        make_ordered(nodes->v[i]);
    }
    for (size_t i = 1; i < nodes->n && is_sorted; i++) {
        is_sorted = compare_order(&nodes->v[i - 1], &nodes->v[i]) < 0;
    }
    if (is_sorted) {
        return;
    }
    qsort(nodes->v, nodes->n, sizeof(*nodes->v), compare_order);
    size_t n = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        if (n == 0 || compare_order(&nodes->v[n - 1], &nodes->v[i]) != 0) {
            nodes->v[n++] = nodes->v[i];
        }
    }
    nodes->n = n;
}

/* Keeps the k-th of those from `from` on (from 1); none when there is no such. */
static void keep_kth(struct node_set *set, size_t from, double k)
{
    size_t n = set->n - from;
    bool any = k >= 1 && k <= (double)n && k == (double)(size_t)k;
    if (any) {
        set->v[from] = set->v[from + (size_t)k - 1];
    }
    set->n = from + any;
}

/* A predicate that does not look at the node is asked once. */
static bool filter_free(struct xpath_run *run, const struct frame *at,
                        const struct predicate *predicate, struct node_set *set, size_t from)
{
    struct xpath_value value;
    if (!run_eval(run, at, predicate->expr, &value)) {
        return false;
    }
    if (value.type == XPATH_NUMBER) {
        keep_kth(set, from, value.number);
    } else if (!xpath_to_boolean(&value)) {
        set->n = from;
    }
    return true;
}

/* Applies a predicate to the nodes from `from` on, which stand in the order of their axis. */
static bool filter(struct xpath_run *run, const struct frame *outer,
                   const struct predicate *predicate, struct node_set *set, size_t from)
{
    if (predicate->kth) {
        keep_kth(set, from, predicate->kth);
        return true;
    }
    if (predicate->expr->is_free && outer) {
        return set->n == from || filter_free(run, outer, predicate, set, from);
    }
    size_t n = set->n - from, kept = from;
    for (size_t i = 0; i < n; i++) {
        struct arena_mark mark = arena_mark(&run->env->scratch);
        struct frame at = {set->v[from + i], i + 1, n};
        bool passes;
        if (!run_count(run, predicate->expr, 1)) {
            return false;
        }
        if (predicate->is_positional) {
            struct xpath_value value;
            if (!run_eval(run, &at, predicate->expr, &value)) {
                return false;
            }
            passes = value.type == XPATH_NUMBER ? value.number == (double)(i + 1)
                                                : xpath_to_boolean(&value);
        } else if (!run_passes(run, &at, predicate->expr, &passes)) {
            return false;
        }
        arena_rewind(&run->env->scratch, mark);
        set->v[kept] = at.node;
        kept += passes;
    }
    set->n = kept;
    return true;
}

static void reverse(struct node_set *set, size_t from)
{
    for (size_t a = from, b = set->n; a + 1 < b; a++) {
        struct node *node = set->v[a];
        set->v[a] = set->v[--b];
        set->v[b] = node;
    }
}

/* Does this step from flat nodes give flat nodes, or at least nodes in order? */
static bool keeps_order(const struct step *step, bool is_alone)
{
    switch (step->axis) {
    case AXIS_CHILD:
    case AXIS_SELF:
    case AXIS_ATTRIBUTE:
    case AXIS_DESCENDANT:
    case AXIS_DESCENDANT_OR_SELF:
    case AXIS_NAMESPACE:
        return true;
    default:
        return is_alone;
    }
}

static bool is_flat_axis(enum axis axis)
{
    return axis == AXIS_CHILD || axis == AXIS_SELF || axis == AXIS_ATTRIBUTE ||
           axis == AXIS_FOLLOWING_SIBLING || axis == AXIS_PRECEDING_SIBLING ||
           axis == AXIS_PARENT || axis == AXIS_NAMESPACE;
}

/* The k-th child by a literal number is fetched, not counted out. */
static bool add_kth_child(const struct step *step, struct node *node, struct node_set *set)
{
    bool is_plain = step->axis == AXIS_CHILD && step->test == TEST_NAME && step->local &&
                    !step->uri && step->n_predicates && step->predicates[0].kth &&
                    node->kind == NODE_ELEMENT && !node->list;
    if (!is_plain) {
        return false;
    }
    struct xml_name name = {.local = step->local};
    struct node *child = node_kth(node, &name, step->predicates[0].kth);
    if (child) {
        set_add(set, child);
    }
    return true;
}

static bool step_from(struct xpath_run *run, const struct frame *outer, const struct step *step,
                      struct node *node, struct node_set *set)
{
    size_t from = set->n, done = 0;
    if (add_kth_child(step, node, set)) {
        done = 1;
    } else if (rows_is_root(node) && step->axis == AXIS_CHILD) {
        if (!rows_filter(run, outer, step, node, set, &done)) {
            return false;
        }
    } else {
        axis_add(run, step, node, set);
    }
    for (; done < step->n_predicates; done++) {
        if (!filter(run, outer, &step->predicates[done], set, from)) {
            return false;
        }
    }
    if (axis_is_reverse(step->axis)) {
        reverse(set, from);
    }
    return true;
}

/* child::name without predicates, the step that is taken most: no list for each node between. */
static bool take_plain_step(struct xpath_run *run, const struct expr *path, const struct step *step,
                            const struct node_set *set, struct node_set *next)
{
    size_t seen = set->n;
    set_reserve(next, set->n);
    for (size_t i = 0; i < set->n; i++) {
        struct node *node = set->v[i];
        if (node->index || node->list) {
            axis_add(run, step, node, next);
            continue;
        }
        for (struct node *child = node->first; child; child = child->next, seen++) {
            if (child->kind == NODE_ELEMENT && child->name->local == step->local &&
                (!step->uri || child->name->uri == step->uri)) {
                set_add(next, child);
            }
        }
    }
    return run_count(run, path, seen);
}

static bool is_plain(const struct step *step)
{
    return step->axis == AXIS_CHILD && step->test == TEST_NAME && step->local &&
           step->n_predicates == 0;
}

static bool take_step(struct xpath_run *run, const struct frame *outer, const struct expr *path,
                      const struct step *step, struct node_set *set)
{
    struct node_set next = {.arena = &run->env->scratch};
    bool plain = is_plain(step) && set->n && !rows_is_root(set->v[0]);
    if (plain && !take_plain_step(run, path, step, set, &next)) {
        return false;
    }
    for (size_t i = 0; i < set->n && !plain; i++) {
        if (!step_from(run, outer, step, set->v[i], &next) || !run_count(run, path, 1)) {
            return false;
        }
    }
    bool is_ordered = set->n <= 1 || (set->is_flat && keeps_order(step, false));
    next.is_flat = (set->is_flat || set->n <= 1) && is_flat_axis(step->axis);
    if (!is_ordered) {
        struct xpath_nodes nodes = {next.v, next.n, false};
        run_sort(run, &nodes);
        next.n = nodes.n;
    }
    next.is_flat = next.is_flat || next.n <= 1;
    *set = next;
    return true;
}

/* The only child that passes a plain step, or NULL with *many when the list way must be gone. */
static struct node *only_child(const struct step *step, struct node *node, bool *many)
{
    struct node *found = NULL;
    *many = node->index || node->list;
    for (struct node *child = *many ? NULL : node->first; child; child = child->next) {
        if (axis_test(step, child)) {
            *many = found != NULL;
            if (found) {
                return NULL;
            }
            found = child;
        }
    }
    return found;
}

/* Walks while each step leads to one node at most; returns the steps done. *node is NULL when it
 * led to none. */
static size_t walk_alone(const struct expr *path, size_t from, struct node **node)
{
    size_t i = from;
    for (; i < path->n_steps && *node; i++) {
        const struct step *step = &path->steps[i];
        struct node *next = NULL;
        bool many = false;
        if (step->n_predicates) {
            return i;
        }
        if (step->axis == AXIS_CHILD && step->test == TEST_NAME) {
            next = only_child(step, *node, &many);
        } else if (step->axis == AXIS_PARENT && step->test == TEST_NODE) {
            next = (*node)->parent;
        } else if (step->axis == AXIS_SELF && step->test == TEST_NODE) {
            next = *node;
        } else {
            return i;
        }
        if (many) {
            return i;
        }
        *node = next;
    }
    return i;
}

static bool is_bindable(const struct step *step)
{
    return step->axis == AXIS_CHILD && step->test == TEST_NAME && step->n_predicates == 0;
}

/* XPATH_QUALIFY: goes down the ancestors of current() for as long as the path names them, but never
 * takes the last step. Returns the steps done. */
static size_t walk_qualified(struct xpath_run *run, const struct expr *path, struct node **node)
{
    enum { MOST = 64 };
    struct node *chain[MOST];
    size_t n = 0, done = 0;
    for (struct node *up = run->current; up && up != *node; up = up->parent) {
        if (n == MOST) {
            return 0;
        }
        chain[n++] = up;
        if (!up->parent) {
            return 0; /* the context stands elsewhere */
        }
    }
    while (done + 1 < path->n_steps && n > 0 && is_bindable(&path->steps[done]) &&
           axis_test(&path->steps[done], chain[n - 1])) {
        *node = chain[--n];
        done++;
    }
    return done;
}

static bool find_instance(struct xpath_run *run, const struct expr *path, struct node **node)
{
    const struct xpath_host *host = run->env->host;
    if (!host || !host->instance || !host->instance(run->env->host_ctx, path->text, node)) {
        return run_fail(run, path, "there is no instance '" STR_FMT "'", STR_ARG(path->text));
    }
    return true;
}

static bool start_path(struct xpath_run *run, const struct frame *at, const struct expr *path,
                       struct node **alone, struct node_set *set)
{
    switch (path->start) {
    case START_CONTEXT:
        *alone = at->node;
        return true;
    case START_ROOT:
        *alone = root_of(run, at->node);
        return true;
    case START_CURRENT:
        *alone = run->current;
        return true;
    case START_INSTANCE:
        return find_instance(run, path, alone);
    case START_EXPR:
        break;
    }
    struct xpath_value value;
    if (!run_eval(run, at, path->items[0].expr, &value)) {
        return false;
    }
    if (value.type != XPATH_NODES) {
        return run_fail(run, path, "a node-set is needed before a step");
    }
    set->v = value.nodes.v;
    set->n = set->cap = value.nodes.n;
    return true;
}

/* What is not relevant is not there. */
static void drop_hidden(struct xpath_nodes *nodes)
{
    size_t n = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        nodes->v[n] = nodes->v[i];
        n += node_is_relevant(nodes->v[i]);
    }
    nodes->n = n;
}

static bool finish_alone(struct xpath_run *run, struct node *node, struct xpath_nodes *nodes)
{
    *nodes = (struct xpath_nodes){0};
    if (node && node_is_relevant(node)) {
        nodes->v = arena_alloc(&run->env->scratch, sizeof(struct node *));
        nodes->v[0] = node;
        nodes->n = 1;
    }
    return true;
}

bool run_path(struct xpath_run *run, const struct frame *at, const struct expr *path,
              struct xpath_nodes *nodes)
{
    struct node_set set = {.arena = &run->env->scratch};
    struct node *alone = NULL;
    size_t done = 0;
    if (!run_count(run, path, 1) || !start_path(run, at, path, &alone, &set)) {
        return false;
    }
    if (alone && path->n_predicates == 0) {
        if (path->start == START_ROOT && run->env->flags & XPATH_QUALIFY) {
            done = walk_qualified(run, path, &alone);
        }
        done = walk_alone(path, done, &alone);
        if (!alone || done == path->n_steps) {
            return finish_alone(run, alone, nodes);
        }
    }
    if (alone) {
        set_add(&set, alone);
        set.is_flat = true;
    }
    for (size_t i = 0; i < path->n_predicates; i++) {
        if (!filter(run, at, &path->predicates[i], &set, 0)) {
            return false;
        }
    }
    for (; done < path->n_steps; done++) {
        if (!take_step(run, at, path, &path->steps[done], &set)) {
            return false;
        }
    }
    *nodes = (struct xpath_nodes){set.v, set.n, false};
    drop_hidden(nodes);
    return true;
}
