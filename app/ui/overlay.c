/* What lies over a screen: sheets, dialogs, the overflow menu, toasts, softkey labels. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"

enum { TOAST_MS = 5000, PANEL_MOST = 560, PANEL_PAD = 16, RING_ROOM = 6 };

static void scrim_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    paint_fill(paint, node->r, 0x80000000);
}

static int scrim_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return GROUND_VEIL;
}

const struct widget widget_scrim = {.role = "layer", .paint = scrim_paint, .ground = scrim_ground};

static int sheet_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return TOKEN_SURFACE;
}

static void sheet_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    struct rect r = node->r;
    int radius = ui_px(ui, node->look.radius);
    if (node->widget == &widget_sheet) {
        r.h += radius; /* the lower corners are outside of the window */
    }
    paint_round(paint, r, radius, ui_colour(ui, sheet_ground(ui, node)));
    if (ui->set.theme != THEME_LIGHT) {
        struct paint_line line = {radius, ui_px(ui, 2), 0, ui_colour(ui, TOKEN_CONTROL)};
        paint_outline(paint, r, &line);
    }
}

const struct widget widget_sheet = {.role = "sheet", .paint = sheet_paint, .ground = sheet_ground};
const struct widget widget_dialog = {
    .role = "dialog", .paint = sheet_paint, .ground = sheet_ground};
const struct widget widget_toast = {.role = "toast", .paint = sheet_paint, .ground = sheet_ground};

/* A layer over the whole window; the panel in it is what ui_end closes last. */
static struct node *layer_open(struct ui *ui, const struct widget *widget, const char *key)
{
    struct node *at = ui->at;
    ui->at = ui->root;
    struct node *layer = node_open(ui, &widget_scrim, key);
    layer->flags |= NODE_MODAL | NODE_BACK;
    layer->data = at; /* where the screen goes on after ui_end */
    struct node *panel = node_open(ui, widget, NULL);
    panel->max_w = ui_px(ui, PANEL_MOST);
    panel->gap = (int16_t)ui_px(ui, 12);
    node_pad(ui, panel, PANEL_PAD - RING_ROOM, PANEL_PAD);
    return layer;
}

/* The layer's children end at the layer, then building goes on where it was. */
static void inner_column(struct ui *ui)
{
    struct node *scroll = node_open(ui, &widget_scroll, NULL);
    scroll->flags |= NODE_SCROLL | NODE_INNER;
    struct node *column = node_open(ui, &widget_box, NULL);
    column->flags |= NODE_INNER;
    column->gap = (int16_t)ui_px(ui, 12);
    node_pad(ui, column, RING_ROOM, RING_ROOM);
}

static bool layer_dismissed(struct ui *ui, const struct node *layer)
{
    return node_took(ui, layer, ACTION_BACK);
}

bool ui_sheet_begin(struct ui *ui, const char *key, const char *title)
{
    struct node *layer = layer_open(ui, &widget_sheet, key);
    layer->flags |= NODE_END;
    struct node *panel = ui->at;
    panel->flags |= NODE_INNER;
    panel->look.radius = 16;
    bool closed = false;
    if (title) { /* a tall sheet leaves nothing beside it to touch: it has a cross */
        panel->name = node_keep(ui, title);
        ui_row_begin(ui, NULL, NULL);
        node_pad(ui, ui->at, RING_ROOM, 0);
        ui_text(ui, TYPE_TITLE, title, UI_OPT(.grow = 1));
        closed = ui_icon_button(ui, "close", tr("Close"), ICON_CLOSE);
        ui_end(ui);
    }
    inner_column(ui);
    return layer_dismissed(ui, layer) || closed;
}

bool ui_dialog_begin(struct ui *ui, const char *key, const char *title, const char *text)
{
    struct node *layer = layer_open(ui, &widget_dialog, key);
    layer->flags |= NODE_CENTER;
    node_pad(ui, layer, 24, 24);
    struct node *panel = ui->at;
    panel->flags |= NODE_INNER;
    panel->look.radius = 16;
    panel->name = node_keep(ui, title);
    ui_row_begin(ui, NULL, NULL);
    node_pad(ui, ui->at, RING_ROOM, 0);
    ui_text(ui, TYPE_TITLE, title, UI_OPT(.grow = 1));
    ui_end(ui);
    inner_column(ui);
    if (text) {
        ui_text(ui, TYPE_BODY, text, NULL);
    }
    return layer_dismissed(ui, layer);
}

static void menu_build(struct ui *ui)
{
    if (!ui->menu_open || ui->menu.n == 0) {
        ui->menu_open = false;
        return;
    }
    if (ui_sheet_begin(ui, "kit-menu", NULL)) {
        ui->menu_open = false;
    }
    ui->at->scope = ui->root->scope;
    for (size_t i = 0; i < ui->menu.n; i++) {
        ui_item(ui, ui->menu.v[i].key, ui->menu.v[i].text, UI_OPT(.icon = ui->menu.v[i].icon));
    }
    ui_end(ui);
}

void ui_toast(struct ui *ui, const char *text, const char *action_key, const char *action)
{
    struct toast *toast = &ui->toast;
    free(toast->text);
    free(toast->key);
    free(toast->action);
    *toast = (struct toast){.text = mem_strdup(text),
                            .key = mem_strdup(action_key),
                            .action = mem_strdup(action),
                            .until = clock_mono_ms() + TOAST_MS};
    ui_change(ui);
}

bool ui_toast_pressed(struct ui *ui, const char *action_key)
{
    struct node button = {.id = id_of(id_of(2, "kit-toast"), action_key)};
    if (!node_took(ui, &button, ACTION_PRESS)) {
        return false;
    }
    ui->toast.until = 0;
    return true;
}

static void toast_build(struct ui *ui)
{
    struct toast *toast = &ui->toast;
    if (toast->text && ui->handover) {
        toast->until = clock_mono_ms() + TOAST_MS; /* waits for the one it is meant for */
        return;
    }
    if (!toast->text || toast->until <= clock_mono_ms()) {
        return;
    }
    ui->at = ui->root;
    struct node *layer = node_open(ui, &widget_group, NULL);
    layer->id = layer->scope = id_of(2, "kit-toast");
    layer->flags |= NODE_END;
    node_pad(ui, layer, 12, 0);
    layer->pad[3] = (int16_t)ui_px(ui, 76);
    struct node *box = node_open(ui, &widget_badge, NULL);
    box->look = (struct look){TOKEN_TEXT, -1, TOKEN_BG, 8, 1};
    box->dir = DIR_ROW;
    box->gap = (int16_t)ui_px(ui, 8);
    box->max_w = ui_px(ui, PANEL_MOST);
    node_pad(ui, box, 16, 4);
    struct node *label = node_label(ui, TYPE_BODY, toast->text, TOKEN_BG);
    label->grow = 1;
    label->min_h = ui_px(ui, 24);
    node_pad(ui, label, 0, 12);
    if (toast->key && toast->action) {
        struct node *button = node_open(ui, &widget_button, toast->key);
        button->flags |= NODE_PRESS | NODE_CENTER | NODE_HOLD;
        button->look = (struct look){TOKEN_TEXT, TOKEN_BG, TOKEN_BG, 8, 1};
        button->dir = DIR_ROW;
        button->min_w = button->min_h = ui_finger(ui, 48);
        node_pad(ui, button, 12, 4);
        node_label(ui, TYPE_STRONG, toast->action, TOKEN_BG);
        ui_end(ui);
    }
    ui_end(ui);
    ui_end(ui);
}

static void softkeys_build(struct ui *ui)
{
    if (!ui->set.softkeys || ui->handover) {
        return;
    }
    struct node *row = NULL;
    for (int i = 1; i <= 12; i++) {
        if (!ui->softkeys[i].text) {
            continue;
        }
        if (!row) {
            ui->at = ui->screen;
            row = node_open(ui, &widget_bar, NULL);
            row->look = (struct look){TOKEN_SURFACE2, -1, TOKEN_TEXT, 0, 1};
            row->dir = DIR_WRAP;
            row->gap = (int16_t)ui_px(ui, 12);
            node_pad(ui, row, 16, 4);
        }
        char label[128];
        snprintf(label, sizeof(label), "F%d %s", i, ui->softkeys[i].text);
        node_label(ui, TYPE_SMALL, label, TOKEN_TEXT)->lines = 1;
    }
}

void toast_lower(struct ui *ui)
{
    for (struct node *c = ui->root->first; c; c = c->next) {
        if (c->id == id_of(2, "kit-toast")) {
            struct node *label = c->first->first;
            c->pad[3] = (int16_t)ui_px(ui, 4);
            label->pad[1] = label->pad[3] = (int16_t)ui_px(ui, 4);
        }
    }
}

void overlay_build(struct ui *ui)
{
    softkeys_build(ui);
    ui->at = ui->root;
    menu_build(ui);
    toast_build(ui);
    ui->at = ui->root;
}
