#include "platform/sensor/qr_grid.h"

#include <math.h>
#include <string.h>

enum { MARKS_ENOUGH = 700 };

/* Sums of a pattern and what was seen of it, for a correlation. */
struct sums {
    double seen, seen_squared, both, wanted;
    int count;
};

static void add_sample(struct sums *sums, double seen, int wanted)
{
    sums->seen += seen;
    sums->seen_squared += seen * seen;
    sums->both += seen * -wanted; /* dark is low */
    sums->wanted -= wanted;
    sums->count++;
}

static double correlation(const struct sums *sums, double least_variance)
{
    double mean = sums->seen / sums->count, wanted = sums->wanted / sums->count;
    double variance = sums->seen_squared / sums->count - mean * mean;
    variance = variance < least_variance ? least_variance : variance;
    return (sums->both / sums->count - mean * wanted) / sqrt(variance * (1 - wanted * wanted));
}

struct grid_guess grid_guess_flat(const struct finder *a, const struct finder *b,
                                  const struct finder *c)
{
    return (struct grid_guess){
        {a->x, a->y}, {b->x - a->x, b->y - a->y}, {c->x - a->x, c->y - a->y}, 0, 0};
}

double grid_guess_score(const struct view *view, const struct grid_guess *guess, int side)
{
    double step = 1.0 / (side - 7), total = 0;
    static const double centres[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    for (int p = 0; p < 3; p++) {
        struct sums sums = {0};
        for (int j = -4; j <= 4; j++) {
            for (int i = -4; i <= 4; i++) {
                int across = i < 0 ? -i : i, down = j < 0 ? -j : j;
                int ring = across > down ? across : down;
                float x, y;
                if (ring == 4 && across == down) {
                    continue; /* beyond these corners anything may stand */
                }
                grid_guess_at(guess, centres[p][0] + i * step, centres[p][1] + j * step, &x, &y);
                add_sample(&sums, view_at(view, x, y), ring == 2 || ring == 4 ? -1 : 1);
            }
        }
        total += correlation(&sums, 3);
    }
    return total / 3;
}

/* Gauss with pivots for the eight unknowns of a perspective. */
static bool solve(double a[8][9])
{
    for (int i = 0; i < 8; i++) {
        int pivot = i;
        for (int j = i + 1; j < 8; j++) {
            pivot = fabs(a[j][i]) > fabs(a[pivot][i]) ? j : pivot;
        }
        if (fabs(a[pivot][i]) < 1e-12) {
            return false;
        }
        for (int k = 0; k < 9 && pivot != i; k++) {
            double kept = a[i][k];
            a[i][k] = a[pivot][k], a[pivot][k] = kept;
        }
        for (int j = i + 1; j < 8; j++) {
            double share = a[j][i] / a[i][i];
            for (int k = i; k < 9 && share != 0; k++) {
                a[j][k] -= share * a[i][k];
            }
        }
    }
    for (int i = 7; i >= 0; i--) {
        for (int k = i + 1; k < 8; k++) {
            a[i][8] -= a[i][k] * a[k][8];
        }
        a[i][8] /= a[i][i];
    }
    return true;
}

static bool refit(struct grid *grid)
{
    double a[8][9] = {{0}};
    for (int i = 0; i < 4; i++) {
        double u = grid->symbol[2 * i], v = grid->symbol[2 * i + 1];
        double x = grid->picture[2 * i], y = grid->picture[2 * i + 1];
        double upper[9] = {u, v, 1, 0, 0, 0, -u * x, -v * x, x};
        double lower[9] = {0, 0, 0, u, v, 1, -u * y, -v * y, y};
        memcpy(a[2 * i], upper, sizeof upper);
        memcpy(a[2 * i + 1], lower, sizeof lower);
    }
    if (!solve(a)) {
        return false;
    }
    for (int i = 0; i < 8; i++) {
        grid->map[i] = a[i][8];
    }
    grid->map[8] = 1;
    return true;
}

static inline void project(const float map[9], float u, float v, float *x, float *y)
{
    float share = 1 / (map[6] * u + map[7] * v + 1);
    *x = (map[0] * u + map[1] * v + map[2]) * share;
    *y = (map[3] * u + map[4] * v + map[5]) * share;
}

static double score_of(const struct view *view, const struct grid *grid)
{
    const struct layout *layout = grid->layout;
    struct sums groups[LAYOUT_GROUPS];
    float map[9], width = (float)view->width, height = (float)view->height;
    double total = 0, weights = 0;
    memset(groups, 0, layout->group_count * sizeof *groups);
    for (int i = 0; i < 9; i++) {
        map[i] = (float)grid->map[i];
    }
    /* large versions have marks by the thousand: some of each pattern will do */
    size_t step = 1 + layout->mark_count / MARKS_ENOUGH;
    for (size_t k = 0; k < layout->mark_count; k += step) {
        const struct layout_mark *mark = &layout->marks[k];
        float x, y;
        project(map, mark->u, mark->v, &x, &y);
        if (!(x >= 0 && y >= 0 && x < width && y < height)) {
            return -1;
        }
        add_sample(&groups[mark->group], view_at(view, x, y), mark->dark);
    }
    for (size_t i = 0; i < layout->group_count; i++) {
        double weight = groups[i].count > 30 ? 2 : 1;
        if (groups[i].count >= 3) {
            total += correlation(&groups[i], 2) * weight;
            weights += weight;
        }
    }
    return total / weights;
}

/* The corner is looked for on a small net around where the guess puts it. */
static void search_corner(const struct view *view, const struct grid_guess *guess, double at,
                          int reach, struct grid *best)
{
    struct grid grid = *best;
    for (int a = -reach; a <= reach; a++) {
        for (int b = -reach; b <= reach; b++) {
            float x, y;
            grid_guess_at(guess, at * (1 + a * 0.07), at * (1 + b * 0.07), &x, &y);
            grid.picture[6] = x, grid.picture[7] = y;
            if (!refit(&grid)) {
                continue;
            }
            grid.score = score_of(view, &grid);
            if (grid.score > best->score) {
                *best = grid;
            }
        }
    }
}

void grid_start(const struct view *view, const struct grid_guess *guess,
                const struct layout *layout, struct grid *grid)
{
    /* the fourth point is the last alignment pattern, or where a finder would be */
    double side = layout->side, last = layout->version > 1 ? side - 6.5 : side - 3.5;
    double symbol[] = {3.5, 3.5, side - 3.5, 3.5, 3.5, side - 3.5, last, last};
    *grid = (struct grid){.layout = layout, .score = -1};
    memcpy(grid->symbol, symbol, sizeof symbol);
    for (int p = 0; p < 3; p++) {
        float x, y;
        grid_guess_at(guess, p == 1, p == 2, &x, &y);
        grid->picture[2 * p] = x, grid->picture[2 * p + 1] = y;
    }
    search_corner(view, guess, (last - 3.5) / (side - 7), 3, grid);
}

/* Moves one coordinate by a step up or down; true when that is better. */
static bool nudge(const struct view *view, struct grid *grid, int k, double step)
{
    double kept = grid->picture[k], map[9];
    memcpy(map, grid->map, sizeof map);
    for (int sign = -1; sign <= 1; sign += 2) {
        grid->picture[k] = kept + sign * step;
        double score = refit(grid) ? score_of(view, grid) : -1;
        if (score > grid->score + 1e-5) {
            grid->score = score;
            return true;
        }
    }
    grid->picture[k] = kept;
    memcpy(grid->map, map, sizeof map);
    return false;
}

void grid_polish(const struct view *view, struct grid *grid, double reach, int rounds)
{
    double step = reach;
    grid->score = score_of(view, grid);
    for (int r = 0; r < rounds; r++, step /= 2) {
        bool is_better = true;
        for (int again = 0; again < 3 && is_better; again++) {
            is_better = false;
            for (int k = 7; k >= 0; k--) {
                is_better |= nudge(view, grid, k, step);
            }
        }
    }
}

/* How much a place looks like an alignment pattern; shifts cost a little. */
static double alignment_score(const struct view *view, const struct grid *grid, double u, double v,
                              const float shift[2])
{
    struct sums sums = {0};
    float map[9];
    for (int i = 0; i < 9; i++) {
        map[i] = (float)grid->map[i];
    }
    for (int j = -2; j <= 2; j++) {
        for (int i = -2; i <= 2; i++) {
            bool is_light =
                (i == 1 || i == -1 || j == 1 || j == -1) && i > -2 && i < 2 && j > -2 && j < 2;
            float x, y;
            project(map, (float)(u + i + shift[0]), (float)(v + j + shift[1]), &x, &y);
            add_sample(&sums, view_at(view, x, y), is_light ? -1 : 1);
        }
    }
    return correlation(&sums, 4) - 0.04 * (fabsf(shift[0]) + fabsf(shift[1]));
}

static void shift_node(const struct view *view, struct grid *grid, int column, int row)
{
    const struct layout *layout = grid->layout;
    double u = layout->nodes[column] + 0.5, v = layout->nodes[row] + 0.5;
    float best[2] = {0, 0}, none[2] = {0, 0};
    double unmoved = alignment_score(view, grid, u, v, none), score = unmoved;
    for (int fine = 0; fine < 2; fine++) {
        float reach = fine ? 0.3F : 1.25F, step = fine ? 0.15F : 0.25F;
        float centre[2] = {best[0], best[1]};
        for (float dy = -reach; dy <= reach + 0.01F; dy += step) {
            for (float dx = -reach; dx <= reach + 0.01F; dx += step) {
                float shift[2] = {centre[0] + dx, centre[1] + dy};
                double here = alignment_score(view, grid, u, v, shift);
                if (here > score) {
                    score = here;
                    best[0] = shift[0], best[1] = shift[1];
                }
            }
        }
    }
    if (score > 0.6 && score > unmoved + 0.03) {
        float *shift = grid->shift[row * layout->node_count + column];
        shift[0] = best[0], shift[1] = best[1];
        grid->is_warped = true;
    }
}

void grid_warp(const struct view *view, struct grid *grid)
{
    const struct layout *layout = grid->layout;
    grid->is_warped = false;
    memset(grid->shift, 0, sizeof grid->shift);
    for (int row = 0; row < layout->node_count && layout->node_count > 2; row++) {
        for (int column = 0; column < layout->node_count; column++) {
            if (!layout_is_corner(layout, column, row)) {
                shift_node(view, grid, column, row);
            }
        }
    }
}

/* The cell between nodes that a coordinate falls into, and how far into it. */
static int cell_of(const struct layout *layout, double at, float *share)
{
    int i = 0;
    while (i < layout->node_count - 2 && at > layout->nodes[i + 1] + 0.5) {
        i++;
    }
    double width = layout->nodes[i + 1] - layout->nodes[i];
    double into = (at - layout->nodes[i] - 0.5) / width;
    *share = (float)(into < -0.2 ? -0.2 : into > 1.2 ? 1.2 : into);
    return i;
}

void grid_at(const struct grid *grid, double u, double v, float *x, float *y)
{
    if (grid->is_warped) {
        float across, down;
        int n = grid->layout->node_count;
        int column = cell_of(grid->layout, u, &across), row = cell_of(grid->layout, v, &down);
        const float(*upper)[2] = grid->shift + row * n + column, (*lower)[2] = upper + n;
        double move[2];
        for (int i = 0; i < 2; i++) {
            move[i] = (double)((upper[0][i] * (1 - across) + upper[1][i] * across) * (1 - down) +
                               (lower[0][i] * (1 - across) + lower[1][i] * across) * down);
        }
        u += move[0], v += move[1];
    }
    double share = 1 / (grid->map[6] * u + grid->map[7] * v + 1);
    *x = (float)((grid->map[0] * u + grid->map[1] * v + grid->map[2]) * share);
    *y = (float)((grid->map[3] * u + grid->map[4] * v + grid->map[5]) * share);
}

void grid_corners(const struct grid *grid, float quad[8])
{
    double side = grid->layout->side;
    const double corners[] = {0, 0, side, 0, side, side, 0, side};
    for (int i = 0; i < 4; i++) {
        grid_at(grid, corners[2 * i], corners[2 * i + 1], &quad[2 * i], &quad[2 * i + 1]);
    }
}
