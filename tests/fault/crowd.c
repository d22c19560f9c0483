#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "helper_crowd.h"
#include "platform/base/log.h"

/* Few records a device; build/bench/devices is the full crowd. */
static void three_hundred_send_at_once(void **state)
{
    const struct crowd crowd = {
        .devices = 300, .records = 2, .photos = 1, .photo = 3000, .broken_percent = 60, .seed = 1};
    struct crowd_result result;
    log_set_level(LOG_ERROR);
    int bad = crowd_play(&crowd, &result);
    crowd_print(&crowd, &result);
    assert_int_equal(bad, 0);
    assert_int_equal(result.records, 600);
    assert_true(result.breaks.cut_up > 0 && result.breaks.cut_down > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_hundred_send_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
