/* The full fault lane: fault [SEED [PERCENT]]. Prints the table that stands in
 * tests/fault/report.txt; exit status 1 when a promise was broken. */
#include <stdio.h>
#include <stdlib.h>

#include "../fault/helper_lane.h"
#include "platform/base/log.h"

int main(int argc, char **argv)
{
    static const int full[LANE_KINDS] = {
        [LANE_F01_CUT] = 6000,    [LANE_F13_CLOCK] = 5000,  [LANE_F14_REFUSED] = 4000,
        [LANE_F16_UP] = 9000,     [LANE_F16_DOWN] = 9000,   [LANE_F17_LOST] = 5000,
        [LANE_F18_TWICE] = 3000,  [LANE_F19_STALLED] = 200, [LANE_F20_CAPTIVE] = 6000,
        [LANE_F22_STATUS] = 8000, [LANE_F23_PROXY] = 3000,  [LANE_F24_RESTART] = 1000,
        [LANE_F25_CLOSED] = 1000,
    };
    unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    int percent = argc > 2 ? atoi(argv[2]) : 100;
    int counts[LANE_KINDS];
    for (int i = 0; i < LANE_KINDS; i++) {
        counts[i] = (full[i] * percent + 99) / 100;
    }
    log_set_level(LOG_ERROR);
    printf("seed %llu, %d %%\n", seed, percent);
    return lane_run(counts, seed) == 0 ? 0 : 1;
}
