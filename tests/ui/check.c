/* ui_check finds a planted fault of each kind, and nothing where there is none: a page is built and
 * laid out as it should be, then one thing in its tree is made wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/ui/node.h"
#include "helper_desk.h"

struct page {
    bool faint, low_ring;
    struct image *image;
};

static void list_row(struct ui *ui, size_t index, void *ctx)
{
    ui_list_row(ui, "Nguyễn Hoàng Phương Thảo", -1, UI_OPT(.hint = "Tổ 3", .icon = ICON_PERSON));
}

static void build(struct ui *ui, void *ctx)
{
    struct page *page = ctx;
    ui_screen(ui, "planted");
    ui_bar(ui, "Tiêu đề", "1/5");
    ui_body_begin(ui);
    ui_text(ui, TYPE_BODY, "Một câu để đọc", NULL);
    ui_text(ui, TYPE_BODY, "Một <b>câu</b> nữa", UI_OPT(.markup = true));
    ui_image(ui, page->image, "ảnh", UI_OPT(.height = 40));
    ui_button(ui, "one", "Một nút", UI_OPT(.icon = ICON_CHECK));
    ui_button(ui, "two", "Nút khác", NULL);
    ui_field(ui, "name", "", &(struct ui_field){.label = "Họ tên", .placeholder = "ví dụ: An"});
    ui_field(ui, "note", "một hai", &(struct ui_field){.label = "Ghi chú", .lines = 2});
    ui_choice(ui, "on", "Bật lên", true, UI_OPT(.kind = UI_SWITCH));
    ui_grid_begin(ui, "cells", 100, 2);
    ui_text(ui, TYPE_SMALL, "Ô một", NULL);
    ui_text(ui, TYPE_SMALL, "Ô hai", NULL);
    ui_end(ui);
    ui_scroll_begin(ui, "inner", UI_OPT(.height = 100));
    ui_text(ui, TYPE_BODY, "Trong phần cuộn", NULL);
    ui_end(ui);
    ui_list(ui, "rows", &(struct ui_list){.count = 3, .row = list_row, .name = "dòng"});
    ui_end(ui);
    ui_actions_begin(ui);
    ui_button(ui, "next", "Tiếp", UI_OPT(.kind = UI_PRIMARY));
    ui_end(ui);
}

static struct node *find(struct ui *ui, const char *what)
{
    struct node *node = node_find_key(ui, what);
    for (struct node *n = ui->root; n && !node; n = node_next(ui->root, n)) {
        node = n->text && strstr(n->text, what) ? n : NULL;
    }
    assert_non_null(node);
    return node;
}

/* ---- the faults ---- */

static void clipped(struct ui *ui)
{
    find(ui, "câu để đọc")->r.h -= 4;
}

static void clipped_cell(struct ui *ui)
{
    find(ui, "Ô hai")->r.w = 20;
}

static void cut(struct ui *ui)
{
    struct node *node = find(ui, "câu để đọc");
    node->text = "Một câu để đọc mà không ai đọc được hết vì nó dài hơn hẳn một dòng của màn hình";
    node->lines = 1;
}

static void torn(struct ui *ui)
{
    struct node *node = find(ui, "Ô một");
    node->text = "Nghiêngngả";
    node->r.w = 60;
    node->r.h = 200;
}

static void no_glyph(struct ui *ui)
{
    find(ui, "câu để đọc")->text = "\xf0\x93\x80\x80"; /* a hieroglyph */
}

static void overlap(struct ui *ui)
{
    find(ui, "câu để đọc")->r = find(ui, "Họ tên")->r;
}

static void buttons_overlap(struct ui *ui)
{
    find(ui, "two")->r.y -= 30;
}

static void faint(struct ui *ui)
{
    find(ui, "câu để đọc")->look.ink = TOKEN_LINE;
}

static void faint_on_fill(struct ui *ui)
{
    find(ui, "next")->look.fill = TOKEN_WARN_BG; /* its label is still that for the primary */
}

static void faint_icon(struct ui *ui)
{
    find(ui, "one")->first->look.ink = TOKEN_LINE;
}

static void faint_word(struct ui *ui)
{
    find(ui, "câu</b> nữa")->text = "Một <span foreground=\"#c0c0c0\">câu</span> nữa";
}

static void named_colour(struct ui *ui)
{
    find(ui, "câu</b> nữa")->text = "Một <span foreground=\"silver\">câu</span> nữa";
}

static void on_picture(struct ui *ui)
{
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        if (n->widget == &widget_image) {
            n->r.y = find(ui, "câu</b> nữa")->r.y; /* painted before the button's text … */
            find(ui, "one")->r.y = n->r.y;
            find(ui, "Một nút")->r = n->r;
            find(ui, "one")->look.fill = -1;
        }
    }
}

static void lost_field(struct ui *ui)
{
    find(ui, "name")->parent->parent->look.fill = TOKEN_CONTROL;
}

static void outside(struct ui *ui)
{
    find(ui, "next")->r.x = ui->w - 20;
}

static void sticks_out(struct ui *ui)
{
    find(ui, "Tiêu đề")->r.y = -9;
}

static void out_of_reach(struct ui *ui)
{
    node_shift(find(ui, "one")->parent, 5000); /* all that scrolls */
}

static void inner_out_of_reach(struct ui *ui)
{
    find(ui, "Trong phần cuộn")->r.x = -40;
}

static void tiny_view(struct ui *ui)
{
    find(ui, "inner")->r.h = 6;
}

static void small(struct ui *ui)
{
    find(ui, "one")->r.h = 30;
}

static void nameless_field(struct ui *ui)
{
    find(ui, "note")->name = NULL; /* what is written in it is no name */
}

static void keyless(struct ui *ui)
{
    find(ui, "two")->key = NULL;
}

static void same_key(struct ui *ui)
{
    find(ui, "two")->id = find(ui, "one")->id;
}

static void ring_cut(struct ui *ui)
{
    struct node *node = find(ui, "one");
    node->r.w += node->r.x;
    node->r.x = 0;
}

static void ring_covered(struct ui *ui)
{
    find(ui, "two")->r.y = find(ui, "one")->r.y + find(ui, "one")->r.h + 1;
}

static void ring_on_text(struct ui *ui)
{
    find(ui, "Họ tên")->r.y = find(ui, "two")->r.y + find(ui, "two")->r.h;
}

static void unreached(struct ui *ui)
{
    find(ui, "two")->r = find(ui, "one")->r;
}

static void long_example(struct ui *ui)
{
    struct ui_field *field = arena_new(&ui->arena, struct ui_field);
    *field = *(const struct ui_field *)find(ui, "name")->data;
    field->placeholder = "ví dụ: Nguyễn Hoàng Phương Thảo Uyên Nghiêm Công Tằng Tôn Nữ";
    find(ui, "name")->data = field;
}

static void overflowing_field(struct ui *ui)
{
    find(ui, "note")->text = "một\nhai\nba\nbốn\nnăm\nsáu\nbảy\ntám\nchín";
}

static const struct {
    void (*plant)(struct ui *ui);
    const char *said;
} faults[] = {
    {clipped, "larger than its place"},
    {clipped_cell, "larger than its place"},
    {cut, "cut and nothing shows the rest"},
    {torn, "a word is torn"},
    {no_glyph, "no glyph"},
    {overlap, "overlaps"},
    {buttons_overlap, "overlaps"},
    {faint, "text in c9d0d4"},
    {faint_on_fill, "text in ffffff on ffe9c2"},
    {faint_icon, "an icon in"},
    {faint_word, "a word in c0c0c0"},
    {named_colour, "nobody knows the contrast"},
    {on_picture, "stands on a picture"},
    {lost_field, "a border in"},
    {outside, "sticks out of what holds it"},
    {sticks_out, "sticks out of what holds it"},
    {out_of_reach, "no scrolling brings it into view"},
    {inner_out_of_reach, "no scrolling brings it into view"},
    {tiny_view, "so little of it is in view"},
    {small, "smaller than a finger"},
    {nameless_field, "nothing says what it is"},
    {keyless, "it has no key"},
    {same_key, "two things have this key"},
    {ring_cut, "its focus ring is cut off"},
    {ring_covered, "its focus ring is painted over"},
    {ring_on_text, "its focus ring runs over a text"},
    {unreached, "no arrow key leads to it"},
    {long_example, "the example in the field is cut"},
    {overflowing_field, "larger than the field"},
};

static void each_planted_fault_is_found(void **state)
{
    struct desk desk;
    struct page page = {0};
    assert_true(image_create(40, 40, false, &page.image, NULL));
    desk_open(&desk, 480, 1280, build, &page);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        struct buf found = {0};
        ui_change(desk.ui);
        ui_lay(desk.ui);
        if (!ui_check(desk.ui, &found)) {
            fail_msg("nothing was planted:\n%s", buf_text(&found));
        }
        faults[i].plant(desk.ui);
        assert_false(ui_check(desk.ui, &found));
        if (!strstr(buf_text(&found), faults[i].said)) {
            fail_msg("\"%s\" was not said, but:\n%s", faults[i].said, buf_text(&found));
        }
        buf_finish(&found);
    }
    desk_close(&desk);
    image_destroy(page.image);
}

static void gloves_and_small_text_do_not_shrink_what_is_touched(void **state)
{
    struct desk desk;
    struct page page = {0};
    assert_true(image_create(40, 40, false, &page.image, NULL));
    desk_open(&desk, 360, 1280, build, &page); /* one pixel a dp */
    struct ui_settings set = *ui_get(desk.ui);
    set.text_size = 0.9;
    ui_set(desk.ui, &set);
    ui_lay(desk.ui);
    assert_true(find(desk.ui, "two")->r.h >= 48);
    set.text_size = 1;
    set.glove = true;
    ui_set(desk.ui, &set);
    ui_lay(desk.ui);
    assert_true(find(desk.ui, "two")->r.h >= 55);
    assert_true(find(desk.ui, "rows/0")->r.h >= 72);
    struct buf found = {0};
    find(desk.ui, "rows/0")->r.h = 60;
    assert_false(ui_check(desk.ui, &found));
    assert_non_null(strstr(buf_text(&found), "smaller than a finger"));
    buf_finish(&found);
    desk_close(&desk);
    image_destroy(page.image);
}

static void a_strange_colour_becomes_readable(void **state)
{
    static const uint32_t strange[] = {0xf1a78a, 0xffff00, 0x000080, 0xb3151b, 0x808080, 0xffffff};
    for (int theme = THEME_LIGHT; theme <= THEME_SUN; theme++) {
        double need = theme == THEME_SUN ? 7 : 4.5;
        for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
            uint32_t colour = theme_readable((enum ui_theme)theme, strange[i]);
            static const enum ui_token grounds[] = {TOKEN_BG, TOKEN_SURFACE, TOKEN_SURFACE2,
                                                    TOKEN_PRIMARY_CONT};
            for (size_t k = 0; k < sizeof(grounds) / sizeof(*grounds); k++) {
                uint32_t ground = theme_colour((enum ui_theme)theme, grounds[k]);
                assert_true(theme_contrast(colour, ground) >= need);
            }
        }
    }
    assert_int_equal(theme_readable(THEME_LIGHT, 0x000080) & 0xffffff, 0x000080); /* it can be */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_planted_fault_is_found),
        cmocka_unit_test(gloves_and_small_text_do_not_shrink_what_is_touched),
        cmocka_unit_test(a_strange_colour_becomes_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
