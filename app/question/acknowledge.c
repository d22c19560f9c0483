/* Something to be acknowledged: stores OK, or nothing. */
#include "app/lang/lang.h"
#include "app/question/question.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_TRIGGER;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    bool yes = str_is(view->value, "OK");
    if (ui_choice(seat->ui, "answer", tr("Understood"), yes,
                  UI_OPT(.kind = UI_CHECK, .disabled = view->readonly))) {
        question_answer(seat, view, yes ? "" : "OK");
    }
}

const struct question question_acknowledge = {.name = "acknowledge", .fits = fits, .draw = draw};
