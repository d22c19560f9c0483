#include "platform/sensor/qr_merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

/* Two frames show one card when their modules correlate at least so much. */
static const double same_card = 0.25;

void merge_init(struct merge *merge)
{
    *merge = (struct merge){0};
    merge->sum = mem_alloc(LAYOUT_MODULES, sizeof *merge->sum);
    merge->best = mem_alloc(LAYOUT_MODULES, sizeof *merge->best);
}

void merge_finish(struct merge *merge)
{
    free(merge->sum);
    free(merge->best);
}

void merge_reset(struct merge *merge)
{
    merge->version = 0;
    merge->frames = 0;
    merge->weight = 0;
}

void merge_begin(struct merge *merge)
{
    merge->best_score = 0;
    merge->best_version = 0;
}

void merge_offer(struct merge *merge, int version, double score, const float *modules,
                 const float quad[8])
{
    if (score < 0.42 || version < 5 || score <= merge->best_score) {
        return;
    }
    size_t side = 17 + 4 * (size_t)version;
    merge->best_score = score;
    merge->best_version = version;
    memcpy(merge->best, modules, side * side * sizeof *modules);
    memcpy(merge->best_quad, quad, sizeof merge->best_quad);
}

/* Cosine between the new modules (clipped in place) and the sum. */
static double likeness(struct merge *merge, size_t n)
{
    double both = 0, one = 0, other = 0;
    for (size_t k = 0; k < n; k++) {
        float value = fmaxf(-1.2F, fminf(1.2F, merge->best[k]));
        merge->best[k] = value;
        both += (double)(value * merge->sum[k]);
        one += (double)(value * value);
        other += (double)(merge->sum[k] * merge->sum[k]);
    }
    return both / sqrt(one * other + 1e-9);
}

bool merge_end(struct merge *merge)
{
    if (merge->best_version == 0) {
        return false;
    }
    size_t side = 17 + 4 * (size_t)merge->best_version, n = side * side;
    double like = likeness(merge, n);
    if (merge->version != merge->best_version || like < same_card) {
        merge_reset(merge);
        memset(merge->sum, 0, LAYOUT_MODULES * sizeof *merge->sum);
        merge->version = merge->best_version;
    }
    float weight = (float)((merge->best_score - 0.3) * (merge->best_score - 0.3));
    merge->weight += weight;
    merge->frames++;
    for (size_t k = 0; k < n; k++) {
        merge->sum[k] += merge->best[k] * weight;
        merge->best[k] = merge->sum[k] / merge->weight * 1.4F;
    }
    return merge->frames >= 2;
}
