#include "app/question/calendar.h"

#include <string.h>

#include "app/lang/lang.h"
#include "app/question/calendar_month.h"
#include "platform/base/clock.h"

enum {
    JULIAN_1970 = 2440588, /* Julian day number of 1970-01-01 */
    DAYS_1800 = -62091,    /* 1800-01-01 */
    DAYS_2200 = 84006,     /* 2200-01-01 */
    ETHIOPIAN_EPOCH = 1724221,
    COPTIC_EPOCH = 1825030,
    ISLAMIC_EPOCH = 1948440, /* 16 July 622, Julian */
    PERSIAN_EPOCH = 1948320,
    NEPAL_FIRST = 2007,
    NEPAL_EPOCH = -7203, /* 1 Baishakh 2007: 13 April 1950, days from 1970 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Twelve months of 30 days and one of 5, 6 in every fourth year. */
static struct calendar_day coptic_day(int64_t julian, int64_t epoch)
{
    int64_t year = floor_div(4 * (julian - epoch) + 1463, 1461);
    int64_t start = epoch + 365 * (year - 1) + floor_div(year, 4), day = julian - start;
    return (struct calendar_day){(int)year, (int)(day / 30) + 1, (int)(day % 30) + 1, false};
}

static int64_t islamic_year_start(int64_t year)
{
    return ISLAMIC_EPOCH + 354 * (year - 1) + floor_div(3 + 11 * year, 30);
}

static struct calendar_day islamic_day(int64_t julian)
{
    int64_t year = floor_div(30 * (julian - ISLAMIC_EPOCH) + 10646, 10631);
    int64_t day = julian - islamic_year_start(year);
    int month = (int)((2 * day + 1) / 59) + 1; /* 30 and 29 days in turn */
    month = month > 12 ? 12 : month;
    int before = (59 * (month - 1) + 1) / 2;
    if (day < before) {
        before = (59 * (--month - 1) + 1) / 2;
    }
    return (struct calendar_day){(int)year, month, (int)day - before + 1, false};
}

/* Leap years by the rule of 33 years, which agrees with the sky from 1178 to 1633. */
static struct calendar_day persian_day(int64_t julian)
{
    int64_t days = julian - PERSIAN_EPOCH, year = 1 + floor_div(33 * days + 3, 12053);
    int64_t day = days - (365 * (year - 1) + floor_div(8 * year + 21, 33));
    int month = (int)(day < 186 ? day / 31 : (day - 6) / 30);
    int before = month <= 6 ? 31 * month : 30 * month + 6;
    return (struct calendar_day){(int)year, month + 1, (int)day - before + 1, false};
}

/* Days of each month above 29, a year a text, from 2007 on: as announced, they follow no rule.
 * Facts as in the tables that ODK Collect uses (medic/bikram-sambat). */
static const char nepal_months[][13] = {
    "232321110012", "222322011002", "223222101011", "223321101011", "232321110012", "222322011011",
    "223222101011", "223321101011", "232321110012", "222322011011", "223222101011", "232321101011",
    "232321110102", "222322101011", "223222101011", "232321110011", "232321110102", "222322101011",
    "223222101011", "232321110012", "132321110102", "223222101011", "223231101011", "232321110012",
    "132321110102", "223222101011", "223321101011", "232321110012", "132322011002", "223222101011",
    "223321101011", "232321110012", "222322011011", "223222101011", "223321101011", "232321110012",
    "222322011011", "223222101011", "232321101011", "232321110012", "222322101011", "223222101011",
    "232321110011", "232321110102", "222322101011", "223222101011", "232321110011", "232321110102",
    "223222101011", "223231101011", "232321110012", "132321110102", "223222101011", "223321101011",
    "232321110012", "132322010102", "223222101011", "223321101011", "232321110012", "222322011002",
    "223222101011", "223321101011", "232321110012", "222322011011", "223222101011", "232321101011",
    "232321110012", "222322101011", "223222101011", "232321110011", "232321110102", "222322101011",
    "223222101011", "232321110011", "223321110111", "132321110111", "223221110111", "223221110111",
    "232312110111", "132321110111", "223222110111", "123312110111", "132321110111", "132321110111",
};

static bool nepal_day(int64_t days, struct calendar_day *day)
{
    int64_t left = days - NEPAL_EPOCH;
    for (size_t y = 0; left >= 0 && y < sizeof(nepal_months) / sizeof(*nepal_months); y++) {
        for (int m = 0; m < 12; m++) {
            int length = 29 + nepal_months[y][m] - '0';
            if (left < length) {
                *day = (struct calendar_day){NEPAL_FIRST + (int)y, m + 1, (int)left + 1, false};
                return true;
            }
            left -= length;
        }
    }
    return false;
}

bool calendar_convert(enum calendar calendar, int64_t days, struct calendar_day *day)
{
    int64_t julian = days + JULIAN_1970;
    *day = (struct calendar_day){0};
    if (days < DAYS_1800 || days >= DAYS_2200) {
        return false;
    }
    switch (calendar) {
    case CALENDAR_ETHIOPIAN:
        *day = coptic_day(julian, ETHIOPIAN_EPOCH);
        return true;
    case CALENDAR_COPTIC:
        *day = coptic_day(julian, COPTIC_EPOCH);
        return true;
    case CALENDAR_ISLAMIC:
        *day = islamic_day(julian);
        return true;
    case CALENDAR_BIKRAM_SAMBAT:
        return nepal_day(days, day);
    case CALENDAR_MYANMAR:
        return myanmar_day(days, day);
    case CALENDAR_PERSIAN:
        *day = persian_day(julian);
        return true;
    case CALENDAR_BUDDHIST:
        clock_date(days, &day->year, &day->month, &day->day);
        day->year += 543;
        return true;
    case CALENDAR_LUNAR:
        *day = lunar_day(days);
        return true;
    case CALENDAR_NONE:
        break;
    }
    return false;
}

/* Names of months as they are written in Latin letters; proper names, so not translated. */
static const char *const months[][13] = {
    [CALENDAR_ETHIOPIAN] = {"Meskerem", "Tikimt", "Hidar", "Tahsas", "Tir", "Yekatit", "Megabit",
                            "Miazia", "Genbot", "Sene", "Hamle", "Nehase", "Pagume"},
    [CALENDAR_COPTIC] = {"Thout", "Paopi", "Hathor", "Koiak", "Tobi", "Meshir", "Paremhat",
                         "Parmouti", "Pashons", "Paoni", "Epip", "Mesori", "Pi Kogi Enavot"},
    [CALENDAR_ISLAMIC] = {"Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II",
                          "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qadah", "Dhu al-Hijjah"},
    [CALENDAR_BIKRAM_SAMBAT] = {"Baishakh", "Jestha", "Ashadh", "Shrawan", "Bhadra", "Ashwin",
                                "Kartik", "Mangsir", "Poush", "Magh", "Falgun", "Chaitra"},
    [CALENDAR_MYANMAR] = {"Tagu", "Kason", "Nayon", "Waso", "Wagaung", "Tawthalin", "Thadingyut",
                          "Tazaungmon", "Nadaw", "Pyatho", "Tabodwe", "Tabaung"},
    [CALENDAR_PERSIAN] = {"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
                          "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"},
};

/* Stem and branch of a lunar year. */
static void add_lunar_year(struct buf *to, int year)
{
    static const char *const stems[] = {"Giáp", "Ất",   "Bính", "Đinh", "Mậu",
                                        "Kỷ",   "Canh", "Tân",  "Nhâm", "Quý"};
    static const char *const branches[] = {"Tý",  "Sửu", "Dần",  "Mão", "Thìn", "Tỵ",
                                           "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi"};
    buf_addf(to, "%s %s", stems[(year + 6) % 10], branches[(year + 8) % 12]);
}

static void add_lunar(struct buf *to, const struct calendar_day *day)
{
    struct buf year = {0};
    add_lunar_year(&year, day->year);
    buf_addf(to,
             day->is_leap ? tr("Lunar: day %d of the inserted month %d, year %s")
                          : tr("Lunar: day %d of month %d, year %s"),
             day->day, day->month, buf_text(&year));
    buf_finish(&year);
}

static const char *name_of(enum calendar calendar)
{
    switch (calendar) {
    case CALENDAR_ETHIOPIAN:
        return tr("Ethiopian calendar");
    case CALENDAR_COPTIC:
        return tr("Coptic calendar");
    case CALENDAR_ISLAMIC:
        return tr("Islamic calendar");
    case CALENDAR_BIKRAM_SAMBAT:
        return tr("Nepali calendar");
    case CALENDAR_MYANMAR:
        return tr("Myanmar calendar");
    case CALENDAR_PERSIAN:
        return tr("Persian calendar");
    default:
        return tr("Buddhist calendar");
    }
}

void calendar_add(struct buf *to, enum calendar calendar, const struct calendar_day *day)
{
    if (calendar == CALENDAR_LUNAR) {
        add_lunar(to, day);
        return;
    }
    buf_addf(to, "%s: ", name_of(calendar));
    if (calendar == CALENDAR_BUDDHIST) {
        buf_addf(to, "%02d/%02d/%04d", day->day, day->month, day->year);
    } else {
        buf_addf(to, "%d %s%s %d", day->day, day->is_leap ? "1st " : "",
                 months[calendar][(day->month - 1) % 13], day->year);
    }
}
