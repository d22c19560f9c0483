/* Old Vietnamese encodings that still arrive in spreadsheets: TCVN3 (ABC fonts) and VNI-Windows,
 * read as if they were Latin-1, and UTF-8 that went through Windows-1252 once too often. Detected
 * by what cannot stand in Vietnamese; pure functions, any thread. */
#ifndef LANG_LEGACY_H
#define LANG_LEGACY_H

#include "platform/base/buf.h"

enum legacy {
    LEGACY_NONE,     /* well-formed Unicode, or nothing to say */
    LEGACY_TCVN3,    /* "NguyÔn V¨n A" */
    LEGACY_VNI,      /* "Nguyeãn Vaên A" */
    LEGACY_MOJIBAKE, /* "Nguyá»…n VÄƒn A" */
    LEGACY_BROKEN,   /* no UTF-8 at all: bytes of some other encoding */
};

/* Which of them a text (some words are enough) most likely is. */
enum legacy legacy_detect(struct str text);

/* Appends what was meant, in NFC; what has no counterpart stays. For LEGACY_NONE it is a copy, for
 * LEGACY_BROKEN broken bytes become U+FFFD. */
void legacy_add_utf8(struct buf *to, struct str text, enum legacy from);

#endif
