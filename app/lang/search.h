/* Searching as people type: without accents everything is found, with accents the exact ones come
 * first, the order of words is free, and of a name the last word (tên) weighs most. It ranks and
 * never picks one by itself. */
#ifndef LANG_SEARCH_H
#define LANG_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/buf.h"

enum search_kind {
    SEARCH_TEXT, /* a place, a procedure, a choice */
    SEARCH_NAME, /* a person: tên weighs most */
};

enum { SEARCH_WORDS = 16 };

/* A prepared query. Zeroed memory is a query that finds everything. */
struct search {
    struct buf folded;                /* words separated by one space */
    struct buf marked;                /* the same words with their marks */
    struct str words[SEARCH_WORDS];   /* folded words, views into folded */
    struct str accents[SEARCH_WORDS]; /* the same words with marks, views into marked */
    size_t count;
    enum search_kind kind;
};

/* Prepares what was typed; abbreviations of places at the start of a word group (TP., P., X., TT.,
 * Q., H., T., Đ.) are understood. More than SEARCH_WORDS words: the rest is not looked at. */
void search_begin(struct search *search, struct str typed, enum search_kind kind);

/* How well a text fits: 0 not at all, larger is better. Every word of the query must be the start
 * of a word of the text (the last one typed, in the middle of words too, with a low rank). */
int search_rank(const struct search *search, struct str text);

/* Frees what search_begin made; takes a zeroed one. */
void search_end(struct search *search);

#endif
