#include "app/lang/search.h"

#include <string.h>

#include "app/lang/fold.h"

enum { TEXT_WORDS = 64 };

/* Without marks; what a place is called before its name. */
static bool is_kind_of_place(struct str word)
{
    static const char *const kinds[] = {"tp", "p", "ph", "x",   "tt", "tx",
                                        "q",  "h", "t",  "tdp", "kp"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (str_is(word, kinds[i])) {
            return true;
        }
    }
    return false;
}

static size_t split(struct str text, struct str *words, size_t max)
{
    size_t n = 0;
    while (n < max && str_word(&text, &words[n])) {
        n++;
    }
    return n;
}

static const char *alias_of(struct str folded)
{
    static const char *const names[] = {"hcm", "tphcm", "tp hcm", "sai gon", "sg", "tp sai gon"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_is(folded, names[i])) {
            return "Hồ Chí Minh";
        }
    }
    return NULL;
}

/* "TP.", "P. " with their point; a word alone ("H") may be the start of a name. */
static void drop_kinds(struct search *search, struct str typed)
{
    size_t kept = 0;
    for (size_t i = 0; i < search->count; i++) {
        bool abbreviated = memchr(typed.s, '.', typed.n) != NULL || search->words[i].n > 1;
        bool last = i + 1 == search->count && !kept;
        if (!last && abbreviated && is_kind_of_place(search->words[i])) {
            continue;
        }
        search->words[kept] = search->words[i];
        search->accent[kept++] = search->accent[i];
    }
    search->count = kept;
}

void search_begin(struct search *search, struct str typed, enum search_kind kind)
{
    *search = (struct search){.kind = kind};
    fold_add(&search->folded, typed);
    const char *alias = kind == SEARCH_TEXT ? alias_of(buf_str(&search->folded)) : NULL;
    if (alias) {
        typed = str_of(alias);
        buf_clear(&search->folded);
        fold_add(&search->folded, typed);
    }
    fold_add_marked(&search->marked, typed);
    search->has_marks = !alias && fold_has_marks(typed);
    search->count = split(buf_str(&search->folded), search->words, SEARCH_WORDS);
    size_t accents = split(buf_str(&search->marked), search->accent, SEARCH_WORDS);
    if (accents != search->count) { /* a letter that only one form drops: compare without marks */
        memcpy(search->accent, search->words, sizeof(search->accent));
        search->has_marks = false;
    }
    if (kind == SEARCH_TEXT) {
        drop_kinds(search, typed);
    }
}

struct hit {
    int score; /* 0 none, 1 inside a word, 2 begins a word, 3 is a word */
    size_t word;
    bool exact; /* with the same marks */
};

static struct hit find_word(const struct search *search, size_t i, const struct str *words,
                            const struct str *accents, size_t n)
{
    struct hit best = {0};
    struct str wanted = search->words[i];
    for (size_t k = 0; k < n; k++) {
        struct hit hit = {0, k, str_starts(accents[k], search->accent[i])};
        if (str_eq(words[k], wanted)) {
            hit.score = 3;
        } else if (str_starts(words[k], wanted)) {
            hit.score = 2;
        } else if (i + 1 == search->count && wanted.n > 1 && str_find(words[k], wanted) >= 0) {
            hit.score = 1;
        }
        bool better =
            hit.score && (hit.score + (hit.exact ? 4 : 0) > best.score + (best.exact ? 4 : 0));
        bool later = search->kind == SEARCH_NAME && hit.score && hit.score == best.score &&
                     hit.exact == best.exact; /* Nguyễn Văn An: the last of equal words is tên */
        best = better || later ? hit : best;
    }
    return best;
}

static int rank_words(const struct search *search, const struct str *words,
                      const struct str *accents, size_t n)
{
    int rank = 1000;
    bool all_exact = true, in_order = true, given = false;
    size_t before = 0;
    for (size_t i = 0; i < search->count; i++) {
        struct hit hit = find_word(search, i, words, accents, n);
        if (!hit.score) {
            return 0;
        }
        all_exact = all_exact && hit.exact;
        in_order = in_order && (i == 0 || hit.word == before + 1);
        before = hit.word;
        given = given || (hit.word + 1 == n && hit.score > 1);
        rank += hit.score * 40 + (search->has_marks && hit.exact ? 150 : 0);
        if (i == 0 && hit.word == 0) {
            rank += 100;
        }
    }
    rank += search->has_marks && all_exact ? 4000 : 0;
    rank += in_order ? 250 : 0;
    rank += search->kind == SEARCH_NAME && given ? 1200 : 0;
    rank += in_order && search->count == n ? 1500 : 0;
    return rank - (int)(n < 99 ? n : 99);
}

int search_rank(const struct search *search, struct str text)
{
    struct buf folded = {0}, marked = {0};
    struct str words[TEXT_WORDS], accents[TEXT_WORDS];
    if (!search->count) {
        return 1;
    }
    fold_add(&folded, text);
    size_t n = split(buf_str(&folded), words, TEXT_WORDS);
    int rank = rank_words(search, words, words, n);
    if (rank && search->has_marks) { /* marks are looked at only where they can decide */
        fold_add_marked(&marked, text);
        bool aligned = split(buf_str(&marked), accents, TEXT_WORDS) == n;
        rank = rank_words(search, words, aligned ? accents : words, n);
    }
    buf_finish(&folded);
    buf_finish(&marked);
    return rank;
}

void search_end(struct search *search)
{
    buf_finish(&search->folded);
    buf_finish(&search->marked);
    *search = (struct search){0};
}
