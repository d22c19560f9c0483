/* Vietnamese order (CLDR vi): a < ă < â, d < đ, e < ê, o < ô < ơ, u < ư as letters of their own;
 * tones ngang < huyền < hỏi < ngã < sắc < nặng count only where the letters are equal; case last.
 * Own tables: a small image lacks the C library's locales. Pure functions, any thread. */
#ifndef LANG_SORT_H
#define LANG_SORT_H

#include "platform/base/buf.h"

/* Appends a key whose bytes compare (memcmp, shorter first) as the texts do. It holds no zero byte,
 * so it can be stored as a text or blob column. Digits compare by value ("Tổ 2" before "Tổ 10"). */
void sort_add_key(struct buf *to, struct str text);

/* The same for the name of a person: by tên (last word), then họ (first), then what is between. */
void sort_add_name_key(struct buf *to, struct str name);

/* Order of two texts: negative, 0, positive; for sorting a few, keys are better for many. */
int sort_compare(struct str a, struct str b);

/* Order of two names of persons. */
int sort_compare_names(struct str a, struct str b);

#endif
