/* The viewfinder: the camera's newest picture, a reticle, and advice in words. */
#include "app/ui/node.h"

#include <stdlib.h>

static uint32_t of_yuv(int y, int u, int v)
{
    int c = 298 * (y - 16), d = u - 128, e = v - 128; /* BT.601, limited range */
    int rgb[3] = {(c + 409 * e + 128) >> 8, (c - 100 * d - 208 * e + 128) >> 8,
                  (c + 516 * d + 128) >> 8};
    uint32_t pixel = 0;
    for (int i = 0; i < 3; i++) {
        pixel = pixel << 8 | (uint32_t)(rgb[i] < 0 ? 0 : rgb[i] > 255 ? 255 : rgb[i]);
    }
    return pixel;
}

static uint32_t pixel_at(const struct ui_frame *f, int x, int y)
{
    const uint8_t *row = f->pixels + (size_t)y * (size_t)f->stride, *p;
    switch (f->format) {
    case UI_YUYV:
        p = row + (x & ~1) * 2;
        return of_yuv(p[(x & 1) * 2], p[1], p[3]);
    case UI_NV12:
        p = f->pixels + (size_t)f->stride * (size_t)f->h + (size_t)(y / 2) * (size_t)f->stride +
            (x & ~1);
        return of_yuv(row[x], p[0], p[1]);
    case UI_RGB24:
        p = row + (size_t)x * 3;
        return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    case UI_XRGB32:
        return ((const uint32_t *)(const void *)row)[x];
    default:
        return row[x] * 0x010101u;
    }
}

/* The pixel of the frame that is seen at u, v of w x h after turning and mirroring. */
static uint32_t seen_pixel(const struct ui_frame *f, int u, int v, int w, int h)
{
    u = f->mirrored ? w - 1 - u : u;
    double a = (u + 0.5) / w, b = (v + 0.5) / h, x = a, y = b;
    switch (f->quarters & 3) {
    case 1:
        x = b;
        y = 1 - a;
        break;
    case 2:
        x = 1 - a;
        y = 1 - b;
        break;
    case 3:
        x = 1 - b;
        y = a;
        break;
    default:
        break;
    }
    return pixel_at(f, (int)(x * f->w), (int)(y * f->h));
}

/* The frame as an image that covers w x h, nearest pixels: a preview is small and soon old. */
static struct image *frame_image(const struct ui_frame *f, int w, int h)
{
    bool across = f->quarters & 1;
    int fw = across ? f->h : f->w, fh = across ? f->w : f->h;
    double scale = (double)w / fw > (double)h / fh ? (double)w / fw : (double)h / fh;
    int whole_w = (int)(fw * scale + 0.5), whole_h = (int)(fh * scale + 0.5);
    struct image *image;
    if (!image_create(w, h, false, &image, NULL)) {
        return NULL;
    }
    int dx = (whole_w - w) / 2, dy = (whole_h - h) / 2;
    for (int y = 0; y < h; y++) {
        uint32_t *row = image->pixels + (size_t)y * (size_t)image->stride;
        for (int x = 0; x < w; x++) {
            int u = x + dx < 0 ? 0 : x + dx >= whole_w ? whole_w - 1 : x + dx;
            int v = y + dy < 0 ? 0 : y + dy >= whole_h ? whole_h - 1 : y + dy;
            row[x] = seen_pixel(f, u, v, whole_w, whole_h);
        }
    }
    return image;
}

static void reticle(struct ui *ui, struct rect r, struct paint *paint, uint32_t colour)
{
    int side = (r.w < r.h ? r.w : r.h) * 7 / 10, arm = side / 5, wide = ui_px(ui, 4);
    int x0 = r.x + (r.w - side) / 2, y0 = r.y + (r.h - side) / 2;
    for (int i = 0; i < 4; i++) {
        int right = i & 1, low = i >> 1;
        int x = x0 + (right ? side : 0), y = y0 + (low ? side : 0);
        float xy[] = {(float)(x + (right ? -arm : arm)), (float)y, (float)x, (float)y, (float)x,
                      (float)(y + (low ? -arm : arm))};
        paint_stroke(paint, xy, 3, (float)wide + 2, 0xa0000000);
        paint_stroke(paint, xy, 3, (float)wide, colour);
    }
}

static void view_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct ui_frame *frame = node->data;
    paint_fill(paint, node->r, 0xff101416);
    if (frame && frame->pixels && frame->w > 0 && frame->h > 0) {
        struct image *image = frame_image(frame, node->r.w, node->r.h);
        if (image) {
            paint_image(paint, image, node->r, PAINT_STRETCH);
            image_destroy(image);
        }
    }
    uint32_t colour = node->tone == TONE_OK     ? 0xff83d99a
                      : node->tone == TONE_WARN ? 0xffffcb73
                                                : 0xffffffff;
    reticle(ui, node->r, paint, colour);
}

static void view_measure(struct ui *ui, struct node *node, int width)
{
    (void)ui;
    node->want_w = width;
    node->want_h = node->min_h > 0 ? node->min_h : width * 3 / 4;
}

static int view_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return GROUND_PICTURE;
}

const struct widget widget_view = {
    .role = "viewfinder", .measure = view_measure, .paint = view_paint, .ground = view_ground};

void ui_viewfinder(struct ui *ui, const char *key, const struct ui_frame *frame, const char *advice,
                   const struct ui_opt *opt)
{
    struct node *column = node_open(ui, &widget_box, NULL);
    column->grow = (int8_t)(opt ? opt->grow : 0);
    struct node *node = node_add(ui, &widget_view, key);
    node_apply(ui, node, opt);
    node->name = node_keep(ui, opt && opt->name ? opt->name : tr("Camera"));
    if (frame) {
        struct ui_frame *copy = arena_new(ui->into, struct ui_frame);
        *copy = *frame;
        node->data = copy;
        node->stamp = frame->number + 1;
    }
    if (advice && advice[0]) {
        struct node *box = node_open(ui, &widget_notice, NULL);
        box->look = (struct look){TOKEN_SURFACE, -1, TOKEN_TEXT, 0, 1};
        box->min_h = ui_px(ui, 56);
        box->flags |= NODE_CENTER;
        node_pad(ui, box, 16, 8);
        struct node *label = node_label(ui, TYPE_STRONG, advice,
                                        opt && opt->tone ? tone_ink(opt->tone) : TOKEN_TEXT);
        label->text_align = ALIGN_CENTER;
        ui_end(ui);
    }
    ui_end(ui);
}
