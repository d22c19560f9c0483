#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/window/input.h"

/* Words of the three languages at hand; the kit's own come from the catalogues, which a room test
 * does not open (they are English here). */
struct words {
    const char *code;
    bool rtl;
    const char *app, *place, *wait, *start, *scan, *train, *drafts, *outbox, *today, *house,
        *street;
    const char *draft, *sent, *question, *advice, *yes, *no, *name, *value, *error, *before, *next;
    const char *ask, *undo, *keep, *drop;
};

static const struct words vietnamese = {
    "vi",
    false,
    "Gõ Cửa",
    "Xã Tân Thạnh · 05/11/2026",
    "Chờ Wi-Fi: 3 ảnh, 2,1 MB",
    "Chuyến thăm mới",
    "Quét thẻ",
    "Buổi tập huấn",
    "Bản nháp",
    "Chờ gửi",
    "Hôm nay",
    "Hộ bà Trần Thị Thử, ấp 3",
    "Đường số 5, xã Tân Thạnh",
    "Nháp",
    "Đã gửi",
    "Ông/bà đã có tài khoản định danh điện tử mức độ 2 chưa? ỖỠẶỆ",
    "Hỏi người trả lời, không tự đoán.",
    "Đã có",
    "Chưa có",
    "Họ và tên",
    "Nguyễn Thị Thử Nghiệm",
    "Số điện thoại phải có 10 chữ số.",
    "Trước",
    "Tiếp theo",
    "Xóa bản nháp?",
    "Việc này không hoàn tác được.",
    "Giữ lại",
    "Xóa"};

static const struct words english = {"en",
                                     false,
                                     "Gõ Cửa",
                                     "Tân Thạnh commune · 05/11/2026",
                                     "Waiting for Wi-Fi: 3 photos, 2.1 MB",
                                     "New visit",
                                     "Scan a card",
                                     "Training session",
                                     "Drafts",
                                     "Outbox",
                                     "Today",
                                     "Mrs Trần Thị Thử, hamlet 3",
                                     "Street 5, Tân Thạnh",
                                     "Draft",
                                     "Sent",
                                     "Does the person have a level 2 electronic identity account?",
                                     "Ask the person, do not guess.",
                                     "Yes",
                                     "Not yet",
                                     "Full name",
                                     "Nguyễn Thị Thử Nghiệm",
                                     "A telephone number has 10 digits.",
                                     "Back",
                                     "Next",
                                     "Delete the draft?",
                                     "This cannot be undone.",
                                     "Keep",
                                     "Delete"};

static const struct words arabic = {"ar",
                                    true,
                                    "Gõ Cửa",
                                    "بلدية تان ثانه · 05/11/2026",
                                    "بانتظار الشبكة: 3 صور، 2.1 MB",
                                    "زيارة جديدة",
                                    "مسح البطاقة",
                                    "جلسة تدريب",
                                    "المسودات",
                                    "صندوق الصادر",
                                    "اليوم",
                                    "منزل السيدة Trần Thị Thử",
                                    "شارع 5، تان ثانه",
                                    "مسودة",
                                    "أُرسلت",
                                    "هل لدى الشخص حساب هوية إلكترونية من المستوى 2؟",
                                    "اسأل الشخص ولا تخمّن.",
                                    "نعم",
                                    "ليس بعد",
                                    "الاسم الكامل",
                                    "Nguyễn Thị Thử Nghiệm",
                                    "رقم الهاتف يتكون من 10 أرقام.",
                                    "السابق",
                                    "التالي",
                                    "حذف المسودة؟",
                                    "لا يمكن التراجع عن ذلك.",
                                    "إبقاء",
                                    "حذف"};

struct scene {
    const struct words *w;
    void (*draw)(struct ui *ui, const struct words *w);
};

static void draw_home(struct ui *ui, const struct words *w)
{
    ui_screen(ui, "home");
    ui_bar_home(ui, w->app, w->place);
    ui_bar_action(ui, "search", w->scan, ICON_SEARCH);
    ui_bar_menu(ui, "settings", w->app, ICON_SETTINGS);
    ui_body_begin(ui);
    ui_notice(ui, TONE_WARN, w->wait);
    ui_button(ui, "new", w->start, UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ADD));
    ui_grid_begin(ui, NULL, 140, 0);
    ui_tile(ui, "scan", w->scan, UI_OPT(.icon = ICON_QR_CODE_SCANNER));
    ui_tile(ui, "train", w->train, UI_OPT(.icon = ICON_SCHOOL));
    ui_tile(ui, "drafts", w->drafts, UI_OPT(.icon = ICON_DRAFTS, .state = "2", .tone = TONE_WARN));
    ui_tile(ui, "outbox", w->outbox,
            UI_OPT(.icon = ICON_OUTBOX, .state = "3", .tone = TONE_SYNC, .hint = w->wait));
    ui_end(ui);
    ui_heading(ui, w->today);
    ui_item(ui, "one", w->house,
            UI_OPT(.icon = ICON_HOME, .hint = w->street, .state = w->draft, .tone = TONE_WARN));
    ui_item(ui, "two", w->house,
            UI_OPT(.icon = ICON_HOME, .hint = w->street, .state = w->sent, .tone = TONE_OK));
    ui_end(ui);
}

static void draw_question(struct ui *ui, const struct words *w)
{
    ui_screen(ui, "question");
    ui_bar(ui, w->drafts, "5/20");
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, w->question, NULL);
    ui_text(ui, TYPE_SMALL, w->advice, NULL);
    ui_choice(ui, "yes", w->yes, true, NULL);
    ui_choice(ui, "no", w->no, false, NULL);
    ui_choice(ui, "both", w->train, true, UI_OPT(.kind = UI_CHECK, .hint = w->advice));
    ui_choice(ui, "on", w->wait, true, UI_OPT(.kind = UI_SWITCH));
    ui_field(ui, "name", w->value, &(struct ui_field){.label = w->name, .hint = w->advice});
    ui_field(ui, "phone", "0912",
             &(struct ui_field){.label = w->name, .error = w->error, .input = UI_IN_PHONE});
    ui_end(ui);
    ui_actions_begin(ui);
    ui_button(ui, "before", w->before, NULL);
    ui_button(ui, "next", w->next, UI_OPT(.kind = UI_PRIMARY));
    ui_end(ui);
}

static void draw_dialog(struct ui *ui, const struct words *w)
{
    draw_question(ui, w);
    ui_dialog_begin(ui, "sure", w->ask, w->undo);
    ui_actions_begin(ui);
    ui_button(ui, "keep", w->keep, NULL);
    ui_button(ui, "drop", w->drop, UI_OPT(.kind = UI_DANGER));
    ui_end(ui);
    ui_end(ui);
}

static void draw_rest(struct ui *ui, const struct words *w)
{
    double value = 4;
    uint8_t modules[21 * 21];
    for (int i = 0; i < 21 * 21; i++) {
        modules[i] = (uint8_t)(i * 7919 >> 3 & 1);
    }
    ui_screen(ui, "rest");
    ui_bar(ui, w->train, NULL);
    ui_body_begin(ui);
    ui_value(ui, "number", w->name, "001053000001", UI_OPT(.masked = true));
    ui_date(ui, "born", "1953-11-05", &(struct ui_date){.label = w->today, .part = 'd'});
    ui_slider(ui, "much", &value,
              &(struct ui_range){.max = 10,
                                 .is_set = true,
                                 .label = w->question,
                                 .min_text = w->no,
                                 .max_text = w->yes});
    ui_rating(ui, "stars", 5, 3, w->advice);
    ui_wrap_begin(ui, NULL, NULL);
    ui_chip(ui, "day", w->today, true);
    ui_chip(ui, "all", w->drafts, false);
    ui_badge(ui, w->sent, TONE_OK);
    ui_badge(ui, w->draft, TONE_WARN);
    ui_badge(ui, w->outbox, TONE_SYNC);
    ui_end(ui);
    ui_bars(ui, w->app,
            (struct ui_bar_row[]){{w->scan, 12, NULL, TONE_NONE},
                                  {w->train, 7, NULL, TONE_OK},
                                  {w->outbox, 3, NULL, TONE_WARN}},
            3);
    ui_progress(ui, 0.4, w->wait);
    ui_qr(ui, modules, 21, w->scan, UI_OPT(.height = 160));
    ui_end(ui);
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    const struct words *w = ctx;
    ui_list_row(ui, w->house, -1,
                UI_OPT(.icon = ICON_HOME, .hint = w->street,
                       .state = index % 2 ? w->sent : w->draft,
                       .tone = index % 2 ? TONE_OK : TONE_WARN));
}

static void draw_list(struct ui *ui, const struct words *w)
{
    const char *tabs[] = {w->today, w->drafts, w->outbox};
    ui_screen(ui, "list");
    ui_bar(ui, w->today, w->place);
    ui_tabs(ui, "tabs", tabs, 3, 1);
    ui_page_begin(ui);
    ui_list(ui, "rows",
            &(struct ui_list){
                .count = 1000, .row = row, .ctx = (void *)(uintptr_t)w, .name = w->today});
    ui_end(ui);
}

static void build(struct ui *ui, void *ctx)
{
    struct scene *scene = ctx;
    scene->draw(ui, scene->w);
}

struct shot {
    const char *name;
    const struct words *w;
    void (*draw)(struct ui *ui, const struct words *w);
    enum ui_theme theme;
    double size;
    int w_px, h_px;
    int key; /* pressed before the picture */
};

static const struct shot shots[] = {
    {"home_vi", &vietnamese, draw_home, THEME_LIGHT, 1, 480, 800, 0},
    {"home_vi_large", &vietnamese, draw_home, THEME_SUN, 1.5, 720, 1280, KEY_DOWN},
    {"home_ar", &arabic, draw_home, THEME_LIGHT, 1, 480, 800, 0},
    {"home_en_wide", &english, draw_home, THEME_DARK, 1, 800, 480, 0},
    {"home_vi_tablet", &vietnamese, draw_home, THEME_LIGHT, 1, 1280, 800, 0},
    {"question_vi", &vietnamese, draw_question, THEME_LIGHT, 1, 480, 800, 0},
    {"question_vi_sun", &vietnamese, draw_question, THEME_SUN, 1, 720, 1280, KEY_DOWN},
    {"question_ar_dark", &arabic, draw_question, THEME_DARK, 1, 720, 1280, KEY_DOWN},
    {"question_en_large", &english, draw_question, THEME_LIGHT, 1.5, 480, 800, 0},
    {"dialog_vi", &vietnamese, draw_dialog, THEME_LIGHT, 1, 480, 800, KEY_TAB},
    {"dialog_ar_sun", &arabic, draw_dialog, THEME_SUN, 1, 480, 800, 0},
    {"rest_vi", &vietnamese, draw_rest, THEME_LIGHT, 1, 480, 1280, 0},
    {"rest_ar", &arabic, draw_rest, THEME_DARK, 1, 480, 1280, 0},
    {"list_vi", &vietnamese, draw_list, THEME_LIGHT, 1, 480, 800, KEY_DOWN},
    {"list_ar", &arabic, draw_list, THEME_SUN, 1, 480, 800, KEY_DOWN},
    {"list_en_dark", &english, draw_list, THEME_DARK, 1.3, 720, 1280, 0},
};

static void show(struct desk *desk, struct scene *scene, const struct shot *shot)
{
    *scene = (struct scene){shot->w, shot->draw};
    desk_open(desk, shot->w_px, shot->h_px, build, scene);
    struct ui_settings set = *ui_get(desk->ui);
    set.theme = shot->theme;
    set.text_size = shot->size;
    set.rtl = shot->w->rtl;
    snprintf(set.lang, sizeof(set.lang), "%s", shot->w->code);
    ui_set(desk->ui, &set);
    desk_settle(desk);
    if (shot->key) {
        desk_key(desk, shot->key);
    }
}

static void pictures_are_as_they_were(void **state)
{
    for (size_t i = 0; i < sizeof(shots) / sizeof(*shots); i++) {
        struct desk desk;
        struct scene scene;
        show(&desk, &scene, &shots[i]);
        desk_picture(&desk, shots[i].name);
        desk_close(&desk);
    }
}

static void keyboards_are_as_they_were(void **state)
{
    static const struct {
        const char *name, *field;
        const struct words *w;
        enum ui_theme theme;
        const char *under_finger; /* key */
    } boards[] = {{"keyboard_vi", "name", &vietnamese, THEME_LIGHT, NULL},
                  {"keyboard_preview_vi", "name", &vietnamese, THEME_SUN, "keyboard/g"},
                  {"keyboard_preview_ar", "name", &arabic, THEME_DARK, "keyboard/ض"},
                  {"keyboard_ar", "name", &arabic, THEME_DARK, NULL},
                  {"keyboard_pad_ar", "phone", &arabic, THEME_LIGHT, NULL},
                  {"keyboard_pad_vi", "phone", &vietnamese, THEME_SUN, NULL}};
    for (size_t i = 0; i < sizeof(boards) / sizeof(*boards); i++) {
        struct desk desk;
        struct scene scene;
        struct shot shot = {NULL, boards[i].w, draw_question, boards[i].theme, 1, 480, 800, 0};
        show(&desk, &scene, &shot);
        ui_focus(desk.ui, boards[i].field);
        desk_settle(&desk);
        struct ui_settings set = *ui_get(desk.ui);
        set.keyboard = UI_KEYBOARD_ALWAYS;
        set.typing = UI_TYPE_TELEX;
        ui_set(desk.ui, &set);
        desk_settle(&desk);
        if (boards[i].under_finger) {
            struct rect r = desk_rect(&desk, boards[i].under_finger);
            window_inject(
                desk.window,
                &(struct input){.kind = INPUT_DOWN, .x = r.x + r.w / 2, .y = r.y + r.h / 2});
        }
        desk_picture(&desk, boards[i].name);
        desk_close(&desk);
    }
}

static void nothing_is_cut_hidden_or_too_small(void **state)
{
    static const int sizes[][2] = {{480, 800}, {720, 1280}, {800, 480}, {1280, 800}};
    static const double texts[] = {0.9, 1, 1.5};
    for (size_t i = 0; i < sizeof(shots) / sizeof(*shots); i++) {
        for (int k = 0; k < 12; k++) {
            struct desk desk;
            struct scene scene;
            struct buf found = {0};
            struct shot shot = shots[i];
            shot.w_px = sizes[k % 4][0];
            shot.h_px = sizes[k % 4][1];
            shot.size = texts[k / 4];
            show(&desk, &scene, &shot);
            if (!ui_check(desk.ui, &found)) {
                fail_msg("%s at %dx%d, text %.1f:\n%s", shot.name, shot.w_px, shot.h_px, shot.size,
                         buf_text(&found));
            }
            buf_finish(&found);
            desk_close(&desk);
        }
    }
}

static void pixels_do_not_depend_on_what_was_before(void **state)
{
    struct desk desk;
    struct scene scene = {&vietnamese, draw_home};
    struct buf first = {0}, second = {0};
    desk_open(&desk, 480, 800, build, &scene);
    assert_true(ui_shot(desk.ui, &first, NULL));
    scene.draw = draw_question;
    ui_change(desk.ui);
    desk_settle(&desk);
    scene.draw = draw_home;
    ui_change(desk.ui);
    desk_settle(&desk);
    assert_true(ui_shot(desk.ui, &second, NULL));
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.s, second.s, first.n);
    buf_finish(&first);
    buf_finish(&second);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_as_they_were),
        cmocka_unit_test(keyboards_are_as_they_were),
        cmocka_unit_test(nothing_is_cut_hidden_or_too_small),
        cmocka_unit_test(pixels_do_not_depend_on_what_was_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
