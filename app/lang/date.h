/* Dates and times as people write them: dd/MM/yyyy, 24 hours, weeks from Monday; a birth year alone
 * is a date too. Calendar arithmetic is in platform/base/clock.h. Sentences follow the language
 * spoken now. */
#ifndef LANG_DATE_H
#define LANG_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"

/* A day, or a year alone (month and day 0). */
struct date {
    int year, month, day;
};

/* Reads dd/MM/yyyy with / - . or space between, one or two digits, ddMMyyyy, yyyy alone,
 * yyyy-MM-dd, and "ngày 5 tháng 11 năm 2026". Years 1800 to 2200. False when there is no such
 * day (31/02). */
bool date_parse(struct str typed, struct date *date);

/* Appends 05/11/2026, or 2026 for a year alone. */
void date_add(struct buf *to, struct date date);

/* Appends 2026-11-05, or 2026 for a year alone (as stored in forms). */
void date_add_iso(struct buf *to, struct date date);

/* Appends "thứ năm, ngày 5 tháng 11 năm 2026" in the language spoken now. */
void date_add_long(struct buf *to, struct date date);

/* The day on which that moment falls in the zone of the device. */
struct date date_of_ms(int64_t ms);

/* Appends 14:05 in the zone of the device. */
void date_add_time(struct buf *to, int64_t ms);

/* Appends 14:05 05/11/2026 in the zone of the device. */
void date_add_moment(struct buf *to, int64_t ms);

/* Appends the form of official receipts, "9 giờ 32 phút, ngày 27/10/2023", in the language spoken
 * now. */
void date_add_receipt(struct buf *to, int64_t ms);

/* Appends how long ago a moment was, in words for a list: "vừa xong", "5 phút trước", "hôm qua
 * 14:05", else the date. */
void date_add_ago(struct buf *to, int64_t ms, int64_t now_ms);

/* Whole years lived on that day; with a birth year alone, those reached by the end of that year. -1
 * when born later. */
int date_age(struct date born, struct date on);

/* Name of a weekday, 1 Monday … 7 Sunday, in the language spoken now. */
const char *date_weekday(int weekday);

/* Weekday of a day, 1 Monday … 7 Sunday. */
int date_weekday_of(struct date date);

/* ISO week of a day and the year that week belongs to. */
int date_week(struct date date, int *year);

#endif
