#include "app/store/words.h"

#include "app/lang/lang.h"

bool words_query(struct buf *query, struct str typed)
{
    struct buf folded = {0};
    struct str word;
    fold_add(&folded, typed);
    struct str rest = buf_str(&folded);
    bool has_word = false;
    while (str_word(&rest, &word)) {
        /* Within quotation marks nothing is an operator; fold leaves none of them. */
        buf_addf(query, has_word ? " \"" STR_FMT "\"*" : "\"" STR_FMT "\"*", STR_ARG(word));
        has_word = true;
    }
    buf_finish(&folded);
    return has_word;
}

void words_fold(struct buf *to, const char *const *parts)
{
    for (; *parts; parts++) {
        if (to->n) {
            buf_add_char(to, ' ');
        }
        fold_add(to, str_of(*parts));
    }
}
