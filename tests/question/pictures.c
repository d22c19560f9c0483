/* Every page of the form with all appearances: what stands on it, and how it looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "helper_stand.h"

struct answered {
    const char *name, *value;
};

struct page {
    const char *name;
    struct answered answered[6];
};

static const struct page pages[] = {
    {"text", {{"t_plain", "Trần Thị Thử"}, {"t_masked", "4821"}, {"t_numbers", "0912 345 678"}}},
    {"number", {{"n_dec", "52.5"}, {"n_thou", "1250000"}, {"n_counter", "2"}}},
    {"app", {{"a_printer", "Phiếu số 12"}}},
    {"code", {{"b_code", "H01.23.45"}, {"b_hidden", "S-0042"}}},
    {"rows", {{"s_one", "married"}, {"s_many", "id health"}}},
    {"fold", {{"s_minimal", "single"}, {"s_auto", "x01"}}},
    {"quick", {{"s_quick", "yes"}}},
    {"quickcompact", {{NULL}}},
    {"columns", {{"s_columns", "single"}, {"s_columns2", "id birth"}, {"s_pack", "mon wed"}}},
    {"compact", {{"s_compact", "tue"}, {"s_compact3", "fri"}}},
    {"horizontal", {{"s_horizontal", "no"}, {"s_nobuttons", "mon tue"}}},
    {"likert", {{"s_likert", "a4"}, {"s_list", "g2"}}},
    {"table", {{"l_1", "g1"}, {"l_2", "g3"}, {"l_3", "g1 g2"}}},
    {"images", {{"i_one", "wood"}, {"i_many", "brick leaf"}}},
    {"map", {{"m_image", "yes"}}},
    {"random", {{"r_random", "wed"}}},
    {"rank", {{"k_rank", "health id birth none"}}},
    {"range", {{"g_slider", "7"}, {"g_picker", "12"}, {"g_noticks", "1.55"}}},
    {"rating", {{"g_rating", "4"}, {"g_vertical", "40"}}},
    {"date", {{"d_plain", "1953-11-05"}, {"d_month", "2020-03-01"}, {"d_year", "1953-01-01"}}},
    {"calendars",
     {{"d_ethiopian", "2024-09-11"},
      {"d_coptic", "2024-09-11"},
      {"d_islamic", "2024-03-11"},
      {"d_bikram", "2024-04-13"}}},
    {"calendars2",
     {{"d_myanmar", "2023-10-29"}, {"d_persian", "2024-03-20"}, {"d_buddhist", "2026-11-05"}}},
    {"time", {{"d_time", "14:05:00.000+07:00"}, {"d_datetime", "2026-10-04T09:30:00.000+07:00"}}},
    {"place", {{"p_point", "10.53210 106.41230 3 4.2"}, {"p_placement", "10.5 106.4 0 0"}}},
    {"walk",
     {{"p_trace", "10.1 106.1 0 4; 10.2 106.2 0 4"},
      {"p_shape", "10.1 106.1 0 4; 10.2 106.2 0 4; 10.3 106.1 0 4; 10.1 106.1 0 4"}}},
    {"photo", {{NULL}}},
    {"selfie", {{NULL}}},
    {"draw", {{NULL}}},
    {"files", {{"f_audio", "ke-chuyen.m4a"}}},
    {"note", {{"x_ack", "OK"}}},
    {"media", {{"x_image", "yes"}}},
    {"grid", {{"w_1", "Trần"}, {"w_4", "3"}}},
};

enum { PAGES = sizeof(pages) / sizeof(*pages) };

static void show(struct stand *stand, const struct page *page)
{
    stand_show(stand, page->name);
    for (int i = 0; i < 6 && page->answered[i].name; i++) {
        stand_set(stand, page->answered[i].name, page->answered[i].value);
    }
    stand_show(stand, page->name);
}

static void every_page_looks_as_it_did(void **state)
{
    struct stand stand;
    stand_open(&stand, NULL);
    for (int i = 0; i < PAGES; i++) {
        char name[80];
        show(&stand, &pages[i]);
        snprintf(name, sizeof(name), "%s_vi", pages[i].name);
        desk_picture(&stand.desk, name);
    }
    stand_close(&stand);
}

static void other_languages_themes_and_sizes(void **state)
{
    static const struct {
        const char *page, *what;
        struct stand_look look;
    } shots[] = {
        {"text", "ar_dark", {720, 1280, THEME_DARK, 1, "ar"}},
        {"columns", "ar", {480, 800, THEME_LIGHT, 1, "ar"}},
        {"likert", "ar_sun", {480, 800, THEME_SUN, 1, "ar"}},
        {"range", "ar", {480, 800, THEME_LIGHT, 1, "ar"}},
        {"place", "ar_dark", {480, 800, THEME_DARK, 1, "ar"}},
        {"likert", "vi_large", {480, 800, THEME_SUN, 1.5, "vi"}},
        {"table", "vi_large", {480, 800, THEME_LIGHT, 1.5, "vi"}},
        {"columns", "vi_large", {720, 1280, THEME_DARK, 1.5, "vi"}},
        {"number", "vi_large", {480, 800, THEME_SUN, 1.5, "vi"}},
        {"grid", "vi_tablet", {1280, 800, THEME_LIGHT, 1, "vi"}},
        {"likert", "vi_tablet", {1280, 800, THEME_DARK, 1, "vi"}},
        {"images", "vi_wide", {800, 480, THEME_LIGHT, 1, "vi"}},
    };
    for (size_t i = 0; i < sizeof(shots) / sizeof(*shots); i++) {
        struct stand stand;
        char name[80];
        stand_open(&stand, &shots[i].look);
        for (int k = 0; k < PAGES; k++) {
            if (strcmp(pages[k].name, shots[i].page) == 0) {
                show(&stand, &pages[k]);
            }
        }
        snprintf(name, sizeof(name), "%s_%s", shots[i].page, shots[i].what);
        desk_picture(&stand.desk, name);
        stand_close(&stand);
    }
}

static void what_opens_on_demand(void **state)
{
    struct stand stand;
    struct image *image = NULL;
    stand_open(&stand, NULL);
    stand_show(&stand, "fold");
    stand_tap(&stand, "s_auto", "chosen");
    desk_picture(&stand.desk, "fold_open_vi");
    stand_show(&stand, "note");
    stand_tap(&stand, "x_guided", "guidance");
    desk_picture(&stand.desk, "note_open_vi");
    stand_show(&stand, "media");
    stand_tap(&stand, "x_image", "big");
    desk_picture(&stand.desk, "media_open_vi");
    stand_show(&stand, "place");
    stand_tap(&stand, "p_point", "type");
    desk_picture(&stand.desk, "place_typed_vi");
    stand_show(&stand, "date");
    stand_set(&stand, "d_plain", "1953-11-05");
    stand_tap(&stand, "d_plain", "answer-pick");
    desk_picture(&stand.desk, "date_open_vi");
    stand_show(&stand, "selfie");
    stand_tap(&stand, "f_new", "camera"); /* there is none */
    desk_picture(&stand.desk, "camera_missing_vi");
    assert_true(image_create(320, 240, false, &image, NULL));
    memset(image->pixels, 0xc8, (size_t)image->h * (size_t)image->stride * 4);
    assert_true(image_jpeg(image, 90, &stand.file, NULL));
    image_destroy(image);
    stand_show(&stand, "photo");
    stand_set(&stand, "f_photo", "a.jpg");
    stand_show(&stand, "photo");
    desk_picture(&stand.desk, "photo_taken_vi");
    stand_close(&stand);
}

static void nothing_is_cut_hidden_or_too_small(void **state)
{
    static const struct stand_look looks[] = {
        {480, 800, THEME_LIGHT, 1, "vi"},  {480, 800, THEME_LIGHT, 1.5, "vi"},
        {720, 1280, THEME_SUN, 1, "ar"},   {800, 480, THEME_DARK, 1.5, "ar"},
        {1280, 800, THEME_LIGHT, 1, "vi"},
    };
    for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
        struct stand stand;
        stand_open(&stand, &looks[i]);
        for (int k = 0; k < PAGES; k++) {
            struct buf found = {0};
            show(&stand, &pages[k]);
            if (!ui_check(stand.desk.ui, &found)) {
                fail_msg("%s at %dx%d, text %.1f, %s:\n%s", pages[k].name, looks[i].w, looks[i].h,
                         looks[i].text_size, looks[i].lang, buf_text(&found));
            }
            buf_finish(&found);
        }
        stand_close(&stand);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_looks_as_it_did),
        cmocka_unit_test(other_languages_themes_and_sizes),
        cmocka_unit_test(what_opens_on_demand),
        cmocka_unit_test(nothing_is_cut_hidden_or_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
