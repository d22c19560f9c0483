/* Codes of our own making, known by their beginnings; what they hold is read by sync/handover,
 * which checks signatures and digests. */
#include "app/ident/readers.h"

enum { FILM_HEAD = 21 };

static bool read_film(const struct reading *reading, struct ident *ident)
{
    if (!str_starts(reading->bytes, STR("GF\x01")) || reading->bytes.n < FILM_HEAD) {
        return false;
    }
    ident->kind = IDENT_FRAME;
    return true;
}

static bool read_receipt(const struct reading *reading, struct ident *ident)
{
    return reading->is_text && str_starts(reading->text, STR("GCR1:")) &&
           ident_is_text(ident, IDENT_RECEIPT, reading->text);
}

static bool read_enrolment(const struct reading *reading, struct ident *ident)
{
    return reading->is_text && str_starts(reading->text, STR("GOCUA1:")) &&
           ident_is_text(ident, IDENT_ENROLMENT, reading->text);
}

const struct reader reader_film = {read_film};
const struct reader reader_receipt = {read_receipt};
const struct reader reader_enrolment = {read_enrolment};
