/* Finder patterns: the three squares of a QR code, found as runs of 1:1:3:1:1 in both directions.
 */
#ifndef SENSOR_QR_FIND_H
#define SENSOR_QR_FIND_H

#include "platform/sensor/qr_view.h"

struct finder {
    float x, y;     /* centre */
    float module;   /* pixels, mean of across and down */
    int hits;       /* rows that crossed it */
    float plane[4]; /* module vectors x, y across and x, y down where these are known, else zero */
};

struct finder_wish {
    float hysteresis; /* brightness steps beyond the local mean that count as dark or light */
    float tolerance;  /* of the run lengths, in modules */
    int step;         /* rows */
};

enum { FINDERS = 200 };

/* Writes at most max finders, those crossed by most rows first; returns how many. Stops at the
 * deadline with what it has. */
size_t finders_find(const struct view *view, const struct finder_wish *wish,
                    const struct deadline *deadline, struct finder *out, size_t max);

/* Walks from a dark place along a direction (unit length) for at most so many pixels and notes the
 * distances of the first three edges against the local mean: dark to light, light to dark, dark to
 * light. Returns how many it met. */
int finder_walk(const struct view *view, const struct finder *from, const float direction[2],
                float hysteresis, float edges[3]);

#endif
