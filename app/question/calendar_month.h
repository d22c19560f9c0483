/* Inside of calendar.c: the calendars that follow the moon. */
#ifndef QUESTION_CALENDAR_MONTH_H
#define QUESTION_CALENDAR_MONTH_H

#include "app/question/calendar.h"

/* The Vietnamese lunar day: months begin on the day of the new moon at UTC+7, the month with the
 * winter solstice is the eleventh, the first month without a principal term is inserted. Sun and
 * moon by the short series of Meeus, Astronomical Algorithms (1991). */
struct calendar_day lunar_day(int64_t days);

/* The Myanmar day, counted from the first waxing day of its month; false before the year 1312
 * (1950), whose years were regulated otherwise. Rule of the Myanmar Calendar Advisory Board as Yan
 * Naing Aye put it into formulas (2013). */
bool myanmar_day(int64_t days, struct calendar_day *day);

#endif
