#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "helper_disk.h"
#include "platform/base/log.h"

/* The fast lane of every change; tests/bench/fault is the full one. */
static void no_promise_breaks(void **state)
{
    static const int counts[DISK_KINDS] = {
        [DISK_F04_POWER] = 400, [DISK_F05_TORN] = 500, [DISK_F08_FULL] = 50,
        [DISK_F09_ERROR] = 50,  [DISK_F10_FLIP] = 250, [DISK_F33_UPGRADE] = 250,
    };
    const char *seed = getenv("GOCUA_SEED");
    log_set_level(LOG_ERROR);
    assert_int_equal(disk_run(counts, seed ? strtoull(seed, NULL, 10) : 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_promise_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
