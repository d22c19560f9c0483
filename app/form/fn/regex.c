/* regex(text, pattern). */
#include "app/form/xpath_regex.h"
#include "app/form/functions.h"

static bool call_regex(struct fn_call *call, struct xpath_value *result)
{
    struct xpath_env *env = call->run->env;
    struct str text, pattern;
    const char *problem = "";
    bool matches;
    if (!fn_text(call, 0, &text) || !fn_text(call, 1, &pattern)) {
        return false;
    }
    if (!regex_matches(&env->regexes, pattern, text, env->flags & XPATH_WHOLE_MATCH, &matches,
                       &problem)) {
        return fn_fail(call, "regex(): %s", problem);
    }
    return fn_give_boolean(result, matches);
}

const struct fn fn_regex_family[] = {
    {"regex", 2, 2, 0, call_regex},
    {0},
};
