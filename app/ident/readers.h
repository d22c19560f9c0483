/* The readers of cards and codes: what each must do, and their list. To add one: a file NAME.c with
 * `const struct reader reader_NAME`, a line here and made-up examples in tests/ident/NAME.tsv. The
 * first that knows the text wins, so the special stand above the plain. Inside this room. */
#ifndef IDENT_READERS_H
#define IDENT_READERS_H

#include "app/ident/ident.h"

/* What there is to read. */
struct reading {
    struct str bytes; /* as scanned */
    struct str text;  /* the same in NFC, trimmed, without a byte-order mark; is_text only */
    bool is_text;     /* well-formed UTF-8 */
    enum claim_source source; /* given to each value */
    int64_t today;            /* days since 1970 */
};

struct reader {
    /* Fills ident and returns true when the reading is of its kind, also when it is a bad one. The
     * ident comes zeroed, with its kind to be set. */
    bool (*read)(const struct reading *reading, struct ident *ident);
};

#define IDENT_READERS(X)                                                                           \
    X(film)                                                                                        \
    X(receipt)                                                                                     \
    X(enrolment)                                                                                   \
    X(bhyt)                                                                                        \
    X(card)                                                                                        \
    X(mrz)                                                                                         \
    X(number)                                                                                      \
    X(dossier)                                                                                     \
    X(procedure)                                                                                   \
    X(odk)                                                                                         \
    X(url)                                                                                         \
    X(vneid)

#define DECLARE(name) extern const struct reader reader_##name;
IDENT_READERS(DECLARE)
#undef DECLARE

/* Makes ident a bad card for that reason; true, so that a reader may return it. */
bool ident_is_bad(struct ident *ident, enum ident_problem problem);

/* Makes ident a kind whose text is the reading's, control characters as spaces; true. */
bool ident_is_text(struct ident *ident, enum ident_kind kind, struct str text);

#endif
