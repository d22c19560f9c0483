#include "platform/window/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "platform/window/image.h"

enum { SIDE_MAX = 8192 };

struct rect rect_both(struct rect a, struct rect b)
{
    int x = a.x > b.x ? a.x : b.x, y = a.y > b.y ? a.y : b.y;
    int right = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
    int bottom = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;
    if (right <= x || bottom <= y) {
        return (struct rect){x, y, 0, 0};
    }
    return (struct rect){x, y, right - x, bottom - y};
}

struct rect rect_around(struct rect a, struct rect b)
{
    if (rect_is_empty(a)) {
        return b;
    }
    if (rect_is_empty(b)) {
        return a;
    }
    int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
    int right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    int bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    return (struct rect){x, y, right - x, bottom - y};
}

struct rect rect_grown(struct rect r, int n)
{
    return (struct rect){r.x - n, r.y - n, r.w + 2 * n, r.h + 2 * n};
}

bool canvas_init(struct canvas *canvas, int w, int h, struct err *err)
{
    *canvas = (struct canvas){0};
    if (w < 1 || h < 1 || w > SIDE_MAX || h > SIDE_MAX) {
        return err_set(err, ERR_INPUT, 0, "canvas of %d x %d", w, h);
    }
    canvas->stride = (w + 3) & ~3;
    size_t bytes = (size_t)canvas->stride * (size_t)h * sizeof(*canvas->pixels);
    canvas->pixels = malloc(bytes);
    if (!canvas->pixels) {
        return err_set(err, ERR_STORAGE, 0, "no memory for a canvas of %d x %d", w, h);
    }
    memset(canvas->pixels, 0xff, bytes);
    canvas->w = w;
    canvas->h = h;
    return true;
}

void canvas_finish(struct canvas *canvas)
{
    if (!canvas->borrowed) {
        free(canvas->pixels);
    }
    *canvas = (struct canvas){0};
}

static int64_t area(struct rect r)
{
    return (int64_t)r.w * r.h;
}

/* Takes the i-th damage out. */
static struct rect damage_take(struct canvas *canvas, int i)
{
    struct rect r = canvas->damage[i];
    canvas->damage[i] = canvas->damage[--canvas->damages];
    return r;
}

void canvas_damage(struct canvas *canvas, struct rect part)
{
    part = rect_both(part, (struct rect){0, 0, canvas->w, canvas->h});
    if (rect_is_empty(part)) {
        return;
    }
    /* join with what it touches when little is painted in vain; a joined one may touch others */
    for (int i = 0; i < canvas->damages;) {
        struct rect old = canvas->damage[i], sum = rect_around(old, part);
        int64_t overlap = area(rect_both(old, part));
        if (area(sum) <= area(old) + area(part) - overlap + area(sum) / 16) {
            part = sum;
            damage_take(canvas, i);
            i = 0;
        } else {
            i++;
        }
    }
    if (canvas->damages == CANVAS_DAMAGE_MAX) {
        int best = 0;
        int64_t least = INT64_MAX;
        for (int i = 0; i < canvas->damages; i++) {
            int64_t waste = area(rect_around(canvas->damage[i], part)) - area(canvas->damage[i]);
            if (waste < least) {
                least = waste;
                best = i;
            }
        }
        part = rect_around(damage_take(canvas, best), part);
    }
    canvas->damage[canvas->damages++] = part;
}

/* Unpainted damage inside the moved part moves with the pixels. */
static void damage_scroll(struct canvas *canvas, struct rect part, int dy)
{
    struct rect old[CANVAS_DAMAGE_MAX];
    int n = canvas->damages;
    memcpy(old, canvas->damage, sizeof(old));
    for (int i = 0; i < n; i++) {
        struct rect in = rect_both(old[i], part);
        if (!rect_is_empty(in)) {
            in.y += dy;
            canvas_damage(canvas, rect_both(in, part));
        }
    }
}

void canvas_scroll(struct canvas *canvas, struct rect part, int dy)
{
    part = rect_both(part, (struct rect){0, 0, canvas->w, canvas->h});
    if (rect_is_empty(part) || dy == 0) {
        return;
    }
    int distance = dy < 0 ? -dy : dy;
    if (distance >= part.h) {
        canvas_damage(canvas, part);
        return;
    }
    if (canvas->ready) {
        canvas->ready(canvas, canvas->ctx);
    }
    damage_scroll(canvas, part, dy);
    canvas->moved = rect_around(canvas->moved, part);
    size_t line = (size_t)part.w * sizeof(*canvas->pixels);
    int rows = part.h - distance;
    for (int i = 0; i < rows; i++) {
        int to = dy > 0 ? part.y + part.h - 1 - i : part.y + i;
        uint32_t *into = canvas->pixels + (ptrdiff_t)to * canvas->stride + part.x;
        memmove(into, into - (ptrdiff_t)dy * canvas->stride, line);
    }
    struct rect strip = part;
    strip.h = distance;
    strip.y = dy > 0 ? part.y : part.y + rows;
    canvas_damage(canvas, strip);
}

bool canvas_png(const struct canvas *canvas, struct buf *to, struct err *err)
{
    struct image image = {canvas->pixels, canvas->w, canvas->h, canvas->stride, false};
    return image_png(&image, to, err);
}
