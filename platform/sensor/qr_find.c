#include "platform/sensor/qr_find.h"

#include <math.h>
#include <stdlib.h>

#include "platform/base/mem.h"

enum { ROWS_A_LOOK = 16 };

/* One row as it is searched. */
struct search {
    const struct view *view;
    struct finder_wish wish;
    float *level; /* brightness minus local mean */
    float *edges; /* places where it changed sign */
    int edge_count;
    bool begins_dark; /* is the run behind the first edge dark? */
    struct finder *out;
    size_t count, max;
};

static void level_at(struct search *search, int y, int from, int to)
{
    const struct view *view = search->view;
    const uint8_t *pixels = view->pixels + (size_t)y * view->stride;
    for (int x = from; x < to; x++) {
        search->level[x] = (float)pixels[x] - view_mean(view, x, y);
    }
}

static void level_row(struct search *search, int y)
{
    const struct view *view = search->view;
    int r = view->radius, width = view->width;
    int top = y - r < 0 ? 0 : y - r, bottom = y + r + 1;
    bottom = bottom > view->height ? view->height : bottom;
    size_t row = (size_t)width + 1;
    const uint32_t *a = view->sums + (size_t)top * row, *b = view->sums + (size_t)bottom * row;
    const uint8_t *pixels = view->pixels + (size_t)y * view->stride;
    float *level = search->level, share = 1.0F / (float)((2 * r + 1) * (bottom - top));
    int inner = r < width ? r : width, outer = width - r - 1 > inner ? width - r - 1 : inner;
    level_at(search, y, 0, inner);
    for (int x = inner; x < outer; x++) {
        int sum = (int)(b[x + r + 1] - a[x + r + 1] - b[x - r] + a[x - r]);
        level[x] = (float)pixels[x] - (float)sum * share;
    }
    level_at(search, y, outer, width);
}

/* Notes each change of sign that goes beyond the hysteresis on both sides, where it crosses zero.
 */
static void find_edges(struct search *search)
{
    const float *level = search->level;
    float hysteresis = search->wish.hysteresis, up = 0, down = 0, last = level[0];
    int state = 0, count = 0; /* 1: light, -1: dark, 0: not known yet */
    search->begins_dark = false;
    for (int x = 1; x < search->view->width; x++) {
        float now = level[x];
        if (last < 0 && now >= 0) {
            up = (float)(x - 1) + last / (last - now);
        } else if (last >= 0 && now < 0) {
            down = (float)(x - 1) + last / (last - now);
        }
        if (state != 1 && now >= hysteresis) {
            if (state == -1) {
                search->edges[count++] = up;
            }
            state = 1;
        } else if (state == 0 && now <= -hysteresis) {
            state = -1;
        } else if (state == 1 && now <= -hysteresis) {
            search->begins_dark |= count == 0;
            search->edges[count++] = down;
            state = -1;
        }
        last = now;
    }
    search->edge_count = count;
}

/* Are five runs as 1:1:3:1:1? */
static bool is_finder_run(const float run[5], float tolerance, float *module)
{
    float unit = (run[0] + run[1] + run[2] + run[3] + run[4]) / 7;
    float slack = tolerance * unit + 0.35F;
    *module = unit;
    return unit >= 0.9F && fabsf(run[0] - unit) < slack && fabsf(run[1] - unit) < slack &&
           fabsf(run[3] - unit) < slack && fabsf(run[4] - unit) < slack &&
           fabsf(run[2] - 3 * unit) < 1.7F * slack;
}

int finder_walk(const struct view *view, const struct finder *from, const float direction[2],
                float hysteresis, float edges[3])
{
    const float step = 0.5F, most = 9 * from->module + 4;
    float before = 0, crossing = 0;
    bool is_light = false, has_crossed = false;
    int count = 0;
    for (float s = 0; s <= most; s += step) {
        float x = from->x + direction[0] * s, y = from->y + direction[1] * s;
        if (x < 0 || y < 0 || x > (float)(view->width - 1) || y > (float)(view->height - 1)) {
            return count;
        }
        float level = view_at(view, x, y) - view_mean(view, (int)(x + 0.5F), (int)(y + 0.5F));
        float outward = is_light ? -level : level;
        if (s > 0 && (is_light ? before >= 0 && level < 0 : before < 0 && level >= 0)) {
            crossing = s - step * level / (level - before);
            has_crossed = true;
        }
        if (has_crossed && outward >= hysteresis) {
            edges[count++] = crossing;
            if (count == 3) {
                return 3;
            }
            is_light = !is_light;
            has_crossed = false;
        }
        before = level;
    }
    return count;
}

/* Local mean where its square lies inside the view. */
static inline float inner_mean(const struct view *view, int x, int y, float share)
{
    int r = view->radius;
    size_t row = (size_t)view->width + 1;
    const uint32_t *above = view->sums + (size_t)(y - r) * row;
    const uint32_t *below = view->sums + (size_t)(y + r + 1) * row;
    int sum = (int)(below[x + r + 1] - above[x + r + 1] - below[x - r] + above[x - r]);
    return (float)sum * share;
}

/* A walk along a row or a column: whole pixels along it, between two of them across. */
struct axis {
    int x, y, dx, dy;
    float offset;     /* of the starting place behind the first pixel */
    size_t beside;    /* to the pixel on the other side */
    float share_here; /* of the pixel walked on, the rest is the other's */
};

static struct axis axis_of(const struct view *view, const struct finder *from, int dx, int dy)
{
    struct axis axis = {.x = (int)from->x, .y = (int)from->y, .dx = dx, .dy = dy};
    float across = dx ? from->y - (float)axis.y : from->x - (float)axis.x;
    float along = dx ? from->x - (float)axis.x : from->y - (float)axis.y;
    bool has_beside = dx ? axis.y + 1 < view->height : axis.x + 1 < view->width;
    axis.offset = along * (float)(dx + dy);
    axis.beside = has_beside ? (dx ? view->stride : 1) : 0;
    axis.share_here = 1 - across;
    return axis;
}

/* As finder_walk along a row or a column, with half the steps and a quarter of the work. */
static int walk_axis(const struct search *search, const struct finder *from, int dx, int dy,
                     float edges[3])
{
    const struct view *view = search->view;
    struct axis at = axis_of(view, from, dx, dy);
    float hysteresis = search->wish.hysteresis, before = 0, crossing = 0;
    int r = view->radius, count = 0, most = (int)(9 * from->module) + 4;
    float share = 1.0F / (float)((2 * r + 1) * (2 * r + 1));
    bool is_light = false, has_crossed = false;
    for (int s = 0; s <= most; s++, at.x += dx, at.y += dy) {
        if (at.x < 0 || at.y < 0 || at.x >= view->width || at.y >= view->height) {
            return count;
        }
        const uint8_t *pixel = view->pixels + (size_t)at.y * view->stride + (size_t)at.x;
        bool is_inner = at.x >= r && at.y >= r && at.x + r < view->width && at.y + r < view->height;
        float level =
            (float)pixel[at.beside] + at.share_here * (float)(pixel[0] - pixel[at.beside]) -
            (is_inner ? inner_mean(view, at.x, at.y, share) : view_mean(view, at.x, at.y));
        float outward = is_light ? -level : level;
        if (s > 0 && (is_light ? before >= 0 && level < 0 : before < 0 && level >= 0)) {
            crossing = (float)s - level / (level - before) - at.offset;
            has_crossed = true;
        }
        if (has_crossed && outward >= hysteresis) {
            edges[count++] = crossing;
            if (count == 3) {
                return 3;
            }
            is_light = !is_light;
            has_crossed = false;
        }
        before = level;
    }
    return count;
}

/* Crosses the pattern along a row or a column: right runs move its centre to their middle. */
static bool cross(const struct search *search, struct finder *finder, int dx, int dy, float *module)
{
    float ahead[3], behind[3];
    if (walk_axis(search, finder, dx, dy, ahead) < 3 ||
        walk_axis(search, finder, -dx, -dy, behind) < 3) {
        return false;
    }
    float run[] = {behind[2] - behind[1], behind[1] - behind[0], behind[0] + ahead[0],
                   ahead[1] - ahead[0], ahead[2] - ahead[1]};
    if (!is_finder_run(run, search->wish.tolerance * 1.15F, module)) {
        return false;
    }
    float shift = (ahead[0] - behind[0]) * 0.25F + (ahead[1] - behind[1]) * 0.125F +
                  (ahead[2] - behind[2]) * 0.125F;
    finder->x += (float)dx * shift;
    finder->y += (float)dy * shift;
    return true;
}

static void merge(struct search *search, const struct finder *found)
{
    for (size_t i = 0; i < search->count; i++) {
        struct finder *known = &search->out[i];
        float near = 2.2F * found->module, hits = (float)known->hits;
        if (fabsf(known->x - found->x) < near && fabsf(known->y - found->y) < near) {
            known->x = (known->x * hits + found->x) / (hits + 1);
            known->y = (known->y * hits + found->y) / (hits + 1);
            known->module = (known->module * hits + found->module) / (hits + 1);
            known->hits++;
            return;
        }
    }
    if (search->count < search->max) {
        search->out[search->count++] = *found;
    }
}

static void try_runs(struct search *search, const float edges[6], int y)
{
    float run[5], module, down, across;
    for (int i = 0; i < 5; i++) {
        run[i] = edges[i + 1] - edges[i];
    }
    if (!is_finder_run(run, search->wish.tolerance, &module)) {
        return;
    }
    struct finder found = {(edges[2] + edges[3]) / 2, (float)y, module, 1, {0}};
    if (!cross(search, &found, 0, 1, &down) || down > module * 3.2F || down < module * 0.31F) {
        return;
    }
    found.module = module;
    if (!cross(search, &found, 1, 0, &across)) {
        return;
    }
    found.module = (down + across) / 2;
    merge(search, &found);
}

static int by_hits(const void *a, const void *b)
{
    return ((const struct finder *)b)->hits - ((const struct finder *)a)->hits;
}

size_t finders_find(const struct view *view, const struct finder_wish *wish,
                    const struct deadline *deadline, struct finder *out, size_t max)
{
    struct search search = {.view = view, .wish = *wish, .out = out, .max = max};
    if (view->width < 16 || view->height < 16) {
        return 0;
    }
    search.level = mem_alloc((size_t)view->width + 4, sizeof(float));
    search.edges = mem_alloc((size_t)view->width + 4, sizeof(float));
    for (int y = 2, rows = 1; y < view->height - 2; y += wish->step, rows++) {
        level_row(&search, y);
        find_edges(&search);
        for (int i = search.begins_dark ? 0 : 1; i + 5 < search.edge_count; i += 2) {
            try_runs(&search, search.edges + i, y);
        }
        if (rows % ROWS_A_LOOK == 0 && deadline_is_over(deadline)) {
            break;
        }
    }
    free(search.level);
    free(search.edges);
    qsort(out, search.count, sizeof *out, by_hits);
    return search.count;
}
