/* Time: wall clock in UTC milliseconds since 1970 (64 bits), monotonic milliseconds for waiting,
 * and their text forms. Tests may stop both clocks. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/str.h"

enum { CLOCK_TEXT = 40 };

/* Milliseconds since 1970-01-01T00:00Z by the wall clock. */
int64_t clock_now_ms(void);

/* Milliseconds since some moment, never going back; only differences mean anything. */
int64_t clock_mono_ms(void);

/* For tests: the wall clock stands at ms from now on; the monotonic clock too. -1 lets both run
 * again. */
void clock_fix(int64_t ms);

/* The same for the wall clock alone: pictures of tests show one date while timers run. */
void clock_fix_wall(int64_t ms);

/* "2026-11-05T02:30:00.123Z" */
void clock_format_utc(int64_t ms, char text[CLOCK_TEXT]);

/* "2026-11-05T09:30:00.123+07:00" in the zone of the device: the form of an XForms dateTime. */
void clock_format_local(int64_t ms, char text[CLOCK_TEXT]);

/* "2026-11-05" in the zone of the device. */
void clock_format_date(int64_t ms, char text[CLOCK_TEXT]);

/* Reads `YYYY-MM-DD` or a dateTime with optional fraction and zone (without one: that of the
 * device); false when the text is no such moment. */
bool clock_parse(struct str text, int64_t *ms);

/* Days since 1970-01-01 of a date of the Gregorian calendar; the caller has checked it. */
int64_t clock_days(int year, int month, int day);

/* Today in the zone of the device, as days since 1970-01-01. */
int64_t clock_today(void);

/* The date that is so many days after 1970-01-01. */
void clock_date(int64_t days, int *year, int *month, int *day);

/* Is there such a day? */
bool clock_is_date(int year, int month, int day);

/* Minutes that the device's zone is ahead of UTC at that moment. */
int clock_zone_minutes(int64_t ms);

#endif
