/* The tree for machines: JSON of what can be seen, and what a person would trip over. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/json.h"

static void add_pair(struct buf *to, const char *key, struct str value)
{
    json_add_key(to, key);
    json_add_text(to, value);
}

static void add_state(const struct ui *ui, const struct node *node, struct buf *to)
{
    struct buf words = {0};
    static const struct {
        uint32_t flag;
        const char *word;
    } states[] = {
        {NODE_DISABLED, "disabled"}, {NODE_REQUIRED, "required"}, {NODE_MASKED, "masked"}};
    if (node->flags & NODE_CHECKABLE || node->widget == &widget_tab) {
        buf_add_text(&words, node->flags & NODE_SELECTED ? "selected " : "unselected ");
    }
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        if (node->flags & states[i].flag) {
            buf_addf(&words, "%s ", states[i].word);
        }
    }
    if (node->look.edge == TOKEN_ERROR && node->flags & NODE_FIELD) {
        buf_add_text(&words, "error ");
    }
    if (node->state) {
        buf_addf(&words, "%s ", node->state);
    }
    (void)ui;
    if (words.n > 0) {
        add_pair(to, "state", str_trim(buf_str(&words)));
    }
    buf_finish(&words);
}

/* Is it worth a line: it can be used, has a key, or says something that no one above says? */
static bool is_worth(const struct node *node)
{
    if (node->flags & (NODE_PRESS | NODE_FOCUS | NODE_FIELD | NODE_GRAB)) {
        return true;
    }
    if (node->text && node->text[0]) {
        for (const struct node *n = node->parent; n; n = n->parent) {
            if (n->flags & NODE_PRESS && n->widget != &widget_row) {
                return false;
            }
        }
        return true;
    }
    return node->key || node->name;
}

static void add_node(struct ui *ui, const struct node *node, struct buf *to)
{
    struct buf text = {0};
    struct rect r = rect_both(node->r, node_clip(ui, node));
    buf_add_text(to, to->s[to->n - 1] == '[' ? "{" : ",\n{");
    if (node->key) {
        node_path(node, &text);
        add_pair(to, "id", buf_str(&text));
        buf_clear(&text);
    }
    add_pair(to, "role", str_of(node->widget->role));
    bool named = node->flags & (NODE_PRESS | NODE_FOCUS | NODE_FIELD) || node->name || node->text;
    if (named) {
        if (node->flags & NODE_FIELD) {
            buf_add_text(&text, node->name ? node->name : "");
        } else {
            node_name(node, &text);
        }
        add_pair(to, "name", buf_str(&text));
    }
    if (node->flags & NODE_FIELD) {
        bool masked = node->flags & NODE_MASKED && node->value[0];
        add_pair(to, "value", str_of(masked ? "••••••••" : node->value));
    } else if (node->value) {
        add_pair(to, "value", str_of(node->value));
    }
    add_state(ui, node, to);
    json_add_key(to, "rect");
    buf_addf(to, "[%d,%d,%d,%d]", r.x, r.y, r.w, r.h);
    if (ui->focus == node->id) {
        json_add_key(to, "focus");
        buf_add_text(to, "true");
    }
    buf_add_char(to, '}');
    buf_finish(&text);
}

void ui_dump(struct ui *ui, struct buf *to)
{
    struct buf path = {0};
    struct node *focus = node_find(ui, ui->focus);
    buf_add_char(to, '{');
    add_pair(to, "screen", str_of(ui->root ? ui->root->name : ""));
    json_add_key(to, "size");
    buf_addf(to, "[%d,%d]", ui->w, ui->h);
    if (focus && focus->key) {
        node_path(focus, &path);
    }
    add_pair(to, "focus", buf_str(&path));
    json_add_key(to, "nodes");
    buf_add_char(to, '[');
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        bool is_seen = !rect_is_empty(rect_both(n->r, node_clip(ui, n)));
        if (n != ui->root && is_seen && is_worth(n)) {
            add_node(ui, n, to);
        }
    }
    buf_add_text(to, "]}");
    buf_finish(&path);
}

bool ui_shot(struct ui *ui, struct buf *to, struct err *err)
{
    return canvas_png(window_canvas(ui->window), to, err);
}
