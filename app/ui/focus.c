/* Where keys go: by direction, by order, kept by id from build to build. */
#include "app/ui/node.h"

#include <stdlib.h>
#include <string.h>

struct node *focus_layer(struct ui *ui)
{
    struct node *layer = ui->screen;
    for (struct node *c = ui->root->first; c; c = c->next) {
        if (c->flags & NODE_MODAL) {
            layer = c;
        }
    }
    return layer;
}

static bool is_below(const struct node *top, const struct node *node)
{
    while (node && node != top) {
        node = node->parent;
    }
    return node != NULL;
}

bool focus_fits(struct ui *ui, const struct node *node)
{
    return node->flags & (NODE_PRESS | NODE_FOCUS | NODE_FIELD) &&
           !(node->flags & (NODE_DISABLED | NODE_KIT)) &&
           (is_below(focus_layer(ui), node) ||
            (node->parent && node->parent->widget == &widget_badge)); /* the toast's button */
}

/* Gives the focus without moving what is seen: a page that has just come is read from its top. */
static void focus_quietly(struct ui *ui, struct node *node)
{
    if (ui->focus != node->id) {
        ui->focus = node->id;
        ui->is_laid = false;
    }
    edit_stop(ui);
}

void focus_set(struct ui *ui, struct node *node)
{
    uint64_t id = node ? node->id : 0;
    if (ui->focus != id) {
        ui->focus = id;
        ui->is_laid = false; /* the ring moves */
    }
    if (node && node->flags & NODE_FIELD && !(node->flags & NODE_DISABLED)) {
        edit_start(ui, node);
    } else {
        edit_stop(ui);
    }
    if (node) {
        scroll_to(ui, node);
    }
}

/* The nearest list or scrolling part around a node. */
static const struct node *container_of(const struct node *node)
{
    const struct node *n = node->parent;
    while (n && !(n->flags & (NODE_SCROLL | NODE_LIST))) {
        n = n->parent;
    }
    return n;
}

static int gap_between(int a0, int a1, int b0, int b1)
{
    return b0 > a1 ? b0 - a1 : a0 > b1 ? a0 - b1 : 0;
}

/* Distance along plus twice what it is off. */
long focus_distance(struct rect from, struct rect to, int code)
{
    long along, across;
    int fx = from.x + from.w / 2, fy = from.y + from.h / 2;
    int tx = to.x + to.w / 2, ty = to.y + to.h / 2;
    if (code == KEY_UP || code == KEY_DOWN) {
        along = code == KEY_DOWN ? ty - fy : fy - ty;
        across = gap_between(from.x, from.x + from.w, to.x, to.x + to.w);
        bool overlaps = gap_between(from.y, from.y + from.h, to.y, to.y + to.h) == 0 &&
                        labs(ty - fy) * 2 < from.h;
        across += labs(tx - fx) / 8;
        if (along <= 0 || overlaps) {
            return -1;
        }
    } else {
        along = code == KEY_RIGHT ? tx - fx : fx - tx;
        int top = from.y > to.y ? from.y : to.y, low = from.y + from.h;
        low = low < to.y + to.h ? low : to.y + to.h;
        across = labs(ty - fy) / 8;
        if (along <= 0 || low <= top) { /* sideways only within the same line */
            return -1;
        }
    }
    return along + 2 * across;
}

struct candidate {
    struct node *node;
    struct rect r;
    bool inside; /* of the same container */
    long distance;
};

/* Does one lie wholly before the other on the way? A line that stands between is never skipped. */
static bool is_before(const struct candidate *a, const struct candidate *b, int code)
{
    return code == KEY_DOWN ? a->r.y + a->r.h <= b->r.y
                            : code == KEY_UP && b->r.y + b->r.h <= a->r.y;
}

static bool is_better(const struct candidate *a, const struct candidate *b, int code)
{
    if (!b->node || a->inside != b->inside) {
        return !b->node || a->distance < b->distance;
    }
    return is_before(a, b, code) || (!is_before(b, a, code) && a->distance < b->distance);
}

struct node *focus_towards(struct ui *ui, const struct node *from, int code)
{
    struct candidate best = {.node = NULL};
    const struct node *home = container_of(from);
    struct node *layer = focus_layer(ui);
    struct rect seen = rect_both(from->r, node_clip(ui, from));
    struct rect here = rect_is_empty(seen) ? from->r : seen;
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (n == from || !focus_fits(ui, n)) {
            continue;
        }
        struct candidate c = {n, n->r, container_of(n) == home, 0};
        c.r = c.inside ? c.r : rect_both(c.r, node_clip(ui, n));
        c.distance = rect_is_empty(c.r) ? -1 : focus_distance(here, c.r, code);
        if (c.distance < 0) { /* not there, or nobody sees that it is */
            continue;
        }
        c.distance += c.inside || !home ? 0 : 100000; /* the same container first */
        if (is_better(&c, &best, code)) {
            best = c;
        }
    }
    return best.node;
}

struct node *focus_first(struct ui *ui)
{
    struct node *layer = focus_layer(ui), *any = NULL;
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (!focus_fits(ui, n)) {
            continue;
        }
        if (n->flags & NODE_FIRST) {
            return n;
        }
        const struct node *up = n->parent; /* a bar, perhaps by a row of it */
        bool in_bar =
            up && (up->widget == &widget_bar || (up->parent && up->parent->widget == &widget_bar));
        bool is_cross = n->key && strcmp(n->key, "close") == 0; /* of a sheet: the way out, too */
        if (!any && !in_bar && !is_cross) {
            any = n;
        }
    }
    for (struct node *n = layer; n && !any; n = node_next(layer, n)) {
        any = focus_fits(ui, n) ? n : NULL;
    }
    return any;
}

static struct node *in_order(struct ui *ui, const struct node *from, bool back)
{
    struct node *layer = focus_layer(ui), *before = NULL, *last = NULL;
    bool passed = false;
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (!focus_fits(ui, n)) {
            continue;
        }
        if (passed && !back) {
            return n;
        }
        if (n == from) {
            passed = true;
            if (back) {
                return before;
            }
        }
        before = n;
        last = n;
    }
    return passed ? NULL : last;
}

/* The part that scrolls moves on when there is nothing to focus in that direction. */
static bool scroll_on(struct ui *ui, const struct node *from, int code)
{
    if (code != KEY_UP && code != KEY_DOWN) {
        return false;
    }
    const struct node *part = from ? container_of(from) : NULL;
    if (!part) {
        struct node *layer = focus_layer(ui);
        for (struct node *n = layer; n && !part; n = node_next(layer, n)) {
            part = n->flags & (NODE_SCROLL | NODE_LIST) ? n : NULL;
        }
    }
    int dy = ui_px(ui, 64);
    return part && scroll_by(ui, scroll_get(ui, part->id), code == KEY_DOWN ? dy : -dy) != 0;
}

/* A list has rows that are not built yet: it moves until the next one is there. */
static struct node *next_in_list(struct ui *ui, struct node *from, int code)
{
    const struct node *list = container_of(from);
    if (!list || !(list->flags & NODE_LIST) || (code != KEY_UP && code != KEY_DOWN)) {
        return NULL;
    }
    uint64_t id = from->id;
    int dy = from->r.h > 0 ? from->r.h : ui_px(ui, 64);
    struct scroll *scroll = scroll_get(ui, list->id);
    if (scroll_by(ui, scroll, code == KEY_DOWN ? dy : -dy) == 0) {
        return NULL;
    }
    struct node *again = node_find(ui, id);
    struct node *to = again ? focus_towards(ui, again, code) : NULL;
    return to && container_of(to) == list ? to : NULL;
}

bool focus_move(struct ui *ui, int code, bool back)
{
    struct node *from = node_find(ui, ui->focus), *to = NULL;
    bool was_seen = ui->focus_seen;
    ui->focus_seen = true;
    ui->is_laid = ui->is_laid && was_seen;
    if (!from || !focus_fits(ui, from)) {
        to = focus_first(ui);
    } else if (!was_seen && !ui->edit.id) { /* the first key shows where the focus is */
        to = from;
    } else if (code == KEY_TAB) {
        to = in_order(ui, from, back);
    } else {
        to = focus_towards(ui, from, code);
        const struct node *home = container_of(from); /* none: a field above a list goes into it */
        bool leaves = to && home && container_of(to) != home;
        if (!to || leaves) {
            struct node *row = next_in_list(ui, from, code);
            to = row ? row : to;
            if (!row && leaves && scroll_on(ui, from, code)) {
                return true;
            }
        }
    }
    if (to) {
        focus_set(ui, to);
        return true;
    }
    return scroll_on(ui, from, code);
}

static struct place *place_of(struct ui *ui, uint64_t screen)
{
    for (size_t i = 0; i < ui->places.n; i++) {
        if (ui->places.v[i].screen == screen) {
            return &ui->places.v[i];
        }
    }
    vec_push(&ui->places, (struct place){screen, 0});
    return &ui->places.v[ui->places.n - 1];
}

/* Somebody asked for the focus by key (ui_focus). */
static struct node *asked_for(struct ui *ui)
{
    struct node *node = NULL;
    if (ui->focus_key.n > 0) {
        node = node_find_key(ui, buf_text(&ui->focus_key));
        buf_clear(&ui->focus_key);
    }
    while (node && !focus_fits(ui, node)) { /* a group: its first thing that can have it */
        struct node *inside = NULL;
        for (struct node *n = node; n && !inside; n = node_next(node, n)) {
            inside = focus_fits(ui, n) ? n : NULL;
        }
        return inside;
    }
    return node;
}

void focus_keep(struct ui *ui)
{
    struct node *wanted = asked_for(ui), *now = node_find(ui, ui->focus);
    struct node *layer = focus_layer(ui);
    uint64_t where = id_mix(ui->screen_id, layer == ui->screen ? 0 : layer->id);
    struct place *place = place_of(ui, where);
    static const uint64_t none = 0;
    bool is_new = ui->places.n > 0 && ui->last_place != where;
    ui->last_place = where;
    if (!wanted && is_new) {
        wanted = place->focus != none ? node_find(ui, place->focus) : NULL;
        if (!wanted) {
            wanted = focus_first(ui);
            if (wanted && !(wanted->flags & (NODE_FIRST | NODE_FIELD))) {
                focus_quietly(ui, wanted);
                place->focus = ui->focus;
                return;
            }
            wanted = wanted && wanted->flags & NODE_FIRST ? wanted : NULL;
        }
        if (!wanted) {
            focus_set(ui, NULL);
        }
    } else if (!wanted && ui->focus && (!now || !focus_fits(ui, now))) {
        wanted = ui->focus_seen ? focus_first(ui) : NULL;
        if (!wanted) {
            focus_set(ui, NULL);
        }
    }
    if (wanted) {
        bool opens = wanted->flags & NODE_FIELD && wanted->id != ui->edit.id;
        focus_set(ui, wanted);
        ui->keyboard = opens ? ui->by_touch : ui->keyboard;
    }
    place_of(ui, where)->focus = ui->focus;
}
