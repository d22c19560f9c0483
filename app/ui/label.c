/* Things to read: texts, icons, values, badges, notices. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

struct text node_spec(const struct ui *ui, const struct node *node, int width)
{
    const struct theme_type *type = theme_type(node->type);
    int token = node->flags & NODE_DISABLED ? TOKEN_TEXT2 : node->look.ink;
    return (struct text){
        .fonts = window_fonts(ui->window),
        .s = str_of(node->text),
        .size = ui_px(ui, type->size),
        .line = ui_px(ui, type->line),
        .bold = type->bold || (ui->set.theme == THEME_SUN && node->type == TYPE_SMALL),
        .tabular = node->flags & NODE_TABULAR,
        .markup = node->flags & NODE_MARKUP,
        .rtl = ui->set.rtl,
        .code = node->flags & NODE_CODE,
        .width = width,
        .lines = node->lines,
        .align = node->text_align == ALIGN_CENTER ? TEXT_CENTER
                 : node->text_align == ALIGN_END  ? TEXT_END
                                                  : TEXT_START,
        .colour = ui_colour(ui, token),
        .lang = ui->set.lang,
    };
}

static void text_size_of(struct ui *ui, struct node *node, int width)
{
    struct text text = node_spec(ui, node, width > 0 ? width : 1);
    struct text_size size = text_measure(&text);
    node->want_w = size.w < width ? size.w : width;
    node->want_h = size.h;
}

static void text_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    struct text text = node_spec(ui, node, node->r.w - node->pad[0] - node->pad[2]);
    int start = ui->set.rtl ? node->pad[2] : node->pad[0];
    paint_text(paint, &text, node->r.x + start, node->r.y + node->pad[1]);
}

const struct widget widget_text = {.role = "label", .measure = text_size_of, .paint = text_paint};
const struct widget widget_heading = {
    .role = "heading", .measure = text_size_of, .paint = text_paint};

static void icon_size(struct ui *ui, struct node *node, int width)
{
    (void)ui;
    (void)width;
    node->want_w = node->min_w;
    node->want_h = node->min_h;
}

/* Icons that point along the line of writing; clocks and media keys do not. */
static bool turns_around(uint32_t code)
{
    return code == ICON_ARROW_BACK || code == ICON_ARROW_FORWARD || code == ICON_CHEVRON_LEFT ||
           code == ICON_CHEVRON_RIGHT || code == ICON_SEND || code == ICON_UNDO ||
           code == ICON_REDO || code == ICON_LOGOUT || code == ICON_EXIT_TO_APP;
}

static void icon_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    struct icon icon = {.fonts = window_fonts(ui->window),
                        .code = node->icon,
                        .size = node->min_w,
                        .colour = ui_colour(ui, node->look.ink),
                        .mirrored = ui->set.rtl && turns_around((uint32_t)node->icon)};
    paint_icon(paint, &icon, node->r);
}

const struct widget widget_icon = {.role = "icon", .measure = icon_size, .paint = icon_paint};

void ui_text(struct ui *ui, enum ui_type type, const char *text, const struct ui_opt *opt)
{
    if (opt && opt->icon) {
        struct node *row = node_open(ui, &widget_box, NULL);
        row->dir = DIR_ROW;
        row->gap = (int16_t)ui_px(ui, 8);
        node_icon(ui, opt->icon, 24, tone_ink(opt->tone));
    }
    struct node *node = node_label(ui, type, text, TOKEN_TEXT);
    node_apply(ui, node, opt);
    node->text_align = opt ? opt->align : ALIGN_START;
    node->align = ALIGN_START;
    if (type == TYPE_TITLE || type == TYPE_QUESTION) {
        node->widget = &widget_heading;
    }
    node->look.ink = (int8_t)(opt && opt->tone     ? tone_ink(opt->tone)
                              : type == TYPE_SMALL ? TOKEN_TEXT2
                                                   : TOKEN_TEXT);
    if (opt && opt->icon) {
        node->grow = 1;
        ui_end(ui);
    }
}

void ui_heading(struct ui *ui, const char *text)
{
    struct node *node = node_label(ui, TYPE_STRONG, text, TOKEN_PRIMARY);
    node->widget = &widget_heading;
    node->pad[1] = (int16_t)ui_px(ui, 8);
}

void ui_space(struct ui *ui, int dp)
{
    struct node *node = node_add(ui, &widget_box, NULL);
    node->min_h = ui_px(ui, dp);
    node->min_w = node->min_h;
}

static void line_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    paint_fill(paint, node->r, ui_colour(ui, TOKEN_LINE));
}

const struct widget widget_line = {.role = "line", .paint = line_paint};

void ui_line(struct ui *ui)
{
    node_add(ui, &widget_line, NULL)->min_h = ui_px(ui, 1);
}

static enum ui_icon tone_icon(enum ui_tone tone)
{
    static const enum ui_icon icons[] = {ICON_INFO,    ICON_INFO,  ICON_INFO, ICON_CHECK_CIRCLE,
                                         ICON_WARNING, ICON_ERROR, ICON_SYNC};
    return icons[tone];
}

void ui_badge(struct ui *ui, const char *text, enum ui_tone tone)
{
    struct node *badge = node_open(ui, &widget_badge, NULL);
    badge->dir = DIR_ROW;
    badge->gap = (int16_t)ui_px(ui, 4);
    badge->flags |= NODE_HOLD;
    node_pad(ui, badge, 8, 3);
    badge->look = (struct look){(int8_t)tone_ground(tone), -1, (int8_t)tone_ink(tone), 6, 1};
    if (badge->look.fill == TOKEN_SURFACE) {
        badge->look.edge = (int8_t)tone_ink(tone);
    }
    if (tone != TONE_NONE && tone != TONE_SOFT) {
        node_icon(ui, tone_icon(tone), 16, tone_ink(tone));
    }
    node_label(ui, TYPE_TAG, text, tone == TONE_NONE ? TOKEN_TEXT : tone_ink(tone));
    ui_end(ui);
}

void ui_notice(struct ui *ui, enum ui_tone tone, const char *text)
{
    struct node *notice = node_open(ui, &widget_notice, NULL);
    notice->dir = DIR_ROW;
    notice->gap = (int16_t)ui_px(ui, 12);
    node_pad(ui, notice, 12, 12);
    notice->look = (struct look){(int8_t)tone_ground(tone), -1, TOKEN_TEXT, 8, 1};
    if (notice->look.fill == TOKEN_SURFACE || ui->set.theme == THEME_SUN) {
        notice->look.edge = (int8_t)tone_ink(tone);
    }
    int ink = tone == TONE_PRIMARY ? TOKEN_ON_CONT : tone_ink(tone);
    node_icon(ui, tone_icon(tone), 24, ink);
    struct node *label = node_label(ui, TYPE_BODY, text, tone == TONE_SOFT ? TOKEN_TEXT : ink);
    label->grow = 1;
    ui_end(ui);
}

void ui_empty(struct ui *ui, enum ui_icon icon, const char *text, const char *hint)
{
    struct node *box = node_open(ui, &widget_box, NULL);
    node_pad(ui, box, 24, 40);
    box->gap = (int16_t)ui_px(ui, 12);
    box->align = ALIGN_CENTER;
    if (icon) {
        node_icon(ui, icon, 56, TOKEN_CONTROL);
    }
    node_label(ui, TYPE_STRONG, text, TOKEN_TEXT)->text_align = ALIGN_CENTER;
    if (hint) {
        node_label(ui, TYPE_BODY, hint, TOKEN_TEXT2)->text_align = ALIGN_CENTER;
    }
    ui_end(ui);
}

/* A value laid open shows its text; else dots, and as many whatever the length. */
static const char *masked_text(struct ui *ui, const struct node *node, const char *text)
{
    bool is_open = ui->shown == node->id && ui->shown_until > ui->last_input;
    return is_open || !text[0] ? text : "••••••••";
}

void ui_value(struct ui *ui, const char *key, const char *label, const char *value,
              const struct ui_opt *opt)
{
    struct node *row = node_open(ui, &widget_box, NULL);
    row->dir = DIR_ROW;
    row->gap = (int16_t)ui_px(ui, 8);
    struct node *column = node_open(ui, &widget_box, NULL);
    column->grow = 1;
    node_label(ui, TYPE_SMALL, label, TOKEN_TEXT2);
    struct node *text = node_add(ui, &widget_text, key);
    text->text = node_keep(ui, value ? value : "");
    text->flags |= opt && opt->markup ? NODE_MARKUP : 0;
    if (opt && opt->masked) {
        text->flags |= NODE_MASKED;
        text->text = node_keep(ui, masked_text(ui, text, text->text));
    }
    text->look.ink = (int8_t)tone_ink(opt ? opt->tone : TONE_NONE);
    if (opt && opt->hint) {
        node_label(ui, TYPE_SMALL, opt->hint, TOKEN_TEXT2);
    }
    ui_end(ui);
    if (opt && opt->state) {
        ui_badge(ui, opt->state, opt->tone);
    }
    if (opt && opt->masked && key && value && value[0]) {
        char show[96];
        snprintf(show, sizeof(show), "%s-show", key);
        if (ui_icon_button(ui, show, tr("Show"), ICON_VISIBILITY)) {
            enum { SHOW_MS = 10000 };
            ui->shown = ui->shown == text->id ? 0 : text->id;
            ui->shown_until = ui->last_input + SHOW_MS;
        }
    }
    ui_end(ui);
}
