/* Is everything reached by arrows alone, and does one see where one is? */
#include "app/ui/check.h"

#include <stdio.h>
#include <string.h>

struct stop {
    struct node *node;
    bool is_reached;
};

typedef VEC(struct stop) stops;

static void gather_stops(struct ui *ui, stops *all)
{
    struct node *layer = focus_layer(ui);
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (focus_fits(ui, n)) {
            vec_push(all, (struct stop){n, false});
        }
    }
}

static struct stop *stop_of(const stops *all, const struct node *node)
{
    for (size_t i = 0; node && i < all->n; i++) {
        if (all->v[i].node == node) {
            return &all->v[i];
        }
    }
    return NULL;
}

/* Parts that were moved, to be put back. */
struct moved {
    const struct node *part;
    int dy;
};
typedef VEC(struct moved) moves;

static void shift(const struct node *part, int dy)
{
    for (struct node *c = part->first; c; c = c->next) {
        node_shift(c, dy);
    }
}

/* A thing that has the focus is in view; neighbours are looked for from there. */
static void bring(const struct node *node, moves *done)
{
    const struct node *part = node->parent;
    while (part && !(part->flags & (NODE_SCROLL | NODE_LIST))) {
        part = part->parent;
    }
    if (!part) {
        return;
    }
    int below = node->r.y + node->r.h - (part->r.y + part->r.h), above = part->r.y - node->r.y;
    int dy = above > 0 ? above : below > 0 ? -below : 0;
    if (dy != 0) {
        shift(part, dy);
        vec_push(done, (struct moved){part, dy});
    }
}

/* From the place where keys begin, arrow by arrow. */
static void walk(struct ui *ui, const stops *all)
{
    static const int arrows[] = {KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT};
    VEC(struct node *) todo = {0};
    moves done = {0};
    struct stop *first = stop_of(all, focus_first(ui));
    if (first) {
        first->is_reached = true;
        vec_push(&todo, first->node);
    }
    while (todo.n > 0) {
        struct node *at = todo.v[--todo.n];
        bring(at, &done);
        for (int i = 0; i < 4; i++) {
            struct stop *to = stop_of(all, focus_towards(ui, at, arrows[i]));
            if (to && !to->is_reached) {
                to->is_reached = true;
                vec_push(&todo, to->node);
            }
        }
    }
    while (done.n > 0) {
        done.n--;
        shift(done.v[done.n].part, -done.v[done.n].dy);
    }
    vec_finish(&done);
    vec_finish(&todo);
}

/* How far the ring of a part may run over the place of a text: the room between lines. */
static int slack(const struct ui *ui)
{
    return ui_px(ui, 2);
}

/* A ring is cut where its view or the window ends, unless that scrolls. */
static void check_cut(struct findings *f, const struct part *part, int reach)
{
    struct rect ring = rect_grown(part->node->r, reach), room = {0, 0, f->ui->w, f->ui->h};
    const struct node *view = part->view;
    for (const struct node *v = view; v; v = v->parent) {
        if (v->flags & (NODE_SCROLL | NODE_LIST)) {
            int left = v->r.x > room.x ? v->r.x : room.x;
            int right = v->r.x + v->r.w < room.x + room.w ? v->r.x + v->r.w : room.x + room.w;
            room.x = left;
            room.w = right - left;
        }
    }
    if (view) {
        struct scroll *scroll = scroll_get(f->ui, view->id);
        bool is_list = view->flags & NODE_LIST;
        room.y = is_list ? ring.y : view->r.y - scroll->offset;
        room.h = is_list ? ring.h : scroll->content > view->r.h ? scroll->content : view->r.h;
    }
    struct rect seen = rect_both(ring, room);
    if (seen.w != ring.w || seen.h != ring.h) {
        finding(f, part->node, "its focus ring is cut off");
    }
}

/* Nothing that comes later is painted over the ring, and the ring over no other text. */
static void check_covered(struct findings *f, const struct part *part, int reach)
{
    struct node around = *part->node;
    struct part ring = *part;
    struct rect window = {0, 0, f->ui->w, f->ui->h};
    around.r = rect_grown(part->node->r, reach);
    ring.node = &around;
    ring.seen = rect_both(around.r, part->view ? rect_both(window, part->view->r) : window);
    size_t at = (size_t)(part - f->parts.v);
    for (size_t i = part->grounds; i < f->grounds.n; i++) {
        const struct ground *g = &f->grounds.v[i];
        struct rect both = check_meet(&ring, g->node, g->seen, g->view);
        bool own = check_holds(part->node, g->node) || g->layer != part->layer;
        if (!own && both.w > 1 && both.h > 1) {
            finding(f, part->node, "its focus ring is painted over");
            return;
        }
    }
    for (size_t i = 0; i < f->parts.n; i++) {
        const struct part *other = &f->parts.v[i];
        bool related = (i >= at && i < part->until) || (i < at && other->until > at);
        if (related || other->layer != part->layer || !(other->kinds & (PART_TEXT | PART_ICON))) {
            continue;
        }
        struct rect both = check_meet(&ring, other->node, other->seen, other->view);
        if (both.w > slack(f->ui) && both.h > slack(f->ui)) {
            finding(f, part->node, "its focus ring runs over a text");
            return;
        }
    }
}

static void check_name(struct findings *f, const struct node *node)
{
    struct buf name = {0};
    if (!(node->flags & NODE_FIELD)) {
        node_name(node, &name);
    } else if (node->name) {
        buf_add_text(&name, node->name);
    }
    if (name.n == 0) {
        finding(f, node, "nothing says what it is");
    }
    if (!node->key) {
        finding(f, node, "it has no key: no script finds it");
    }
    buf_finish(&name);
}

void check_focus(struct findings *f)
{
    stops all = {0};
    gather_stops(f->ui, &all);
    walk(f->ui, &all);
    for (size_t i = 0; i < all.n; i++) {
        if (!all.v[i].is_reached) {
            finding(f, all.v[i].node, "no arrow key leads to it");
        }
    }
    for (size_t i = 0; i < f->parts.n; i++) {
        const struct part *part = &f->parts.v[i];
        if (!(part->kinds & (PART_PRESS | PART_FIELD)) || part->node->flags & NODE_KIT) {
            continue;
        }
        check_name(f, part->node);
        int reach = frame_ring(f->ui, part->node);
        if (stop_of(&all, part->node) && reach > 0) {
            check_cut(f, part, reach);
            check_covered(f, part, reach);
        }
    }
    vec_finish(&all);
}
