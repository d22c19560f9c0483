/* Vietnamese that lost its letters on the way: told by what cannot stand in a Vietnamese word. */
#include <string.h>

#include "app/ident/ident.h"
#include "platform/base/utf8.h"

/* The characters that Windows-1252 puts on 0x80–0x9F; 0 where it has none. */
static const uint16_t cp1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* The byte that a program without UTF-8 would have shown as this character; 0: none. */
static unsigned byte_of(uint32_t code)
{
    if (code >= 0x80 && code <= 0xFF) {
        return code;
    }
    for (unsigned i = 0; i < 32 && code > 0xFF; i++) {
        if (cp1252[i] == code) {
            return 0x80 + i;
        }
    }
    return 0;
}

/* The lead byte of a Vietnamese letter in UTF-8 and the bytes that follow it, shown one by one. */
static bool has_mojibake(struct str text)
{
    unsigned last = 0;
    uint32_t code;
    while (utf8_next(&text, &code)) {
        unsigned byte = byte_of(code);
        bool follows = byte >= 0x80 && byte <= 0xBF;
        if (follows && (last == 0xC3 || last == 0xC4 || last == 0xC5 || last == 0xC6)) {
            return true;
        }
        if (byte == 0xBA || byte == 0xBB) {
            if (last == 0xE1) {
                return true;
            }
        }
        last = byte;
    }
    return false;
}

/* Signs and letters of Latin-1 that no Vietnamese or ethnic name has: TCVN3 and VNI put vowels
 * there. */
static bool is_alien(uint32_t code)
{
    static const uint16_t letters[] = {0xC4, 0xC5, 0xC6, 0xC7, 0xCB, 0xCE, 0xCF, 0xD6, 0xD7, 0xD8,
                                       0xDB, 0xDC, 0xDE, 0xDF, 0xE4, 0xE5, 0xE6, 0xE7, 0xEB, 0xEE,
                                       0xEF, 0xF6, 0xF7, 0xF8, 0xFB, 0xFC, 0xFE, 0xFF};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i] == code) {
            return true;
        }
    }
    return code >= 0xA1 && code <= 0xBF && code != 0xB0 && code != 0xB2 && code != 0xB4;
}

static bool is_lower(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 0xE0 && code <= 0xFF);
}

/* A capital with a mark between small letters ("NguyÔn"), or a vowel before a mark's carrier of VNI
 * ("Nguyeãn", "Vaên"). */
static bool is_odd_pair(uint32_t before, uint32_t code)
{
    if (is_lower(before) && code >= 0xC0 && code <= 0xDE) {
        return true;
    }
    switch (code) {
    case 0xE2: /* â */
        return before == 'a' || before == 'e' || before == 'o';
    case 0xE3: /* ã */
        return before == 'e' || before == 'a';
    case 0xEA: /* ê */
    case 0xE9: /* é */
    case 0xE8: /* è */
        return before == 'a';
    case 0xF9: /* ù */
    case 0xF5: /* õ */
        return before == 'a' || before == 'e' || before == 'o';
    default:
        return false;
    }
}

bool text_is_garbled(struct str text)
{
    uint32_t code, before = 0;
    if (has_mojibake(text)) {
        return true;
    }
    while (utf8_next(&text, &code)) {
        if (code == 0xFFFD || (code == '?' && before != 0 && before != ' ') || is_alien(code) ||
            is_odd_pair(before, code)) {
            return true;
        }
        before = code;
    }
    return false;
}
