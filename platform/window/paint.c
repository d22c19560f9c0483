#include <math.h>
#include <stdlib.h>

#include <cairo-pdf.h>

#include "platform/base/mem.h"
#include "platform/window/draw.h"
#include "platform/window/image.h"

static const double turn = 6.283185307179586;

static struct paint *paint_create(cairo_surface_t *surface, struct rect part)
{
    struct paint *paint = mem_alloc(1, sizeof(*paint));
    paint->surface = surface;
    paint->part = part;
    paint->cr = cairo_create(surface);
    return paint;
}

struct paint *paint_begin(struct canvas *canvas, struct rect part)
{
    if (canvas->ready) {
        canvas->ready(canvas, canvas->ctx);
    }
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data((unsigned char *)canvas->pixels, CAIRO_FORMAT_RGB24,
                                            canvas->w, canvas->h, canvas->stride * 4);
    struct paint *paint =
        paint_create(surface, rect_both(part, (struct rect){0, 0, canvas->w, canvas->h}));
    struct rect r = paint->part;
    cairo_rectangle(paint->cr, r.x, r.y, r.w, r.h);
    cairo_clip(paint->cr);
    return paint;
}

static cairo_status_t pdf_write(void *closure, const unsigned char *bytes, unsigned int n)
{
    struct buf *to = closure;
    buf_add(to, bytes, n);
    return to->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

struct paint *paint_begin_pdf(struct buf *to, double w, double h, double scale)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(pdf_write, to, w, h);
    /* the same paint calls give the same bytes, whenever they are made */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    struct rect page = {0, 0, (int)ceil(w / scale), (int)ceil(h / scale)};
    struct paint *paint = paint_create(surface, page);
    paint->pdf = to;
    cairo_scale(paint->cr, scale, scale);
    return paint;
}

void paint_next_page(struct paint *paint)
{
    cairo_show_page(paint->cr);
}

bool paint_end(struct paint *paint, struct err *err)
{
    if (!paint) {
        return true;
    }
    cairo_status_t status = cairo_status(paint->cr);
    cairo_destroy(paint->cr);
    cairo_surface_flush(paint->surface);
    cairo_surface_finish(paint->surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(paint->surface);
    }
    cairo_surface_destroy(paint->surface);
    free(paint);
    return status == CAIRO_STATUS_SUCCESS ||
           err_set(err, ERR_STORAGE, (int)status, "painting: %s", cairo_status_to_string(status));
}

struct rect paint_part(const struct paint *paint)
{
    return paint->part;
}

void paint_clip(struct paint *paint, struct rect r)
{
    cairo_save(paint->cr);
    cairo_rectangle(paint->cr, r.x, r.y, r.w < 0 ? 0 : r.w, r.h < 0 ? 0 : r.h);
    cairo_clip(paint->cr);
}

void paint_unclip(struct paint *paint)
{
    cairo_restore(paint->cr);
}

void paint_set_colour(struct paint *paint, uint32_t c)
{
    cairo_set_source_rgba(paint->cr, (c >> 16 & 255) / 255.0, (c >> 8 & 255) / 255.0,
                          (c & 255) / 255.0, (c >> 24) / 255.0);
}

void paint_fill(struct paint *paint, struct rect r, uint32_t colour)
{
    if (!rect_is_empty(r)) {
        paint_set_colour(paint, colour);
        cairo_rectangle(paint->cr, r.x, r.y, r.w, r.h);
        cairo_fill(paint->cr);
    }
}

static void round_path(cairo_t *cr, double x, double y, double w, double h, double radius)
{
    double most = (w < h ? w : h) / 2;
    double r = radius < most ? radius : most;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -turn / 4, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, turn / 4);
    cairo_arc(cr, x + r, y + h - r, r, turn / 4, turn / 2);
    cairo_arc(cr, x + r, y + r, r, turn / 2, turn * 3 / 4);
    cairo_close_path(cr);
}

void paint_round(struct paint *paint, struct rect r, int radius, uint32_t colour)
{
    if (!rect_is_empty(r)) {
        paint_set_colour(paint, colour);
        round_path(paint->cr, r.x, r.y, r.w, r.h, radius);
        cairo_fill(paint->cr);
    }
}

void paint_outline(struct paint *paint, struct rect r, const struct paint_line *line)
{
    if (rect_is_empty(r) || line->width <= 0) {
        return;
    }
    cairo_t *cr = paint->cr;
    double half = line->width / 2.0, dash = line->dash;
    paint_set_colour(paint, line->colour);
    cairo_set_line_width(cr, line->width);
    cairo_set_dash(cr, &dash, line->dash > 0 ? 1 : 0, 0);
    if (line->radius > 0) {
        round_path(cr, r.x + half, r.y + half, r.w - line->width, r.h - line->width,
                   line->radius - half);
    } else {
        cairo_rectangle(cr, r.x + half, r.y + half, r.w - line->width, r.h - line->width);
    }
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

void paint_disc(struct paint *paint, int x, int y, int radius, uint32_t colour)
{
    paint_set_colour(paint, colour);
    cairo_new_sub_path(paint->cr);
    cairo_arc(paint->cr, x, y, radius, 0, turn);
    cairo_fill(paint->cr);
}

void paint_stroke(struct paint *paint, const float *xy, size_t n, float width, uint32_t colour)
{
    if (n == 0) {
        return;
    }
    cairo_t *cr = paint->cr;
    paint_set_colour(paint, colour);
    cairo_set_line_width(cr, width);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_move_to(cr, xy[0], xy[1]);
    cairo_line_to(cr, xy[0], xy[1]);
    for (size_t i = 1; i < n; i++) {
        cairo_line_to(cr, xy[2 * i], xy[2 * i + 1]);
    }
    cairo_stroke(cr);
}

void paint_ring(struct paint *paint, const struct paint_arc *arc)
{
    cairo_t *cr = paint->cr;
    paint_set_colour(paint, arc->colour);
    cairo_set_line_width(cr, arc->width);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    cairo_new_sub_path(cr);
    cairo_arc(cr, arc->x, arc->y, arc->radius - arc->width / 2.0, (arc->from - 0.25) * turn,
              (arc->to - 0.25) * turn);
    cairo_stroke(cr);
}

cairo_surface_t *image_surface(const struct image *image)
{
    return cairo_image_surface_create_for_data(
        (unsigned char *)image->pixels, image->alpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
        image->w, image->h, image->stride * 4);
}

void paint_image(struct paint *paint, const struct image *image, struct rect r, enum paint_fit fit)
{
    if (!image || rect_is_empty(r) || image->w < 1 || image->h < 1) {
        return;
    }
    double sx = (double)r.w / image->w, sy = (double)r.h / image->h;
    if (fit == PAINT_CONTAIN) {
        sx = sy = sx < sy ? sx : sy;
    } else if (fit == PAINT_COVER) {
        sx = sy = sx > sy ? sx : sy;
    }
    cairo_t *cr = paint->cr;
    paint_clip(paint, r);
    cairo_translate(cr, r.x + (r.w - image->w * sx) / 2, r.y + (r.h - image->h * sy) / 2);
    cairo_scale(cr, sx, sy);
    cairo_surface_t *surface = image_surface(image);
    cairo_set_source_surface(cr, surface, 0, 0);
    bool same = sx > 0.999 && sx < 1.001 && sy > 0.999 && sy < 1.001;
    cairo_pattern_set_filter(cairo_get_source(cr), same ? CAIRO_FILTER_FAST : CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_rectangle(cr, 0, 0, image->w, image->h);
    cairo_fill(cr);
    cairo_surface_destroy(surface);
    paint_unclip(paint);
}

void paint_modules(struct paint *paint, struct rect r, const uint8_t *modules, int side)
{
    enum { QUIET = 4 };
    int least = r.w < r.h ? r.w : r.h, module = least / (side + 2 * QUIET);
    if (side < 1 || module < 1) {
        return;
    }
    int whole = module * (side + 2 * QUIET);
    struct rect white = {r.x + (r.w - whole) / 2, r.y + (r.h - whole) / 2, whole, whole};
    paint_fill(paint, white, 0xffffffff);
    cairo_t *cr = paint->cr;
    paint_set_colour(paint, 0xff000000);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int run = 0;
            while (x + run < side && modules[y * side + x + run] & 1) {
                run++;
            }
            if (run > 0) {
                cairo_rectangle(cr, white.x + (x + QUIET) * module, white.y + (y + QUIET) * module,
                                run * module, module);
                x += run;
            }
        }
    }
    cairo_fill(cr);
}
