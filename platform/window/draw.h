/* Inside this folder only: what a brush is made of. */
#ifndef WINDOW_DRAW_H
#define WINDOW_DRAW_H

#include <cairo.h>
#include "platform/window/canvas.h"

struct paint {
    cairo_t *cr;
    cairo_surface_t *surface;
    struct rect part;
    struct buf *pdf; /* NULL: pixels */
};

/* Makes a colour the source of the brush. */
void paint_set_colour(struct paint *paint, uint32_t colour);

/* A cairo surface over the pixels of an image; the caller destroys it before the image. */
cairo_surface_t *image_surface(const struct image *image);

#endif
