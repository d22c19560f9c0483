#include "app/lang/tone.h"

#include "app/lang/syllable.h"
#include "platform/base/utf8.h"

enum { WORD = 12 }; /* nghiêng has 7 letters; a longer word is no syllable */

static void add_word(struct buf *to, struct letter *letters, size_t count, enum tone_style style)
{
    if (count && syllable_tone(letters, count) && syllable_is_whole(letters, count, false)) {
        syllable_set_tone(letters, count, -1, style);
    }
    for (size_t i = 0; i < count; i++) {
        utf8_add(to, letter_code(letters[i]));
    }
}

void tone_add(struct buf *to, struct str text, enum tone_style style)
{
    struct buf nfc = {0};
    utf8_add_nfc(&nfc, text);
    struct str rest = buf_str(&nfc);
    struct letter letters[WORD], letter;
    size_t count = 0;
    bool too_long = false;
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        bool is_letter = letter_of(code, &letter);
        if (is_letter && !too_long && count < WORD) {
            letters[count++] = letter;
            continue;
        }
        if (is_letter && !too_long) { /* no syllable: give it back as it came */
            for (size_t i = 0; i < count; i++) {
                utf8_add(to, letter_code(letters[i]));
            }
        } else if (!too_long) {
            add_word(to, letters, count, style);
        }
        count = 0;
        too_long = is_letter;
        utf8_add(to, code);
    }
    if (!too_long) {
        add_word(to, letters, count, style);
    }
    buf_finish(&nfc);
}

bool tone_equal(struct str a, struct str b)
{
    struct buf old_a = {0}, old_b = {0};
    tone_add(&old_a, a, TONE_OLD);
    tone_add(&old_b, b, TONE_OLD);
    bool equal = str_eq(buf_str(&old_a), buf_str(&old_b));
    buf_finish(&old_a);
    buf_finish(&old_b);
    return equal;
}
