#include "app/lang/mark.h"

#include <string.h>

#include "app/lang/syllable.h"

static int tone_of_key(enum telex_method method, char key)
{
    static const char telex[] = "zfrxsj", vni[] = "023415";
    const char *at = strchr(method == TELEX_TELEX ? telex : vni, key);
    return at && key ? (int)(at - (method == TELEX_TELEX ? telex : vni)) : -1;
}

static void place_tone(struct marking *m)
{
    syllable_set_tone(m->letters, m->count, -1, m->telex->style);
}

static bool undo(struct marking *m)
{
    place_tone(m);
    return m->undone = true;
}

static bool apply_tone(struct marking *m, int tone)
{
    struct syllable in = syllable_find(m->letters, m->count);
    if (in.start == in.end || syllable_is_foreign(m->letters, m->count)) {
        return false;
    }
    int now = (int)syllable_tone(m->letters, m->count);
    if (tone == TONE_NGANG) {
        syllable_set_tone(m->letters, m->count, TONE_NGANG, m->telex->style);
        return now != TONE_NGANG;
    }
    bool again = now == tone;
    syllable_set_tone(m->letters, m->count, again ? TONE_NGANG : tone, m->telex->style);
    return again ? undo(m) : true;
}

/* Puts a mark on one letter if the vowels can still become Vietnamese ones. */
static bool try_mark(struct marking *m, size_t at, enum mark mark)
{
    uint8_t before = m->letters[at].mark;
    m->letters[at].mark = (uint8_t)mark;
    if (before != mark && syllable_can_be(m->letters, m->count)) {
        place_tone(m);
        return true;
    }
    m->letters[at].mark = before;
    return false;
}

/* The key of a circumflex: on the last vowel that can bear it; base 0 takes any of a, e, o. */
static bool apply_circumflex(struct marking *m, char base)
{
    struct syllable in = syllable_find(m->letters, m->count);
    for (size_t i = in.end; i > in.start; i--) {
        struct letter *letter = &m->letters[i - 1];
        bool fits = base ? letter->base == base : strchr("aeo", letter->base) != NULL;
        if (!fits) {
            continue;
        }
        if (letter->mark == MARK_CIRCUMFLEX && syllable_can_be(m->letters, m->count)) {
            letter->mark = MARK_NONE;
            return undo(m);
        }
        /* ươ + o: both horns go, uô is meant */
        bool pair = letter->mark == MARK_HORN && i - 1 > in.start && letter[-1].mark == MARK_HORN;
        if (pair) {
            letter[-1].mark = MARK_NONE;
        }
        if (try_mark(m, i - 1, MARK_CIRCUMFLEX)) {
            return true;
        }
        if (pair) {
            letter[-1].mark = MARK_HORN;
        }
    }
    return false;
}

static bool is_pair_uo(const struct marking *m, size_t at, struct syllable in)
{
    return at + 1 < in.end && m->letters[at].base == 'u' && m->letters[at + 1].base == 'o';
}

/* huơ, thuở, khuơ: with these beginnings and no ending only the o bears a horn. */
static bool has_open_uo(const struct marking *m, struct syllable in)
{
    const struct letter *l = m->letters;
    bool h = in.start == 1 && l[0].base == 'h';
    bool th = in.start == 2 && (l[0].base == 't' || l[0].base == 'k') && l[1].base == 'h';
    return (h || th) && in.end == m->count && in.end - in.start == 2;
}

/* uo → ươ, also where one of them has its horn or ô its circumflex already. */
static bool apply_horns(struct marking *m, struct syllable in)
{
    for (size_t i = in.start; i + 1 < in.end; i++) {
        struct letter *u = &m->letters[i], *o = u + 1;
        if (!is_pair_uo(m, i, in) || (u->mark == MARK_HORN && o->mark == MARK_HORN)) {
            continue;
        }
        bool open = has_open_uo(m, in) && u->mark == MARK_NONE;
        if (open && o->mark == MARK_HORN) {
            return false; /* thuơ + w: an undo */
        }
        uint8_t before = u->mark;
        u->mark = open ? MARK_NONE : MARK_HORN;
        if (try_mark(m, i + 1, MARK_HORN)) {
            return true;
        }
        if (u->mark != before && o->mark == MARK_HORN && syllable_can_be(m->letters, m->count)) {
            place_tone(m);
            return true;
        }
        u->mark = before;
    }
    return false;
}

/* The keys w, 7 and 8: `bases` are the vowels the key may mark. */
static bool apply_hook(struct marking *m, const char *bases)
{
    struct syllable in = syllable_find(m->letters, m->count);
    if (strchr(bases, 'o') && apply_horns(m, in)) {
        return true;
    }
    for (size_t i = in.end; i > in.start; i--) {
        char base = m->letters[i - 1].base;
        enum mark mark = base == 'a' ? MARK_BREVE : MARK_HORN;
        if (strchr(bases, base) && try_mark(m, i - 1, mark)) {
            return true;
        }
    }
    bool any = false;
    for (size_t i = in.start; i < in.end; i++) {
        struct letter *letter = &m->letters[i];
        bool hooked = letter->mark == MARK_BREVE || letter->mark == MARK_HORN;
        if (hooked && strchr(bases, letter->base)) {
            letter->mark = MARK_NONE;
            any = true;
        }
    }
    return any && undo(m);
}

/* dd, also with letters between (dangd). */
static bool apply_stroke(struct marking *m)
{
    size_t last = m->count - 1;
    struct letter *d = &m->letters[last];
    if (d->base != 'd') {
        d = &m->letters[0];
        struct syllable in = syllable_find(m->letters, m->count);
        bool alone = d->base == 'd' && in.is_single && in.start == 1 && in.start < in.end;
        if (!alone || !syllable_can_be(m->letters, m->count)) {
            return false;
        }
    }
    bool again = d->mark == MARK_STROKE;
    d->mark = again ? MARK_NONE : MARK_STROKE;
    return again ? undo(m) : true;
}

/* Appends a letter that one key types whole: w → ư, [ → ơ, ] → ư. The same key again gives the key.
 */
static bool apply_whole(struct marking *m, char base, bool upper)
{
    struct letter *last = m->count ? &m->letters[m->count - 1] : NULL;
    if (last && (m->whole & (1u << (m->count - 1))) && last->base == base) {
        m->count--;
        m->whole &= ~(1u << m->count);
        return m->undone = true;
    }
    struct syllable in = syllable_find(m->letters, m->count);
    bool closed = in.start < in.end && in.end < m->count; /* no vowel can follow */
    if (closed || m->count >= TELEX_WORD) {
        return false;
    }
    m->letters[m->count] = (struct letter){base, MARK_HORN, TONE_NGANG, upper};
    m->count++;
    bool fits = syllable_can_be(m->letters, m->count) && !syllable_is_foreign(m->letters, m->count);
    if (!fits) {
        m->count--;
        return false;
    }
    m->whole |= 1u << (m->count - 1);
    place_tone(m);
    return true;
}

/* A letter that types itself may still complete what stands before: thuơ + ng → thương, and the
 * tone moves to its new place. */
static bool append(struct marking *m, struct letter letter)
{
    struct syllable in = syllable_find(m->letters, m->count);
    enum tone tone = syllable_tone(m->letters, m->count);
    bool vowel_after_consonant = in.start < in.end && in.end < m->count && letter_is_vowel(letter);
    if (in.start == in.end || vowel_after_consonant || m->count >= TELEX_WORD) {
        return false;
    }
    bool open_uo = has_open_uo(m, in) && is_pair_uo(m, in.start, in) &&
                   m->letters[in.start].mark == MARK_NONE &&
                   m->letters[in.start + 1].mark == MARK_HORN;
    bool half = is_pair_uo(m, in.start, in) && m->letters[in.start].mark == MARK_HORN &&
                m->letters[in.start + 1].mark == MARK_NONE; /* ưo + c: ươc is meant */
    m->letters[m->count++] = letter;
    if (open_uo || half) {
        m->letters[in.start].mark = m->letters[in.start + 1].mark = MARK_HORN;
    }
    if (half && !syllable_can_be(m->letters, m->count)) {
        m->letters[in.start + 1].mark = MARK_NONE;
        half = false;
    }
    if (tone && !syllable_is_foreign(m->letters, m->count)) {
        place_tone(m);
    }
    return open_uo || half || tone;
}

static bool apply_telex(struct marking *m, char key, bool upper)
{
    bool foreign = syllable_is_foreign(m->letters, m->count);
    int tone = tone_of_key(TELEX_TELEX, key);
    if (tone >= 0) {
        return apply_tone(m, tone);
    }
    if (key == 'd') {
        return m->count && apply_stroke(m);
    }
    if (strchr("aeo", key)) {
        return m->count && !foreign && apply_circumflex(m, key);
    }
    if (key == 'w' && !foreign) {
        struct letter *last = m->count ? &m->letters[m->count - 1] : NULL;
        bool again = last && (m->whole & (1u << (m->count - 1))) && last->base == 'u';
        return (!again && m->count && apply_hook(m, "aou")) ||
               (!m->telex->plain_w && apply_whole(m, 'u', upper));
    }
    return false;
}

static bool apply_vni(struct marking *m, char key)
{
    if (!m->count || syllable_is_foreign(m->letters, m->count)) {
        return key == '9' && m->count && apply_stroke(m);
    }
    int tone = tone_of_key(TELEX_VNI, key);
    switch (key) {
    case '6':
        return apply_circumflex(m, 0);
    case '7':
        return apply_hook(m, "ou");
    case '8':
        return apply_hook(m, "a");
    case '9':
        return apply_stroke(m);
    default:
        return tone >= 0 && apply_tone(m, tone);
    }
}

bool mark_apply(struct marking *m, uint32_t key)
{
    struct letter letter;
    bool is_letter = letter_of(key, &letter);
    bool plain = is_letter && key < 0x80;
    bool done = false;
    if (m->telex->method == TELEX_VNI && !is_letter) {
        done = apply_vni(m, (char)key);
    } else if (m->telex->method == TELEX_TELEX && plain) {
        done = apply_telex(m, letter.base, letter.upper);
    } else if (m->telex->method == TELEX_TELEX && !is_letter) {
        done = apply_whole(m, key == '[' || key == '{' ? 'o' : 'u', key == '{' || key == '}');
    }
    return done || (is_letter && append(m, letter));
}
