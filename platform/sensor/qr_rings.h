/* Finder patterns where rows of pixels no longer show them: blurred, noisy or worn ones, found by
 * comparing with the picture of one, in the part of the frame that has most texture. */
#ifndef SENSOR_QR_RINGS_H
#define SENSOR_QR_RINGS_H

#include "platform/sensor/qr_find.h"
#include "platform/sensor/qr_pass.h"

enum { RINGS_AREAS = 2 };

/* Writes the areas of the view (with sums) that look most like a code, the best first, at most
 * RINGS_AREAS; returns how many. */
size_t rings_areas(const struct view *view, struct area *out);

/* Writes at most max finders, the likeliest first; their hits say how sure. Returns how many. */
size_t rings_find(const struct view *view, const struct deadline *deadline, struct finder *out,
                  size_t max);

#endif
