/* Containers and the frame of a screen. */
#include "app/ui/node.h"

#include <string.h>

static int look_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    return node->look.fill;
}

static int box_ground(const struct ui *ui, const struct node *node)
{
    bool pressed = ui->pressed == node->id && node->flags & NODE_PRESS;
    bool inside = node->flags & NODE_INSIDE_RING && ui->focus_seen && ui->focus == node->id;
    bool keeps = node->look.fill == TOKEN_PRIMARY || node->look.fill == TOKEN_ERROR;
    return (pressed || inside) && !keeps ? TOKEN_SURFACE2 : node->look.fill;
}

static void box_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    int radius = ui_px(ui, node->look.radius), fill = box_ground(ui, node);
    bool pressed = ui->pressed == node->id && node->flags & NODE_PRESS;
    if (fill >= 0) {
        paint_round(paint, node->r, radius, ui_colour(ui, fill));
    }
    if (pressed && fill == node->look.fill && fill != TOKEN_SURFACE2) {
        paint_round(paint, node->r, radius, 0x30000000);
    }
    if (node->look.edge >= 0) {
        int width = node->look.edge_width + (ui->set.theme == THEME_SUN ? 1 : 0);
        struct paint_line line = {.radius = radius,
                                  .width = ui_px(ui, width),
                                  .dash = node->flags & NODE_DASHED ? ui_px(ui, 4) : 0,
                                  .colour = ui_colour(ui, node->look.edge)};
        paint_outline(paint, node->r, &line);
    }
}

/* Only the parts of the box that have a square corner are cheap; lists and bars use them. */
static void plain_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    if (node->look.fill >= 0) {
        paint_fill(paint, node->r, ui_colour(ui, node->look.fill));
    }
    if (node->look.edge >= 0) { /* one line towards the content */
        struct rect line = node->r;
        line.h = ui_px(ui, 1);
        line.y += node->flags & NODE_END ? 0 : node->r.h - line.h;
        paint_fill(paint, line, ui_colour(ui, node->look.edge));
    }
}

const struct widget widget_box = {.role = "box", .paint = box_paint, .ground = box_ground};
const struct widget widget_group = {.role = "group", .paint = NULL};
const struct widget widget_badge = {.role = "status", .paint = box_paint, .ground = box_ground};
const struct widget widget_notice = {.role = "notice", .paint = box_paint, .ground = box_ground};
const struct widget widget_bar = {.role = "bar", .paint = plain_paint, .ground = look_ground};
const struct widget widget_actions = {
    .role = "toolbar", .paint = plain_paint, .ground = look_ground};
const struct widget widget_scroll = {.role = "scroll", .paint = NULL};
const struct widget widget_screen = {.role = "screen", .paint = NULL};
const struct widget widget_button = {.role = "button", .paint = box_paint, .ground = box_ground};
const struct widget widget_tile = {.role = "tile", .paint = box_paint, .ground = box_ground};
const struct widget widget_item = {.role = "item", .paint = box_paint, .ground = box_ground};
const struct widget widget_row = {.role = "row", .paint = box_paint, .ground = box_ground};
const struct widget widget_radio = {.role = "radio", .paint = box_paint, .ground = box_ground};
const struct widget widget_check = {.role = "check", .paint = box_paint, .ground = box_ground};
const struct widget widget_switch = {.role = "switch", .paint = box_paint, .ground = box_ground};
const struct widget widget_tab = {.role = "tab", .paint = box_paint, .ground = box_ground};
const struct widget widget_chip = {.role = "chip", .paint = box_paint, .ground = box_ground};

static struct node *container(struct ui *ui, const char *key, enum node_dir dir,
                              const struct ui_opt *opt)
{
    struct node *node = node_open(ui, &widget_box, key);
    node->dir = dir;
    node_apply(ui, node, opt);
    return node;
}

void ui_column_begin(struct ui *ui, const char *key, const struct ui_opt *opt)
{
    container(ui, key, DIR_COLUMN, opt);
}

void ui_row_begin(struct ui *ui, const char *key, const struct ui_opt *opt)
{
    container(ui, key, DIR_ROW, opt);
}

void ui_wrap_begin(struct ui *ui, const char *key, const struct ui_opt *opt)
{
    container(ui, key, DIR_WRAP, opt);
}

void ui_grid_begin(struct ui *ui, const char *key, int min, int columns)
{
    struct node *node = container(ui, key, DIR_GRID, NULL);
    node->max_w = ui_px(ui, min); /* of a cell, at least */
    node->columns = (int16_t)columns;
}

void ui_card_begin(struct ui *ui, const char *key, const struct ui_opt *opt)
{
    struct node *node = node_open(ui, &widget_box, key);
    node_pad(ui, node, 16, 12);
    node_apply(ui, node, opt);
    bool tinted = opt && opt->tone && opt->tone != TONE_SOFT;
    node->look =
        (struct look){(int8_t)(tinted ? tone_ground(opt->tone) : TOKEN_SURFACE),
                      (int8_t)(tinted ? tone_ink(opt->tone) : TOKEN_LINE), TOKEN_TEXT, 8, 1};
}

void ui_group_begin(struct ui *ui, const char *key, const char *heading, const struct ui_opt *opt)
{
    struct node *node = node_open(ui, &widget_group, key);
    node_apply(ui, node, opt);
    if (heading && heading[0]) {
        struct node *label = node_label(ui, TYPE_STRONG, heading, TOKEN_TEXT);
        label->widget = &widget_heading;
        label->flags |= opt && opt->markup ? NODE_MARKUP : 0;
        node->name = label->text;
    }
    if (opt && opt->hint) {
        node_label(ui, TYPE_SMALL, opt->hint, TOKEN_TEXT2);
    }
    if (opt && opt->error) {
        ui_text(ui, TYPE_SMALL, opt->error, UI_OPT(.tone = TONE_ERROR, .icon = ICON_ERROR));
    }
}

void ui_scroll_begin(struct ui *ui, const char *key, const struct ui_opt *opt)
{
    struct node *node = node_open(ui, &widget_scroll, key);
    node_apply(ui, node, opt);
    node->flags |= NODE_SCROLL;
}

/* ---- the frame ---- */

void ui_screen(struct ui *ui, const char *name)
{
    ui->root->id = ui->root->scope = id_of(1, name);
    ui->screen_id = ui->root->id;
    ui->root->name = node_keep(ui, name);
    ui->screen->id = id_mix(ui->root->id, 7);
    ui->screen->scope = ui->root->scope;
}

enum { LEAST_WIDE = 230, LEAST_HIGH = 240 }; /* dp of a window: below, large letters fill it */

/* Was its arrow pressed? Beside large letters and buttons the subtitle would stand in a column of
 * words: there it has a line of its own below them. */
static bool bar_open(struct ui *ui, const char *title, const char *subtitle, bool back)
{
    bool pressed = false, narrow = ui->w < ui_px(ui, LEAST_WIDE); /* words stay whole */
    bool has_subtitle = subtitle && subtitle[0];
    struct node *bar = node_open(ui, &widget_bar, NULL);
    bar->look = (struct look){TOKEN_SURFACE, TOKEN_LINE, TOKEN_TEXT, 0, 1};
    bar->pad[0] = (int16_t)ui_px(ui, back ? 4 : 16);
    bar->pad[2] = (int16_t)ui_px(ui, 4);
    bar->pad[1] = bar->pad[3] = (int16_t)ui_px(ui, 4);
    struct node *row = narrow && has_subtitle ? node_open(ui, &widget_box, NULL) : bar;
    row->dir = DIR_ROW;
    row->min_h = ui_px(ui, row == bar ? 56 : 48);
    row->gap = (int16_t)ui_px(ui, 4);
    ui->bar = row;
    if (back) {
        pressed = ui_icon_button(ui, "back", tr("Back"), ICON_ARROW_BACK);
    }
    struct node *titles = node_open(ui, &widget_box, NULL);
    titles->grow = 1;
    struct node *text = node_label(ui, narrow ? TYPE_STRONG : TYPE_TITLE, title, TOKEN_TEXT);
    text->widget = &widget_heading;
    text->lines = ui->h < ui_px(ui, LEAST_HIGH) ? 1 : 2;
    if (has_subtitle && !narrow) {
        node_label(ui, TYPE_SMALL, subtitle, TOKEN_TEXT2);
    }
    ui_end(ui);
    if (row != bar) {
        ui_end(ui);
        node_pad(ui, node_label(ui, TYPE_SMALL, subtitle, TOKEN_TEXT2), back ? 12 : 0, 0);
    }
    ui_end(ui);
    return pressed;
}

bool ui_bar(struct ui *ui, const char *title, const char *subtitle)
{
    ui->has_back = true;
    bool pressed = bar_open(ui, title, subtitle, !ui->handover);
    struct node key = {.id = 0}; /* the Back key means the screen when no layer is open */
    return node_took(ui, &key, ACTION_BACK) || pressed;
}

void ui_bar_home(struct ui *ui, const char *title, const char *subtitle)
{
    bar_open(ui, title, subtitle, false);
}

bool ui_bar_action(struct ui *ui, const char *key, const char *text, enum ui_icon icon)
{
    struct node *at = ui->at;
    ui->at = ui->bar;
    bool pressed = ui_icon_button(ui, key, text, icon);
    ui->at = at;
    return pressed;
}

bool ui_bar_menu(struct ui *ui, const char *key, const char *text, enum ui_icon icon)
{
    struct node *at = ui->at;
    ui->at = ui->bar;
    if (ui->menu.n == 0 && !ui->handover &&
        ui_icon_button(ui, "menu", tr("More"), ICON_MORE_VERT)) {
        ui->menu_open = true;
    }
    struct node row = {.id = id_of(ui->root->scope, key)};
    ui->at = at;
    vec_push(&ui->menu, (struct menu_row){node_keep(ui, key), node_keep(ui, text), icon, row.id});
    bool chosen = node_took(ui, &row, ACTION_PRESS);
    if (chosen) {
        ui->menu_open = false;
    }
    return chosen;
}

enum { BODY_MOST = 640, BODY_MARGIN = 16 }; /* dp: lines stay short on tablets */

void ui_body_begin(struct ui *ui)
{
    struct node *scroll = node_open(ui, &widget_scroll, NULL);
    scroll->id = id_of(ui->root->scope, "body"); /* remembered by name, but no part of ids below */
    scroll->flags |= NODE_SCROLL;
    scroll->grow = 1;
    scroll->scope = ui->root->scope; /* keys in it are the screen's */
    struct node *column = node_open(ui, &widget_box, NULL);
    column->scope = ui->root->scope;
    column->flags |= NODE_INNER;
    column->max_w = ui_px(ui, BODY_MOST);
    column->gap = (int16_t)ui_px(ui, 12);
    node_pad(ui, column, BODY_MARGIN, 16);
}

bool ui_is_low(const struct ui *ui)
{
    enum {
        LOW = 590
    }; /* 480x800 at 0.9 with gloves, 580 dp, has no room for a list and a keyboard */
    return ui->h < ui_px(ui, LOW);
}

int ui_body_width(const struct ui *ui)
{
    int w = (int)(ui->w / ui->px);
    return (w < BODY_MOST ? w : BODY_MOST) - 2 * BODY_MARGIN;
}

int ui_window_height(const struct ui *ui)
{
    return (int)(ui->h / ui->px);
}

void ui_page_begin(struct ui *ui)
{
    struct node *page = node_open(ui, &widget_box, NULL);
    page->grow = 1;
}

void ui_actions_begin(struct ui *ui)
{
    bool at_bottom = ui->at == ui->screen;
    struct node *bar = node_open(ui, &widget_actions, NULL);
    if (at_bottom) {
        bar->flags |= NODE_END; /* its line is at the top */
        bar->look = (struct look){TOKEN_SURFACE, TOKEN_LINE, TOKEN_TEXT, 0, 1};
        node_pad(ui, bar, 16, 6);
    }
    struct node *row = node_open(ui, &widget_box, NULL);
    row->flags |= NODE_INNER;
    row->dir = DIR_ACTIONS;
    row->gap = (int16_t)ui_px(ui, 8);
    row->max_w = ui_px(ui, BODY_MOST);
}
