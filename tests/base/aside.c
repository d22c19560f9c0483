/* Slow work beside a thread that somebody looks at. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/base/aside.h"

struct seen {
    pthread_t by;
    int calls;
    int64_t last;
    bool is_nested;
};

static void nest(void *ctx)
{
    *(pthread_t *)ctx = pthread_self();
}

static void still(void *ctx, int64_t ms)
{
    struct seen *seen = ctx;
    assert_true(pthread_equal(pthread_self(), seen->by));
    assert_true(ms > seen->last);
    seen->last = ms;
    seen->calls++;
    if (seen->is_nested) {
        pthread_t by;
        aside_do(nest, &by);
        assert_true(pthread_equal(by, seen->by));
    }
}

struct work {
    pthread_t by;
    int ms, runs;
};

static void run(void *ctx)
{
    struct work *work = ctx;
    work->by = pthread_self();
    work->runs++;
    usleep((useconds_t)work->ms * 1000);
}

static void nobody_looks_and_the_thread_works_itself(void **state)
{
    struct work work = {.ms = 0};
    aside_do(run, &work);
    assert_int_equal(work.runs, 1);
    assert_true(pthread_equal(work.by, pthread_self()));
}

static void slow_work_leaves_the_thread_time_to_say_so(void **state)
{
    struct seen seen = {.by = pthread_self()};
    struct work work = {.ms = 10 * ASIDE_STEP_MS};
    struct aside *aside = aside_create(still, &seen);
    assert_non_null(aside);
    aside_do(run, &work);
    assert_int_equal(work.runs, 1);
    assert_false(pthread_equal(work.by, pthread_self()));
    assert_true(seen.calls >= 1); /* nine on a machine with nothing else to do */
    int before = seen.calls;
    seen.last = 0;
    work.ms = 0;
    for (int i = 0; i < 1000; i++) {
        aside_do(run, &work);
    }
    assert_int_equal(work.runs, 1001);
    assert_true(seen.calls - before < 500); /* quick work is not shown as slow */
    aside_destroy(aside);
    aside_do(run, &work);
    assert_true(pthread_equal(work.by, pthread_self()));
}

static void work_begun_while_looking_is_done_at_once(void **state)
{
    struct seen seen = {.by = pthread_self(), .is_nested = true};
    struct work work = {.ms = 3 * ASIDE_STEP_MS};
    struct aside *aside = aside_create(still, &seen);
    aside_do(run, &work);
    assert_true(seen.calls >= 1);
    assert_null(aside_create(still, &seen)); /* one a thread */
    aside_destroy(aside);
}

static void the_errors_of_a_sync_come_back(void **state)
{
    struct seen seen = {.by = pthread_self()};
    struct aside *aside = aside_create(still, &seen);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    errno = 0;
    assert_int_equal(aside_fsync(ends[0]), -1); /* nothing to sync in a pipe */
    assert_int_equal(errno, EINVAL);
    errno = 0;
    assert_int_equal(aside_fdatasync(-1), -1);
    assert_int_equal(errno, EBADF);
    close(ends[0]);
    close(ends[1]);
    aside_destroy(aside);
    aside_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_looks_and_the_thread_works_itself),
        cmocka_unit_test(slow_work_leaves_the_thread_time_to_say_so),
        cmocka_unit_test(work_begun_while_looking_is_done_at_once),
        cmocka_unit_test(the_errors_of_a_sync_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
