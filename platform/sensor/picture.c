#include "platform/sensor/picture.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/file.h"
#include "platform/sensor/picture_formats.h"

bool picture_init(struct picture *picture, int width, int height, enum picture_wish wish,
                  struct err *err)
{
    *picture = (struct picture){0};
    if (width < 1 || height < 1 || width > PICTURE_SIDE_LIMIT || height > PICTURE_SIDE_LIMIT ||
        (long long)width * height > PICTURE_PIXELS_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "a picture of %d x %d is not taken", width, height);
    }
    size_t n = (size_t)width * (size_t)height;
    picture->gray = malloc(n);
    picture->rgb = wish == PICTURE_COLOUR ? malloc(n * 3) : NULL;
    if (!picture->gray || (wish == PICTURE_COLOUR && !picture->rgb)) {
        free(picture->gray);
        free(picture->rgb);
        *picture = (struct picture){0};
        return err_set(err, ERR_STORAGE, 0, "no memory for a picture of %d x %d", width, height);
    }
    picture->width = width;
    picture->height = height;
    return true;
}

void picture_finish(struct picture *picture)
{
    if (!picture) {
        return;
    }
    size_t n = (size_t)picture->width * (size_t)picture->height;
    if (picture->gray) {
        explicit_bzero(picture->gray, n);
    }
    if (picture->rgb) {
        explicit_bzero(picture->rgb, n * 3);
    }
    free(picture->gray);
    free(picture->rgb);
    *picture = (struct picture){0};
}

void picture_make_gray(struct picture *picture)
{
    size_t n = (size_t)picture->width * (size_t)picture->height;
    const uint8_t *c = picture->rgb;
    for (size_t i = 0; i < n; i++, c += 3) {
        picture->gray[i] = (uint8_t)((77 * c[0] + 150 * c[1] + 29 * c[2] + 128) >> 8);
    }
}

static void halve_plane(const uint8_t *from, int width, struct picture *to, int channels,
                        uint8_t *into)
{
    size_t row = (size_t)width * (size_t)channels;
    for (int y = 0; y < to->height; y++) {
        const uint8_t *a = from + (size_t)(2 * y) * row, *b = a + row;
        for (int x = 0; x < to->width; x++) {
            for (int c = 0; c < channels; c++) {
                int i = 2 * x * channels + c, j = i + channels;
                *into++ = (uint8_t)((a[i] + a[j] + b[i] + b[j] + 2) >> 2);
            }
        }
    }
}

bool picture_halve(const struct picture *from, struct picture *to, struct err *err)
{
    enum picture_wish wish = from->rgb ? PICTURE_COLOUR : PICTURE_GRAY;
    if (!picture_init(to, from->width / 2, from->height / 2, wish, err)) {
        return false;
    }
    halve_plane(from->gray, from->width, to, 1, to->gray);
    if (from->rgb) {
        halve_plane(from->rgb, from->width, to, 3, to->rgb);
    }
    return true;
}

static bool shrink(struct picture *picture, int max_side, struct err *err)
{
    while (max_side > 0 && (picture->width > max_side || picture->height > max_side) &&
           picture->width > 1 && picture->height > 1) {
        struct picture half;
        if (!picture_halve(picture, &half, err)) {
            picture_finish(picture);
            return false;
        }
        picture_finish(picture);
        *picture = half;
    }
    return true;
}

bool picture_decode(const void *bytes, size_t n, enum picture_wish wish, int max_side,
                    struct picture *picture, struct err *err)
{
    static const struct {
        struct str head;
        bool (*decode)(struct str bytes, enum picture_wish wish, int max_side,
                       struct picture *picture, struct err *err);
    } formats[] = {
        {{"\xff\xd8\xff", 3}, picture_decode_jpeg},
        {{"\x89PNG\r\n\x1a\n", 8}, picture_decode_png},
        {{"P5", 2}, picture_decode_pnm},
        {{"P6", 2}, picture_decode_pnm},
    };
    struct str text = {bytes, n};
    *picture = (struct picture){0};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (str_starts(text, formats[i].head)) {
            return formats[i].decode(text, wish, max_side, picture, err) &&
                   shrink(picture, max_side, err);
        }
    }
    return err_set(err, ERR_INPUT, 0, "neither JPEG nor PNG nor PGM");
}

bool picture_read(const char *path, enum picture_wish wish, int max_side, struct picture *picture,
                  struct err *err)
{
    struct buf buf = {0};
    *picture = (struct picture){0};
    bool ok = file_read(path, PICTURE_FILE_LIMIT, &buf, err) &&
              picture_decode(buf.s, buf.n, wish, max_side, picture, err);
    buf_wipe(&buf);
    return ok;
}
