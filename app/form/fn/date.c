/* Dates and moments. A date is a text; its number is its days since 1970-01-01. */
#include <math.h>

#include "app/form/functions.h"
#include "app/form/xpath_date.h"
#include "platform/base/clock.h"

static bool give_moment(struct fn_call *call, int64_t ms, bool is_full, struct xpath_value *result)
{
    char text[DATE_TEXT];
    size_t n = date_write(ms, is_full, text);
    fn_give_text(result, (struct str){arena_str(fn_scratch(call), (struct str){text, n}), n});
    result->is_date = true;
    return true;
}

/* What is no date: the empty text for forms of the field; other clients show these words. */
static bool give_none(struct fn_call *call, struct xpath_value *result)
{
    bool is_quiet = call->run->env->flags & XPATH_WHOLE_DAYS;
    fn_give_text(result, is_quiet ? STR("") : STR("Invalid Date"));
    result->is_date = true;
    return true;
}

/* A text that is a date or moment, or a number of days. */
static bool read_argument(struct fn_call *call, size_t i, struct moment *moment, bool *is_empty,
                          bool *is_one)
{
    struct xpath_value value;
    unsigned flags = call->run->env->flags;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    struct str text = value.type == XPATH_NUMBER || value.type == XPATH_BOOLEAN
                          ? STR("")
                          : str_trim(xpath_to_text(call->run->env, &value));
    *is_empty = value.type == XPATH_NUMBER ? isnan(value.number) : text.n == 0;
    if (value.type == XPATH_BOOLEAN) {
        *is_one = false;
    } else if (value.type == XPATH_NUMBER) {
        *is_one = date_from_days(value.number, flags, moment);
    } else {
        *is_one = date_read(text, moment);
        if (!*is_one) {
            *is_one = date_from_days(xpath_number_of(text, flags), flags, moment);
        }
    }
    return true;
}

static bool call_date(struct fn_call *call, struct xpath_value *result)
{
    struct moment moment;
    bool is_empty, is_one;
    if (!read_argument(call, 0, &moment, &is_empty, &is_one)) {
        return false;
    }
    if (!is_one) {
        return is_empty && call->run->env->flags & XPATH_WHOLE_DAYS ? fn_give_text(result, STR(""))
                                                                    : give_none(call, result);
    }
    bool is_full = moment.has_time && !(call->run->env->flags & XPATH_WHOLE_DAYS);
    return give_moment(call, moment.ms, is_full, result);
}

static bool call_date_time(struct fn_call *call, struct xpath_value *result)
{
    struct moment moment;
    bool is_empty, is_one;
    if (!read_argument(call, 0, &moment, &is_empty, &is_one)) {
        return false;
    }
    return is_one ? give_moment(call, moment.ms, moment.has_time, result) : give_none(call, result);
}

static bool call_today(struct fn_call *call, struct xpath_value *result)
{
    return give_moment(call, clock_now_ms(), false, result);
}

static bool call_now(struct fn_call *call, struct xpath_value *result)
{
    return give_moment(call, clock_now_ms(), true, result);
}

static bool call_decimal_date_time(struct fn_call *call, struct xpath_value *result)
{
    struct moment moment;
    bool is_empty, is_one;
    if (!read_argument(call, 0, &moment, &is_empty, &is_one)) {
        return false;
    }
    return fn_give_number(result, is_one ? date_utc_days(&moment) : NAN);
}

static bool call_decimal_time(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    int64_t ms;
    if (!fn_text(call, 0, &text)) {
        return false;
    }
    bool is_one = date_read_time(str_trim(text), &ms);
    return fn_give_number(result, is_one ? (double)ms / 86400000 : NAN);
}

/* One letter behind % of a format; false when it is not known. */
static bool add_field(struct fn_call *call, struct buf *to, char letter, const struct date_parts *p)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const struct xpath_host *host = call->run->env->host;
    void *ctx = call->run->env->host_ctx;
    const char *name = NULL;
    switch (letter) {
    case '%':
        buf_add_char(to, '%');
        return true;
    case 'Y':
        buf_addf(to, "%04d", p->year);
        return true;
    case 'y':
        buf_addf(to, "%02d", p->year % 100);
        return true;
    case 'm':
        buf_addf(to, "%02d", p->month);
        return true;
    case 'n':
        buf_addf(to, "%d", p->month);
        return true;
    case 'b':
        name = host && host->month_name ? host->month_name(ctx, p->month) : NULL;
        buf_add_text(to, name ? name : months[p->month - 1]);
        return true;
    case 'd':
        buf_addf(to, "%02d", p->day);
        return true;
    case 'e':
        buf_addf(to, "%d", p->day);
        return true;
    case 'H':
        buf_addf(to, "%02d", p->hour);
        return true;
    case 'h':
        buf_addf(to, "%d", p->hour);
        return true;
    case 'M':
        buf_addf(to, "%02d", p->minute);
        return true;
    case 'S':
        buf_addf(to, "%02d", p->second);
        return true;
    case '3':
        buf_addf(to, "%03d", p->ms);
        return true;
    case 'a':
        name = host && host->day_name ? host->day_name(ctx, p->weekday) : NULL;
        buf_add_text(to, name ? name : days[p->weekday]);
        return true;
    default:
        return false;
    }
}

/* ISO 8601 week: that of the Thursday of the same week. */
static int week_of(const struct date_parts *p)
{
    int64_t thursday = clock_days(p->year, p->month, p->day) + 3 - (p->weekday + 6) % 7;
    int year, month, day;
    clock_date(thursday, &year, &month, &day);
    return (int)((thursday - clock_days(year, 1, 1)) / 7) + 1;
}

static bool format(struct fn_call *call, struct str pattern, const struct date_parts *parts,
                   struct xpath_value *result)
{
    struct buf all = {0};
    char bad = '\0';
    for (size_t i = 0; i < pattern.n && !bad; i++) {
        char letter = i + 1 < pattern.n ? pattern.s[i + 1] : '\0';
        if (pattern.s[i] != '%') {
            buf_add_char(&all, pattern.s[i]);
        } else if (letter == 'W') {
            buf_addf(&all, "%d", week_of(parts));
            i++;
        } else if (add_field(call, &all, letter, parts)) {
            i++;
        } else {
            bad = letter ? letter : '%';
        }
    }
    struct str text = {arena_str(fn_scratch(call), buf_str(&all)), all.n};
    buf_finish(&all);
    if (bad) {
        return fn_fail(call, "%%%c is no part of a date's format", bad);
    }
    return fn_give_text(result, text);
}

static bool call_format(struct fn_call *call, struct xpath_value *result)
{
    struct moment moment;
    struct str pattern;
    bool is_empty, is_one;
    if (!read_argument(call, 0, &moment, &is_empty, &is_one) || !fn_text(call, 1, &pattern)) {
        return false;
    }
    if (!is_one) {
        return fn_give_text(result, STR(""));
    }
    struct date_parts parts = date_parts(moment.ms);
    return format(call, pattern, &parts, result);
}

const struct fn fn_date_family[] = {
    {"date", 1, 1, 0, call_date},
    {"date-time", 1, 1, 0, call_date_time},
    {"today", 0, 0, FN_CLOCK, call_today},
    {"now", 0, 0, FN_CLOCK, call_now},
    {"decimal-date-time", 1, 1, FN_NUMBER, call_decimal_date_time},
    {"decimal-time", 1, 1, FN_NUMBER, call_decimal_time},
    {"format-date", 2, 2, 0, call_format},
    {"format-date-time", 2, 2, 0, call_format},
    {0},
};
