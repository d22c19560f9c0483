/* Days of other calendars against dates that everybody knows: new years, feasts, leap months. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/question/calendar.h"
#include "platform/base/clock.h"

struct known {
    enum calendar calendar;
    int year, month, day;
    struct calendar_day want;
};

static const struct known days[] = {
    {CALENDAR_ETHIOPIAN, 2007, 9, 12, {2000, 1, 1, false}},
    {CALENDAR_ETHIOPIAN, 2007, 9, 11, {1999, 13, 6, false}},
    {CALENDAR_COPTIC, 2008, 9, 11, {1725, 1, 1, false}},
    {CALENDAR_ISLAMIC, 2023, 7, 19, {1445, 1, 1, false}},
    {CALENDAR_ISLAMIC, 2024, 3, 11, {1445, 9, 1, false}},
    {CALENDAR_BIKRAM_SAMBAT, 2023, 4, 14, {2080, 1, 1, false}},
    {CALENDAR_BIKRAM_SAMBAT, 2024, 4, 13, {2081, 1, 1, false}},
    {CALENDAR_BIKRAM_SAMBAT, 2017, 3, 28, {2073, 12, 15, false}},
    {CALENDAR_MYANMAR, 2023, 10, 29, {1385, 7, 15, false}}, /* full moon of Thadingyut */
    {CALENDAR_MYANMAR, 2024, 5, 22, {1386, 2, 15, false}},  /* full moon of Kason */
    {CALENDAR_MYANMAR, 2015, 7, 31, {1377, 4, 15, false}},  /* an announced exception */
    {CALENDAR_PERSIAN, 2024, 3, 20, {1403, 1, 1, false}},
    {CALENDAR_PERSIAN, 2025, 3, 20, {1403, 12, 30, false}}, /* a leap year */
    {CALENDAR_PERSIAN, 1979, 2, 11, {1357, 11, 22, false}},
    {CALENDAR_BUDDHIST, 2026, 11, 5, {2569, 11, 5, false}},
    {CALENDAR_LUNAR, 2024, 2, 10, {2024, 1, 1, false}},
    {CALENDAR_LUNAR, 2025, 1, 29, {2025, 1, 1, false}},
    {CALENDAR_LUNAR, 2007, 2, 17, {2007, 1, 1, false}}, /* a day before China's */
    {CALENDAR_LUNAR, 1985, 1, 21, {1985, 1, 1, false}}, /* a month before China's */
    {CALENDAR_LUNAR, 2023, 3, 22, {2023, 2, 1, true}},
    {CALENDAR_LUNAR, 2025, 7, 25, {2025, 6, 1, true}},
};

static void known_days(void **state)
{
    for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
        const struct known *k = &days[i];
        struct calendar_day day;
        assert_true(calendar_convert(k->calendar, clock_days(k->year, k->month, k->day), &day));
        if (memcmp(&day, &k->want, sizeof(int) * 3) != 0 || day.is_leap != k->want.is_leap) {
            fail_msg("%d: %d-%d-%d became %d-%d-%d", (int)k->calendar, k->year, k->month, k->day,
                     day.year, day.month, day.day);
        }
    }
}

/* Each day is the one after the day before: its number grows by one or begins again at one. */
static void days_follow_each_other(void **state)
{
    for (enum calendar c = CALENDAR_ETHIOPIAN; c <= CALENDAR_LUNAR; c++) {
        struct calendar_day day, before = {0};
        bool had = false;
        for (int64_t d = clock_days(1955, 1, 1); d < clock_days(2030, 1, 1); d++) {
            assert_true(calendar_convert(c, d, &day));
            bool next = day.day == before.day + 1 && day.month == before.month;
            bool new_month = day.day == 1 && before.day >= 5;
            bool late = c == CALENDAR_MYANMAR && day.month <= 2 && day.year != before.year;
            if (had && !next && !new_month && !late) {
                fail_msg("%d: %d-%d-%d after %d-%d-%d", (int)c, day.year, day.month, day.day,
                         before.year, before.month, before.day);
            }
            assert_in_range(day.month, 1, 13);
            assert_in_range(day.day, 1, 32);
            before = day;
            had = true;
        }
    }
}

static void what_is_not_known_is_not_said(void **state)
{
    struct calendar_day day;
    assert_false(calendar_convert(CALENDAR_BIKRAM_SAMBAT, clock_days(1940, 1, 1), &day));
    assert_false(calendar_convert(CALENDAR_BIKRAM_SAMBAT, clock_days(2036, 1, 1), &day));
    assert_false(calendar_convert(CALENDAR_MYANMAR, clock_days(1940, 1, 1), &day));
    assert_false(calendar_convert(CALENDAR_LUNAR, clock_days(1500, 1, 1), &day));
    assert_false(calendar_convert(CALENDAR_NONE, 0, &day));
}

static void said_in_words(void **state)
{
    struct calendar_day day;
    struct buf words = {0};
    assert_true(calendar_convert(CALENDAR_LUNAR, clock_days(2026, 11, 5), &day));
    calendar_add(&words, CALENDAR_LUNAR, &day);
    assert_non_null(strstr(buf_text(&words), "Bính Ngọ"));
    buf_finish(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(said_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
