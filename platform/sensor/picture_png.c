#include "platform/sensor/picture_formats.h"

#include <png.h>

bool picture_decode_png(struct str bytes, enum picture_wish wish, int max_side,
                        struct picture *picture, struct err *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&png, bytes.s, bytes.n)) {
        return err_set(err, ERR_INPUT, 0, "PNG: %s", png.message);
    }
    bool is_colour = wish == PICTURE_COLOUR;
    png.format = is_colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    if (png.width > PICTURE_SIDE_LIMIT || png.height > PICTURE_SIDE_LIMIT) {
        png_image_free(&png);
        return err_set(err, ERR_INPUT, 0, "PNG: too large");
    }
    if (!picture_init(picture, (int)png.width, (int)png.height, wish, err)) {
        png_image_free(&png);
        return false;
    }
    png_color white = {255, 255, 255};
    void *into = is_colour ? picture->rgb : picture->gray;
    if (!png_image_finish_read(&png, &white, into, 0, NULL)) {
        picture_finish(picture);
        return err_set(err, ERR_INPUT, 0, "PNG: %s", png.message);
    }
    if (is_colour) {
        picture_make_gray(picture);
    }
    return true;
}
