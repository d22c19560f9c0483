/* Answers of several choices: texts of words with space between. */
#include <math.h>

#include "app/form/functions.h"

static bool call_selected(struct fn_call *call, struct xpath_value *result)
{
    struct str list, wanted, word;
    if (!fn_text(call, 0, &list) || !fn_text(call, 1, &wanted)) {
        return false;
    }
    wanted = str_trim(wanted);
    while (str_word(&list, &word)) {
        if (str_eq(word, wanted)) {
            return fn_give_boolean(result, true);
        }
    }
    return fn_give_boolean(result, false);
}

static bool call_selected_at(struct fn_call *call, struct xpath_value *result)
{
    struct str list, word;
    double at;
    if (!fn_text(call, 0, &list) || !fn_number(call, 1, &at)) {
        return false;
    }
    at = trunc(at);
    for (double i = 0; str_word(&list, &word); i++) {
        if (i == at) {
            return fn_give_text(result, word);
        }
    }
    return fn_give_text(result, STR(""));
}

static bool call_count_selected(struct fn_call *call, struct xpath_value *result)
{
    struct str list, word;
    if (!fn_text(call, 0, &list)) {
        return false;
    }
    double n = 0;
    while (str_word(&list, &word)) {
        n++;
    }
    return fn_give_number(result, n);
}

const struct fn fn_select_family[] = {
    {"selected", 2, 2, 0, call_selected},
    {"is-selected", 2, 2, 0, call_selected},
    {"selected-at", 2, 2, 0, call_selected_at},
    {"count-selected", 1, 1, FN_NUMBER, call_count_selected},
    {0},
};
