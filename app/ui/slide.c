/* Values by sliding, by steps, by stars. */
#include "app/ui/node.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double clamp(const struct ui_range *range, double value)
{
    double step = range->step > 0 ? range->step : 1;
    value = range->min + floor((value - range->min) / step + 0.5) * step;
    return value < range->min ? range->min : value > range->max ? range->max : value;
}

static void value_act(struct ui *ui, const struct node *node, double value)
{
    ui_act(ui, ACTION_VALUE, node->id, 0, NULL);
    ui->queue.v[ui->queue.n - 1].value = value;
}

struct slide {
    struct ui_range range;
    double value;
};

static struct rect track_of(const struct ui *ui, const struct node *node)
{
    const struct slide *slide = node->data;
    int thick = ui_px(ui, 6), knob = ui_px(ui, 14);
    struct rect r = node->r;
    if (slide->range.vertical) {
        return (struct rect){r.x + (r.w - thick) / 2, r.y + knob, thick, r.h - 2 * knob};
    }
    return (struct rect){r.x + knob, r.y + (r.h - thick) / 2, r.w - 2 * knob, thick};
}

static double part_of(const struct slide *slide)
{
    double span = slide->range.max - slide->range.min;
    return span > 0 ? (slide->value - slide->range.min) / span : 0;
}

static void slider_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct slide *slide = node->data;
    struct rect track = track_of(ui, node), done = track;
    bool vertical = slide->range.vertical;
    double part = part_of(slide);
    paint_round(paint, track, ui_px(ui, 3), ui_colour(ui, TOKEN_CONTROL));
    if (!slide->range.is_set) {
        return;
    }
    int x = track.x + track.w / 2, y = track.y + track.h / 2;
    if (vertical) {
        done.h = (int)(track.h * part);
        done.y = track.y + track.h - done.h;
        y = done.y;
    } else {
        done.w = (int)(track.w * part);
        done.x = ui->set.rtl ? track.x + track.w - done.w : track.x;
        x = ui->set.rtl ? done.x : done.x + done.w;
    }
    int ink = node->flags & NODE_DISABLED ? TOKEN_TEXT2 : TOKEN_PRIMARY;
    paint_round(paint, done, ui_px(ui, 3), ui_colour(ui, ink));
    paint_disc(paint, x, y, ui_px(ui, 14), ui_colour(ui, ink));
    paint_disc(paint, x, y, ui_px(ui, 5), ui_colour(ui, TOKEN_ON_PRIMARY));
}

static bool slider_touch(struct ui *ui, struct node *node, const struct input *input)
{
    const struct slide *slide = node->data;
    struct rect track = track_of(ui, node);
    double part = slide->range.vertical
                      ? 1 - (double)(input->y - track.y) / (track.h > 0 ? track.h : 1)
                      : (double)(input->x - track.x) / (track.w > 0 ? track.w : 1);
    if (!slide->range.vertical && ui->set.rtl) {
        part = 1 - part;
    }
    double value =
        clamp(&slide->range, slide->range.min + part * (slide->range.max - slide->range.min));
    if (!slide->range.is_set || value != slide->value) {
        value_act(ui, node, value);
    }
    return true;
}

static bool slider_key(struct ui *ui, struct node *node, const struct input *input)
{
    const struct slide *slide = node->data;
    bool along = slide->range.vertical ? input->code == KEY_UP || input->code == KEY_DOWN
                                       : input->code == KEY_LEFT || input->code == KEY_RIGHT;
    if (!along) {
        return false;
    }
    bool more =
        slide->range.vertical ? input->code == KEY_UP : (input->code == KEY_RIGHT) != ui->set.rtl;
    double step = slide->range.step > 0 ? slide->range.step : 1;
    double value = slide->range.is_set ? slide->value + (more ? step : -step) : slide->range.min;
    value = clamp(&slide->range, value);
    if (slide->range.vertical && slide->range.is_set && value == slide->value) {
        return false; /* at its end: the arrow leads on, or keys could not leave it */
    }
    value_act(ui, node, value);
    return true;
}

const struct widget widget_slider = {
    .role = "slider", .paint = slider_paint, .key = slider_key, .touch = slider_touch};

static struct node *add_slider(struct ui *ui, const char *key, double value,
                               const struct ui_range *range)
{
    struct node *node = node_add(ui, &widget_slider, key);
    struct slide *slide = arena_new(ui->into, struct slide);
    *slide = (struct slide){*range, clamp(range, value)};
    node->data = slide;
    node->stamp = id_mix((uint64_t)(int64_t)(part_of(slide) * 100000), range->is_set);
    node->flags |= NODE_FOCUS | NODE_GRAB | (range->disabled ? NODE_DISABLED : 0);
    node->min_h = ui_finger(ui, range->vertical ? 200 : 48);
    node->min_w = ui_finger(ui, 48);
    node->look.radius = 8;
    return node;
}

static const char *value_text(const struct ui_range *range, double value, char text[32])
{
    snprintf(text, 32, "%.10g", value);
    return range->text ? range->text : range->is_set ? text : "–";
}

/* A square button with a plus or minus. */
static bool step_button(struct ui *ui, const char *key, const char *end, const char *name,
                        enum ui_icon icon)
{
    char whole[160];
    snprintf(whole, sizeof(whole), "%s-%s", key, end);
    bool pressed = ui_icon_button(ui, whole, name, icon);
    struct node *node = ui->at->last;
    node->look = (struct look){TOKEN_SURFACE, TOKEN_CONTROL, TOKEN_PRIMARY, 8, 1};
    node->min_w = node->min_h = ui_finger(ui, 56);
    node->first->look.ink = TOKEN_PRIMARY;
    return pressed;
}

static bool add_stepper(struct ui *ui, const char *key, double *value, const struct ui_range *range)
{
    char text[32];
    double step = range->step > 0 ? range->step : 1, next = *value;
    bool narrow = ui->w < ui_px(ui, 260);
    ui_row_begin(ui, NULL, UI_OPT(.gap = narrow ? 8 : 16, .center = true));
    bool less = step_button(ui, key, "less", tr("Less"), ICON_REMOVE);
    struct node *shown = node_add(ui, &widget_text, key);
    shown->type = TYPE_DISPLAY;
    shown->text = node_keep(ui, value_text(range, *value, text));
    shown->flags |= NODE_CODE | NODE_TABULAR;
    shown->text_align = ALIGN_CENTER;
    shown->min_w = ui_px(ui, narrow ? 48 : 72);
    bool more = step_button(ui, key, "more", tr("More"), ICON_ADD);
    ui_end(ui);
    if ((less || more) && !range->disabled) {
        next = !range->is_set ? range->min : less ? *value - step : *value + step;
    }
    next = clamp(range, next);
    bool changed = ui->is_taken && (next != *value || !range->is_set);
    *value = changed ? next : *value;
    return changed;
}

bool ui_slider(struct ui *ui, const char *key, double *value, const struct ui_range *range)
{
    char text[32];
    bool changed = false, was_taken = ui->is_taken;
    struct node *column = node_open(ui, &widget_box, NULL);
    column->gap = (int16_t)ui_px(ui, 4);
    if (range->label) {
        node_label(ui, TYPE_STRONG, range->label, TOKEN_TEXT);
    }
    if (range->stepper) {
        changed = !was_taken && add_stepper(ui, key, value, range);
        ui_end(ui);
        return changed;
    }
    struct node *number =
        node_label(ui, TYPE_TITLE, value_text(range, *value, text), TOKEN_PRIMARY);
    number->text_align = ALIGN_CENTER;
    number->flags |= NODE_CODE | NODE_TABULAR;
    struct node *node = add_slider(ui, key, *value, range);
    node->name = node_keep(ui, range->name ? range->name : range->label);
    node->value = number->text;
    if (range->min_text || range->max_text) {
        ui_row_begin(ui, NULL, NULL);
        node_label(ui, TYPE_SMALL, range->min_text, TOKEN_TEXT2)->grow = 1;
        struct node *end = node_label(ui, TYPE_SMALL, range->max_text, TOKEN_TEXT2);
        end->grow = 1;
        end->text_align = ALIGN_END;
        ui_end(ui);
    }
    ui_end(ui);
    if (node_took(ui, node, ACTION_VALUE)) {
        *value = ui->action.value;
        changed = true;
    }
    return changed;
}

int ui_rating(struct ui *ui, const char *key, int n, int selected, const char *label)
{
    int pressed = 0;
    struct node *group = node_open(ui, &widget_group, key);
    group->name = node_keep(ui, label);
    group->gap = (int16_t)ui_px(ui, 4);
    if (label) {
        node_label(ui, TYPE_STRONG, label, TOKEN_TEXT);
    }
    ui_wrap_begin(ui, NULL, UI_OPT(.gap = 8, .align = ALIGN_CENTER));
    for (int i = 1; i <= n; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%d", i);
        struct node *star = node_open(ui, &widget_radio, name);
        star->flags |= NODE_PRESS | NODE_OPTION | NODE_CHECKABLE | NODE_CENTER |
                       (i == selected ? NODE_SELECTED : 0);
        star->name = node_keep(ui, name);
        star->look.radius = 24;
        star->dir = DIR_ROW;
        star->min_w = star->min_h = ui_finger(ui, 48);
        node_icon(ui, i <= selected ? ICON_STAR : ICON_STAR_BORDER, 40, TOKEN_PRIMARY);
        ui_end(ui);
        pressed = node_took(ui, star, ACTION_PRESS) ? i : pressed;
    }
    ui_end(ui);
    ui_end(ui);
    return pressed;
}
