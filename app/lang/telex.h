/* Typing Vietnamese on a keyboard without a system input method: Telex and VNI as an automaton over
 * the word at the caret. It is fed keys and answers with an edit (erase so many letters before the
 * caret, then insert); it knows no widget. One automaton a focused field, one thread. */
#ifndef LANG_TELEX_H
#define LANG_TELEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "app/lang/tone.h"

enum telex_method {
    TELEX_OFF, /* every key is itself: code fields, a system IME at work */
    TELEX_TELEX,
    TELEX_VNI,
};

enum { TELEX_WORD = 32, TELEX_TEXT = 4 * TELEX_WORD + 4 };

/* The word being typed. Zeroed memory types nothing special (TELEX_OFF). Set method, style and the
 * options at any time between words. */
struct telex {
    enum telex_method method;
    enum tone_style style;
    bool plain_w;              /* w alone stays w ("simple Telex") instead of ư */
    bool brackets;             /* [ and ] type ơ and ư */
    bool raw;                  /* a mark was undone: the word stays as typed until it ends */
    uint32_t keys[TELEX_WORD]; /* what was typed since the word began */
    size_t key_count;
    uint32_t word[TELEX_WORD]; /* what stands in the text for it, NFC */
    size_t word_count;
};

/* What to do to the text: erase so many code points before the caret, then insert the text (UTF-8,
 * NFC, NUL-terminated; may be empty). */
struct telex_edit {
    size_t erase;
    char text[TELEX_TEXT];
};

/* One key that types a character. The edit is always right to carry out; keys that end a word
 * (space, punctuation) come back as themselves. Returns true when the key was more than itself. */
bool telex_key(struct telex *telex, uint32_t key, struct telex_edit *edit);

/* Backspace: erases one letter and moves the tone where it now belongs (loạn → lọa). With nothing
 * known of a word the edit is one code point, and the field erases its grapheme instead. Returns
 * true when more than one letter changes. */
bool telex_backspace(struct telex *telex, struct telex_edit *edit);

/* Forgets the word: the caret moved, the field lost the focus, a word was pasted. */
void telex_reset(struct telex *telex);

/* Takes up the word that ends at the caret, so that marks can be added to it: `before` is the text
 * before the caret. */
void telex_resume(struct telex *telex, struct str before);

#endif
