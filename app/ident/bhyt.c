/* The QR of the health-insurance card: fields between bars, names as the hex of their UTF-8, a
 * dollar sign at the end. */
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/hash.h"
#include "platform/base/utf8.h"

enum { FIELDS_LEAST = 6, FIELDS_MOST = 32 };

static bool is_card_number(struct str text)
{
    if (text.n == 10) {
        return text_is_digits(text, 10);
    }
    if (text.n != 15) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (text.s[i] < 'A' || text.s[i] > 'Z') {
            return false;
        }
    }
    return text_is_digits((struct str){text.s + 2, 13}, 13);
}

static bool is_empty(struct str text)
{
    return text.n == 0 || str_is(text, "-");
}

/* Words in hex; what is no hex, no UTF-8 or holds controls is left out. */
static bool take_hex(struct person_claim *claim, enum claim_field field, struct str hex,
                     enum claim_source source)
{
    struct buf bytes = {.limit = CLAIM_TEXT}, words = {.limit = CLAIM_TEXT};
    bool ok = !is_empty(hex) && hash_from_hex(&bytes, hex) && utf8_valid(buf_str(&bytes)) &&
              !text_has_controls(buf_str(&bytes));
    if (ok) {
        utf8_add_nfc(&words, buf_str(&bytes));
        ok = !words.full && claim_set_words(claim, field, buf_str(&words), source);
    }
    buf_wipe(&bytes);
    buf_wipe(&words);
    return ok;
}

/* "01 - 001" as "01-001"; anything but digits and a dash is no clinic. */
static void take_clinic(struct person_claim *claim, struct str text, enum claim_source source)
{
    char clinic[16];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        bool is_part = (c >= '0' && c <= '9') || c == '-';
        if ((!is_part && c != ' ') || n == sizeof clinic) {
            return;
        }
        if (is_part) {
            clinic[n++] = c;
        }
    }
    if (n >= 3) {
        claim_set(claim, CLAIM_CLINIC, (struct str){clinic, n}, source);
    }
}

static void take_fields(const struct reading *reading, const struct str *fields, size_t n,
                        struct person_claim *claim)
{
    enum claim_source source = reading->source;
    unsigned spelled = 0;
    claim_set(claim, CLAIM_INSURANCE, fields[0], source);
    take_hex(claim, CLAIM_NAME, fields[1], source);
    spelled |= claim_set_date(claim, CLAIM_BIRTH, fields[2], source) ? 0 : CLAIM_WARN_BIRTH;
    spelled |= claim_set_sex(claim, fields[3], source) ? 0 : CLAIM_WARN_SEX_TEXT;
    take_hex(claim, CLAIM_ADDRESS, fields[4], source);
    take_clinic(claim, fields[5], source);
    if (n > 7) {
        claim_set_date(claim, CLAIM_VALID_FROM, fields[6], source);
        claim_set_date(claim, CLAIM_VALID_TO, fields[7], source);
    }
    claim->fields = (int)n;
    claim_check(claim, reading->today);
    claim->warnings |= spelled;
}

static bool read(const struct reading *reading, struct ident *ident)
{
    struct str fields[FIELDS_MOST], rest = reading->text, piece;
    size_t n = 0;
    if (!reading->is_text || !str_ends(rest, STR("$")) || str_find(rest, STR("|")) < 0) {
        return false;
    }
    rest.n--;
    while (n < FIELDS_MOST && str_cut(&rest, '|', &piece)) {
        fields[n++] = str_trim(piece);
    }
    if (n < FIELDS_LEAST) {
        return ident_is_bad(ident, IDENT_TOO_FEW_FIELDS);
    }
    if (!is_card_number(fields[0])) {
        return ident_is_bad(ident, IDENT_NUMBER_DIGITS);
    }
    ident->kind = IDENT_BHYT;
    take_fields(reading, fields, n, &ident->person);
    return true;
}

const struct reader reader_bhyt = {read};
