#include "platform/sensor/qr_filter.h"

enum { STRIP = 512 }; /* columns done at once, so that a strip stays in the nearest cache */

static const uint8_t *row_of(const struct view *view, int y)
{
    y = y < 0 ? 0 : y >= view->height ? view->height - 1 : y;
    return view->pixels + (size_t)y * view->stride;
}

static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void smooth_strip(const struct view *from, int y, int left, int right, uint8_t *to)
{
    const uint8_t *a = row_of(from, y - 1), *b = row_of(from, y), *c = row_of(from, y + 1);
    uint16_t column[STRIP + 2];
    for (int x = left; x < right; x++) {
        column[x - left + 1] = (uint16_t)(a[x] + 2 * b[x] + c[x]);
    }
    int before = left > 0 ? left - 1 : 0, after = right < from->width ? right : right - 1;
    column[0] = (uint16_t)(a[before] + 2 * b[before] + c[before]);
    column[right - left + 1] = (uint16_t)(a[after] + 2 * b[after] + c[after]);
    for (int i = 0; i < right - left; i++) {
        to[left + i] = (uint8_t)((column[i] + 2 * column[i + 1] + column[i + 2] + 8) >> 4);
    }
}

void filter_smooth(const struct view *from, uint8_t *to)
{
    for (int y = 0; y < from->height; y++, to += from->width) {
        for (int left = 0; left < from->width; left += STRIP) {
            int right = left + STRIP < from->width ? left + STRIP : from->width;
            smooth_strip(from, y, left, right, to);
        }
    }
}

/* One pixel at the edges, where the square of the mean is cut off. */
static uint8_t sharpened(const struct view *from, float gain, int x, int y)
{
    float value = row_of(from, y)[x];
    return clamp((int)(value + gain * (value - view_mean(from, x, y))));
}

void filter_sharpen(const struct view *from, float gain, uint8_t *to)
{
    int r = from->radius, width = from->width;
    int inner = r < width ? r : width, outer = width - r - 1 > inner ? width - r - 1 : inner;
    size_t row = (size_t)width + 1;
    for (int y = 0; y < from->height; y++, to += width) {
        int top = y - r < 0 ? 0 : y - r, bottom = y + r + 1;
        bottom = bottom > from->height ? from->height : bottom;
        const uint32_t *a = from->sums + (size_t)top * row, *b = from->sums + (size_t)bottom * row;
        const uint8_t *pixels = row_of(from, y);
        float share = gain / (float)((2 * r + 1) * (bottom - top));
        for (int x = 0; x < inner; x++) {
            to[x] = sharpened(from, gain, x, y);
        }
        for (int x = inner; x < outer; x++) {
            int sum = (int)(b[x + r + 1] - a[x + r + 1] - b[x - r] + a[x - r]);
            to[x] = clamp((int)((float)pixels[x] * (1 + gain) - share * (float)sum));
        }
        for (int x = outer; x < width; x++) {
            to[x] = sharpened(from, gain, x, y);
        }
    }
}

void filter_halve(const struct view *from, uint8_t *to)
{
    for (int y = 0; y < from->height / 2; y++) {
        const uint8_t *a = row_of(from, 2 * y), *b = row_of(from, 2 * y + 1);
        for (int x = 0; x < from->width / 2; x++) {
            *to++ = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
        }
    }
}

/* The new pixels lie a quarter beside the old ones: Keys' cubic (a = -1/2) has the weights
 * -9, 111, 29, -3 of 128 there. */
static int between(int far_near, int near, int far, int farthest)
{
    return -9 * far_near + 111 * near + 29 * far - 3 * farthest;
}

static void double_strip(const struct view *from, int y, int left, int right, uint8_t *to)
{
    int16_t column[STRIP + 4];
    int step = y & 1 ? 1 : -1, row = y >> 1;
    const uint8_t *a = row_of(from, row - step), *b = row_of(from, row);
    const uint8_t *c = row_of(from, row + step), *d = row_of(from, row + 2 * step);
    for (int i = -2; i < right - left + 2; i++) {
        int x = left + i < 0 ? 0 : left + i >= from->width ? from->width - 1 : left + i;
        column[i + 2] = (int16_t)between(a[x], b[x], c[x], d[x]);
    }
    for (int i = 0; i < right - left; i++) {
        const int16_t *at = column + i + 2;
        to[2 * (left + i)] = clamp((between(at[1], at[0], at[-1], at[-2]) + 8192) >> 14);
        to[2 * (left + i) + 1] = clamp((between(at[-1], at[0], at[1], at[2]) + 8192) >> 14);
    }
}

void filter_double(const struct view *from, uint8_t *to)
{
    for (int y = 0; y < 2 * from->height; y++, to += 2 * from->width) {
        for (int left = 0; left < from->width; left += STRIP) {
            int right = left + STRIP < from->width ? left + STRIP : from->width;
            double_strip(from, y, left, right, to);
        }
    }
}

void filter_invert(const struct view *from, uint8_t *to)
{
    for (int y = 0; y < from->height; y++) {
        const uint8_t *row = row_of(from, y);
        for (int x = 0; x < from->width; x++) {
            *to++ = (uint8_t)(255 - row[x]);
        }
    }
}
