/* What a person would trip over, found in the tree: for tests over any screen. */
#include "app/ui/node.h"

#include <stdlib.h>
#include <string.h>

enum { TARGET = 48 };

struct findings {
    struct ui *ui;
    struct buf *to;
    bool good;
};

static void say(struct findings *f, const struct node *node, const char *what)
{
    struct buf path = {0}, name = {0};
    if (node->key) {
        node_path(node, &path);
    }
    node_name(node, &name);
    buf_addf(f->to, "%s \"%s\" (%s) at %d,%d %dx%d: %s\n", node->widget->role, buf_text(&name),
             buf_text(&path), node->r.x, node->r.y, node->r.w, node->r.h, what);
    buf_finish(&path);
    buf_finish(&name);
    f->good = false;
}

static bool is_whole(const struct ui *ui, const struct node *node)
{
    struct rect seen = rect_both(node->r, node_clip(ui, node));
    return seen.w == node->r.w && seen.h == node->r.h;
}

static bool is_text(const struct node *node)
{
    return (node->widget == &widget_text || node->widget == &widget_heading) && node->text &&
           node->text[0];
}

static void check_text(struct findings *f, const struct node *node)
{
    int w = node->r.w - node->pad[0] - node->pad[2], h = node->r.h - node->pad[1] - node->pad[3];
    struct text text = node_spec(f->ui, node, w > 0 ? w : 1);
    struct text_size size = text_measure(&text);
    if (size.w > w || size.h > h) {
        say(f, node, "the text is larger than its place");
    }
    if (!(node->flags & NODE_MARKUP) && !text_is_shown(&text)) {
        say(f, node, "a letter has no glyph");
    }
    bool must_be_whole = node->widget == &widget_heading && node->lines != 1;
    if (size.cut && must_be_whole) {
        say(f, node, "the text is cut");
    }
    for (const struct node *p = node->parent; p; p = p->parent) {
        if (p->flags & (NODE_SCROLL | NODE_LIST)) {
            break;
        }
        struct rect in = rect_both(p->r, node->r);
        if (in.w != node->r.w || in.h != node->r.h) {
            say(f, node, "the text sticks out of what holds it");
            break;
        }
    }
}

static void check_control(struct findings *f, const struct node *node)
{
    int target = ui_px(f->ui, TARGET) - 1;
    struct buf name = {0};
    node_name(node, &name);
    if (name.n == 0) {
        say(f, node, "nothing says what it is");
    }
    buf_finish(&name);
    bool small = node->r.w < target || node->r.h < target;
    if (small && !(node->flags & NODE_SMALL)) {
        say(f, node, "smaller than a finger");
    }
    struct rect window = {0, 0, f->ui->w, f->ui->h}, in = rect_both(window, node->r);
    bool scrolls = false;
    for (const struct node *p = node->parent; p; p = p->parent) {
        scrolls = scrolls || p->flags & (NODE_SCROLL | NODE_LIST);
    }
    if (in.w != node->r.w || (in.h != node->r.h && !scrolls)) {
        say(f, node, "outside of the window");
    }
}

static const struct node *layer_of(const struct ui *ui, const struct node *node)
{
    while (node->parent && node->parent != ui->root) {
        node = node->parent;
    }
    return node;
}

static void check_overlaps(struct findings *f)
{
    struct ui *ui = f->ui;
    for (struct node *a = ui->root; a; a = node_next(ui->root, a)) {
        if (!is_text(a)) {
            continue;
        }
        struct rect ra = rect_both(a->r, node_clip(ui, a));
        for (struct node *b = node_next(ui->root, a); b; b = node_next(ui->root, b)) {
            bool other = is_text(b) && layer_of(ui, a) == layer_of(ui, b);
            struct rect both = rect_both(ra, rect_both(b->r, node_clip(ui, b)));
            if (other && both.w > 1 && both.h > 1) {
                say(f, a, b->text);
            }
        }
    }
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = (*(const struct node *const *)a)->id, y = (*(const struct node *const *)b)->id;
    return x < y ? -1 : x > y;
}

static void check_keys(struct findings *f)
{
    VEC(const struct node *) all = {0};
    for (struct node *n = f->ui->root; n; n = node_next(f->ui->root, n)) {
        if (n->key) {
            vec_push(&all, n);
        }
    }
    qsort(all.v, all.n, sizeof(*all.v), by_id);
    for (size_t i = 1; i < all.n; i++) {
        if (all.v[i]->id == all.v[i - 1]->id) {
            say(f, all.v[i], "two things have this key");
        }
    }
    vec_finish(&all);
}

bool ui_check(struct ui *ui, struct buf *to)
{
    struct findings f = {ui, to, true};
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        if (rect_is_empty(rect_both(n->r, node_clip(ui, n))) && n->r.h > 0) {
            continue;
        }
        if (is_text(n)) {
            check_text(&f, n);
        }
        bool control = n->flags & (NODE_PRESS | NODE_FIELD) && !(n->flags & NODE_KIT);
        if (control && (is_whole(ui, n) || !(n->flags & NODE_DISABLED))) {
            check_control(&f, n);
        }
    }
    check_overlaps(&f);
    check_keys(&f);
    return f.good;
}
