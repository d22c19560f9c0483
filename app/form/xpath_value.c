/* Conversions between text, number and boolean (XPath 1.0 §4.2–4.4, and dates). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/form/xpath_date.h"
#include "app/form/xpath_run.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "-12.5" with white space around; a comma is no point here. Small ones are counted exactly without
 * strtod. False when the text is no decimal number. */
static bool read_decimal(struct str text, double *number)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    size_t i = text.n && text.s[0] == '-', digits = 0, behind = 0;
    bool point = false;
    uint64_t value = 0;
    for (; i < text.n; i++) {
        if (is_digit(text.s[i])) {
            value = digits < 15 ? value * 10 + (uint64_t)(text.s[i] - '0') : value;
            digits++;
            behind += point;
        } else if (text.s[i] == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (digits == 0) {
        return false;
    }
    if (digits > 15) {
        char stack[128], *copy = text.n < sizeof(stack) ? stack : malloc(text.n + 1);
        if (!copy) {
            return false;
        }
        memcpy(copy, text.s, text.n);
        copy[text.n] = '\0';
        *number = strtod(copy, NULL);
        if (copy != stack) {
            free(copy);
        }
        return true;
    }
    *number = (double)value / powers[behind];
    *number = text.s[0] == '-' ? -*number : *number;
    return true;
}

/* 1e-7 is no number of XPath 1.0, but calculations of other clients leave such texts behind. */
static bool read_exponent(struct str text, double *number)
{
    size_t e = 0;
    while (e < text.n && text.s[e] != 'e' && text.s[e] != 'E') {
        e++;
    }
    double mantissa;
    long long power;
    if (e + 1 >= text.n || !read_decimal((struct str){text.s, e}, &mantissa) ||
        !str_to_int64((struct str){text.s + e + 1, text.n - e - 1}, &power) || power > 400 ||
        power < -400 || text.n > 60) {
        return false;
    }
    char copy[64];
    memcpy(copy, text.s, text.n);
    copy[text.n] = '\0';
    *number = strtod(copy, NULL);
    return true;
}

double xpath_number_of(struct str text, unsigned flags)
{
    double number;
    text = str_trim(text);
    if (text.n == 0) {
        return NAN;
    }
    if (read_decimal(text, &number)) {
        return number;
    }
    if (!is_digit(text.s[0]) && text.s[0] != '-' && text.s[0] != '.') {
        return NAN;
    }
    struct moment moment;
    if (date_read(text, &moment)) {
        return date_days(&moment, flags);
    }
    return read_exponent(text, &number) ? number : NAN;
}

/* Digits and exponent of the shortest text that reads back as the number, laid out without the
 * exponent. */
static size_t lay_out(double number, char text[XPATH_NUMBER_TEXT])
{
    char digits[40];
    int n = 0;
    for (int precision = 14; precision <= 16; precision++) {
        snprintf(digits, sizeof(digits), "%.*e", precision, number);
        if (strtod(digits, NULL) == number) {
            break;
        }
    }
    char *e = strchr(digits, 'e');
    int exponent = atoi(e + 1);
    char mantissa[32];
    for (const char *d = digits; d < e; d++) {
        if (is_digit(*d)) {
            mantissa[n++] = *d;
        }
    }
    while (n > 1 && mantissa[n - 1] == '0') {
        n--;
    }
    char *to = text;
    if (number < 0) {
        *to++ = '-';
    }
    int whole = exponent + 1; /* digits before the point */
    if (whole <= 0) {
        *to++ = '0';
    }
    for (int i = 0; i < whole; i++) {
        *to++ = i < n ? mantissa[i] : '0';
    }
    if (n > whole) {
        *to++ = '.';
        for (int i = whole; i < 0; i++) {
            *to++ = '0';
        }
        for (int i = whole < 0 ? 0 : whole; i < n; i++) {
            *to++ = mantissa[i];
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

size_t xpath_number_text(double number, char text[XPATH_NUMBER_TEXT])
{
    if (isnan(number)) {
        return (size_t)snprintf(text, XPATH_NUMBER_TEXT, "NaN");
    }
    if (isinf(number)) {
        return (size_t)snprintf(text, XPATH_NUMBER_TEXT, number > 0 ? "Infinity" : "-Infinity");
    }
    if (number == floor(number) && fabs(number) < 1e15) {
        char *end = text + 24, *to = end;
        uint64_t whole = (uint64_t)fabs(number);
        do {
            *--to = (char)('0' + whole % 10);
            whole /= 10;
        } while (whole);
        if (number < 0) {
            *--to = '-';
        }
        size_t n = (size_t)(end - to);
        memmove(text, to, n);
        text[n] = '\0';
        return n;
    }
    return lay_out(number, text);
}

struct str xpath_to_text(struct xpath_env *env, const struct xpath_value *value)
{
    char text[XPATH_NUMBER_TEXT];
    switch (value->type) {
    case XPATH_TEXT:
        return value->text;
    case XPATH_BOOLEAN:
        return value->boolean ? STR("true") : STR("false");
    case XPATH_NODES:
        if (value->nodes.n == 0) {
            return STR("");
        }
        struct xpath_run run = {.env = env};
        return run_text(&run, value->nodes.v[0]);
    case XPATH_NUMBER:
        break;
    }
    /* days that came from a date are named by the day */
    double number = value->is_date ? floor(value->number) : value->number;
    size_t n = xpath_number_text(number, text);
    return (struct str){arena_str(&env->scratch, (struct str){text, n}), n};
}

double xpath_to_number(struct xpath_env *env, const struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_NUMBER:
        return value->number;
    case XPATH_BOOLEAN:
        return value->boolean;
    case XPATH_TEXT:
        return xpath_number_of(value->text, env->flags);
    case XPATH_NODES:
        if (value->nodes.n) {
            struct xpath_run run = {.env = env};
            return run_number(&run, value->nodes.v[0]);
        }
        break;
    }
    return NAN;
}

bool xpath_to_boolean(const struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_NUMBER:
        return value->number != 0 && !isnan(value->number);
    case XPATH_BOOLEAN:
        return value->boolean;
    case XPATH_TEXT: {
        struct moment moment;
        return value->text.n && (!value->is_date || date_read(value->text, &moment));
    }
    case XPATH_NODES:
        return value->nodes.n > 0;
    }
    return false;
}

bool xpath_truth(const struct xpath_env *env, const struct xpath_value *value)
{
    bool is_one = value->type == XPATH_NODES && value->nodes.n == 1;
    if (!is_one || !(env->flags & XPATH_EMPTY_TEXT)) {
        return xpath_to_boolean(value);
    }
    const struct node *node = value->nodes.v[0];
    if (node->first || node->flags & NODE_ROW) {
        return true; /* a group is there or not */
    }
    struct str text = node_value(node);
    if (node->flags & NODE_TRUTH) {
        return text.n && !str_is(text, "0") && !str_is(text, "false");
    }
    return text.n && !(node->flags & NODE_DECIMAL && node_number(node, env->flags) == 0);
}
