#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/film.h"
#include "tests/frames/chance.h"

/* A hand that drifts, a lens that is not quite sharp, light that is not even, a sensor with noise:
 * mild, as when two people stand still and want it to work. */
struct pose {
    double turn, tilt_x, tilt_y, x, y, scale;
};

enum { MIX_ROWS = 60 }; /* in which a slow display shows both */

static const double blur[] = {.54, .205, .025}; /* of a sigma of about 0.75 pixels */

/* Slow sums of waves, another one for each thing that moves. */
static double drift(uint64_t seed, int what, double ms)
{
    double phase = (double)(seed % 1000) + what * 2.7;
    return .6 * sin(ms / 900 + phase) + .4 * sin(ms / 310 + phase * 1.7);
}

static void hold(const struct film_plan *plan, double ms, struct pose *pose)
{
    *pose = (struct pose){.turn = .03 * drift(plan->seed, 1, ms),
                          .tilt_x = 1.2e-4 * drift(plan->seed, 2, ms),
                          .tilt_y = 1.2e-4 * drift(plan->seed, 3, ms),
                          .x = 10 * drift(plan->seed, 4, ms),
                          .y = 10 * drift(plan->seed, 5, ms),
                          .scale = 1.06 + .03 * drift(plan->seed, 6, ms)};
}

static double at_pixel(const uint8_t *screen, double u, double v)
{
    int x = (int)floor(u), y = (int)floor(v);
    if (x < 0 || y < 0 || x >= SCREEN_W - 1 || y >= SCREEN_H - 1) {
        return 60; /* the room behind the device */
    }
    const uint8_t *p = screen + (size_t)y * SCREEN_W + x;
    double fx = u - x, fy = v - y;
    double above = p[0] + fx * (p[1] - p[0]);
    double below = p[SCREEN_W] + fx * (p[SCREEN_W + 1] - p[SCREEN_W]);
    return 18 + (above + fy * (below - above)) * .84; /* black glows, white is not all of it */
}

static double look(const struct pose *pose, const uint8_t *screen, double x, double y)
{
    double dx = x - CAMERA_W / 2.0 - pose->x, dy = y - CAMERA_H / 2.0 - pose->y;
    double w = 1 + pose->tilt_x * dx + pose->tilt_y * dy;
    double u = (dx * cos(pose->turn) - dy * sin(pose->turn)) * pose->scale / w;
    double v = (dx * sin(pose->turn) + dy * cos(pose->turn)) * pose->scale / w;
    return at_pixel(screen, SCREEN_W / 2.0 + u, SCREEN_H / 2.0 + 20 + v);
}

static void smear(const float *from, float *to, int step, int length, int lines, int next)
{
    for (int line = 0; line < lines; line++) {
        for (int i = 0; i < length; i++) {
            float sum = 0;
            for (int k = -2; k <= 2; k++) {
                int at = i + k < 0 ? 0 : i + k >= length ? length - 1 : i + k;
                sum += (float)blur[abs(k)] * from[line * next + at * step];
            }
            to[line * next + i * step] = sum;
        }
    }
}

void film_see(const struct film_plan *plan, const uint8_t *first, const uint8_t *second,
              double change_row, double ms, uint8_t *pixels)
{
    struct chance chance;
    struct pose pose;
    float *light = malloc(sizeof(*light) * CAMERA_W * CAMERA_H * 2);
    float *soft = light + CAMERA_W * CAMERA_H;
    chance_init(&chance, plan->seed ^ (uint64_t)(ms * 16));
    hold(plan, ms, &pose);
    for (int y = 0; y < CAMERA_H; y++) {
        double late = second ? (y - change_row) / MIX_ROWS : 0;
        late = late < 0 ? 0 : late > 1 ? 1 : late;
        for (int x = 0; x < CAMERA_W; x++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                double px = x + .25 + .5 * (k & 1), py = y + .25 + .5 * (k >> 1);
                sum += late < 1 ? (1 - late) * look(&pose, first, px, py) : 0;
                sum += late > 0 ? late * look(&pose, second, px, py) : 0;
            }
            light[y * CAMERA_W + x] = (float)(sum / 4 * (1 - .12 * x / CAMERA_W));
        }
    }
    smear(light, soft, 1, CAMERA_W, CAMERA_H, CAMERA_W);
    smear(soft, light, CAMERA_W, CAMERA_H, CAMERA_W, 1);
    for (int i = 0; i < CAMERA_W * CAMERA_H; i++) {
        double value = (double)light[i] + 4 * chance_normal(&chance);
        pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    free(light);
}
