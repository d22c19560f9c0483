/* Folding: what is equal when marks, case and the ways of writing an apostrophe do not count. For
 * searching and comparing only, never for showing. Pure functions, any thread. */
#ifndef LANG_FOLD_H
#define LANG_FOLD_H

#include <stdbool.h>
#include "platform/base/buf.h"

/* Appends the search form: decomposed, marks dropped, đ to d, small letters, apostrophes dropped,
 * hyphens and other punctuation to a space, spaces collapsed and trimmed. "Cư M’gar" gives
 * "cu mgar", "Chân Mây - Lăng Cô" gives "chan may lang co". */
void fold_add(struct buf *to, struct str text);

/* Appends the form that keeps the marks: NFC, small letters, tones moved to the old style,
 * look-alikes of đ corrected, punctuation as in fold_add. Two names are the same for a Vietnamese
 * reader when this form is. */
void fold_add_marked(struct buf *to, struct str text);

/* Appends text as it should be stored: NFC, look-alike letters (Ð U+00D0, Ɖ) turned into Đ where
 * they stand in Vietnamese text, control characters to a space, spaces collapsed and trimmed. */
void fold_add_tidy(struct buf *to, struct str text);

/* Are both the same without marks, case and punctuation? */
bool fold_equal(struct str a, struct str b);

/* Does it hold any letter with a mark (also đ, ơ, ư)? */
bool fold_has_marks(struct str text);

/* Appends a code that may be typed with spaces, small letters or fullwidth digits: everything that
 * is a space is dropped, letters become capitals ("h56.14-240823-0001" → "H56.14-240823-0001"). */
void fold_add_code(struct buf *to, struct str text);

#endif
