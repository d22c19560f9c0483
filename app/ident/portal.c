/* Codes of the service portal: dossiers (on paper receipts) and procedures. Circular
 * 01/2018/TT-VPCP art. 19, Decision 20/2020/QĐ-TTg, and the ministry system of 2026. */
#include <stdio.h>
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/clock.h"

enum { CODE = 64 };

/* Does text match a pattern in which 9 is a digit and A a capital letter, whole? */
static bool is_like(const char *text, const char *pattern)
{
    for (; *pattern && *text; pattern++, text++) {
        bool is_digit = *text >= '0' && *text <= '9', is_letter = *text >= 'A' && *text <= 'Z';
        bool fits = *pattern == '9' ? is_digit : *pattern == 'A' ? is_letter : *text == *pattern;
        if (!fits) {
            return false;
        }
    }
    return !*pattern && !*text;
}

/* Spaces dropped, capitals. */
static bool tidy(const struct reading *reading, char code[CODE])
{
    size_t n = 0;
    for (size_t i = 0; reading->is_text && i < reading->text.n; i++) {
        char c = reading->text.s[i];
        if (c == ' ') {
            continue;
        }
        if (n == CODE - 1) {
            return false;
        }
        code[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    code[n] = '\0';
    return n > 0;
}

/* "000.00.19.H29" or a tree "H56", "H56.14", "G09.20.1". */
static bool is_agency(const char *text)
{
    if (is_like(text, "999.99.99.A99")) {
        return true;
    }
    char head[4] = {0};
    snprintf(head, sizeof head, "%s", text);
    if (!is_like(head, "A99")) {
        return false;
    }
    text += 3;
    for (int levels = 0; *text; levels++) {
        size_t n = *text == '.' ? strspn(text + 1, "0123456789") : 0;
        if (n < 1 || n > 3 || levels == 4) {
            return false;
        }
        text += n + 1;
    }
    return true;
}

/* YYMMDD or YYYYMMDD of a real day that is not in the future. */
static bool is_receipt_date(struct str text, int64_t today)
{
    int year, month, day;
    char copy[9] = {0};
    bool is_long = text_is_digits(text, 8);
    if (!is_long && !text_is_digits(text, 6)) {
        return false;
    }
    memcpy(copy, text.s, text.n);
    sscanf(copy, is_long ? "%4d%2d%2d" : "%2d%2d%2d", &year, &month, &day);
    year += is_long ? 0 : 2000;
    return clock_is_date(year, month, day) && clock_days(year, month, day) <= today;
}

static bool read_dossier(const struct reading *reading, struct ident *ident)
{
    char code[CODE], agency[CODE];
    struct str rest, piece, date;
    if (!tidy(reading, code)) {
        return false;
    }
    rest = str_of(code);
    str_cut(&rest, '-', &piece);
    snprintf(agency, sizeof agency, STR_FMT, STR_ARG(piece));
    if (!is_agency(agency) || !str_cut(&rest, '-', &date) || rest.n < 4 || rest.n > 7 ||
        !text_is_digits(rest, rest.n) || !is_receipt_date(date, reading->today)) {
        return false;
    }
    return ident_is_text(ident, IDENT_DOSSIER, str_of(code));
}

static bool read_procedure(const struct reading *reading, struct ident *ident)
{
    char code[CODE];
    if (!tidy(reading, code) ||
        (!is_like(code, "9.999999") && !is_like(code, "9.999999.999.99.99.A99") &&
         !is_like(code, "9.999999.999.99.99.A99.99"))) {
        return false;
    }
    return ident_is_text(ident, IDENT_PROCEDURE, str_of(code));
}

const struct reader reader_dossier = {read_dossier};
const struct reader reader_procedure = {read_procedure};
