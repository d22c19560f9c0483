#include "platform/base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t fixed_at = -1, fixed_wall_at = -1;

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    int64_t at = __atomic_load_n(&fixed_wall_at, __ATOMIC_RELAXED);
    return at >= 0 ? at : read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    int64_t at = __atomic_load_n(&fixed_at, __ATOMIC_RELAXED);
    return at >= 0 ? at : read_clock(CLOCK_MONOTONIC);
}

void clock_fix(int64_t ms)
{
    __atomic_store_n(&fixed_at, ms, __ATOMIC_RELAXED);
    clock_fix_wall(ms);
}

void clock_fix_wall(int64_t ms)
{
    __atomic_store_n(&fixed_wall_at, ms, __ATOMIC_RELAXED);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t clock_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = floor_div(y, 400), yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void clock_date(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

bool clock_is_date(int year, int month, int day)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || year < 0 || year > 9999) {
        return false;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= length[month - 1] + (month == 2 && leap);
}

int clock_zone_minutes(int64_t ms)
{
    time_t t = (time_t)floor_div(ms, 1000);
    struct tm local;
    return localtime_r(&t, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

int64_t clock_today(void)
{
    int64_t ms = clock_now_ms();
    return floor_div(ms + clock_zone_minutes(ms) * 60000LL, 86400000);
}

static int write_date_time(int64_t ms, char *text)
{
    int year, month, day;
    int64_t days = floor_div(ms, 86400000);
    int rest = (int)(ms - days * 86400000);
    clock_date(days, &year, &month, &day);
    return snprintf(text, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", year % 10000, month,
                    day, rest / 3600000, rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
}

void clock_format_utc(int64_t ms, char text[CLOCK_TEXT])
{
    int n = write_date_time(ms, text);
    snprintf(text + n, (size_t)(CLOCK_TEXT - n), "Z");
}

void clock_format_local(int64_t ms, char text[CLOCK_TEXT])
{
    int zone = clock_zone_minutes(ms), n = write_date_time(ms + zone * 60000LL, text);
    int size = zone < 0 ? -zone : zone;
    snprintf(text + n, (size_t)(CLOCK_TEXT - n), "%c%02d:%02d", zone < 0 ? '-' : '+',
             size / 60 % 100, size % 60);
}

void clock_format_date(int64_t ms, char text[CLOCK_TEXT])
{
    write_date_time(ms + clock_zone_minutes(ms) * 60000LL, text);
    text[10] = 0;
}

/* Reads exactly n digits at *at; -1 when they are not there. */
static int digits(struct str text, size_t *at, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (*at >= text.n || text.s[*at] < '0' || text.s[*at] > '9') {
            return -1;
        }
        value = value * 10 + (text.s[*at] - '0');
    }
    return value;
}

static bool skip(struct str text, size_t *at, char c)
{
    if (*at < text.n && text.s[*at] == c) {
        (*at)++;
        return true;
    }
    return false;
}

static bool parse_zone(struct str text, size_t *at, int64_t *ms)
{
    if (*at == text.n) {
        *ms -= clock_zone_minutes(*ms - clock_zone_minutes(*ms) * 60000LL) * 60000LL;
        return true;
    }
    if (skip(text, at, 'Z')) {
        return *at == text.n;
    }
    int sign = skip(text, at, '+') ? 1 : skip(text, at, '-') ? -1 : 0;
    int hour = sign ? digits(text, at, 2) : -1, minute = 0;
    if (hour >= 0 && *at < text.n) {
        minute = skip(text, at, ':') ? digits(text, at, 2) : -1;
    }
    if (hour < 0 || hour > 14 || minute < 0 || minute > 59 || *at != text.n) {
        return false;
    }
    *ms -= sign * (hour * 60 + minute) * 60000LL;
    return true;
}

bool clock_parse(struct str text, int64_t *ms)
{
    size_t at = 0;
    int year = digits(text, &at, 4), month = skip(text, &at, '-') ? digits(text, &at, 2) : -1;
    int day = skip(text, &at, '-') ? digits(text, &at, 2) : -1;
    if (year < 0 || month < 0 || day < 0 || !clock_is_date(year, month, day)) {
        return false;
    }
    *ms = clock_days(year, month, day) * 86400000;
    if (at == text.n) {
        return parse_zone(text, &at, ms);
    }
    int hour = skip(text, &at, 'T') ? digits(text, &at, 2) : -1;
    int minute = skip(text, &at, ':') ? digits(text, &at, 2) : -1;
    int second = skip(text, &at, ':') ? digits(text, &at, 2) : -1, thousandths = 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        return false;
    }
    if (skip(text, &at, '.')) {
        int scale = 100;
        size_t from = at;
        for (int d; at < text.n && (d = text.s[at] - '0') >= 0 && d <= 9; at++, scale /= 10) {
            thousandths += d * scale;
        }
        if (at == from) {
            return false;
        }
    }
    *ms += hour * 3600000LL + minute * 60000LL + second * 1000LL + thousandths;
    return parse_zone(text, &at, ms);
}
