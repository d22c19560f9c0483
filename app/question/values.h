/* Answers with several values, separated by one space (XForms select, odk:rank). */
#ifndef QUESTION_VALUES_H
#define QUESTION_VALUES_H

#include "app/form/form.h"
#include "platform/base/buf.h"

/* Is the value among them? */
bool values_has(struct str values, struct str value);

/* Appends the values with one put in or taken out, in the order of the choices (as Collect stores
 * them). */
void values_toggle(struct str values, struct str value, struct choices *choices, struct buf *out);

#endif
