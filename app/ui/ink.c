/* Drawing with a finger, and the camera's picture. */
#include "app/ui/node.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS = 10000, POINTS_MOST = 200000 };

static const uint32_t pens[] = {0xff14284b, 0xffc00000, 0xff13612f, 0xff000000};

/* Width of the pen for a drawing w pixels wide. */
static float pen_width(int w)
{
    float width = (float)w / 140;
    return width < 2 ? 2 : width;
}

static void paint_strokes(struct paint *paint, const struct ui_drawing *drawing, struct rect r)
{
    float *xy = mem_alloc(drawing->n * 2 + 2, sizeof(*xy));
    float unit = (float)r.w / UNITS;
    for (size_t i = 0; i < drawing->n;) {
        size_t n = 0;
        uint8_t colour = drawing->v[i].colour;
        do {
            xy[2 * n] = (float)r.x + (float)drawing->v[i].x * unit;
            xy[2 * n + 1] = (float)r.y + (float)drawing->v[i].y * unit;
            n++;
            i++;
        } while (i < drawing->n && drawing->v[i].pen);
        paint_stroke(paint, xy, n, pen_width(r.w), pens[colour & 3]);
    }
    free(xy);
}

struct ink {
    struct ui_drawing *drawing;
};

static void ink_measure(struct ui *ui, struct node *node, int width)
{
    node->want_w = width;
    const struct image *under = node->image;
    node->want_h = node->min_h > 0         ? node->min_h
                   : under && under->w > 0 ? width * under->h / under->w
                                           : ui_px(ui, 200);
}

static void ink_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct ink *ink = node->data;
    struct rect r = node->r;
    paint_round(paint, r, ui_px(ui, 8), 0xffffffff); /* paper is white in every theme */
    if (node->image) {
        paint_image(paint, node->image, r, PAINT_CONTAIN);
    }
    struct paint_line line = {ui_px(ui, 8), ui_px(ui, 1), 0, ui_colour(ui, TOKEN_CONTROL)};
    paint_outline(paint, r, &line);
    paint_clip(paint, r);
    paint_strokes(paint, ink->drawing, r);
    paint_unclip(paint);
}

static void add_point(struct ui_drawing *drawing, int x, int y, bool start)
{
    if (drawing->n == drawing->cap) {
        drawing->cap = drawing->cap ? drawing->cap * 2 : 256;
        drawing->v = mem_grow(drawing->v, drawing->cap, sizeof(*drawing->v));
    }
    uint8_t colour = drawing->n > 0 ? drawing->v[drawing->n - 1].colour : 0;
    drawing->v[drawing->n++] = (struct ui_point){(int16_t)x, (int16_t)y, start ? 0 : 1, colour};
}

/* Only the box of the new segment is painted again. */
static void damage_segment(struct ui *ui, const struct node *node, const struct ui_drawing *d)
{
    struct ui_point b = d->v[d->n - 1], a = d->n > 1 && b.pen ? d->v[d->n - 2] : b;
    double unit = (double)node->r.w / UNITS;
    int ax = node->r.x + (int)(a.x * unit), ay = node->r.y + (int)(a.y * unit);
    int bx = node->r.x + (int)(b.x * unit), by = node->r.y + (int)(b.y * unit);
    struct rect box = rect_around((struct rect){ax, ay, 1, 1}, (struct rect){bx, by, 1, 1});
    box = rect_grown(box, (int)pen_width(node->r.w) + 2);
    canvas_damage(window_canvas(ui->window), rect_both(box, node_clip(ui, node)));
}

static bool ink_touch(struct ui *ui, struct node *node, const struct input *input)
{
    struct ui_drawing *d = ((const struct ink *)node->data)->drawing;
    if (input->kind == INPUT_UP) {
        ui_act(ui, ACTION_STROKE, node->id, 0, NULL);
        return true;
    }
    if (node->r.w <= 0 || d->n >= POINTS_MOST) {
        return true;
    }
    int x = (int)((int64_t)(input->x - node->r.x) * UNITS / node->r.w);
    int y = (int)((int64_t)(input->y - node->r.y) * UNITS / node->r.w);
    int high = (int)((int64_t)node->r.h * UNITS / node->r.w);
    high = high > INT16_MAX ? INT16_MAX : high;
    x = x < 0 ? 0 : x > UNITS ? UNITS : x;
    y = y < 0 ? 0 : y > high ? high : y;
    d->shape = (double)node->r.h / node->r.w;
    add_point(d, x, y, input->kind == INPUT_DOWN);
    damage_segment(ui, node, d);
    return true;
}

static int ink_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    return node->image ? GROUND_PICTURE : GROUND_PAPER;
}

const struct widget widget_ink = {.role = "drawing",
                                  .measure = ink_measure,
                                  .paint = ink_paint,
                                  .touch = ink_touch,
                                  .ground = ink_ground};

bool ui_ink(struct ui *ui, const char *key, struct ui_drawing *drawing, const struct ui_opt *opt)
{
    struct node *node = node_add(ui, &widget_ink, key);
    node_apply(ui, node, opt);
    struct ink *ink = arena_new(ui->into, struct ink);
    ink->drawing = drawing;
    node->data = ink;
    node->image = opt ? opt->image : NULL;
    node->stamp = drawing->n;
    node->flags |= NODE_GRAB;
    return node_took(ui, node, ACTION_STROKE);
}

void ui_drawing_undo(struct ui_drawing *drawing)
{
    while (drawing->n > 0 && drawing->v[--drawing->n].pen) {
    }
}

void ui_drawing_clear(struct ui_drawing *drawing)
{
    drawing->n = 0;
}

void ui_drawing_finish(struct ui_drawing *drawing)
{
    free(drawing->v);
    *drawing = (struct ui_drawing){0};
}

bool ui_drawing_image(const struct ui_drawing *drawing, const struct image *background, int width,
                      struct image **out, struct err *err)
{
    double shape = drawing->shape > 0 ? drawing->shape : 0.5;
    struct canvas canvas;
    *out = NULL;
    if (!canvas_init(&canvas, width, (int)(width * shape) > 0 ? (int)(width * shape) : 1, err)) {
        return false;
    }
    struct rect whole = {0, 0, canvas.w, canvas.h};
    struct paint *paint = paint_begin(&canvas, whole);
    if (background) {
        paint_image(paint, background, whole, PAINT_CONTAIN);
    }
    paint_strokes(paint, drawing, whole);
    bool good = paint_end(paint, err) && image_create(canvas.w, canvas.h, false, out, err);
    for (int y = 0; good && y < canvas.h; y++) {
        memcpy((*out)->pixels + (size_t)y * (size_t)(*out)->stride,
               canvas.pixels + (size_t)y * (size_t)canvas.stride, (size_t)canvas.w * 4);
    }
    canvas_finish(&canvas);
    return good;
}
