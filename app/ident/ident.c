#include "app/ident/ident.h"

#include <stdio.h>
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/clock.h"
#include "platform/base/utf8.h"

static const struct reader *const readers[] = {
#define ROW(name) &reader_##name,
    IDENT_READERS(ROW)
#undef ROW
};

bool ident_is_bad(struct ident *ident, enum ident_problem problem)
{
    ident->kind = IDENT_BAD_CARD;
    ident->problem = problem;
    return true;
}

bool ident_is_text(struct ident *ident, enum ident_kind kind, struct str text)
{
    struct buf shown = {.limit = sizeof ident->text - 1};
    uint32_t code;
    while (utf8_next(&text, &code)) {
        char one[5] = {0};
        struct buf letter = {0};
        utf8_add(&letter, code);
        snprintf(one, sizeof one, "%s", buf_text(&letter));
        buf_add_text(&shown, text_has_controls(str_of(one)) ? " " : one);
        buf_finish(&letter);
    }
    snprintf(ident->text, sizeof ident->text, "%s", buf_text(&shown));
    buf_wipe(&shown);
    ident->kind = kind;
    return true;
}

bool ident_is_person(enum ident_kind kind)
{
    return kind <= IDENT_NUMBER;
}

static void read_by_kind(const struct reading *reading, struct ident *ident)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i]->read(reading, ident)) {
            return;
        }
    }
    if (reading->is_text && reading->text.n > 0) {
        ident_is_text(ident, IDENT_TEXT, reading->text);
    } else {
        ident->kind = IDENT_GARBAGE;
    }
}

void ident_read(struct str bytes, enum claim_source source, int64_t today, struct ident *ident)
{
    struct buf nfc = {.limit = 2 * IDENT_BYTES};
    struct reading reading = {.bytes = bytes, .source = source, .today = today};
    memset(ident, 0, sizeof *ident);
    if (bytes.n == 0 || bytes.n >= IDENT_BYTES) {
        ident->kind = IDENT_GARBAGE;
        return;
    }
    reading.is_text = utf8_valid(bytes);
    if (reading.is_text) {
        struct str text = bytes;
        if (str_starts(text, STR("\xEF\xBB\xBF"))) {
            text = (struct str){text.s + 3, text.n - 3};
        }
        utf8_add_nfc(&nfc, text);
        reading.text = str_trim(buf_str(&nfc));
    }
    read_by_kind(&reading, ident);
    buf_wipe(&nfc);
}

/* A card as issued: everything there, everything agrees. */
static bool is_sound_card(const struct ident *ident)
{
    const struct claim_value *values = ident->person.values;
    const unsigned wrong = CLAIM_WARN_YEAR | CLAIM_WARN_SEX | CLAIM_WARN_BIRTH | CLAIM_WARN_FUTURE |
                           CLAIM_WARN_ISSUED | CLAIM_WARN_OLD_NUMBER | CLAIM_WARN_SEX_TEXT |
                           CLAIM_WARN_AGE;
    struct number_facts facts;
    return (ident->kind == IDENT_CCCD || ident->kind == IDENT_CAN_CUOC) &&
           !(ident->person.warnings & wrong) && values[CLAIM_SEX].text[0] &&
           values[CLAIM_BIRTH].text[0] && values[CLAIM_ISSUED].text[0] &&
           number_read(str_of(values[CLAIM_NUMBER].text), &facts) && facts.code < 200;
}

bool ident_accepts(void *ctx, struct str bytes)
{
    struct ident ident;
    ident_read(bytes, CLAIM_CAMERA, clock_now_ms() / 86400000, &ident);
    bool is_signed =
        ident.kind == IDENT_FRAME || ident.kind == IDENT_RECEIPT || ident.kind == IDENT_ENROLMENT;
    bool is_insurance = ident.kind == IDENT_BHYT && ident.person.fields >= 14 &&
                        ident.person.values[CLAIM_NAME].text[0] &&
                        !(ident.person.warnings & (CLAIM_WARN_BIRTH | CLAIM_WARN_SEX_TEXT));
    bool ok = is_signed || is_insurance || is_sound_card(&ident);
    explicit_bzero(&ident, sizeof ident);
    return ok;
}
