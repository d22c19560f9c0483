/* Where the tone mark stands in a Vietnamese syllable: old style hòa, khỏe, thúy; new style hoà,
 * khoẻ, thuý. Official lists mix both. Pure functions, any thread. */
#ifndef LANG_TONE_H
#define LANG_TONE_H

#include <stdbool.h>
#include "platform/base/buf.h"

enum tone_style { TONE_OLD, TONE_NEW };

/* Appends text (any length, NFC or not) in NFC with the tone of every Vietnamese syllable placed in
 * that style; words that are no Vietnamese syllable stay as they are. */
void tone_add(struct buf *to, struct str text, enum tone_style style);

/* Are both the same when tone placement and Unicode form do not count ("Hoà Bình", "Hòa Bình")? */
bool tone_equal(struct str a, struct str b);

#endif
