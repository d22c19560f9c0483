/* One frame as the device delivers it, and its ways to brightness and colour. Inside this room. */
#ifndef SENSOR_FRAME_H
#define SENSOR_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/sensor/picture.h"

enum frame_format { FRAME_RGB, FRAME_GRAY, FRAME_YUYV, FRAME_NV12, FRAME_JPEG };

struct frame {
    enum frame_format format;
    int width, height;
    size_t stride;        /* bytes from row to row; unused for JPEG */
    const uint8_t *bytes; /* borrowed from the driver until its next grab */
    size_t n;
};

/* Are there as many bytes as its format and size need? */
bool frame_is_whole(const struct frame *frame);

/* Fills picture with the brightness of the frame; an empty or other-sized picture is made anew. */
bool frame_to_gray(const struct frame *frame, struct picture *picture, struct err *err);

/* Makes a colour copy whose longer side is at most `side` pixels (0: full size); a picture of the
 * right size is used again. */
bool frame_to_colour(const struct frame *frame, int side, struct picture *picture, struct err *err);

#endif
