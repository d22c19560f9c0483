/* What a person does at a widget, by finger, by keys, by scanner, becomes the right value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "helper_stand.h"
#include "platform/base/file.h"
#include "platform/window/input.h"

static int open_stand(void **state)
{
    struct stand *stand = calloc(1, sizeof(*stand));
    stand_open(stand, NULL);
    *state = stand;
    return 0;
}

static int close_stand(void **state)
{
    stand_close(*state);
    free(*state);
    return 0;
}

/* Where the keys are. */
static bool has_focus(struct stand *stand, const char *name, const char *widget)
{
    struct buf dump = {0};
    char want[260];
    ui_dump(stand->desk.ui, &dump);
    snprintf(want, sizeof(want), "\"focus\":\"%s\"", stand_id(stand, name, widget));
    bool has = strstr(buf_text(&dump), want) != NULL;
    buf_finish(&dump);
    return has;
}

/* Moves the focus by keys alone until it is there. */
static void keys_to(struct stand *stand, const char *name, const char *widget)
{
    for (int i = 0; i < 60 && !has_focus(stand, name, widget); i++) {
        desk_key(&stand->desk, KEY_TAB);
    }
    assert_true(has_focus(stand, name, widget));
}

static void one_of_several(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "rows");
    stand_tap(stand, "s_one", "choices/choice-married");
    assert_string_equal(stand_value(stand, "s_one"), "married");
    keys_to(stand, "s_one", "choices/choice-widowed");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "s_one"), "widowed");
    desk_key(&stand->desk, KEY_ENTER); /* needed: it cannot be taken back */
    assert_string_equal(stand_value(stand, "s_one"), "widowed");
}

static void any_of_several(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "rows");
    keys_to(stand, "s_many", "choices/choice-health");
    desk_key(&stand->desk, KEY_ENTER);
    keys_to(stand, "s_many", "choices/choice-none");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "s_many"), "health none"); /* in the list's order */
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "s_many"), "health");
}

static void cells_chips_tables_and_scales(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "columns");
    stand_tap(stand, "s_columns2", "choices/choice-birth");
    assert_string_equal(stand_value(stand, "s_columns2"), "birth");
    keys_to(stand, "s_pack", "choices/choice-wed");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "s_pack"), "wed");
    stand_show(stand, "table");
    stand_tap(stand, "l_2", "choices/choice-g3");
    assert_string_equal(stand_value(stand, "l_2"), "g3");
    assert_string_equal(desk_get(&stand->desk, "l_2/choices/choice-g3", "name"), "Tốt");
    assert_false(desk_has(&stand->desk, "l_head/choices/choice-g1")); /* words only */
    stand_show(stand, "likert");
    stand_tap(stand, "s_list", "choices/choice-g1");
    assert_string_equal(stand_value(stand, "s_list"), "g1");
    stand_show(stand, "images");
    stand_tap(stand, "i_one", "choices/choice-wood");
    assert_string_equal(stand_value(stand, "i_one"), "wood");
}

static void quick_moves_on_by_itself(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "quick");
    stand_tap(stand, "s_quick", "choices/choice-yes");
    assert_int_equal(stand->moves, 1);
    stand_tap(stand, "s_quick", "choices/choice-yes"); /* again: confirmed, not taken back */
    assert_string_equal(stand_value(stand, "s_quick"), "yes");
    assert_int_equal(stand->moves, 2);
    stand->refuses = true;
    stand_tap(stand, "s_quick", "choices/choice-no");
    assert_int_equal(stand->moves, 2);
    stand->refuses = false;
    stand_show(stand, "quickcompact");
    stand_tap(stand, "s_quickc", "choices/choice-no");
    assert_int_equal(stand->moves, 3);
}

static void long_lists_are_searched_without_marks(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "fold");
    stand_tap(stand, "s_auto", "chosen");
    assert_true(desk_has(&stand->desk, "s_auto/choices/choice-x00"));
    assert_true(has_focus(stand, "s_auto", "search"));
    desk_key(&stand->desk, KEY_ENTER);
    desk_type(&stand->desk, "dong");
    assert_false(desk_has(&stand->desk, "s_auto/choices/choice-x00"));
    stand_tap(stand, "s_auto", "choices/choice-x01");
    assert_string_equal(stand_value(stand, "s_auto"), "x01");
    assert_false(desk_has(&stand->desk, "s_auto/search"));
    assert_non_null(strstr(desk_get(&stand->desk, "s_auto/chosen", "name"), "Phường Đông Thạnh"));
}

static void folded_lists_of_many_stay_open(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "fold");
    stand_tap(stand, "s_manymin", "chosen");
    assert_false(desk_has(&stand->desk, "s_manymin/search")); /* short enough to look at */
    stand_tap(stand, "s_manymin", "choices/choice-id");
    stand_tap(stand, "s_manymin", "choices/choice-birth");
    assert_string_equal(stand_value(stand, "s_manymin"), "id birth");
}

static void numbers_as_people_here_write_them(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "number");
    stand_type(stand, "n_dec", "answer", "1.234,5");
    assert_string_equal(stand_value(stand, "n_dec"), "1234.5");
    stand_type(stand, "n_int", "answer", "12");
    assert_string_equal(stand_value(stand, "n_int"), "12");
    stand_tap(stand, "n_counter", "less");
    assert_string_equal(stand_value(stand, "n_counter"), "0");
    stand_tap(stand, "n_counter", "more");
    stand_tap(stand, "n_counter", "more");
    assert_string_equal(stand_value(stand, "n_counter"), "2");
    assert_true(stand_scan(stand, "7"));
    assert_string_equal(stand_value(stand, "n_int"), "7");
    assert_false(stand_scan(stand, "no number"));
}

static void texts_by_typing_and_by_scanner(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "text");
    stand_type(stand, "t_numbers", "answer", "0912x345");
    assert_string_equal(stand_value(stand, "t_numbers"), "0912345"); /* no letters */
    stand_type(stand, "t_masked", "answer", "4821");
    desk_key(&stand->desk, KEY_TAB);
    assert_null(strstr(desk_get(&stand->desk, "t_masked/answer", "value"), "4821"));
    assert_true(stand_scan(stand, "Trần Thị Thử"));
    assert_string_equal(stand_value(stand, "t_plain"), "Trần Thị Thử");
}

static void codes_and_cards(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "code");
    assert_true(stand_scan(stand, "H01.23"));
    assert_string_equal(stand_value(stand, "b_code"), "H01.23");
    stand_set(stand, "b_hidden", "S-0042");
    assert_null(strstr(desk_get(&stand->desk, "b_hidden/answer", "value"), "0042"));
    stand_type(stand, "b_card", "answer", "001053000001|x");
    assert_int_equal(stand->read, 1); /* the reader has it; nothing is kept raw */
    assert_string_equal(stand_value(stand, "b_card"), "");
}

static void ranks_by_buttons(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "rank");
    stand_tap(stand, "k_rank", "rank-birth/up");
    assert_string_equal(stand_value(stand, "k_rank"), "birth id health none");
    keys_to(stand, "k_rank", "rank-health/down");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "k_rank"), "birth id none health");
}

static void ranges_and_stars(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "range");
    keys_to(stand, "g_slider", "answer");
    desk_key(&stand->desk, KEY_RIGHT); /* from nothing to the first */
    assert_string_equal(stand_value(stand, "g_slider"), "0");
    desk_key(&stand->desk, KEY_RIGHT);
    desk_key(&stand->desk, KEY_RIGHT);
    assert_string_equal(stand_value(stand, "g_slider"), "2");
    stand_tap(stand, "g_slider", "answer");
    assert_string_equal(stand_value(stand, "g_slider"), "5");
    stand_tap(stand, "g_slider", "empty");
    assert_string_equal(stand_value(stand, "g_slider"), "");
    stand_set(stand, "g_noticks", "1.5");
    keys_to(stand, "g_noticks", "answer");
    desk_key(&stand->desk, KEY_RIGHT);
    assert_string_equal(stand_value(stand, "g_noticks"), "1.55");
    stand_show(stand, "rating");
    stand_tap(stand, "g_rating", "answer/4");
    assert_string_equal(stand_value(stand, "g_rating"), "4");
    stand_tap(stand, "g_rating", "answer/4");
    assert_string_equal(stand_value(stand, "g_rating"), "");
}

static void dates_whole_in_part_and_with_time(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "date");
    stand_type(stand, "d_plain", "answer", "05/11/1953");
    assert_string_equal(stand_value(stand, "d_plain"), "1953-11-05");
    stand_type(stand, "d_month", "answer", "03/2020");
    assert_string_equal(stand_value(stand, "d_month"), "2020-03-01");
    stand_type(stand, "d_year", "answer", "1953");
    assert_string_equal(stand_value(stand, "d_year"), "1953-01-01");
    assert_false(desk_has(&stand->desk, "d_nocal/answer-pick"));
    assert_true(desk_has(&stand->desk, "d_plain/answer-pick"));
    stand_show(stand, "time");
    stand_type(stand, "d_time", "answer", "14:05");
    assert_string_equal(stand_value(stand, "d_time"), "14:05:00.000+07:00");
    stand_type(stand, "d_datetime", "time", "09:30"); /* before there is a day: kept in mind */
    assert_string_equal(stand_value(stand, "d_datetime"), "");
    stand_type(stand, "d_datetime", "answer", "04/10/2026");
    assert_string_equal(stand_value(stand, "d_datetime"), "2026-10-04T09:30:00.000+07:00");
}

static void places_typed_and_walked(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "place");
    stand_tap(stand, "p_point", "type");
    stand_type(stand, "p_point", "typed-0", "10,5321; 106,4123");
    assert_string_equal(stand_value(stand, "p_point"), "10.5321000 106.4123000 0 0");
    stand_show(stand, "walk");
    stand_tap(stand, "p_trace", "type");
    stand_type(stand, "p_trace", "typed-0", "10.1 106.1");
    assert_string_equal(stand_value(stand, "p_trace"), ""); /* one point is no line */
    stand_type(stand, "p_trace", "typed-1", "10.2 106.2");
    assert_string_equal(stand_value(stand, "p_trace"),
                        "10.1000000 106.1000000 0 0; 10.2000000 106.2000000 0 0");
    stand_tap(stand, "p_trace", "undo");
    assert_string_equal(stand_value(stand, "p_trace"), "");
}

static void areas_end_where_they_began(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "walk");
    stand_set(stand, "p_shape", "1 1 0 0; 2 2 0 0; 3 1 0 0; 1 1 0 0");
    stand_show(stand, "walk");
    keys_to(stand, "p_shape", "type");
    desk_key(&stand->desk, KEY_ENTER);
    keys_to(stand, "p_shape", "typed-3");
    desk_type(&stand->desk, "2 0");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "p_shape"),
                        "1 1 0 0; 2 2 0 0; 3 1 0 0; 2.0000000 0.0000000 0 0; 1 1 0 0");
}

static void the_receiver_is_believed_when_it_is_exact(void **state)
{
    struct stand *stand = *state;
    stand_show(stand, "place");
    stand_tap(stand, "p_point", "start");
    for (int i = 0; i < 100 && !stand_value(stand, "p_point")[0]; i++) {
        usleep(20000);
        ui_change(stand->desk.ui);
        desk_settle(&stand->desk);
    }
    assert_memory_equal(stand_value(stand, "p_point"), "10.5321000 106.4123000", 22);
}

static void files_from_folders(void **state)
{
    struct stand *stand = *state;
    char home[] = "/tmp/gocua-question-XXXXXX", path[100];
    assert_non_null(mkdtemp(home));
    snprintf(path, sizeof(path), "%s/stick", home);
    assert_true(file_make_folder(path, NULL));
    snprintf(path, sizeof(path), "%s/stick/talk.mp3", home);
    assert_true(file_write(path, "sound", 5, NULL));
    snprintf(path, sizeof(path), "%s/stick/other.txt", home);
    assert_true(file_write(path, "text", 4, NULL));
    setenv("HOME", home, 1);
    stand_show(stand, "files");
    stand_tap(stand, "f_audio", "choose");
    stand_tap(stand, "f_audio", "files/file-0");
    stand_tap(stand, "f_audio", "files/file-0");
    assert_false(desk_has(&stand->desk, "f_audio/files/file-0")); /* other.txt is no sound */
    stand_tap(stand, "f_audio", "files/file-1");
    assert_string_equal(stand_value(stand, "f_audio"), "file.mp3");
    assert_string_equal(buf_text(&stand->file), "sound");
    assert_true(file_remove_tree(home, NULL));
}

static void stroke(struct stand *stand, const char *name)
{
    struct rect r = desk_rect(&stand->desk, stand_id(stand, name, "ink"));
    struct input input = {.kind = INPUT_DOWN, .x = r.x + 20, .y = r.y + 20};
    window_inject(stand->desk.window, &input);
    for (int i = 1; i < 10; i++) {
        input = (struct input){.kind = INPUT_MOVE, .x = r.x + 20 + 8 * i, .y = r.y + 20 + 3 * i};
        window_inject(stand->desk.window, &input);
    }
    input.kind = INPUT_UP;
    window_inject(stand->desk.window, &input);
    desk_settle(&stand->desk);
}

static void drawings_and_ink_on_photos(void **state)
{
    struct stand *stand = *state;
    struct image *image = NULL;
    stand_show(stand, "draw");
    stroke(stand, "f_draw");
    stand_tap(stand, "f_draw", "keep");
    assert_string_equal(stand_value(stand, "f_draw"), "file.png");
    assert_true(image_decode(buf_str(&stand->file), 0, &image, NULL));
    image_destroy(image);

    assert_true(image_create(400, 300, false, &image, NULL));
    buf_clear(&stand->file);
    assert_true(image_jpeg(image, 90, &stand->file, NULL));
    image_destroy(image);
    stand_show(stand, "photo");
    stand_set(stand, "f_annotate", "photo.jpg");
    stand_show(stand, "photo");
    keys_to(stand, "f_annotate", "annotate");
    desk_key(&stand->desk, KEY_ENTER);
    stroke(stand, "f_annotate");
    keys_to(stand, "f_annotate", "keep");
    desk_key(&stand->desk, KEY_ENTER);
    assert_string_equal(stand_value(stand, "f_annotate"), "file.jpg");
    assert_true(image_decode(buf_str(&stand->file), 0, &image, NULL));
    assert_int_equal(image->w, 400);
    assert_int_equal(image->h, 300);
    image_destroy(image);
}

static void guidance_and_large_pictures_on_demand(void **state)
{
    struct stand *stand = *state;
    struct buf dump = {0};
    stand_show(stand, "note");
    ui_dump(stand->desk.ui, &dump);
    assert_null(strstr(buf_text(&dump), "không hỏi hộ khẩu"));
    stand_tap(stand, "x_guided", "guidance");
    buf_clear(&dump);
    ui_dump(stand->desk.ui, &dump);
    assert_non_null(strstr(buf_text(&dump), "không hỏi hộ khẩu"));
    stand_tap(stand, "x_ack", "answer");
    assert_string_equal(stand_value(stand, "x_ack"), "OK");
    stand_tap(stand, "x_ack", "answer");
    assert_string_equal(stand_value(stand, "x_ack"), "");
    stand_show(stand, "media");
    int before = desk_rect(&stand->desk, "x_image/choices/choice-yes").y;
    stand_tap(stand, "x_image", "big");
    assert_true(desk_rect(&stand->desk, "x_image/choices/choice-yes").y != before);
    buf_finish(&dump);
}

static void labels_are_heard_and_stopped(void **state)
{
    struct stand *stand = *state;
    const char *id = "x_image/sound";
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    stand->sounds = true;
    stand_show(stand, "media");
    assert_string_equal(desk_get(&stand->desk, id, "name"), tr("Play the sound"));
    stand_tap(stand, "x_image", "sound");
    assert_string_equal(desk_get(&stand->desk, id, "name"), tr("Stop the sound"));
    stand_tap(stand, "x_image", "sound");
    assert_string_equal(desk_get(&stand->desk, id, "name"), tr("Play the sound"));
    stand_tap(stand, "x_image", "sound"); /* left while it sounds: it ends with the page */
    stand_show(stand, "note");
    stand_show(stand, "media");
    assert_string_equal(desk_get(&stand->desk, id, "name"), tr("Play the sound"));
}

static void a_sound_that_is_none_is_named(void **state)
{
    struct stand *stand = *state;
    struct buf dump = {0};
    stand_show(stand, "media");
    stand_tap(stand, "x_image", "sound");
    ui_dump(stand->desk.ui, &dump);
    assert_false(desk_has(&stand->desk, "x_image/sound"));
    assert_non_null(strstr(buf_text(&dump), tr("Sound, cannot be played here:")));
    assert_non_null(strstr(buf_text(&dump), "card.wav"));
    buf_finish(&dump);
}

/* The words of the features table; each stands in the form, so each has been looked at. */
static void no_appearance_is_left_out(void **state)
{
    static const char *const words[] = {"multiline",
                                        "numbers",
                                        "url",
                                        "masked",
                                        "ex:",
                                        "printer",
                                        "hidden-answer",
                                        "counter",
                                        "bearing",
                                        "thousands-sep",
                                        "minimal",
                                        "search",
                                        "autocomplete",
                                        "quick",
                                        "quickcompact",
                                        "compact",
                                        "compact-3",
                                        "columns",
                                        "columns-2",
                                        "columns-pack",
                                        "horizontal",
                                        "horizontal-compact",
                                        "no-buttons",
                                        "likert",
                                        "image-map",
                                        "map",
                                        "label",
                                        "list-nolabel",
                                        "list",
                                        "no-calendar",
                                        "month-year",
                                        "year",
                                        "ethiopian",
                                        "coptic",
                                        "islamic",
                                        "bikram-sambat",
                                        "myanmar",
                                        "persian",
                                        "buddhist",
                                        "vertical",
                                        "no-ticks",
                                        "picker",
                                        "rating",
                                        "annotate",
                                        "draw",
                                        "signature",
                                        "new",
                                        "new-front",
                                        "selfie",
                                        "front",
                                        "maps",
                                        "placement-map",
                                        "hide-input",
                                        "field-list",
                                        "table-list",
                                        "w4",
                                        "w12"};
    struct buf form = {0}, table = {0};
    char path[600];
    const char *source = getenv("GOCUA_SOURCE");
    (void)state;
    snprintf(path, sizeof(path), "%s/tests/question/all_appearances.xml", source ? source : ".");
    assert_true(file_read(path, 1 << 20, &form, NULL));
    snprintf(path, sizeof(path), "%s/app/question/README.md", source ? source : ".");
    assert_true(file_read(path, 1 << 20, &table, NULL));
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        bool shown = strstr(buf_text(&form), words[i]) != NULL;
        bool stated = strstr(buf_text(&table), words[i]) != NULL ||
                      strncmp(words[i], "w", 1) == 0 || strpbrk(words[i], "23");
        if (!shown || !stated) {
            fail_msg("%s is not %s", words[i], shown ? "in the README" : "in the form");
        }
    }
    buf_finish(&form);
    buf_finish(&table);
}

#define WITH_STAND(test) cmocka_unit_test_setup_teardown(test, open_stand, close_stand)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STAND(one_of_several),
        WITH_STAND(any_of_several),
        WITH_STAND(cells_chips_tables_and_scales),
        WITH_STAND(quick_moves_on_by_itself),
        WITH_STAND(long_lists_are_searched_without_marks),
        WITH_STAND(folded_lists_of_many_stay_open),
        WITH_STAND(numbers_as_people_here_write_them),
        WITH_STAND(texts_by_typing_and_by_scanner),
        WITH_STAND(codes_and_cards),
        WITH_STAND(ranks_by_buttons),
        WITH_STAND(ranges_and_stars),
        WITH_STAND(dates_whole_in_part_and_with_time),
        WITH_STAND(places_typed_and_walked),
        WITH_STAND(areas_end_where_they_began),
        WITH_STAND(the_receiver_is_believed_when_it_is_exact),
        WITH_STAND(files_from_folders),
        WITH_STAND(drawings_and_ink_on_photos),
        WITH_STAND(guidance_and_large_pictures_on_demand),
        WITH_STAND(labels_are_heard_and_stopped),
        WITH_STAND(a_sound_that_is_none_is_named),
        cmocka_unit_test(no_appearance_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
