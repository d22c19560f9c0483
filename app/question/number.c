/* Whole and decimal numbers, typed and shown as people here write them (1.234,5) and stored as
 * forms want them (1234.5); a counter has a step to each side. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT && (view->type == TYPE_INT || view->type == TYPE_DECIMAL);
}

/* As it is stored; what is no number is handed on as it is, for the form to refuse. */
static void to_stored(const char *typed, char *stored, size_t size)
{
    double number;
    bool plain = strspn(typed, "-0123456789") == strlen(typed);
    if (plain || !number_parse(str_of(typed), &number)) {
        snprintf(stored, size, "%s", typed);
    } else {
        snprintf(stored, size, fabs(number) < 1e15 ? "%.15g" : "%.0f", number);
    }
}

/* With the comma that this language writes. */
static void to_shown(struct str value, char *shown, size_t size)
{
    snprintf(shown, size, STR_FMT, STR_ARG(value));
    char *point = strcmp(lang_get(), "vi") == 0 ? strchr(shown, '.') : NULL;
    if (point) {
        *point = ',';
    }
}

static void step(struct question_seat *seat, const struct question_view *view, int by)
{
    char stored[64];
    long long number = 0;
    if (view->value.n == 0) {
        by = by > 0 ? by : 0; /* the first press of minus says 0 */
    } else if (!str_to_int64(view->value, &number)) {
        return;
    }
    snprintf(stored, sizeof(stored), "%lld", number + by < 0 ? 0 : number + by);
    question_answer(seat, view, stored);
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    char shown[64], stored[64];
    bool counts = view->type == TYPE_INT && question_has_appearance(view, "counter");
    to_shown(view->value, shown, sizeof(shown));
    if (counts) {
        ui_row_begin(seat->ui, NULL, NULL);
        if (!view->readonly && ui_icon_button(seat->ui, "less", tr("Less"), ICON_REMOVE)) {
            step(seat, view, -1);
        }
    }
    const char *typed =
        ui_field(seat->ui, "answer", shown,
                 &(struct ui_field){.input = view->type == TYPE_INT ? UI_IN_INTEGER : UI_IN_DECIMAL,
                                    .name = view->label.text,
                                    .max = 24,
                                    .grow = counts,
                                    .unit = question_is_marked(view, "bearing") ? "°" : NULL,
                                    .thousands = question_has_appearance(view, "thousands-sep"),
                                    .disabled = view->readonly,
                                    .required = view->required,
                                    .focus = seat->is_alone});
    if (typed) {
        to_stored(typed, stored, sizeof(stored));
        question_answer(seat, view, stored);
    }
    if (counts) {
        if (!view->readonly && ui_icon_button(seat->ui, "more", tr("More"), ICON_ADD)) {
            step(seat, view, 1);
        }
        ui_end(seat->ui);
    }
}

static bool scan(struct question_seat *seat, const struct question_view *view, struct str code)
{
    long long number;
    return str_to_int64(code, &number) && seat->host->answer(seat->ctx, view->ref, code);
}

const struct question question_number = {
    .name = "number", .fits = fits, .draw = draw, .scan = scan};
