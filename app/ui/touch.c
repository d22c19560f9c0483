/* One finger: press, scroll, fling, long press, and what drawing widgets take for themselves. */
#include "app/ui/node.h"

#include <math.h>

#include "platform/base/clock.h"

enum { SLOP = 8, LONG_MS = 500, TARGET = 48 };

/* Fling decays by exp(-t / TAU). */
static const double tau_ms = 325, least_speed = 0.05;

static void damage_node(struct ui *ui, uint64_t id)
{
    if (id) {
        ui->is_laid = false; /* compared again: the pressed look is part of the digest */
    }
}

/* How far the point is from what a finger may touch of a node: 0 inside; -1 too far. */
static long miss(struct ui *ui, const struct node *node, int x, int y)
{
    struct rect seen = rect_both(node->r, node_clip(ui, node));
    if (rect_is_empty(seen)) {
        return -1;
    }
    if (rect_has(seen, x, y)) {
        return 0;
    }
    int target = ui_px(ui, TARGET), more_w = target - seen.w, more_h = target - seen.h;
    struct rect wide = seen;
    wide.x -= more_w > 0 ? more_w / 2 : 0;
    wide.w += more_w > 0 ? more_w : 0;
    wide.y -= more_h > 0 ? more_h / 2 : 0;
    wide.h += more_h > 0 ? more_h : 0;
    if (!rect_has(wide, x, y)) {
        return -1;
    }
    long dx = x - (node->r.x + node->r.w / 2), dy = y - (node->r.y + node->r.h / 2);
    return 1 + dx * dx + dy * dy;
}

static bool is_below(const struct node *top, const struct node *node)
{
    while (node && node != top) {
        node = node->parent;
    }
    return node != NULL;
}

/* What the finger means: the innermost thing under it, else the nearest whose target reaches so
 * far. */
static struct node *hit(struct ui *ui, int x, int y)
{
    struct node *layer = focus_layer(ui), *best = NULL;
    long least = 0;
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        bool usable = n->flags & (NODE_PRESS | NODE_GRAB | NODE_FIELD);
        bool reachable = n->flags & NODE_KIT || is_below(layer, n) ||
                         (n->parent && n->parent->widget == &widget_badge);
        if (!usable || !reachable) {
            continue;
        }
        long d = miss(ui, n, x, y);
        if (d >= 0 && (!best || d == 0 || (least > 0 && d < least))) {
            best = n;
            least = d;
        }
    }
    return best;
}

static uint64_t scroll_under(struct ui *ui, int x, int y)
{
    struct node *layer = focus_layer(ui), *found = NULL;
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (n->flags & (NODE_SCROLL | NODE_LIST) && rect_has(n->r, x, y)) {
            found = n;
        }
    }
    return found ? found->id : 0;
}

/* A touch beside a sheet or dialog dismisses it. */
static bool is_outside(struct ui *ui, int x, int y)
{
    struct node *layer = focus_layer(ui);
    return layer->flags & NODE_BACK && layer->first && !rect_has(layer->first->r, x, y);
}

static void down(struct ui *ui, const struct input *input)
{
    struct touch *touch = &ui->touch;
    ui->by_touch = true;
    ui->fling.id = 0;
    struct node *node = hit(ui, input->x, input->y);
    *touch = (struct touch){.state = TOUCH_PRESS,
                            .id = node ? node->id : 0,
                            .scroll = scroll_under(ui, input->x, input->y),
                            .x = input->x,
                            .y = input->y,
                            .last_y = input->y,
                            .at = input->at,
                            .last_at = input->at};
    if (ui->focus_seen) {
        ui->focus_seen = false;
        ui->is_laid = false;
    }
    if (node && node->flags & NODE_GRAB && !(node->flags & NODE_DISABLED)) {
        touch->state = TOUCH_GRAB;
        node->widget->touch(ui, node, input);
        return;
    }
    if (node && !(node->flags & NODE_DISABLED)) {
        ui->pressed = node->id;
        damage_node(ui, node->id);
    }
    if (node && node->flags & NODE_FIELD) {
        touch->long_due = input->at + LONG_MS;
    }
}

static void unpress(struct ui *ui)
{
    damage_node(ui, ui->pressed);
    ui->pressed = 0;
}

static void drag_scroll(struct ui *ui, const struct input *input)
{
    struct touch *touch = &ui->touch;
    int64_t dt = input->at - touch->last_at;
    int dy = touch->last_y - input->y;
    if (dt > 0) {
        double now = (double)dy / (double)dt;
        touch->speed = touch->speed * 0.4 + now * 0.6;
        touch->last_at = input->at;
    }
    touch->last_y = input->y;
    scroll_by(ui, scroll_get(ui, touch->scroll), dy);
}

static void moved(struct ui *ui, const struct input *input)
{
    struct touch *touch = &ui->touch;
    struct node *node = node_find(ui, touch->id);
    int dx = input->x - touch->x, dy = input->y - touch->y, slop = ui_px(ui, SLOP);
    if (touch->state == TOUCH_GRAB) {
        if (node) {
            node->widget->touch(ui, node, input);
        }
    } else if (touch->state == TOUCH_TEXT && node) {
        edit_touch(ui, node, input, true);
    } else if (touch->state == TOUCH_PRESS && dx * dx + dy * dy > slop * slop) {
        unpress(ui);
        touch->long_due = 0;
        bool sideways = (dx < 0 ? -dx : dx) > (dy < 0 ? -dy : dy);
        if (sideways && node && node->id == ui->edit.id) {
            touch->state = TOUCH_TEXT;
        } else {
            touch->state = touch->scroll ? TOUCH_SCROLL : TOUCH_DEAD;
        }
        touch->last_y = input->y;
        touch->last_at = input->at;
    } else if (touch->state == TOUCH_SCROLL) {
        drag_scroll(ui, input);
    }
}

static void tap(struct ui *ui, const struct input *input)
{
    struct node *node = node_find(ui, ui->touch.id);
    if (!node) {
        if (is_outside(ui, input->x, input->y)) {
            ui_back(ui);
        } else if (ui->edit.id && ui->keyboard) {
            ui->keyboard = false;
            edit_stop(ui);
            ui->focus = 0;
        }
        return;
    }
    if (!(node->flags & NODE_KIT)) {
        if (node->flags & NODE_FIELD) {
            ui_press(ui, node);
            edit_touch(ui, node, input, false);
            return;
        }
        if (ui->edit.id) {
            ui->keyboard = false;
            edit_stop(ui);
        }
        if (!(node->flags & NODE_DISABLED)) {
            ui->focus = node->id;
        }
    }
    ui_press(ui, node);
}

static void up(struct ui *ui, const struct input *input)
{
    struct touch *touch = &ui->touch;
    struct node *node = node_find(ui, touch->id);
    enum touch_state state = touch->state;
    unpress(ui);
    touch->state = TOUCH_NONE;
    touch->long_due = 0;
    if (state == TOUCH_GRAB && node) {
        node->widget->touch(ui, node, input);
    } else if (state == TOUCH_PRESS) {
        tap(ui, input);
    } else if (state == TOUCH_SCROLL && !ui->set.still && input->at - touch->last_at < 80 &&
               fabs(touch->speed) > 0.2) {
        ui->fling = (struct fling){touch->scroll, touch->speed, 0, input->at};
    }
}

void touch_input(struct ui *ui, const struct input *input)
{
    switch (input->kind) {
    case INPUT_DOWN:
        down(ui, input);
        break;
    case INPUT_MOVE:
        moved(ui, input);
        break;
    case INPUT_UP:
        up(ui, input);
        break;
    default: {
        uint64_t id = scroll_under(ui, input->x, input->y);
        struct node *layer = focus_layer(ui);
        for (struct node *n = layer; n && !id; n = node_next(layer, n)) {
            id = n->flags & (NODE_SCROLL | NODE_LIST) ? n->id : 0;
        }
        if (id) {
            scroll_by(ui, scroll_get(ui, id), input->dy * ui_px(ui, 48));
        }
        break;
    }
    }
}

void touch_tick(struct ui *ui, int64_t now)
{
    struct touch *touch = &ui->touch;
    if (touch->long_due && now >= touch->long_due) {
        touch->long_due = 0;
        struct node *node = node_find(ui, touch->id);
        if (node && node->flags & NODE_FIELD) {
            struct input at = {.x = touch->x, .y = touch->y};
            unpress(ui);
            ui_press(ui, node);
            edit_touch(ui, node, &at, false);
            edit_select_word(ui);
            ui->edit.tools = true;
            touch->state = TOUCH_TEXT;
        }
    }
    struct fling *fling = &ui->fling;
    if (fling->id) {
        double dt = (double)(now - fling->last), keep = exp(-dt / tau_ms);
        double way = fling->speed * tau_ms * (1 - keep) + fling->rest;
        int px = (int)way;
        fling->rest = way - px;
        fling->last = now;
        fling->speed *= keep;
        int went = px != 0 ? scroll_by(ui, scroll_get(ui, fling->id), px) : 0;
        if (fabs(fling->speed) < least_speed || (px != 0 && went != px)) {
            fling->id = 0;
        }
    }
}
