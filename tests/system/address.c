/* Under which addresses others nearby may reach this device, and in which order they try them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "platform/system/address.h"

static void a_hot_spot_comes_first(void **state)
{
    int hot_spot = address_rank(true, false, 1), wifi = address_rank(true, false, 77);
    int cable = address_rank(false, false, 77), inside = address_rank(false, true, 1);
    assert_true(hot_spot < wifi && wifi < cable && cable < inside);
}

static void given_addresses_stand_for_all(void **state)
{
    char at[ADDRESSES][ADDRESS_TEXT];
    setenv("GOCUA_NEAR", "", 1);
    assert_int_equal(address_list(at), 0);
    setenv("GOCUA_NEAR", "127.0.0.1,,10.0.0.7,a-name-that-is-far-too-long", 1);
    assert_int_equal(address_list(at), 2);
    assert_string_equal(at[0], "127.0.0.1");
    assert_string_equal(at[1], "10.0.0.7");
    setenv("GOCUA_NEAR", "1.1.1.1,2,3,4,5,6,7,8,9,10", 1);
    assert_int_equal(address_list(at), ADDRESSES);
    unsetenv("GOCUA_NEAR");
}

static void the_real_ones_are_no_loopback(void **state)
{
    char at[ADDRESSES][ADDRESS_TEXT];
    int n = address_list(at);
    for (int i = 0; i < n; i++) {
        assert_true(at[i][0] >= '1' && at[i][0] <= '9');
        assert_memory_not_equal(at[i], "127.", 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hot_spot_comes_first),
        cmocka_unit_test(given_addresses_stand_for_all),
        cmocka_unit_test(the_real_ones_are_no_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
