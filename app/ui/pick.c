/* Dates and times: typed as people write them, or picked from a calendar. */
#include "app/ui/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/clock.h"

enum { KEY_ROOM = 160, WEEK = 7 };

/* "yyyy-mm-dd", "yyyy-mm" or "yyyy" as a date; missing parts are 0. */
static bool date_read(const char *iso, struct date *date)
{
    *date = (struct date){0, 0, 0};
    return iso && sscanf(iso, "%4d-%2d-%2d", &date->year, &date->month, &date->day) >= 1;
}

static void date_show(struct date date, char text[32])
{
    if (date.day > 0) {
        snprintf(text, 32, "%02d/%02d/%04d", date.day, date.month, date.year);
    } else if (date.month > 0) {
        snprintf(text, 32, "%02d/%04d", date.month, date.year);
    } else {
        snprintf(text, 32, "%04d", date.year);
    }
}

static void date_write(struct date date, struct buf *to)
{
    buf_clear(to);
    buf_addf(to, "%04d", date.year);
    if (date.month > 0) {
        buf_addf(to, "-%02d", date.month);
    }
    if (date.day > 0) {
        buf_addf(to, "-%02d", date.day);
    }
}

/* Reads what was typed, as far as the field asks: a day, a month, a year. */
static bool date_typed(const char *text, const struct ui_date *opt, struct date *date)
{
    int month = 0, year = 0, used = 0;
    bool is_month = sscanf(text, "%2d%*1[/.-]%4d%n", &month, &year, &used) == 2 &&
                    text[used] == 0 && month >= 1 && month <= 12 && year >= 1800 && year <= 2200;
    if (opt->part == 'm' && is_month) {
        *date = (struct date){year, month, 0};
        return true;
    }
    if (!date_parse(str_of(text), date)) {
        return false;
    }
    if (opt->part == 'y') {
        date->month = date->day = 0;
    } else if (opt->part == 'm') {
        date->day = 0;
        return date->month > 0;
    } else if (date->day == 0) {
        return opt->year_only;
    }
    return true;
}

static const char *give(struct ui *ui, const char *text)
{
    buf_clear(&ui->result);
    buf_add_text(&ui->result, text);
    return buf_text(&ui->result);
}

static int month_days(int year, int month)
{
    int days = 28;
    while (days < 31 && clock_is_date(year, month, days + 1)) {
        days++;
    }
    return days;
}

static void turn_month(struct picker *picker, int by)
{
    int months = picker->year * 12 + picker->month - 1 + by;
    picker->year = months / 12;
    picker->month = months % 12 + 1;
}

/* Is there room for four buttons and the month between them? */
static bool is_wide(const struct ui *ui)
{
    enum { FOUR_AND_MONTH = 340 };
    return ui->w >= ui_px(ui, FOUR_AND_MONTH);
}

static void month_label(struct ui *ui, const char *title)
{
    struct node *text = node_label(ui, TYPE_TITLE, title, TOKEN_TEXT);
    text->grow = 1;
    text->text_align = ALIGN_CENTER;
    text->flags |= NODE_CODE | NODE_TABULAR;
}

static void calendar_head(struct ui *ui)
{
    struct picker *picker = &ui->picker;
    char title[32];
    const struct {
        const char *key, *name;
        enum ui_icon icon;
        int by;
    } moves[] = {{"year-back", tr("Year before"), ICON_ARROW_BACK, -12},
                 {"month-back", tr("Month before"), ICON_CHEVRON_LEFT, -1},
                 {"month-on", tr("Next month"), ICON_CHEVRON_RIGHT, 1},
                 {"year-on", tr("Next year"), ICON_ARROW_FORWARD, 12}};
    snprintf(title, sizeof(title), "%02d/%04d", picker->month, picker->year);
    bool beside = is_wide(ui);
    if (!beside) {
        month_label(ui, title);
    }
    if (beside) {
        ui_row_begin(ui, NULL, UI_OPT(.gap = UI_FLUSH));
    } else {
        ui_wrap_begin(ui, NULL, UI_OPT(.gap = UI_FLUSH, .align = ALIGN_CENTER));
    }
    for (int i = 0; i < 4; i++) {
        if (i == 2 && beside) {
            month_label(ui, title);
        }
        if (ui_icon_button(ui, moves[i].key, moves[i].name, moves[i].icon)) {
            turn_month(picker, moves[i].by);
        }
    }
    ui_end(ui);
}

static void weekday_row(struct ui *ui)
{
    /* TRANSLATORS: two letters a weekday from Monday on, with a space between */
    struct str rest = str_of(tr("Mo Tu We Th Fr Sa Su")), word;
    while (str_word(&rest, &word)) {
        char *name = mem_strndup(word.s, word.n);
        struct node *label = node_label(ui, is_wide(ui) ? TYPE_SMALL : TYPE_TAG, name, TOKEN_TEXT2);
        label->text_align = ALIGN_CENTER;
        free(name);
    }
}

static bool day_button(struct ui *ui, int day, bool selected, bool today)
{
    char key[16], text[8];
    snprintf(key, sizeof(key), "day-%d", day);
    snprintf(text, sizeof(text), "%d", day);
    struct node *node = node_open(ui, &widget_radio, key);
    node->flags |=
        NODE_PRESS | NODE_CENTER | NODE_SMALL | NODE_INSIDE_RING | (selected ? NODE_SELECTED : 0);
    node->look =
        (struct look){(int8_t)(selected ? TOKEN_PRIMARY : -1), (int8_t)(today ? TOKEN_PRIMARY : -1),
                      (int8_t)(selected ? TOKEN_ON_PRIMARY : TOKEN_TEXT), 24, 1};
    node->min_h = ui_finger(ui, 46);
    node->dir = DIR_ROW;
    node_label(ui, TYPE_BODY, text, node->look.ink)->flags |= NODE_TABULAR | NODE_CODE;
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

/* The sheet with a month of days; the day pressed as a date. */
static bool calendar(struct ui *ui, const char *key, struct date now, struct date *picked)
{
    struct picker *picker = &ui->picker;
    struct date today = date_of_ms(clock_now_ms());
    bool done = false;
    char name[KEY_ROOM];
    snprintf(name, sizeof(name), "%s-calendar", key);
    if (ui_sheet_begin(ui, name, tr("Choose a date"))) {
        picker->id = 0;
    }
    calendar_head(ui);
    ui_grid_begin(ui, NULL, 1, WEEK);
    ui->at->gap = 0;
    weekday_row(ui);
    struct date first = {picker->year, picker->month, 1};
    for (int i = 1; i < date_weekday_of(first); i++) {
        ui_space(ui, 1);
    }
    for (int day = 1; day <= month_days(picker->year, picker->month); day++) {
        bool here = picker->year == now.year && picker->month == now.month && day == now.day;
        bool is_today =
            picker->year == today.year && picker->month == today.month && day == today.day;
        if (day_button(ui, day, here, is_today)) {
            *picked = (struct date){picker->year, picker->month, day};
            done = true;
        }
    }
    ui_end(ui);
    ui_row_begin(ui, NULL, UI_OPT(.end = true));
    if (ui_button(ui, "today", tr("Today"), UI_OPT(.kind = UI_QUIET))) {
        *picked = today;
        done = true;
    }
    ui_end(ui);
    ui_end(ui);
    picker->id = done ? 0 : picker->id;
    return done;
}

/* The field with a button beside it; what was typed, or NULL. */
static const char *typed(struct ui *ui, const char *key, const char *shown,
                         const struct ui_date *opt, struct field_button *button)
{
    bool is_bad = ui->picker.bad_id == id_of(ui->at->scope, key);
    char name[KEY_ROOM];
    snprintf(name, sizeof(name), "%s-pick", key);
    button->key = name;
    struct ui_field field = {.label = opt->label,
                             .name = opt->name,
                             .input = UI_IN_DATE,
                             .hint = opt->hint,
                             .error = is_bad ? tr("There is no such date or time.") : opt->error,
                             .disabled = opt->disabled,
                             .required = opt->required,
                             .focus = opt->focus};
    return field_build(ui, key, is_bad ? ui->picker.bad : shown, &field,
                       opt->disabled || opt->typed ? NULL : button);
}

static const char *settle(struct ui *ui, const char *key, const char *text, bool good)
{
    struct picker *picker = &ui->picker;
    uint64_t id = id_of(ui->at->scope, key);
    if (good || !text[0]) {
        picker->bad_id = picker->bad_id == id ? 0 : picker->bad_id;
        return good ? buf_text(&ui->result) : give(ui, "");
    }
    picker->bad_id = id;
    snprintf(picker->bad, sizeof(picker->bad), "%s", text);
    return give(ui, ""); /* a wrong date is no date; what was typed stays in view */
}

const char *ui_date(struct ui *ui, const char *key, const char *value, const struct ui_date *date)
{
    struct ui_date opt = date ? *date : (struct ui_date){.part = 'd'};
    struct date now, picked;
    char shown[32] = "";
    struct field_button button = {.name = tr("Calendar"), .icon = ICON_EVENT};
    uint64_t id = id_of(ui->at->scope, key);
    if (date_read(value, &now)) {
        date_show(now, shown);
    }
    const char *text = typed(ui, key, shown, &opt, &button);
    if (button.pressed) {
        struct date from = now.month > 0 ? now : date_of_ms(clock_now_ms());
        ui->picker.id = id;
        ui->picker.year = from.year;
        ui->picker.month = from.month;
    }
    if (ui->picker.id == id && calendar(ui, key, now, &picked)) {
        picked.day = opt.part == 'm' || opt.part == 'y' ? 0 : picked.day;
        picked.month = opt.part == 'y' ? 0 : picked.month;
        date_write(picked, &ui->result);
        return settle(ui, key, "", true);
    }
    if (!text) {
        return NULL;
    }
    char *copy = mem_strdup(text); /* text is borrowed from the result that is written next */
    bool good = date_typed(copy, &opt, &picked);
    if (good) {
        date_write(picked, &ui->result);
    }
    const char *result = settle(ui, key, copy, good);
    free(copy);
    return result;
}

/* "9:5", "14.05", "1405", "9" as minutes of the day; -1: none. */
static int time_typed(const char *text)
{
    int hour = -1, minute = 0, used = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 4 && text[4] == 0 && sscanf(text, "%2d%2d", &hour, &minute) == 2) {
        return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
    }
    if (sscanf(text, "%2d%*1[:.h/ -]%2d%n", &hour, &minute, &used) == 2 && text[used] == 0) {
        return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 60 + minute : -1;
    }
    if (digits > 0 && digits <= 2 && text[digits] == 0) {
        hour = atoi(text);
        return hour < 24 ? hour * 60 : -1;
    }
    return -1;
}

const char *ui_time(struct ui *ui, const char *key, const char *value, const struct ui_date *date)
{
    struct ui_date opt = date ? *date : (struct ui_date){.part = 'd'};
    struct field_button button = {.name = tr("Now"), .icon = ICON_SCHEDULE};
    char shown[8];
    snprintf(shown, sizeof(shown), "%.5s", value ? value : "");
    const char *text = typed(ui, key, shown, &opt, &button);
    int minutes = text ? time_typed(text) : -1;
    if (button.pressed) {
        char now[CLOCK_TEXT];
        clock_format_local(clock_now_ms(), now);
        minutes = atoi(now + 11) * 60 + atoi(now + 14);
        text = "";
    }
    if (!text) {
        return NULL;
    }
    char *copy = mem_strdup(text);
    if (minutes >= 0) {
        buf_clear(&ui->result);
        buf_addf(&ui->result, "%02d:%02d", minutes / 60, minutes % 60);
    }
    const char *result = settle(ui, key, copy, minutes >= 0);
    free(copy);
    return result;
}
