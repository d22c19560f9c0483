/* What a Vietnamese syllable may look like, and where its tone stands. Inner header of the room. */
#ifndef LANG_SYLLABLE_H
#define LANG_SYLLABLE_H

#include <stddef.h>
#include "app/lang/letter.h"
#include "app/lang/tone.h"

/* The parts of the last syllable in a run of letters, as indices into it. */
struct syllable {
    size_t start;   /* first letter of the vowels, the u of qu and the i of gi + vowel left out */
    size_t end;     /* behind the last vowel: start == end when there is none */
    bool is_single; /* no vowel stands before the consonants in front of it */
};

/* Finds the last group of vowels. */
struct syllable syllable_find(const struct letter *letters, size_t count);

/* Moves the tone of the last syllable to where it belongs; if tone is not negative it becomes that
 * one first. Nothing happens without a vowel. */
void syllable_set_tone(struct letter *letters, size_t count, int tone, enum tone_style style);

/* The tone of the last syllable. */
enum tone syllable_tone(const struct letter *letters, size_t count);

/* Is it one whole Vietnamese syllable, its tone allowed with its ending? With `ethnic` also a name
 * in the spelling of the Central Highlands (Krông, Niê, Kpă): more ways to begin and end, no tone.
 */
bool syllable_is_whole(const struct letter *letters, size_t count, bool ethnic);

/* Could the vowels from start to end still become those of a syllable with that ending, when marks
 * may be added but not taken away? */
bool syllable_can_be(const struct letter *letters, size_t count);

/* Do the consonants at the start belong to no language of Viet Nam (f, w, z, cl, st)? */
bool syllable_is_foreign(const struct letter *letters, size_t count);

#endif
