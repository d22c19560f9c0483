/* Text: one line or several, capitals and Telex as the kit does; the last widget, it fits all. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return true;
}

static enum ui_input input_of(const struct question_view *view)
{
    return question_is_marked(view, "numbers") ? UI_IN_PHONE
           : question_is_marked(view, "url")   ? UI_IN_URL
                                               : UI_IN_TEXT;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    bool multiline = question_is_marked(view, "multiline") || view->rows > 1;
    struct buf value = {0};
    buf_add_str(&value, view->value);
    const char *typed =
        ui_field(seat->ui, "answer", buf_text(&value),
                 &(struct ui_field){.input = input_of(view),
                                    .name = view->label.text,
                                    .lines = multiline ? (view->rows > 1 ? (int)view->rows : 4) : 1,
                                    .masked = question_is_marked(view, "masked"),
                                    .thousands = question_is_marked(view, "thousands-sep"),
                                    .disabled = view->readonly,
                                    .required = view->required,
                                    .focus = seat->is_alone,
                                    .scan = true});
    if (typed) {
        question_answer(seat, view, typed);
    }
    buf_finish(&value);
}

static bool scan(struct question_seat *seat, const struct question_view *view, struct str code)
{
    return view->kind == CONTROL_INPUT && seat->host->answer(seat->ctx, view->ref, code);
}

const struct question question_text = {.name = "text", .fits = fits, .draw = draw, .scan = scan};
