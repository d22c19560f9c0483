/* One Vietnamese letter taken apart: base, mark, tone, case. Inner header of the room. */
#ifndef LANG_LETTER_H
#define LANG_LETTER_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the dictionary. */
enum tone { TONE_NGANG, TONE_HUYEN, TONE_HOI, TONE_NGA, TONE_SAC, TONE_NANG };

/* What makes ă, â and đ letters of their own. */
enum mark { MARK_NONE, MARK_BREVE, MARK_CIRCUMFLEX, MARK_HORN, MARK_STROKE };

struct letter {
    char base; /* a to z */
    uint8_t mark;
    uint8_t tone;
    bool upper;
};

/* Takes a code point (NFC) apart; false when it is no letter a to z, with or without Vietnamese
 * marks. */
bool letter_of(uint32_t code, struct letter *letter);

/* The code point of a letter; the plain base when such a letter does not exist. */
uint32_t letter_code(struct letter letter);

/* Is it one of a e i o u y, with any marks? */
bool letter_is_vowel(struct letter letter);

/* One ASCII character for base and mark (ă B, â A, ê E, ô O, ơ P, ư U, đ D), tone and case dropped:
 * how the tables of syllables are written. */
char letter_shape(struct letter letter);

#endif
