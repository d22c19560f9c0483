#include "app/ui/node.h"

#include <assert.h>
#include <string.h>

uint64_t id_mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2))) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 31;
    return h ? h : 1;
}

uint64_t id_of(uint64_t scope, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *p = key; *p; p++) {
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    }
    return id_mix(scope, h);
}

int ui_px(const struct ui *ui, double dp)
{
    int px = (int)(dp * ui->px + 0.5);
    return dp > 0 && px < 1 ? 1 : px;
}

int ui_finger(const struct ui *ui, double dp)
{
    return (int)(dp * ui->finger + 0.5);
}

const char *node_keep(struct ui *ui, const char *text)
{
    return arena_strdup(ui->into, text);
}

struct node *node_add(struct ui *ui, const struct widget *widget, const char *key)
{
    struct node *parent = ui->at, *node = arena_new(ui->into, struct node);
    assert(parent && "every ui_ call belongs into build()");
    node->widget = widget;
    node->parent = parent;
    node->measured_for = -1;
    node->look = (struct look){-1, -1, TOKEN_TEXT, 0, 1};
    if (key) {
        node->key = node_keep(ui, key);
        node->id = id_of(parent->scope, key);
        node->scope = node->id;
    } else {
        node->id = id_mix(parent->id, (uint64_t)parent->children + 1);
        node->scope = parent->scope;
    }
    parent->children++;
    if (parent->last) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
    return node;
}

struct node *node_open(struct ui *ui, const struct widget *widget, const char *key)
{
    ui->at = node_add(ui, widget, key);
    return ui->at;
}

void ui_end(struct ui *ui)
{
    struct node *node;
    do {
        node = ui->at;
        assert(node->parent && "ui_end without a begin");
        ui->at = node->parent;
        if (node->widget == &widget_scrim && node->data) { /* a layer hangs on the root */
            ui->at = (struct node *)node->data;
        }
    } while (node->flags & NODE_INNER);
}

static int gap_px(const struct ui *ui, int dp, int usual)
{
    return dp == UI_FLUSH ? 0 : ui_px(ui, dp ? dp : usual);
}

void node_pad(struct ui *ui, struct node *node, double x, double y)
{
    node->pad[0] = node->pad[2] = (int16_t)ui_px(ui, x);
    node->pad[1] = node->pad[3] = (int16_t)ui_px(ui, y);
}

void node_apply(struct ui *ui, struct node *node, const struct ui_opt *opt)
{
    static const struct ui_opt usual = {0};
    opt = opt ? opt : &usual;
    node->gap = (int16_t)gap_px(ui, opt->gap, 8);
    if (opt->pad > 0) {
        node_pad(ui, node, opt->pad, opt->pad);
    } else if (opt->pad == UI_FLUSH) {
        node_pad(ui, node, 0, 0);
    }
    node->grow = (int8_t)opt->grow;
    node->min_w = opt->width > 0 ? ui_px(ui, opt->width) : node->min_w;
    node->min_h = opt->height > 0 ? ui_px(ui, opt->height) : node->min_h;
    node->lines = (int16_t)opt->lines;
    node->align = opt->align;
    node->tone = opt->tone;
    if (opt->name) {
        node->name = node_keep(ui, opt->name);
    }
    if (opt->state) {
        node->state = node_keep(ui, opt->state);
    }
    node->flags |= (opt->disabled ? NODE_DISABLED : 0) | (opt->focus ? NODE_FIRST : 0) |
                   (opt->masked ? NODE_MASKED : 0) | (opt->required ? NODE_REQUIRED : 0) |
                   (opt->markup ? NODE_MARKUP : 0) | (opt->center ? NODE_CENTER : 0) |
                   (opt->end ? NODE_END : 0) | (opt->hold_width ? NODE_HOLD : 0);
}

struct node *node_label(struct ui *ui, enum ui_type type, const char *text, int ink)
{
    struct node *node = node_add(ui, &widget_text, NULL);
    node->type = type;
    node->text = node_keep(ui, text ? text : "");
    node->look.ink = (int8_t)ink;
    return node;
}

struct node *node_icon(struct ui *ui, enum ui_icon icon, int dp, int ink)
{
    struct node *node = node_add(ui, &widget_icon, NULL);
    node->icon = icon;
    node->look.ink = (int8_t)ink;
    node->min_w = node->min_h = ui_px(ui, dp);
    return node;
}

bool node_took(struct ui *ui, const struct node *node, enum action_kind kind)
{
    if (ui->action.kind != kind || ui->action.id != node->id || ui->is_taken) {
        return false;
    }
    ui->is_taken = true;
    return true;
}

void ui_act(struct ui *ui, enum action_kind kind, uint64_t id, long number, const char *text)
{
    struct action action = {.kind = kind, .id = id, .number = number};
    if (text) {
        buf_add_text(&action.text, text);
    }
    vec_push(&ui->queue, action);
}

struct node *node_next(const struct node *top, const struct node *node)
{
    if (node->first) {
        return node->first;
    }
    while (node != top && !node->next) {
        node = node->parent;
    }
    return node == top ? NULL : node->next;
}

struct node *node_find(struct ui *ui, uint64_t id)
{
    for (struct node *n = ui->root; n && id; n = node_next(ui->root, n)) {
        if (n->id == id) {
            return n;
        }
    }
    return NULL;
}

void node_path(const struct node *node, struct buf *to)
{
    const struct node *above = node->parent;
    while (above && !above->key) {
        above = above->flags & NODE_OUTER ? above->parent->parent : above->parent;
    }
    if (above) {
        node_path(above, to);
        buf_add_char(to, '/');
    }
    buf_add_text(to, node->key ? node->key : "");
}

struct node *node_find_key(struct ui *ui, const char *key)
{
    struct buf path = {0};
    struct node *found = NULL;
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        if (!n->key) {
            continue;
        }
        buf_clear(&path);
        node_path(n, &path);
        if (strcmp(buf_text(&path), key) == 0) {
            found = n;
            break;
        }
        if (!found && strcmp(n->key, key) == 0) {
            found = n;
        }
    }
    buf_finish(&path);
    return found;
}

void node_name(const struct node *node, struct buf *to)
{
    if (node->name) {
        buf_add_text(to, node->name);
        return;
    }
    size_t start = to->n;
    for (const struct node *n = node; n; n = node_next(node, n)) {
        if (n->text && n->text[0] && (n == node || !(n->flags & NODE_PRESS))) {
            if (to->n > start) {
                buf_add_char(to, ' ');
            }
            buf_add_text(to, n->text);
        }
    }
}

int tone_ink(enum ui_tone tone)
{
    static const int8_t inks[] = {TOKEN_TEXT, TOKEN_TEXT2, TOKEN_PRIMARY, TOKEN_OK,
                                  TOKEN_WARN, TOKEN_ERROR, TOKEN_SYNC};
    return inks[tone];
}

int tone_ground(enum ui_tone tone)
{
    static const int8_t grounds[] = {TOKEN_SURFACE2, TOKEN_SURFACE2, TOKEN_PRIMARY_CONT,
                                     TOKEN_OK_BG,    TOKEN_WARN_BG,  TOKEN_SURFACE,
                                     TOKEN_SURFACE};
    return grounds[tone];
}

uint32_t ui_colour(const struct ui *ui, int token)
{
    return theme_colour(ui->set.theme, (enum ui_token)token);
}
