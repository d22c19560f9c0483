/* Text: one line or several, capitals and Telex as the kit does; the last widget, it fits all. */
#include <stdio.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return true;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    bool multiline = question_has_appearance(view, "multiline") || view->rows > 1;
    char value[4096];
    snprintf(value, sizeof(value), STR_FMT, STR_ARG(view->value));
    const char *typed =
        ui_field(seat->ui, "answer", value,
                 &(struct ui_field){.input = question_has_appearance(view, "numbers") ? UI_IN_CODE
                                             : question_has_appearance(view, "url")   ? UI_IN_URL
                                                                                      : UI_IN_TEXT,
                                    .name = view->label.text,
                                    .lines = multiline ? (view->rows > 1 ? (int)view->rows : 4) : 1,
                                    .masked = question_has_appearance(view, "masked"),
                                    .disabled = view->readonly,
                                    .required = view->required,
                                    .focus = seat->is_alone,
                                    .scan = true});
    if (typed) {
        question_answer(seat, view, typed);
    }
}

static bool scan(struct question_seat *seat, const struct question_view *view, struct str code)
{
    return view->kind == CONTROL_INPUT && seat->host->answer(seat->ctx, view->ref, code);
}

const struct question question_text = {.name = "text", .fits = fits, .draw = draw, .scan = scan};
