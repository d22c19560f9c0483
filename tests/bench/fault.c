/* The full fault plan: fault [--only LANE] [SEED [PERCENT]]. Prints the table that stands in
 * tests/fault/report.txt; exit status 1 when a promise was broken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fault/helper_lane.h"
#include "platform/base/log.h"

#define LANE(name) int name##_lane(unsigned long long seed, int percent);
#include "../fault/lanes.h"
#undef LANE

static const struct {
    const char *name;
    int (*run)(unsigned long long seed, int percent);
} lanes[] = {
#define LANE(name) {#name, name##_lane},
#include "../fault/lanes.h"
#undef LANE
};

/* Faults between device and hub, on a wire in one process. */
int wire_lane(unsigned long long seed, int percent)
{
    static const int full[LANE_KINDS] = {
        [LANE_F01_CUT] = 6000,    [LANE_F13_CLOCK] = 5000,  [LANE_F14_REFUSED] = 4000,
        [LANE_F16_UP] = 9000,     [LANE_F16_DOWN] = 9000,   [LANE_F17_LOST] = 5000,
        [LANE_F18_TWICE] = 3000,  [LANE_F19_STALLED] = 200, [LANE_F20_CAPTIVE] = 6000,
        [LANE_F22_STATUS] = 8000, [LANE_F23_PROXY] = 3000,  [LANE_F24_RESTART] = 1000,
        [LANE_F25_CLOSED] = 1000,
    };
    int counts[LANE_KINDS];
    for (int i = 0; i < LANE_KINDS; i++) {
        counts[i] = (full[i] * percent + 99) / 100;
    }
    return lane_run(counts, seed);
}

int main(int argc, char **argv)
{
    const char *only = NULL;
    if (argc > 2 && strcmp(argv[1], "--only") == 0) {
        only = argv[2];
        argv += 2;
        argc -= 2;
    }
    unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    int percent = argc > 2 ? atoi(argv[2]) : 100;
    int bad = 0;
    int ran = 0;
    log_set_level(LOG_ERROR);
    printf("seed %llu, %d %%\n", seed, percent);
    for (size_t i = 0; i < sizeof(lanes) / sizeof(lanes[0]); i++) {
        if (!only || strcmp(only, lanes[i].name) == 0) {
            bad += lanes[i].run(seed, percent);
            ran++;
            fflush(stdout);
        }
    }
    if (ran == 0) {
        fprintf(stderr, "fault: no lane %s\n", only);
        return 2;
    }
    printf("broken promises: %d\n", bad);
    return bad == 0 ? 0 : 1;
}
