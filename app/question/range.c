/* A number between two ends: slider, steps, stars. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_RANGE;
}

static void store(struct question_seat *seat, const struct question_view *view, double number)
{
    char value[64];
    if (view->type == TYPE_INT || number == floor(number)) {
        snprintf(value, sizeof(value), "%.0f", number);
    } else {
        snprintf(value, sizeof(value), "%.10g", number);
    }
    question_answer(seat, view, value);
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    char text[64];
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(view->value));
    double number = text[0] ? atof(text) : view->start;
    double step = fabs(view->step) > 0 ? fabs(view->step) : 1;
    if (question_has_appearance(view, "rating")) {
        int stars = (int)((view->end - view->start) / step + 1.5) - (view->start == 0);
        int pressed = ui_rating(seat->ui, "answer", stars, (int)(number / step), view->label.text);
        if (pressed && !view->readonly) {
            store(seat, view, pressed * step);
        }
        return;
    }
    struct ui_range range = {.min = fmin(view->start, view->end),
                             .max = fmax(view->start, view->end),
                             .step = step,
                             .is_set = text[0] != 0,
                             .vertical = question_has_appearance(view, "vertical"),
                             .stepper = question_has_appearance(view, "picker"),
                             .label = view->label.text,
                             .disabled = view->readonly};
    if (ui_slider(seat->ui, "answer", &number, &range)) {
        store(seat, view, number);
    }
}

const struct question question_range = {.name = "range", .fits = fits, .draw = draw};
