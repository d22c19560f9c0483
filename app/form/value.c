#include "app/form/entry.h"

#include <math.h>
#include <stdio.h>
#include "platform/base/clock.h"

enum { DAY_MS = 86400000 };

static struct str kept(struct entry *entry, const char *text)
{
    size_t n = strlen(text);
    return (struct str){arena_str(&entry->env.scratch, (struct str){text, n}), n};
}

static struct str number_text(struct entry *entry, double number)
{
    char text[XPATH_NUMBER_TEXT];
    xpath_number_text(number, text);
    return kept(entry, text);
}

/* The moment that is so many days after 1970-01-01 by the wall of the device. */
static int64_t moment_of_days(double days)
{
    int64_t local = (int64_t)floor(days * DAY_MS + 0.5);
    return local - (int64_t)clock_zone_minutes(local) * 60000;
}

static bool is_moment(double number)
{
    return isfinite(number) && fabs(number) < 4e6;
}

/* "HH:MM:SS.mmm+07:00" of a moment. */
static struct str time_of(struct entry *entry, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_format_local(ms, text);
    const char *t = strchr(text, 'T');
    return kept(entry, t ? t + 1 : text);
}

static struct str dated(struct entry *entry, enum value_type type, int64_t ms)
{
    char text[CLOCK_TEXT];
    if (type == TYPE_TIME) {
        return time_of(entry, ms);
    }
    if (type == TYPE_DATE) {
        clock_format_date(ms, text);
    } else {
        clock_format_local(ms, text);
    }
    return kept(entry, text);
}

static struct str date_of_result(struct entry *entry, enum value_type type,
                                 const struct xpath_value *value)
{
    struct str text = xpath_to_text(&entry->env, value);
    int64_t ms;
    if (value->type == XPATH_NUMBER || xpath_number_of(text, 0) == value->number) {
        double days = xpath_to_number(&entry->env, value);
        if (value->type == XPATH_NUMBER && is_moment(days)) {
            return dated(entry, type, moment_of_days(days));
        }
    }
    if (type == TYPE_DATE && text.n > 10 && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    if (type == TYPE_DATETIME && text.n == 10 && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    if (type == TYPE_TIME && memchr(text.s, 'T', text.n) && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    return text;
}

struct str value_of_result(struct entry *entry, const struct node_def *def,
                           const struct xpath_value *value)
{
    struct str text = xpath_to_text(&entry->env, value);
    if (text.n == 0 || (value->type == XPATH_NUMBER && isnan(value->number))) {
        return STR("");
    }
    double number;
    switch (def->type) {
    case TYPE_INT:
        number = xpath_to_number(&entry->env, value);
        return isfinite(number) ? number_text(entry, trunc(number)) : STR("");
    case TYPE_DECIMAL:
        number = xpath_to_number(&entry->env, value);
        return isfinite(number) ? number_text(entry, number) : STR("");
    case TYPE_BOOLEAN:
        if (value->type == XPATH_BOOLEAN || value->type == XPATH_NUMBER) {
            return xpath_to_boolean(value) ? STR("1") : STR("0");
        }
        return str_is(text, "true") ? STR("1") : str_is(text, "false") ? STR("0") : text;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_DATETIME:
        return date_of_result(entry, def->type, value);
    default:
        return text;
    }
}

static bool refuse(const struct node_def *def, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, 0, "%s takes %s", def->path, what);
}

bool value_of_answer(struct entry *entry, const struct node_def *def, struct str text,
                     struct str *value, struct err *err)
{
    struct str trimmed = str_trim(text);
    *value = text;
    if (trimmed.n == 0) {
        *value = def->type == TYPE_STRING ? text : STR("");
        return true;
    }
    double number;
    int64_t ms;
    switch (def->type) {
    case TYPE_INT:
        number = xpath_number_of(trimmed, 0);
        if (!isfinite(number) || memchr(trimmed.s, '-', trimmed.n) > (void *)trimmed.s) {
            return refuse(def, "a whole number", err);
        }
        *value = number_text(entry, trunc(number));
        return true;
    case TYPE_DECIMAL:
        number = xpath_number_of(trimmed, 0);
        *value = trimmed;
        return isfinite(number) || refuse(def, "a number", err);
    case TYPE_DATE:
        if (!clock_parse(trimmed, &ms)) {
            return refuse(def, "a date", err);
        }
        *value = trimmed.n > 10 ? (struct str){trimmed.s, 10} : trimmed;
        return true;
    case TYPE_DATETIME:
        *value = trimmed;
        return clock_parse(trimmed, &ms) || refuse(def, "a date and time", err);
    default:
        return true;
    }
}
