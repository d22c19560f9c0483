/* One pass of rows and columns: measure(width) goes down and comes back with a height, place(rect)
 * hands out whole pixels. Start and end are logical: a row is mirrored after its places are known.
 */
#include "app/ui/node.h"

/* Is a row of it laid out from the right? Keyboards keep their order in every language. */
static bool is_mirrored(const struct ui *ui, const struct node *node)
{
    return ui->set.rtl && !(node->flags & NODE_LTR);
}

static int pads_x(const struct node *node)
{
    return node->pad[0] + node->pad[2];
}

static int pads_y(const struct node *node)
{
    return node->pad[1] + node->pad[3];
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int gaps(const struct node *node)
{
    return node->children > 1 ? (node->children - 1) * node->gap : 0;
}

static void measure_column(struct ui *ui, struct node *node, int inner)
{
    int h = gaps(node), w = 0;
    for (struct node *c = node->first; c; c = c->next) {
        node_measure(ui, c, inner);
        h += c->want_h;
        w = most(w, c->want_w);
    }
    node->want_w = w;
    node->want_h = h;
}

/* Takes what is missing from the widest that can give. */
static void row_shrink(struct node *node, int over)
{
    for (int turn = 0; over > 0 && turn < 8; turn++) {
        struct node *widest = NULL;
        int second = 0;
        for (struct node *c = node->first; c; c = c->next) {
            if (!widest || c->r.w > widest->r.w) {
                second = widest ? widest->r.w : 0;
                widest = c;
            } else {
                second = most(second, c->r.w);
            }
        }
        if (!widest || widest->r.w <= most(widest->min_w, 1)) {
            return;
        }
        int give = widest->r.w - most(second, widest->min_w);
        give = give <= 0 || turn == 7 ? over : give < over ? give : over;
        if (give > widest->r.w - most(widest->min_w, 1)) {
            give = widest->r.w - most(widest->min_w, 1);
        }
        widest->r.w -= give;
        over -= give;
    }
}

/* Gives each child of a row its width (r.w) and measures it for that. */
static void row_share(struct ui *ui, struct node *node, int inner)
{
    int used = gaps(node), grow = 0;
    bool holds = false;
    for (struct node *c = node->first; c; c = c->next) {
        c->r.w = 0;
        if (c->grow > 0) {
            grow += c->grow;
            holds = holds || c->first || c->text;
            c->r.w = c->min_w;
        } else {
            node_measure(ui, c, inner);
            c->r.w = c->want_w;
        }
        used += c->grow > 0 ? 0 : c->r.w;
    }
    int least = holds ? inner / 4 : 0; /* what grows and says something is never squeezed away */
    if (used > inner - least) {
        row_shrink(node, used - (inner - least));
        used = inner - least;
    }
    int rest = inner - used, left = grow;
    for (struct node *c = node->first; c; c = c->next) {
        if (c->grow > 0) {
            int share = left > 0 ? rest * c->grow / left : 0;
            left -= c->grow;
            rest -= share;
            c->r.w = share;
        }
        node_measure(ui, c, c->r.w);
    }
}

static void measure_row(struct ui *ui, struct node *node, int inner)
{
    row_share(ui, node, inner);
    int w = gaps(node), h = 0;
    for (struct node *c = node->first; c; c = c->next) {
        w += c->grow > 0 ? c->r.w : c->want_w;
        h = most(h, c->want_h);
    }
    node->want_w = w;
    node->want_h = h;
}

/* Buttons of a bar share the width; when one would have to wrap they stand one below the other. */
static bool actions_fit(struct ui *ui, struct node *node, int inner)
{
    enum { SIDE_BY_SIDE = 120 };
    int share = node->children > 0 ? (inner - gaps(node)) / node->children : inner;
    if (ui_is_low(ui) && ui->w > ui->h && share >= ui_px(ui, SIDE_BY_SIDE)) {
        return true; /* height is what lacks here: words may wrap */
    }
    for (struct node *c = node->first; c; c = c->next) {
        node_measure(ui, c, inner);
        if (c->want_w > share) {
            return false;
        }
    }
    return true;
}

static void measure_actions(struct ui *ui, struct node *node, int inner)
{
    node->columns = actions_fit(ui, node, inner) ? (int16_t)most(node->children, 1) : 1;
    int share = (inner - (node->columns - 1) * node->gap) / node->columns, h = 0, sum = gaps(node);
    for (struct node *c = node->first; c; c = c->next) {
        node_measure(ui, c, share);
        h = most(h, c->want_h);
        sum += c->want_h;
    }
    node->want_w = inner;
    node->want_h = node->columns > 1 ? h : sum;
}

static int grid_columns(const struct node *node, int inner)
{
    if (node->columns > 0) {
        return node->columns;
    }
    return most(1, (inner + node->gap) / (most(node->max_w, 1) + node->gap));
}

/* Measures or places a grid: rows as high as their highest cell. */
static int grid_go(struct ui *ui, struct node *node, struct rect in, bool place)
{
    int columns = grid_columns(node, in.w), y = in.y;
    int cell = (in.w - (columns - 1) * node->gap) / columns;
    for (struct node *c = node->first; c;) {
        struct node *start = c;
        int h = 0, n = 0;
        for (; c && n < columns; c = c->next, n++) {
            node_measure(ui, c, cell);
            h = most(h, c->want_h);
        }
        int x = in.x;
        for (struct node *p = start; p != c && place; p = p->next, x += cell + node->gap) {
            int at = is_mirrored(ui, node) ? 2 * in.x + in.w - x - cell : x;
            node_place(ui, p, (struct rect){at, y, cell, h});
        }
        y += h + (c ? node->gap : 0);
    }
    return y - in.y;
}

/* Measures or places children that flow into lines. */
static int wrap_go(struct ui *ui, struct node *node, struct rect in, bool place)
{
    int y = in.y;
    for (struct node *c = node->first; c;) {
        struct node *start = c;
        int w = 0, h = 0;
        for (; c; c = c->next) {
            node_measure(ui, c, in.w);
            int more = (c == start ? 0 : node->gap) + c->want_w;
            if (c != start && w + more > in.w) {
                break;
            }
            w += more;
            h = most(h, c->want_h);
        }
        int x = in.x + (node->align == ALIGN_CENTER ? (in.w - w) / 2 : 0);
        for (struct node *p = start; p != c && place; p = p->next) {
            int at = is_mirrored(ui, node) ? 2 * in.x + in.w - x - p->want_w : x;
            node_place(ui, p, (struct rect){at, y + (h - p->want_h) / 2, p->want_w, p->want_h});
            x += p->want_w + node->gap;
        }
        y += h + (c ? node->gap : 0);
    }
    return y - in.y;
}

static void measure_children(struct ui *ui, struct node *node, int inner)
{
    struct rect in = {0, 0, inner, 0};
    switch (node->dir) {
    case DIR_ROW:
        measure_row(ui, node, inner);
        break;
    case DIR_ACTIONS:
        measure_actions(ui, node, inner);
        break;
    case DIR_GRID:
        node->want_w = inner;
        node->want_h = grid_go(ui, node, in, false);
        break;
    case DIR_WRAP:
        node->want_w = inner;
        node->want_h = wrap_go(ui, node, in, false);
        break;
    default:
        measure_column(ui, node, inner);
        break;
    }
}

void node_measure(struct ui *ui, struct node *node, int width)
{
    width = node->max_w > 0 && node->dir != DIR_GRID && width > node->max_w ? node->max_w : width;
    if (node->measured_for == width) {
        return;
    }
    int inner = most(width - pads_x(node), 0);
    if (node->widget->measure) {
        node->widget->measure(ui, node, inner);
    } else {
        measure_children(ui, node, inner);
    }
    node->want_w = most(node->want_w + pads_x(node), node->min_w);
    node->want_h = most(node->want_h + pads_y(node), node->min_h);
    node->measured_for = width;
}

/* Width and start of a child across a column. */
static struct rect column_cell(const struct ui *ui, const struct node *node, const struct node *c,
                               struct rect in)
{
    bool natural = c->flags & NODE_HOLD || node->align != ALIGN_START || c->max_w > 0;
    int w = natural && c->want_w < in.w ? c->want_w : in.w;
    w = c->max_w > 0 && c->dir != DIR_GRID && !(c->flags & NODE_HOLD)
            ? (c->max_w < in.w ? c->max_w : in.w)
            : w;
    enum ui_align align = c->max_w > 0 ? ALIGN_CENTER : node->align;
    int x = align == ALIGN_CENTER ? (in.w - w) / 2 : align == ALIGN_END ? in.w - w : 0;
    x = ui->set.rtl ? in.w - x - w : x;
    return (struct rect){in.x + x, in.y, w, c->want_h};
}

/* What is too high is taken from the parts that scroll. */
static int column_shrink(struct node *node, int over)
{
    int taken = 0;
    for (struct node *c = node->first; c && over > 0; c = c->next) {
        bool can = c->flags & (NODE_SCROLL | NODE_LIST) || c->widget == &widget_sheet ||
                   c->widget == &widget_dialog;
        int give = !can ? 0 : over < c->want_h ? over : c->want_h;
        c->want_h -= give;
        over -= give;
        taken += give;
    }
    return taken;
}

static void place_column(struct ui *ui, struct node *node, struct rect in, bool stretch)
{
    int used = gaps(node), grow = 0, y = in.y;
    for (struct node *c = node->first; c; c = c->next) {
        node_measure(ui, c, in.w);
        used += c->grow > 0 && stretch ? 0 : c->want_h;
        grow += stretch ? c->grow : 0;
    }
    if (stretch && used > in.h) {
        used -= column_shrink(node, used - in.h);
    }
    int rest = most(in.h - used, 0);
    if (grow == 0 && stretch && node->flags & (NODE_CENTER | NODE_END)) {
        y += node->flags & NODE_CENTER ? rest / 2 : rest;
    }
    for (struct node *c = node->first; c; c = c->next) {
        struct rect cell = column_cell(ui, node, c, in);
        cell.y = y;
        if (stretch && c->grow > 0) {
            cell.h = rest * c->grow / grow;
            rest -= cell.h;
            grow -= c->grow;
        }
        node_place(ui, c, cell);
        y += cell.h + node->gap;
    }
}

static void place_row(struct ui *ui, struct node *node, struct rect in)
{
    row_share(ui, node, in.w);
    int used = gaps(node), grow = 0;
    for (struct node *c = node->first; c; c = c->next) {
        used += c->r.w;
        grow += c->grow;
    }
    int x = in.x, rest = most(in.w - used, 0);
    if (grow == 0 && node->flags & (NODE_CENTER | NODE_END)) {
        x += node->flags & NODE_CENTER ? rest / 2 : rest;
    }
    for (struct node *c = node->first; c; c = c->next) {
        int w = c->r.w, h = c->want_h < in.h ? c->want_h : in.h;
        int at = is_mirrored(ui, node) ? 2 * in.x + in.w - x - w : x;
        int y = node->align == ALIGN_START ? (in.h - h) / 2
                : node->align == ALIGN_END ? in.h - h
                                           : 0;
        node_place(ui, c, (struct rect){at, in.y + y, w, h});
        x += w + node->gap;
    }
}

static void place_actions(struct ui *ui, struct node *node, struct rect in)
{
    measure_actions(ui, node, in.w);
    if (node->columns <= 1) {
        place_column(ui, node, in, false);
        return;
    }
    int share = (in.w - (node->columns - 1) * node->gap) / node->columns, x = in.x;
    for (struct node *c = node->first; c; c = c->next) {
        int at = is_mirrored(ui, node) ? 2 * in.x + in.w - x - share : x;
        node_place(ui, c, (struct rect){at, in.y, share, in.h});
        x += share + node->gap;
    }
}

void node_place(struct ui *ui, struct node *node, struct rect r)
{
    node->r = r;
    struct rect in = {r.x + (ui->set.rtl ? node->pad[2] : node->pad[0]), r.y + node->pad[1],
                      most(r.w - pads_x(node), 0), most(r.h - pads_y(node), 0)};
    if (node->flags & NODE_LIST) {
        list_fill(ui, node);
        return;
    }
    if (node->flags & NODE_SCROLL) {
        scroll_settle(ui, node);
        in.y -= scroll_get(ui, node->id)->offset;
        place_column(ui, node, in, false);
        return;
    }
    switch (node->dir) {
    case DIR_ROW:
        place_row(ui, node, in);
        break;
    case DIR_ACTIONS:
        place_actions(ui, node, in);
        break;
    case DIR_GRID:
        grid_go(ui, node, in, true);
        break;
    case DIR_WRAP:
        wrap_go(ui, node, in, true);
        break;
    default:
        place_column(ui, node, in, true);
        break;
    }
}

void node_shift(struct node *node, int dy)
{
    for (struct node *n = node; n; n = node_next(node, n)) {
        n->r.y += dy;
    }
}

static void take_out(struct node *from, struct node *gone)
{
    struct node *before = NULL;
    for (struct node *c = from->first; c != gone; c = c->next) {
        before = c;
    }
    *(before ? &before->next : &from->first) = gone->next;
    from->last = from->last == gone ? before : from->last;
    from->children--;
}

/* With a keyboard little is left of a small screen: the bar at the bottom makes room, on a low one
 * that at the top, too. */
static void give_room(struct ui *ui, int left)
{
    enum { LEAST = 320, LOW = 200 };
    struct node *bottom = NULL;
    for (struct node *c = ui->screen->first; c; c = c->next) {
        bottom = c->widget == &widget_actions ? c : bottom;
    }
    if (bottom && left < ui_px(ui, LEAST)) {
        take_out(ui->screen, bottom);
    }
    if (left < ui_px(ui, LOW)) {
        toast_lower(ui);
    }
    struct node *bar = ui->bar; /* or a row in it */
    bar = bar && bar->widget != &widget_bar ? bar->parent : bar;
    if (bar && bar->parent == ui->screen && left < ui_px(ui, LOW)) {
        take_out(ui->screen, bar);
        ui->bar = NULL;
    }
    struct node *panel = ui->root->first->next ? focus_layer(ui)->first : NULL;
    if (panel && panel->widget == &widget_sheet && panel->first != panel->last &&
        left < ui_px(ui, LOW)) {
        take_out(panel, panel->first); /* its title */
        panel->pad[1] = panel->pad[3] = (int16_t)ui_px(ui, 4);
    }
}

/* Large letters and long words may make the bar at the bottom so high that nothing is seen of the
 * page: then it comes at the page's end. */
static bool actions_give_way(struct ui *ui)
{
    enum { LEAST = 72 };
    struct node *bottom = NULL, *body = NULL;
    for (struct node *c = ui->screen->first; c; c = c->next) {
        bottom = c->widget == &widget_actions ? c : bottom;
        body = c->id == id_of(ui->root->scope, "body") ? c : body;
    }
    if (!bottom || !body || body->r.h >= ui_px(ui, LEAST) ||
        body->r.h >= scroll_get(ui, body->id)->content) {
        return false;
    }
    struct node *column = body->first;
    take_out(ui->screen, bottom);
    bottom->next = NULL;
    bottom->parent = column;
    *(column->last ? &column->last->next : &column->first) = bottom;
    column->last = bottom;
    column->children++;
    bottom->look.fill = bottom->look.edge = -1;
    for (int i = 0; i < 4; i++) {
        bottom->pad[i] = 0;
    }
    return true;
}

static void lay_layers(struct ui *ui, struct rect whole)
{
    for (struct node *c = ui->root->first; c; c = c->next) {
        if (c->widget != &widget_key) {
            node_measure(ui, c, whole.w);
            node_place(ui, c, whole);
        }
    }
}

static void forget_measures(struct ui *ui)
{
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        n->measured_for = -1;
    }
}

/* The screen, then every layer over it; the keyboard takes its height from all of them. */
void ui_layout(struct ui *ui)
{
    struct rect whole = {0, 0, ui->w, ui->h};
    forget_measures(ui);
    ui->root->r = whole;
    for (struct node *c = ui->root->first; c; c = c->next) {
        if (c->widget == &widget_key) {
            node_measure(ui, c, whole.w);
            int h = c->want_h;
            node_place(ui, c, (struct rect){0, ui->h - h, ui->w, h});
            whole.h -= h;
            give_room(ui, whole.h);
        }
    }
    lay_layers(ui, whole);
    if (actions_give_way(ui)) {
        forget_measures(ui);
        lay_layers(ui, whole);
    }
    ui->is_laid = true;
}
