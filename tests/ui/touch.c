#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/base/clock.h"
#include "platform/window/input.h"

struct model {
    char name[64], phone[32], note[128];
    bool sheet, masked;
    int undone, chosen, pressed;
};

static void keep(char *to, size_t size, const char *text)
{
    if (text) {
        snprintf(to, size, "%s", text);
    }
}

static void build(struct ui *ui, void *ctx)
{
    struct model *m = ctx;
    ui_screen(ui, "touch");
    ui_bar(ui, "Title", NULL);
    m->chosen += ui_bar_menu(ui, "settings", "Settings", ICON_SETTINGS);
    ui_body_begin(ui);
    keep(m->name, sizeof(m->name),
         ui_field(ui, "name", m->name, &(struct ui_field){.label = "Name", .masked = m->masked}));
    keep(m->phone, sizeof(m->phone),
         ui_field(ui, "phone", m->phone,
                  &(struct ui_field){.label = "Phone", .input = UI_IN_PHONE}));
    keep(m->note, sizeof(m->note),
         ui_field(ui, "note", m->note, &(struct ui_field){.label = "Note", .lines = 3}));
    if (ui_button(ui, "more", "More", NULL)) {
        m->sheet = true;
    }
    if (ui_button(ui, "drop", "Drop", NULL)) {
        ui_toast(ui, "It is dropped", "undo", "Undo");
    }
    m->undone += ui_toast_pressed(ui, "undo");
    ui_space(ui, 1500);
    m->pressed += ui_button(ui, "low", "Low", NULL);
    ui_end(ui);
    if (m->sheet) {
        if (ui_sheet_begin(ui, "sheet", "A sheet")) {
            m->sheet = false;
        }
        ui_item(ui, "one", "One", NULL);
        ui_end(ui);
    }
}

static void open_model(struct desk *desk, struct model *model)
{
    *model = (struct model){.pressed = 0};
    desk_open(desk, 480, 800, build, model);
}

static void send(struct desk *desk, enum input_kind kind, int x, int y)
{
    struct input input = {.kind = kind, .x = x, .y = y, .at = clock_mono_ms()};
    window_inject(desk->window, &input);
    desk_settle(desk);
}

static void fingers_type_on_the_screen(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    struct ui_settings set = *ui_get(desk.ui);
    set.typing = UI_TYPE_TELEX;
    ui_set(desk.ui, &set);
    desk_settle(&desk);
    assert_false(desk_has(&desk, "keyboard"));
    desk_tap(&desk, "name");
    static const char *const keys[] = {"shift", "l", "e", "e", "space", "v", "a", "w", "n"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        char id[32];
        snprintf(id, sizeof(id), "keyboard/%s", keys[i]);
        desk_tap(&desk, id);
    }
    desk_tap(&desk, "keyboard/enter");
    assert_string_equal(model.name, "Lê văn");
    assert_false(desk_has(&desk, "keyboard"));
    desk_tap(&desk, "phone");
    desk_tap(&desk, "keyboard/0");
    desk_tap(&desk, "keyboard/9");
    desk_tap(&desk, "keyboard/9");
    desk_tap(&desk, "keyboard/erase");
    desk_key(&desk, KEY_BACK); /* hides the keyboard, the next one leaves the field */
    assert_false(desk_has(&desk, "keyboard"));
    desk_key(&desk, KEY_BACK);
    assert_string_equal(model.phone, "09");
    desk_close(&desk);
}

/* Does a pixel differ by more than the rounding at the edge of a painted part? */
static bool differs(const uint32_t *a, const uint32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (int shift = 0; shift < 24; shift += 8) {
            int d = (int)(a[i] >> shift & 255) - (int)(b[i] >> shift & 255);
            if (d > 8 || d < -8) {
                return true;
            }
        }
    }
    return false;
}

/* Is anything painted anew above that key while a finger is on it? */
static bool is_previewed(struct desk *desk, const char *key)
{
    struct rect r = desk_rect(desk, key);
    struct canvas *canvas = window_canvas(desk->window);
    size_t n = (size_t)canvas->stride * (size_t)r.y; /* all above the key */
    uint32_t *before = malloc(n * 4);
    assert_non_null(before);
    memcpy(before, canvas->pixels, n * 4);
    send(desk, INPUT_DOWN, r.x + r.w / 2, r.y + r.h / 2);
    bool changed = differs(before, canvas->pixels, n);
    send(desk, INPUT_MOVE, r.x + r.w / 2, r.y - 300); /* slides off: nothing is typed */
    assert_false(differs(before, canvas->pixels, n)); /* and nothing is left behind */
    send(desk, INPUT_UP, r.x + r.w / 2, r.y - 300);
    free(before);
    return changed;
}

static void the_letter_under_the_finger_is_shown_above_it(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "name");
    assert_true(is_previewed(&desk, "keyboard/q"));
    assert_true(is_previewed(&desk, "keyboard/p"));
    assert_true(is_previewed(&desk, "keyboard/m"));
    assert_false(is_previewed(&desk, "keyboard/space"));
    assert_string_equal(model.name, "");
    desk_key(&desk, KEY_BACK);
    desk_key(&desk, KEY_BACK);
    model.masked = true; /* others look over the shoulder */
    ui_change(desk.ui);
    desk_settle(&desk);
    desk_tap(&desk, "name");
    assert_false(is_previewed(&desk, "keyboard/q"));
    desk_close(&desk);
}

static void the_field_is_seen_above_the_keyboard(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "note");
    struct rect field = desk_rect(&desk, "note"), board = desk_rect(&desk, "keyboard");
    assert_true(field.h > 60 && field.y + field.h <= board.y);
    desk_key(&desk, KEY_BACK);
    desk_key(&desk, KEY_BACK);
    desk_tap(&desk, "phone");
    assert_true(window_resize(desk.window, 800, 480)); /* the device is turned meanwhile */
    desk_settle(&desk);
    field = desk_rect(&desk, "phone");
    board = desk_rect(&desk, "keyboard");
    assert_true(!rect_is_empty(board) && field.y > 0 && field.y + field.h <= board.y);
    desk_close(&desk);
}

static void a_long_press_selects_and_offers_to_copy(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "name");
    desk_type(&desk, "Thu Nghiem");
    struct rect r = desk_rect(&desk, "name");
    send(&desk, INPUT_DOWN, r.x + 30, r.y + r.h / 2);
    clock_fix(clock_now_ms() + 600);
    desk_settle(&desk);
    send(&desk, INPUT_UP, r.x + 30, r.y + r.h / 2);
    desk_tap(&desk, "keyboard/cut");
    desk_tap(&desk, "phone");
    assert_string_equal(model.name, " Nghiem");
    desk_tap(&desk, "note");
    desk_key(&desk, KEY_END);
    struct input paste = {.kind = INPUT_KEY, .code = 'v', .mods = INPUT_CTRL};
    window_inject(desk.window, &paste);
    desk_settle(&desk);
    desk_tap(&desk, "name");
    assert_string_equal(model.note, "Thu");
    desk_close(&desk);
}

static void a_touch_beside_a_sheet_closes_it(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "more");
    assert_true(desk_has(&desk, "sheet/one"));
    send(&desk, INPUT_DOWN, 240, 100);
    send(&desk, INPUT_UP, 240, 100);
    assert_false(model.sheet);
    desk_close(&desk);
}

static void a_toast_can_be_answered_and_goes(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "drop");
    desk_tap(&desk, "undo");
    assert_int_equal(model.undone, 1);
    desk_tap(&desk, "drop");
    assert_true(desk_has(&desk, "undo"));
    clock_fix(clock_now_ms() + 5001);
    desk_settle(&desk);
    assert_false(desk_has(&desk, "undo"));
    desk_close(&desk);
}

static void the_menu_opens_and_chooses(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    desk_tap(&desk, "menu");
    desk_tap(&desk, "kit-menu/settings");
    assert_int_equal(model.chosen, 1);
    assert_false(desk_has(&desk, "kit-menu/settings"));
    desk_close(&desk);
}

static void a_drag_scrolls_and_presses_nothing(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    struct rect before = desk_rect(&desk, "more");
    send(&desk, INPUT_DOWN, before.x + 20, before.y + 20);
    for (int i = 1; i <= 10; i++) {
        send(&desk, INPUT_MOVE, before.x + 20, before.y + 20 - 20 * i);
    }
    send(&desk, INPUT_UP, before.x + 20, before.y - 180);
    assert_false(model.sheet);
    assert_true(desk_rect(&desk, "more").y < before.y - 100);
    desk_close(&desk);
}

static void a_fling_goes_on_and_ends(void **state)
{
    struct desk desk;
    struct model model;
    struct ui_settings set;
    open_model(&desk, &model);
    set = *ui_get(desk.ui);
    set.still = false;
    ui_set(desk.ui, &set);
    int64_t now = clock_now_ms();
    send(&desk, INPUT_DOWN, 240, 700);
    for (int i = 1; i <= 6; i++) {
        clock_fix(now += 16);
        send(&desk, INPUT_MOVE, 240, 700 - 30 * i);
    }
    send(&desk, INPUT_UP, 240, 520);
    int moved = 0;
    for (int i = 0; i < 400; i++) {
        int before = desk_rect(&desk, "drop").y;
        clock_fix(now += 16);
        desk_settle(&desk);
        moved += desk_rect(&desk, "drop").y != before;
    }
    assert_in_range(moved, 2, 200);
    desk_close(&desk);
}

static void arrows_alone_type_too(void **state)
{
    struct desk desk;
    struct model model;
    open_model(&desk, &model);
    struct ui_settings set = *ui_get(desk.ui);
    set.keyboard = UI_KEYBOARD_ALWAYS;
    ui_set(desk.ui, &set);
    ui_focus(desk.ui, "phone");
    desk_settle(&desk);
    desk_key(&desk, KEY_DOWN); /* into the first row: 1 2 3 */
    desk_key(&desk, KEY_LEFT);
    desk_key(&desk, KEY_ENTER);
    desk_key(&desk, KEY_DOWN);
    desk_key(&desk, KEY_ENTER);
    desk_key(&desk, KEY_RIGHT);
    desk_key(&desk, KEY_ENTER);
    desk_key(&desk, KEY_BACK); /* out of the keyboard, then out of the field */
    desk_key(&desk, KEY_TAB);
    assert_string_equal(model.phone, "145");
    desk_close(&desk);
}

/* ---- a scanner that types: a judge that calls everything quicker than 30 ms a code ---- */

struct judge {
    char held[64];
    int64_t last;
};

static enum ui_heard judge_key(void *ctx, int64_t ms, const char *text, struct str *out)
{
    struct judge *judge = ctx;
    judge->last = ms;
    *out = str_of(judge->held);
    if (text[0] == '\n' && strlen(judge->held) >= 6) {
        return UI_HEARD_CODE;
    }
    strcat(judge->held, text);
    *out = str_of(judge->held);
    return UI_HEARD_HOLD;
}

static enum ui_heard judge_pause(void *ctx, int64_t ms, struct str *out)
{
    static char given[64];
    struct judge *judge = ctx;
    strcpy(given, judge->held);
    judge->held[0] = 0;
    *out = str_of(given);
    return UI_HEARD_TYPED;
}

static int judge_wait(void *ctx, int64_t ms)
{
    struct judge *judge = ctx;
    return judge->held[0] ? 35 : -1;
}

static void keys_of_a_scanner_reach_no_field(void **state)
{
    struct desk desk;
    struct model model;
    struct judge judge = {{0}, 0};
    open_model(&desk, &model);
    ui_set_judge(desk.ui, &(struct ui_judge){judge_key, judge_pause, judge_wait, &judge});
    desk_tap(&desk, "name");
    desk_type(&desk, "a");
    clock_fix(clock_now_ms() + 40); /* a person is slow */
    desk_settle(&desk);
    static const char code[] = "001190";
    for (const char *p = code; *p; p++) {
        desk_key(&desk, *p);
        desk_type(&desk, (char[]){*p, 0});
    }
    desk_key(&desk, KEY_ENTER);
    judge.held[0] = 0;
    desk_tap(&desk, "phone");
    assert_string_equal(model.name, "a");
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingers_type_on_the_screen),
        cmocka_unit_test(the_letter_under_the_finger_is_shown_above_it),
        cmocka_unit_test(the_field_is_seen_above_the_keyboard),
        cmocka_unit_test(a_long_press_selects_and_offers_to_copy),
        cmocka_unit_test(a_touch_beside_a_sheet_closes_it),
        cmocka_unit_test(a_toast_can_be_answered_and_goes),
        cmocka_unit_test(the_menu_opens_and_chooses),
        cmocka_unit_test(a_drag_scrolls_and_presses_nothing),
        cmocka_unit_test(a_fling_goes_on_and_ends),
        cmocka_unit_test(arrows_alone_type_too),
        cmocka_unit_test(keys_of_a_scanner_reach_no_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
