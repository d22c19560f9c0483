#include "app/lang/fold.h"

#include "app/lang/letter.h"
#include "app/lang/tone.h"
#include "platform/base/utf8.h"

/* Marks of Latin letters, and the vowel signs, hamza and stretching of Arabic. */
static bool is_mark(uint32_t code)
{
    return (code >= 0x300 && code <= 0x36f) || (code >= 0x64b && code <= 0x65f) || code == 0x670 ||
           code == 0x640;
}

/* Đ with a bar has two look-alikes that keyboards and fonts brought in. */
static uint32_t without_look_alike(uint32_t code)
{
    return code == 0xd0 || code == 0x189 ? 0x110 : code == 0xf0 || code == 0x256 ? 0x111 : code;
}

/* ' ’ ‘ ` ´ ʼ ʹ: written in many ways in names, never told apart by ear. */
static bool is_apostrophe(uint32_t code)
{
    return code == '\'' || code == 0x2019 || code == 0x2018 || code == '`' || code == 0xb4 ||
           code == 0x2bc || code == 0x2b9;
}

/* Invisible characters that copying brings along: joiners, direction marks, byte-order mark. */
static bool is_invisible(uint32_t code)
{
    return code == 0xad || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) ||
           code == 0xfeff;
}

static bool is_space(uint32_t code)
{
    return code <= ' ' || (code >= 0x7f && code <= 0xa0) || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x3000;
}

static bool is_sign(uint32_t code)
{
    return (code < 0x80 && !(code >= '0' && code <= '9') &&
            !((code | 32) >= 'a' && (code | 32) <= 'z')) ||
           (code >= 0xa1 && code <= 0xbf) || code == 0xd7 || code == 0xf7 ||
           (code >= 0x2010 && code <= 0x2027) || (code >= 0x2030 && code <= 0x205e) ||
           (code >= 0x3001 && code <= 0x3003) || code == 0x60c || code == 0x61b || code == 0x61f;
}

/* Appends words with one space between: `gap` is a space that waits for the next letter. */
struct words {
    struct buf *to;
    size_t start;
    bool gap;
};

static void words_add(struct words *words, uint32_t code)
{
    if (is_invisible(code) || is_apostrophe(code)) {
        return;
    }
    if (is_space(code) || is_sign(code)) {
        words->gap = words->to->n > words->start;
        return;
    }
    if (words->gap) {
        buf_add_char(words->to, ' ');
        words->gap = false;
    }
    utf8_add(words->to, code);
}

void fold_add(struct buf *to, struct str text)
{
    struct buf small = {0}, parts = {0};
    utf8_add_lower(&small, text);
    utf8_add_nfd(&parts, buf_str(&small));
    struct str rest = buf_str(&parts);
    struct words words = {to, to->n, false};
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        if (!is_mark(code)) {
            code = without_look_alike(code);
            words_add(&words, code == 0x111 || code == 0x110 ? 'd' : code);
        }
    }
    buf_finish(&small);
    buf_finish(&parts);
}

void fold_add_marked(struct buf *to, struct str text)
{
    struct buf tidy = {0}, small = {0}, placed = {0};
    fold_add_tidy(&tidy, text);
    utf8_add_lower(&small, buf_str(&tidy));
    tone_add(&placed, buf_str(&small), TONE_OLD);
    struct str rest = buf_str(&placed);
    struct words words = {to, to->n, false};
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        words_add(&words, code);
    }
    buf_finish(&tidy);
    buf_finish(&small);
    buf_finish(&placed);
}

void fold_add_tidy(struct buf *to, struct str text)
{
    struct buf nfc = {0};
    utf8_add_nfc(&nfc, text);
    struct str rest = buf_str(&nfc);
    size_t start = to->n;
    bool gap = false;
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        if (is_invisible(code)) {
            continue;
        }
        if (is_space(code)) {
            gap = to->n > start;
            continue;
        }
        if (gap) {
            buf_add_char(to, ' ');
            gap = false;
        }
        utf8_add(to, without_look_alike(code));
    }
    buf_finish(&nfc);
}

bool fold_equal(struct str a, struct str b)
{
    struct buf one = {0}, other = {0};
    fold_add(&one, a);
    fold_add(&other, b);
    bool equal = str_eq(buf_str(&one), buf_str(&other));
    buf_finish(&one);
    buf_finish(&other);
    return equal;
}

bool fold_has_marks(struct str text)
{
    uint32_t code;
    struct letter letter;
    while (utf8_next(&text, &code)) {
        if (is_mark(code) || (letter_of(code, &letter) && (letter.mark || letter.tone))) {
            return true;
        }
    }
    return false;
}

void fold_add_code(struct buf *to, struct str text)
{
    uint32_t code;
    while (utf8_next(&text, &code)) {
        if (code >= 0xff01 && code <= 0xff5e) { /* fullwidth forms of some keyboards */
            code -= 0xfee0;
        }
        if (code >= 0x2010 && code <= 0x2015) { /* dashes that editors put for a hyphen */
            code = '-';
        }
        if (!is_space(code) && !is_invisible(code)) {
            utf8_add(to, code >= 'a' && code <= 'z' ? code - 32 : code);
        }
    }
}
