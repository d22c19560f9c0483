#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "helper_route.h"
#include "platform/base/log.h"

/* The fast part of F14's ways; build/bench/fault --only route is the full one. */
static void no_promise_breaks(void **state)
{
    const char *seed = getenv("GOCUA_SEED");
    log_set_level(LOG_ERROR);
    assert_int_equal(route_lane(seed ? strtoull(seed, NULL, 10) : 1, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_promise_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
