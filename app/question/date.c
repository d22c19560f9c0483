/* Dates: whole, month and year, or year alone; stored YYYY-MM-DD. A dateTime keeps its time. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "platform/base/clock.h"

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT && (view->type == TYPE_DATE || view->type == TYPE_DATETIME);
}

/* The zone of the device at that moment, "+07:00". */
static void zone_of(const char *date, char zone[8])
{
    int64_t ms = clock_now_ms();
    clock_parse(str_of(date), &ms);
    int minutes = clock_zone_minutes(ms), size = minutes < 0 ? -minutes : minutes;
    snprintf(zone, 8, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60 % 24, size % 60);
}

static void store(struct question_seat *seat, const struct question_view *view, const char *date,
                  const char *time)
{
    char value[48], zone[8], whole[16];
    snprintf(whole, sizeof(whole), "%s%s", date,
             strlen(date) == 4   ? "-01-01"
             : strlen(date) == 7 ? "-01"
                                 : "");
    if (!date[0]) {
        question_answer(seat, view, "");
    } else if (view->type == TYPE_DATE) {
        question_answer(seat, view, whole);
    } else {
        zone_of(whole, zone);
        snprintf(value, sizeof(value), "%sT%.5s:00.000%s", whole, time[0] ? time : "00:00", zone);
        question_answer(seat, view, value);
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    char date[16], time[16] = "";
    bool year = question_has_appearance(view, "year");
    bool month = !year && question_has_appearance(view, "month-year");
    snprintf(date, sizeof(date), "%.*s", (int)(view->value.n < 10 ? view->value.n : 10),
             view->value.s);
    if (view->value.n >= 16) {
        snprintf(time, sizeof(time), "%.5s", view->value.s + 11);
    }
    date[year && date[0] ? 4 : month && date[0] ? 7 : 10] = 0;
    struct ui_date how = {.part = year    ? 'y'
                                  : month ? 'm'
                                          : 'd',
                          .disabled = view->readonly,
                          .required = view->required,
                          .focus = seat->is_alone};
    const char *typed = ui_date(seat->ui, "answer", date, &how);
    if (typed) {
        store(seat, view, typed, time);
        return;
    }
    if (view->type == TYPE_DATETIME) {
        how.label = tr("Time");
        how.focus = false;
        const char *clock = ui_time(seat->ui, "time", time, &how);
        if (clock && date[0]) {
            store(seat, view, date, clock);
        }
    }
}

const struct question question_date = {.name = "date", .fits = fits, .draw = draw};
