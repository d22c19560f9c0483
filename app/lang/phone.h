/* Vietnamese telephone numbers: written in many ways, stored as E.164 (+84912345678). Pure
 * functions, any thread. */
#ifndef LANG_PHONE_H
#define LANG_PHONE_H

#include <stdbool.h>
#include "platform/base/buf.h"

/* Appends the E.164 form of what was typed (0912 345 678, +84 912…, 84912…, 0084…; landlines
 * 02x too; other countries with + or 00). False, and nothing appended, when it is no number. */
bool phone_add_e164(struct buf *to, struct str typed);

/* Is it a Vietnamese mobile number (03, 05, 07, 08, 09 and eight digits)? */
bool phone_is_mobile(struct str typed);

/* Appends the form to show: "0912 345 678"; what is no number is appended as it is. */
void phone_add_shown(struct buf *to, struct str number);

/* Appends the form with only the last three digits readable: "••• ••• 678". */
void phone_add_masked(struct buf *to, struct str number);

#endif
