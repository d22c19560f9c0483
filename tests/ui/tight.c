/* Where large letters, long words and gloves meet a small window: what gives way to what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "app/ui/script.h"
#include "helper_desk.h"
#include "platform/window/input.h"

#define EXAMPLE "for example what is written at the top of the letter"

static void build(struct ui *ui, void *ctx)
{
    char *typed = ctx;
    ui_screen(ui, "tight");
    ui_bar(ui, "A title that is rather long for a bar", "3/20, the draft is saved on the device");
    ui_body_begin(ui);
    const char *text =
        ui_field(ui, "what", typed, &(struct ui_field){.placeholder = EXAMPLE, .name = "What"});
    for (int i = 0; typed[0] == 'm' && i < 5; i++) {
        char key[8];
        snprintf(key, sizeof(key), "more-%d", i);
        ui_button(ui, key, "One more", NULL);
    }
    if (text) {
        snprintf(typed, 40, "%s", text);
    }
    ui_button(ui, "go", "Go", NULL);
    ui_end(ui);
    ui_actions_begin(ui);
    ui_button(ui, "next", "Next", UI_OPT(.kind = UI_PRIMARY));
    if (typed[0] == 'm') {
        ui_button(ui, "all", "All that was written down on this page so far", NULL);
    }
    ui_end(ui);
}

static void open_large(struct desk *desk, char typed[40], double size, bool glove)
{
    desk_open(desk, 480, 800, build, typed);
    struct ui_settings set = *ui_get(desk->ui);
    set.text_size = size;
    set.glove = glove;
    ui_set(desk->ui, &set);
    desk_settle(desk);
}

static void play(struct desk *desk, const char *line)
{
    struct err err = {0};
    if (!script_do(desk->ui, str_of(line), NULL, &err)) {
        fail_msg("%s: %s", line, err.text);
    }
}

static void an_example_wraps_until_something_is_typed(void **state)
{
    struct desk desk;
    char typed[40] = "";
    open_large(&desk, typed, 1, false);
    int least = desk_rect(&desk, "go").h, empty = desk_rect(&desk, "what").h;
    desk_tap(&desk, "what");
    assert_int_equal(desk_rect(&desk, "what").h, empty); /* not under the finger */
    desk_type(&desk, "a");
    assert_true(desk_rect(&desk, "what").h < empty);
    assert_int_equal(desk_rect(&desk, "what").h, least);
    desk_close(&desk);
}

static void words_below_a_title_have_the_whole_width(void **state)
{
    struct desk desk;
    char typed[40] = "word";
    open_large(&desk, typed, 1.5, true);
    struct rect back = desk_rect(&desk, "back");
    play(&desk, "check");
    assert_true(back.y < back.h / 2); /* beside the title alone */
    assert_true(desk_rect(&desk, "what").y > back.y + back.h);
    assert_string_equal(desk_get(&desk, "what", "name"), "What");
    desk_close(&desk);
}

/* A long press opens what one does with a text; where letters below that would leave nothing of the
 * field, they go and come back. */
static void tools_stand_alone_where_there_is_no_room(void **state)
{
    static const struct {
        const char *size;
        bool glove, alone;
    } rows[] = {{"size 480 800", true, false},
                {"size 800 480", false, false},
                {"size 800 480", true, true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct desk desk;
        char typed[40] = "word";
        open_large(&desk, typed, 1.5, rows[i].glove);
        play(&desk, rows[i].size);
        play(&desk, "hold what");
        play(&desk, "check");
        play(&desk, "expect id all");
        play(&desk, rows[i].alone ? "expect no id space" : "expect id space");
        play(&desk, rows[i].alone ? "expect id letters" : "expect no id letters");
        if (rows[i].alone) {
            play(&desk, "tap letters");
            play(&desk, "expect id space");
            play(&desk, "expect no id all");
        }
        desk_close(&desk);
    }
}

static void a_toast_stands_above_the_keys_of_a_low_window(void **state)
{
    struct desk desk;
    char typed[40] = "word";
    open_large(&desk, typed, 1.3, true);
    play(&desk, "size 800 480");
    play(&desk, "tap what");
    ui_toast(desk.ui,
             "The forms were fetched from the server. Three of them are new, one has been "
             "withdrawn by your organisation",
             NULL, NULL);
    desk_settle(&desk);
    play(&desk, "expect id space");
    play(&desk, "check");
    desk_close(&desk);
}

/* In the sun the ring is wider; what leaves room for it must not round it off. */
static void no_size_cuts_a_ring(void **state)
{
    for (int percent = 90; percent <= 150; percent += 5) {
        struct desk desk;
        char typed[40] = "word";
        open_large(&desk, typed, percent / 100.0, true);
        play(&desk, "theme sun");
        play(&desk, "check");
        desk_close(&desk);
    }
}

/* The buttons at the bottom fill the window: they come at the end of the page, which scrolls. */
static void buttons_go_with_the_page_before_they_cover_it(void **state)
{
    struct desk desk;
    char typed[40] = "more";
    open_large(&desk, typed, 1, false);
    struct rect last = desk_rect(&desk, "all");
    assert_true(last.y + last.h > 760); /* at the bottom */
    play(&desk, "size 800 480");
    struct ui_settings set = *ui_get(desk.ui);
    set.text_size = 1.5;
    set.glove = true;
    ui_set(desk.ui, &set);
    desk_settle(&desk);
    play(&desk, "check");
    play(&desk, "tap go"); /* scrolls on */
    play(&desk, "tap next");
    play(&desk, "expect focus next");
    desk_close(&desk);
}

/* On a narrow window the Arabic letters have a row more, on a wide one three of twelve; alef with
 * its hamzas and madda is on both. */
static void arabic_keys_are_as_wide_as_a_finger(void **state)
{
    static const char *const all[] = {"ا", "أ", "إ", "آ", "ء", "ئ", "ؤ", "ج", "د", "ذ", "ط", "ظ"};
    static const char *const sizes[] = {"size 480 800", "size 800 480", "size 720 1280"};
    struct desk desk;
    char typed[40] = "";
    open_large(&desk, typed, 1, false);
    struct ui_settings set = *ui_get(desk.ui);
    snprintf(set.lang, sizeof(set.lang), "ar");
    set.rtl = true;
    ui_set(desk.ui, &set);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        play(&desk, sizes[i]);
        play(&desk, "tap what");
        play(&desk, "check");
        int side = i == 2 ? 2 * 36 : 36 * 480 / 360;
        for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
            char id[40];
            snprintf(id, sizeof(id), "keyboard/%s", all[k]);
            assert_true(desk_rect(&desk, id).w >= side);
        }
        desk_tap(&desk, "keyboard/أ");
    }
    desk_key(&desk, KEY_TAB);
    assert_string_equal(typed, "أأأ");
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_wraps_until_something_is_typed),
        cmocka_unit_test(words_below_a_title_have_the_whole_width),
        cmocka_unit_test(tools_stand_alone_where_there_is_no_room),
        cmocka_unit_test(a_toast_stands_above_the_keys_of_a_low_window),
        cmocka_unit_test(no_size_cuts_a_ring),
        cmocka_unit_test(buttons_go_with_the_page_before_they_cover_it),
        cmocka_unit_test(arabic_keys_are_as_wide_as_a_finger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
