/* Building HTML where nothing from outside gets in unescaped, and hiding numbers. */
#ifndef HUB_HTML_H
#define HUB_HTML_H

#include <stdint.h>
#include "platform/base/buf.h"

/* Appends text with & < > " ' escaped; control characters are left out. */
void html_add(struct buf *to, struct str text);

/* Appends <tag>text</tag>; tag is a literal, without attributes. */
void html_add_in(struct buf *to, const char *tag, struct str text);

/* Appends <a href="path">text</a>; the path is escaped as attribute, not encoded. */
void html_add_link(struct buf *to, const char *path, struct str text);

/* Appends text in which each run of nine or more digits (spaces, dots and dashes between them do
 * not count) has all but its last three hidden: numbers of cards and telephones. */
void mask_add(struct buf *to, struct str text);

/* Appends a moment as 09:30 05/11/2026 in the zone of this machine; a dash for 0. */
void html_add_time(struct buf *to, int64_t ms);

#endif
