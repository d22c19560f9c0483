#include "app/lang/date.h"

#include <stdio.h>
#include <string.h>

#include "app/lang/fold.h"
#include "app/lang/lang.h"
#include "platform/base/clock.h"

enum { FIRST_YEAR = 1800, LAST_YEAR = 2200, PARTS = 4 };

static bool is_year(int year)
{
    return year >= FIRST_YEAR && year <= LAST_YEAR;
}

static bool accept(int year, int month, int day, struct date *date)
{
    if (!is_year(year) || !clock_is_date(year, month, day)) {
        return false;
    }
    *date = (struct date){year, month, day};
    return true;
}

/* The numbers in what was typed and how many digits each has; false when anything but separators
 * and the words ngày, tháng, năm stands between. */
static bool numbers_of(struct str typed, int *value, size_t *digits, size_t *count)
{
    struct buf folded = {0};
    fold_add(&folded, typed);
    struct str rest = buf_str(&folded), word;
    bool good = true;
    *count = 0;
    while (good && str_word(&rest, &word)) {
        long long number;
        if (str_is(word, "ngay") || str_is(word, "thang") || str_is(word, "nam") ||
            str_is(word, "mung") || str_is(word, "mong")) {
            continue;
        }
        good = *count < PARTS && word.n <= 8 && str_to_int64(word, &number) && word.s[0] != '-';
        if (good) {
            value[*count] = (int)number;
            digits[(*count)++] = word.n;
        }
    }
    buf_finish(&folded);
    return good && *count;
}

bool date_parse(struct str typed, struct date *date)
{
    int value[PARTS];
    size_t digits[PARTS], count;
    if (!numbers_of(typed, value, digits, &count)) {
        return false;
    }
    if (count == 3 && digits[0] == 4) {
        return digits[1] <= 2 && digits[2] <= 2 && accept(value[0], value[1], value[2], date);
    }
    if (count == 3 && digits[2] == 4) {
        return digits[0] <= 2 && digits[1] <= 2 && accept(value[2], value[1], value[0], date);
    }
    if (count == 1 && digits[0] == 8) {
        return accept(value[0] % 10000, value[0] / 10000 % 100, value[0] / 1000000, date);
    }
    if (count == 1 && digits[0] == 4 && is_year(value[0])) {
        *date = (struct date){value[0], 0, 0};
        return true;
    }
    return false;
}

void date_add(struct buf *to, struct date date)
{
    if (!date.month) {
        buf_addf(to, "%04d", date.year);
    } else {
        buf_addf(to, "%02d/%02d/%04d", date.day, date.month, date.year);
    }
}

void date_add_iso(struct buf *to, struct date date)
{
    if (!date.month) {
        buf_addf(to, "%04d", date.year);
    } else {
        buf_addf(to, "%04d-%02d-%02d", date.year, date.month, date.day);
    }
}

const char *date_weekday(int weekday)
{
    static const char *const names[] = {
        tr_later("Monday"), tr_later("Tuesday"),  tr_later("Wednesday"), tr_later("Thursday"),
        tr_later("Friday"), tr_later("Saturday"), tr_later("Sunday"),
    };
    return tr(names[weekday >= 1 && weekday <= 7 ? weekday - 1 : 0]);
}

static const char *month_name(int month)
{
    static const char *const names[] = {
        tr_later("January"),   tr_later("February"), tr_later("March"),    tr_later("April"),
        tr_later("May"),       tr_later("June"),     tr_later("July"),     tr_later("August"),
        tr_later("September"), tr_later("October"),  tr_later("November"), tr_later("December"),
    };
    return tr(names[month >= 1 && month <= 12 ? month - 1 : 0]);
}

int date_weekday_of(struct date date)
{
    int64_t days = clock_days(date.year, date.month, date.day);
    return (int)(((days + 3) % 7 + 7) % 7) + 1; /* 1970-01-01 was a Thursday */
}

void date_add_long(struct buf *to, struct date date)
{
    if (!date.month) {
        date_add(to, date);
        return;
    }
    /* TRANSLATORS: weekday, day, month, year: "Thursday, 5 November 2026" */
    buf_addf(to, tr("%1$s, %2$d %3$s %4$d"), date_weekday(date_weekday_of(date)), date.day,
             month_name(date.month), date.year);
}

static int64_t local_ms(int64_t ms)
{
    return ms + (int64_t)clock_zone_minutes(ms) * 60000;
}

static int64_t day_of(int64_t local)
{
    return local >= 0 ? local / 86400000 : -((-local + 86399999) / 86400000);
}

struct date date_of_ms(int64_t ms)
{
    struct date date;
    clock_date(day_of(local_ms(ms)), &date.year, &date.month, &date.day);
    return date;
}

static void time_of(int64_t ms, int *hour, int *minute)
{
    int64_t local = local_ms(ms), rest = local - day_of(local) * 86400000;
    *hour = (int)(rest / 3600000);
    *minute = (int)(rest / 60000 % 60);
}

void date_add_time(struct buf *to, int64_t ms)
{
    int hour, minute;
    time_of(ms, &hour, &minute);
    buf_addf(to, "%02d:%02d", hour, minute);
}

void date_add_moment(struct buf *to, int64_t ms)
{
    date_add_time(to, ms);
    buf_add_char(to, ' ');
    date_add(to, date_of_ms(ms));
}

void date_add_receipt(struct buf *to, int64_t ms)
{
    struct buf day = {0};
    int hour, minute;
    time_of(ms, &hour, &minute);
    date_add(&day, date_of_ms(ms));
    /* TRANSLATORS: hour, minute, date as on official receipts */
    buf_addf(to, tr("%1$02d:%2$02d on %3$s"), hour, minute, buf_text(&day));
    buf_finish(&day);
}

void date_add_ago(struct buf *to, int64_t ms, int64_t now_ms)
{
    int64_t minutes = (now_ms - ms) / 60000;
    int64_t days = day_of(local_ms(now_ms)) - day_of(local_ms(ms));
    if (now_ms < ms || days > 1) {
        date_add_moment(to, ms);
    } else if (minutes < 1) {
        buf_add_text(to, tr("just now"));
    } else if (minutes < 60) {
        unsigned long n = (unsigned long)minutes;
        buf_addf(to, trn("%lu minute ago", "%lu minutes ago", n), n);
    } else {
        struct buf time = {0};
        date_add_time(&time, ms);
        buf_addf(to, days ? tr("yesterday %s") : tr("today %s"), buf_text(&time));
        buf_finish(&time);
    }
}

int date_age(struct date born, struct date on)
{
    int age = on.year - born.year;
    if (born.month && (on.month < born.month || (on.month == born.month && on.day < born.day))) {
        age--;
    }
    return age < 0 ? -1 : age;
}

int date_week(struct date date, int *year)
{
    int64_t days = clock_days(date.year, date.month, date.day);
    int64_t thursday = days - (date_weekday_of(date) - 1) + 3;
    int month, day;
    clock_date(thursday, year, &month, &day);
    return (int)((thursday - clock_days(*year, 1, 1)) / 7) + 1;
}
