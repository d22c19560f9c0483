/* A number between two ends: slider, steps, stars. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_RANGE;
}

static void store(struct question_seat *seat, const struct question_view *view, double number)
{
    char value[64] = "";
    if (isnan(number)) {
        question_answer(seat, view, "");
        return;
    }
    if (view->type == TYPE_INT || number == floor(number)) {
        snprintf(value, sizeof(value), "%.0f", number);
    } else {
        snprintf(value, sizeof(value), "%.10g", number);
    }
    question_answer(seat, view, value);
}

static void add_number(struct buf *to, double number)
{
    number_add_decimal(to, number, 6);
}

static void draw_stars(struct question_seat *seat, const struct question_view *view, double step)
{
    double low = fmin(view->start, view->end), high = fmax(view->start, view->end);
    double first = low > 0 ? low : step; /* nobody gives no star */
    int stars = (int)((high - first) / step + 1.5);
    char text[64];
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(view->value));
    int now = text[0] ? (int)((atof(text) - first) / step + 1.5) : 0;
    int pressed = ui_rating(seat->ui, "answer", stars, now, NULL);
    if (pressed && !view->readonly) {
        store(seat, view, pressed == now && !view->required ? NAN : first + (pressed - 1) * step);
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct buf low = {0}, high = {0}, shown = {0}, name = {0};
    char text[64];
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(view->value));
    double number = text[0] ? atof(text) : view->start;
    double step = fabs(view->step) > 0 ? fabs(view->step) : 1;
    if (question_is_marked(view, "rating")) {
        draw_stars(seat, view, step);
        return;
    }
    bool vertical = question_is_marked(view, "vertical");
    bool ends = !question_is_marked(view, "no-ticks") && !question_is_marked(view, "picker");
    add_number(&low, fmin(view->start, view->end));
    add_number(&high, fmax(view->start, view->end));
    add_number(&shown, number);
    markdown_plain(str_of(view->label.text ? view->label.text : ""), &name);
    struct ui_range range = {.min = fmin(view->start, view->end),
                             .max = fmax(view->start, view->end),
                             .step = step,
                             .is_set = text[0] != 0,
                             .vertical = vertical,
                             .stepper = question_is_marked(view, "picker"),
                             .text = text[0] ? buf_text(&shown) : NULL,
                             .min_text = ends && !vertical ? buf_text(&low) : NULL,
                             .max_text = ends && !vertical ? buf_text(&high) : NULL,
                             .name = buf_text(&name),
                             .disabled = view->readonly};
    if (ui_slider(seat->ui, "answer", &number, &range)) {
        store(seat, view, number);
    }
    if (vertical && ends) {
        buf_addf(&low, " – %s", buf_text(&high));
        ui_text(seat->ui, TYPE_SMALL, buf_text(&low), UI_OPT(.align = ALIGN_CENTER));
    }
    if (text[0] && !view->required && !view->readonly &&
        ui_button(seat->ui, "empty", tr("Clear"),
                  UI_OPT(.kind = UI_QUIET, .hold_width = true, .icon = ICON_CLOSE))) {
        question_answer(seat, view, "");
    }
    buf_finish(&low);
    buf_finish(&high);
    buf_finish(&shown);
    buf_finish(&name);
}

const struct question question_range = {.name = "range", .fits = fits, .draw = draw};
