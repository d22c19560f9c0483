#include "app/form/xpath_date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/form/xpath.h"
#include "platform/base/clock.h"

static const int64_t day_ms = 86400000;

/* Days of the years 0 to 9999. */
static const double first_day = -719528, last_day = 2932896;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t local_ms(int64_t ms)
{
    return ms + clock_zone_minutes(ms) * 60000LL;
}

/* The moment at which local clocks show so many ms since 1970. */
static int64_t from_local(int64_t local)
{
    int64_t guess = local - clock_zone_minutes(local) * 60000LL;
    return local - clock_zone_minutes(guess) * 60000LL;
}

bool date_read(struct str text, struct moment *moment)
{
    if (text.n < 10 || text.s[4] != '-' || text.s[7] != '-') {
        return false; /* nearly every text that is asked */
    }
    moment->has_time = text.n > 10;
    return clock_parse(text, &moment->ms);
}

bool date_read_time(struct str text, int64_t *ms)
{
    char moment[64];
    int64_t at;
    if (text.n < 5 || text.n > 40 || text.s[2] != ':') {
        return false;
    }
    /* read as a time of today, so that the zone is that of now */
    char today[CLOCK_TEXT];
    clock_format_date(clock_now_ms(), today);
    bool has_seconds = text.n >= 8 && text.s[5] == ':';
    int n = has_seconds ? snprintf(moment, sizeof(moment), "%sT" STR_FMT, today, STR_ARG(text))
                        : snprintf(moment, sizeof(moment), "%sT%.5s:00" STR_FMT, today, text.s,
                                   (int)text.n - 5, text.s + 5);
    if (!clock_parse((struct str){moment, (size_t)n}, &at)) {
        return false;
    }
    int64_t local = local_ms(at);
    *ms = local - floor_div(local, day_ms) * day_ms;
    return true;
}

double date_days(const struct moment *moment, unsigned flags)
{
    if (flags & XPATH_WHOLE_DAYS) {
        return (double)floor_div(local_ms(moment->ms), day_ms);
    }
    return date_utc_days(moment);
}

double date_utc_days(const struct moment *moment)
{
    return (double)moment->ms / (double)day_ms;
}

bool date_from_days(double days, unsigned flags, struct moment *moment)
{
    if (!(days >= first_day && days <= last_day)) {
        return false;
    }
    int64_t ms = (int64_t)floor(days * (double)day_ms + 0.5);
    moment->ms = flags & XPATH_WHOLE_DAYS ? from_local(ms) : ms;
    moment->has_time = !date_is_midnight(moment->ms);
    return true;
}

struct date_parts date_parts(int64_t ms)
{
    struct date_parts p;
    p.zone = clock_zone_minutes(ms);
    int64_t local = ms + p.zone * 60000LL, days = floor_div(local, day_ms);
    int rest = (int)(local - days * day_ms);
    clock_date(days, &p.year, &p.month, &p.day);
    p.hour = rest / 3600000;
    p.minute = rest / 60000 % 60;
    p.second = rest / 1000 % 60;
    p.ms = rest % 1000;
    p.weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
    return p;
}

size_t date_write(int64_t ms, bool is_full, char text[DATE_TEXT])
{
    if (is_full) {
        clock_format_local(ms, text);
    } else {
        clock_format_date(ms, text);
    }
    return strlen(text);
}

bool date_is_midnight(int64_t ms)
{
    int64_t local = local_ms(ms);
    return local - floor_div(local, day_ms) * day_ms == 0;
}
