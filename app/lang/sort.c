#include "app/lang/sort.h"

#include <string.h>

#include "app/lang/fold.h"
#include "app/lang/letter.h"
#include "platform/base/utf8.h"

/* Bytes of a key, smallest first. A level ends with END, so the shorter text comes first. */
enum { END = 1, GAP = 2, TONES = 3, NUMBER = 0x10, LETTERS = 0x40, OTHER = 0xf0 };

static unsigned char rank_of(struct letter letter)
{
    static const char order[] = "aBAbcdDeEfghijklmnoOPpqrstuUvwxyz"; /* letter_shape's letters */
    return (unsigned char)(LETTERS + (strchr(order, letter_shape(letter)) - order));
}

/* A letter of another alphabet's making (č, ñ, ŏ): its base, and a mark behind all tones. */
static bool base_of(uint32_t code, struct letter *letter)
{
    struct buf whole = {0}, parts = {0};
    utf8_add(&whole, code);
    utf8_add_nfd(&parts, buf_str(&whole));
    struct str rest = buf_str(&parts);
    uint32_t first = 0;
    bool found = utf8_next(&rest, &first) && rest.n && letter_of(first, letter);
    letter->tone = TONE_NANG + 1;
    buf_finish(&whole);
    buf_finish(&parts);
    return found;
}

/* Digits by value: how many count, then the digits. */
static void add_digits(struct buf *to, struct str *text)
{
    while (text->n > 1 && text->s[0] == '0' && text->s[1] >= '0' && text->s[1] <= '9') {
        text->s++;
        text->n--;
    }
    size_t n = 0;
    while (n < text->n && text->s[n] >= '0' && text->s[n] <= '9') {
        n++;
    }
    buf_add_char(to, NUMBER);
    buf_add_char(to, (char)(n < 200 ? 0x20 + n : 0xff));
    buf_add(to, text->s, n);
    text->s += n;
    text->n -= n;
}

/* Letters, then tones, each level ended. */
static void add_levels(struct buf *to, struct str text)
{
    struct buf words = {0}, tones = {0};
    fold_add_marked(&words, text);
    struct str rest = buf_str(&words);
    struct letter letter;
    while (rest.n) {
        uint32_t code;
        if (*rest.s >= '0' && *rest.s <= '9') {
            add_digits(to, &rest);
            continue;
        }
        struct str one = rest;
        utf8_next(&rest, &code);
        if (code == ' ') {
            buf_add_char(to, GAP);
        } else if (letter_of(code, &letter) || base_of(code, &letter)) {
            buf_add_char(to, (char)rank_of(letter));
            buf_add_char(&tones, (char)(TONES + letter.tone));
        } else {
            buf_add_char(to, (char)OTHER);
            buf_add(to, one.s, one.n - rest.n);
        }
    }
    buf_add_char(to, END);
    buf_add_str(to, buf_str(&tones));
    buf_add_char(to, END);
    buf_finish(&words);
    buf_finish(&tones);
}

void sort_add_key(struct buf *to, struct str text)
{
    add_levels(to, text);
    struct buf tidy = {0};
    fold_add_tidy(&tidy, text);
    struct str rest = buf_str(&tidy);
    struct letter letter;
    uint32_t code;
    while (utf8_next(&rest, &code)) { /* small before capital */
        if (letter_of(code, &letter)) {
            buf_add_char(to, letter.upper ? TONES : GAP);
        }
    }
    buf_add_char(to, END);
    buf_add_str(to, buf_str(&tidy)); /* and by spelling, so that the order is total */
    buf_finish(&tidy);
}

void sort_add_name_key(struct buf *to, struct str name)
{
    struct buf tidy = {0};
    fold_add_tidy(&tidy, name);
    struct str whole = buf_str(&tidy), given = whole, family = {whole.s, 0}, middle = {whole.s, 0};
    for (size_t i = whole.n; i > 0; i--) {
        if (whole.s[i - 1] == ' ') {
            given = (struct str){whole.s + i, whole.n - i};
            family = (struct str){whole.s, i - 1};
            break;
        }
    }
    const char *space = family.n ? memchr(family.s, ' ', family.n) : NULL;
    if (space) {
        size_t n = (size_t)(space - family.s);
        middle = (struct str){space + 1, family.n - n - 1};
        family.n = n;
    }
    add_levels(to, given);
    add_levels(to, family);
    add_levels(to, middle);
    buf_add_str(to, whole);
    buf_finish(&tidy);
}

static int compare(struct str a, struct str b, void (*add)(struct buf *to, struct str text))
{
    struct buf one = {0}, other = {0};
    add(&one, a);
    add(&other, b);
    int order = str_cmp(buf_str(&one), buf_str(&other));
    buf_finish(&one);
    buf_finish(&other);
    return order;
}

int sort_compare(struct str a, struct str b)
{
    return compare(a, b, sort_add_key);
}

int sort_compare_names(struct str a, struct str b)
{
    return compare(a, b, sort_add_name_key);
}
