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

#include <dlfcn.h>
#include <link.h>

#include "helper_resident.h"
#include "platform/base/code.h"

enum { TABLE = 2 << 20, STEP = 4096 };

static const unsigned char table[TABLE] = {[0] = 7, [TABLE - 1] = 9};

/* A large library, all of it read. */
static const char large[] = "libcrypto.so.3";

static int read_object(struct dl_phdr_info *object, size_t size, void *ctx)
{
    unsigned *sum = ctx;
    for (int i = 0; strstr(object->dlpi_name, large) && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        const volatile unsigned char *at =
            (const unsigned char *)object->dlpi_addr + segment->p_vaddr;
        for (size_t n = 0; segment->p_type == PT_LOAD && n < segment->p_memsz; n += STEP) {
            *sum = *sum * 31 + at[n];
        }
    }
    return 0;
}

static unsigned read_large(void)
{
    unsigned sum = 0;
    assert_non_null(dlopen(large, RTLD_LAZY));
    dl_iterate_phdr(read_object, &sum);
    return sum;
}

static void a_library_is_let_go_and_comes_back_the_same(void **state)
{
    unsigned sum = read_large();
    long before = resident_kb(large);
    assert_true(before > 1024);
    code_let_go(1);
    assert_true(resident_kb(large) < before / 2);
    assert_int_equal(read_large(), sum);
}

/* The library's own variable, beside its code. */
static void what_was_written_stays(void **state)
{
    volatile int *written = dlsym(dlopen("libm.so.6", RTLD_LAZY), "signgam");
    assert_non_null(written);
    *written = 482915;
    code_let_go(1);
    assert_int_equal(*written, 482915);
}

static void the_first_objects_are_left_alone(void **state)
{
    read_large();
    long before = resident_kb(large);
    code_let_go(code_objects());
    assert_true(before > 1024 && resident_kb(large) >= before);
}

static void the_program_stays(void **state)
{
    unsigned sum = 0;
    for (int i = 0; i < TABLE; i += STEP) {
        sum += ((const volatile unsigned char *)table)[i];
    }
    assert_int_equal(sum, 7);
    code_let_go(1);
    assert_true(resident_kb("base_code") >= TABLE / 1024);
}

static void locked_memory_is_let_go_too(void **state)
{
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        skip(); /* the limit for locked memory is small here */
    }
    if (madvise(NULL, 0, MADV_DONTNEED_LOCKED) != 0) {
        munlockall();
        skip(); /* a kernel before 5.18 */
    }
    read_large();
    long before = resident_kb(large);
    code_let_go(1);
    long after = resident_kb(large);
    munlockall();
    assert_true(before > 1024 && after < before / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_is_let_go_and_comes_back_the_same),
        cmocka_unit_test(what_was_written_stays),
        cmocka_unit_test(the_first_objects_are_left_alone),
        cmocka_unit_test(the_program_stays),
        cmocka_unit_test(locked_memory_is_let_go_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
