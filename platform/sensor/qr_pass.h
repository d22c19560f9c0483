/* The ways of preparing a part of a frame before finders are looked for in it. */
#ifndef SENSOR_QR_PASS_H
#define SENSOR_QR_PASS_H

#include "platform/sensor/barcode.h"
#include "platform/sensor/qr_find.h"

enum pass_kind {
    PASS_PLAIN,
    PASS_SMOOTH,   /* noise */
    PASS_SMOOTHER, /* more of it; grids are fitted in the untouched frame */
    PASS_SHARP,    /* blur; the same */
    PASS_DOUBLE,   /* small modules */
    PASS_HALF,     /* large modules */
    PASS_QUARTER,
    PASS_INVERTED, /* light on dark */
    PASS_KINDS,
};

struct area {
    int x, y, width, height;
};

/* What a pass looks at. */
struct prepared {
    struct view detect, sample;
    struct finder_wish wish;
    float scale, shift; /* pixels of the area = pixels here times scale, plus shift */
};

/* Memory that passes share; zeroed memory is ready for use. */
struct pass_room {
    uint8_t *planes[4];
    size_t plane_sizes[4];
    uint32_t *sums[2];
    size_t sum_sizes[2];
    double cost_ms[PASS_KINDS]; /* for a megapixel, as it was seen on this machine */
};

/* Prepares an area of the frame. False: it would be too small or too large for this pass, there is
 * no memory, or no time until the deadline. Views are valid until the next call. */
bool pass_prepare(struct pass_room *room, enum pass_kind kind, const struct gray *frame,
                  const struct area *area, const struct deadline *deadline, struct prepared *out);

/* Frees. */
void pass_room_finish(struct pass_room *room);

#endif
