/* Languages switched at run time, plural forms, and numbers, money, dates and telephones in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

static int open_catalogues(void **state)
{
    char folder[1024];
    struct err err = {0};
    snprintf(folder, sizeof(folder), "%s/lang", getenv("GOCUA_BUILD"));
    return lang_open(folder, &err) ? 0 : -1;
}

static void speak(const char *code)
{
    struct err err = {0};
    assert_true(lang_set(code, &err));
}

static void test_languages(void **state)
{
    size_t count;
    struct err err = {0};
    const struct lang *all = lang_list(&count);
    assert_true(count >= 3);
    assert_string_equal(all[0].code, "vi");
    assert_string_equal(all[0].name, "Tiếng Việt");
    assert_string_equal(all[1].code, "en");
    assert_string_equal(all[1].name, "English");
    assert_string_equal(all[2].code, "ar");
    assert_string_equal(all[2].name, "العربية");
    assert_false(all[0].rtl);
    assert_false(all[1].rtl);
    assert_true(all[2].rtl);
    speak("ar_EG.UTF-8");
    assert_true(lang_is_rtl());
    assert_false(lang_set("xx", &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_string_equal(lang_get(), "ar");
    assert_string_equal(tr("Monday"), "الإثنين");
    speak("vi");
    const char *kept = tr("Monday");
    assert_string_equal(kept, "thứ hai");
    speak("en");
    assert_string_equal(tr("Monday"), "Monday");
    assert_string_equal(kept, "thứ hai"); /* stays valid after a change */
    assert_string_equal(tr(""), "");
    assert_string_equal(tr("never translated"), "never translated");
    assert_string_equal(tr_for("nowhere", "Open"), "Open");
}

static void test_damaged_catalogue(void **state)
{
    char folder[] = "/tmp/gocua-lang-XXXXXX", path[64];
    size_t count;
    struct err err = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/vi/LC_MESSAGES", folder);
    assert_true(file_make_folder(path, &err));
    snprintf(path, sizeof(path), "%s/vi/LC_MESSAGES/gocua.mo", folder);
    assert_true(file_write(path, "no catalogue", 12, &err));
    assert_false(lang_open(folder, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    lang_list(&count);
    assert_int_equal(count, 1);
    assert_string_equal(lang_get(), "en");
    assert_string_equal(tr("Monday"), "Monday");
    assert_true(file_remove_tree(folder, &err));
    assert_int_equal(open_catalogues(NULL), 0);
}

static void test_plurals(void **state)
{
    static const unsigned long numbers[] = {0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103};
    static const int forms[] = {0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 3};
    const char *seen[6] = {NULL};
    speak("ar");
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const char *form = trn("%lu minute ago", "%lu minutes ago", numbers[i]);
        const char **known = &seen[forms[i]];
        *known = *known ? *known : form;
        assert_string_equal(form, *known);
    }
    assert_string_not_equal(seen[3], seen[2]);
    speak("vi");
    assert_string_equal(trn("%lu minute ago", "%lu minutes ago", 1), "%lu phút trước");
    assert_string_equal(trn("%lu minute ago", "%lu minutes ago", 5), "%lu phút trước");
    speak("en");
    assert_string_equal(trn("%lu minute ago", "%lu minutes ago", 1), "%lu minute ago");
    assert_string_equal(trn("%lu minute ago", "%lu minutes ago", 2), "%lu minutes ago");
}

static void assert_text(struct buf *got, const char *wanted)
{
    assert_string_equal(buf_text(got), wanted);
    buf_clear(got);
}

static void test_numbers(void **state)
{
    struct buf got = {0};
    speak("vi");
    number_add(&got, 1234567);
    assert_text(&got, "1.234.567");
    number_add(&got, -1000);
    assert_text(&got, "-1.000");
    number_add(&got, 0);
    assert_text(&got, "0");
    number_add(&got, INT64_MIN);
    assert_text(&got, "-9.223.372.036.854.775.808");
    number_add_decimal(&got, 1234567.5, 2);
    assert_text(&got, "1.234.567,5");
    number_add_decimal(&got, -0.001, 2);
    assert_text(&got, "0");
    number_add_decimal(&got, 99.999, 2);
    assert_text(&got, "100");
    number_add_money(&got, 50000);
    assert_text(&got, "50.000 đồng");
    number_add_size(&got, 812);
    assert_text(&got, "812 byte");
    number_add_size(&got, 1440000);
    assert_text(&got, "1,4 MB");
    speak("en");
    number_add_decimal(&got, 1234567.5, 2);
    assert_text(&got, "1,234,567.5");
    buf_finish(&got);
}

static void assert_number(const char *typed, double wanted)
{
    double got = -1;
    if (!number_parse(str_of(typed), &got) || got < wanted - 1e-9 || got > wanted + 1e-9) {
        fail_msg("%s gave %f, not %f", typed, got, wanted);
    }
}

static void test_numbers_typed(void **state)
{
    double none;
    speak("vi");
    assert_number("1.234.567,5", 1234567.5);
    assert_number("1234567,5", 1234567.5);
    assert_number("1234567.5", 1234567.5);
    assert_number("1 234 567", 1234567);
    assert_number("1,234,567.5", 1234567.5);
    assert_number("1.234", 1234);
    assert_number("1,234", 1.234);
    assert_number("0.125", 0.125);
    assert_number("-12,5", -12.5);
    assert_number("٣٤٥", 345);
    assert_number("12.5", 12.5);
    speak("en");
    assert_number("1,234", 1234);
    assert_number("1.234", 1.234);
    static const char *const bad[] = {"",    "-",       "abc", "1.2.3", "1,23,4", "1.234.56",
                                      "12a", "1,2.3,4", ".",   "1e5",   "0x10",   "--1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (number_parse(str_of(bad[i]), &none)) {
            fail_msg("%s was read as %f", bad[i], none);
        }
    }
}

static void test_money(void **state)
{
    static const struct {
        const char *typed;
        long long dong;
    } cases[] = {
        {"50.000 đồng", 50000}, {"50.000 ₫", 50000},    {"50,000 Việt Nam Đồng", 50000},
        {"50000", 50000},       {"50 nghìn", 50000},    {"50k", 50000},
        {"1,5 triệu", 1500000}, {"1.5 triệu", 1500000}, {"2 tỷ", 2000000000},
        {"Miễn phí", 0},        {"8.000 VNĐ", 8000},    {"1.234.567 đ", 1234567},
    };
    speak("vi");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        long long dong = -1;
        if (!number_parse_money(str_of(cases[i].typed), &dong) || dong != cases[i].dong) {
            fail_msg("%s gave %lld", cases[i].typed, dong);
        }
    }
    long long none;
    assert_false(number_parse_money(STR("50 đô la"), &none));
    assert_false(number_parse_money(STR(""), &none));
    assert_false(number_parse_money(STR("1,5 đồng"), &none));
}

static void assert_date(const char *typed, int year, int month, int day)
{
    struct date date = {0};
    if (!date_parse(str_of(typed), &date) || date.year != year || date.month != month ||
        date.day != day) {
        fail_msg("%s gave %d-%d-%d", typed, date.year, date.month, date.day);
    }
}

static void test_dates_typed(void **state)
{
    assert_date("05/11/2026", 2026, 11, 5);
    assert_date("5/11/2026", 2026, 11, 5);
    assert_date("5-11-2026", 2026, 11, 5);
    assert_date("5.11.2026", 2026, 11, 5);
    assert_date("05 11 2026", 2026, 11, 5);
    assert_date("05112026", 2026, 11, 5);
    assert_date("2026-11-05", 2026, 11, 5);
    assert_date("ngày 5 tháng 11 năm 2026", 2026, 11, 5);
    assert_date("1948", 1948, 0, 0);
    assert_date("29/02/2024", 2024, 2, 29);
    static const char *const bad[] = {"31/02/1990", "29/02/2023",  "00/01/2020", "1/13/2020",
                                      "12",         "1/1/20",      "",           "hôm qua",
                                      "1799",       "5/11/2026/1", "31021990",   "99999999999"};
    struct date none;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (date_parse(str_of(bad[i]), &none)) {
            fail_msg("%s was taken for a date", bad[i]);
        }
    }
}

static void test_dates(void **state)
{
    struct buf got = {0};
    struct date day = {2026, 11, 5}, year = {1948, 0, 0};
    date_add(&got, day);
    assert_text(&got, "05/11/2026");
    date_add(&got, year);
    assert_text(&got, "1948");
    date_add_iso(&got, day);
    assert_text(&got, "2026-11-05");
    speak("vi");
    date_add_long(&got, day);
    assert_text(&got, "thứ năm, ngày 5 tháng 11 năm 2026");
    speak("en");
    date_add_long(&got, day);
    assert_text(&got, "Thursday, 5 November 2026");
    speak("ar");
    date_add_long(&got, day);
    assert_text(&got, "الخميس 5 نوفمبر 2026");
    assert_int_equal(date_weekday_of((struct date){1970, 1, 1}), 4);
    assert_int_equal(date_weekday_of((struct date){1900, 1, 1}), 1);
    int of;
    assert_int_equal(date_week((struct date){2026, 1, 1}, &of), 1);
    assert_int_equal(date_week((struct date){2027, 1, 1}, &of), 53);
    assert_int_equal(of, 2026);
    assert_int_equal(date_age((struct date){2019, 11, 6}, day), 6);
    assert_int_equal(date_age((struct date){2019, 11, 5}, day), 7);
    assert_int_equal(date_age(year, day), 78);
    assert_int_equal(date_age((struct date){2027, 1, 1}, day), -1);
    buf_finish(&got);
}

static void test_moments(void **state)
{
    struct buf got = {0};
    int64_t ms, now;
    assert_true(clock_parse(STR("2023-10-27T09:32:00+07:00"), &ms));
    assert_true(clock_parse(STR("2023-10-27T10:00:00+07:00"), &now));
    speak("vi");
    date_add_receipt(&got, ms);
    assert_text(&got, "9 giờ 32 phút, ngày 27/10/2023");
    date_add_moment(&got, ms);
    assert_text(&got, "09:32 27/10/2023");
    date_add_ago(&got, ms, now);
    assert_text(&got, "28 phút trước");
    date_add_ago(&got, now, now);
    assert_text(&got, "vừa xong");
    date_add_ago(&got, ms, ms + 3 * 3600000);
    assert_text(&got, "hôm nay 09:32");
    date_add_ago(&got, ms, ms + 24 * 3600000);
    assert_text(&got, "hôm qua 09:32");
    date_add_ago(&got, ms, ms + 72 * 3600000);
    assert_text(&got, "09:32 27/10/2023");
    struct date day = date_of_ms(-1); /* 06:59 on 1 January 1970 in Việt Nam */
    assert_int_equal(day.year * 10000 + day.month * 100 + day.day, 19700101);
    buf_finish(&got);
}

static void assert_phone(const char *typed, const char *wanted)
{
    struct buf got = {0};
    bool good = phone_add_e164(&got, str_of(typed));
    assert_int_equal(good, wanted != NULL);
    assert_string_equal(buf_text(&got), wanted ? wanted : "");
    buf_finish(&got);
}

static void test_phones(void **state)
{
    assert_phone("0912 345 678", "+84912345678");
    assert_phone("0912.345.678", "+84912345678");
    assert_phone("+84 912 345 678", "+84912345678");
    assert_phone("+84 0912 345 678", "+84912345678");
    assert_phone("84912345678", "+84912345678");
    assert_phone("0084912345678", "+84912345678");
    assert_phone("02373 900 900", "+842373900900");
    assert_phone("+49 30 1234567", "+49301234567");
    assert_phone("0123 456 789", NULL);
    assert_phone("091234567", NULL);
    assert_phone("18001096", NULL);
    assert_phone("09x2345678", NULL);
    assert_phone("", NULL);
    assert_phone("091234567809123456780912345678", NULL);
    assert_true(phone_is_mobile(STR("0912345678")));
    assert_false(phone_is_mobile(STR("02373900900")));
    struct buf got = {0};
    phone_add_shown(&got, STR("+84912345678"));
    assert_text(&got, "0912 345 678");
    phone_add_shown(&got, STR("1022"));
    assert_text(&got, "1022");
    phone_add_masked(&got, STR("+84912345678"));
    assert_text(&got, "••• ••• 678");
    phone_add_masked(&got, STR("1022"));
    assert_text(&got, "••• ••• •••");
    buf_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages),     cmocka_unit_test(test_damaged_catalogue),
        cmocka_unit_test(test_plurals),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_typed), cmocka_unit_test(test_money),
        cmocka_unit_test(test_dates_typed),   cmocka_unit_test(test_dates),
        cmocka_unit_test(test_moments),       cmocka_unit_test(test_phones),
    };
    return cmocka_run_group_tests(tests, open_catalogues, NULL);
}
