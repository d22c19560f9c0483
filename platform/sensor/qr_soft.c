#include "platform/sensor/qr_soft.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

enum { TAPS_MOST = 6 * 6 + 1, TAPS_ROOM = 40, WASHED = 250 };

static void make_room(struct soft *soft, int side)
{
    soft->side = side;
    soft->row = 2 * side + 2 * SOFT_MARGIN;
    size_t n = (size_t)soft->row * (size_t)soft->row;
    if (n > soft->room) {
        size_t sums = 2 * ((size_t)soft->row + 1) * ((size_t)soft->row + 1);
        soft->raw = mem_grow(soft->raw, n, sizeof *soft->raw);
        soft->level = mem_grow(soft->level, n, sizeof *soft->level);
        soft->sums = mem_grow(soft->sums, sums, sizeof *soft->sums);
        soft->room = n;
    }
}

void soft_finish(struct soft *soft)
{
    free(soft->raw);
    free(soft->level);
    free(soft->sums);
    *soft = (struct soft){0};
}

/* Large modules are averaged over several places, small ones have only one to give. */
static float sample(const struct view *view, const struct grid *grid, int i, int j, int parts)
{
    float sum = 0;
    for (int b = 0; b < parts; b++) {
        for (int a = 0; a < parts; a++) {
            float x, y;
            grid_at(grid, (i - SOFT_MARGIN + (a + 0.5) / parts) / 2,
                    (j - SOFT_MARGIN + (b + 0.5) / parts) / 2, &x, &y);
            sum += view_at(view, x, y);
        }
    }
    return sum / (float)(parts * parts);
}

/* Is everything around as bright as a sensor can tell? */
static bool is_washed(const struct soft *soft, int i, int j)
{
    for (int b = -2; b <= 2; b++) {
        for (int a = -2; a <= 2; a++) {
            if (soft->raw[(j + b) * soft->row + i + a] < WASHED) {
                return false;
            }
        }
    }
    return true;
}

void soft_sample(struct soft *soft, const struct view *view, const struct grid *grid)
{
    int parts = grid->module > 5 ? 3 : grid->module > 2.6 ? 2 : 1;
    int washed = 0;
    make_room(soft, grid->layout->side);
    for (int j = 0; j < soft->row; j++) {
        for (int i = 0; i < soft->row; i++) {
            soft->raw[j * soft->row + i] = sample(view, grid, i, j, parts);
        }
    }
    for (int j = SOFT_MARGIN; j < soft->row - SOFT_MARGIN; j++) {
        for (int i = SOFT_MARGIN; i < soft->row - SOFT_MARGIN; i++) {
            washed += is_washed(soft, i, j);
        }
    }
    soft->washed = (float)washed / (float)(4 * soft->side * soft->side);
}

/* Running sums of the samples and of their squares, one behind the other. */
static void sum_up(struct soft *soft)
{
    int row = soft->row + 1;
    double *sums = soft->sums, *squares = sums + (size_t)row * (size_t)row;
    memset(sums, 0, (size_t)row * sizeof *sums);
    memset(squares, 0, (size_t)row * sizeof *squares);
    for (int j = 0; j < soft->row; j++) {
        double sum = 0, square = 0;
        sums[(j + 1) * row] = squares[(j + 1) * row] = 0;
        for (int i = 0; i < soft->row; i++) {
            double value = soft->raw[j * soft->row + i];
            sum += value, square += value * value;
            sums[(j + 1) * row + i + 1] = sums[j * row + i + 1] + sum;
            squares[(j + 1) * row + i + 1] = squares[j * row + i + 1] + square;
        }
    }
}

static double box(const double *sums, int row, const int edge[4])
{
    return sums[edge[3] * row + edge[1]] - sums[edge[2] * row + edge[1]] -
           sums[edge[3] * row + edge[0]] + sums[edge[2] * row + edge[0]];
}

/* The span of a window, kept inside the symbol so that a bright margin does not count twice. */
static void window(const struct soft *soft, int at, int radius, int *from, int *to)
{
    int low = SOFT_MARGIN / 2, high = soft->row - SOFT_MARGIN / 2;
    *from = at - radius < low ? low : at - radius;
    *to = at + radius + 1 > high ? high : at + radius + 1;
    *to = *to <= *from ? *from + 1 : *to;
}

void soft_normalise(struct soft *soft, int radius)
{
    int row = soft->row + 1;
    sum_up(soft);
    const double *sums = soft->sums, *squares = sums + (size_t)row * (size_t)row;
    double n = (double)soft->row * soft->row, mean = sums[row * row - 1] / n;
    double spread = sqrt(fmax(1, squares[row * row - 1] / n - mean * mean));
    for (int j = 0; j < soft->row; j++) {
        for (int i = 0; i < soft->row; i++) {
            int edge[4];
            window(soft, i, radius, &edge[0], &edge[1]);
            window(soft, j, radius, &edge[2], &edge[3]);
            double area = (double)(edge[1] - edge[0]) * (edge[3] - edge[2]);
            double here = box(sums, row, edge) / area;
            double variance = box(squares, row, edge) / area - here * here;
            double near = sqrt(variance > 0 ? variance : 0) * 0.85 + 0.15 * spread + 1;
            int k = j * soft->row + i;
            soft->level[k] = (float)((here - soft->raw[k]) / near);
        }
    }
    for (int j = 2; j < soft->row - 2 && soft->washed > 0; j++) {
        for (int i = 2; i < soft->row - 2; i++) {
            soft->level[j * soft->row + i] *= is_washed(soft, i, j) ? 0.15F : 1; /* no opinion */
        }
    }
}

void soft_plain(const struct soft *soft, float *modules)
{
    for (int j = 0; j < soft->side; j++) {
        for (int i = 0; i < soft->side; i++) {
            const float *at = soft->level + (2 * j + SOFT_MARGIN) * soft->row + 2 * i + SOFT_MARGIN;
            modules[j * soft->side + i] =
                (at[0] + at[1] + at[soft->row] + at[soft->row + 1]) * 0.25F;
        }
    }
}

/* The normal equations of a weighted linear fit and its solution. */
struct fit {
    int taps; /* with the constant */
    float matrix[TAPS_MOST][TAPS_ROOM];
    float right[TAPS_ROOM];
    double weight;
};

static void gather(const struct soft *soft, int i, int j, int reach, float *taps)
{
    const float *at = soft->level + (2 * j + SOFT_MARGIN - reach + 1) * soft->row + 2 * i +
                      SOFT_MARGIN - reach + 1;
    for (int y = 0; y < 2 * reach; y++, at += soft->row) {
        for (int x = 0; x < 2 * reach; x++) {
            *taps++ = at[x];
        }
    }
    *taps = 1;
}

static void learn(struct fit *fit, const float *taps, float wanted, float weight)
{
    fit->weight += (double)weight;
    for (int r = 0; r < fit->taps; r++) {
        float share = weight * taps[r];
        fit->right[r] += share * wanted;
        for (int c = 0; c <= r; c++) {
            fit->matrix[r][c] += share * taps[c];
        }
    }
}

/* Far taps are held near zero, the four of the module itself near their plain mean. */
static void hold(struct fit *fit, int reach, double strength)
{
    int across = 2 * reach;
    float pull = (float)(strength * fit->weight);
    for (int r = 0; r < fit->taps; r++) {
        double x = r % across - (across - 1) * 0.5, y = r / across - (across - 1) * 0.5;
        double away = r == fit->taps - 1 ? 0.09 : x * x + y * y;
        fit->matrix[r][r] += pull * (float)(0.3 + 0.25 * away);
    }
    for (int y = reach - 1; y <= reach; y++) {
        for (int x = reach - 1; x <= reach; x++) {
            fit->right[y * across + x] += pull * (float)((0.3 + 0.25 * 0.5) * 0.3);
        }
    }
}

/* Cholesky; the solution stands in right. */
static bool solve(struct fit *fit)
{
    static_assert(TAPS_MOST <= TAPS_ROOM, "a row holds all taps");
    double a[TAPS_MOST][TAPS_MOST], b[TAPS_MOST];
    int n = fit->taps;
    for (int i = 0; i < n; i++) {
        b[i] = fit->right[i];
        for (int j = 0; j <= i; j++) {
            double sum = fit->matrix[i][j];
            for (int k = 0; k < j; k++) {
                sum -= a[i][k] * a[j][k];
            }
            if (i == j && sum <= 1e-9) {
                return false;
            }
            a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
            b[i] -= a[i][k] * b[k];
        }
        b[i] /= a[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) {
            b[i] -= a[k][i] * b[k];
        }
        b[i] /= a[i][i];
        fit->right[i] = (float)b[i];
    }
    return true;
}

/* How much a module teaches, and what; 0: nothing. Before the first round only what is known. */
static float lesson(int8_t known, float decided, int round, float *wanted)
{
    float sure = fabsf(decided);
    if (known) {
        *wanted = known;
        return round > 0 ? 1.5F : 1;
    }
    *wanted = decided > 0 ? 1 : -1;
    return round == 0 || sure < 0.15F ? 0 : 0.7F * (sure > 1 ? 1 : sure);
}

static void apply(const struct soft *soft, const struct fit *fit, int reach, float *modules)
{
    float taps[TAPS_ROOM];
    for (int j = 0; j < soft->side; j++) {
        for (int i = 0; i < soft->side; i++) {
            float sum = 0;
            gather(soft, i, j, reach, taps);
            for (int r = 0; r < fit->taps; r++) {
                sum += fit->right[r] * taps[r];
            }
            modules[j * soft->side + i] = sum;
        }
    }
}

bool soft_equalise(struct soft *soft, const struct equaliser *how, float *modules)
{
    for (int round = 0; round <= how->rounds; round++) {
        struct fit fit = {.taps = 4 * how->reach * how->reach + 1};
        for (int j = 0; j < soft->side; j++) {
            for (int i = 0; i < soft->side; i++) {
                float taps[TAPS_ROOM], wanted;
                int k = j * soft->side + i;
                float weight = lesson(how->known[k], modules[k], round, &wanted);
                if (weight > 0) {
                    gather(soft, i, j, how->reach, taps);
                    learn(&fit, taps, wanted, weight);
                }
            }
        }
        hold(&fit, how->reach, round > 0 ? how->smooth / 4 : how->smooth);
        if (!solve(&fit)) {
            return round > 0;
        }
        apply(soft, &fit, how->reach, modules);
    }
    return true;
}
