/* The families of functions: one line for each file in app/form/fn. */
#ifndef FORM_FUNCTIONS_H
#define FORM_FUNCTIONS_H

#include "app/form/fn.h"

#define FUNCTIONS(X)                                                                               \
    X(logic)                                                                                       \
    X(text)                                                                                        \
    X(number)                                                                                      \
    X(trig)                                                                                        \
    X(nodeset)                                                                                     \
    X(name)                                                                                        \
    X(select)                                                                                      \
    X(date)                                                                                        \
    X(repeat)                                                                                      \
    X(form)                                                                                        \
    X(random)                                                                                      \
    X(crypto)                                                                                      \
    X(regex)                                                                                       \
    X(geo)                                                                                         \
    X(checklist)

/* A family ends with a row whose name is NULL. */
#define FUNCTIONS_DECLARE(family) extern const struct fn fn_##family##_family[];
FUNCTIONS(FUNCTIONS_DECLARE)

#endif
