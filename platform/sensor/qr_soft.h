/* From a grid to soft modules: brightness sampled twice a module, made equal across shadows, and an
 * equaliser that learns from the modules that are known how the lens, the hand and the ink mixed
 * each with its neighbours. */
#ifndef SENSOR_QR_SOFT_H
#define SENSOR_QR_SOFT_H

#include "platform/sensor/qr_grid.h"

enum { SOFT_MARGIN = 4 }; /* half modules around the symbol */

/* Samples of one grid; row x row half modules with the margin. Zeroed memory is ready for use. */
struct soft {
    int side;     /* modules */
    int row;      /* half modules in a row, margin included */
    float *raw;   /* brightness */
    float *level; /* dark positive, about -1 to 1 */
    float washed; /* share of the symbol without detail because it is too bright */
    double *sums; /* room for soft_normalise */
    size_t room;  /* samples that fit */
};

/* Frees. */
void soft_finish(struct soft *soft);

/* Samples the grid. */
void soft_sample(struct soft *soft, const struct view *view, const struct grid *grid);

/* Sets level: brightness against the mean and spread within so many half modules around. */
void soft_normalise(struct soft *soft, int radius);

/* Modules as the plain mean of their four samples. */
void soft_plain(const struct soft *soft, float *modules);

struct equaliser {
    int reach;           /* half modules to each side of the centre that count: 2 or 3 */
    int rounds;          /* times it learns again from what it decided */
    double smooth;       /* how strongly it holds to the plain mean */
    const int8_t *known; /* side x side: 1 dark, -1 light, 0 unknown */
};

/* Learns and applies; modules are read and written: dark positive, 1 is certain. False: nothing
 * could be learned, the modules are unchanged. */
bool soft_equalise(struct soft *soft, const struct equaliser *how, float *modules);

#endif
