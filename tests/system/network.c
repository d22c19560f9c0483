#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/base/clock.h"
#include "platform/system/network.h"

static void count(void *ctx)
{
    atomic_fetch_add((atomic_int *)ctx, 1);
}

static bool reaches(atomic_int *calls, int wanted)
{
    int64_t end = clock_mono_ms() + 5000;
    while (atomic_load(calls) < wanted && clock_mono_ms() < end) {
        usleep(10000);
    }
    return atomic_load(calls) >= wanted;
}

static void tells_once_at_the_start_and_then_keeps_quiet(void **state)
{
    atomic_int calls = 0;
    struct network *network;
    struct network_state seen;
    struct err err = {0};
    if (!network_open(&network, count, &calls, &err)) {
        assert_int_equal(err.kind, ERR_DEVICE);
        skip();
    }
    assert_true(reaches(&calls, 1));
    network_look(network, &seen);
    assert_true(seen.has_route == (seen.link[0] != 0));
    assert_true(seen.has_address || !seen.has_route);
    network_close(network);
    network_close(NULL);
}

/* A link of our own that comes and goes; needs the right to make one. */
static void tells_when_a_link_comes(void **state)
{
    atomic_int calls = 0;
    struct network *network;
    if (geteuid() != 0 || !network_open(&network, count, &calls, NULL)) {
        skip();
    }
    bool told = false;
    assert_true(reaches(&calls, 1));
    bool made = system("ip link add gocuatest0 type dummy 2>/dev/null && "
                       "ip link set gocuatest0 up 2>/dev/null") == 0;
    if (made) {
        told = reaches(&calls, 2);
    }
    if (system("ip link del gocuatest0 2>/dev/null") != 0) {
        made = false;
    }
    network_close(network);
    if (!made) {
        skip();
    }
    assert_true(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_once_at_the_start_and_then_keeps_quiet),
        cmocka_unit_test(tells_when_a_link_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
