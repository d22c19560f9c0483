/* What one key does to the letters of a word, by the rules of Telex and VNI. Inner header of the
 * room; telex.c turns the result into an edit. */
#ifndef LANG_MARK_H
#define LANG_MARK_H

#include "app/lang/letter.h"
#include "app/lang/telex.h"

/* A word on its way from one state to the next. */
struct marking {
    const struct telex *telex;
    struct letter letters[TELEX_WORD + 1];
    size_t count;
    uint32_t whole; /* as in struct telex */
    bool undone;    /* the key took a mark away: the word is raw from now on, the key follows it */
};

/* Applies a key; false when it is to be typed as itself and nothing changed. */
bool mark_apply(struct marking *marking, uint32_t key);

#endif
