/* Keys, text, codes: who gets them. Fingers are touch.c's. */
#include "app/ui/node.h"

#include <string.h>

#include "platform/base/clock.h"

enum { HOME_MS = 800 };

void ui_press(struct ui *ui, struct node *node)
{
    if (!node || node->flags & NODE_DISABLED) {
        return;
    }
    if (node->flags & NODE_KIT) {
        keyboard_press(ui, node);
        return;
    }
    if (node->flags & NODE_FIELD) {
        focus_set(ui, node);
        ui->keyboard = ui->set.keyboard != UI_KEYBOARD_NEVER && ui->by_touch;
        ui_change(ui);
        return;
    }
    edit_report(ui);
    if (node->widget == &widget_row && node->parent->flags & NODE_LIST) {
        struct scroll *scroll = scroll_get(ui, node->parent->id);
        for (size_t i = 0; i < scroll->rows.n; i++) {
            if (scroll->rows.v[i]->node == node) {
                ui_act(ui, ACTION_PRESS, id_mix(node->parent->id, 99), scroll->rows.v[i]->index,
                       NULL);
            }
        }
    } else {
        ui_act(ui, ACTION_PRESS, node->id, -1, NULL);
    }
}

void ui_back(struct ui *ui)
{
    if (ui->keyboard && ui->edit.id) {
        ui->keyboard = false;
        ui_change(ui);
        return;
    }
    if (ui->edit.id) {
        struct node *field = node_find(ui, ui->edit.id);
        bool dirty = ui->edit.is_dirty;
        edit_stop(ui);
        if (dirty && field) {
            ui->focus = 0;
            return;
        }
        ui->focus = 0;
    }
    struct node *layer = focus_layer(ui);
    if (layer->flags & NODE_BACK) {
        ui_act(ui, ACTION_BACK, layer->id, 0, NULL);
    } else if (!ui->handover) {
        ui_act(ui, ACTION_BACK, 0, 0, NULL);
    }
}

/* Page keys move by a view less one row. */
static bool page_key(struct ui *ui, int code)
{
    struct node *layer = focus_layer(ui);
    struct node *focus = node_find(ui, ui->focus), *part = NULL;
    for (struct node *n = focus; n && !part; n = n->parent) {
        part = n->flags & (NODE_SCROLL | NODE_LIST) ? n : NULL;
    }
    for (struct node *n = layer; n && !part; n = node_next(layer, n)) {
        part = n->flags & (NODE_SCROLL | NODE_LIST) ? n : NULL;
    }
    if (!part) {
        return false;
    }
    int dy = part->r.h - ui_px(ui, 64);
    struct scroll *scroll = scroll_get(ui, part->id);
    scroll_by(ui, scroll, code == KEY_PAGE_DOWN ? dy : -dy);
    return true;
}

/* Digits choose the nth thing that can be chosen: choices before tiles and items. */
static bool digit_key(struct ui *ui, int digit)
{
    struct node *layer = focus_layer(ui);
    for (int pass = 0; pass < 2; pass++) {
        int n = 0;
        for (struct node *node = layer; node; node = node_next(layer, node)) {
            bool choice = node->flags & NODE_CHECKABLE;
            if (node->flags & NODE_OPTION && (pass == 1 || choice) && focus_fits(ui, node) &&
                ++n == digit) {
                focus_set(ui, node);
                ui->focus_seen = true;
                ui_press(ui, node);
                return true;
            }
        }
        if (n > 0) {
            return false;
        }
    }
    return false;
}

static void speak_focus(struct ui *ui)
{
    struct node *node = node_find(ui, ui->focus);
    struct buf words = {0};
    if (node && ui->say) {
        node_name(node, &words);
        if (node->value && !(node->flags & NODE_MASKED)) {
            buf_addf(&words, ", %s", node->value);
        }
        ui->say(ui->say_ctx, buf_text(&words));
    }
    buf_finish(&words);
}

static bool function_key(struct ui *ui, int code)
{
    int n = code - KEY_F1 + 1;
    if (n < 1 || n > 12) {
        return false;
    }
    if (ui->handover) {
        return true;
    }
    if (ui->softkeys[n].text) {
        edit_report(ui);
        ui_act(ui, ACTION_SOFTKEY, 0, n, NULL);
    } else if (n == 1) {
        speak_focus(ui);
    }
    return true;
}

static bool widget_takes(struct ui *ui, const struct input *input)
{
    struct node *node = node_find(ui, ui->focus);
    return node && node->widget->key && !(node->flags & NODE_DISABLED) &&
           node->widget->key(ui, node, input);
}

/* A held arrow goes two steps at a time after eight repeats. */
static void arrow_key(struct ui *ui, const struct input *input)
{
    enum { FAST_AFTER = 8 };
    int steps = input->repeat > FAST_AFTER ? 2 : 1;
    for (int i = 0; i < steps; i++) {
        focus_move(ui, input->code, input->mods & INPUT_SHIFT);
    }
}

static void plain_key(struct ui *ui, const struct input *input)
{
    struct node *focus = node_find(ui, ui->focus);
    switch (input->code) {
    case KEY_UP:
    case KEY_DOWN:
    case KEY_LEFT:
    case KEY_RIGHT:
    case KEY_TAB:
        arrow_key(ui, input);
        break;
    case KEY_ENTER:
    case KEY_SPACE:
        if (!ui->focus_seen || !focus) {
            focus_move(ui, KEY_TAB, false);
        } else if (!input->repeat) {
            ui_press(ui, focus);
        }
        break;
    case KEY_PAGE_UP:
    case KEY_PAGE_DOWN:
        page_key(ui, input->code);
        break;
    case KEY_MENU:
        if (ui->menu.n > 0 && !ui->handover) {
            ui->menu_open = !ui->menu_open;
            ui_change(ui);
        }
        break;
    case KEY_SCAN:
        edit_report(ui);
        ui_act(ui, ACTION_TRIGGER, 0, 0, NULL);
        break;
    default:
        if (input->code >= '1' && input->code <= '9' && !input->mods) {
            digit_key(ui, input->code - '0');
        } else {
            function_key(ui, input->code);
        }
        break;
    }
}

static void back_key(struct ui *ui, const struct input *input)
{
    if (!input->repeat) {
        ui->back_since = input->at;
        ui_back(ui);
    } else if (ui->back_since && input->at - ui->back_since > HOME_MS && !ui->handover) {
        ui->back_since = 0;
        ui_act(ui, ACTION_HOME, 0, 0, NULL);
    }
}

void ui_key(struct ui *ui, const struct input *input)
{
    ui->by_touch = false;
    if (keyboard_key(ui, input)) {
        return;
    }
    if (input->code == KEY_BACK || input->code == KEY_ESCAPE) {
        back_key(ui, input);
        return;
    }
    if (ui->keyboard && !(input->mods & INPUT_SURE) && input->code < 127) {
        ui->keyboard = false; /* real keys are there */
        ui_change(ui);
    }
    bool types =
        ui->edit.id && input->code >= ' ' && input->code < 127 && !(input->mods & INPUT_CTRL);
    if (!types && !widget_takes(ui, input)) { /* letters come as text too */
        plain_key(ui, input);
    }
}

void ui_typed(struct ui *ui, const char *text)
{
    if (!text[0]) {
        return;
    }
    if (ui->edit.id) {
        edit_type(ui, text);
        return;
    }
    for (const char *p = text; ui->judge.key && *p; p++) { /* the keys themselves were kept back */
        struct input key = {.kind = INPUT_KEY, .code = (unsigned char)*p, .at = clock_mono_ms()};
        if (key.code < 127) {
            plain_key(ui, &key);
        }
    }
}

void ui_give_scan(struct ui *ui, struct str code)
{
    char *text = mem_strndup(code.s, code.n);
    struct node *field = node_find(ui, ui->edit.id);
    if (field && field->flags & NODE_SCAN) {
        edit_replace(ui, text);
        edit_report(ui);
        ui->edit.is_settling = false;
        ui_act(ui, ACTION_ENTER, field->id, 0, NULL);
    } else {
        edit_report(ui);
        ui_act(ui, ACTION_SCAN, 0, 0, text);
    }
    free(text);
    ui_change(ui);
}

static void compose(struct ui *ui, const char *text)
{
    buf_clear(&ui->edit.compose);
    if (ui->edit.id) {
        buf_add_text(&ui->edit.compose, text);
    }
    ui_change(ui);
}

static void resize(struct ui *ui)
{
    ui_set(ui, &ui->set);
    ui->repaint_all = true;
}

void ui_input(struct ui *ui, const struct input *input)
{
    if (input->kind >= INPUT_KEY && input->kind <= INPUT_SCAN) {
        ui->last_input = input->at;
        ui->is_rested = false;
    }
    if (judge_takes(ui, input)) {
        return;
    }
    switch (input->kind) {
    case INPUT_KEY:
        ui_key(ui, input);
        break;
    case INPUT_TEXT:
        compose(ui, "");
        ui_typed(ui, input->text);
        break;
    case INPUT_COMPOSE:
        compose(ui, input->text);
        break;
    case INPUT_DOWN:
    case INPUT_MOVE:
    case INPUT_UP:
    case INPUT_WHEEL:
        touch_input(ui, input);
        break;
    case INPUT_SCAN:
        ui_give_scan(ui, str_of(input->text));
        break;
    case INPUT_SIZE:
        resize(ui);
        break;
    case INPUT_EXPOSE:
    case INPUT_SHOWN:
        ui->repaint_all = true;
        ui->is_laid = false;
        break;
    case INPUT_WAKE:
        if (ui->app.mail) {
            ui->app.mail(ui, ui->app.ctx);
        }
        break;
    case INPUT_QUIT:
        edit_report(ui);
        ui->quit = true;
        break;
    default:
        break;
    }
}
