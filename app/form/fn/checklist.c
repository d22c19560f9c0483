/* checklist and weighted-checklist: do so many of the answers hold? */
#include "app/form/functions.h"

/* Each node of a node-set counts for itself, and holds when its text is not empty. */
static bool count_argument(struct fn_call *call, size_t i, double *n)
{
    struct xpath_value value;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    if (value.type != XPATH_NODES) {
        *n += xpath_to_boolean(&value);
        return true;
    }
    for (size_t k = 0; k < value.nodes.n; k++) {
        *n += fn_node_text(call, value.nodes.v[k]).n > 0;
    }
    return true;
}

static bool within(double n, double least, double most)
{
    return (least < 0 || n >= least) && (most < 0 || n <= most);
}

static bool call_checklist(struct fn_call *call, struct xpath_value *result)
{
    double least, most, n = 0;
    if (!fn_number(call, 0, &least) || !fn_number(call, 1, &most)) {
        return false;
    }
    for (size_t i = 2; i < call->n; i++) {
        if (!count_argument(call, i, &n)) {
            return false;
        }
    }
    return fn_give_boolean(result, within(n, least, most));
}

/* A pair of node-sets pairs their nodes one by one. */
static bool weigh_pair(struct fn_call *call, size_t i, double *sum)
{
    struct xpath_value what, weight;
    if (!fn_value(call, i, &what) || !fn_value(call, i + 1, &weight)) {
        return false;
    }
    if (what.type != XPATH_NODES) {
        *sum += xpath_to_boolean(&what) ? xpath_to_number(call->run->env, &weight) : 0;
        return true;
    }
    for (size_t k = 0; k < what.nodes.n; k++) {
        bool paired = weight.type == XPATH_NODES && k < weight.nodes.n;
        double one = paired ? fn_node_number(call, weight.nodes.v[k])
                            : xpath_to_number(call->run->env, &weight);
        *sum += fn_node_text(call, what.nodes.v[k]).n ? one : 0;
    }
    return true;
}

static bool call_weighted_checklist(struct fn_call *call, struct xpath_value *result)
{
    double least, most, sum = 0;
    if (call->n % 2) {
        return fn_fail(call, "weighted-checklist() needs a weight for each answer");
    }
    if (!fn_number(call, 0, &least) || !fn_number(call, 1, &most)) {
        return false;
    }
    for (size_t i = 2; i + 1 < call->n; i += 2) {
        if (!weigh_pair(call, i, &sum)) {
            return false;
        }
    }
    return fn_give_boolean(result, within(sum, least, most));
}

const struct fn fn_checklist_family[] = {
    {"checklist", 3, FN_ANY, FN_SET, call_checklist},
    {"weighted-checklist", 4, FN_ANY, FN_SET, call_weighted_checklist},
    {0},
};
