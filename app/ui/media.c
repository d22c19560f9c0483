/* Pictures, codes, progress and charts. */
#include "app/ui/node.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void image_measure(struct ui *ui, struct node *node, int width)
{
    const struct image *image = node->image;
    (void)ui;
    int w = node->min_w > 0 && node->min_w < width ? node->min_w : width;
    int h = node->min_h > 0 ? node->min_h : image && image->w > 0 ? w * image->h / image->w : 0;
    if (node->min_w == 0 && image && image->h > 0 && node->min_h > 0) {
        int shape = h * image->w / image->h;
        w = shape < width ? shape : width;
    }
    node->want_w = w;
    node->want_h = h;
}

static void image_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    if (node->image) {
        paint_image(paint, node->image, node->r, PAINT_CONTAIN);
    } else {
        paint_round(paint, node->r, ui_px(ui, 8), ui_colour(ui, TOKEN_SURFACE2));
    }
}

static int image_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    return node->image ? GROUND_PICTURE : TOKEN_SURFACE2;
}

const struct widget widget_image = {
    .role = "image", .measure = image_measure, .paint = image_paint, .ground = image_ground};

void ui_image(struct ui *ui, const struct image *image, const char *name, const struct ui_opt *opt)
{
    struct node *node = node_add(ui, &widget_image, NULL);
    node_apply(ui, node, opt);
    node->flags |= NODE_HOLD;
    node->image = image;
    if (name) {
        node->name = node_keep(ui, name);
    }
}

struct matrix {
    int side;
    uint8_t modules[];
};

static void qr_measure(struct ui *ui, struct node *node, int width)
{
    int most = ui_px(ui, 280), side = width < most || node->grow ? width : most;
    node->want_w = side;
    node->want_h = node->min_h > 0 ? node->min_h : side;
}

static void qr_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct matrix *matrix = node->data;
    paint_round(paint, node->r, ui_px(ui, 8), 0xffffffff); /* white in every theme */
    paint_modules(paint, node->r, matrix->modules, matrix->side);
}

static int qr_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return GROUND_PAPER;
}

const struct widget widget_qr = {
    .role = "image", .measure = qr_measure, .paint = qr_paint, .ground = qr_ground};

void ui_qr(struct ui *ui, const uint8_t *modules, int side, const char *name,
           const struct ui_opt *opt)
{
    struct node *row = node_open(ui, &widget_box, NULL);
    row->align = opt && opt->grow ? ALIGN_START : ALIGN_CENTER;
    row->grow = opt ? (int16_t)opt->grow : 0;
    struct node *node = node_add(ui, &widget_qr, NULL);
    node_apply(ui, node, opt);
    node->name = node_keep(ui, name);
    size_t n = (size_t)side * (size_t)side;
    struct matrix *matrix = arena_alloc(ui->into, sizeof(*matrix) + n);
    matrix->side = side;
    memcpy(matrix->modules, modules, n);
    node->data = matrix;
    node->stamp = (uint64_t)side;
    for (size_t i = 0; i < n; i++) {
        node->stamp = (node->stamp ^ (modules[i] & 1u)) * 0x100000001b3u;
    }
    ui_end(ui);
}

int ui_qr_most(const struct ui *ui, int px)
{
    int high = ui->h - ui_px(ui, 56 + 32); /* app bar and a line of text */
    return (ui->w < high ? ui->w : high) / px;
}

static void progress_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    double part = *(const double *)node->data;
    struct rect r = node->r;
    int radius = r.h / 2;
    paint_round(paint, r, radius, ui_colour(ui, TOKEN_SURFACE2));
    struct paint_line line = {radius, ui_px(ui, 1), 0, ui_colour(ui, TOKEN_CONTROL)};
    paint_outline(paint, r, &line);
    struct rect done = r;
    done.w = part < 0 ? r.w / 3 : (int)(r.w * (part > 1 ? 1 : part));
    if (part < 0) { /* nobody knows how much: a block in the middle, standing still */
        done.x += r.w / 3;
    } else if (ui->set.rtl) {
        done.x = r.x + r.w - done.w;
    }
    paint_round(paint, done, radius, ui_colour(ui, TOKEN_PRIMARY));
}

const struct widget widget_progress = {.role = "progress", .paint = progress_paint};

void ui_progress(struct ui *ui, double part, const char *text)
{
    struct node *column = node_open(ui, &widget_box, NULL);
    column->gap = (int16_t)ui_px(ui, 4);
    if (text) {
        node_label(ui, TYPE_SMALL, text, TOKEN_TEXT2);
    }
    struct node *node = node_add(ui, &widget_progress, NULL);
    double *data = arena_new(ui->into, double);
    *data = part;
    node->data = data;
    node->stamp = part < 0 ? 1 : 2 + (uint64_t)(part * 1000);
    node->min_h = ui_px(ui, 8);
    node->name = node_keep(ui, text);
    char value[16];
    snprintf(value, sizeof(value), part < 0 ? "?" : "%d%%", (int)(part * 100 + 0.5));
    node->value = node_keep(ui, value);
    ui_end(ui);
}

struct bar {
    double part;
    enum ui_tone tone;
};

/* Hatched by tone as well as coloured. */
static void bar_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct bar *bar = node->data;
    struct rect r = node->r;
    r.w = (int)(r.w * bar->part);
    r.w = r.w < ui_px(ui, 2) ? ui_px(ui, 2) : r.w;
    r.x = ui->set.rtl ? node->r.x + node->r.w - r.w : r.x;
    paint_fill(paint, r, ui_colour(ui, bar->tone ? tone_ink(bar->tone) : TOKEN_PRIMARY));
    int step = ui_px(ui, 6) * (2 + (int)bar->tone % 3);
    paint_clip(paint, r);
    for (int x = r.x - r.h; bar->tone && x < r.x + r.w; x += step) {
        float xy[] = {(float)x, (float)(r.y + r.h), (float)(x + r.h), (float)r.y};
        paint_stroke(paint, xy, 2, (float)ui_px(ui, 1), ui_colour(ui, TOKEN_SURFACE));
    }
    paint_unclip(paint);
}

const struct widget widget_bars = {.role = "chart", .paint = bar_paint};

void ui_bars(struct ui *ui, const char *name, const struct ui_bar_row *rows, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = rows[i].value > most ? rows[i].value : most;
    }
    struct node *group = node_open(ui, &widget_group, NULL);
    group->name = node_keep(ui, name);
    group->gap = (int16_t)ui_px(ui, 8);
    for (size_t i = 0; i < n; i++) {
        char number[32];
        snprintf(number, sizeof(number), "%g", rows[i].value);
        struct node *column = node_open(ui, &widget_box, NULL);
        column->gap = (int16_t)ui_px(ui, 2);
        ui_row_begin(ui, NULL, NULL);
        node_label(ui, TYPE_SMALL, rows[i].label, TOKEN_TEXT)->grow = 1;
        struct node *text =
            node_label(ui, TYPE_STRONG, rows[i].text ? rows[i].text : number, TOKEN_TEXT);
        text->flags |= NODE_TABULAR | NODE_CODE;
        ui_end(ui);
        struct node *bar = node_add(ui, &widget_bars, NULL);
        struct bar *data = arena_new(ui->into, struct bar);
        *data =
            (struct bar){most > 0 && rows[i].value > 0 ? rows[i].value / most : 0, rows[i].tone};
        bar->data = data;
        bar->stamp = (uint64_t)(data->part * 10000) << 4 | (uint64_t)data->tone;
        bar->min_h = ui_px(ui, 14);
        ui_end(ui);
    }
    ui_end(ui);
}
