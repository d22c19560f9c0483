/* Soft modules of one card over several frames of a film. */
#ifndef SENSOR_QR_MERGE_H
#define SENSOR_QR_MERGE_H

#include "platform/sensor/qr_layout.h"

struct merge {
    int version, frames;
    float weight;
    float *sum;  /* room for LAYOUT_MODULES */
    float *best; /* of this frame: its best grid that could not be read */
    int best_version;
    double best_score;
    float best_quad[8];
};

/* Makes room. */
void merge_init(struct merge *merge);

/* Frees. */
void merge_finish(struct merge *merge);

/* Forgets all frames. */
void merge_reset(struct merge *merge);

/* A new frame begins. */
void merge_begin(struct merge *merge);

/* Keeps the modules of a grid when it is the frame's best so far. */
void merge_offer(struct merge *merge, int version, double score, const float *modules,
                 const float quad[8]);

/* Adds the frame's best to the sum, or starts a new sum when it shows another card. True when the
 * sum of two frames or more is worth reading: their mean stands in best. */
bool merge_end(struct merge *merge);

#endif
