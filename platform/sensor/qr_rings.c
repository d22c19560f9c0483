#include "platform/sensor/qr_rings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

enum {
    BLOCK = 16,
    TEXTURE_RADIUS = 10,
    BLOCKS_LEAST = 9, /* of an area */
    PEAKS = 96,
    ANGLES = 6,
    ROWS_A_LOOK = 8,
};

/* ---- where the texture is ---- */

/* Texture by blocks. */
struct texture {
    int columns, rows;
    float *energy;
    uint8_t *seen;
};

/* Means of 3 x 3 pixels against their surroundings: noise cancels out, modules do not. */
static float block_energy(const struct view *fine, const struct view *coarse, int left, int top)
{
    float sum = 0;
    for (int y = top + 1; y < top + BLOCK; y += 3) {
        for (int x = left + 1; x < left + BLOCK; x += 3) {
            sum += fabsf(view_mean(fine, x, y) - view_mean(coarse, x, y));
        }
    }
    return sum;
}

static void measure(const struct view *view, struct texture *texture)
{
    struct view fine = *view, coarse = *view;
    fine.radius = 1;
    coarse.radius = TEXTURE_RADIUS;
    for (int j = 0; j < texture->rows; j++) {
        for (int i = 0; i < texture->columns; i++) {
            texture->energy[j * texture->columns + i] =
                block_energy(&fine, &coarse, i * BLOCK, j * BLOCK);
        }
    }
}

/* The blocks that hang together with one and have at least that energy: their box and number. */
static int grow(struct texture *texture, int start, float least, int box[4], int *stack)
{
    int n = 0, count = 0, columns = texture->columns;
    stack[n++] = start;
    texture->seen[start] = 1;
    box[0] = box[2] = start % columns;
    box[1] = box[3] = start / columns;
    while (n > 0) {
        int at = stack[--n], x = at % columns, y = at / columns;
        const int beside[] = {x > 0 ? at - 1 : -1, x + 1 < columns ? at + 1 : -1,
                              y > 0 ? at - columns : -1, y + 1 < texture->rows ? at + columns : -1};
        count++;
        box[0] = x < box[0] ? x : box[0], box[2] = x > box[2] ? x : box[2];
        box[1] = y < box[1] ? y : box[1], box[3] = y > box[3] ? y : box[3];
        for (int i = 0; i < 4; i++) {
            if (beside[i] >= 0 && !texture->seen[beside[i]] &&
                texture->energy[beside[i]] >= least) {
                texture->seen[beside[i]] = 1;
                stack[n++] = beside[i];
            }
        }
    }
    return count;
}

static struct area area_of(const struct view *view, const int box[4])
{
    int left = (box[0] - 2) * BLOCK, top = (box[1] - 2) * BLOCK;
    int right = (box[2] + 3) * BLOCK, bottom = (box[3] + 3) * BLOCK;
    left = left < 0 ? 0 : left, top = top < 0 ? 0 : top;
    right = right > view->width ? view->width : right;
    bottom = bottom > view->height ? view->height : bottom;
    return (struct area){left, top, right - left, bottom - top};
}

/* The largest areas whose blocks reach nearly half of the greatest energy. */
static size_t choose(const struct view *view, struct texture *texture, int *stack, struct area *out)
{
    float greatest = 0;
    int sizes[RINGS_AREAS], n = texture->columns * texture->rows;
    size_t found = 0;
    for (int i = 0; i < n; i++) {
        greatest = fmaxf(greatest, texture->energy[i]);
    }
    for (int i = 0; i < n; i++) {
        int box[4];
        if (texture->seen[i] || texture->energy[i] < greatest * 0.45F) {
            continue;
        }
        int count = grow(texture, i, greatest * 0.45F, box, stack);
        size_t at = found;
        while (at > 0 && sizes[at - 1] < count) {
            at--;
        }
        if (count < BLOCKS_LEAST || at == RINGS_AREAS) {
            continue;
        }
        found += found < RINGS_AREAS;
        for (size_t k = found - 1; k > at; k--) {
            sizes[k] = sizes[k - 1], out[k] = out[k - 1];
        }
        sizes[at] = count, out[at] = area_of(view, box);
    }
    return found;
}

size_t rings_areas(const struct view *view, struct area *out)
{
    struct texture texture = {view->width / BLOCK, view->height / BLOCK, NULL, NULL};
    size_t n = (size_t)texture.columns * (size_t)texture.rows;
    if (n == 0) {
        return 0;
    }
    int *stack = mem_alloc(n, sizeof *stack);
    texture.energy = mem_alloc(n, sizeof *texture.energy);
    texture.seen = mem_alloc(n, 1);
    measure(view, &texture);
    size_t found = choose(view, &texture, stack, out);
    free(texture.energy);
    free(texture.seen);
    free(stack);
    return found;
}

/* ---- squares within squares ---- */

struct peak {
    int x, y;
    float module, height;
};

struct peaks {
    struct peak at[PEAKS];
    size_t count;
};

static float lowest_height(const struct peaks *peaks)
{
    float lowest = peaks->at[0].height;
    for (size_t i = 1; i < peaks->count; i++) {
        lowest = fminf(lowest, peaks->at[i].height);
    }
    return lowest;
}

/* Keeps the highest peaks, one within three modules. */
static void add_peak(struct peaks *peaks, const struct peak *peak)
{
    size_t lowest = 0;
    for (size_t i = 0; i < peaks->count; i++) {
        struct peak *other = &peaks->at[i];
        int near = (int)(3 * peak->module), dx = other->x - peak->x, dy = other->y - peak->y;
        if (dx < near && dx > -near && dy < near && dy > -near) {
            if (peak->height > other->height) {
                *other = *peak;
            }
            return;
        }
        lowest = other->height < peaks->at[lowest].height ? i : lowest;
    }
    if (peaks->count < PEAKS) {
        peaks->at[peaks->count++] = *peak;
    } else if (peaks->at[lowest].height < peak->height) {
        peaks->at[lowest] = *peak;
    }
}

/* One size of squares: their sides, and the weight of each square's sum in light minus dark. */
struct rings {
    int sides[4];
    float weights[4];
    float *columns[4]; /* sums down one column of each square, and the heights of a row */
    float *heights;
};

/* light + outside - heart - ring as a weighted sum of the four squares. */
static struct rings rings_of(float module, float *room, int width)
{
    struct rings rings;
    float areas[4], parts[4];
    for (int i = 0; i < 4; i++) {
        rings.sides[i] = (int)(module * (float)(3 + 2 * i) + 0.5F);
        areas[i] = (float)(rings.sides[i] * rings.sides[i]);
        parts[i] = i == 0 ? areas[0] : areas[i] - areas[i - 1];
        rings.columns[i] = room + (size_t)i * ((size_t)width + 1);
    }
    rings.heights = room + 4 * ((size_t)width + 1);
    rings.weights[0] = -1 / parts[0] - 1 / parts[1];
    rings.weights[1] = 1 / parts[1] + 1 / parts[2];
    rings.weights[2] = -1 / parts[2] - 1 / parts[3];
    rings.weights[3] = 1 / parts[3];
    return rings;
}

static void height_row(const struct view *view, const struct rings *rings, int y)
{
    size_t row = (size_t)view->width + 1;
    for (int i = 0; i < 4; i++) {
        int side = rings->sides[i];
        const uint32_t *above = view->sums + (size_t)(y - side / 2) * row;
        const uint32_t *below = above + (size_t)side * row;
        float *column = rings->columns[i], weight = rings->weights[i];
        for (int x = 0; x <= view->width; x++) {
            column[x] = (float)(int)(below[x] - above[x]) * weight;
        }
    }
    int rim = rings->sides[3] / 2 + 1;
    memset(rings->heights, 0, (size_t)view->width * sizeof *rings->heights);
    for (int i = 0; i < 4; i++) {
        int side = rings->sides[i];
        const float *left = rings->columns[i] + rim - side / 2, *right = left + side;
        for (int x = rim; x < view->width - rim; x++) {
            rings->heights[x] += right[x - rim] - left[x - rim];
        }
    }
}

/* Light rings minus dark ones, for squares of one size. */
static void search_size(const struct view *view, float module, float *room,
                        const struct deadline *deadline, struct peaks *peaks)
{
    struct rings rings = rings_of(module, room, view->width);
    int step = module < 2 ? 1 : (int)(module / 2 + 0.5F), rim = rings.sides[3] / 2 + 1;
    for (int y = rim, rows = 0; y < view->height - rim; y += step, rows++) {
        if (rows % ROWS_A_LOOK == 0 && deadline_is_over(deadline)) {
            return;
        }
        height_row(view, &rings, y);
        float least = peaks->count < PEAKS ? 2 : lowest_height(peaks);
        for (int x = rim; x < view->width - rim; x++) {
            float here = rings.heights[x];
            if (here > least && here >= rings.heights[x - 1] && here >= rings.heights[x + 1]) {
                add_peak(peaks, &(struct peak){x, y, module, here});
            }
        }
    }
}

/* A finder as a small plane: its centre and its two module vectors. */
struct plane {
    float v[6]; /* x, y, across x, across y, down x, down y */
};

static float likeness(const struct view *view, const struct plane *plane)
{
    float sum = 0, squares = 0, both = 0, wanted = 0;
    const float *v = plane->v;
    int n = 0;
    for (int j = -4; j <= 4; j++) {
        for (int i = -4; i <= 4; i++) {
            int across = i < 0 ? -i : i, down = j < 0 ? -j : j;
            int ring = across > down ? across : down;
            float sign = ring == 2 || ring == 4 ? 1 : -1;
            if (ring == 4 && across == down) {
                continue;
            }
            float value = view_at(view, v[0] + (float)i * v[2] + (float)j * v[4],
                                  v[1] + (float)i * v[3] + (float)j * v[5]);
            sum += value, squares += value * value;
            both += sign * value, wanted += sign;
            n++;
        }
    }
    float count = (float)n, mean = sum / count, share = wanted / count;
    float variance = squares / count - mean * mean;
    return (both / count - mean * share) / sqrtf(fmaxf(variance, 3) * (1 - share * share));
}

static float climb(const struct view *view, struct plane *plane, float module)
{
    float best = likeness(view, plane);
    static const float steps[] = {0.5F, 0.5F, 0.12F, 0.12F, 0.12F, 0.12F};
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < 6; k++) {
            float kept = plane->v[k], step = steps[k] * module / (float)(1 << round);
            for (int sign = -1; sign <= 1; sign += 2) {
                plane->v[k] = kept + (float)sign * step;
                float here = likeness(view, plane);
                if (here > best) {
                    best = here;
                    kept = plane->v[k];
                    break;
                }
                plane->v[k] = kept;
            }
        }
    }
    return best;
}

/* The turn and size at which a peak looks most like a finder, and how much it does. */
static float fit_plane(const struct view *view, const struct peak *peak, struct plane *plane)
{
    float best = -1;
    for (int a = 0; a < ANGLES; a++) {
        float angle = (float)a * (float)M_PI_2 / ANGLES, m = peak->module;
        float c = m * cosf(angle), s = m * sinf(angle);
        struct plane turned = {{(float)peak->x, (float)peak->y, c, s, -s, c}};
        float here = likeness(view, &turned);
        if (here > best) {
            best = here;
            *plane = turned;
        }
    }
    return best < 0.2F ? best : climb(view, plane, peak->module);
}

static int by_hits(const void *a, const void *b)
{
    return ((const struct finder *)b)->hits - ((const struct finder *)a)->hits;
}

size_t rings_find(const struct view *view, const struct deadline *deadline, struct finder *out,
                  size_t max)
{
    struct peaks peaks = {.count = 0};
    int shorter = view->width < view->height ? view->width : view->height;
    size_t found = 0;
    float *room = mem_alloc(5 * ((size_t)view->width + 1), sizeof *room);
    for (float module = 1.5F; module * 30 < (float)shorter && module < 9; module *= 1.2F) {
        search_size(view, module, room, deadline, &peaks);
    }
    free(room);
    for (size_t i = 0; i < peaks.count && found < max && !deadline_is_over(deadline); i++) {
        struct plane plane;
        float like = fit_plane(view, &peaks.at[i], &plane);
        const float *v = plane.v;
        float area = fabsf(v[2] * v[5] - v[3] * v[4]);
        if (like > 0.5F && area > 1) {
            out[found++] = (struct finder){
                v[0], v[1], sqrtf(area), (int)(like * 40) - 18, {v[2], v[3], v[4], v[5]}};
        }
    }
    qsort(out, found, sizeof *out, by_hits);
    return found;
}
