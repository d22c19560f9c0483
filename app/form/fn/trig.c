/* Functions of analysis: each takes numbers and gives one. */
#include <math.h>

#include "app/form/functions.h"

#define ONE(name, f)                                                                               \
    static bool call_##name(struct fn_call *call, struct xpath_value *result)                      \
    {                                                                                              \
        double x;                                                                                  \
        return fn_number(call, 0, &x) && fn_give_number(result, f(x));                             \
    }

static double power_of_ten(double x)
{
    return pow(10, x);
}

ONE(sin, sin)
ONE(cos, cos)
ONE(tan, tan)
ONE(asin, asin)
ONE(acos, acos)
ONE(atan, atan)
ONE(sqrt, sqrt)
ONE(exp, exp)
ONE(exp10, power_of_ten)
ONE(log, log)
ONE(log10, log10)

static bool call_atan2(struct fn_call *call, struct xpath_value *result)
{
    double y, x;
    return fn_number(call, 0, &y) && fn_number(call, 1, &x) && fn_give_number(result, atan2(y, x));
}

static bool call_pi(struct fn_call *call, struct xpath_value *result)
{
    return fn_give_number(result, M_PI);
}

const struct fn fn_trig_family[] = {
    {"sin", 1, 1, FN_NUMBER, call_sin},     {"cos", 1, 1, FN_NUMBER, call_cos},
    {"tan", 1, 1, FN_NUMBER, call_tan},     {"asin", 1, 1, FN_NUMBER, call_asin},
    {"acos", 1, 1, FN_NUMBER, call_acos},   {"atan", 1, 1, FN_NUMBER, call_atan},
    {"atan2", 2, 2, FN_NUMBER, call_atan2}, {"sqrt", 1, 1, FN_NUMBER, call_sqrt},
    {"exp", 1, 1, FN_NUMBER, call_exp},     {"exp10", 1, 1, FN_NUMBER, call_exp10},
    {"log", 1, 1, FN_NUMBER, call_log},     {"log10", 1, 1, FN_NUMBER, call_log10},
    {"pi", 0, 0, FN_NUMBER, call_pi},       {0},
};
