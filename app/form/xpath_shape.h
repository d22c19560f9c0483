/* What can be told of an expression without evaluating it: the parser asks at each new piece. */
#ifndef FORM_XPATH_SHAPE_H
#define FORM_XPATH_SHAPE_H

#include "app/form/xpath_ast.h"

/* Sets is_constant, is_free and asks_position from those of its parts; returns it. */
const struct expr *shape_expr(struct expr *expr);

/* The predicate of a finished expression. */
struct predicate shape_predicate(const struct expr *expr, struct arena *arena);

/* Takes `name = value`, with either side first, apart; false when it is something else or value
 * depends on the row. */
bool shape_column_term(const struct expr *expr, struct column_term *term);

#endif
