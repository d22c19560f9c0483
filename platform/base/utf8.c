#include "platform/base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Length of the well-formed sequence at s, or 0. */
static size_t sequence(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80) {
        return s[0] != 0;
    }
    size_t want = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
                  : (s[0] & 0xf0) == 0xe0        ? 3
                  : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                 : 0;
    if (!want || n < want) {
        return 0;
    }
    for (size_t i = 1; i < want; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool odd = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
               (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
    return odd ? 0 : want;
}

bool utf8_valid(struct str text)
{
    const unsigned char *s = (const unsigned char *)text.s;
    for (size_t i = 0; i < text.n;) {
        size_t n = sequence(s + i, text.n - i);
        if (!n) {
            return false;
        }
        i += n;
    }
    return true;
}

bool utf8_next(struct str *text, uint32_t *code)
{
    if (text->n == 0) {
        return false;
    }
    const unsigned char *s = (const unsigned char *)text->s;
    size_t n = sequence(s, text->n);
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    *code = n ? s[0] & mask[n] : 0xfffd;
    for (size_t i = 1; i < n; i++) {
        *code = *code << 6 | (s[i] & 0x3f);
    }
    n = n ? n : 1;
    text->s += n;
    text->n -= n;
    return true;
}

void utf8_add(struct buf *to, uint32_t code)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code, bytes);
    buf_add(to, bytes, (size_t)n);
}

size_t utf8_count(struct str text)
{
    size_t n = 0;
    for (uint32_t code; utf8_next(&text, &code);) {
        n++;
    }
    return n;
}

size_t utf8_grapheme_end(struct str text, size_t at)
{
    struct str rest = {text.s + at, text.n - at};
    uint32_t before, code;
    utf8proc_int32_t state = 0;
    if (!utf8_next(&rest, &before)) {
        return text.n;
    }
    for (struct str here = rest; utf8_next(&rest, &code); here = rest, before = code) {
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)code,
                                             &state)) {
            return (size_t)(here.s - text.s);
        }
    }
    return text.n;
}

size_t utf8_grapheme_start(struct str text, size_t at)
{
    size_t start = 0;
    for (size_t next = 0; next < at; next = utf8_grapheme_end(text, next)) {
        start = next;
    }
    return start;
}

static void add_mapped(struct buf *to, struct str text, utf8proc_option_t options)
{
    struct buf clean = {0};
    if (!utf8_valid(text)) {
        for (uint32_t code; utf8_next(&text, &code);) {
            utf8_add(&clean, code);
        }
        text = buf_str(&clean);
    }
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text.s, (utf8proc_ssize_t)text.n, &out, options);
    if (n >= 0) {
        buf_add(to, out, (size_t)n);
    }
    free(out);
    buf_finish(&clean);
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.s[i] >= 0x80 || text.s[i] == 0) {
            return false;
        }
    }
    return true;
}

void utf8_add_nfc(struct buf *to, struct str text)
{
    if (is_ascii(text)) {
        buf_add_str(to, text);
    } else {
        add_mapped(to, text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    }
}

void utf8_add_nfd(struct buf *to, struct str text)
{
    if (is_ascii(text)) {
        buf_add_str(to, text);
    } else {
        add_mapped(to, text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    }
}

void utf8_add_lower(struct buf *to, struct str text)
{
    for (uint32_t code; utf8_next(&text, &code);) {
        utf8_add(to, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    }
}

void utf8_add_upper(struct buf *to, struct str text)
{
    for (uint32_t code; utf8_next(&text, &code);) {
        utf8_add(to, (uint32_t)utf8proc_toupper((utf8proc_int32_t)code));
    }
}

int utf8_width(struct str text)
{
    int width = 0;
    for (uint32_t code; utf8_next(&text, &code);) {
        width += utf8proc_charwidth((utf8proc_int32_t)code);
    }
    return width;
}
