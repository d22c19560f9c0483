#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "platform/base/code.h"

enum { TABLE = 2 << 20, STEP = 4096 };

static const unsigned char table[TABLE] = {[0] = 7, [TABLE - 1] = 9};
static volatile int written = 1;
static const char *volatile const relocated = "a pointer that the loader filled in";

static unsigned read_table(void)
{
    unsigned sum = 0;
    for (int i = 0; i < TABLE; i += STEP) {
        sum += ((const volatile unsigned char *)table)[i];
    }
    return sum + ((const volatile unsigned char *)table)[TABLE - 1];
}

/* Resident KB of the segment with the table. */
static long resident_kb(void)
{
    char line[512];
    long kb = -1;
    bool is_it = false;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    while (kb < 0 && fgets(line, sizeof(line), f)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
            is_it = (uintptr_t)table >= from && (uintptr_t)table < to;
        } else if (is_it && strncmp(line, "Rss:", 4) == 0) {
            kb = strtol(line + 4, NULL, 10);
        }
    }
    fclose(f);
    return kb;
}

static void what_was_read_is_let_go_and_comes_back_the_same(void **state)
{
    assert_int_equal(read_table(), 16);
    assert_true(resident_kb() >= TABLE / 1024);
    code_let_go();
    assert_true(resident_kb() < TABLE / 2048);
    assert_int_equal(read_table(), 16);
}

static void what_was_written_stays(void **state)
{
    written = 482915;
    char *made = strdup("heap");
    code_let_go();
    assert_int_equal(written, 482915);
    assert_string_equal(made, "heap");
    assert_string_equal(relocated, "a pointer that the loader filled in");
    free(made);
}

static void locked_memory_is_let_go_too(void **state)
{
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        skip(); /* the limit for locked memory is small here */
    }
    read_table();
    assert_true(resident_kb() >= TABLE / 1024);
    if (madvise(NULL, 0, MADV_DONTNEED_LOCKED) != 0) {
        munlockall();
        skip(); /* a kernel before 5.18 */
    }
    code_let_go();
    long kb = resident_kb();
    munlockall();
    assert_true(kb < TABLE / 2048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_let_go_and_comes_back_the_same),
        cmocka_unit_test(what_was_written_stays),
        cmocka_unit_test(locked_memory_is_let_go_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
