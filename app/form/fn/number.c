/* Functions of numbers, and numbers over node-sets. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/form/functions.h"
#include "app/form/xpath_date.h"

static bool is_day_text(struct str text)
{
    struct moment moment;
    return date_read(str_trim(text), &moment);
}

static bool call_number(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_value value;
    if (call->n == 0) {
        return fn_give_number(result, fn_node_number(call, call->at->node));
    }
    if (!fn_value(call, 0, &value)) {
        return false;
    }
    bool is_date = value.type == XPATH_TEXT && is_day_text(value.text);
    fn_give_number(result, xpath_to_number(call->run->env, &value));
    result->is_date = is_date;
    return true;
}

static bool call_int(struct fn_call *call, struct xpath_value *result)
{
    double number;
    return fn_number(call, 0, &number) && fn_give_number(result, trunc(number));
}

static bool call_floor(struct fn_call *call, struct xpath_value *result)
{
    double number;
    return fn_number(call, 0, &number) && fn_give_number(result, floor(number));
}

static bool call_ceiling(struct fn_call *call, struct xpath_value *result)
{
    double number;
    return fn_number(call, 0, &number) && fn_give_number(result, ceil(number));
}

/* Decimal rounding of the number as it is written, so that 2.675 is no 2.67499…; halves go away
 * from zero, or up with XPATH_EXACT. */
static double round_places(double number, int places, unsigned flags)
{
    char text[XPATH_NUMBER_TEXT + 8];
    size_t n = xpath_number_text(number, text);
    snprintf(text + n, 8, "e%d", places);
    double shifted = strtod(text, NULL);
    bool is_half = shifted - trunc(shifted) == -0.5;
    double whole = is_half && flags & XPATH_EXACT ? ceil(shifted) : round(shifted);
    if (isinf(whole) || isnan(whole)) {
        return number;
    }
    n = xpath_number_text(whole, text);
    snprintf(text + n, 8, "e%d", -places);
    double rounded = strtod(text, NULL);
    return rounded == 0 && number < 0 ? -0.0 : rounded;
}

static bool call_round(struct fn_call *call, struct xpath_value *result)
{
    double number, places = 0;
    if (!fn_number(call, 0, &number) || (call->n > 1 && !fn_number(call, 1, &places))) {
        return false;
    }
    if (isnan(number) || isinf(number) || isnan(places)) {
        return fn_give_number(result, isnan(places) ? NAN : number);
    }
    places = fmax(fmin(trunc(places), 30), -30);
    return fn_give_number(result, round_places(number, (int)places, call->run->env->flags));
}

static bool call_pow(struct fn_call *call, struct xpath_value *result)
{
    double a, b;
    return fn_number(call, 0, &a) && fn_number(call, 1, &b) && fn_give_number(result, pow(a, b));
}

static bool call_abs(struct fn_call *call, struct xpath_value *result)
{
    double number;
    return fn_number(call, 0, &number) && fn_give_number(result, fabs(number));
}

/* JavaRosa leaves out what is blank or no number; XPath 1.0 makes the sum NaN. */
static bool call_sum(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_nodes nodes;
    bool skip = call->run->env->flags & XPATH_EMPTY_TEXT;
    double sum = 0;
    if (!fn_nodes(call, 0, &nodes)) {
        return false;
    }
    for (size_t i = 0; i < nodes.n; i++) {
        double number = fn_node_number(call, nodes.v[i]);
        sum += skip && isnan(number) ? 0 : number;
    }
    return fn_give_number(result, sum);
}

struct best {
    double number;
    bool any, skip, greatest;
};

static void look(struct best *best, double number)
{
    if (isnan(number) && best->skip) {
        return;
    }
    if (!best->any || isnan(number)) {
        best->number = number;
    } else if (best->greatest ? number > best->number : number < best->number) {
        best->number = number;
    }
    best->any = true;
}

/* An empty node-set or a blank or wrong value makes it NaN; JavaRosa skips those. */
static bool find_best(struct fn_call *call, bool greatest, struct xpath_value *result)
{
    struct best best = {.number = NAN, .greatest = greatest};
    best.skip = call->run->env->flags & XPATH_EMPTY_TEXT;
    for (size_t i = 0; i < call->n; i++) {
        struct xpath_value value;
        if (!fn_value(call, i, &value)) {
            return false;
        }
        if (value.type != XPATH_NODES) {
            look(&best, xpath_to_number(call->run->env, &value));
        }
        for (size_t k = 0; value.type == XPATH_NODES && k < value.nodes.n; k++) {
            look(&best, fn_node_number(call, value.nodes.v[k]));
        }
    }
    return fn_give_number(result, best.number);
}

static bool call_min(struct fn_call *call, struct xpath_value *result)
{
    return find_best(call, false, result);
}

static bool call_max(struct fn_call *call, struct xpath_value *result)
{
    return find_best(call, true, result);
}

const struct fn fn_number_family[] = {
    {"number", 0, 1, FN_BARE | FN_NUMBER, call_number},
    {"int", 1, 1, FN_NUMBER, call_int},
    {"floor", 1, 1, FN_NUMBER, call_floor},
    {"ceiling", 1, 1, FN_NUMBER, call_ceiling},
    {"round", 1, 2, FN_NUMBER, call_round},
    {"pow", 2, 2, FN_NUMBER, call_pow},
    {"abs", 1, 1, FN_NUMBER, call_abs},
    {"sum", 1, 1, FN_NUMBER | FN_SET, call_sum},
    {"min", 1, FN_ANY, FN_NUMBER | FN_SET, call_min},
    {"max", 1, FN_ANY, FN_NUMBER | FN_SET, call_max},
    {0},
};
