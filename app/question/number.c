/* Whole and decimal numbers, typed as people here write them (1.234,5) and stored as forms want
 * them (1234.5). */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT && (view->type == TYPE_INT || view->type == TYPE_DECIMAL);
}

/* Comma to point; dots that group thousands go when a comma stands behind them. */
static void to_stored(const char *typed, char *stored, size_t size)
{
    const char *comma = strrchr(typed, ',');
    size_t n = 0;
    for (const char *c = typed; *c && n + 1 < size; c++) {
        if (*c == ',') {
            stored[n++] = '.';
        } else if (!(*c == '.' && comma) && *c != ' ') {
            stored[n++] = *c;
        }
    }
    stored[n] = 0;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    char value[64], stored[64];
    snprintf(value, sizeof(value), STR_FMT, STR_ARG(view->value));
    const char *typed =
        ui_field(seat->ui, "answer", value,
                 &(struct ui_field){.input = view->type == TYPE_INT ? UI_IN_INTEGER : UI_IN_DECIMAL,
                                    .name = view->label.text,
                                    .max = 24,
                                    .thousands = question_has_appearance(view, "thousands-sep"),
                                    .disabled = view->readonly,
                                    .required = view->required,
                                    .focus = seat->is_alone});
    if (typed) {
        to_stored(typed, stored, sizeof(stored));
        question_answer(seat, view, stored);
    }
    if (view->type == TYPE_INT && question_has_appearance(view, "counter")) {
        double number = 0;
        sscanf(value, "%lf", &number);
        if (ui_slider(seat->ui, "counter", &number,
                      &(struct ui_range){.min = 0,
                                         .max = 1000000,
                                         .step = 1,
                                         .stepper = true,
                                         .is_set = value[0] != 0,
                                         .disabled = view->readonly})) {
            snprintf(stored, sizeof(stored), "%.0f", number);
            question_answer(seat, view, stored);
        }
    }
}

const struct question question_number = {.name = "number", .fits = fits, .draw = draw};
