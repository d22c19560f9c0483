#include "platform/sensor/frame.h"

#include <string.h>

#include "platform/sensor/picture_formats.h"

bool frame_is_whole(const struct frame *frame)
{
    size_t height = (size_t)frame->height, width = (size_t)frame->width;
    static const size_t bytes_a_pixel[] = {3, 1, 2, 1, 0};
    if (frame->width < 2 || frame->height < 2 || !frame->bytes) {
        return false;
    }
    if (frame->format == FRAME_JPEG) {
        return frame->n > 4;
    }
    size_t row = width * bytes_a_pixel[frame->format];
    size_t rows = frame->format == FRAME_NV12 ? height + (height + 1) / 2 : height;
    return frame->stride >= row && frame->n >= frame->stride * (rows - 1) + row;
}

static bool fit_size(struct picture *picture, int width, int height, enum picture_wish wish,
                     struct err *err)
{
    bool has_colour = picture->rgb;
    if (picture->width == width && picture->height == height &&
        has_colour == (wish == PICTURE_COLOUR)) {
        return true;
    }
    picture_finish(picture);
    return picture_init(picture, width, height, wish, err);
}

static bool from_jpeg(const struct frame *frame, enum picture_wish wish, int side,
                      struct picture *picture, struct err *err)
{
    struct picture fresh;
    struct str bytes = {(const char *)frame->bytes, frame->n};
    if (!picture_decode_jpeg(bytes, wish, side, &fresh, err)) {
        return false;
    }
    picture_finish(picture);
    *picture = fresh;
    return true;
}

bool frame_to_gray(const struct frame *frame, struct picture *picture, struct err *err)
{
    if (!frame_is_whole(frame)) {
        return err_set(err, ERR_DEVICE, 0, "the camera delivered half a frame");
    }
    if (frame->format == FRAME_JPEG) {
        return from_jpeg(frame, PICTURE_GRAY, 0, picture, err);
    }
    if (!fit_size(picture, frame->width, frame->height, PICTURE_GRAY, err)) {
        return false;
    }
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *from = frame->bytes + (size_t)y * frame->stride;
        uint8_t *to = picture->gray + (size_t)y * (size_t)frame->width;
        switch (frame->format) {
        case FRAME_YUYV:
            for (int x = 0; x < frame->width; x++) {
                to[x] = from[2 * x];
            }
            break;
        case FRAME_RGB:
            for (int x = 0; x < frame->width; x++, from += 3) {
                to[x] = (uint8_t)((77 * from[0] + 150 * from[1] + 29 * from[2] + 128) >> 8);
            }
            break;
        default:
            memcpy(to, from, (size_t)frame->width);
        }
    }
    return true;
}

static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* BT.601, the range of cameras (16–235). */
static void from_yuv(int y, int u, int v, uint8_t *rgb)
{
    int c = 298 * (y - 16) + 128;
    u -= 128, v -= 128;
    rgb[0] = clamp((c + 409 * v) >> 8);
    rgb[1] = clamp((c - 100 * u - 208 * v) >> 8);
    rgb[2] = clamp((c + 516 * u) >> 8);
}

static void read_colour(const struct frame *frame, int x, int y, uint8_t *rgb)
{
    const uint8_t *row = frame->bytes + (size_t)y * frame->stride;
    const uint8_t *pair;
    switch (frame->format) {
    case FRAME_RGB:
        memcpy(rgb, row + 3 * x, 3);
        break;
    case FRAME_YUYV:
        pair = row + 4 * (x / 2);
        from_yuv(row[2 * x], pair[1], pair[3], rgb);
        break;
    case FRAME_NV12:
        pair = frame->bytes + frame->stride * (size_t)(frame->height + y / 2) + (x & ~1);
        from_yuv(row[x], pair[0], pair[1], rgb);
        break;
    default:
        memset(rgb, row[x], 3);
    }
}

bool frame_to_colour(const struct frame *frame, int side, struct picture *picture, struct err *err)
{
    if (!frame_is_whole(frame)) {
        return err_set(err, ERR_DEVICE, 0, "the camera delivered half a frame");
    }
    if (frame->format == FRAME_JPEG) {
        return from_jpeg(frame, PICTURE_COLOUR, side, picture, err);
    }
    int longer = frame->width > frame->height ? frame->width : frame->height;
    int whole = side > 0 && longer > side ? longer : 1, part = whole > 1 ? side : 1;
    int width = frame->width * part / whole, height = frame->height * part / whole;
    if (!fit_size(picture, width < 1 ? 1 : width, height < 1 ? 1 : height, PICTURE_COLOUR, err)) {
        return false;
    }
    for (int y = 0; y < picture->height; y++) {
        int from_y = (int)(((2LL * y + 1) * frame->height) / (2LL * picture->height));
        uint8_t *to = picture->rgb + (size_t)y * (size_t)picture->width * 3;
        for (int x = 0; x < picture->width; x++, to += 3) {
            int from_x = (int)(((2LL * x + 1) * frame->width) / (2LL * picture->width));
            read_colour(frame, from_x, from_y, to);
        }
    }
    picture_make_gray(picture);
    return true;
}
