#include "platform/base/str.h"

#include <limits.h>

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.s, b.s, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str str_trim(struct str a)
{
    while (a.n && is_space(a.s[0])) {
        a.s++;
        a.n--;
    }
    while (a.n && is_space(a.s[a.n - 1])) {
        a.n--;
    }
    return a;
}

bool str_cut(struct str *rest, char sep, struct str *piece)
{
    if (!rest->s) {
        return false;
    }
    const char *at = rest->n ? memchr(rest->s, sep, rest->n) : NULL;
    if (!at) {
        *piece = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t n = (size_t)(at - rest->s);
    *piece = (struct str){rest->s, n};
    rest->s += n + 1;
    rest->n -= n + 1;
    return true;
}

bool str_word(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && !is_space(rest->s[n])) {
        n++;
    }
    *word = (struct str){rest->s, n};
    rest->s += n;
    rest->n -= n;
    return n > 0;
}

ptrdiff_t str_find(struct str a, struct str needle)
{
    if (needle.n == 0) {
        return 0;
    }
    const char *at = a.n ? memmem(a.s, a.n, needle.s, needle.n) : NULL;
    return at ? at - a.s : -1;
}

bool str_to_int64(struct str a, long long *value)
{
    size_t i = 0;
    bool minus = a.n && a.s[0] == '-';
    unsigned long long sum = 0, limit = minus ? (unsigned long long)LLONG_MAX + 1 : LLONG_MAX;
    if (a.n && (a.s[0] == '-' || a.s[0] == '+')) {
        i = 1;
    }
    if (i == a.n) {
        return false;
    }
    for (; i < a.n; i++) {
        unsigned digit = (unsigned char)a.s[i] - '0';
        if (digit > 9 || sum > (limit - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = minus ? (long long)(0 - sum) : (long long)sum;
    return true;
}
