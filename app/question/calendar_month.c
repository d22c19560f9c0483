#include "app/question/calendar_month.h"

#include <math.h>

#include "platform/base/clock.h"

static const double degree = 3.14159265358979323846 / 180;

/* ---- Vietnamese ------------------------------------------------------------------------------ */

enum { JULIAN_1970 = 2440588 };

static const double month_mean = 29.530588853, new_moon_1900 = 2415021.076998695;
static const double zone = 7.0 / 24;

/* Julian day number, at UTC+7, of the k-th new moon after 1900-01-01. */
static int64_t new_moon(int64_t k)
{
    double n = (double)k, t = n / 1236.85, t2 = t * t, t3 = t2 * t;
    double mean = 2415020.75933 + 29.53058868 * n + 0.0001178 * t2 - 0.000000155 * t3 +
                  0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t2) * degree);
    double sun = (359.2242 + 29.10535608 * n - 0.0000333 * t2 - 0.00000347 * t3) * degree;
    double moon = (306.0253 + 385.81691806 * n + 0.0107306 * t2 + 0.00001236 * t3) * degree;
    double node = (21.2964 + 390.67050646 * n - 0.0016528 * t2 - 0.00000239 * t3) * degree;
    double more = (0.1734 - 0.000393 * t) * sin(sun) + 0.0021 * sin(2 * sun) - 0.4068 * sin(moon) +
                  0.0161 * sin(2 * moon) - 0.0004 * sin(3 * moon) + 0.0104 * sin(2 * node) -
                  0.0051 * sin(sun + moon) - 0.0074 * sin(sun - moon) +
                  0.0004 * sin(2 * node + sun) - 0.0004 * sin(2 * node - sun) -
                  0.0006 * sin(2 * node + moon) + 0.0010 * sin(2 * node - moon) +
                  0.0005 * sin(2 * moon + sun);
    double delta = -0.000278 + 0.000265 * t + 0.000262 * t2; /* dynamical to universal time */
    return (int64_t)floor(mean + more - delta + 0.5 + zone);
}

/* Which twelfth of its way (0–11) the sun is in when that day begins at UTC+7. */
static int sun_twelfth(int64_t julian)
{
    double t = ((double)julian - 2451545.5 - zone) / 36525, t2 = t * t;
    double m = (357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2) * degree;
    double way = 280.46645 + 36000.76983 * t + 0.0003032 * t2 +
                 (1.914600 - 0.004817 * t - 0.000014 * t2) * sin(m) +
                 (0.019993 - 0.000101 * t) * sin(2 * m) + 0.000290 * sin(3 * m);
    way = fmod(way, 360);
    return (int)((way < 0 ? way + 360 : way) / 30);
}

/* First day of the month with the winter solstice of that year. */
static int64_t eleventh_month(int year)
{
    int64_t end = clock_days(year, 12, 31) + JULIAN_1970;
    int64_t k = (int64_t)floor((double)(end - 2415021) / month_mean), start = new_moon(k);
    return sun_twelfth(start) >= 9 ? new_moon(k - 1) : start;
}

/* How many months after the eleventh the inserted one comes. */
static int inserted_month(int64_t eleventh)
{
    int64_t k = (int64_t)floor(((double)eleventh - new_moon_1900) / month_mean + 0.5);
    int i = 1, before, now = sun_twelfth(new_moon(k + 1));
    do {
        before = now;
        now = sun_twelfth(new_moon(k + ++i));
    } while (now != before && i < 14);
    return i - 1;
}

struct calendar_day lunar_day(int64_t days)
{
    int64_t julian = days + JULIAN_1970;
    int year, month, day;
    clock_date(days, &year, &month, &day);
    int64_t k = (int64_t)floor(((double)julian - new_moon_1900) / month_mean);
    int64_t start = new_moon(k + 1);
    start = start > julian ? new_moon(k) : start;
    int64_t from = eleventh_month(year), to = from;
    if (from >= start) {
        from = eleventh_month(year - 1);
    } else {
        to = eleventh_month(++year);
    }
    int after = (int)((start - from) / 29), inserted = 99;
    if (to - from > 365) {
        inserted = inserted_month(from);
    }
    month = after + (after >= inserted ? 10 : 11);
    month = month > 12 ? month - 12 : month;
    year -= month >= 11 && after < 4;
    return (struct calendar_day){year, month, (int)(julian - start) + 1, after == inserted};
}

/* ---- Myanmar --------------------------------------------------------------------------------- */

static const double solar_year = 1577917828.0 / 4320000, lunar_month = 1577917828.0 / 53433336;
static const double year_zero = 1954168.050623;

enum { THIRD_ERA = 1312 };

struct watat {
    bool is_watat;     /* a year with a month inserted */
    int64_t full_moon; /* of Second Waso, Julian day number */
};

static struct watat watat_of(int year)
{
    double excess_least = (solar_year / 12 - lunar_month) * (12 - 8);
    double excess = fmod(solar_year * (year + 3739), lunar_month);
    excess += excess < excess_least ? lunar_month : 0;
    struct watat watat = {
        excess >= lunar_month - (solar_year / 12 - lunar_month) * 8,
        (int64_t)floor(solar_year * year + year_zero - excess + 4.5 * lunar_month - 0.5 + 0.5)};
    if (year == 1377) { /* as it was announced */
        watat.full_moon++;
    } else if (year == 1344 || year == 1345) {
        watat.is_watat = year == 1344;
    }
    return watat;
}

bool myanmar_day(int64_t days, struct calendar_day *day)
{
    int64_t julian = days + JULIAN_1970;
    int year = (int)floor(((double)julian - 0.5 - year_zero) / solar_year), back = 0;
    if (year < THIRD_ERA) {
        return false;
    }
    struct watat now = watat_of(year), before;
    do {
        before = watat_of(year - ++back);
    } while (!before.is_watat && back < 3);
    int64_t tagu = before.full_moon + 354 * back - 102;
    bool big = now.is_watat && (now.full_moon - before.full_moon) % 354 >= 31;
    int64_t at = julian - tagu + 1, length = 354 + (now.is_watat ? 30 : 0) + big;
    bool late = at > length; /* the solar year ends after the lunar one */
    at -= late ? length : 0;
    int late_half = at >= 89, plain = !now.is_watat;
    int month =
        (int)floor((double)(at - big * late_half + plain * late_half * 30 + 29.26) / 29.544);
    int e = (month + 12) / 16, f = (month + 11) / 16;
    day->day = (int)(at - (int64_t)floor(29.544 * month - 29.26) - big * e + plain * f * 30);
    month += f * 3 - e * 4;
    day->is_leap = month == 0;
    day->month = month == 0 ? 4 : month;
    day->year = year;
    return true;
}
