/* Searching as people type: without accents everything is found, with accents the exact ones come
 * first, the order of words is free, and of a name the last word (tên) weighs most. It ranks and
 * never picks one by itself. Pure functions, any thread. */
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
    struct buf folded;               /* the words without marks, one space between */
    struct buf marked;               /* the same words with their marks */
    struct str words[SEARCH_WORDS];  /* views into folded */
    struct str accent[SEARCH_WORDS]; /* views into marked */
    size_t count;
    enum search_kind kind;
    bool has_marks;
};

/* Prepares what was typed. Abbreviations of kinds of places (TP. P. X. TT. Q. H. T. TDP KP) are
 * left out, "TP.HCM" and "Sài Gòn" mean Hồ Chí Minh. Words behind SEARCH_WORDS are not looked at.
 */
void search_begin(struct search *search, struct str typed, enum search_kind kind);

/* How well a text fits: 0 not at all, larger is better. Every word of the query must begin a word
 * of the text; the last one, which is still being typed, may also stand inside a word, with a low
 * rank. */
int search_rank(const struct search *search, struct str text);

/* Frees what search_begin made; takes a zeroed one. */
void search_end(struct search *search);

#endif
