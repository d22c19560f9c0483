/* Numbers and money as people write them: 1.234.567,5 and "50.000 đồng" in Vietnamese, 1,234,567.5
 * in English and Arabic (with Latin digits). Formatting follows the language spoken now. */
#ifndef LANG_NUMBER_H
#define LANG_NUMBER_H

#include <stdbool.h>
#include "platform/base/buf.h"

/* Appends a whole number with its groups of three. */
void number_add(struct buf *to, long long value);

/* Appends a number with at most so many decimals (0 to 6), trailing zeroes dropped. */
void number_add_decimal(struct buf *to, double value, int decimals);

/* Appends an amount: "50.000 đồng". */
void number_add_money(struct buf *to, long long dong);

/* Appends the size of a file or of what waits: "812 byte", "1,4 MB". */
void number_add_size(struct buf *to, long long bytes);

/* Reads what a person typed: 1.234.567,5 · 1234567,5 · 1234567.5 · 1 234 567 · 1,234,567.5 ·
 * Arabic-Indic digits. A single point or comma before exactly three digits is a group in the
 * language spoken now when it is its group sign. False when it is no number. */
bool number_parse(struct str typed, double *value);

/* Reads an amount in đồng: "50.000 đồng", "50.000 ₫", "50,000 Việt Nam Đồng", "50 nghìn", "1,5
 * triệu", "Miễn phí" (0). False when it is none or not whole. */
bool number_parse_money(struct str typed, long long *dong);

#endif
