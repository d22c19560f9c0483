/* Which finders belong together: triples that look like one symbol, the best first, and the grid
 * fitted to one of them. */
#ifndef SENSOR_QR_PICK_H
#define SENSOR_QR_PICK_H

#include "platform/sensor/qr_grid.h"

enum { PICKS = 64 };

struct pick {
    struct grid_guess flat, deep; /* without and with perspective */
    int version;
    double score;    /* grid_guess_score of that version */
    double module;   /* pixels */
    float centre[6]; /* of its three finders */
};

/* What is looked at: finders stand where they stand in detect, grids are fitted in sample (the same
 * part of the frame, less treated). */
struct pick_views {
    const struct view *detect, *sample;
    float hysteresis;
    const struct deadline *deadline;
};

/* Writes at most PICKS triples, the best first; returns how many. */
size_t picks_rank(const struct pick_views *views, const struct finder *finders, size_t count,
                  struct pick *out);

/* Layouts by version, made when first asked for. Zeroed memory is ready for use. */
struct layouts {
    struct layout *made[LAYOUT_VERSIONS + 1];
};

/* The layout of version 1 to 40, borrowed. */
const struct layout *layouts_get(struct layouts *layouts, int version);

/* Frees all. */
void layouts_finish(struct layouts *layouts);

/* Fits grids of the likely versions and gives the best; false when none looks like a symbol, or
 * when the deadline came first. */
bool pick_fit(const struct pick_views *views, const struct pick *pick, struct layouts *layouts,
              struct grid *grid);

#endif
