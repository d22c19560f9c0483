/* Pictures made from pictures before a search: smoothed, sharpened, halved, doubled, negative. The
 * output rows lie one behind the other. */
#ifndef SENSOR_QR_FILTER_H
#define SENSOR_QR_FILTER_H

#include "platform/sensor/qr_view.h"

/* The binomial 3 x 3 mean. */
void filter_smooth(const struct view *from, uint8_t *to);

/* Adds gain times the difference to the local mean (view->sums and radius). */
void filter_sharpen(const struct view *from, float gain, uint8_t *to);

/* Half the width and height, mean of four. */
void filter_halve(const struct view *from, uint8_t *to);

/* Twice the width and height, cubic. */
void filter_double(const struct view *from, uint8_t *to);

/* Light for dark. */
void filter_invert(const struct view *from, uint8_t *to);

#endif
