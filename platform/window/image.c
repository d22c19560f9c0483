#include "platform/window/image.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "platform/window/draw.h"
#include "platform/window/image_codec.h"

bool image_create(int w, int h, bool alpha, struct image **out, struct err *err)
{
    *out = NULL;
    if (w < 1 || h < 1 || (int64_t)w * h > IMAGE_PIXELS_MAX) {
        return err_set(err, ERR_INPUT, 0, "picture of %d x %d", w, h);
    }
    size_t stride = ((size_t)w + 3) & ~(size_t)3;
    uint32_t *pixels = calloc(stride * (size_t)h, sizeof(*pixels));
    if (!pixels) {
        return err_set(err, ERR_STORAGE, 0, "no memory for a picture of %d x %d", w, h);
    }
    struct image *image = mem_alloc(1, sizeof(*image));
    *image = (struct image){pixels, w, h, (int)stride, alpha};
    *out = image;
    return true;
}

void image_destroy(struct image *image)
{
    if (image) {
        free(image->pixels);
        free(image);
    }
}

/* The scaled size whose longer side is at most side. */
static void scaled_size(const struct image *image, int side, int *w, int *h)
{
    int longer = image->w > image->h ? image->w : image->h;
    *w = image->w;
    *h = image->h;
    if (side > 0 && longer > side) {
        *w = (int)((int64_t)image->w * side / longer);
        *h = (int)((int64_t)image->h * side / longer);
        *w = *w < 1 ? 1 : *w;
        *h = *h < 1 ? 1 : *h;
    }
}

bool image_scale(const struct image *image, int side, struct image **out, struct err *err)
{
    int w, h;
    scaled_size(image, side, &w, &h);
    if (!image_create(w, h, image->alpha, out, err)) {
        return false;
    }
    cairo_surface_t *from = image_surface(image), *to = image_surface(*out);
    cairo_t *cr = cairo_create(to);
    cairo_scale(cr, (double)w / image->w, (double)h / image->h);
    cairo_set_source_surface(cr, from, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(from);
    cairo_surface_destroy(to);
    return true;
}

bool image_turn(const struct image *image, int quarters, struct image **out, struct err *err)
{
    quarters &= 3;
    bool across = quarters & 1;
    if (!image_create(across ? image->h : image->w, across ? image->w : image->h, image->alpha, out,
                      err)) {
        return false;
    }
    struct image *to = *out;
    for (int y = 0; y < to->h; y++) {
        for (int x = 0; x < to->w; x++) {
            int from_x = x, from_y = y;
            if (quarters == 1) {
                from_x = y;
                from_y = image->h - 1 - x;
            } else if (quarters == 2) {
                from_x = image->w - 1 - x;
                from_y = image->h - 1 - y;
            } else if (quarters == 3) {
                from_x = image->w - 1 - y;
                from_y = x;
            }
            to->pixels[(size_t)y * (size_t)to->stride + (size_t)x] =
                image->pixels[(size_t)from_y * (size_t)image->stride + (size_t)from_x];
        }
    }
    return true;
}

static void mirror(struct image *image)
{
    for (int y = 0; y < image->h; y++) {
        uint32_t *row = image->pixels + (size_t)y * (size_t)image->stride;
        for (int a = 0, b = image->w - 1; a < b; a++, b--) {
            uint32_t pixel = row[a];
            row[a] = row[b];
            row[b] = pixel;
        }
    }
}

/* Undoes what EXIF orientation 2–8 says was done to the picture. Takes the image, gives another. */
static bool image_straighten(struct image *image, int orientation, struct image **out,
                             struct err *err)
{
    static const struct {
        int quarters;
        bool mirrored;
    } undo[9] = {[2] = {0, true},  [3] = {2, false}, [4] = {2, true}, [5] = {1, true},
                 [6] = {1, false}, [7] = {3, true},  [8] = {3, false}};
    *out = image;
    if (orientation < 2 || orientation > 8) {
        return true;
    }
    if (undo[orientation].quarters) {
        bool done = image_turn(image, undo[orientation].quarters, out, err);
        image_destroy(image);
        if (!done) {
            return false;
        }
    }
    if (undo[orientation].mirrored) {
        mirror(*out);
    }
    return true;
}

bool image_decode(struct str bytes, int side, struct image **out, struct err *err)
{
    *out = NULL;
    struct image *raw = NULL;
    int orientation = 1;
    bool good = false;
    if (str_starts(bytes, (struct str){"\xff\xd8\xff", 3})) {
        orientation = jpeg_orientation(bytes);
        good = jpeg_decode(bytes, side, &raw, err);
    } else if (str_starts(bytes, (struct str){"\x89PNG\r\n\x1a\n", 8})) {
        good = png_decode(bytes, &raw, err);
    } else {
        return err_set(err, ERR_INPUT, 0, "neither JPEG nor PNG");
    }
    if (!good) {
        return false;
    }
    int w, h;
    scaled_size(raw, side, &w, &h);
    if (w != raw->w || h != raw->h) {
        struct image *small = NULL;
        good = image_scale(raw, side, &small, err);
        image_destroy(raw);
        raw = small;
    }
    return good && image_straighten(raw, orientation, out, err);
}

bool image_of_grey(const uint8_t *grey, int w, int h, int stride, struct image **out,
                   struct err *err)
{
    if (!image_create(w, h, false, out, err)) {
        return false;
    }
    for (int y = 0; y < h; y++) {
        uint32_t *row = (*out)->pixels + (size_t)y * (size_t)(*out)->stride;
        for (int x = 0; x < w; x++) {
            row[x] = grey[(size_t)y * (size_t)stride + (size_t)x] * 0x010101u;
        }
    }
    return true;
}

uint8_t *image_grey(const struct image *image)
{
    uint8_t *grey = malloc((size_t)image->w * (size_t)image->h);
    for (int y = 0; grey && y < image->h; y++) {
        const uint32_t *row = image->pixels + (size_t)y * (size_t)image->stride;
        for (int x = 0; x < image->w; x++) {
            uint32_t p = row[x];
            grey[(size_t)y * (size_t)image->w + (size_t)x] =
                (uint8_t)(((p >> 16 & 255) * 77 + (p >> 8 & 255) * 150 + (p & 255) * 29) >> 8);
        }
    }
    return grey;
}
