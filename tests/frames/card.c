#include <math.h>

#include "tests/frames/paint.h"

float grain_at(const float *grain, double x, double y)
{
    x -= floor(x / GRAIN) * GRAIN;
    y -= floor(y / GRAIN) * GRAIN;
    int left = (int)x, top = (int)y;
    double across = x - left, down = y - top;
    left %= GRAIN, top %= GRAIN;
    int right = (left + 1) % GRAIN, bottom = (top + 1) % GRAIN;
    across = across * across * (3 - 2 * across);
    down = down * down * (3 - 2 * down);
    double upper = grain[top * GRAIN + left] * (1 - across) + grain[top * GRAIN + right] * across;
    double lower =
        grain[bottom * GRAIN + left] * (1 - across) + grain[bottom * GRAIN + right] * across;
    return (float)(upper * (1 - down) + lower * down);
}

void card_rectangle(float *card, const double place[4], float value)
{
    double x = place[0], y = place[1], width = place[2], height = place[3];
    for (int j = (int)(y * CARD_SCALE); j < (y + height) * CARD_SCALE; j++) {
        for (int i = (int)(x * CARD_SCALE); i < (x + width) * CARD_SCALE; i++) {
            if (i >= 0 && j >= 0 && i < CARD_WIDTH && j < CARD_HEIGHT) {
                card[j * CARD_WIDTH + i] = value;
            }
        }
    }
}

static void letter(float *card, struct chance *chance, const double place[4], float ink)
{
    uint64_t bits = chance_bits(chance);
    for (int j = 0; j < 7; j++) {
        for (int i = 0; i < 5; i++) {
            if (bits >> (j * 5 + i) & 1) {
                double dot[] = {place[0] + i * place[2] / 5.5, place[1] + j * place[3] / 7,
                                place[2] / 5.5, place[3] / 7};
                card_rectangle(card, dot, ink);
            }
        }
    }
}

void card_text(float *card, struct chance *chance, const double place[4], float ink)
{
    double width = place[3] * .62;
    double x = place[0];
    while (x + width < place[0] + place[2]) {
        letter(card, chance, (double[]){x, place[1], width, place[3]}, ink);
        x += width * (chance_below(chance, 6) == 0 ? 2 : 1.15);
    }
}

static void pattern(float *card, const double p[6], double paper)
{
    for (int j = 0; j < CARD_HEIGHT; j++) {
        for (int i = 0; i < CARD_WIDTH; i++) {
            double x = i / (double)CARD_SCALE, y = j / (double)CARD_SCALE;
            double guilloche =
                sin(x * p[0] + 3 * sin(y * .13 * p[1])) * sin(y * p[2] + 3 * sin(x * .11 * p[3]));
            card[j * CARD_WIDTH + i] = (float)(paper + .05 * guilloche + .03 * sin((x + y) * p[4]) +
                                               .02 * sin(x * 6 + 4 * sin(y * .7)));
        }
    }
}

static void portrait(float *card)
{
    for (int j = 0; j < 30 * CARD_SCALE; j++) {
        for (int i = 0; i < 22 * CARD_SCALE; i++) {
            double away = hypot(i / (11.0 * CARD_SCALE) - 1, j / (15.0 * CARD_SCALE) - 1);
            card[(j + 18 * CARD_SCALE) * CARD_WIDTH + i + 3 * CARD_SCALE] =
                (float)(away < .7 ? .45 - .1 * away : .75 - .2 * away);
        }
    }
}

void card_paint(float *card, struct chance *chance, double paper)
{
    double p[6];
    for (int i = 0; i < 6; i++) {
        p[i] = chance_between(chance, .4, 1.6);
    }
    pattern(card, p, paper);
    card_rectangle(card, (double[]){4, 4, 9, 9}, .35F);
    card_text(card, chance, (double[]){18, 4, 40, 2}, .15F);
    card_text(card, chance, (double[]){18, 8, 34, 1.6}, .2F);
    card_text(card, chance, (double[]){20, 12, 30, 2.6}, .12F);
    portrait(card);
    for (int k = 0; k < 6; k++) {
        double width = chance_between(chance, 20, 34);
        card_text(card, chance, (double[]){28, 18 + k * 5.2, width, 2}, .12F);
    }
    card_text(card, chance, (double[]){28, 50, 28, 1.4}, .2F);
}
