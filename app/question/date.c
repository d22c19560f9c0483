/* Dates: whole, month and year, or year alone; stored YYYY-MM-DD. A dateTime keeps its time. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/calendar.h"
#include "app/question/question.h"
#include "platform/base/clock.h"

struct date_state {
    char time[8]; /* typed before there was a day */
};

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

static enum calendar calendar_of(const struct question_view *view)
{
    static const struct {
        const char *word;
        enum calendar calendar;
    } words[] = {{"ethiopian", CALENDAR_ETHIOPIAN}, {"coptic", CALENDAR_COPTIC},
                 {"islamic", CALENDAR_ISLAMIC},     {"bikram-sambat", CALENDAR_BIKRAM_SAMBAT},
                 {"myanmar", CALENDAR_MYANMAR},     {"persian", CALENDAR_PERSIAN},
                 {"buddhist", CALENDAR_BUDDHIST}};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (question_is_marked(view, words[i].word)) {
            return words[i].calendar;
        }
    }
    return strcmp(lang_get(), "vi") == 0 ? CALENDAR_LUNAR : CALENDAR_NONE;
}

/* The same day in the calendar of the form; people here also know it by the moon. */
static void draw_other(struct question_seat *seat, const struct question_view *view)
{
    enum calendar calendar = calendar_of(view);
    struct calendar_day day;
    int year, month, n;
    char text[16];
    snprintf(text, sizeof(text), "%.*s", (int)(view->value.n < 10 ? view->value.n : 10),
             view->value.s);
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &n) != 3 || !clock_is_date(year, month, n)) {
        return;
    }
    if (calendar_convert(calendar, clock_days(year, month, n), &day)) {
        struct buf words = {0};
        calendar_add(&words, calendar, &day);
        ui_text(seat->ui, TYPE_SMALL, buf_text(&words), UI_OPT(.tone = TONE_SOFT));
        buf_finish(&words);
    } else if (calendar != CALENDAR_NONE && calendar != CALENDAR_LUNAR) {
        ui_text(seat->ui, TYPE_SMALL, tr("This day is not known in the form's own calendar."),
                UI_OPT(.tone = TONE_SOFT));
    }
}

static void draw_time(struct question_seat *seat, const struct question_view *view,
                      const char *date, const char *time)
{
    struct date_state *s = seat->state;
    const char *clock =
        ui_time(seat->ui, "time", time[0] ? time : s->time,
                &(struct ui_date){
                    .label = tr("Time"), .disabled = view->readonly, .required = view->required});
    if (clock && date[0]) {
        store(seat, view, date, clock);
    } else if (clock) {
        snprintf(s->time, sizeof(s->time), "%s", clock);
    }
    if (s->time[0] && !date[0]) {
        ui_notice(seat->ui, TONE_WARN, tr("The day is missing: a time alone is not kept."));
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct date_state *s = seat->state;
    char date[16], time[16] = "";
    bool year = question_is_marked(view, "year");
    bool month = !year && question_is_marked(view, "month-year");
    snprintf(date, sizeof(date), "%.*s", (int)(view->value.n < 10 ? view->value.n : 10),
             view->value.s);
    if (view->value.n >= 16) {
        snprintf(time, sizeof(time), "%.5s", view->value.s + 11);
    }
    date[year && date[0] ? 4 : month && date[0] ? 7 : 10] = 0;
    const char *typed = ui_date(seat->ui, "answer", date,
                                &(struct ui_date){.part = year    ? 'y'
                                                          : month ? 'm'
                                                                  : 'd',
                                                  .name = view->label.text,
                                                  .typed = question_is_marked(view, "no-calendar"),
                                                  .disabled = view->readonly,
                                                  .required = view->required,
                                                  .focus = seat->is_alone});
    if (typed) {
        char kept[16];
        snprintf(kept, sizeof(kept), "%s", typed);
        store(seat, view, kept, time[0] ? time : s->time);
        return;
    }
    if (!year && !month) {
        draw_other(seat, view);
    }
    if (view->type == TYPE_DATETIME) {
        draw_time(seat, view, date, time);
    }
}

const struct question question_date = {
    .name = "date", .state_size = sizeof(struct date_state), .fits = fits, .draw = draw};
