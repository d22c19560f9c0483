/* Pictures that hold no code but much that looks like one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/frames/paint.h"

enum { KINDS = 7 };

static void fill(uint8_t *pixels, int width, const int box[4], int value)
{
    for (int y = box[1]; y < box[3]; y++) {
        memset(pixels + (size_t)y * (size_t)width + box[0], value, (size_t)(box[2] - box[0]));
    }
}

static void random_box(struct chance *chance, int width, int height, int box[4])
{
    int w = 4 + chance_below(chance, width / 3), h = 4 + chance_below(chance, height / 3);
    box[0] = chance_below(chance, width - w), box[1] = chance_below(chance, height - h);
    box[2] = box[0] + w, box[3] = box[1] + h;
}

/* Squares within squares: finders of nothing. */
static void squares(struct chance *chance, int width, int height, uint8_t *pixels)
{
    for (int k = 0; k < 24; k++) {
        int unit = 2 + chance_below(chance, 5);
        int x = chance_below(chance, width - 9 * unit), y = chance_below(chance, height - 9 * unit);
        for (int ring = 0; ring < 5; ring++) {
            static const int inks[] = {230, 20, 230, 20, 20};
            int in = ring * unit;
            int box[] = {x + in, y + in, x + 9 * unit - in, y + 9 * unit - in};
            if (box[2] > box[0] && box[3] > box[1]) {
                fill(pixels, width, box, inks[ring]);
            }
        }
    }
}

/* Random modules, as in a code, without any of its order. */
static void modules(struct chance *chance, int width, int height, uint8_t *pixels)
{
    int unit = 2 + chance_below(chance, 5);
    for (int y = 0; y + unit <= height; y += unit) {
        for (int x = 0; x + unit <= width; x += unit) {
            int box[] = {x, y, x + unit, y + unit};
            fill(pixels, width, box, chance_below(chance, 2) ? 220 : 30);
        }
    }
}

static void boxes(struct chance *chance, int width, int height, uint8_t *pixels)
{
    for (int k = 0; k < 60; k++) {
        int box[4];
        random_box(chance, width, height, box);
        fill(pixels, width, box, chance_below(chance, 256));
    }
}

static void stripes(struct chance *chance, int width, int height, uint8_t *pixels)
{
    double across = chance_between(chance, .05, 1.2), down = chance_between(chance, .05, 1.2);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            double wave = sin(x * across) * sin(y * down);
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)(127 + 120 * wave);
        }
    }
}

static void noise(struct chance *chance, int width, int height, uint8_t *pixels)
{
    int spread = 1 + chance_below(chance, 200);
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        pixels[i] = (uint8_t)(128 - spread / 2 + chance_below(chance, spread));
    }
}

/* The card itself, its code left out. */
static void card_alone(struct chance *chance, int width, int height, uint8_t *pixels)
{
    float *card = malloc(sizeof *card * CARD_WIDTH * CARD_HEIGHT);
    card_paint(card, chance, chance_between(chance, .5, .8));
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            float value = card[y * CARD_HEIGHT / height * CARD_WIDTH + x * CARD_WIDTH / width];
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)(value * 250);
        }
    }
    free(card);
}

static void spots(struct chance *chance, int width, int height, uint8_t *pixels)
{
    float grain[GRAIN * GRAIN];
    double scale = chance_between(chance, .02, .5);
    for (int i = 0; i < GRAIN * GRAIN; i++) {
        grain[i] = (float)chance_share(chance);
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            pixels[(size_t)y * (size_t)width + (size_t)x] =
                (uint8_t)(255 * grain_at(grain, x * scale, y * scale));
        }
    }
}

void frame_no_code(uint64_t seed, int width, int height, uint8_t *pixels)
{
    static void (*const kinds[KINDS])(struct chance *, int, int, uint8_t *) = {
        squares, modules, boxes, stripes, noise, card_alone, spots};
    struct chance chance;
    chance_init(&chance, seed * 7919 + 3);
    memset(pixels, 200, (size_t)width * (size_t)height);
    kinds[seed % KINDS](&chance, width, height, pixels);
    if (chance_below(&chance, 2)) {
        jpeg_spoil(pixels, width, height, 20 + chance_below(&chance, 70));
    }
}
