#include "app/lang/telex.h"

#include <string.h>

#include "app/lang/mark.h"
#include "app/lang/syllable.h"
#include "platform/base/utf8.h"

static void put(char *text, size_t *at, uint32_t code)
{
    struct buf one = {0};
    utf8_add(&one, code);
    if (*at + one.n < TELEX_TEXT) {
        memcpy(text + *at, one.s, one.n);
        *at += one.n;
    }
    text[*at] = 0;
    buf_finish(&one);
}

static void pass_through(struct telex_edit *edit, uint32_t key)
{
    size_t at = 0;
    edit->erase = 0;
    put(edit->text, &at, key);
}

/* The smallest edit from the word that stands there to the new one. */
static void replace(struct telex *telex, const uint32_t *word, size_t count,
                    struct telex_edit *edit)
{
    size_t same = 0, at = 0;
    while (same < count && same < telex->word_count && word[same] == telex->word[same]) {
        same++;
    }
    edit->erase = telex->word_count - same;
    edit->text[0] = 0;
    for (size_t i = same; i < count; i++) {
        put(edit->text, &at, word[i]);
    }
    memmove(telex->word, word, count * sizeof(*word));
    telex->word_count = count;
}

void telex_reset(struct telex *telex)
{
    telex->raw = telex->lost = false;
    telex->key_count = telex->word_count = 0;
    telex->whole = 0;
    telex->fell = 0;
}

/* Is the word no possible one and to be put back to its keys? */
static bool is_to_fall(const struct telex *telex)
{
    struct letter letters[TELEX_WORD];
    size_t vowels = 0;
    for (size_t i = 0; i < telex->word_count; i++) {
        if (!letter_of(telex->word[i], &letters[i])) {
            letters[i] = (struct letter){'z', 0, 0, false};
        }
        vowels += letter_is_vowel(letters[i]) ? 1 : 0;
    }
    bool changed = telex->key_count != telex->word_count ||
                   memcmp(telex->keys, telex->word, telex->word_count * sizeof(*telex->word)) != 0;
    bool is_open = !telex->raw && !telex->lost && !telex->keep && !telex->fell;
    return changed && vowels && is_open && telex->method != TELEX_OFF &&
           !syllable_is_whole(letters, telex->word_count, true);
}

bool telex_end(struct telex *telex, struct telex_edit *edit)
{
    bool fall = is_to_fall(telex);
    edit->erase = 0;
    edit->text[0] = 0;
    if (fall) {
        replace(telex, telex->keys, telex->key_count, edit);
    }
    telex_reset(telex);
    return fall;
}

/* A key that is no part of a word. */
static bool end_word(struct telex *telex, uint32_t key, struct telex_edit *edit)
{
    struct telex before = *telex;
    bool fall = telex_end(telex, edit);
    size_t at = strlen(edit->text);
    put(edit->text, &at, key);
    if (fall) { /* kept for a backspace that says: no, I meant it */
        before.fell = before.key_count + 1;
        *telex = before;
    }
    return fall;
}

static bool is_word_key(const struct telex *telex, uint32_t key)
{
    struct letter letter;
    if (letter_of(key, &letter)) {
        return true;
    }
    bool digit = key >= '0' && key <= '9' && telex->word_count;
    bool bracket = key < 0x80 && key && strchr("[]{}", (int)key);
    return (telex->method == TELEX_VNI && digit) ||
           (telex->method == TELEX_TELEX && telex->brackets && bracket);
}

bool telex_key(struct telex *telex, uint32_t key, struct telex_edit *edit)
{
    if (telex->method == TELEX_OFF) {
        pass_through(edit, key);
        return false;
    }
    if (!is_word_key(telex, key)) {
        return end_word(telex, key, edit);
    }
    if (telex->fell) {
        telex_reset(telex);
    }
    if (telex->word_count == TELEX_WORD || telex->key_count == TELEX_WORD) {
        telex_reset(telex); /* nobody types such a word: let the rest pass until it ends */
        telex->raw = telex->lost = true;
    }
    struct marking marking = {.telex = telex, .count = telex->word_count, .whole = telex->whole};
    bool known = true;
    for (size_t i = 0; i < telex->word_count; i++) {
        known = letter_of(telex->word[i], &marking.letters[i]) && known;
    }
    uint32_t word[TELEX_WORD + 1];
    size_t count;
    bool marked = known && !telex->raw && mark_apply(&marking, key);
    if (marked) {
        for (count = 0; count < marking.count; count++) {
            word[count] = letter_code(marking.letters[count]);
        }
        telex->whole = marking.whole;
        telex->raw = marking.undone;
    }
    if (!marked || marking.undone) { /* an undone mark leaves its key as a plain letter */
        count = marked ? count : telex->word_count;
        if (!marked) {
            memcpy(word, telex->word, count * sizeof(*word));
        }
        word[count++] = key;
    }
    telex->keys[telex->key_count++] = key;
    size_t before = telex->word_count;
    replace(telex, word, count, edit);
    return marked || edit->erase || telex->word_count != before + 1;
}

bool telex_backspace(struct telex *telex, struct telex_edit *edit)
{
    struct letter letters[TELEX_WORD];
    if (telex->fell) {
        size_t at = 0;
        edit->erase = telex->fell;
        edit->text[0] = 0;
        for (size_t i = 0; i < telex->word_count; i++) {
            put(edit->text, &at, telex->word[i]);
        }
        telex->fell = 0;
        telex->lost = true;
        return true;
    }
    if (!telex->word_count) {
        edit->erase = 1;
        edit->text[0] = 0;
        telex_reset(telex);
        return false;
    }
    size_t count = telex->word_count - 1;
    uint32_t word[TELEX_WORD] = {0};
    bool known = true;
    for (size_t i = 0; i < count; i++) {
        word[i] = telex->word[i];
        known = letter_of(word[i], &letters[i]) && known;
    }
    if (known && !telex->raw && count) {
        syllable_set_tone(letters, count, -1, telex->style);
        for (size_t i = 0; i < count; i++) {
            word[i] = letter_code(letters[i]);
        }
    }
    replace(telex, word, count, edit);
    telex->lost = true;
    telex->whole &= ~(UINT32_MAX << count);
    if (!count) {
        telex_reset(telex);
    }
    return edit->erase != 1 || edit->text[0];
}

void telex_resume(struct telex *telex, struct str before)
{
    struct buf nfc = {0};
    struct letter letter;
    uint32_t code;
    telex_reset(telex);
    utf8_add_nfc(&nfc, before);
    size_t start = nfc.n;
    while (start) {
        size_t at = utf8_grapheme_start(buf_str(&nfc), start);
        struct str one = {nfc.s + at, start - at};
        if (!utf8_next(&one, &code) || one.n || !letter_of(code, &letter)) {
            break;
        }
        start = at;
    }
    struct str word = {nfc.s + start, nfc.n - start};
    bool same = str_ends(before, word); /* an edit counts code points of the text as it stands */
    if (same && utf8_count(word) < TELEX_WORD) {
        while (utf8_next(&word, &code)) {
            telex->word[telex->word_count++] = code;
        }
    }
    telex->lost = telex->word_count > 0;
    buf_finish(&nfc);
}
