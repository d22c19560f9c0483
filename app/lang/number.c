#include "app/lang/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/fold.h"
#include "app/lang/lang.h"
#include "platform/base/utf8.h"

enum { DIGITS = 64 };

static bool is_vietnamese(void)
{
    return !strcmp(lang_get(), "vi");
}

static char group_sign(void)
{
    return is_vietnamese() ? '.' : ',';
}

static char decimal_sign(void)
{
    return is_vietnamese() ? ',' : '.';
}

static void add_grouped(struct buf *to, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) {
            buf_add_char(to, group_sign());
        }
        buf_add_char(to, digits[i]);
    }
}

void number_add(struct buf *to, long long value)
{
    char digits[DIGITS];
    unsigned long long size =
        value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value;
    int n = snprintf(digits, sizeof(digits), "%llu", size);
    if (value < 0) {
        buf_add_char(to, '-');
    }
    add_grouped(to, digits, (size_t)n);
}

void number_add_decimal(struct buf *to, double value, int decimals)
{
    char digits[400];
    if (!isfinite(value)) {
        buf_add_text(to, "–");
        return;
    }
    int n = snprintf(digits, sizeof(digits), "%.*f", decimals < 0 ? 0 : decimals, fabs(value));
    const char *point = memchr(digits, '.', (size_t)n);
    size_t whole = point ? (size_t)(point - digits) : (size_t)n;
    while (point && digits[n - 1] == '0') {
        digits[--n] = 0;
    }
    bool zero = strspn(digits, "0.") == (size_t)n;
    if (value < 0 && !zero) {
        buf_add_char(to, '-');
    }
    add_grouped(to, digits, whole);
    if (point && (size_t)n > whole + 1) {
        buf_add_char(to, decimal_sign());
        buf_add_text(to, point + 1);
    }
}

void number_add_money(struct buf *to, long long dong)
{
    struct buf amount = {0};
    number_add(&amount, dong);
    /* TRANSLATORS: an amount of money in Vietnamese đồng */
    buf_addf(to, tr("%s dong"), buf_text(&amount));
    buf_finish(&amount);
}

void number_add_size(struct buf *to, long long bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    int unit = -1;
    while (value >= 1000 && unit < 3) {
        value /= 1000;
        unit++;
    }
    struct buf amount = {0};
    number_add_decimal(&amount, value, unit > 0 && value < 10 ? 1 : 0);
    buf_addf(to, "%s %s", buf_text(&amount), unit < 0 ? tr("bytes") : units[unit]);
    buf_finish(&amount);
}

/* Digits, signs and separators only, Arabic-Indic ones as Latin; spaces dropped. */
static bool plain_digits(struct str typed, char text[DIGITS])
{
    size_t n = 0;
    uint32_t code;
    while (utf8_next(&typed, &code)) {
        if (code >= 0x660 && code <= 0x669) {
            code = '0' + (code - 0x660);
        } else if (code >= 0x6f0 && code <= 0x6f9) {
            code = '0' + (code - 0x6f0);
        } else if (code == 0x66b) {
            code = (uint32_t)decimal_sign();
        } else if (code == 0x66c) {
            code = (uint32_t)group_sign();
        } else if (code == 0x2212) {
            code = '-';
        } else if (code == ' ' || code == 0xa0 || code == 0x202f || code == '\'') {
            continue;
        }
        bool digit = code >= '0' && code <= '9';
        bool sign = (code == '-' || code == '+') && n == 0;
        if ((!digit && !sign && code != '.' && code != ',') || n + 1 >= DIGITS) {
            return false;
        }
        text[n++] = (char)code;
    }
    text[n] = 0;
    return n > 0;
}

/* Which of . and , is the decimal sign in this text; 0 for none. `group` is what a lone sign before
 * three digits means. */
static char decimal_of(const char *text, char group, bool *good)
{
    const char *point = strrchr(text, '.'), *comma = strrchr(text, ',');
    const char *last = point > comma ? point : comma;
    *good = true;
    if (!last) {
        return 0;
    }
    bool many = strchr(text, *last) != last;
    if (point && comma) {
        *good = !many; /* 1,234.567,8 */
        return *last;
    }
    size_t before = strspn(text + strspn(text, "+-"), "0123456789"), after = strlen(last + 1);
    bool grouped = after == 3 && before >= 1 && before <= 3 && text[strspn(text, "+-")] != '0';
    return many || (grouped && (*last == group || group == 0)) ? 0 : *last;
}

static bool groups_are_right(const char *digits, char decimal)
{
    size_t run = 0, groups = 0;
    for (const char *c = digits;; c++) {
        bool end = !*c || *c == decimal;
        if (end || *c == '.' || *c == ',') {
            if (groups ? run != 3 : run > 3 && !end) {
                return false;
            }
            if (!groups && !run) {
                return false;
            }
            if (end) {
                return !strpbrk(*c ? c + 1 : c, ".,");
            }
            groups++;
            run = 0;
        } else {
            run++;
        }
    }
}

static bool parse(struct str typed, char group, double *value)
{
    char text[DIGITS], clean[DIGITS];
    bool good;
    if (!plain_digits(typed, text)) {
        return false;
    }
    const char *digits = text + strspn(text, "+-");
    char decimal = decimal_of(text, group, &good);
    if (!good || !*digits || !groups_are_right(digits, decimal)) {
        return false;
    }
    size_t n = 0;
    for (const char *c = digits; *c; c++) {
        if (*c == decimal) {
            clean[n++] = '.';
        } else if (*c != '.' && *c != ',') {
            clean[n++] = *c;
        }
    }
    clean[n] = 0;
    *value = strtod(clean, NULL) * (text[0] == '-' ? -1 : 1);
    return true;
}

bool number_parse(struct str typed, double *value)
{
    return parse(str_trim(typed), group_sign(), value);
}

/* Words behind an amount, without marks, and what they multiply it with. */
static bool unit_of(struct str folded, double *factor)
{
    static const struct {
        const char *word;
        double factor;
    } units[] = {
        {"", 1},
        {"d", 1},
        {"dong", 1},
        {"vnd", 1},
        {"viet nam dong", 1},
        {"₫", 1},
        {"k", 1e3},
        {"nghin", 1e3},
        {"nghin dong", 1e3},
        {"ngan", 1e3},
        {"ngan dong", 1e3},
        {"tr", 1e6},
        {"trieu", 1e6},
        {"trieu dong", 1e6},
        {"ty", 1e9},
        {"ti", 1e9},
        {"ty dong", 1e9},
        {"ti dong", 1e9},
    };
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (str_is(folded, units[i].word)) {
            *factor = units[i].factor;
            return true;
        }
    }
    return false;
}

bool number_parse_money(struct str typed, long long *dong)
{
    typed = str_trim(typed);
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) { /* the amount ends behind the last digit */
        n = typed.s[i] >= '0' && typed.s[i] <= '9' ? i + 1 : n;
    }
    struct buf unit = {0};
    fold_add(&unit, (struct str){typed.s + n, typed.n - n});
    double factor = 1, value = 0;
    bool free_of_charge =
        !n && (str_is(buf_str(&unit), "mien phi") || str_is(buf_str(&unit), "khong thu phi") ||
               str_is(buf_str(&unit), "free"));
    bool good = free_of_charge;
    if (n) {
        good = unit_of(buf_str(&unit), &factor);
        /* 1,5 triệu has decimals; 50,000 đồng cannot */
        good = good && parse((struct str){typed.s, n}, factor > 1 ? group_sign() : 0, &value);
    }
    buf_finish(&unit);
    value *= factor;
    if (!good || value != floor(value) || fabs(value) > 9e15) {
        return false;
    }
    *dong = (long long)value;
    return true;
}
