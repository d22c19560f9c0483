#include "app/question/values.h"

#include <stdlib.h>

#include "platform/base/mem.h"

bool values_has(struct str values, struct str value)
{
    struct str one;
    while (str_word(&values, &one)) {
        if (str_eq(one, value)) {
            return true;
        }
    }
    return false;
}

void values_toggle(struct str values, struct str value, struct choices *choices, struct buf *out)
{
    struct choice choice;
    bool was = values_has(values, value);
    char *kept = mem_strndup(value.s, value.n); /* it may be the cursor's own */
    value.s = kept;
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        bool is = str_eq(choice.value, value) ? !was : values_has(values, choice.value);
        if (is) {
            buf_addf(out, "%s" STR_FMT, out->n ? " " : "", STR_ARG(choice.value));
        }
    }
    free(kept);
}
