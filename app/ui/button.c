/* Things to press: buttons, tiles, items, choices, chips, tabs. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

enum {
    TARGET = 48,
    ROW = 56,
    ROW2 = 64,
    CELL = 72,
    ROW_GLOVED = 63,
    BADGE_BESIDE = 340,
    NARROW = 230
};

/* Have large letters made the window so narrow that only words should have room in it? */
static bool is_narrow(const struct ui *ui)
{
    return ui->w < ui_px(ui, NARROW);
}

/* Rows of lists; with gloves they grow to 72 dp, of which 15 % are the glove's anyway. */
static int row_px(const struct ui *ui, int dp)
{
    return ui_finger(ui, ui->set.glove && dp < ROW_GLOVED ? ROW_GLOVED : dp);
}

static struct node *press_open(struct ui *ui, const struct widget *widget, const char *key,
                               const struct ui_opt *opt)
{
    struct node *node = node_open(ui, widget, key);
    node->min_w = node->min_h = ui_finger(ui, TARGET);
    node_apply(ui, node, opt);
    node->flags |= NODE_PRESS;
    return node;
}

static void button_look(struct node *node, const struct ui_opt *opt)
{
    enum ui_kind kind = opt ? opt->kind : UI_NORMAL;
    node->look = (struct look){TOKEN_SURFACE, TOKEN_CONTROL, TOKEN_PRIMARY, 8, 1};
    if (node->flags & NODE_DISABLED) {
        node->look = (struct look){TOKEN_SURFACE2, -1, TOKEN_TEXT2, 8, 1};
    } else if (kind == UI_PRIMARY) {
        node->look = (struct look){TOKEN_PRIMARY, -1, TOKEN_ON_PRIMARY, 8, 1};
    } else if (kind == UI_DANGER) {
        node->look = (struct look){TOKEN_SURFACE, TOKEN_ERROR, TOKEN_ERROR, 8, 1};
    } else if (kind == UI_QUIET) {
        node->look = (struct look){-1, -1, TOKEN_PRIMARY, 8, 1};
    }
}

/* The sun theme has no tints: what cannot be used has a dashed border. */
static void disabled_look(struct ui *ui, struct node *node)
{
    if (node->flags & NODE_DISABLED && ui->set.theme == THEME_SUN) {
        node->look.fill = TOKEN_SURFACE;
        node->look.edge = TOKEN_CONTROL;
        node->flags |= NODE_DASHED;
    }
}

bool ui_button(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt)
{
    struct node *node = press_open(ui, &widget_button, key, opt);
    button_look(node, opt);
    disabled_look(ui, node);
    bool main = opt && opt->kind == UI_PRIMARY;
    node->min_h = ui_finger(ui, main ? ROW : TARGET);
    node->dir = DIR_ROW;
    node->align = ALIGN_START;
    node->flags |= NODE_CENTER;
    node_pad(ui, node, opt && opt->kind == UI_QUIET ? 8 : 16, 8);
    if (opt && opt->icon) {
        node_icon(ui, opt->icon, 24, node->look.ink);
    }
    struct node *column = node_open(ui, &widget_box, NULL);
    struct node *label = node_label(ui, TYPE_STRONG, text, node->look.ink);
    label->text_align = ALIGN_CENTER;
    if (opt && opt->hint) {
        int ink = main ? TOKEN_ON_PRIMARY : TOKEN_TEXT2;
        node_label(ui, TYPE_SMALL, opt->hint, ink)->text_align = ALIGN_CENTER;
        column->align = ALIGN_CENTER;
    }
    ui_end(ui);
    if (opt && opt->state) {
        ui_badge(ui, opt->state, opt->tone);
    }
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

bool ui_icon_button(struct ui *ui, const char *key, const char *text, enum ui_icon icon)
{
    struct node *node = press_open(ui, &widget_button, key, NULL);
    node->name = node_keep(ui, text);
    node->look = (struct look){-1, -1, TOKEN_TEXT, 24, 1};
    node->dir = DIR_ROW;
    node->flags |= NODE_CENTER | NODE_HOLD | NODE_INSIDE_RING; /* often at an edge */
    node_icon(ui, icon, 24, TOKEN_TEXT);
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

bool ui_tile(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt)
{
    struct node *node = press_open(ui, &widget_tile, key, opt);
    bool main = opt && opt->kind == UI_PRIMARY;
    node->look = (struct look){(int8_t)(main ? TOKEN_PRIMARY : TOKEN_SURFACE),
                               (int8_t)(main ? -1 : TOKEN_LINE),
                               (int8_t)(main ? TOKEN_ON_PRIMARY : TOKEN_TEXT), 8, 1};
    disabled_look(ui, node);
    node->min_h = ui_px(ui, opt && opt->height ? opt->height : 96);
    node->flags |= NODE_OPTION;
    node->gap = (int16_t)ui_px(ui, 4);
    node_pad(ui, node, 12, 12);
    int ink = node->flags & NODE_DISABLED ? TOKEN_TEXT2 : node->look.ink;
    if (opt && opt->image) {
        ui_image(ui, opt->image, NULL, UI_OPT(.height = 72));
    }
    if (opt && (opt->icon || opt->state)) {
        ui_row_begin(ui, NULL, NULL);
        if (opt->icon) {
            node_icon(ui, opt->icon, 32, main ? ink : TOKEN_PRIMARY);
        }
        if (opt->state) {
            struct node *space = node_open(ui, &widget_box, NULL);
            space->grow = 1;
            ui_end(ui);
            ui_badge(ui, opt->state, opt->tone);
        }
        ui_end(ui);
    }
    node_label(ui, TYPE_STRONG, text, ink);
    if (opt && opt->hint) {
        node_label(ui, TYPE_SMALL, opt->hint, main ? ink : TOKEN_TEXT2);
    }
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

/* Icon, two lines, state word: the inside of items and rows. */
static void row_inside(struct ui *ui, const char *text, const struct ui_opt *opt, int lines)
{
    bool off = opt && opt->disabled;
    if (opt && opt->image) {
        ui_image(ui, opt->image, NULL, UI_OPT(.height = 56, .width = 56));
    }
    if (opt && opt->icon) {
        node_icon(ui, opt->icon, 24,
                  opt->tone && !opt->state ? tone_ink(opt->tone) : TOKEN_PRIMARY);
    }
    struct node *column = node_open(ui, &widget_box, NULL);
    column->grow = 1;
    enum ui_type type = opt && opt->hint && lines > 0 ? TYPE_STRONG : TYPE_BODY;
    struct node *label = node_label(ui, type, text, off ? TOKEN_TEXT2 : TOKEN_TEXT);
    label->lines = (int16_t)lines;
    label->flags |= opt && opt->markup ? NODE_MARKUP : 0;
    if (opt && opt->hint) {
        node_label(ui, TYPE_SMALL, opt->hint, TOKEN_TEXT2)->lines = (int16_t)lines;
    }
    bool beside = ui->w >= ui_px(ui, BADGE_BESIDE);
    if (opt && opt->state && !beside) {
        ui_badge(ui, opt->state, opt->tone);
    }
    ui_end(ui);
    if (opt && opt->state && beside) {
        ui_badge(ui, opt->state, opt->tone);
    }
}

bool ui_item(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt)
{
    struct node *node = press_open(ui, &widget_item, key, opt);
    node->look = (struct look){TOKEN_SURFACE, TOKEN_LINE, TOKEN_TEXT, 8, 1};
    disabled_look(ui, node);
    node->dir = DIR_ROW;
    node->align = ALIGN_START;
    node->min_h = row_px(ui, opt && opt->hint ? ROW2 : ROW);
    node->flags |= NODE_OPTION;
    node->gap = (int16_t)ui_px(ui, is_narrow(ui) ? 8 : 12);
    node_pad(ui, node, is_narrow(ui) ? 8 : 12, 8);
    row_inside(ui, text, opt, 2);
    if (!is_narrow(ui)) {
        node_icon(ui, ICON_CHEVRON_RIGHT, 24, TOKEN_TEXT2);
    }
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

static enum ui_icon mark_icon(enum ui_kind kind, bool selected)
{
    if (kind == UI_CHECK) {
        return selected ? ICON_CHECK_BOX : ICON_CHECK_BOX_OUTLINE_BLANK;
    }
    return selected ? ICON_RADIO_BUTTON_CHECKED : ICON_RADIO_BUTTON_UNCHECKED;
}

/* The switch: a pill with a knob at the end when on. */
static void mark_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    bool on = node->flags & NODE_SELECTED, right = on != ui->set.rtl;
    struct rect r = node->r;
    int radius = r.h / 2, knob = radius - ui_px(ui, 4);
    paint_round(paint, r, radius, ui_colour(ui, on ? TOKEN_PRIMARY : TOKEN_CONTROL));
    paint_disc(paint, right ? r.x + r.w - radius : r.x + radius, r.y + radius, knob,
               ui_colour(ui, on ? TOKEN_ON_PRIMARY : TOKEN_SURFACE));
}

const struct widget widget_mark = {.role = "mark", .paint = mark_paint};

static void add_mark(struct ui *ui, enum ui_kind kind, bool selected)
{
    if (kind != UI_SWITCH) {
        node_icon(ui, mark_icon(kind, selected), 24, selected ? TOKEN_PRIMARY : TOKEN_CONTROL);
        return;
    }
    struct node *mark = node_add(ui, &widget_mark, NULL);
    mark->min_w = ui_px(ui, 48);
    mark->min_h = ui_px(ui, 28);
    mark->flags |= selected ? NODE_SELECTED : 0;
}

/* A choice as a cell: picture, mark, text, in the middle. */
static void cell_inside(struct ui *ui, const char *text, bool selected, const struct ui_opt *opt)
{
    if (opt->image) {
        ui_image(ui, opt->image, NULL, UI_OPT(.height = opt->height ? opt->height : 88));
    }
    if (!opt->bare) {
        add_mark(ui, opt->kind ? opt->kind : UI_RADIO, selected);
    } else if (selected) {
        node_icon(ui, ICON_CHECK_CIRCLE, 24, TOKEN_PRIMARY);
    } else if (opt->image) {
        ui_space(ui, 24); /* pictures beside each other stay in line */
    }
    if (text[0]) {
        struct node *label =
            node_label(ui, TYPE_BODY, text, opt->disabled ? TOKEN_TEXT2 : TOKEN_TEXT);
        label->text_align = ALIGN_CENTER;
        label->flags |= opt->markup ? NODE_MARKUP : 0;
    }
    if (opt->hint) {
        node_label(ui, TYPE_SMALL, opt->hint, TOKEN_TEXT2)->text_align = ALIGN_CENTER;
    }
}

bool ui_choice(struct ui *ui, const char *key, const char *text, bool selected,
               const struct ui_opt *opt)
{
    enum ui_kind kind = opt && opt->kind ? opt->kind : UI_RADIO;
    const struct widget *widget = kind == UI_CHECK    ? &widget_check
                                  : kind == UI_SWITCH ? &widget_switch
                                                      : &widget_radio;
    struct node *node = press_open(ui, widget, key, opt);
    node->flags |= NODE_OPTION | NODE_CHECKABLE | (selected ? NODE_SELECTED : 0);
    node->look =
        (struct look){(int8_t)(selected ? TOKEN_PRIMARY_CONT : TOKEN_SURFACE),
                      (int8_t)(selected ? TOKEN_PRIMARY : TOKEN_CONTROL), TOKEN_TEXT, 8, 1};
    if (kind == UI_SWITCH) {
        node->look = (struct look){TOKEN_SURFACE, TOKEN_LINE, TOKEN_TEXT, 8, 1};
    }
    disabled_look(ui, node);
    if (opt && opt->align == ALIGN_CENTER && kind != UI_SWITCH) {
        node->min_h = ui_finger(ui, opt->bare ? CELL : ROW); /* the tick comes without growth */
        node->gap = (int16_t)ui_px(ui, 4);
        node_pad(ui, node, 4, 8);
        node->flags |= NODE_CENTER;
        cell_inside(ui, text, selected, opt);
        ui_end(ui);
        return node_took(ui, node, ACTION_PRESS);
    }
    node->dir = DIR_ROW;
    node->align = ALIGN_START;
    node->min_h = ui_finger(ui, ROW);
    node->gap = (int16_t)ui_px(ui, 12);
    node_pad(ui, node, 12, 8);
    if (kind != UI_SWITCH && !(opt && opt->bare)) {
        add_mark(ui, kind, selected);
    }
    row_inside(ui, text, opt, 0);
    if (kind == UI_SWITCH) {
        add_mark(ui, kind, selected);
    }
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

bool ui_chip(struct ui *ui, const char *key, const char *text, bool selected)
{
    struct node *node = press_open(ui, &widget_chip, key, NULL);
    node->flags |= NODE_CHECKABLE | NODE_CENTER | NODE_HOLD | (selected ? NODE_SELECTED : 0);
    node->look = (struct look){(int8_t)(selected ? TOKEN_PRIMARY_CONT : TOKEN_SURFACE),
                               (int8_t)(selected ? TOKEN_PRIMARY : TOKEN_CONTROL),
                               (int8_t)(selected ? TOKEN_ON_CONT : TOKEN_TEXT), 24, 1};
    node->dir = DIR_ROW;
    node->gap = (int16_t)ui_px(ui, 4);
    node_pad(ui, node, 14, 8);
    if (selected) {
        node_icon(ui, ICON_CHECK, 20, TOKEN_ON_CONT);
    }
    node_label(ui, TYPE_BODY, text, node->look.ink);
    ui_end(ui);
    return node_took(ui, node, ACTION_PRESS);
}

int ui_tabs(struct ui *ui, const char *key, const char *const *names, int n, int selected)
{
    struct node *bar = node_open(ui, &widget_bar, key);
    bar->look = (struct look){TOKEN_SURFACE, TOKEN_LINE, TOKEN_TEXT, 0, 1};
    bar->dir = DIR_GRID;
    bar->columns = (int16_t)n;
    for (int i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%d", i);
        struct node *tab = press_open(ui, &widget_tab, name, NULL);
        tab->flags |= NODE_CENTER | NODE_INSIDE_RING | (i == selected ? NODE_SELECTED : 0);
        tab->look.fill = TOKEN_SURFACE;
        tab->gap = 0;
        tab->align = ALIGN_CENTER;
        struct node *label = node_label(ui, i == selected ? TYPE_STRONG : TYPE_BODY, names[i],
                                        i == selected ? TOKEN_PRIMARY : TOKEN_TEXT2);
        label->text_align = ALIGN_CENTER;
        node_pad(ui, label, ui->w < ui_px(ui, BADGE_BESIDE) ? 2 : 8, 10);
        struct node *line = node_add(ui, &widget_box, NULL);
        line->min_h = ui_px(ui, 3);
        line->min_w = ui_px(ui, 48);
        line->look.fill = (int8_t)(i == selected ? TOKEN_PRIMARY : -1);
        ui_end(ui);
        if (node_took(ui, tab, ACTION_PRESS)) {
            selected = i;
        }
    }
    ui_end(ui);
    return selected;
}

void ui_problem(struct ui *ui, const char *text, const char *target)
{
    char key[160];
    snprintf(key, sizeof(key), "problem-%s", target);
    struct node *node = press_open(ui, &widget_item, key, NULL);
    node->dir = DIR_ROW;
    node->gap = (int16_t)ui_px(ui, 12);
    node->look = (struct look){TOKEN_SURFACE, TOKEN_ERROR, TOKEN_ERROR, 8, 1};
    node->min_h = row_px(ui, ROW);
    node_pad(ui, node, 12, 8);
    node_icon(ui, ICON_ERROR, 24, TOKEN_ERROR);
    node_label(ui, TYPE_BODY, text, TOKEN_TEXT)->grow = 1;
    node_icon(ui, ICON_CHEVRON_RIGHT, 24, TOKEN_TEXT2);
    ui_end(ui);
    if (node_took(ui, node, ACTION_PRESS)) {
        ui_focus(ui, target);
    }
}

void ui_list_row(struct ui *ui, const char *text, int selected, const struct ui_opt *opt)
{
    struct node *node = node_open(ui, &widget_box, NULL);
    node->dir = DIR_ROW;
    node->gap = (int16_t)ui_px(ui, 12);
    node->min_h = row_px(ui, opt && opt->hint ? ROW2 : ROW);
    node_pad(ui, node, 16, 8);
    if (selected >= 0) {
        add_mark(ui, opt && opt->kind ? opt->kind : UI_RADIO, selected > 0);
    }
    row_inside(ui, text, opt, selected >= 0 ? 0 : 2);
    ui_end(ui);
}
