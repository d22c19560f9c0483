/* A picture in memory and where it comes from: JPEG, PNG and PGM/PPM files, camera frames. No
 * drawing, no saving (platform/window has these). Any thread. */
#ifndef SENSOR_PICTURE_H
#define SENSOR_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/err.h"

/* A view of brightness samples, one byte each, rows one behind the other without a gap. */
struct gray {
    const uint8_t *pixels;
    int width, height;
};

/* Brightness and, where asked for, colour of one picture; zeroed memory is an empty one. */
struct picture {
    int width, height;
    uint8_t *gray; /* width x height */
    uint8_t *rgb;  /* width x height x 3, or NULL */
};

enum {
    PICTURE_FILE_LIMIT = 32 << 20,   /* bytes of a file */
    PICTURE_PIXELS_LIMIT = 50 << 20, /* pixels: a 48 megapixel photo passes */
    PICTURE_SIDE_LIMIT = 16384,
};

enum picture_wish { PICTURE_GRAY, PICTURE_COLOUR };

/* Reads a JPEG, PNG or PGM/PPM file, told by its first bytes. A JPEG larger than max_side (0: no
 * wish) is halved while it is decoded until it fits, others are halved afterwards. ERR_MISSING,
 * ERR_INPUT (no picture, damaged, larger than the limits above) or ERR_STORAGE (no memory). The
 * caller frees with picture_finish. */
bool picture_read(const char *path, enum picture_wish wish, int max_side, struct picture *picture,
                  struct err *err);

/* The same from n bytes in memory. */
bool picture_decode(const void *bytes, size_t n, enum picture_wish wish, int max_side,
                    struct picture *picture, struct err *err);

/* Makes room for a picture of that size, not zeroed; ERR_INPUT over the limits, ERR_STORAGE. */
bool picture_init(struct picture *picture, int width, int height, enum picture_wish wish,
                  struct err *err);

/* Halves both sides (mean of four), also the colours when there are some. */
bool picture_halve(const struct picture *from, struct picture *to, struct err *err);

/* The brightness as a view, borrowed until the picture ends. */
static inline struct gray picture_gray(const struct picture *picture)
{
    return (struct gray){picture->gray, picture->width, picture->height};
}

/* Overwrites and frees: a picture may show somebody's papers. Takes zeroed memory. */
void picture_finish(struct picture *picture);

#endif
