/* Values of a claim as cards spell them: dates, sex, names. Inside this room. */
#ifndef IDENT_CLAIM_H
#define IDENT_CLAIM_H

#include "app/ident/ident.h"

/* Sets a date from ddMMyyyy, dd/MM/yyyy (or with - or .), yyyy, or 00/00/yyyy for a year alone.
 * False: there is no such day; the value stays empty. */
bool claim_set_date(struct person_claim *claim, enum claim_field field, struct str text,
                    enum claim_source source);

/* Sets the sex from Nam, Nữ, Nu, M, F, 1, 2 in any case; false: none of them. */
bool claim_set_sex(struct person_claim *claim, struct str text, enum claim_source source);

/* Sets a name or an address: look-alikes of Đ put right (with a warning), spaces collapsed. False:
 * too long. */
bool claim_set_words(struct person_claim *claim, enum claim_field field, struct str text,
                     enum claim_source source);

/* Days since 1970 of a date value; false when it is empty or only a year. */
bool claim_day(const struct person_claim *claim, enum claim_field field, int64_t *day);

/* Does it hold a character that is not seen but changes how the rest is read: a control, a bidi
 * mark, a zero-width one? */
bool text_has_controls(struct str text);

/* Are these n ASCII digits and nothing else? */
bool text_is_digits(struct str text, size_t n);

#endif
