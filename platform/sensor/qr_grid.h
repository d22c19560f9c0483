/* Where the modules of a symbol lie in the picture: a plane seen in perspective, plus small shifts
 * for a bent card. Fitted to everything about a symbol that is known before reading it. */
#ifndef SENSOR_QR_GRID_H
#define SENSOR_QR_GRID_H

#include "platform/sensor/qr_find.h"
#include "platform/sensor/qr_layout.h"

/* Three finders that may belong together, in perspective: u runs from a to b, v from a to c, both
 * 0 to 1 between the centres. */
struct grid_guess {
    double at[2], to_b[2], to_c[2];
    double deeper_b, deeper_c; /* how much farther away b and c are, 0: as far as a */
};

struct grid {
    const struct layout *layout;
    double symbol[8], picture[8]; /* four points: in modules, in pixels */
    double map[9];
    double score;   /* -1 to 1: correlation with the patterns */
    double module;  /* pixels, near the middle */
    bool is_warped; /* do the shifts below count? */
    float shift[LAYOUT_NODES * LAYOUT_NODES][2];
};

/* The guess without perspective. */
struct grid_guess grid_guess_flat(const struct finder *a, const struct finder *b,
                                  const struct finder *c);

/* A point of the guess in pixels. */
static inline void grid_guess_at(const struct grid_guess *guess, double u, double v, float *x,
                                 float *y)
{
    double depth = 1 + u * guess->deeper_b + v * guess->deeper_c;
    double share = 1 / (depth > 0.05 ? depth : 0.05);
    *x = (float)((guess->at[0] + u * guess->to_b[0] + v * guess->to_c[0]) * share);
    *y = (float)((guess->at[1] + u * guess->to_b[1] + v * guess->to_c[1]) * share);
}

/* How well the three finders look like those of a symbol of that many modules a side. */
double grid_guess_score(const struct view *view, const struct grid_guess *guess, int side);

/* Starts a grid of a version at a guess and searches for the fourth corner nearby. */
void grid_start(const struct view *view, const struct grid_guess *guess,
                const struct layout *layout, struct grid *grid);

/* Moves the corners by at most `reach` pixels as long as the score grows; rounds halve the step. */
void grid_polish(const struct view *view, struct grid *grid, double reach, int rounds);

/* Finds local shifts at the alignment patterns. */
void grid_warp(const struct view *view, struct grid *grid);

/* A place in modules (0, 0 is the symbol's corner) as pixels. */
void grid_at(const struct grid *grid, double u, double v, float *x, float *y);

/* The four outer corners in pixels: top left, top right, bottom right, bottom left. */
void grid_corners(const struct grid *grid, float quad[8]);

#endif
