/* A text to read: readonly without a value to type, or with one to show. */
#include <stdio.h>

#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->readonly && view->kind == CONTROL_INPUT && view->type != TYPE_BINARY;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    if (view->value.n) {
        char value[4096];
        snprintf(value, sizeof(value), STR_FMT, STR_ARG(view->value));
        ui_text(seat->ui, TYPE_BODY, value, NULL);
    }
}

const struct question question_note = {.name = "note", .fits = fits, .draw = draw};
