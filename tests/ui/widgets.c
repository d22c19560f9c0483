#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/base/clock.h"
#include "platform/window/input.h"

struct form {
    int page, pressed, chosen, backs, scans, rests, ticks, homes;
    bool agreed, asks, handed;
    char name[64], code[64], pin[16], date[16], when[16], scanned[64];
    double value;
    int entered, stars, reports;
};

static void keep(char *to, size_t size, const char *text)
{
    if (text) {
        snprintf(to, size, "%s", text);
    }
}

static void page_of_choices(struct ui *ui, struct form *form)
{
    if (ui_button(ui, "save", "Save", UI_OPT(.kind = UI_PRIMARY))) {
        form->pressed++;
    }
    ui_button(ui, "off", "Off", UI_OPT(.disabled = true));
    for (int i = 1; i <= 3; i++) {
        char key[8];
        snprintf(key, sizeof(key), "c%d", i);
        if (ui_choice(ui, key, key, form->chosen == i, NULL)) {
            form->chosen = i;
        }
    }
    if (ui_choice(ui, "agree", "Agree", form->agreed, UI_OPT(.kind = UI_CHECK))) {
        form->agreed = !form->agreed;
    }
    if (ui_button(ui, "ask", "Ask", NULL)) {
        form->asks = true;
    }
    int stars = ui_rating(ui, "stars", 5, form->stars, "How was it?");
    form->stars = stars ? stars : form->stars;
    if (form->asks) {
        if (ui_dialog_begin(ui, "sure", "Sure?", "This cannot be undone.")) {
            form->asks = false;
        }
        if (ui_button(ui, "yes", "Yes", UI_OPT(.kind = UI_DANGER))) {
            form->asks = false;
            form->page = 1;
        }
        ui_end(ui);
    }
}

static void page_of_fields(struct ui *ui, struct form *form)
{
    const char *name = ui_field(ui, "name", form->name, &(struct ui_field){.label = "Name"});
    form->reports += name != NULL;
    keep(form->name, sizeof(form->name), name);
    for (size_t n = strlen(form->name); n > 0 && form->name[n - 1] == ' '; n--) {
        form->name[n - 1] = 0; /* as screens do that store names */
    }
    keep(form->code, sizeof(form->code),
         ui_field(ui, "code", form->code,
                  &(struct ui_field){.label = "Code", .input = UI_IN_CODE, .scan = true}));
    form->entered += ui_entered(ui, "code");
    keep(form->pin, sizeof(form->pin),
         ui_field(ui, "pin", form->pin, &(struct ui_field){.label = "PIN", .input = UI_IN_PIN}));
    keep(form->date, sizeof(form->date),
         ui_date(ui, "date", form->date,
                 &(struct ui_date){.label = "Born", .part = 'd', .year_only = true}));
    keep(form->when, sizeof(form->when),
         ui_time(ui, "when", form->when, &(struct ui_date){.label = "At"}));
    ui_slider(ui, "slide", &form->value,
              &(struct ui_range){.max = 10, .step = 1, .is_set = true, .label = "Much"});
    if (ui_button(ui, "next", "Next", NULL)) {
        form->pressed++;
    }
}

static void build(struct ui *ui, void *ctx)
{
    struct form *form = ctx;
    ui_screen(ui, form->page ? "fields" : "choices");
    if (form->handed) {
        ui_handover(ui);
    }
    form->backs += ui_bar(ui, "Title", "5/20");
    form->homes += ui_home_wanted(ui);
    form->rests += ui_rested(ui, 60000);
    if (form->ticks >= 0 && ui_after(ui, "tick", 1000)) {
        form->ticks++;
    }
    const char *code = ui_scanned(ui);
    form->scans += code != NULL;
    keep(form->scanned, sizeof(form->scanned), code);
    ui_body_begin(ui);
    if (form->page == 0) {
        page_of_choices(ui, form);
    } else {
        page_of_fields(ui, form);
    }
    ui_end(ui);
}

static void open_form(struct desk *desk, struct form *form, int page)
{
    *form = (struct form){.page = page, .ticks = -1};
    desk_open(desk, 480, 1200, build, form);
}

static void one_press_is_one_action(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 0);
    desk_tap(&desk, "save");
    desk_settle(&desk);
    assert_int_equal(form.pressed, 1);
    desk_tap(&desk, "off");
    assert_int_equal(form.pressed, 1);
    desk_tap(&desk, "c2");
    assert_int_equal(form.chosen, 2);
    assert_string_equal(desk_get(&desk, "c2", "state"), "selected");
    desk_tap(&desk, "agree");
    assert_true(form.agreed);
    desk_tap(&desk, "stars/4");
    assert_int_equal(form.stars, 4);
    desk_close(&desk);
}

static void digits_choose_and_keys_reach_everything(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 0);
    desk_key(&desk, '3');
    assert_int_equal(form.chosen, 3);
    desk_key(&desk, KEY_UP);
    desk_key(&desk, KEY_ENTER);
    assert_int_equal(form.chosen, 2);
    for (int i = 0; i < 3; i++) { /* past the disabled button */
        desk_key(&desk, KEY_UP);
    }
    desk_key(&desk, KEY_ENTER);
    assert_int_equal(form.backs + form.pressed, 1);
    desk_key(&desk, KEY_BACK);
    assert_true(form.backs >= 1);
    desk_close(&desk);
}

static void a_dialog_holds_focus_and_goes_by_back(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 0);
    desk_tap(&desk, "ask");
    assert_true(desk_has(&desk, "sure/yes"));
    for (int i = 0; i < 5; i++) {
        desk_key(&desk, KEY_TAB);
    }
    desk_key(&desk, KEY_BACK);
    assert_false(form.asks);
    assert_int_equal(form.backs, 0);
    desk_tap(&desk, "ask");
    desk_key(&desk, KEY_DOWN);
    desk_key(&desk, KEY_ENTER);
    assert_int_equal(form.page, 1);
    desk_close(&desk);
}

static void handed_over_there_is_no_way_back(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 0);
    form.handed = true;
    ui_change(desk.ui);
    desk_settle(&desk);
    assert_false(desk_has(&desk, "back"));
    desk_key(&desk, KEY_BACK);
    desk_key(&desk, KEY_F1);
    assert_int_equal(form.backs, 0);
    desk_close(&desk);
}

static void a_trimmed_value_does_not_disturb_typing(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    desk_tap(&desk, "name");
    desk_type(&desk, "Lê ");
    clock_fix(clock_now_ms() + 700);
    desk_settle(&desk);
    assert_string_equal(form.name, "Lê");
    desk_type(&desk, "Thị");
    desk_tap(&desk, "next");
    assert_string_equal(form.name, "Lê Thị");
    assert_string_equal(desk_get(&desk, "name", "value"), "Lê Thị");
    desk_close(&desk);
}

static void typing_is_told_on_pause_and_before_other_actions(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    desk_tap(&desk, "name");
    desk_type(&desk, "Thị");
    assert_string_equal(form.name, "");
    clock_fix(clock_now_ms() + 700);
    desk_settle(&desk);
    assert_string_equal(form.name, "Thị");
    assert_int_equal(form.reports, 1);
    desk_type(&desk, " Thử");
    desk_tap(&desk, "next");
    assert_string_equal(form.name, "Thị Thử");
    assert_int_equal(form.pressed, 1);
    desk_close(&desk);
}

static void the_caret_steps_over_letters_not_bytes(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    desk_tap(&desk, "name");
    desk_type(&desk, "nghi\u0303a"); /* i + tilde: stored composed */
    desk_key(&desk, KEY_LEFT);
    desk_key(&desk, KEY_BACKSPACE);
    desk_key(&desk, KEY_TAB);
    assert_string_equal(form.name, "ngha");
    desk_close(&desk);
}

static void a_scan_goes_to_the_field_or_to_the_screen(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    ui_give_scan(desk.ui, STR("893001"));
    desk_settle(&desk);
    assert_string_equal(form.scanned, "893001");
    desk_tap(&desk, "code");
    ui_give_scan(desk.ui, STR("893002"));
    desk_settle(&desk);
    assert_string_equal(form.code, "893002");
    assert_int_equal(form.entered, 1);
    assert_int_equal(form.scans, 1);
    desk_close(&desk);
}

static void a_pin_is_digits_and_never_in_the_dump(void **state)
{
    struct desk desk;
    struct form form;
    struct buf dump = {0};
    open_form(&desk, &form, 1);
    desk_tap(&desk, "pin");
    desk_type(&desk, "12a9b83");
    desk_key(&desk, KEY_ENTER);
    assert_string_equal(form.pin, "12983");
    ui_dump(desk.ui, &dump);
    assert_null(strstr(buf_text(&dump), "12983"));
    buf_finish(&dump);
    desk_close(&desk);
}

static void dates_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *typed, *want;
    } cases[] = {{"5/11/1953", "1953-11-05"},
                 {"05111953", "1953-11-05"},
                 {"1953", "1953"},
                 {"31/02/2024", ""},
                 {"29.2.2024", "2024-02-29"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct desk desk;
        struct form form;
        open_form(&desk, &form, 1);
        desk_tap(&desk, "date");
        desk_type(&desk, cases[i].typed);
        desk_tap(&desk, "next");
        assert_string_equal(form.date, cases[i].want);
        desk_close(&desk);
    }
}

static void the_calendar_picks_a_day(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    desk_tap(&desk, "date-pick");
    desk_tap(&desk, "date-calendar/month-back");
    desk_tap(&desk, "date-calendar/day-14");
    assert_string_equal(form.date, "2026-10-14");
    assert_false(desk_has(&desk, "date-calendar/day-14"));
    desk_tap(&desk, "when");
    desk_type(&desk, "9.5");
    desk_tap(&desk, "next");
    assert_string_equal(form.when, "09:05");
    desk_close(&desk);
}

static void a_slider_answers_keys_and_finger(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    desk_tap(&desk, "slide");
    assert_true(form.value == 5);
    ui_focus(desk.ui, "slide");
    desk_settle(&desk);
    desk_key(&desk, KEY_RIGHT);
    assert_true(form.value == 6);
    desk_key(&desk, KEY_LEFT);
    desk_key(&desk, KEY_LEFT);
    assert_true(form.value == 4);
    desk_close(&desk);
}

static void time_passes_and_rest_is_told_once(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 0);
    form.ticks = 0;
    ui_change(desk.ui);
    desk_settle(&desk);
    for (int i = 0; i < 3; i++) {
        clock_fix(clock_now_ms() + 1000);
        desk_settle(&desk);
    }
    assert_int_equal(form.ticks, 3);
    clock_fix(clock_now_ms() + 60000);
    desk_settle(&desk);
    desk_settle(&desk);
    assert_int_equal(form.rests, 1);
    desk_close(&desk);
}

static void typed_vietnamese_comes_by_telex(void **state)
{
    struct desk desk;
    struct form form;
    open_form(&desk, &form, 1);
    struct ui_settings set = *ui_get(desk.ui);
    set.typing = UI_TYPE_TELEX;
    ui_set(desk.ui, &set);
    desk_tap(&desk, "name");
    const char *keys = "Nguyeenx Thij";
    for (const char *p = keys; *p; p++) {
        desk_type(&desk, (char[]){*p, 0});
    }
    desk_key(&desk, KEY_TAB);
    assert_string_equal(form.name, "Nguyễn Thị");
    desk_tap(&desk, "code"); /* no Telex in codes */
    desk_type(&desk, "a");
    desk_type(&desk, "s");
    desk_key(&desk, KEY_ENTER);
    assert_string_equal(form.code, "as");
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_press_is_one_action),
        cmocka_unit_test(digits_choose_and_keys_reach_everything),
        cmocka_unit_test(a_dialog_holds_focus_and_goes_by_back),
        cmocka_unit_test(handed_over_there_is_no_way_back),
        cmocka_unit_test(a_trimmed_value_does_not_disturb_typing),
        cmocka_unit_test(typing_is_told_on_pause_and_before_other_actions),
        cmocka_unit_test(the_caret_steps_over_letters_not_bytes),
        cmocka_unit_test(a_scan_goes_to_the_field_or_to_the_screen),
        cmocka_unit_test(a_pin_is_digits_and_never_in_the_dump),
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(the_calendar_picks_a_day),
        cmocka_unit_test(a_slider_answers_keys_and_finger),
        cmocka_unit_test(time_passes_and_rest_is_told_once),
        cmocka_unit_test(typed_vietnamese_comes_by_telex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
