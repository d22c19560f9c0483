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

#include "helper_resident.h"
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

static void late_code_is_let_go_after_every_work(void **state)
{
    struct err err = {0};
    assert_true(library_need(&large_one, &err));
    for (int i = 0; i < 2; i++) {
        unsigned long version = large.OpenSSL_version_num();
        long before = resident_kb("libcrypto"), early = resident_kb("libc.so");
        assert_true(before > 0 && version > 0);
        library_settle();
        assert_true(resident_kb("libcrypto") < before);
        assert_true(resident_kb("libc.so") >= early); /* was there from the start */
        assert_true(large.OpenSSL_version_num() == version);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_its_functions),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(loads_for_many_at_once),
        cmocka_unit_test(late_code_is_let_go_after_every_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
