/* A part of a frame seen in its surroundings: brightness between pixels and the local mean, which
 * stands for the threshold everywhere. Inside this room, and so are all qr_* headers. */
#ifndef SENSOR_QR_VIEW_H
#define SENSOR_QR_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Processor time of this thread that may still be used. */
struct deadline {
    double end_ms; /* 0: no end */
};

/* Processor time of this thread in ms. */
double deadline_now_ms(void);

/* Has the time passed? */
bool deadline_is_over(const struct deadline *deadline);

/* Are there less than so many ms left? */
bool deadline_is_near(const struct deadline *deadline, double ms);

struct view {
    const uint8_t *pixels;
    int width, height;
    size_t stride;        /* from row to row */
    const uint32_t *sums; /* (width + 1) x (height + 1): all pixels above and to the left */
    int radius;           /* of the square that the local mean is taken over */
};

/* Fills sums for the view's pixels. Sums run over on huge frames; differences stay right. */
void view_sum(const struct view *view, uint32_t *sums);

/* Mean brightness around a pixel of the view. */
static inline float view_mean(const struct view *view, int x, int y)
{
    int left = x - view->radius, right = x + view->radius + 1;
    int top = y - view->radius, bottom = y + view->radius + 1;
    left = left < 0 ? 0 : left, top = top < 0 ? 0 : top;
    right = right > view->width ? view->width : right;
    bottom = bottom > view->height ? view->height : bottom;
    size_t row = (size_t)view->width + 1;
    const uint32_t *above = view->sums + (size_t)top * row;
    const uint32_t *below = view->sums + (size_t)bottom * row;
    uint32_t sum = below[right] - above[right] - below[left] + above[left];
    return (float)sum / (float)((right - left) * (bottom - top));
}

/* Brightness at a place between pixels; outside it is that of the nearest border pixel. */
static inline float view_at(const struct view *view, float x, float y)
{
    x = x < 0 ? 0 : x, y = y < 0 ? 0 : y;
    int column = (int)x, row = (int)y;
    if (column >= view->width - 1 || row >= view->height - 1) {
        column = column > view->width - 1 ? view->width - 1 : column;
        row = row > view->height - 1 ? view->height - 1 : row;
        return view->pixels[(size_t)row * view->stride + (size_t)column];
    }
    const uint8_t *at = view->pixels + (size_t)row * view->stride + (size_t)column;
    const uint8_t *under = at + view->stride;
    float across = x - (float)column, down = y - (float)row;
    float upper = (float)at[0] + across * (float)(at[1] - at[0]);
    float lower = (float)under[0] + across * (float)(under[1] - under[0]);
    return upper + down * (lower - upper);
}

#endif
