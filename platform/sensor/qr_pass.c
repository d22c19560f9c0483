#include "platform/sensor/qr_pass.h"

#include <stdlib.h>

#include "platform/sensor/qr_filter.h"

enum { SMALLEST = 24, DOUBLE_MOST = 1500000, HALVED_LEAST = 320 };

static const float sharpen_gain = 2.5F;

static uint8_t *plane(struct pass_room *room, int i, size_t n)
{
    if (room->plane_sizes[i] < n) {
        free(room->planes[i]);
        room->planes[i] = malloc(n);
        room->plane_sizes[i] = room->planes[i] ? n : 0;
    }
    return room->planes[i];
}

/* Sums up a view in one of the two rooms; false without memory. */
static bool sum_up(struct pass_room *room, int i, struct view *view)
{
    size_t n = ((size_t)view->width + 1) * ((size_t)view->height + 1);
    if (room->sum_sizes[i] < n) {
        free(room->sums[i]);
        room->sums[i] = malloc(n * sizeof **room->sums);
        room->sum_sizes[i] = room->sums[i] ? n : 0;
    }
    if (!room->sums[i]) {
        return false;
    }
    view_sum(view, room->sums[i]);
    view->sums = room->sums[i];
    return true;
}

/* The view of a whole plane. */
static struct view plane_view(const uint8_t *pixels, int width, int height, int radius)
{
    return (struct view){pixels, width, height, (size_t)width, NULL, radius};
}

/* The local mean spans some modules of a code that fills a good part of the frame. */
static int radius_of(int height)
{
    return height > 900 ? 40 : height > 600 ? 28 : 22;
}

static bool smooth(struct pass_room *room, const struct view *source, int times, struct view *out)
{
    size_t n = (size_t)source->width * (size_t)source->height;
    struct view from = *source;
    for (int i = 0; i < times; i++) {
        uint8_t *to = plane(room, i % 2, n);
        if (!to) {
            return false;
        }
        filter_smooth(&from, to);
        from = plane_view(to, source->width, source->height, source->radius);
    }
    *out = from;
    return sum_up(room, 0, out);
}

static bool sharpen(struct pass_room *room, const struct view *source, int radius, struct view *out)
{
    struct view smoothed;
    uint8_t *to = plane(room, 2, (size_t)source->width * (size_t)source->height);
    if (!to || !smooth(room, source, 1, &smoothed)) {
        return false;
    }
    smoothed.radius = radius;
    filter_sharpen(&smoothed, sharpen_gain, to);
    *out = plane_view(to, source->width, source->height, source->radius);
    return sum_up(room, 1, out);
}

static bool halve(struct pass_room *room, const struct view *source, int times,
                  struct prepared *out)
{
    struct view from = *source;
    for (int i = 0; i < times; i++) {
        uint8_t *to = plane(room, i % 2, (size_t)(from.width / 2) * (size_t)(from.height / 2));
        if (!to || from.width < HALVED_LEAST) {
            return false;
        }
        filter_halve(&from, to);
        from = plane_view(to, from.width / 2, from.height / 2, radius_of(from.height / 2));
    }
    out->detect = from;
    out->scale = (float)(1 << times);
    out->shift = (out->scale - 1) / 2;
    out->wish = (struct finder_wish){3, 0.5F, 1};
    bool ok = sum_up(room, 0, &out->detect);
    out->sample = out->detect;
    return ok;
}

static bool enlarge(struct pass_room *room, const struct view *source, int frame_height,
                    struct prepared *out)
{
    size_t n = 4 * (size_t)source->width * (size_t)source->height;
    uint8_t *to = plane(room, 3, n);
    if (!to || n > 4 * (size_t)DOUBLE_MOST) {
        return false;
    }
    filter_double(source, to);
    out->sample =
        plane_view(to, 2 * source->width, 2 * source->height, frame_height > 600 ? 40 : 28);
    out->scale = 0.5F;
    out->shift = -0.25F;
    out->wish = (struct finder_wish){5, 0.6F, 1};
    return sharpen(room, &out->sample, 4, &out->detect);
}

static bool invert(struct pass_room *room, const struct view *source, struct prepared *out)
{
    uint8_t *to = plane(room, 0, (size_t)source->width * (size_t)source->height);
    if (!to) {
        return false;
    }
    filter_invert(source, to);
    out->detect = plane_view(to, source->width, source->height, source->radius);
    bool ok = sum_up(room, 0, &out->detect);
    out->sample = out->detect;
    return ok;
}

static bool prepare(struct pass_room *room, enum pass_kind kind, int frame_height,
                    struct prepared *out)
{
    struct view *source = &out->sample;
    int step = source->height >= 700 ? 2 : 1;
    switch (kind) {
    case PASS_PLAIN: {
        bool ok = sum_up(room, 0, source);
        out->detect = *source;
        out->wish = (struct finder_wish){4, 0.5F, step};
        return ok;
    }
    case PASS_SMOOTH: {
        struct view smoothed;
        bool ok = smooth(room, source, 1, &smoothed);
        out->detect = out->sample = smoothed;
        out->wish = (struct finder_wish){2, 0.6F, 1};
        return ok;
    }
    case PASS_SMOOTHER:
        out->wish = (struct finder_wish){3, 0.8F, 1};
        return smooth(room, source, 3, &out->detect);
    case PASS_SHARP:
        out->wish = (struct finder_wish){5, 0.6F, 1};
        return sharpen(room, source, frame_height > 600 ? 4 : 3, &out->detect);
    case PASS_DOUBLE: {
        struct view from = *source;
        return enlarge(room, &from, frame_height, out);
    }
    case PASS_HALF:
    case PASS_QUARTER: {
        struct view from = *source;
        return halve(room, &from, kind == PASS_HALF ? 1 : 2, out);
    }
    default: {
        struct view from = *source;
        out->wish = (struct finder_wish){4, 0.5F, step};
        return invert(room, &from, out);
    }
    }
}

bool pass_prepare(struct pass_room *room, enum pass_kind kind, const struct gray *frame,
                  const struct area *area, const struct deadline *deadline, struct prepared *out)
{
    double megapixels = (double)area->width * area->height / 1e6, begin = deadline_now_ms();
    if (area->width < SMALLEST || area->height < SMALLEST ||
        deadline_is_near(deadline, room->cost_ms[kind] * megapixels)) {
        return false;
    }
    const uint8_t *corner =
        frame->pixels + (size_t)area->y * (size_t)frame->width + (size_t)area->x;
    *out = (struct prepared){.sample = {corner, area->width, area->height, (size_t)frame->width,
                                        NULL, radius_of(frame->height)},
                             .scale = 1};
    bool ok = prepare(room, kind, frame->height, out);
    double cost = (deadline_now_ms() - begin) / (megapixels > 0.01 ? megapixels : 0.01);
    room->cost_ms[kind] += (cost - room->cost_ms[kind]) * (room->cost_ms[kind] > 0 ? 0.2 : 1);
    return ok;
}

void pass_room_finish(struct pass_room *room)
{
    for (int i = 0; i < 4; i++) {
        free(room->planes[i]);
    }
    for (int i = 0; i < 2; i++) {
        free(room->sums[i]);
    }
    *room = (struct pass_room){0};
}
