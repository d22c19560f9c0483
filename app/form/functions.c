#include "app/form/functions.h"

#define FAMILY_ROW(family) fn_##family##_family,
static const struct fn *const families[] = {FUNCTIONS(FAMILY_ROW)};

const struct fn *fn_find(struct str name)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
        for (const struct fn *fn = families[i]; fn->name; fn++) {
            if (fn->name[0] == (name.n ? name.s[0] : 0) && str_is(name, fn->name)) {
                return fn;
            }
        }
    }
    return NULL;
}
