#include <string.h>

#include "platform/window/draw.h"
#include "platform/window/image_codec.h"

static cairo_status_t png_read(void *closure, unsigned char *to, unsigned int n)
{
    struct str *rest = closure;
    if (rest->n < n) {
        return CAIRO_STATUS_READ_ERROR;
    }
    memcpy(to, rest->s, n);
    rest->s += n;
    rest->n -= n;
    return CAIRO_STATUS_SUCCESS;
}

static uint32_t png_number(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

bool png_decode(struct str bytes, struct image **out, struct err *err)
{
    *out = NULL;
    if (bytes.n < 33 || memcmp(bytes.s + 12, "IHDR", 4) != 0) {
        return err_set(err, ERR_INPUT, 0, "PNG without a header");
    }
    /* the size is looked at before the library allocates for it */
    uint64_t w = png_number(bytes.s + 16), h = png_number(bytes.s + 20);
    if (w == 0 || h == 0 || w > 65535 || h > 65535 || w * h > IMAGE_PIXELS_MAX) {
        return err_set(err, ERR_INPUT, 0, "picture of %llu x %llu is too large",
                       (unsigned long long)w, (unsigned long long)h);
    }
    struct str rest = bytes;
    cairo_surface_t *from = cairo_image_surface_create_from_png_stream(png_read, &rest);
    cairo_status_t status = cairo_surface_status(from);
    if (status != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(from);
        return err_set(err, ERR_INPUT, (int)status, "PNG: %s", cairo_status_to_string(status));
    }
    bool good = image_create((int)w, (int)h,
                             cairo_image_surface_get_format(from) == CAIRO_FORMAT_ARGB32, out, err);
    if (good) {
        cairo_surface_t *to = image_surface(*out);
        cairo_t *cr = cairo_create(to);
        cairo_set_source_surface(cr, from, 0, 0);
        cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
        cairo_paint(cr);
        cairo_destroy(cr);
        cairo_surface_destroy(to);
    }
    cairo_surface_destroy(from);
    return good;
}

static cairo_status_t png_write(void *closure, const unsigned char *bytes, unsigned int n)
{
    struct buf *to = closure;
    buf_add(to, bytes, n);
    return to->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

bool image_png(const struct image *image, struct buf *to, struct err *err)
{
    cairo_surface_t *surface = image_surface(image);
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, png_write, to);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ||
           err_set(err, ERR_STORAGE, (int)status, "PNG: %s", cairo_status_to_string(status));
}
