/* A view of text: a pointer and a length, owned by somebody else, not NUL-terminated. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *s;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT      "%.*s"
#define STR_ARG(v)   (int)(v).n, (v).s

/* The view of a NUL-terminated text; NULL gives the empty view. */
static inline struct str str_of(const char *text)
{
    return (struct str){text ? text : "", text ? strlen(text) : 0};
}

/* Same bytes? */
static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

/* Same bytes as the NUL-terminated text? */
static inline bool str_is(struct str a, const char *text)
{
    return str_eq(a, str_of(text));
}

/* Does a begin with head? */
static inline bool str_starts(struct str a, struct str head)
{
    return a.n >= head.n && (head.n == 0 || memcmp(a.s, head.s, head.n) == 0);
}

/* Does a end with tail? */
static inline bool str_ends(struct str a, struct str tail)
{
    return a.n >= tail.n && (tail.n == 0 || memcmp(a.s + a.n - tail.n, tail.s, tail.n) == 0);
}

/* Bytewise order, shorter first. */
int str_cmp(struct str a, struct str b);

/* Without XML white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str a);

/* Cuts off what stands before the first sep and moves *rest behind it; at the end the whole rest is
 * given and false returned the next time. An empty text gives one empty piece. Start with
 * rest->s != NULL. */
bool str_cut(struct str *rest, char sep, struct str *piece);

/* The next word separated by XML white space; false when none is left. */
bool str_word(struct str *rest, struct str *word);

/* Index of the first occurrence of needle in a, or -1. */
ptrdiff_t str_find(struct str a, struct str needle);

/* A whole decimal integer with optional sign, nothing else; false when it is none or overflows. */
bool str_to_int64(struct str a, long long *value);

#endif
