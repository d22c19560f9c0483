/* Labels of forms (a subset of markdown) as the kit's markup. */
#ifndef QUESTION_MARKUP_H
#define QUESTION_MARKUP_H

#include "platform/base/buf.h"
#include "platform/base/str.h"

/* Appends the label as escaped text with <b>, <i>, <u> and <span>; its other markup is dropped. */
void markup_of(struct str label, struct buf *to);

#endif
