/* A time of the day; stored HH:MM:00.000 with the zone of the device. */
#include <stdio.h>

#include "app/question/question.h"
#include "platform/base/clock.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT && view->type == TYPE_TIME;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    char time[8] = "", value[32];
    if (view->value.n >= 5) {
        snprintf(time, sizeof(time), "%.5s", view->value.s);
    }
    const char *typed = ui_time(seat->ui, "answer", time,
                                &(struct ui_date){.name = view->label.text,
                                                  .disabled = view->readonly,
                                                  .required = view->required,
                                                  .focus = seat->is_alone});
    if (typed && typed[0]) {
        int minutes = clock_zone_minutes(clock_now_ms()), size = minutes < 0 ? -minutes : minutes;
        snprintf(value, sizeof(value), "%.5s:00.000%c%02d:%02d", typed, minutes < 0 ? '-' : '+',
                 size / 60 % 24, size % 60);
        question_answer(seat, view, value);
    } else if (typed) {
        question_answer(seat, view, "");
    }
}

const struct question question_time = {.name = "time", .fits = fits, .draw = draw};
