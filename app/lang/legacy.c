#include "app/lang/legacy.h"

#include <string.h>

#include "app/lang/letter.h"
#include "app/lang/syllable.h"
#include "platform/base/utf8.h"

/* TCVN3 (TCVN 5712:1993, VN3), bytes A1 to FE as Latin-1 shows them; 0 where nothing is defined. */
static const uint16_t tcvn3[] = {
    0x102,  0xc2,   0xca,   0xd4,   0x1a0,  0x1af,  0x110,  0x103,  0xe2,   0xea,   0xf4,   0x1a1,
    0x1b0,  0x111,  0,      0,      0,      0,      0,      0,      0xe0,   0x1ea3, 0xe3,   0xe1,
    0x1ea1, 0,      0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0,      0,      0,      0,      0,      0,
    0,      0x1eb7, 0x1ea7, 0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0xe8,   0,      0x1ebb, 0x1ebd, 0xe9,
    0x1eb9, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7, 0xec,   0x1ec9, 0,      0,      0,      0x129,
    0xed,   0x1ecb, 0xf2,   0,      0x1ecf, 0xf5,   0xf3,   0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1,
    0x1ed9, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3, 0xf9,   0,      0x1ee7, 0x169,  0xfa,   0x1ee5,
    0x1eeb, 0x1eed, 0x1eef, 0x1ee9, 0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0xfd,   0x1ef5,
};

/* VNI-Windows: letters of one byte. */
static const struct {
    uint16_t code, letter;
} vni_letters[] = {
    {0xf1, 0x111}, {0xd1, 0x110}, {0xf4, 0x1a1},  {0xd4, 0x1a0}, {0xf6, 0x1b0},  {0xd6, 0x1af},
    {0xed, 0xed},  {0xec, 0xec},  {0xe6, 0x1ec9}, {0xf3, 0x129}, {0xf2, 0x1ecb}, {0xee, 0x1ef5},
    {0xcd, 0xcd},  {0xcc, 0xcc},  {0xc6, 0x1ec8}, {0xd3, 0x128}, {0xd2, 0x1eca}, {0xce, 0x1ef4},
};

/* And the bytes behind a vowel, small and capital: mark and tone. */
static const struct {
    uint16_t code;
    uint8_t mark, tone;
} vni_marks[] = {
    {0xf9, MARK_NONE, TONE_SAC},        {0xf8, MARK_NONE, TONE_HUYEN},
    {0xfb, MARK_NONE, TONE_HOI},        {0xf5, MARK_NONE, TONE_NGA},
    {0xef, MARK_NONE, TONE_NANG},       {0xe2, MARK_CIRCUMFLEX, TONE_NGANG},
    {0xe1, MARK_CIRCUMFLEX, TONE_SAC},  {0xe0, MARK_CIRCUMFLEX, TONE_HUYEN},
    {0xe5, MARK_CIRCUMFLEX, TONE_HOI},  {0xe3, MARK_CIRCUMFLEX, TONE_NGA},
    {0xe4, MARK_CIRCUMFLEX, TONE_NANG}, {0xea, MARK_BREVE, TONE_NGANG},
    {0xe9, MARK_BREVE, TONE_SAC},       {0xe8, MARK_BREVE, TONE_HUYEN},
    {0xfa, MARK_BREVE, TONE_HOI},       {0xfc, MARK_BREVE, TONE_NGA},
    {0xeb, MARK_BREVE, TONE_NANG},
};

static void add_tcvn3(struct buf *to, struct str text)
{
    uint32_t code;
    while (utf8_next(&text, &code)) {
        bool known = code >= 0xa1 && code <= 0xfe && tcvn3[code - 0xa1];
        utf8_add(to, known ? tcvn3[code - 0xa1] : code);
    }
}

static uint32_t vni_letter(uint32_t code)
{
    for (size_t i = 0; i < sizeof(vni_letters) / sizeof(vni_letters[0]); i++) {
        if (vni_letters[i].code == code) {
            return vni_letters[i].letter;
        }
    }
    return code;
}

/* Joins a mark to the vowel before it. */
static bool vni_join(struct letter *letter, uint32_t code)
{
    uint32_t small = code >= 0xc0 && code < 0xe0 ? code + 0x20 : code;
    for (size_t i = 0; i < sizeof(vni_marks) / sizeof(vni_marks[0]); i++) {
        bool bears = vni_marks[i].mark == MARK_NONE
                         ? letter_is_vowel(*letter)
                         : !letter->mark &&
                               strchr(vni_marks[i].mark == MARK_BREVE ? "a" : "aeo", letter->base);
        if (vni_marks[i].code == small && bears && !letter->tone) {
            letter->mark = vni_marks[i].mark ? vni_marks[i].mark : letter->mark;
            letter->tone = vni_marks[i].tone;
            return true;
        }
    }
    return false;
}

static void add_vni(struct buf *to, struct str text)
{
    uint32_t code;
    struct letter letter = {0};
    bool waits = false; /* a letter that a mark may still follow */
    while (utf8_next(&text, &code)) {
        if (waits && code >= 0xc0 && vni_join(&letter, code)) {
            utf8_add(to, letter_code(letter));
            waits = false;
            continue;
        }
        if (waits) {
            utf8_add(to, letter_code(letter));
        }
        code = vni_letter(code);
        waits = letter_of(code, &letter);
        if (!waits) {
            utf8_add(to, code);
        }
    }
    if (waits) {
        utf8_add(to, letter_code(letter));
    }
}

/* The byte that Windows-1252 shows as this character; -1 when there is none. */
static int cp1252_byte(uint32_t code)
{
    static const uint16_t high[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };
    if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) {
        return (int)code;
    }
    for (int i = 0; i < 32; i++) {
        if (high[i] == code || code == 0x80u + (unsigned)i) {
            return 0x80 + i;
        }
    }
    return -1;
}

/* The bytes that were read wrongly; false when they are no UTF-8 or all ASCII. */
static bool add_unmangled(struct buf *to, struct str text)
{
    struct buf bytes = {0};
    uint32_t code;
    bool high = false, good = true;
    while (good && utf8_next(&text, &code)) {
        int byte = cp1252_byte(code);
        good = byte >= 0;
        high = high || byte > 0x7f;
        buf_add_char(&bytes, (char)byte);
    }
    good = good && high && utf8_valid(buf_str(&bytes));
    if (good) {
        utf8_add_nfc(to, buf_str(&bytes));
    }
    buf_finish(&bytes);
    return good;
}

/* How many words with letters beyond ASCII there are, and how many are Vietnamese syllables. */
static void count_words(struct str text, size_t *words, size_t *whole)
{
    enum { WORD = 12 };
    struct letter letters[WORD];
    struct str word;
    *words = *whole = 0;
    while (str_word(&text, &word)) {
        size_t n = 0;
        bool good = true, high = false;
        uint32_t code;
        while (utf8_next(&word, &code)) {
            high = high || code > 0x7f;
            if (code < 0x80 && strchr(".,;:()\"'/-", (int)code)) {
                continue;
            }
            good = good && n < WORD && letter_of(code, &letters[n]);
            n += good ? 1 : 0;
        }
        *words += high ? 1 : 0;
        *whole += high && good && n && syllable_is_whole(letters, n, false) ? 1 : 0;
    }
}

static size_t score(struct str text, enum legacy from)
{
    struct buf meant = {0};
    size_t words, whole;
    legacy_add_utf8(&meant, text, from);
    count_words(buf_str(&meant), &words, &whole);
    buf_finish(&meant);
    return whole;
}

enum legacy legacy_detect(struct str text)
{
    if (!utf8_valid(text)) {
        return LEGACY_BROKEN;
    }
    struct buf meant = {0};
    bool mangled = add_unmangled(&meant, text);
    buf_finish(&meant);
    if (mangled) {
        return LEGACY_MOJIBAKE;
    }
    size_t words, whole;
    struct buf nfc = {0};
    utf8_add_nfc(&nfc, text);
    count_words(buf_str(&nfc), &words, &whole);
    buf_finish(&nfc);
    size_t abc = score(text, LEGACY_TCVN3), vni = score(text, LEGACY_VNI);
    size_t best = abc > vni ? abc : vni;
    if (!words || best <= whole || best * 2 < words) {
        return LEGACY_NONE;
    }
    return abc >= vni ? LEGACY_TCVN3 : LEGACY_VNI;
}

void legacy_add_utf8(struct buf *to, struct str text, enum legacy from)
{
    switch (from) {
    case LEGACY_TCVN3:
        add_tcvn3(to, text);
        break;
    case LEGACY_VNI:
        add_vni(to, text);
        break;
    case LEGACY_MOJIBAKE:
        if (!add_unmangled(to, text)) {
            utf8_add_nfc(to, text);
        }
        break;
    default:
        utf8_add_nfc(to, text);
        break;
    }
}
