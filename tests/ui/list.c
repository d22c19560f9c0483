#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/window/input.h"

struct log {
    size_t count, built, highest;
    long picked;
    int sent, pressed;
    bool tall, head;
    char words[40];
};

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct log *log = ctx;
    char text[64];
    log->built++;
    log->highest = index > log->highest ? index : log->highest;
    snprintf(text, sizeof(text), "Hộ ông Nguyễn Văn Thử %zu", index);
    bool tall = log->tall && index % 3 == 0;
    ui_list_row(ui, text, -1,
                UI_OPT(.icon = ICON_HOME, .hint = tall ? "Ấp 3, xã Tân Thạnh, huyện Thử" : NULL,
                       .state = index % 2 ? "Nháp" : NULL, .tone = TONE_WARN));
    if (index == 2 && ui_button(ui, "send", "Gửi", NULL)) {
        log->sent++;
    }
}

static void head(struct ui *ui, void *ctx)
{
    struct log *log = ctx;
    ui_text(ui, TYPE_QUESTION, "Chọn một hộ trong danh sách dưới đây", UI_OPT(.pad = 16));
    if (ui_button(ui, "all", "Tất cả", NULL)) {
        log->pressed++;
    }
}

static void build(struct ui *ui, void *ctx)
{
    struct log *log = ctx;
    ui_screen(ui, "log");
    ui_bar(ui, "Nhật ký", NULL);
    ui_page_begin(ui);
    long picked = ui_list(ui, "rows",
                          &(struct ui_list){.count = log->count,
                                            .row = row,
                                            .ctx = log,
                                            .head = log->head ? head : NULL,
                                            .name = "Nhật ký",
                                            .empty = "Chưa có gì",
                                            .empty_icon = ICON_INBOX});
    log->picked = picked >= 0 ? picked : log->picked;
    ui_end(ui);
}

static void search(struct ui *ui, void *ctx)
{
    struct log *log = ctx;
    const char *words =
        ui_field(ui, "search", log->words, &(struct ui_field){.label = "Tìm", .live = true});
    if (words) {
        snprintf(log->words, sizeof(log->words), "%s", words);
    }
}

/* In a low window the search is the head of the list, and scrolls away with it. */
static void build_search(struct ui *ui, void *ctx)
{
    bool low = ui_is_low(ui);
    ui_screen(ui, "log");
    ui_page_begin(ui);
    if (!low) {
        search(ui, ctx);
    }
    ui_list(ui, "rows",
            &(struct ui_list){
                .count = 50, .row = row, .ctx = ctx, .head = low ? search : NULL, .name = "Hộ"});
    ui_end(ui);
}

static void open_log(struct desk *desk, struct log *log, size_t count)
{
    *log = (struct log){.count = count, .picked = -1, .tall = log->tall, .head = log->head};
    desk_open(desk, 480, 800, build, log);
}

static void drag(struct desk *desk, int from, int to)
{
    int step = from < to ? 7 : -7;
    window_inject(desk->window, &(struct input){.kind = INPUT_DOWN, .x = 200, .y = from});
    for (int y = from; step > 0 ? y < to : y > to; y += step) {
        window_inject(desk->window, &(struct input){.kind = INPUT_MOVE, .x = 200, .y = y});
        desk_settle(desk);
    }
    window_inject(desk->window, &(struct input){.kind = INPUT_UP, .x = 200, .y = to});
    desk_settle(desk);
}

static void wheel(struct desk *desk, int notches)
{
    struct input input = {.kind = INPUT_WHEEL, .x = 200, .y = 400, .dy = notches};
    window_inject(desk->window, &input);
    desk_settle(desk);
}

static void only_rows_in_view_are_built(void **state)
{
    struct desk desk;
    struct log log = {0};
    open_log(&desk, &log, 10000);
    assert_in_range(log.built, 5, 40);
    wheel(&desk, 3);
    assert_in_range(log.built, 5, 60);
    assert_in_range(log.highest, 5, 30);
    desk_close(&desk);
}

static void a_row_pressed_says_its_index(void **state)
{
    struct desk desk;
    struct log log = {0};
    open_log(&desk, &log, 10000);
    desk_tap(&desk, "rows/3");
    assert_int_equal(log.picked, 3);
    desk_tap(&desk, "rows/2/send");
    assert_int_equal(log.sent, 1);
    assert_int_equal(log.picked, 3);
    ui_list_show(desk.ui, "rows", 9000);
    desk_settle(&desk);
    desk_tap(&desk, "rows/9002");
    assert_int_equal(log.picked, 9002);
    desk_close(&desk);
}

static void keys_walk_through_rows_that_were_not_there(void **state)
{
    struct desk desk;
    struct log log = {0};
    open_log(&desk, &log, 10000);
    ui_focus(desk.ui, "rows/0");
    desk_settle(&desk);
    for (int i = 0; i < 100; i++) {
        desk_key(&desk, KEY_DOWN);
    }
    desk_key(&desk, KEY_ENTER);
    assert_in_range(log.picked, 98, 102);
    for (int i = 0; i < 150; i++) {
        desk_key(&desk, KEY_UP);
    }
    assert_true(desk_has(&desk, "rows/0"));
    desk_close(&desk);
}

static void the_end_is_the_end(void **state)
{
    struct desk desk;
    struct log log = {0};
    open_log(&desk, &log, 10);
    wheel(&desk, 100);
    struct rect last = desk_rect(&desk, "rows/9");
    assert_int_equal(last.y + last.h, 800);
    wheel(&desk, -100);
    assert_int_equal(desk_rect(&desk, "rows/0").y, desk_rect(&desk, "rows").y);
    desk_close(&desk);
}

static void an_empty_list_says_why(void **state)
{
    struct desk desk;
    struct log log = {0};
    struct buf dump = {0};
    open_log(&desk, &log, 0);
    ui_dump(desk.ui, &dump);
    assert_non_null(strstr(buf_text(&dump), "Chưa có gì"));
    buf_finish(&dump);
    desk_close(&desk);
}

static void a_head_scrolls_along_and_is_heard(void **state)
{
    struct desk desk;
    struct log log = {.head = true};
    open_log(&desk, &log, 100);
    desk_tap(&desk, "all");
    assert_int_equal(log.pressed, 1);
    wheel(&desk, 10);
    assert_false(desk_has(&desk, "all"));
    wheel(&desk, -10);
    assert_true(desk_has(&desk, "all"));
    desk_close(&desk);
}

static void a_turn_does_not_take_the_field_away_that_is_typed_in(void **state)
{
    struct desk desk;
    struct log log = {.picked = -1};
    desk_open(&desk, 480, 800, build_search, &log);
    desk_tap(&desk, "search");
    desk_type(&desk, "ng");
    wheel(&desk, 3);
    assert_true(desk_has(&desk, "search"));
    assert_true(window_resize(desk.window, 800, 480));
    desk_settle(&desk);
    assert_true(desk_has(&desk, "search"));
    desk_type(&desk, "u");
    assert_string_equal(desk_get(&desk, "search", "value"), "ngu");
    desk_close(&desk);
}

/* What is left of the head in the view goes on being there when letters become smaller. */
static void smaller_letters_do_not_take_the_head_away(void **state)
{
    struct desk desk;
    struct log log = {.picked = -1};
    struct ui_settings set;
    desk_open(&desk, 800, 480, build_search, &log);
    set = *ui_get(desk.ui);
    set.text_size = 1.5;
    ui_set(desk.ui, &set);
    desk_tap(&desk, "search");
    int height = desk_rect(&desk, "search").h;
    for (int i = 0; i < 40 && desk_rect(&desk, "search").h > height / 3; i++) {
        drag(&desk, 160, 130);
    }
    assert_true(desk_has(&desk, "search") && desk_rect(&desk, "search").h < height);
    set.text_size = 0.9;
    ui_set(desk.ui, &set);
    desk_settle(&desk);
    assert_true(desk_has(&desk, "search"));
    desk_close(&desk);
}

/* What scrolling left on the canvas is what painting everything anew gives. */
static void assert_same_as_repainted(struct desk *desk)
{
    struct canvas *canvas = window_canvas(desk->window);
    size_t n = (size_t)canvas->stride * (size_t)canvas->h;
    uint32_t *moved = malloc(n * 4);
    assert_non_null(moved);
    memcpy(moved, canvas->pixels, n * 4);
    window_inject(desk->window, &(struct input){.kind = INPUT_EXPOSE});
    desk_settle(desk);
    for (int y = 0; y < canvas->h; y++) {
        const uint32_t *a = moved + (size_t)y * (size_t)canvas->stride;
        const uint32_t *b = canvas->pixels + (size_t)y * (size_t)canvas->stride;
        for (int x = 0; x < canvas->w; x++) {
            if ((a[x] ^ b[x]) & 0xffffff) {
                fail_msg("pixel %d,%d is %06x, repainted %06x", x, y, a[x] & 0xffffff,
                         b[x] & 0xffffff);
            }
        }
    }
    free(moved);
}

static void moved_pixels_equal_painted_ones(void **state)
{
    struct desk desk;
    struct log log = {.tall = true, .head = true};
    open_log(&desk, &log, 10000);
    drag(&desk, 700, 180);
    assert_same_as_repainted(&desk);
    drag(&desk, 200, 420);
    assert_same_as_repainted(&desk);
    wheel(&desk, 3);
    wheel(&desk, -1);
    desk_key(&desk, KEY_DOWN);
    desk_key(&desk, KEY_DOWN);
    wheel(&desk, 1);
    assert_same_as_repainted(&desk);
    ui_toast(desk.ui, "Đã lưu bản nháp", "undo", "Hoàn tác"); /* floats over the list */
    desk_settle(&desk);
    wheel(&desk, 2);
    drag(&desk, 500, 300);
    assert_same_as_repainted(&desk);
    assert_int_equal(log.picked, -1); /* a drag is no press */
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_rows_in_view_are_built),
        cmocka_unit_test(a_row_pressed_says_its_index),
        cmocka_unit_test(keys_walk_through_rows_that_were_not_there),
        cmocka_unit_test(the_end_is_the_end),
        cmocka_unit_test(an_empty_list_says_why),
        cmocka_unit_test(a_head_scrolls_along_and_is_heard),
        cmocka_unit_test(a_turn_does_not_take_the_field_away_that_is_typed_in),
        cmocka_unit_test(smaller_letters_do_not_take_the_head_away),
        cmocka_unit_test(moved_pixels_equal_painted_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
