#include "app/lang/syllable.h"

#include <string.h>

/* Endings as bits. */
enum { OPEN = 1, C = 2, CH = 4, K = 8, M = 16, N = 32, NG = 64, NH = 128, P = 256, T = 512 };
enum { STOPS = C | CH | K | P | T, USUAL = C | K | M | N | NG | P | T };

struct ending {
    const char *text;
    int bit;
};

static const struct ending endings[] = {
    {"", OPEN}, {"c", C},   {"ch", CH}, {"k", K}, {"m", M},
    {"n", N},   {"ng", NG}, {"nh", NH}, {"p", P}, {"t", T},
};

/* The vowels of the language, in letter_shape's letters, and the endings each may have. */
static const struct rime {
    const char *vowels;
    int endings;
} rimes[] = {
    {"a", OPEN | CH | NH | USUAL},
    {"B", USUAL},
    {"A", USUAL},
    {"e", OPEN | USUAL},
    {"E", OPEN | CH | K | M | N | NH | P | T},
    {"i", OPEN | CH | K | M | N | NH | P | T},
    {"o", OPEN | USUAL},
    {"O", OPEN | USUAL},
    {"P", OPEN | K | M | N | P | T},
    {"u", OPEN | USUAL},
    {"U", OPEN | C | K | M | N | NG | T},
    {"y", OPEN | CH | N | NH | T},
    {"ai", OPEN},
    {"ao", OPEN},
    {"au", OPEN},
    {"ay", OPEN},
    {"Au", OPEN},
    {"Ay", OPEN},
    {"eo", OPEN},
    {"Eu", OPEN},
    {"ia", OPEN},
    {"iu", OPEN},
    {"iE", USUAL},
    {"oa", OPEN | CH | NH | USUAL},
    {"oB", USUAL},
    {"oe", OPEN | M | N | NG | T},
    {"oi", OPEN},
    {"oo", C | NG},
    {"Oi", OPEN},
    {"Pi", OPEN},
    {"ua", OPEN},
    {"Ua", OPEN},
    {"ui", OPEN},
    {"Ui", OPEN},
    {"uA", N | NG | T},
    {"uE", OPEN | CH | N | NH},
    {"uO", USUAL},
    {"uP", OPEN},
    {"UP", USUAL},
    {"uy", OPEN | CH | N | NH | P | T},
    {"Uu", OPEN},
    {"yE", USUAL},
    {"iEu", OPEN},
    {"yEu", OPEN},
    {"oai", OPEN},
    {"oao", OPEN},
    {"oay", OPEN},
    {"oeo", OPEN},
    {"uOi", OPEN},
    {"UPi", OPEN},
    {"UPu", OPEN},
    {"uAy", OPEN},
    {"uya", OPEN},
    {"uyE", N | T},
    {"uyu", OPEN},
    {"uEu", OPEN},
};

enum { RIMES = sizeof(rimes) / sizeof(rimes[0]), LONGEST = 8 };

static const char *const onsets[] = {
    "",  "b",  "c",   "ch", "d", "D",  "g",  "gh", "gi", "h", "k",  "kh", "l", "m",
    "n", "ng", "ngh", "nh", "p", "ph", "qu", "r",  "s",  "t", "th", "tr", "v", "x",
};

/* Letters from `from` to `to` in letter_shape's letters; false when there are too many. */
static bool shape(const struct letter *letters, size_t from, size_t to, char text[LONGEST])
{
    if (to - from >= LONGEST) {
        return false;
    }
    for (size_t i = from; i < to; i++) {
        text[i - from] = letter_shape(letters[i]);
    }
    text[to - from] = 0;
    return true;
}

struct syllable syllable_find(const struct letter *letters, size_t count)
{
    struct syllable found = {count, count, true};
    while (found.end && !letter_is_vowel(letters[found.end - 1])) {
        found.end--;
    }
    found.start = found.end;
    while (found.start && letter_is_vowel(letters[found.start - 1])) {
        found.start--;
    }
    for (size_t i = 0; i < found.start; i++) {
        found.is_single = found.is_single && !letter_is_vowel(letters[i]);
    }
    size_t n = found.end - found.start;
    const struct letter *first = letters + found.start;
    bool qu = n > 1 && found.start && first[-1].base == 'q' && first->base == 'u' && !first->mark;
    bool gi = n > 1 && found.start == 1 && first[-1].base == 'g' && first->base == 'i';
    found.start += (qu || gi) ? 1 : 0;
    return found;
}

/* Which letter of the vowels bears the tone (rules: see the tests). */
static size_t place(const struct letter *letters, size_t count, struct syllable in,
                    enum tone_style style)
{
    size_t n = in.end - in.start;
    for (size_t i = in.end; i > in.start; i--) {
        if (letters[i - 1].mark) {
            return i - 1;
        }
    }
    if (n >= 3) {
        return in.start + 1;
    }
    if (n == 2 && in.end < count) {
        return in.start + 1;
    }
    char vowels[LONGEST];
    bool glide = n == 2 && shape(letters, in.start, in.end, vowels) &&
                 (!strcmp(vowels, "oa") || !strcmp(vowels, "oe") || !strcmp(vowels, "uy"));
    return in.start + (glide && style == TONE_NEW ? 1 : 0);
}

enum tone syllable_tone(const struct letter *letters, size_t count)
{
    struct syllable in = syllable_find(letters, count);
    size_t from = in.start ? in.start - 1 : 0; /* gìa: the tone may still stand on the i of gi */
    for (size_t i = from; i < in.end; i++) {
        if (letters[i].tone) {
            return letters[i].tone;
        }
    }
    return TONE_NGANG;
}

void syllable_set_tone(struct letter *letters, size_t count, int tone, enum tone_style style)
{
    struct syllable in = syllable_find(letters, count);
    if (in.start == in.end) {
        return;
    }
    uint8_t given = (uint8_t)(tone >= 0 ? tone : (int)syllable_tone(letters, count));
    for (size_t i = in.start ? in.start - 1 : 0; i < in.end; i++) {
        letters[i].tone = TONE_NGANG;
    }
    letters[place(letters, count, in, style)].tone = given;
}

/* Does a pattern become the wanted vowels by adding marks only? Compares n letters. */
static bool can_become(const char *pattern, const char *wanted, size_t n)
{
    static const char plain[] = "aaeooouu", marked[] = "ABEOOPUU";
    for (size_t i = 0; i < n; i++) {
        bool same = pattern[i] == wanted[i];
        for (size_t k = 0; !same && k < sizeof(plain) - 1; k++) {
            same = pattern[i] == plain[k] && wanted[i] == marked[k];
        }
        if (!same) {
            return false;
        }
    }
    return true;
}

static int ending_bit(const char *text, bool is_start)
{
    int bits = 0;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        bool fits = is_start ? !strncmp(endings[i].text, text, strlen(text))
                             : !strcmp(endings[i].text, text);
        bits |= fits ? endings[i].bit : 0;
    }
    return bits;
}

bool syllable_can_be(const struct letter *letters, size_t count)
{
    char vowels[LONGEST], ending[LONGEST];
    struct syllable in = syllable_find(letters, count);
    if (in.start == in.end || !shape(letters, in.start, in.end, vowels) ||
        !shape(letters, in.end, count, ending)) {
        return false;
    }
    size_t n = strlen(vowels);
    int bits = ending_bit(ending, true);
    for (size_t i = 0; i < RIMES; i++) {
        size_t length = strlen(rimes[i].vowels);
        bool longer = length > n && !*ending; /* more vowels may follow */
        if ((length == n || longer) && can_become(vowels, rimes[i].vowels, n) &&
            (longer || !*ending || (rimes[i].endings & bits))) {
            return true;
        }
    }
    return false;
}

/* May the tone stand with that ending? */
static bool is_tone_of(int ending, enum tone tone)
{
    return !(ending & STOPS) || tone == TONE_SAC || tone == TONE_NANG || tone == TONE_NGANG;
}

static bool is_rime(const char *vowels, const char *ending, enum tone tone)
{
    int bit = ending_bit(ending, false);
    for (size_t i = 0; i < RIMES; i++) {
        if (!strcmp(rimes[i].vowels, vowels) && (rimes[i].endings & bit)) {
            return is_tone_of(bit, tone);
        }
    }
    return false;
}

static bool is_onset(const char *text)
{
    for (size_t i = 0; i < sizeof(onsets) / sizeof(onsets[0]); i++) {
        if (!strcmp(onsets[i], text)) {
            return true;
        }
    }
    return false;
}

/* Krông, Niê, Kpă, Knuếc: one group of known vowels, other consonants around it. Avương, Đakrông:
 * written together, then without a tone; a hook at the end or a đ in front tells them from English
 * words that happen to hold ee or oo. */
static bool is_ethnic(const struct letter *letters, size_t count, struct syllable in,
                      const char *vowels, const char *ending)
{
    bool known = false, hooked = false;
    for (size_t i = 0; i < RIMES; i++) {
        known = known || !strcmp(rimes[i].vowels, vowels);
    }
    for (size_t i = in.start; i < in.end; i++) {
        hooked = hooked || letters[i].mark == MARK_BREVE || letters[i].mark == MARK_HORN;
    }
    int bit = ending_bit(ending, false);
    bool ends = bit || (strlen(ending) == 1 && strchr("rlh", *ending));
    enum tone tone = syllable_tone(letters, count);
    for (size_t i = 0; i < in.start && !tone; i++) {
        tone = letters[i].tone;
    }
    bool joined = !tone && (hooked || letters[0].mark == MARK_STROKE);
    return known && ends && is_tone_of(bit, tone) && !syllable_is_foreign(letters, count) &&
           (in.is_single ? in.start <= 3 : joined);
}

bool syllable_is_whole(const struct letter *letters, size_t count, bool ethnic)
{
    char onset[LONGEST], vowels[LONGEST], ending[LONGEST];
    struct syllable in = syllable_find(letters, count);
    if (in.start == in.end || !shape(letters, in.start, in.end, vowels) ||
        !shape(letters, in.end, count, ending)) {
        return false;
    }
    if (ethnic && is_ethnic(letters, count, in, vowels, ending)) {
        return true;
    }
    if (!in.is_single || !shape(letters, 0, in.start, onset)) {
        return false;
    }
    enum tone tone = syllable_tone(letters, count);
    bool whole = is_onset(onset) && is_rime(vowels, ending, tone);
    if (!whole && !strcmp(onset, "gi") && shape(letters, 1, in.end, vowels)) {
        whole = is_rime(vowels, ending, tone); /* giếng: the i belongs to iê */
    }
    return whole;
}

bool syllable_is_foreign(const struct letter *letters, size_t count)
{
    size_t n = 0;
    while (n < count && !letter_is_vowel(letters[n])) {
        if (strchr("fwz", letters[n].base)) {
            return true;
        }
        n++;
    }
    if (n == count) {
        return false;
    }
    bool s = n >= 2 && letters[0].base == 's' && strchr("cklmnpqt", letters[1].base);
    bool c = n >= 2 && letters[0].base == 'c' && strchr("lr", letters[1].base);
    return s || c || n > 3;
}
