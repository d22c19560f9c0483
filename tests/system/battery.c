#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "platform/system/battery.h"

static char folder[64];

static void put(const char *supply, const char *what, const char *text)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", folder, supply);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/%s", folder, supply, what);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/gocua-battery-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void a_machine_without_a_battery_is_never_low(void **state)
{
    put("AC", "type", "Mains\n");
    assert_int_equal(battery_percent(folder), -1);
    assert_int_equal(battery_percent("/nowhere"), -1);
    assert_false(battery_is_low(folder));
}

static void below_a_fifth_is_low(void **state)
{
    put("BAT0", "type", "Battery\n");
    put("BAT0", "capacity", "20\n");
    assert_int_equal(battery_percent(folder), 20);
    assert_false(battery_is_low(folder));
    put("BAT0", "capacity", "19\n");
    assert_true(battery_is_low(folder));
}

static void a_scanners_own_battery_does_not_count(void **state)
{
    put("BAT0", "type", "Battery\n");
    put("BAT0", "capacity", "10\n");
    put("hid-1", "type", "Battery\n");
    put("hid-1", "scope", "Device\n");
    put("hid-1", "capacity", "90\n");
    assert_int_equal(battery_percent(folder), 10);
}

static void nonsense_is_no_battery(void **state)
{
    put("BAT0", "type", "Battery\n");
    for (const char *const *text = (const char *const[]){"", "x\n", "-5\n", "400\n", "12x\n", NULL};
         *text; text++) {
        put("BAT0", "capacity", *text);
        assert_int_equal(battery_percent(folder), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_machine_without_a_battery_is_never_low, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(below_a_fifth_is_low, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_scanners_own_battery_does_not_count, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(nonsense_is_no_battery, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
