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
    TELEX_OFF, /* every key is itself: code fields, a system input method at work */
    TELEX_TELEX,
    TELEX_VNI,
};

enum { TELEX_WORD = 32, TELEX_TEXT = 4 * TELEX_WORD + 8 };

/* The word being typed. Zeroed memory types nothing special (TELEX_OFF). The first group is the
 * field's to set, between words; the rest belongs to the automaton. */
struct telex {
    enum telex_method method;
    enum tone_style style;
    bool plain_w;  /* w alone stays w ("simple Telex") instead of ư */
    bool brackets; /* [ and ] type ơ and ư */
    bool keep;     /* impossible words stay as marked; else they fall back to the typed keys */

    bool raw;                  /* a mark was undone: the word stays as typed until it ends */
    bool lost;                 /* the keys no longer tell how the word came about */
    uint32_t keys[TELEX_WORD]; /* typed since the word began */
    size_t key_count;
    uint32_t word[TELEX_WORD]; /* what stands in the text for it, NFC */
    size_t word_count;
    uint32_t whole; /* bit i: letter i came from one key (w, [ or ]) */
    size_t fell;    /* not 0: the word fell back to so many code points, its end included */
};

/* What to do to the text: erase so many code points before the caret, then insert the text (UTF-8,
 * NFC, NUL-terminated; may be empty). */
struct telex_edit {
    size_t erase;
    char text[TELEX_TEXT];
};

/* One key that types a character. The edit is always right to carry out: keys that mean nothing
 * special come back as themselves. A key that ends the word (space, punctuation) may also put an
 * impossible word back to the keys it was typed with (linux, an English word); a backspace right
 * after that brings the marks back. Returns true when the edit is more than that key. */
bool telex_key(struct telex *telex, uint32_t key, struct telex_edit *edit);

/* Backspace: erases one letter and moves the tone where it now belongs (loạn → lọa). With no word
 * known the edit is one code point; the field may erase its whole grapheme instead. Returns true
 * when more than the last letter changes. */
bool telex_backspace(struct telex *telex, struct telex_edit *edit);

/* The word ends without a key (focus leaves, Enter): true when the edit puts it back to the keys it
 * was typed with. Forgets the word. */
bool telex_end(struct telex *telex, struct telex_edit *edit);

/* Forgets the word as it stands: the caret moved, text was pasted. */
void telex_reset(struct telex *telex);

/* Takes up the word that ends at the caret, so that marks can be added to it; `before` is the text
 * before the caret. */
void telex_resume(struct telex *telex, struct str before);

#endif
