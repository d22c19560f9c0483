/* The three machine-readable lines on the back of a card (TD1 of ICAO Doc 9303 part 5), typed or
 * pasted: 3 x 30 characters with check digits. */
#include <stdio.h>
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/clock.h"

enum { LINE = 30, ALL = 3 * LINE };

/* Only A–Z, 0–9 and <, spaces and line ends dropped, small letters made capitals. */
static bool collect(struct str text, char mrz[ALL + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            continue;
        }
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (n == ALL || !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<')) {
            return false;
        }
        mrz[n++] = c;
    }
    mrz[n] = '\0';
    return n == ALL && (mrz[0] == 'I' || mrz[0] == 'A' || mrz[0] == 'C');
}

/* Weights 7, 3, 1 go on across the pieces of a composite. */
static int add_check(const char *at, size_t n, int *place, int sum)
{
    static const int weights[] = {7, 3, 1};
    for (size_t i = 0; i < n; i++) {
        char c = at[i];
        int value = c == '<' ? 0 : c <= '9' ? c - '0' : c - 'A' + 10;
        sum += value * weights[(*place)++ % 3];
    }
    return sum;
}

static bool is_checked(const char *at, size_t n)
{
    int place = 0;
    return add_check(at, n, &place, 0) % 10 == at[n] - '0';
}

static bool is_all_checked(const char *mrz)
{
    const char *second = mrz + LINE;
    int place = 0, sum = add_check(mrz + 5, 25, &place, 0);
    sum = add_check(second, 7, &place, sum);
    sum = add_check(second + 8, 7, &place, sum);
    sum = add_check(second + 18, 11, &place, sum);
    return sum % 10 == second[29] - '0';
}

/* "NGUYEN<<THI<THU<NGHIEM<<<" as "NGUYEN THI THU NGHIEM". */
static void take_name(const char *line, struct person_claim *claim, enum claim_source source)
{
    char name[LINE + 1];
    for (int i = 0; i < LINE; i++) {
        name[i] = line[i] == '<' ? ' ' : line[i];
    }
    claim_set_words(claim, CLAIM_NAME, (struct str){name, LINE}, source);
    claim->warnings |= claim->values[CLAIM_NAME].text[0] ? CLAIM_WARN_PLAIN : 0;
}

/* The optional part holds the whole personal number, the document number its last nine digits. */
static void take_number(const char *mrz, struct person_claim *claim, enum claim_source source)
{
    struct str number = {mrz + 15, 12};
    if (text_is_digits(number, 12) && memcmp(mrz + 18, mrz + 5, 9) == 0) {
        claim_set(claim, CLAIM_NUMBER, number, source);
    }
}

static void take_date(struct person_claim *claim, enum claim_field field, const char *at,
                      int century, enum claim_source source)
{
    char text[12];
    snprintf(text, sizeof text, "%.2s/%.2s/%02d%.2s", at + 4, at + 2, century, at);
    claim_set_date(claim, field, str_of(text), source);
}

/* Two digits of a year: the number knows the century, else nobody is born in the future. */
static int birth_century(const char *at, const struct person_claim *claim, int64_t today)
{
    struct number_facts facts;
    int year, month, day;
    if (number_read(str_of(claim->values[CLAIM_NUMBER].text), &facts)) {
        return facts.year / 100;
    }
    clock_date(today, &year, &month, &day);
    return (at[0] - '0') * 10 + (at[1] - '0') > year % 100 ? 19 : 20;
}

static bool read(const struct reading *reading, struct ident *ident)
{
    char mrz[ALL + 1];
    if (!reading->is_text || !collect(reading->text, mrz)) {
        return false;
    }
    const char *second = mrz + LINE;
    struct person_claim *claim = &ident->person;
    bool number_ok = is_checked(mrz + 5, 9), all_ok = is_all_checked(mrz);
    bool birth_ok = text_is_digits((struct str){second, 6}, 6) && is_checked(second, 6);
    bool has_expiry = text_is_digits((struct str){second + 8, 6}, 6);
    bool expiry_ok = !has_expiry || is_checked(second + 8, 6);
    if (number_ok && all_ok) {
        take_number(mrz, claim, reading->source);
    }
    if (birth_ok) {
        take_date(claim, CLAIM_BIRTH, second, birth_century(second, claim, reading->today),
                  reading->source);
    }
    if (has_expiry && expiry_ok) {
        take_date(claim, CLAIM_EXPIRES, second + 8, 20, reading->source);
    }
    claim_set_sex(claim, (struct str){second + 7, 1}, reading->source);
    claim_set(claim, CLAIM_NATION, (struct str){second + 15, 3}, reading->source);
    take_name(second + LINE, claim, reading->source);
    claim->fields = 3;
    claim_check(claim, reading->today);
    ident->kind = IDENT_MRZ;
    bool ok = number_ok && birth_ok && expiry_ok && all_ok;
    return ok ? true : ident_is_bad(ident, IDENT_CHECK_DIGIT);
}

const struct reader reader_mrz = {read};
