/* What a person would trip over, found in the tree: for tests over any screen. */
#include "app/ui/check.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/utf8.h"

enum {
    TARGET = 48,
    ROW_GLOVED = 72,
    KEY_WIDE = 34,
    KEY_HIGH = 46,
    VIEW_LEAST = 72,
};

void finding(struct findings *f, const struct node *node, const char *what)
{
    struct buf path = {0}, name = {0};
    const struct node *keyed = node;
    while (keyed && !keyed->key) {
        keyed = keyed->parent;
    }
    if (keyed) {
        node_path(keyed, &path);
    }
    node_name(node, &name);
    for (size_t i = 0; i < name.n; i++) {
        name.s[i] = name.s[i] == '\n' ? ' ' : name.s[i];
    }
    buf_addf(f->to, "%s \"%s\" (%s%s) at %d,%d %dx%d: %s\n", node->widget->role, buf_text(&name),
             keyed == node ? "" : "in ", buf_text(&path), node->r.x, node->r.y, node->r.w,
             node->r.h, what);
    buf_finish(&path);
    buf_finish(&name);
    f->good = false;
}

/* ---- gathering ---- */

static bool is_text(const struct node *node)
{
    return (node->widget == &widget_text || node->widget == &widget_heading) && node->text &&
           node->text[0];
}

static int kinds_of(const struct node *node)
{
    static const struct widget *const others[] = {&widget_image, &widget_qr,    &widget_view,
                                                  &widget_ink,   &widget_mark,  &widget_progress,
                                                  &widget_bars,  &widget_slider};
    int kinds = is_text(node)                             ? PART_TEXT
                : node->widget == &widget_icon            ? PART_ICON
                : node->flags & NODE_FIELD                ? PART_FIELD
                : node->flags & (NODE_SCROLL | NODE_LIST) ? PART_VIEW
                                                          : 0;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        kinds |= node->widget == others[i] ? PART_OTHER : 0;
    }
    return kinds | (node->flags & (NODE_PRESS | NODE_FOCUS) ? PART_PRESS : 0);
}

struct around {
    const struct node *layer, *view;
    struct rect clip;
};

static void gather(struct findings *f, const struct node *node, struct around around)
{
    int kinds = kinds_of(node), ground = GROUND_NONE;
    struct rect seen = rect_both(node->r, around.clip);
    size_t at = f->parts.n;
    if (node->widget->ground) {
        ground = node->widget->ground(f->ui, node);
    }
    if (ground != GROUND_NONE) {
        vec_push(&f->grounds, (struct ground){node, around.view, around.layer, seen, ground});
    }
    if (kinds) {
        vec_push(&f->parts,
                 (struct part){node, around.view, around.layer, seen, kinds, 0, f->grounds.n});
    }
    if (node->flags & (NODE_SCROLL | NODE_LIST)) {
        around.view = node;
        around.clip = rect_both(around.clip, node->r);
    }
    for (const struct node *c = node->first; c; c = c->next) {
        gather(f, c, around);
    }
    if (kinds) {
        f->parts.v[at].until = f->parts.n;
    }
}

/* What lies below a layer that is open was looked at before it opened. */
static void gather_all(struct findings *f)
{
    struct ui *ui = f->ui;
    const struct node *from = focus_layer(ui);
    bool open = false;
    for (const struct node *c = ui->root->first; c; c = c->next) {
        open = open || c == from;
        if (open) {
            gather(f, c, (struct around){c, NULL, {0, 0, ui->w, ui->h}});
        }
    }
}

bool check_holds(const struct node *node, const struct node *inside)
{
    while (inside && inside != node) {
        inside = inside->parent;
    }
    return inside != NULL;
}

struct rect check_meet(const struct part *part, const struct node *other, struct rect seen,
                       const struct node *view)
{
    if (part->view == view) {
        return rect_both(part->node->r, other->r);
    }
    return rect_both(part->seen, seen);
}

/* ---- texts ---- */

/* The longest run of letters; a word that is longer than its line is torn. */
static struct str longest_word(const char *text)
{
    struct str best = {"", 0}, rest = str_of(text);
    const char *start = rest.s;
    uint32_t code;
    do {
        const char *at = rest.s;
        bool more = utf8_next(&rest, &code);
        bool letter = more && (code >= 0x80 ? code != 0xa0 && (code < 0x2000 || code > 0x206f)
                                            : (code | 32) >= 'a' && (code | 32) <= 'z');
        if (!letter) {
            if ((size_t)(at - start) > best.n) {
                best = (struct str){start, (size_t)(at - start)};
            }
            start = rest.s;
        }
        if (!more) {
            return best;
        }
    } while (true);
}

static void check_words(struct findings *f, const struct node *node, int w)
{
    if (node->flags & (NODE_MARKUP | NODE_CODE) || w > ui_px(f->ui, 160)) {
        return;
    }
    struct text word = node_spec(f->ui, node, 0);
    word.s = longest_word(node->text);
    word.lines = 1;
    if (word.s.n > 0 && text_measure(&word).w > w) {
        finding(f, node, "a word is torn: there is no room for it");
    }
}

/* Does something open that shows what is cut: a row that is pressed; the bar tells what the page
 * says? */
static bool may_be_cut(const struct node *node)
{
    for (const struct node *p = node->parent; p; p = p->parent) {
        if ((p->widget == &widget_row || p->widget == &widget_item) && p->flags & NODE_PRESS) {
            return true;
        }
        if (p->widget == &widget_bar && p->parent && !p->parent->parent->parent) {
            return node->widget == &widget_heading;
        }
    }
    return false;
}

static void check_text(struct findings *f, const struct node *node)
{
    int w = node->r.w - node->pad[0] - node->pad[2], h = node->r.h - node->pad[1] - node->pad[3];
    struct text text = node_spec(f->ui, node, w > 0 ? w : 1);
    struct text_size size = text_measure(&text);
    if (size.w > w || size.h > h) {
        finding(f, node, "the text is larger than its place");
    }
    if (!(node->flags & NODE_MARKUP) && !text_is_shown(&text)) {
        finding(f, node, "a letter has no glyph");
    }
    if (size.cut && !may_be_cut(node)) {
        finding(f, node, "the text is cut and nothing shows the rest");
    }
    check_words(f, node, w);
}

static void check_field(struct findings *f, const struct node *node)
{
    const struct ui_field *field = node->data;
    int w = node->r.w - node->pad[0] - node->pad[2], h = node->r.h - node->pad[1] - node->pad[3];
    struct text text = node_spec(f->ui, node, w > 0 ? w : 1);
    if (field->lines > 1 && text_measure(&text).h > h) {
        finding(f, node, "what was written is larger than the field");
    }
    struct rect seen = rect_both(node->r, node_clip(f->ui, node));
    bool typed = f->ui->edit.id == node->id && f->ui->root->last->widget == &widget_key;
    if (typed && field->lines <= 1 && (seen.h != node->r.h || seen.w != node->r.w)) {
        finding(f, node, "one does not see what one types");
    }
    text.lines = 1;
    text.s = str_of("Ệ");
    if (text_measure(&text).h > h) {
        finding(f, node, "a line is higher than the field");
    }
    text = field_example(f->ui, node, w > 0 ? w : 1);
    if (text.s.n && text_measure(&text).h > h) {
        finding(f, node, "the example in the field is cut");
    }
}

/* ---- places ---- */

/* Inside of everything that holds it, or reached by scrolling. */
static void check_place(struct findings *f, const struct node *node)
{
    for (const struct node *p = node->parent; p; p = p->parent) {
        struct rect in = rect_both(p->r, node->r);
        if (p->flags & (NODE_SCROLL | NODE_LIST)) {
            struct scroll *scroll = scroll_get(f->ui, p->id);
            int top = node->r.y - p->r.y + scroll->offset;
            bool below = p->flags & NODE_SCROLL && (top < 0 || top + node->r.h > scroll->content);
            if (node->r.x < p->r.x || node->r.x + node->r.w > p->r.x + p->r.w || below) {
                finding(f, node, "no scrolling brings it into view");
            }
            return;
        }
        if (in.w != node->r.w || in.h != node->r.h) {
            finding(f, node,
                    p == f->ui->root ? "outside of the window" : "sticks out of what holds it");
            return;
        }
    }
}

static void check_view(struct findings *f, const struct node *node)
{
    int least = ui_px(f->ui, VIEW_LEAST);
    if (node->flags & NODE_SCROLL) {
        int content = scroll_get(f->ui, node->id)->content;
        least = content < least ? content : least;
    } else if (!node->first) {
        return;
    }
    if (node->r.h < least) {
        finding(f, node, "so little of it is in view that it cannot be read");
    }
}

static void check_touch(struct findings *f, const struct node *node)
{
    struct ui *ui = f->ui;
    bool small = node->flags & NODE_SMALL, row = node->widget == &widget_row;
    int wide = ui_finger(ui, TARGET) - 1, high = wide;
    if (small) { /* many in a row that is as wide as the window: no glove makes it wider */
        double plain = ui->bare / (ui->set.glove ? 1.15 : 1);
        wide = (int)(KEY_WIDE * plain);
        high = (int)(KEY_HIGH * plain);
    } else if (ui->set.glove && (row || node->widget == &widget_item)) {
        high = (int)(ROW_GLOVED * ui->finger / 1.15);
    }
    if (node->r.w < wide || node->r.h < high) {
        finding(f, node, "smaller than a finger");
    }
}

/* ---- overlaps ---- */

static void check_overlaps(struct findings *f)
{
    enum { ALL = PART_TEXT | PART_ICON | PART_FIELD | PART_PRESS | PART_OTHER };
    for (size_t i = 0; i < f->parts.n; i++) {
        const struct part *a = &f->parts.v[i];
        for (size_t k = a->until; a->kinds & ALL && k < f->parts.n; k++) {
            const struct part *b = &f->parts.v[k];
            if (!(b->kinds & ALL) || a->layer != b->layer) {
                continue;
            }
            struct rect both = check_meet(a, b->node, b->seen, b->view);
            if (both.w > 1 && both.h > 1) {
                struct buf name = {0}, what = {0};
                node_name(b->node, &name);
                buf_addf(&what, "overlaps %s \"%s\"", b->node->widget->role, buf_text(&name));
                finding(f, a->node, buf_text(&what));
                buf_finish(&name);
                buf_finish(&what);
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
            finding(f, all.v[i], "two things have this key");
        }
    }
    vec_finish(&all);
}

bool ui_check(struct ui *ui, struct buf *to)
{
    struct findings f = {.ui = ui, .to = to, .good = true};
    gather_all(&f);
    for (size_t i = 0; i < f.parts.n; i++) {
        const struct part *part = &f.parts.v[i];
        check_place(&f, part->node);
        if (part->kinds & PART_TEXT) {
            check_text(&f, part->node);
        }
        if (part->kinds & PART_FIELD) {
            check_field(&f, part->node);
        }
        if (part->kinds & PART_VIEW) {
            check_view(&f, part->node);
        }
        if (part->kinds & PART_PRESS) {
            check_touch(&f, part->node);
        }
    }
    check_overlaps(&f);
    check_contrast(&f);
    check_focus(&f);
    check_keys(&f);
    vec_finish(&f.parts);
    vec_finish(&f.grounds);
    return f.good;
}
