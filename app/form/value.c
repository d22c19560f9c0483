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

/* "2026-11-05T09:30:00.123+07:00", with Z for UTC as JavaRosa writes it. */
static void format_moment(int64_t ms, char text[CLOCK_TEXT])
{
    clock_format_local(ms, text);
    size_t n = strlen(text);
    if (n > 6 && !strcmp(text + n - 6, "+00:00")) {
        memcpy(text + n - 6, "Z", 2);
    }
}

/* "HH:MM:SS.mmm+07:00" of a moment. */
static struct str time_of(struct entry *entry, int64_t ms)
{
    char text[CLOCK_TEXT];
    format_moment(ms, text);
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
        format_moment(ms, text);
    }
    return kept(entry, text);
}

static struct str date_of_result(struct entry *entry, enum value_type type,
                                 const struct xpath_value *value)
{
    struct str text = xpath_to_text(&entry->env, value);
    int64_t ms;
    if (value->type == XPATH_NUMBER && is_moment(value->number)) {
        return dated(entry, type, moment_of_days(value->number));
    }
    if (type == TYPE_DATE && text.n > 10 && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    if (type == TYPE_DATETIME && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    if (type == TYPE_TIME && memchr(text.s, 'T', text.n) && clock_parse(text, &ms)) {
        return dated(entry, type, ms);
    }
    return text;
}

static bool is_date_value(const struct xpath_value *value)
{
    if (value->type == XPATH_NODES) {
        const struct node_def *def = value->nodes.n == 1 ? value->nodes.v[0]->def : NULL;
        return def && (def->type == TYPE_DATE || def->type == TYPE_DATETIME);
    }
    return value->type == XPATH_TEXT && value->is_date; /* days that were counted are a number */
}

struct str value_of_result(struct entry *entry, const struct node_def *def,
                           const struct xpath_value *value)
{
    struct str text = xpath_to_text(&entry->env, value);
    if (text.n == 0 || (value->type == XPATH_NUMBER && isnan(value->number))) {
        return STR("");
    }
    double number;
    if (value->type == XPATH_BOOLEAN) {
        return value->boolean ? STR("1") : STR("0");
    }
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
    case TYPE_STRING:
        return is_date_value(value) ? date_of_result(entry, TYPE_DATETIME, value) : text;
    default:
        return text;
    }
}

/* ---- the stored form of texts -------------------------------------------------------- */

/* As Java prints a double: always with a point. ODK Collect's geo values look so, and hashes and
 * seeds are made of them. */
static void add_double(struct buf *to, double number)
{
    char text[XPATH_NUMBER_TEXT];
    size_t n = xpath_number_text(number, text);
    buf_add(to, text, n);
    if (!memchr(text, '.', n)) {
        buf_add_text(to, ".0");
    }
}

/* "lat lon[ altitude[ accuracy]]" with all four written out; false when it is no point. */
static bool add_point(struct buf *to, struct str text)
{
    struct str word;
    size_t n = 0;
    while (str_word(&text, &word)) {
        double number = xpath_number_of(word, 0);
        if (!isfinite(number) || n == 4) {
            return false;
        }
        buf_add_text(to, n ? " " : "");
        add_double(to, number);
        n++;
    }
    for (; n >= 2 && n < 4; n++) {
        buf_add_text(to, " 0.0");
    }
    return n == 4;
}

static bool add_points(struct buf *to, struct str text)
{
    struct str point;
    while (str_cut(&text, ';', &point)) {
        if (str_trim(point).n == 0) {
            continue;
        }
        buf_add_text(to, to->n ? "; " : "");
        if (!add_point(to, point)) {
            return false;
        }
    }
    return to->n > 0;
}

/* A moment in the zone of the device, as JavaRosa writes it; the text itself when it is none. */
static struct str local_moment(enum value_type type, struct str text, struct buf *room)
{
    char local[CLOCK_TEXT];
    int64_t ms;
    if (type == TYPE_TIME) { /* of today */
        clock_format_date(clock_now_ms(), local);
        buf_addf(room, "%sT" STR_FMT, local, STR_ARG(text));
        text = buf_str(room);
    }
    if (!clock_parse(text, &ms)) {
        return type == TYPE_TIME ? (struct str){text.s + 11, text.n - 11} : text;
    }
    format_moment(ms, local);
    buf_clear(room);
    buf_add_text(room, type == TYPE_TIME ? strchr(local, 'T') + 1 : local);
    return buf_str(room);
}

/* The stored form of a default value. */
static struct str value_normal(const struct node_def *def, struct str text, struct buf *room)
{
    buf_clear(room);
    switch (def->type) {
    case TYPE_GEOPOINT:
    case TYPE_GEOTRACE:
    case TYPE_GEOSHAPE:
        return text.n && add_points(room, text) ? buf_str(room) : text;
    case TYPE_TIME:
    case TYPE_DATETIME:
        return text.n ? local_moment(def->type, text, room) : text;
    default:
        return text;
    }
}

static bool is_date_text(struct str text)
{
    int64_t ms;
    return text.n == 10 && clock_parse(text, &ms);
}

static void settle(struct form *form, struct node *node, struct buf *room)
{
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            settle(form, child, room);
        }
    }
    if (!node->def || node->first || !node->value.n) {
        return;
    }
    struct str value = str_trim(node->value);
    if (node->def->type == TYPE_DATE && !is_date_text(value)) {
        value = STR("");
    }
    node_set_value(&form->primary, node, value_normal(node->def, value, room));
}

void settle_defaults(struct form *form)
{
    struct buf room = {0};
    settle(form, form->primary.document, &room);
    for (size_t i = 0; i < form->defs.n; i++) {
        if (form->defs.v[i]->template) {
            settle(form, form->defs.v[i]->template, &room);
        }
    }
    buf_finish(&room);
}

/* ---- answers ------------------------------------------------------------------------- */

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
    bool is_free = !def->control || def->control->kind != CONTROL_INPUT;
    switch (def->type) {
    case TYPE_INT:
        number = xpath_number_of(trimmed, 0);
        if (!isfinite(number) || memchr(trimmed.s, '-', trimmed.n) > (void *)trimmed.s) {
            return is_free || refuse(def, "a whole number", err);
        }
        *value = number_text(entry, trunc(number));
        return true;
    case TYPE_DECIMAL:
        number = xpath_number_of(trimmed, 0);
        *value = trimmed;
        return isfinite(number) || is_free || refuse(def, "a number", err);
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
