#include "app/ui/node.h"

struct scroll *scroll_get(struct ui *ui, uint64_t id)
{
    for (size_t i = 0; i < ui->scrolls.n; i++) {
        if (ui->scrolls.v[i]->id == id) {
            return ui->scrolls.v[i];
        }
    }
    struct scroll *scroll = mem_alloc(1, sizeof(*scroll));
    scroll->id = id;
    scroll->is_new = true;
    vec_push(&ui->scrolls, scroll);
    return scroll;
}

/* Height of the content of a scrolling part. */
static int content_height(struct ui *ui, struct node *node)
{
    int inner = node->r.w - node->pad[0] - node->pad[2], h = node->pad[1] + node->pad[3];
    for (struct node *c = node->first; c; c = c->next) {
        node_measure(ui, c, inner > 0 ? inner : 0);
        h += c->want_h + (c->next ? node->gap : 0);
    }
    return h;
}

static int offset_most(const struct scroll *scroll)
{
    int most = scroll->content - scroll->node->r.h;
    return most > 0 ? most : 0;
}

void scroll_settle(struct ui *ui, struct node *node)
{
    struct scroll *scroll = scroll_get(ui, node->id);
    scroll->node = node;
    scroll->seen = ui->build;
    scroll->content = content_height(ui, node);
    int most = offset_most(scroll);
    scroll->offset = scroll->offset > most ? most : scroll->offset < 0 ? 0 : scroll->offset;
}

int scroll_by(struct ui *ui, struct scroll *scroll, int dy)
{
    struct node *node = scroll->node;
    if (!node || dy == 0) {
        return 0;
    }
    if (node->flags & NODE_LIST) {
        return list_scroll(ui, scroll, dy);
    }
    int most = offset_most(scroll), to = scroll->offset + dy;
    to = to > most ? most : to < 0 ? 0 : to;
    int went = to - scroll->offset;
    if (went == 0) {
        return 0;
    }
    scroll->offset = to;
    for (struct node *c = node->first; c; c = c->next) {
        node_shift(c, -went);
    }
    frame_scroll(ui, node, -went);
    return went;
}

/* A field is seen with its label and what is said below it. */
static const struct node *with_surroundings(const struct node *node)
{
    bool is_field = node->flags & NODE_FIELD && node->parent && node->parent->parent;
    return is_field ? node->parent->parent : node;
}

void scroll_to(struct ui *ui, const struct node *node)
{
    const struct node *wide = with_surroundings(node);
    for (const struct node *n = node->parent; n; n = n->parent) {
        if (!(n->flags & (NODE_SCROLL | NODE_LIST))) {
            continue;
        }
        int context = ui_px(ui, 24);
        if (wide->r.h + 2 * context > n->r.h) {
            int spare = (n->r.h - node->r.h) / 2; /* little room: at least the thing itself */
            wide = node;
            context = spare < 0 ? context : spare < context ? spare : context;
        }
        int above = n->r.y + context - wide->r.y;
        int below = wide->r.y + wide->r.h + context - (n->r.y + n->r.h);
        if (wide->r.h > n->r.h) { /* too high: its top counts */
            below = wide->r.y - n->r.y - context;
            above = -below;
        }
        struct scroll *scroll = scroll_get(ui, n->id);
        if (above > 0) {
            scroll_by(ui, scroll, -above);
        } else if (below > 0) {
            scroll_by(ui, scroll, below);
        }
    }
}

void scroll_to_caret(struct ui *ui, const struct node *field)
{
    struct text text;
    struct rect r = field_text(ui, field, &text), caret = text_caret(&text, ui->edit.caret);
    struct rect clip = node_clip(ui, field);
    const struct node *part = field->parent;
    while (part && !(part->flags & (NODE_SCROLL | NODE_LIST))) {
        part = part->parent;
    }
    int above = clip.y - (r.y + caret.y), below = r.y + caret.y + caret.h - (clip.y + clip.h);
    if (part && (above > 0 || below > 0)) {
        scroll_by(ui, scroll_get(ui, part->id), above > 0 ? -above : below + ui_px(ui, 16));
    }
}
