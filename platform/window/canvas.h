/* The pixels of the window and the brush that paints them. One canvas is one CPU buffer of XRGB32
 * pixels with at most 8 damaged rectangles; painting clips to one of them. The same brush paints
 * PNG pictures and PDF pages. Main thread only (cairo is not safe on one surface from two threads).
 * All coordinates are whole device pixels; colours are 0xAARRGGBB. */
#ifndef WINDOW_CANVAS_H
#define WINDOW_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct image;

struct rect {
    int x, y, w, h;
};

/* Nothing inside? */
static inline bool rect_is_empty(struct rect r)
{
    return r.w <= 0 || r.h <= 0;
}

/* Is the point inside? */
static inline bool rect_has(struct rect r, int x, int y)
{
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

/* What both cover; may be empty. */
struct rect rect_both(struct rect a, struct rect b);

/* The smallest rectangle around both; an empty one does not count. */
struct rect rect_around(struct rect a, struct rect b);

/* Larger by n on each side (smaller when n is negative). */
struct rect rect_grown(struct rect r, int n);

enum { CANVAS_DAMAGE_MAX = 8 };

struct canvas {
    uint32_t *pixels;
    int w, h, stride; /* stride in pixels */
    struct rect damage[CANVAS_DAMAGE_MAX];
    int damages;
    struct rect moved; /* around what canvas_scroll moved: to be shown, not painted */
    bool borrowed;     /* the pixels are the presenter's */
    void (*ready)(struct canvas *canvas, void *ctx); /* makes the pixels free to be written: the */
    void *ctx; /* display may be reading those that were shown last; or NULL */
};

/* Makes a canvas of white pixels; false with ERR_STORAGE without memory, ERR_INPUT over 8192 a
 * side. canvas_finish frees it. */
bool canvas_init(struct canvas *canvas, int w, int h, struct err *err);

/* Frees the pixels; takes zeroed memory. */
void canvas_finish(struct canvas *canvas);

/* Marks a part to be painted (and presented) again; parts are merged to at most 8. */
void canvas_damage(struct canvas *canvas, struct rect part);

/* Moves the pixels of a part by dy (down is positive), marks the strip that came into view as
 * damage and the whole part as moved. Damage inside the part that was not painted yet moves too. */
void canvas_scroll(struct canvas *canvas, struct rect part, int dy);

/* Appends the canvas as a PNG file. */
bool canvas_png(const struct canvas *canvas, struct buf *to, struct err *err);

/* ---- the brush ---------------------------------------------------------------------------- */

struct paint;

/* Starts painting a part of the canvas; nothing outside changes. paint_end frees it. */
struct paint *paint_begin(struct canvas *canvas, struct rect part);

/* Starts a PDF of pages of w x h points, one point a pixel of the paint calls times scale. The
 * bytes are in to after paint_end. */
struct paint *paint_begin_pdf(struct buf *to, double w, double h, double scale);

/* Ends the page of a PDF; later calls paint the next. */
void paint_next_page(struct paint *paint);

/* Ends painting; false with err when the PDF could not be written. Takes NULL. */
bool paint_end(struct paint *paint, struct err *err);

/* The part that is being painted: what lies outside need not be painted. */
struct rect paint_part(const struct paint *paint);

/* Clips to a rectangle until paint_unclip. */
void paint_clip(struct paint *paint, struct rect r);
void paint_unclip(struct paint *paint);

/* Filled rectangle. */
void paint_fill(struct paint *paint, struct rect r, uint32_t colour);

/* Filled rectangle with round corners; 2 * radius >= height gives a pill. */
void paint_round(struct paint *paint, struct rect r, int radius, uint32_t colour);

/* Outline of width pixels that lies wholly inside r; dash 0: solid, else length of a dash. */
struct paint_line {
    int radius, width, dash;
    uint32_t colour;
};
void paint_outline(struct paint *paint, struct rect r, const struct paint_line *line);

/* A filled circle around x, y. */
void paint_disc(struct paint *paint, int x, int y, int radius, uint32_t colour);

/* A stroke through n points (x, y pairs) with round ends. */
void paint_stroke(struct paint *paint, const float *xy, size_t n, float width, uint32_t colour);

/* A slice of a circle from a0 to a1 (turns, 0 = top, clockwise), as ring of width pixels. */
struct paint_arc {
    int x, y, radius, width;
    double from, to;
    uint32_t colour;
};
void paint_ring(struct paint *paint, const struct paint_arc *arc);

/* An image scaled into r (smooth); fit decides what happens when the shapes differ. */
enum paint_fit { PAINT_STRETCH, PAINT_CONTAIN, PAINT_COVER };
void paint_image(struct paint *paint, const struct image *image, struct rect r, enum paint_fit fit);

/* The modules of a QR code (side * side bytes, bit 0 = dark) as whole pixels, centred in r, black
 * on white. */
void paint_modules(struct paint *paint, struct rect r, const uint8_t *modules, int side);

#endif
