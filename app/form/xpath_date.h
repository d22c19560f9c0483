/* Dates, times and moments as forms write them (xforms-semantics §9): read, count, write. The zone
 * is that of the device. */
#ifndef FORM_XPATH_DATE_H
#define FORM_XPATH_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/str.h"

/* What was read: a moment, and whether the text named a time of day. */
struct moment {
    int64_t ms; /* since 1970-01-01T00:00Z */
    bool has_time;
};

/* Reads YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS(.fff)(Z|±hh|±hh:mm); without a zone it is local. */
bool date_read(struct str text, struct moment *moment);

/* Reads HH:MM(:SS(.fff))(Z|±hh|±hh:mm) as ms of the local day (may lie outside 0–24 h for another
 * zone). */
bool date_read_time(struct str text, int64_t *ms);

/* Days since 1970-01-01: with XPATH_WHOLE_DAYS local days (a moment gives its day with the fraction
 * of local time cut off), else the UTC fraction. */
double date_days(const struct moment *moment, unsigned flags);

/* The moment of so many days, counted as date_days counts them; false when out of range. */
bool date_from_days(double days, unsigned flags, struct moment *moment);

/* The fraction of days in UTC, whatever the flags. */
double date_utc_days(const struct moment *moment);

/* Broken down in local time. */
struct date_parts {
    int year, month, day, hour, minute, second, ms;
    int weekday; /* 0 = Sunday */
    int zone;    /* minutes ahead of UTC */
};

/* Breaks a moment down. */
struct date_parts date_parts(int64_t ms);

/* Writes "2018-01-01", or "2018-01-01T08:00:00.000+07:00" with is_full; NUL-terminated; returns the
 * length. */
enum { DATE_TEXT = 48 };
size_t date_write(int64_t ms, bool is_full, char text[DATE_TEXT]);

/* Is the moment a midnight in the local zone? */
bool date_is_midnight(int64_t ms);

#endif
