/* Word search: what is kept is the folded text (no marks, small letters), what is typed becomes a
 * query in which each word is the beginning of a word. Inside this room only. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "platform/base/buf.h"

/* Appends the full-text query for what was typed; false when it holds no word (then all fit). */
bool words_query(struct buf *query, struct str typed);

/* Appends parts, folded and joined by spaces; ends with a NULL part. */
void words_fold(struct buf *to, const char *const *parts);

#endif
