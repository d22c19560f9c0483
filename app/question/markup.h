/* Labels of forms (a subset of markdown) as the kit's markup. */
#ifndef QUESTION_MARKUP_H
#define QUESTION_MARKUP_H

#include "app/ui/ui.h"
#include "platform/base/buf.h"
#include "platform/base/str.h"

/* Appends the label as escaped text with <b>, <i>, <u> and <span>; its other markup is dropped. Its
 * colours are made readable in the theme. */
void markup_of(struct str label, enum ui_theme theme, struct buf *to);

#endif
