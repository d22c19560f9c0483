/* Parts of the painting of a frame. */
#ifndef FRAMES_PAINT_H
#define FRAMES_PAINT_H

#include "tests/frames/chance.h"
#include "tests/frames/frames.h"

enum { CARD_SCALE = 10, CARD_WIDTH = 856, CARD_HEIGHT = 540, GRAIN = 64 };

/* Smooth noise over a table of GRAIN x GRAIN shares. */
float grain_at(const float *grain, double x, double y);

/* A rectangle of one reflectance on a card, in mm. */
void card_rectangle(float *card, const double place[4], float value);

/* A line of letters that nobody can read, in mm. */
void card_text(float *card, struct chance *chance, const double place[4], float ink);

/* A card's front: pattern, emblem, portrait, text. */
void card_paint(float *card, struct chance *chance, double paper);

/* Weights of the point spread of lens, focus and hand; the caller frees. reach is its radius. */
float *lens_spread(const struct frame_plan *plan, int *reach);

/* Spreads every pixel by the weights; borders go on as they are. */
void lens_blur(const float *from, int width, int height, const float *weights, int reach,
               float *to);

/* What JPEG of a quality does to brightness. */
void jpeg_spoil(uint8_t *pixels, int width, int height, int quality);

#endif
