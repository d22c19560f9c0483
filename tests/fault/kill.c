#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "helper_kill.h"
#include "platform/base/log.h"

/* Some kills of the lane; tests/bench/fault has them all, tests/screen/kills those on the screens.
 */
static void nothing_is_lost_by_a_kill(void **state)
{
    static const struct kill_counts counts = {.percent = 3, .twice = 20};
    const char *seed = getenv("GOCUA_SEED");
    log_set_level(LOG_ERROR);
    int bad = kill_run(&counts, seed ? strtoull(seed, NULL, 10) : 1);
    if (bad == KILL_NOT_ALLOWED) {
        print_message("left out: this machine lets no process trace another\n");
        fflush(NULL);
        _exit(77); /* the leak check cannot trace here either */
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_by_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
