/* Pictures: decoded from JPEG and PNG within limits, turned the right way up, scaled, written as
 * JPEG without any of the camera's notes. Pixels are XRGB32, or ARGB32 with premultiplied alpha.
 * Any thread (an image belongs to one at a time). */
#ifndef WINDOW_IMAGE_H
#define WINDOW_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct image {
    uint32_t *pixels;
    int w, h, stride; /* stride in pixels */
    bool alpha;
};

/* No picture may have more pixels than this, whatever its header says. */
enum { IMAGE_PIXELS_MAX = 40 * 1000 * 1000 };

/* Makes an empty (black or transparent) image; ERR_STORAGE without memory. */
bool image_create(int w, int h, bool alpha, struct image **out, struct err *err);

/* Frees it; takes NULL. */
void image_destroy(struct image *image);

/* Decodes JPEG or PNG bytes, smaller at once when side > 0 and the longer side is larger (JPEG
 * decodes at a fraction then). The EXIF orientation is applied. ERR_INPUT for anything broken or
 * too large. */
bool image_decode(struct str bytes, int side, struct image **out, struct err *err);

/* Scales so that the longer side is at most side; a copy when it is smaller already. */
bool image_scale(const struct image *image, int side, struct image **out, struct err *err);

/* A copy turned by quarter turns clockwise. */
bool image_turn(const struct image *image, int quarters, struct image **out, struct err *err);

/* Appends it as JPEG of the quality 1–100; nothing but the pixels is written. */
bool image_jpeg(const struct image *image, int quality, struct buf *to, struct err *err);

/* Appends it as PNG. */
bool image_png(const struct image *image, struct buf *to, struct err *err);

/* An image of grey values (stride in bytes), for pictures of the scanner. */
bool image_of_grey(const uint8_t *grey, int w, int h, int stride, struct image **out,
                   struct err *err);

/* The grey values of an image, w * h bytes that the caller frees; NULL without memory. */
uint8_t *image_grey(const struct image *image);

#endif
