/* Boolean functions and choices between values. */
#include <math.h>

#include "app/form/functions.h"
#include "app/form/xpath_date.h"

static bool call_true(struct fn_call *call, struct xpath_value *result)
{
    return fn_give_boolean(result, true);
}

static bool call_false(struct fn_call *call, struct xpath_value *result)
{
    return fn_give_boolean(result, false);
}

static bool call_not(struct fn_call *call, struct xpath_value *result)
{
    bool boolean;
    return fn_boolean(call, 0, &boolean) && fn_give_boolean(result, !boolean);
}

static bool call_boolean(struct fn_call *call, struct xpath_value *result)
{
    bool boolean;
    return fn_boolean(call, 0, &boolean) && fn_give_boolean(result, boolean);
}

static bool call_boolean_from_string(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    return fn_text(call, 0, &text) &&
           fn_give_boolean(result, str_is(text, "1") || str_is(text, "true"));
}

static bool call_if(struct fn_call *call, struct xpath_value *result)
{
    bool which;
    return fn_boolean(call, 0, &which) && fn_value(call, which ? 1 : 2, result);
}

static bool is_blank(struct fn_call *call, const struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_NUMBER:
        return isnan(value->number);
    case XPATH_BOOLEAN:
        return false;
    default:
        return xpath_to_text(call->run->env, value).n == 0;
    }
}

static bool call_coalesce(struct fn_call *call, struct xpath_value *result)
{
    for (size_t i = 0; i < call->n; i++) {
        if (!fn_value(call, i, result)) {
            return false;
        }
        if (!is_blank(call, result)) {
            return true;
        }
    }
    return true;
}

/* The value that the node has keeps it; the argument is still looked at, so that its errors show.
 */
static bool call_once(struct fn_call *call, struct xpath_value *result)
{
    struct str own = fn_node_text(call, call->at->node);
    if (!fn_value(call, 0, result)) {
        return false;
    }
    if (own.n) {
        return fn_give_text(result, own);
    }
    return !is_blank(call, result) || fn_give_text(result, STR(""));
}

/* The first argument; the others only say on what it depends. */
static bool call_depend(struct fn_call *call, struct xpath_value *result)
{
    return fn_value(call, 0, result);
}

const struct fn fn_logic_family[] = {
    {"true", 0, 0, 0, call_true},
    {"false", 0, 0, 0, call_false},
    {"not", 1, 1, 0, call_not},
    {"boolean", 1, 1, 0, call_boolean},
    {"boolean-from-string", 1, 1, 0, call_boolean_from_string},
    {"if", 3, 3, FN_NUMBER | FN_NODES, call_if},
    {"coalesce", 1, FN_ANY, FN_NUMBER | FN_NODES, call_coalesce},
    {"once", 1, 1, FN_CONTEXT | FN_NUMBER, call_once},
    {"depend", 1, FN_ANY, FN_NUMBER | FN_NODES, call_depend},
    {0},
};
