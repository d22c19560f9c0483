#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>
#include <openssl/crypto.h>

#include "platform/base/library.h"

#define CALLS(X) X(floor) X(ceil)
struct calls {
    CALLS(LIBRARY_FIELD)
};
static struct calls calls;
LIBRARY(library, "libm.so.6", CALLS, calls);

static struct calls none;
LIBRARY(missing, "libgocua-nowhere.so.1", CALLS, none);

#define OTHERS(X) X(floor) X(OpenSSL_version_num)
static struct {
    OTHERS(LIBRARY_FIELD)
} others;
LIBRARY(mistaken, "libm.so.6", OTHERS, others);

static void gives_its_functions(void **state)
{
    struct err err = {0};
    assert_true(library_need(&library, &err));
    assert_true(library_need(&library, NULL));
    assert_true(calls.floor(2.5) == 2 && calls.ceil(2.5) == 3);
    assert_int_equal(err.kind, ERR_NONE);
}

static void says_what_is_missing(void **state)
{
    struct err err = {0};
    for (int i = 0; i < 2; i++) {
        assert_false(library_need(&missing, &err));
        assert_int_equal(err.kind, ERR_LIBRARY);
        assert_non_null(strstr(err.text, "libgocua-nowhere.so.1"));
    }
    assert_false(library_need(&mistaken, &err));
    assert_int_equal(err.kind, ERR_LIBRARY);
    assert_string_equal(err.text, "libm.so.6 has no OpenSSL_version_num");
    assert_string_equal(err_kind_name(err.kind), "library");
}

static struct calls shared;
LIBRARY(raced, "libm.so.6", CALLS, shared);

static void *use(void *ctx)
{
    bool good = library_need(&raced, NULL) && shared.ceil(0.5) == 1;
    return good ? ctx : NULL;
}

static void loads_for_many_at_once(void **state)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use, &raced), 0);
    }
    for (int i = 0; i < 8; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_ptr_equal(good, &raced);
    }
}

#define LARGE(X) X(OpenSSL_version_num)
static struct {
    LARGE(LIBRARY_FIELD)
} large;
LIBRARY(large_one, "libcrypto.so.3", LARGE, large);

/* Resident KB of its code and constants. */
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

static void lets_go_of_a_start_once(void **state)
{
    struct err err = {0};
    assert_true(library_need(&large_one, &err));
    unsigned long version = large.OpenSSL_version_num();
    long before = resident_kb("libcrypto");
    assert_true(before > 0);
    library_settle();
    assert_true(resident_kb("libcrypto") < before / 2);
    assert_true(large.OpenSSL_version_num() == version);
    long used = resident_kb("libcrypto");
    library_settle(); /* nothing was loaded since */
    assert_true(used > 0 && resident_kb("libcrypto") >= used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_its_functions),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(loads_for_many_at_once),
        cmocka_unit_test(lets_go_of_a_start_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
