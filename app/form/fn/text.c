/* Functions of text. Lengths and positions count characters, not bytes. */
#include <math.h>
#include <string.h>

#include "app/form/functions.h"
#include "app/form/xpath_run.h"
#include "platform/base/utf8.h"

/* The argument, or the context node when there is none. */
static bool text_or_context(struct fn_call *call, struct str *text)
{
    if (call->n) {
        return fn_text(call, 0, text);
    }
    *text = fn_node_text(call, call->at->node);
    return true;
}

static bool call_string(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    return text_or_context(call, &text) && fn_give_text(result, text);
}

/* Gives the bytes of a buffer, which it frees. */
static bool give_buf(struct fn_call *call, struct buf *buf, struct xpath_value *result)
{
    struct str text = {arena_str(fn_scratch(call), buf_str(buf)), buf->n};
    buf_finish(buf);
    return fn_give_text(result, text);
}

/* Appends each node of a node-set, or the one value, with sep between pieces. */
static bool add_pieces(struct fn_call *call, size_t i, struct str sep, bool *any, struct buf *to)
{
    struct xpath_value value;
    if (!fn_value(call, i, &value)) {
        return false;
    }
    size_t n = value.type == XPATH_NODES ? value.nodes.n : 1;
    for (size_t k = 0; k < n; k++) {
        buf_add_str(to, *any ? sep : STR(""));
        *any = true;
        buf_add_str(to, value.type == XPATH_NODES ? fn_node_text(call, value.nodes.v[k])
                                                  : xpath_to_text(call->run->env, &value));
    }
    return true;
}

static bool join(struct fn_call *call, size_t first, struct str sep, struct xpath_value *result)
{
    enum { MOST = 16 << 20 };
    struct buf all = {.limit = MOST};
    bool any = false;
    for (size_t i = first; i < call->n; i++) {
        if (!add_pieces(call, i, sep, &any, &all)) {
            buf_finish(&all);
            return false;
        }
    }
    if (all.full) {
        buf_finish(&all);
        return fn_fail(call, "the text becomes too long");
    }
    return give_buf(call, &all, result);
}

static bool call_concat(struct fn_call *call, struct xpath_value *result)
{
    return join(call, 0, STR(""), result);
}

static bool call_join(struct fn_call *call, struct xpath_value *result)
{
    struct str sep;
    return fn_text(call, 0, &sep) && join(call, 1, sep, result);
}

static bool two_texts(struct fn_call *call, struct str *a, struct str *b)
{
    return fn_text(call, 0, a) && fn_text(call, 1, b);
}

static bool call_starts_with(struct fn_call *call, struct xpath_value *result)
{
    struct str a, b;
    return two_texts(call, &a, &b) && fn_give_boolean(result, str_starts(a, b));
}

static bool call_ends_with(struct fn_call *call, struct xpath_value *result)
{
    struct str a, b;
    return two_texts(call, &a, &b) && fn_give_boolean(result, str_ends(a, b));
}

static bool call_contains(struct fn_call *call, struct xpath_value *result)
{
    struct str a, b;
    return two_texts(call, &a, &b) && fn_give_boolean(result, b.n == 0 || str_find(a, b) >= 0);
}

static bool call_substring_before(struct fn_call *call, struct xpath_value *result)
{
    struct str a, b;
    if (!two_texts(call, &a, &b)) {
        return false;
    }
    ptrdiff_t at = b.n ? str_find(a, b) : 0;
    return fn_give_text(result, (struct str){a.s, at > 0 ? (size_t)at : 0});
}

static bool call_substring_after(struct fn_call *call, struct xpath_value *result)
{
    struct str a, b;
    if (!two_texts(call, &a, &b)) {
        return false;
    }
    ptrdiff_t at = b.n ? str_find(a, b) : 0;
    size_t from = at < 0 ? a.n : (size_t)at + b.n;
    return fn_give_text(result, (struct str){a.s + from, a.n - from});
}

/* The byte at which the character number n (from 0) begins, at most the end. */
static size_t byte_of(struct str text, size_t n)
{
    size_t i = 0;
    while (n && i < text.n) {
        do {
            i++;
        } while (i < text.n && ((unsigned char)text.s[i] & 0xC0) == 0x80);
        n--;
    }
    return i;
}

static struct str slice(struct str text, size_t from, size_t to)
{
    size_t a = byte_of(text, from), b = byte_of(text, to);
    return (struct str){text.s + a, b > a ? b - a : 0};
}

/* XPath 1.0 §4.2: characters from 1; those p with p >= round(a) and p < round(a) + round(n). */
static bool call_substring(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    double from, length = INFINITY;
    if (!fn_text(call, 0, &text) || !fn_number(call, 1, &from) ||
        (call->n > 2 && !fn_number(call, 2, &length))) {
        return false;
    }
    double first = floor(from + 0.5), end = call->n > 2 ? first + floor(length + 0.5) : INFINITY;
    double count = (double)utf8_count(text) + 1;
    if (isnan(first) || isnan(end) || end <= 1 || first >= count || end <= first) {
        return fn_give_text(result, STR(""));
    }
    first = first < 1 ? 1 : first;
    end = end > count ? count : end;
    return fn_give_text(result, slice(text, (size_t)first - 1, (size_t)end - 1));
}

/* As in Python: from 0, the end not included, negative ones count from the end. */
static bool call_substr(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    double from, to = INFINITY;
    if (!fn_text(call, 0, &text) || !fn_number(call, 1, &from) ||
        (call->n > 2 && !fn_number(call, 2, &to))) {
        return false;
    }
    double count = (double)utf8_count(text);
    from = isnan(from) ? 0 : trunc(from);
    to = isnan(to) ? 0 : trunc(to);
    from = from < 0 ? fmax(count + from, 0) : fmin(from, count);
    to = to < 0 ? fmax(count + to, 0) : fmin(to, count);
    return fn_give_text(result, from < to ? slice(text, (size_t)from, (size_t)to) : STR(""));
}

static bool call_string_length(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    return text_or_context(call, &text) && fn_give_number(result, (double)utf8_count(text));
}

static bool call_normalize_space(struct fn_call *call, struct xpath_value *result)
{
    struct str text, word;
    if (!text_or_context(call, &text)) {
        return false;
    }
    char *to = arena_alloc(fn_scratch(call), text.n + 1);
    size_t n = 0;
    while (str_word(&text, &word)) {
        if (n) {
            to[n++] = ' ';
        }
        memcpy(to + n, word.s, word.n);
        n += word.n;
    }
    return fn_give_text(result, (struct str){to, n});
}

/* The character at the same place of `to`; false when `from` has it but `to` is too short. */
static bool translate_one(uint32_t *code, struct str from, struct str to)
{
    uint32_t f, t = 0;
    while (utf8_next(&from, &f)) {
        bool any = utf8_next(&to, &t);
        if (f == *code) {
            *code = any ? t : *code;
            return any;
        }
    }
    return true;
}

static bool call_translate(struct fn_call *call, struct xpath_value *result)
{
    struct str text, from, to;
    if (!fn_text(call, 0, &text) || !fn_text(call, 1, &from) || !fn_text(call, 2, &to) ||
        !run_count(call->run, call->expr, text.n * (from.n / 16 + 1) / 4)) {
        return false;
    }
    struct buf all = {0};
    uint32_t code;
    while (utf8_next(&text, &code)) {
        if (translate_one(&code, from, to)) {
            utf8_add(&all, code);
        }
    }
    return give_buf(call, &all, result);
}

const struct fn fn_text_family[] = {
    {"string", 0, 1, FN_BARE, call_string},
    {"concat", 1, FN_ANY, FN_SET, call_concat},
    {"join", 1, FN_ANY, FN_SET, call_join},
    {"starts-with", 2, 2, 0, call_starts_with},
    {"ends-with", 2, 2, 0, call_ends_with},
    {"contains", 2, 2, 0, call_contains},
    {"substring-before", 2, 2, 0, call_substring_before},
    {"substring-after", 2, 2, 0, call_substring_after},
    {"substring", 2, 3, 0, call_substring},
    {"substr", 2, 3, 0, call_substr},
    {"string-length", 0, 1, FN_BARE | FN_NUMBER, call_string_length},
    {"normalize-space", 0, 1, FN_BARE, call_normalize_space},
    {"translate", 3, 3, 0, call_translate},
    {0},
};
