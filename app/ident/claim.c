#include "app/ident/claim.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/utf8.h"

enum { OLDEST = 120 };

bool claim_set(struct person_claim *claim, enum claim_field field, struct str text,
               enum claim_source source)
{
    struct claim_value *value = &claim->values[field];
    if (text.n >= sizeof value->text) {
        return false;
    }
    memset(value->text, 0, sizeof value->text);
    memcpy(value->text, text.s, text.n);
    value->source = text.n > 0 ? source : CLAIM_NONE;
    return true;
}

bool text_is_digits(struct str text, size_t n)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] < '0' || text.s[i] > '9') {
            return false;
        }
    }
    return text.n == n;
}

bool text_has_controls(struct str text)
{
    uint32_t code;
    while (utf8_next(&text, &code)) {
        bool is_bidi = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
                       code == 0x200E || code == 0x200F || code == 0x061C;
        bool is_hidden = (code >= 0x200B && code <= 0x200D) || code == 0x2060 || code == 0xFEFF ||
                         code == 0x00AD || (code >= 0xE0000 && code <= 0xE007F);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || is_bidi || is_hidden) {
            return true;
        }
    }
    return false;
}

static int number_of(struct str text)
{
    int number = 0;
    for (size_t i = 0; i < text.n; i++) {
        number = number * 10 + (text.s[i] - '0');
    }
    return number;
}

/* Up to three runs of digits, separated by one of / - . or by nothing in ddMMyyyy. */
static bool split_date(struct str text, struct str parts[3])
{
    if (text_is_digits(text, 8)) {
        parts[0] = (struct str){text.s, 2};
        parts[1] = (struct str){text.s + 2, 2};
        parts[2] = (struct str){text.s + 4, 4};
        return true;
    }
    if (text_is_digits(text, 4)) {
        parts[0] = parts[1] = STR("0");
        parts[2] = text;
        return true;
    }
    for (int i = 0; i < 3; i++) {
        size_t n = strspn(text.s, "0123456789");
        n = n > text.n ? text.n : n;
        parts[i] = (struct str){text.s, n};
        bool is_last = i == 2;
        if (n == 0 || n > 4 || (is_last ? n != text.n : n >= text.n || !strchr("/-.", text.s[n]))) {
            return false;
        }
        text = (struct str){text.s + n + !is_last, text.n - n - !is_last};
    }
    return parts[2].n == 4 && parts[0].n <= 2 && parts[1].n <= 2;
}

bool claim_set_date(struct person_claim *claim, enum claim_field field, struct str text,
                    enum claim_source source)
{
    struct str parts[3];
    char copy[12], date[16];
    memset(&claim->values[field], 0, sizeof claim->values[field]);
    if (text.n >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.s, text.n);
    copy[text.n] = '\0';
    if (!split_date((struct str){copy, text.n}, parts)) {
        return false;
    }
    int day = number_of(parts[0]), month = number_of(parts[1]), year = number_of(parts[2]);
    if (day == 0 && month == 0 && year >= 1800) {
        snprintf(date, sizeof date, "%04d", year);
    } else if (year >= 1800 && clock_is_date(year, month, day)) {
        snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
    } else {
        return false;
    }
    return claim_set(claim, field, str_of(date), source);
}

bool claim_set_sex(struct person_claim *claim, struct str text, enum claim_source source)
{
    static const struct {
        const char *word, *value;
    } words[] = {{"nam", "male"},  {"m", "male"},   {"1", "male"},  {"nữ", "female"},
                 {"nu", "female"}, {"f", "female"}, {"2", "female"}};
    struct buf lower = {.limit = 16};
    bool is_known = false;
    utf8_add_lower(&lower, text);
    memset(&claim->values[CLAIM_SEX], 0, sizeof claim->values[CLAIM_SEX]);
    for (size_t i = 0; i < sizeof words / sizeof *words && !is_known; i++) {
        if (!lower.full && str_is(buf_str(&lower), words[i].word)) {
            is_known = claim_set(claim, CLAIM_SEX, str_of(words[i].value), source);
        }
    }
    buf_finish(&lower);
    return is_known;
}

bool claim_set_words(struct person_claim *claim, enum claim_field field, struct str text,
                     enum claim_source source)
{
    struct buf words = {.limit = CLAIM_TEXT - 1};
    bool was_space = true, was_changed = false;
    uint32_t code;
    while (utf8_next(&text, &code)) {
        bool is_space = code == ' ' || code == 0xA0 || code == 0x3000;
        if (is_space && was_space) {
            continue;
        }
        was_space = is_space;
        if (code == 0xD0 || code == 0x189) {
            code = 0x110, was_changed = true;
        } else if (code == 0xF0 || code == 0x256) {
            code = 0x111, was_changed = true;
        }
        utf8_add(&words, is_space ? ' ' : code);
    }
    struct str tidy = str_trim(buf_str(&words));
    bool ok = !words.full && claim_set(claim, field, tidy, source);
    claim->warnings |= ok && was_changed ? CLAIM_WARN_LETTERS : 0;
    buf_wipe(&words);
    return ok;
}

bool claim_day(const struct person_claim *claim, enum claim_field field, int64_t *day)
{
    int year, month, date;
    char end;
    if (sscanf(claim->values[field].text, "%4d-%2d-%2d%c", &year, &month, &date, &end) != 3 ||
        !clock_is_date(year, month, date)) {
        return false;
    }
    *day = clock_days(year, month, date);
    return true;
}

/* Year of a date or a year alone; 0 when there is none. */
static int year_of(const struct person_claim *claim, enum claim_field field)
{
    int year = 0;
    return sscanf(claim->values[field].text, "%4d", &year) == 1 ? year : 0;
}

static unsigned check_number(const struct person_claim *claim)
{
    struct number_facts facts;
    unsigned warnings = 0;
    const char *number = claim->values[CLAIM_NUMBER].text;
    const char *sex = claim->values[CLAIM_SEX].text;
    int year = year_of(claim, CLAIM_BIRTH);
    if (!number_read(str_of(number), &facts)) {
        return 0;
    }
    if (!facts.province && !facts.is_abroad) {
        warnings |= CLAIM_WARN_PROVINCE;
    }
    if (year > 0 && facts.year != year) {
        warnings |= CLAIM_WARN_YEAR;
    }
    if ((strcmp(sex, "male") == 0 && !facts.is_male) ||
        (strcmp(sex, "female") == 0 && facts.is_male)) {
        warnings |= CLAIM_WARN_SEX;
    }
    return warnings;
}

static unsigned check_dates(const struct person_claim *claim, int64_t today)
{
    unsigned warnings = 0;
    int year, month, day, born_year = year_of(claim, CLAIM_BIRTH);
    int64_t born, issued, ends;
    clock_date(today, &year, &month, &day);
    bool has_born = claim_day(claim, CLAIM_BIRTH, &born);
    if ((has_born && born > today) || born_year > year) {
        warnings |= CLAIM_WARN_FUTURE;
    }
    if (born_year > 0 && born_year < year - OLDEST) {
        warnings |= CLAIM_WARN_AGE;
    }
    if (claim_day(claim, CLAIM_ISSUED, &issued) &&
        (issued > today || (has_born && issued < born))) {
        warnings |= CLAIM_WARN_ISSUED;
    }
    if ((claim_day(claim, CLAIM_EXPIRES, &ends) && ends < today) ||
        (claim_day(claim, CLAIM_VALID_TO, &ends) && ends < today)) {
        warnings |= CLAIM_WARN_EXPIRED;
    }
    return warnings;
}

void claim_check(struct person_claim *claim, int64_t today)
{
    const unsigned checked = CLAIM_WARN_PROVINCE | CLAIM_WARN_YEAR | CLAIM_WARN_SEX |
                             CLAIM_WARN_FUTURE | CLAIM_WARN_AGE | CLAIM_WARN_EXPIRED;
    claim->warnings &= ~checked;
    if (claim->values[CLAIM_BIRTH].text[0]) {
        claim->warnings &= ~(unsigned)CLAIM_WARN_BIRTH;
    }
    if (claim->values[CLAIM_SEX].text[0]) {
        claim->warnings &= ~(unsigned)CLAIM_WARN_SEX_TEXT;
    }
    if (claim->values[CLAIM_ISSUED].text[0]) {
        claim->warnings &= ~(unsigned)CLAIM_WARN_ISSUED;
    }
    const char *name = claim->values[CLAIM_NAME].text;
    if (utf8_count(str_of(name)) < strlen(name)) {
        claim->warnings &= ~(unsigned)CLAIM_WARN_PLAIN; /* it has its accents by now */
    }
    claim->warnings |= check_number(claim) | check_dates(claim, today);
}
