/* What changed is painted, nothing else. Each visible node leaves a record of where and how it was
 * painted; another digest or place damages the old and the new rectangle. */
#include "app/ui/node.h"

#include <string.h>

enum { RING = 3, RING_GAP = 2 };

static uint64_t hash_text(uint64_t h, const char *text)
{
    return text ? id_of(h, text) : h;
}

static bool is_seen(const struct node *node)
{
    return node->widget->paint && (node->widget != &widget_box || node->look.fill >= 0 ||
                                   node->look.edge >= 0 || node->flags & NODE_PRESS);
}

static bool has_ring(const struct ui *ui, const struct node *node)
{
    return ui->focus_seen && ui->focus == node->id &&
           (node->flags & (NODE_PRESS | NODE_FOCUS | NODE_FIELD));
}

/* Rounded so that gap and ring together are no wider than the room that is left for them: the pads
 * of bars, or the gap and half a line below a label. */
static int ring_width(const struct ui *ui)
{
    int dp = ui->set.theme == THEME_SUN ? RING + 1 : RING;
    int alone = ui_px(ui, dp), rest = ui_px(ui, RING_GAP + dp) - ui_px(ui, RING_GAP);
    return alone < rest ? alone : rest;
}

int frame_ring(const struct ui *ui, const struct node *node)
{
    return node->flags & NODE_INSIDE_RING ? 0 : ui_px(ui, RING_GAP) + ring_width(ui);
}

/* The pixels that a node may touch. */
static struct rect reach(const struct ui *ui, const struct node *node)
{
    return has_ring(ui, node) ? rect_grown(node->r, frame_ring(ui, node)) : node->r;
}

static uint64_t digest(const struct ui *ui, const struct node *node)
{
    uint64_t h = id_mix(node->flags & ~(uint32_t)NODE_FIRST, node->stamp);
    h = id_mix(h, (uint64_t)node->icon << 16 | (uint64_t)node->type << 8 | (uint64_t)node->tone);
    h = id_mix(h, (uint64_t)(uint8_t)node->look.fill << 24 |
                      (uint64_t)(uint8_t)node->look.edge << 16 |
                      (uint64_t)(uint8_t)node->look.ink << 8 | node->look.radius);
    h = id_mix(h, (uint64_t)(uintptr_t)node->image);
    h = hash_text(h, node->text);
    h = hash_text(h, node->state);
    h = hash_text(h, node->value);
    h = id_mix(h, (uint64_t)(ui->board_at == node->id) << 2 |
                      (uint64_t)(ui->pressed == node->id) << 1 | has_ring(ui, node));
    return node->flags & NODE_FIELD ? id_mix(h, ui->focus == node->id) : h;
}

struct rect node_clip(const struct ui *ui, const struct node *node)
{
    struct rect clip = {0, 0, ui->w, ui->h};
    for (const struct node *n = node->parent; n; n = n->parent) {
        if (n->flags & (NODE_SCROLL | NODE_LIST)) {
            clip = rect_both(clip, n->r);
        }
    }
    return clip;
}

/* ---- the table of records: open addressing over ids ---- */

static struct record *record_slot(struct record *table, size_t cap, uint64_t id)
{
    size_t i = id & (cap - 1);
    while (table[i].id && table[i].id != id) {
        i = (i + 1) & (cap - 1);
    }
    return &table[i];
}

/* Makes the table anew without what is gone. */
static void record_rebuild(struct ui *ui, size_t cap)
{
    struct record *table = mem_alloc(cap, sizeof(*table));
    size_t n = 0;
    for (size_t i = 0; i < ui->record_cap; i++) {
        if (ui->records[i].id && ui->records[i].round > 0) {
            *record_slot(table, cap, ui->records[i].id) = ui->records[i];
            n++;
        }
    }
    free(ui->records);
    ui->records = table;
    ui->record_cap = cap;
    ui->record_n = n;
}

static struct record *record_get(struct ui *ui, uint64_t id)
{
    if (ui->record_n * 2 >= ui->record_cap) {
        record_rebuild(ui, ui->record_cap ? ui->record_cap * 2 : 1024);
    }
    struct record *record = record_slot(ui->records, ui->record_cap, id);
    if (!record->id) {
        *record = (struct record){.id = id};
        ui->record_n++;
    }
    return record;
}

static bool same(struct rect a, struct rect b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static void note(struct ui *ui, const struct node *node, struct rect clip, bool damage)
{
    struct canvas *canvas = window_canvas(ui->window);
    struct rect seen = rect_both(reach(ui, node), clip);
    uint64_t now = digest(ui, node);
    struct record *record = record_get(ui, node->id);
    if (damage && record->round == 0) {
        canvas_damage(canvas, seen);
    } else if (damage &&
               (record->digest != now || !same(record->r, node->r) || !same(record->clip, seen))) {
        canvas_damage(canvas, record->clip);
        canvas_damage(canvas, seen);
    }
    *record = (struct record){node->id, now, node->r, seen, ui->round};
}

static void note_tree(struct ui *ui, const struct node *node, struct rect clip, bool damage)
{
    if (is_seen(node)) {
        note(ui, node, clip, damage);
    }
    if (node->flags & (NODE_SCROLL | NODE_LIST)) {
        clip = rect_both(clip, node->r);
    }
    for (const struct node *c = node->first; c; c = c->next) {
        if (!rect_is_empty(rect_both(c->r, clip)) || c->parent == ui->root) {
            note_tree(ui, c, clip, damage);
        }
    }
}

void frame_compare(struct ui *ui)
{
    struct canvas *canvas = window_canvas(ui->window);
    struct rect whole = {0, 0, ui->w, ui->h};
    ui->round++;
    if (ui->repaint_all) {
        canvas_damage(canvas, whole);
    }
    note_tree(ui, ui->root, whole, !ui->repaint_all);
    for (size_t i = 0; i < ui->record_cap; i++) {
        struct record *r = &ui->records[i];
        if (r->id && r->round + 1 == ui->round) {
            canvas_damage(canvas, r->clip); /* was there, is gone */
            r->round = 0;
        }
    }
    struct rect preview = keyboard_preview(ui);
    if (!same(preview, ui->preview)) {
        canvas_damage(canvas, ui->preview);
        canvas_damage(canvas, preview);
        ui->preview = preview;
    }
    if (ui->round % 64 == 0) {
        record_rebuild(ui, ui->record_cap);
    }
    ui->repaint_all = ui->is_unseen = false;
    ui->signed_presses = -1;
}

/* ---- painting ---- */

static void paint_ring_of(struct ui *ui, const struct node *node, struct paint *paint)
{
    int width = ring_width(ui), gap = ui_px(ui, RING_GAP);
    bool inside = node->flags & NODE_INSIDE_RING;
    struct rect r = inside ? rect_grown(node->r, -ui_px(ui, 1)) : rect_grown(node->r, gap + width);
    int radius = ui_px(ui, node->look.radius) + (inside ? -ui_px(ui, 1) : gap + width);
    radius = inside && node->look.radius < 5 ? ui_px(ui, 4) : radius;
    if (!inside) {
        struct rect moat = rect_grown(node->r, gap);
        struct paint_line between = {.radius = ui_px(ui, node->look.radius) + gap,
                                     .width = gap,
                                     .colour = ui_colour(ui, TOKEN_SURFACE)};
        paint_outline(paint, moat, &between);
    }
    if (inside && (node->look.fill == TOKEN_PRIMARY || node->look.fill == TOKEN_ERROR)) {
        struct paint_line moat = {.radius = radius, /* the ring never touches these */
                                  .width = width + gap,
                                  .colour = ui_colour(ui, TOKEN_SURFACE)};
        paint_outline(paint, r, &moat);
    }
    struct paint_line ring = {
        .radius = radius, .width = width, .colour = ui_colour(ui, TOKEN_FOCUS)};
    paint_outline(paint, r, &ring);
}

static void paint_tree(struct ui *ui, const struct node *node, struct paint *paint,
                       struct rect part)
{
    bool hits = !rect_is_empty(rect_both(reach(ui, node), part));
    if (hits && is_seen(node)) {
        node->widget->paint(ui, node, paint);
    }
    bool clips = node->flags & (NODE_SCROLL | NODE_LIST);
    struct rect inner = clips ? rect_both(part, node->r) : part;
    if (node->first && !rect_is_empty(inner)) {
        if (clips) {
            paint_clip(paint, node->r);
        }
        for (const struct node *c = node->first; c; c = c->next) {
            struct rect room = rect_grown(c->r, ui_px(ui, RING + 1 + RING_GAP));
            if (!rect_is_empty(rect_both(room, inner)) || c->parent == ui->root) {
                paint_tree(ui, c, paint, inner);
            }
        }
        if (clips) {
            paint_unclip(paint);
        }
    }
    if (hits && has_ring(ui, node)) {
        paint_ring_of(ui, node, paint);
    }
}

void frame_paint(struct ui *ui)
{
    struct canvas *canvas = window_canvas(ui->window);
    for (int i = 0; i < canvas->damages; i++) {
        struct paint *paint = paint_begin(canvas, canvas->damage[i]);
        paint_fill(paint, canvas->damage[i], ui_colour(ui, TOKEN_BG));
        paint_tree(ui, ui->root, paint, canvas->damage[i]);
        keyboard_paint_preview(ui, paint);
        paint_end(paint, NULL);
    }
}

/* Something painted after the part (toast, sheet, ring of a neighbour) floats over it: its pixels
 * must not travel. */
static void damage_floating(struct ui *ui, const struct node *part, int dy)
{
    struct canvas *canvas = window_canvas(ui->window);
    const struct node *layer = part;
    while (layer->parent && layer->parent != ui->root) {
        layer = layer->parent;
    }
    for (const struct node *c = layer->next; c; c = c->next) {
        for (const struct node *n = c; n; n = node_next(c, n)) {
            struct rect over = rect_both(reach(ui, n), part->r);
            if (is_seen(n) && !rect_is_empty(over)) {
                canvas_damage(canvas, over);
                over.y += dy;
                canvas_damage(canvas, rect_both(over, part->r));
            }
        }
    }
}

void frame_scroll(struct ui *ui, struct node *node, int dy)
{
    struct canvas *canvas = window_canvas(ui->window);
    struct rect part = rect_both(node->r, node_clip(ui, node));
    if (ui->is_unseen) {
        return; /* the pixels are those of another layout: the comparison finds what moved */
    }
    canvas_scroll(canvas, part, dy);
    damage_floating(ui, node, dy);
    for (struct node *n = node->first; n; n = node_next(node, n)) {
        struct record *record = record_slot(ui->records, ui->record_cap, n->id);
        if (record->id && record->round == ui->round) {
            record->r.y += dy;
            record->clip.y += dy; /* with the ring that may have left it in this turn */
            record->clip = rect_both(rect_around(record->clip, reach(ui, n)), part);
        } else if (is_seen(n) && !rect_is_empty(rect_both(reach(ui, n), part))) {
            note(ui, n, part, false);
        }
    }
}
