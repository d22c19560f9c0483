/* Functions of node-sets and of the place in them. */
#include <math.h>

#include "app/form/functions.h"
#include "app/form/xpath_run.h"

/* instance('x')/root/item of a list is counted without a look at its rows. */
static bool count_rows(struct fn_call *call, double *n)
{
    const struct expr *path = call->expr->items[0].expr;
    const struct xpath_host *host = call->run->env->host;
    struct node *document;
    bool fits = path->kind == EXPR_PATH && path->start == START_INSTANCE && host &&
                host->instance && path->n_predicates == 0 && path->n_steps == 2 &&
                path->steps[0].axis == AXIS_CHILD && path->steps[0].n_predicates == 0 &&
                path->steps[1].axis == AXIS_CHILD && path->steps[1].n_predicates == 0;
    if (!fits || !host->instance(call->run->env->host_ctx, path->text, &document) ||
        !document->first || !rows_is_root(document->first)) {
        return false;
    }
    const struct node *root = document->first;
    struct node item = {.kind = NODE_ELEMENT, .name = root->list->item};
    bool named = axis_test(&path->steps[0], root) && axis_test(&path->steps[1], &item);
    *n = named ? (double)root->list->ops->count(root->list->self) : 0;
    return true;
}

static bool call_count(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    double n;
    if (count_rows(call, &n)) {
        return fn_give_number(result, n);
    }
    return fn_nodes(call, 0, &nodes) && fn_give_number(result, (double)nodes.n);
}

static bool call_count_non_empty(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    double n = 0;
    if (!fn_nodes(call, 0, &nodes)) {
        return false;
    }
    for (size_t i = 0; i < nodes.n; i++) {
        n += fn_node_text(call, nodes.v[i]).n > 0;
    }
    return fn_give_number(result, n);
}

static bool call_last(struct fn_call *call, struct xpath_value *result)
{
    return fn_give_number(result, (double)call->at->size);
}

/* Outside predicates JavaRosa gives the position of the repeat instance in which the node stands.
 */
static double repeat_position(const struct fn_call *call)
{
    const struct node *node = call->at->node;
    if (call->at->size == 1 && node == call->run->current) {
        for (; node; node = node->parent) {
            if (node->flags & NODE_REPEAT) {
                return (double)node_position(node);
            }
        }
    }
    return (double)call->at->position;
}

static bool call_position(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    if (call->n == 0) {
        return fn_give_number(result, repeat_position(call));
    }
    if (!fn_nodes(call, 0, &nodes)) {
        return false;
    }
    if (nodes.n == 0) {
        return fn_give_number(result, 0); /* JavaRosa: of what is not relevant */
    }
    const struct node *node = nodes.v[0];
    bool is_element = node->kind == NODE_ELEMENT && !(node->flags & NODE_CELL);
    return fn_give_number(result, is_element ? (double)node_position(node) : 1);
}

static bool call_current(struct fn_call *call, struct xpath_value *result)
{
    struct node **v = arena_alloc(fn_scratch(call), sizeof(*v));
    v[0] = call->run->current;
    return fn_give_nodes(result, (struct xpath_nodes){v, 1, false});
}

/* instance() with a computed name; with a literal one the path itself finds it. */
static bool call_instance(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    struct node **v = arena_alloc(fn_scratch(call), sizeof(*v));
    struct str id;
    if (!fn_text(call, 0, &id)) {
        return false;
    }
    if (!host || !host->instance || !host->instance(call->run->env->host_ctx, id, v)) {
        return fn_fail(call, "there is no instance '" STR_FMT "'", STR_ARG(id));
    }
    return fn_give_nodes(result, (struct xpath_nodes){v, 1, false});
}

static bool has_id(const struct node *node, struct str ids)
{
    struct str word;
    for (const struct node *a = node->attributes; a; a = a->next) {
        struct str rest = ids;
        while (str_is(str_of(a->name->local), "id") && str_word(&rest, &word)) {
            if (str_eq(word, a->value)) {
                return true;
            }
        }
    }
    return false;
}

/* Nothing declares which attributes are ids (document types are refused): those named id are. */
static bool call_id(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_value value;
    if (!fn_value(call, 0, &value)) {
        return false;
    }
    struct buf ids = {0};
    size_t n = value.type == XPATH_NODES ? value.nodes.n : 1;
    for (size_t i = 0; i < n; i++) {
        buf_add_str(&ids, value.type == XPATH_NODES ? fn_node_text(call, value.nodes.v[i])
                                                    : xpath_to_text(call->run->env, &value));
        buf_add_char(&ids, ' ');
    }
    struct node *top = call->at->node;
    while (top->parent) {
        top = top->parent;
    }
    static const struct step all = {.axis = AXIS_DESCENDANT, .test = TEST_NAME};
    struct node_set every = {.arena = fn_scratch(call)};
    axis_add(call->run, &all, top, &every);
    if (!run_count(call->run, call->expr, every.n * (1 + ids.n / 16))) {
        buf_finish(&ids);
        return false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < every.n; i++) {
        every.v[kept] = every.v[i];
        kept += has_id(every.v[i], buf_str(&ids));
    }
    buf_finish(&ids);
    return fn_give_nodes(result, (struct xpath_nodes){every.v, kept, false});
}

const struct fn fn_nodeset_family[] = {
    {"count", 1, 1, FN_NUMBER | FN_SET, call_count},
    {"count-non-empty", 1, 1, FN_NUMBER | FN_SET, call_count_non_empty},
    {"last", 0, 0, FN_NUMBER | FN_POSITION, call_last},
    {"position", 0, 1, FN_NUMBER | FN_POSITION, call_position},
    {"current", 0, 0, FN_NODES, call_current},
    {"instance", 1, 1, FN_NODES, call_instance},
    {"id", 1, 1, FN_NODES | FN_CONTEXT, call_id},
    {0},
};
