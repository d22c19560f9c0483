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

#include "platform/base/code.h"

enum { TABLE = 2 << 20, STEP = 4096 };

static const unsigned char table[TABLE] = {[0] = 7, [TABLE - 1] = 9};
static volatile int written = 1;

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

/* Resident KB of what cannot be written to and comes from a file with that name in its path. */
static long resident_kb(const char *name)
{
    char line[512];
    long kb = 0;
    bool is_it = false;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        char rights[8];
        if (sscanf(line, "%*x-%*x %7s ", rights) == 1) {
            is_it = strstr(line, name) && rights[1] != 'w';
        } else if (is_it && strncmp(line, "Rss:", 4) == 0) {
            kb += strtol(line + 4, NULL, 10);
        }
    }
    fclose(f);
    return kb;
}

static void a_library_is_let_go_and_comes_back_the_same(void **state)
{
    unsigned sum = read_large();
    long before = resident_kb(large);
    assert_true(before > 1024);
    code_let_go();
    assert_true(resident_kb(large) < before / 2);
    assert_int_equal(read_large(), sum);
}

static void what_was_written_stays(void **state)
{
    written = 482915;
    char *made = strdup("heap");
    code_let_go();
    assert_int_equal(written, 482915);
    assert_string_equal(made, "heap");
    free(made);
}

static void the_program_stays(void **state)
{
    unsigned sum = 0;
    for (int i = 0; i < TABLE; i += STEP) {
        sum += ((const volatile unsigned char *)table)[i];
    }
    assert_int_equal(sum, 7);
    code_let_go();
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
    code_let_go();
    long after = resident_kb(large);
    munlockall();
    assert_true(before > 1024 && after < before / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_is_let_go_and_comes_back_the_same),
        cmocka_unit_test(what_was_written_stays),
        cmocka_unit_test(the_program_stays),
        cmocka_unit_test(locked_memory_is_let_go_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
