#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/frames/paint.h"

enum { FINE = 6 }; /* steps in a pixel while the spread is drawn */

/* A disc (out of focus) on the fine net. */
static void stamp_disc(float *net, int side, double x, double y, double radius)
{
    for (int j = (int)(y - radius - 1); j <= y + radius + 1; j++) {
        for (int i = (int)(x - radius - 1); i <= x + radius + 1; i++) {
            if (i >= 0 && j >= 0 && i < side && j < side) {
                double dx = i + .5 - x, dy = j + .5 - y;
                double inside = radius + .5 - sqrt(dx * dx + dy * dy);
                if (inside > 0) {
                    net[j * side + i] +=
                        (float)(inside > 1 ? 1 : inside) / (float)(radius * radius);
                }
            }
        }
    }
}

/* The path of a moving hand, slightly curved. */
static void stamp_path(const struct frame_plan *plan, float *net, int side)
{
    int steps = plan->motion > 0 ? (int)ceil(plan->motion * 4) + 1 : 1;
    double centre = side / 2.0;
    double radius = (plan->defocus > .35 ? plan->defocus : 0) * FINE;
    radius = radius < .71 ? .71 : radius;
    for (int m = 0; m < steps; m++) {
        double at = steps > 1 ? m / (double)(steps - 1) - .5 : 0;
        double along = steps > 1 ? at * plan->motion : 0;
        double beside =
            plan->motion_curve * plan->motion * (steps > 1 ? (pow(2 * at, 2) - .33) * .5 : 0);
        double x = along * cos(plan->motion_angle) - beside * sin(plan->motion_angle);
        double y = along * sin(plan->motion_angle) + beside * cos(plan->motion_angle);
        stamp_disc(net, side, centre + x * FINE, centre + y * FINE, radius);
    }
}

/* The lens' own Gaussian, on the fine net. */
static void soften(float *net, int side, double sigma)
{
    int reach = (int)ceil(3 * sigma);
    float *weights = malloc(sizeof *weights * (size_t)(2 * reach + 1));
    float *rows = calloc((size_t)side * (size_t)side, sizeof *rows);
    for (int i = -reach; i <= reach; i++) {
        weights[i + reach] = (float)exp(-.5 * i * i / (sigma * sigma));
    }
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            float value = net[y * side + x];
            for (int i = -reach; value != 0 && i <= reach; i++) {
                if (x + i >= 0 && x + i < side) {
                    rows[y * side + x + i] += value * weights[i + reach];
                }
            }
        }
    }
    memset(net, 0, sizeof *net * (size_t)side * (size_t)side);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            float value = rows[y * side + x];
            for (int i = -reach; value != 0 && i <= reach; i++) {
                if (y + i >= 0 && y + i < side) {
                    net[(y + i) * side + x] += value * weights[i + reach];
                }
            }
        }
    }
    free(weights);
    free(rows);
}

float *lens_spread(const struct frame_plan *plan, int *reach)
{
    *reach = (int)ceil(plan->defocus + plan->motion / 2 * 1.2 + plan->lens * 3 + 1);
    int side = 2 * *reach + 1, fine = side * FINE;
    float *net = calloc((size_t)fine * (size_t)fine, sizeof *net);
    float *weights = calloc((size_t)side * (size_t)side, sizeof *weights);
    double sum = 0;
    stamp_path(plan, net, fine);
    soften(net, fine, plan->lens * FINE);
    for (int y = 0; y < fine; y++) {
        for (int x = 0; x < fine; x++) {
            weights[y / FINE * side + x / FINE] += net[y * fine + x];
            sum += net[y * fine + x];
        }
    }
    for (int i = 0; i < side * side; i++) {
        weights[i] /= (float)sum;
    }
    free(net);
    return weights;
}

static void add_shifted(const float *from, int width, int shift, float weight, float *to)
{
    int first = shift < 0 ? -shift : 0, last = shift > 0 ? width - shift : width;
    for (int x = 0; x < first; x++) {
        to[x] += weight * from[0];
    }
    for (int x = first; x < last; x++) {
        to[x] += weight * from[x + shift];
    }
    for (int x = last; x < width; x++) {
        to[x] += weight * from[width - 1];
    }
}

void lens_blur(const float *from, int width, int height, const float *weights, int reach, float *to)
{
    int side = 2 * reach + 1;
    for (int y = 0; y < height; y++) {
        float *row = to + (size_t)y * (size_t)width;
        memset(row, 0, (size_t)width * sizeof *row);
        for (int k = 0; k < side * side; k++) {
            int at = y + k / side - reach;
            at = at < 0 ? 0 : at >= height ? height - 1 : at;
            if (weights[k] >= 2e-5F) {
                add_shifted(from + (size_t)at * (size_t)width, width, k % side - reach, weights[k],
                            row);
            }
        }
    }
}

static void make_tables(int quality, float quant[64], float cosine[64])
{
    /* the brightness table of annex K */
    static const int usual[64] = {16,  11,  10,  16,  24, 40, 51,  61,  12,  12,  14,  19,  26,
                                  58,  60,  55,  14,  13, 16, 24,  40,  57,  69,  56,  14,  17,
                                  22,  29,  51,  87,  80, 62, 18,  22,  37,  56,  68,  109, 103,
                                  77,  24,  35,  55,  64, 81, 104, 113, 92,  49,  64,  78,  87,
                                  103, 121, 120, 101, 72, 92, 95,  98,  112, 100, 103, 99};
    int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int i = 0; i < 64; i++) {
        int value = (usual[i] * scale + 50) / 100;
        quant[i] = (float)(value < 1 ? 1 : value > 255 ? 255 : value);
    }
    for (int u = 0; u < 8; u++) {
        for (int x = 0; x < 8; x++) {
            cosine[u * 8 + x] = (float)((u ? .5 : .35355339059) * cos((2 * x + 1) * u * M_PI / 16));
        }
    }
}

/* There and back: rows, columns, rounding, columns, rows. */
static void spoil_block(float block[64], const float quant[64], const float cosine[64])
{
    float half[64];
    for (int k = 0; k < 64; k++) {
        half[k] = 0;
        for (int x = 0; x < 8; x++) {
            half[k] += block[k / 8 * 8 + x] * cosine[k % 8 * 8 + x];
        }
    }
    for (int k = 0; k < 64; k++) {
        float sum = 0;
        for (int y = 0; y < 8; y++) {
            sum += half[y * 8 + k % 8] * cosine[k / 8 * 8 + y];
        }
        block[k] = floorf(sum / quant[k] + .5F) * quant[k];
    }
    for (int k = 0; k < 64; k++) {
        half[k] = 0;
        for (int u = 0; u < 8; u++) {
            half[k] += block[k / 8 * 8 + u] * cosine[u * 8 + k % 8];
        }
    }
    for (int k = 0; k < 64; k++) {
        block[k] = 128;
        for (int v = 0; v < 8; v++) {
            block[k] += half[v * 8 + k % 8] * cosine[v * 8 + k / 8];
        }
    }
}

void jpeg_spoil(uint8_t *pixels, int width, int height, int quality)
{
    float quant[64], cosine[64], block[64];
    make_tables(quality, quant, cosine);
    for (int top = 0; top < height; top += 8) {
        for (int left = 0; left < width; left += 8) {
            for (int k = 0; k < 64; k++) {
                int y = top + k / 8 < height ? top + k / 8 : height - 1;
                int x = left + k % 8 < width ? left + k % 8 : width - 1;
                block[k] = (float)pixels[y * width + x] - 128;
            }
            spoil_block(block, quant, cosine);
            for (int k = 0; k < 64; k++) {
                int y = top + k / 8, x = left + k % 8;
                if (y < height && x < width) {
                    float value = block[k];
                    pixels[y * width + x] = (uint8_t)(value < 0     ? 0
                                                      : value > 255 ? 255
                                                                    : value + .5F);
                }
            }
        }
    }
}
