/* The QR of the citizen card (7 fields) and of the identity card (11 fields, the first 7 the same):
 * number | old number | name | birth | sex | address | issued. */
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/clock.h"

enum { FIELDS_LEAST = 6, FIELDS_MOST = 20, FIELDS_NEW = 11, BYTES_MOST = 1600 };

/* Some cards and printers leave out the old number: then six fields. */
static const enum claim_field with_old[] = {CLAIM_NUMBER, CLAIM_OLD_NUMBER, CLAIM_NAME,
                                            CLAIM_BIRTH,  CLAIM_SEX,        CLAIM_ADDRESS,
                                            CLAIM_ISSUED};
static const enum claim_field without_old[] = {CLAIM_NUMBER, CLAIM_NAME,    CLAIM_BIRTH,
                                               CLAIM_SEX,    CLAIM_ADDRESS, CLAIM_ISSUED};

static size_t split(struct str text, struct str fields[FIELDS_MOST])
{
    size_t n = 0;
    struct str piece;
    while (n < FIELDS_MOST && str_cut(&text, '|', &piece)) {
        fields[n++] = str_trim(piece);
    }
    return n;
}

static size_t count_digits(struct str text)
{
    size_t n = 0;
    while (n < text.n && text.s[n] >= '0' && text.s[n] <= '9') {
        n++;
    }
    return n;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.s[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* No address in Vietnam is written without one accent ("Xã", "Tổ", "Thành phố"). */
static bool lost_accents(struct str name, struct str address)
{
    return is_ascii(name) && is_ascii(address) && address.n >= 12;
}

/* Sets one field; what a card cannot say so becomes a warning. */
static bool take(struct person_claim *claim, enum claim_field field, struct str text,
                 enum claim_source source)
{
    switch (field) {
    case CLAIM_OLD_NUMBER:
        if (text.n > 0 && !text_is_digits(text, 9)) {
            claim->warnings |= CLAIM_WARN_OLD_NUMBER;
            return true;
        }
        return claim_set(claim, field, text, source);
    case CLAIM_BIRTH:
        claim->warnings |= claim_set_date(claim, field, text, source) ? 0 : CLAIM_WARN_BIRTH;
        return true;
    case CLAIM_ISSUED:
        claim->warnings |= claim_set_date(claim, field, text, source) ? 0 : CLAIM_WARN_ISSUED;
        return true;
    case CLAIM_SEX:
        claim->warnings |= claim_set_sex(claim, text, source) ? 0 : CLAIM_WARN_SEX_TEXT;
        return true;
    case CLAIM_NAME:
    case CLAIM_ADDRESS:
        return claim_set_words(claim, field, text, source);
    default:
        return claim_set(claim, field, text, source);
    }
}

static bool is_new_card(const struct person_claim *claim)
{
    int64_t issued;
    return claim->fields >= FIELDS_NEW ||
           (claim->fields > 7 && claim_day(claim, CLAIM_ISSUED, &issued) &&
            issued >= clock_days(2024, 7, 1));
}

/* A card from an old font or a keyboard scanner: its digits are right, its words are not. */
static bool is_garbled(struct person_claim *claim, bool is_text)
{
    struct str name = str_of(claim->values[CLAIM_NAME].text);
    struct str address = str_of(claim->values[CLAIM_ADDRESS].text);
    if (is_text && !text_is_garbled(name) && !text_is_garbled(address) &&
        !lost_accents(name, address)) {
        return false;
    }
    claim_set(claim, CLAIM_NAME, STR(""), CLAIM_NONE);
    claim_set(claim, CLAIM_ADDRESS, STR(""), CLAIM_NONE);
    return true;
}

static bool read(const struct reading *reading, struct ident *ident)
{
    struct str fields[FIELDS_MOST];
    struct str text = reading->is_text ? reading->text : str_trim(reading->bytes);
    size_t n = split(text, fields), digits = count_digits(fields[0]);
    struct person_claim *claim = &ident->person;
    if (n < 3 || digits < 6 || digits + 3 < fields[0].n) {
        return false; /* some other text with bars in it */
    }
    if (n < FIELDS_LEAST) {
        return ident_is_bad(ident, IDENT_TOO_FEW_FIELDS);
    }
    if (!text_is_digits(fields[0], 12)) {
        return ident_is_bad(ident, IDENT_NUMBER_DIGITS);
    }
    if (text.n > BYTES_MOST) {
        return ident_is_bad(ident, IDENT_TOO_LONG);
    }
    if (reading->is_text && text_has_controls(text) && !text_is_garbled(text)) {
        return ident_is_bad(ident, IDENT_CONTROLS);
    }
    const enum claim_field *order = n == FIELDS_LEAST ? without_old : with_old;
    for (size_t i = 0; i < (n == FIELDS_LEAST ? 6 : 7); i++) {
        if (!take(claim, order[i], fields[i], reading->source)) {
            return ident_is_bad(ident, IDENT_TOO_LONG);
        }
    }
    claim->fields = (int)n;
    ident->kind = is_new_card(claim) ? IDENT_CAN_CUOC : IDENT_CCCD;
    unsigned spelled = claim->warnings;
    claim_check(claim, reading->today);
    claim->warnings |= spelled;
    if (is_garbled(claim, reading->is_text)) {
        claim->warnings &= ~(unsigned)(CLAIM_WARN_SEX_TEXT | CLAIM_WARN_LETTERS);
        return ident_is_bad(ident, IDENT_GARBLED);
    }
    return claim->values[CLAIM_NAME].text[0] ? true : ident_is_bad(ident, IDENT_NO_NAME);
}

const struct reader reader_card = {read};
