#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "helper_lane.h"
#include "platform/base/log.h"

/* The fast lane of every change; tests/bench/fault is the full one. */
static void no_promise_breaks(void **state)
{
    static const int counts[LANE_KINDS] = {
        [LANE_F01_CUT] = 200,    [LANE_F13_CLOCK] = 100, [LANE_F14_REFUSED] = 100,
        [LANE_F16_UP] = 350,     [LANE_F16_DOWN] = 350,  [LANE_F17_LOST] = 200,
        [LANE_F18_TWICE] = 150,  [LANE_F19_STALLED] = 6, [LANE_F20_CAPTIVE] = 250,
        [LANE_F22_STATUS] = 300, [LANE_F23_PROXY] = 150, [LANE_F24_RESTART] = 20,
        [LANE_F25_CLOSED] = 50,
    };
    const char *seed = getenv("GOCUA_SEED");
    log_set_level(LOG_ERROR);
    assert_int_equal(lane_run(counts, seed ? strtoull(seed, NULL, 10) : 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_promise_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
