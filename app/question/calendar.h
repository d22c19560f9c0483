/* Other calendars, as a second label beside a Gregorian date: pure arithmetic over day numbers, no
 * table but the month lengths of Nepal. Values of forms stay Gregorian. Any thread. */
#ifndef QUESTION_CALENDAR_H
#define QUESTION_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"

enum calendar {
    CALENDAR_NONE,
    CALENDAR_ETHIOPIAN,
    CALENDAR_COPTIC,
    CALENDAR_ISLAMIC, /* tabular, civil epoch, leap years 2 5 7 10 13 16 18 21 24 26 29 */
    CALENDAR_BIKRAM_SAMBAT,
    CALENDAR_MYANMAR,
    CALENDAR_PERSIAN,
    CALENDAR_BUDDHIST,
    CALENDAR_LUNAR, /* Vietnamese, at UTC+7 */
};

struct calendar_day {
    int year, month, day; /* month from 1; Myanmar: 1 is Tagu, 4 Waso */
    bool is_leap;         /* an inserted month (lunar nhuận; Myanmar: First Waso) */
};

/* The day that begins `days` after 1970-01-01 in that calendar; false outside of what is known
 * (years 1800 to 2199; Bikram Sambat 2007 to 2090, Myanmar from 1312). */
bool calendar_convert(enum calendar calendar, int64_t days, struct calendar_day *day);

/* Appends the day in words ("12 Tir 1403", "15 tháng 8 năm Giáp Thìn (âm lịch)"). */
void calendar_add(struct buf *to, enum calendar calendar, const struct calendar_day *day);

#endif
