/* Text as UTF-8: is it, step through it, bring it into one form. Words (folding, sorting, Telex)
 * live in app/lang. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"

/* Is it well-formed UTF-8 without NUL (Unicode 15 table 3-7)? */
bool utf8_valid(struct str text);

/* Reads the next code point and moves *text behind it; U+FFFD for a broken byte; false at the
 * end. */
bool utf8_next(struct str *text, uint32_t *code);

/* Appends one code point. */
void utf8_add(struct buf *to, uint32_t code);

/* Number of code points. */
size_t utf8_count(struct str text);

/* Index of the byte after the grapheme (letter with its marks) that starts at `at`. */
size_t utf8_grapheme_end(struct str text, size_t at);

/* Index of the first byte of the grapheme before `at`; 0 at the start. */
size_t utf8_grapheme_start(struct str text, size_t at);

/* Appends text in normalisation form NFC; broken bytes become U+FFFD. */
void utf8_add_nfc(struct buf *to, struct str text);

/* Appends text decomposed (NFD); broken bytes become U+FFFD. */
void utf8_add_nfd(struct buf *to, struct str text);

/* Appends text in small letters (simple mapping, đ for Đ). */
void utf8_add_lower(struct buf *to, struct str text);

/* Appends text in capitals (simple mapping, Đ for đ). */
void utf8_add_upper(struct buf *to, struct str text);

/* How many columns wide on a terminal (marks 0, wide 2). */
int utf8_width(struct str text);

#endif
