/* Lists of any length: only the rows in view exist. The place in a list is a row and where its top
 * is, so nothing needs to know the heights of rows that were never seen. Row -1 is the head, row
 * count the foot. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

static long first_row(const struct ui_list *list)
{
    return list->head ? -1 : 0;
}

static long last_row(const struct ui_list *list)
{
    return (long)list->count - (list->foot ? 0 : 1);
}

static int list_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return TOKEN_SURFACE;
}

static void list_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    paint_fill(paint, node->r, ui_colour(ui, list_ground(ui, node)));
}

static void list_measure(struct ui *ui, struct node *node, int width)
{
    node->want_w = width;
    const struct ui_list *list = scroll_get(ui, node->id)->list; /* in a page it grows instead */
    long rows = last_row(list) - first_row(list) + 1, most = ui->h * 6 / 10;
    long h = rows * ui_px(ui, 64);
    node->want_h = (int)(h < most ? h : most);
}

const struct widget widget_list = {
    .role = "list", .paint = list_paint, .measure = list_measure, .ground = list_ground};

static struct row *row_take(struct ui *ui)
{
    if (ui->spare.n > 0) {
        return ui->spare.v[--ui->spare.n];
    }
    return mem_alloc(1, sizeof(struct row));
}

static void row_give(struct ui *ui, struct row *row)
{
    arena_reset(&row->arena);
    row->node = NULL;
    vec_push(&ui->spare, row);
}

void list_drop(struct ui *ui, struct scroll *scroll)
{
    for (size_t i = 0; i < scroll->rows.n; i++) {
        row_give(ui, scroll->rows.v[i]);
    }
    scroll->rows.n = 0;
    scroll->node = NULL;
}

static void row_call(struct ui *ui, const struct ui_list *list, long index)
{
    if (index < 0) {
        list->head(ui, list->ctx);
        if (list->count == 0 && list->empty) {
            ui_empty(ui, list->empty_icon, list->empty, list->empty_hint);
        }
    } else if (index >= (long)list->count) {
        list->foot(ui, list->ctx);
    } else {
        list->row(ui, (size_t)index, list->ctx);
    }
}

/* Builds the nodes of one row below the list, in the row's own memory. */
static struct row *row_build(struct ui *ui, struct scroll *scroll, long index)
{
    const struct ui_list *list = scroll->list;
    struct row *row = row_take(ui);
    struct arena *into = ui->into;
    struct node *at = ui->at, *owner = scroll->node;
    char number[24];
    ui->into = &row->arena;
    ui->at = owner;
    bool whole = index >= 0 && index < (long)list->count;
    snprintf(number, sizeof(number), "%ld", index);
    const char *key = !whole ? NULL : list->id ? list->id((size_t)index, list->ctx) : number;
    struct node *node = node_open(ui, whole ? &widget_row : &widget_box, key);
    if (whole) {
        node->look = (struct look){-1, -1, TOKEN_TEXT, 0, 1};
        node->min_h = ui_finger(ui, 48);
        node->flags |= list->passive ? 0 : NODE_PRESS | NODE_INSIDE_RING | NODE_OPTION;
    } else {
        node->id = id_mix(owner->id, index < 0 ? 97 : 98);
        node->scope = owner->parent->scope;
        node->flags |= NODE_OUTER;
    }
    row_call(ui, list, index);
    if (whole) {
        struct node *line = node_add(ui, &widget_line, NULL);
        line->min_h = ui_px(ui, 1);
    }
    while (ui->at != owner) {
        ui_end(ui);
    }
    ui->into = into;
    ui->at = at;
    row->node = node;
    row->index = index;
    return row;
}

/* Takes the row out of the list's children. */
static void unlink_row(struct node *owner, struct node *node)
{
    struct node **link = &owner->first, *before = NULL;
    while (*link && *link != node) {
        before = *link;
        link = &(*link)->next;
    }
    if (*link) {
        *link = node->next;
        if (owner->last == node) {
            owner->last = before;
        }
    }
}

static int row_height(struct ui *ui, struct scroll *scroll, struct row *row)
{
    node_measure(ui, row->node, scroll->node->r.w);
    return row->node->want_h;
}

static void row_set(struct ui *ui, struct scroll *scroll, struct row *row, int y)
{
    struct node *list = scroll->node;
    node_place(ui, row->node, (struct rect){list->r.x, y, list->r.w, row->node->want_h});
}

/* Adds rows after the last until the view is full. */
static void fill_down(struct ui *ui, struct scroll *scroll)
{
    struct node *node = scroll->node;
    int bottom = node->r.y + node->r.h;
    while (scroll->rows.n > 0) {
        struct row *last = scroll->rows.v[scroll->rows.n - 1];
        int y = last->node->r.y + last->node->r.h;
        if (y >= bottom || last->index >= last_row(scroll->list)) {
            return;
        }
        struct row *row = row_build(ui, scroll, last->index + 1);
        row_height(ui, scroll, row);
        row_set(ui, scroll, row, y);
        vec_push(&scroll->rows, row);
    }
}

/* Adds rows before the first until the view is full. */
static void fill_up(struct ui *ui, struct scroll *scroll)
{
    struct node *node = scroll->node;
    while (scroll->rows.n > 0) {
        struct row *first = scroll->rows.v[0];
        int y = first->node->r.y;
        if (y <= node->r.y || first->index <= first_row(scroll->list)) {
            return;
        }
        struct row *row = row_build(ui, scroll, first->index - 1);
        row_set(ui, scroll, row, y - row_height(ui, scroll, row));
        vec_push(&scroll->rows, row);
        memmove(&scroll->rows.v[1], &scroll->rows.v[0], (scroll->rows.n - 1) * sizeof(row));
        scroll->rows.v[0] = row;
        /* reading order: before the row that was first */
        unlink_row(node, row->node);
        row->node->next = node->first;
        node->first = row->node;
        if (!node->last) {
            node->last = row->node;
        }
    }
}

/* Gives back rows that left the view. */
static void trim(struct ui *ui, struct scroll *scroll)
{
    struct node *node = scroll->node;
    while (scroll->rows.n > 1) {
        struct row *first = scroll->rows.v[0], *last = scroll->rows.v[scroll->rows.n - 1];
        if (first->node->r.y + first->node->r.h <= node->r.y) {
            unlink_row(node, first->node);
            vec_remove(&scroll->rows, 0);
            row_give(ui, first);
        } else if (last->node->r.y >= node->r.y + node->r.h) {
            unlink_row(node, last->node);
            scroll->rows.n--;
            row_give(ui, last);
        } else {
            return;
        }
    }
}

static void shift_rows(struct scroll *scroll, int dy)
{
    for (size_t i = 0; i < scroll->rows.n; i++) {
        node_shift(scroll->rows.v[i]->node, dy);
    }
}

static void remember(struct scroll *scroll)
{
    if (scroll->rows.n > 0) {
        scroll->anchor = scroll->rows.v[0]->index;
        scroll->anchor_y = scroll->rows.v[0]->node->r.y - scroll->node->r.y;
    }
}

/* How far the rows stand off the bottom (positive: empty room) and off the top. */
static void pull_back(struct ui *ui, struct scroll *scroll)
{
    struct node *node = scroll->node;
    if (scroll->rows.n == 0) {
        return;
    }
    struct row *last = scroll->rows.v[scroll->rows.n - 1];
    int room = node->r.y + node->r.h - (last->node->r.y + last->node->r.h);
    if (last->index == last_row(scroll->list) && room > 0) {
        shift_rows(scroll, room);
        fill_up(ui, scroll);
    }
    struct row *first = scroll->rows.v[0];
    int gap = first->node->r.y - node->r.y;
    if (first->index == first_row(scroll->list) && gap > 0) {
        shift_rows(scroll, -gap);
        fill_down(ui, scroll);
    }
}

void list_fill(struct ui *ui, struct node *node)
{
    struct scroll *scroll = scroll_get(ui, node->id);
    const struct ui_list *list = scroll->list;
    scroll->node = node;
    long low = first_row(list), high = last_row(list);
    if (high < low) {
        return;
    }
    if (scroll->rows.n == 0) {
        long at = scroll->anchor < low ? low : scroll->anchor > high ? high : scroll->anchor;
        vec_push(&scroll->rows, row_build(ui, scroll, at));
        scroll->anchor_y = at == scroll->anchor ? scroll->anchor_y : 0;
    }
    int y = node->r.y + scroll->anchor_y;
    for (size_t i = 0; i < scroll->rows.n; i++) { /* those that the build made for its action */
        struct row *row = scroll->rows.v[i];
        int h = row_height(ui, scroll, row);
        if (i == 0 && scroll->anchor_y <= -h) {
            y = node->r.y - h + 1; /* it became lower than what was above the view */
        }
        row_set(ui, scroll, row, y);
        y += h;
    }
    fill_down(ui, scroll);
    fill_up(ui, scroll);
    pull_back(ui, scroll);
    trim(ui, scroll);
    remember(scroll);
}

int list_scroll(struct ui *ui, struct scroll *scroll, int dy)
{
    struct node *node = scroll->node;
    if (scroll->rows.n == 0 || dy == 0) {
        return 0;
    }
    int before = scroll->rows.v[0]->node->r.y;
    struct node *mark = scroll->rows.v[0]->node;
    int limit = node->r.h; /* at most a view at once, so that the mark stays a neighbour */
    dy = dy > limit ? limit : dy < -limit ? -limit : dy;
    shift_rows(scroll, -dy);
    fill_down(ui, scroll);
    fill_up(ui, scroll);
    pull_back(ui, scroll);
    int went = before - mark->r.y;
    trim(ui, scroll);
    remember(scroll);
    if (went != 0) {
        frame_scroll(ui, node, -went);
    }
    return went;
}

void ui_list_show(struct ui *ui, const char *key, size_t index)
{
    uint64_t scope = ui->at ? ui->at->scope : ui->root ? ui->root->scope : 1;
    struct scroll *scroll = scroll_get(ui, id_of(scope, key));
    scroll->anchor = (long)index;
    scroll->anchor_y = 0;
    scroll->is_new = false;
    ui_change(ui);
}

/* Rows in view are built in every run, so that an action inside them is heard. */
static void hear_rows(struct ui *ui, struct scroll *scroll)
{
    if (ui->action.kind == ACTION_NONE) {
        return;
    }
    const struct ui_list *list = scroll->list;
    long low = first_row(list), high = last_row(list), at = scroll->anchor;
    enum { SEEN_MOST = 64 };
    for (int n = 0; n < SEEN_MOST && at <= high && !ui->is_taken; n++, at++) {
        if (at >= low) {
            vec_push(&scroll->rows, row_build(ui, scroll, at));
        }
    }
}

long ui_list(struct ui *ui, const char *key, const struct ui_list *list)
{
    struct node *node = node_open(ui, &widget_list, key);
    node->grow = 1;
    node->flags |= NODE_LIST;
    node->name = node_keep(ui, list->name);
    struct scroll *scroll = scroll_get(ui, node->id);
    struct ui_list *copy = arena_new(&ui->arena, struct ui_list);
    *copy = *list;
    scroll->list = copy;
    scroll->node = node;
    scroll->seen = ui->build;
    if (scroll->is_new) {
        scroll->is_new = false;
        scroll->anchor = list->from > 0 ? (long)list->from : first_row(list);
        scroll->anchor_y = 0;
    }
    bool at_start = scroll->anchor == 0 && scroll->anchor_y == 0;
    bool holds_field = ui->edit.id && !node_find(ui, ui->edit.id); /* so it stands in the head */
    if (list->head && !scroll->has_head && (at_start || holds_field)) {
        scroll->anchor = -1;  /* it came with a turn of the window: what was above is seen still, */
        scroll->anchor_y = 0; /* and who types goes on typing, which is worth the place below */
    }
    scroll->has_head = list->head != NULL;
    hear_rows(ui, scroll);
    bool is_empty = list->count == 0 && list->empty;
    if (is_empty && !list->head) {
        node->flags = (node->flags & ~(uint32_t)NODE_LIST) | NODE_SCROLL;
        ui_empty(ui, list->empty_icon, list->empty, list->empty_hint);
    }
    ui_end(ui);
    const struct action *action = &ui->action;
    if (action->kind == ACTION_PRESS && !ui->is_taken && action->number >= 0 &&
        action->id == id_mix(node->id, 99)) {
        ui->is_taken = true;
        return action->number < (long)list->count ? action->number : -1;
    }
    return -1;
}
