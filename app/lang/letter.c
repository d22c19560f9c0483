#include "app/lang/letter.h"

#include <stddef.h>
#include <string.h>

struct vowel {
    char base;
    uint8_t mark;
    uint16_t small[6]; /* by tone */
};

static const struct vowel vowels[] = {
    {'a', MARK_NONE, {'a', 0xe0, 0x1ea3, 0xe3, 0xe1, 0x1ea1}},
    {'a', MARK_BREVE, {0x103, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x1eb7}},
    {'a', MARK_CIRCUMFLEX, {0xe2, 0x1ea7, 0x1ea9, 0x1eab, 0x1ea5, 0x1ead}},
    {'e', MARK_NONE, {'e', 0xe8, 0x1ebb, 0x1ebd, 0xe9, 0x1eb9}},
    {'e', MARK_CIRCUMFLEX, {0xea, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7}},
    {'i', MARK_NONE, {'i', 0xec, 0x1ec9, 0x129, 0xed, 0x1ecb}},
    {'o', MARK_NONE, {'o', 0xf2, 0x1ecf, 0xf5, 0xf3, 0x1ecd}},
    {'o', MARK_CIRCUMFLEX, {0xf4, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1, 0x1ed9}},
    {'o', MARK_HORN, {0x1a1, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3}},
    {'u', MARK_NONE, {'u', 0xf9, 0x1ee7, 0x169, 0xfa, 0x1ee5}},
    {'u', MARK_HORN, {0x1b0, 0x1eeb, 0x1eed, 0x1eef, 0x1ee9, 0x1ef1}},
    {'y', MARK_NONE, {'y', 0x1ef3, 0x1ef7, 0x1ef9, 0xfd, 0x1ef5}},
};

enum { VOWELS = sizeof(vowels) / sizeof(vowels[0]) };

/* Small and capital stand 32 apart in ASCII and Latin-1, side by side behind it (ư 01B0, Ư 01AF).
 */
static uint32_t capital_of(uint32_t small)
{
    return small < 0x100 ? small - 32 : small - 1;
}

bool letter_of(uint32_t code, struct letter *letter)
{
    if (code < 0xc0) {
        char c = (char)(code | 32);
        *letter = (struct letter){c, MARK_NONE, TONE_NGANG, code < 'a'};
        return (code < 0x80) && c >= 'a' && c <= 'z';
    }
    if (code == 0x110 || code == 0x111) {
        *letter = (struct letter){'d', MARK_STROKE, TONE_NGANG, code == 0x110};
        return true;
    }
    for (size_t i = 0; i < VOWELS; i++) {
        for (uint8_t tone = 0; tone < 6; tone++) {
            uint32_t small = vowels[i].small[tone];
            if (code == small || code == capital_of(small)) {
                *letter = (struct letter){vowels[i].base, vowels[i].mark, tone, code != small};
                return true;
            }
        }
    }
    return false;
}

uint32_t letter_code(struct letter letter)
{
    uint32_t small = (uint32_t)letter.base;
    if (letter.base == 'd' && letter.mark == MARK_STROKE) {
        small = 0x111;
    }
    for (size_t i = 0; i < VOWELS; i++) {
        if (vowels[i].base == letter.base && vowels[i].mark == letter.mark) {
            small = vowels[i].small[letter.tone];
        }
    }
    return letter.upper ? capital_of(small) : small;
}

bool letter_is_vowel(struct letter letter)
{
    return strchr("aeiouy", letter.base) != NULL;
}

char letter_shape(struct letter letter)
{
    switch (letter.mark) {
    case MARK_BREVE:
        return 'B';
    case MARK_CIRCUMFLEX:
        return (char)(letter.base - 32);
    case MARK_HORN:
        return letter.base == 'o' ? 'P' : 'U';
    case MARK_STROKE:
        return 'D';
    default:
        return letter.base;
    }
}
