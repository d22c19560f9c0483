/* What keeps a database waiting does not keep its thread from looking around. */
#include "platform/base/aside.h"
#include "platform/db/db.h"
#include "tests/db/helper_folder.h"

#include <sys/syscall.h>
#include <unistd.h>

enum { SYNC_MS = 10 * ASIDE_STEP_MS };

static bool is_slow;

/* In place of the C library's: a worn card. */
ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
    usleep(is_slow ? SYNC_MS * 1000 : 0);
    return syscall(SYS_pread64, fd, bytes, n, at);
}

int fdatasync(int fd)
{
    usleep(is_slow ? SYNC_MS * 1000 : 0);
    return (int)syscall(SYS_fdatasync, fd);
}

static void still(void *ctx, int64_t ms)
{
    (*(int *)ctx)++;
}

static struct db *opened(void **state)
{
    struct db *db = NULL;
    struct err err = {0};
    struct db_options options = {.busy_ms = SYNC_MS};
    assert_true(db_open(folder_path(state, "aside.db"), &options, &db, &err));
    return db;
}

static void a_slow_commit_is_looked_past_and_then_kept(void **state)
{
    struct err err = {0};
    int looks = 0;
    int64_t n = 0;
    struct aside *aside = aside_create(still, &looks);
    struct db *db = opened(state);
    assert_true(db_script(db, "CREATE TABLE t (n INTEGER)", &err));
    is_slow = true;
    looks = 0;
    assert_true(db_run(db, "INSERT INTO t VALUES (1)", DB_NONE, &err));
    assert_true(looks >= 1);
    assert_true(db_begin(db, &err));
    assert_true(db_run(db, "INSERT INTO t VALUES (2)", DB_NONE, &err));
    looks = 0;
    assert_true(db_end(db, true, &err));
    assert_true(looks >= 1);
    is_slow = false;
    assert_true(db_number(db, "SELECT sum(n) FROM t", DB_NONE, &n, 0, &err));
    assert_int_equal(n, 3);
    assert_true(db_run(db, "CREATE UNIQUE INDEX u ON t (n)", DB_NONE, &err));
    assert_false(db_run(db, "INSERT INTO t VALUES (2)", DB_NONE, &err));
    assert_int_equal(err.kind, ERR_INPUT); /* and what is wrong is told as ever */
    db_close(db);
    aside_destroy(aside);
}

static void a_row_that_is_not_in_memory_is_looked_past(void **state)
{
    struct err err = {0};
    int looks = 0;
    int64_t n = 0;
    struct aside *aside = aside_create(still, &looks);
    struct db *db = opened(state);
    assert_true(db_script(db, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)", &err));
    db_close(db);
    db = opened(state);
    looks = 0;
    is_slow = true;
    assert_true(db_number(db, "SELECT n FROM t", DB_NONE, &n, 0, &err));
    is_slow = false;
    assert_int_equal(n, 7);
    assert_true(looks >= 1);
    db_close(db);
    aside_destroy(aside);
}

static void another_writer_is_waited_for_in_the_same_way(void **state)
{
    struct err err = {0};
    int looks = 0;
    struct aside *aside = aside_create(still, &looks);
    struct db *db = opened(state), *other = opened(state);
    assert_true(db_begin(other, &err));
    assert_false(db_begin(db, &err)); /* it gives up after busy_ms */
    assert_int_equal(err.kind, ERR_STORAGE);
    assert_true(looks >= 1);
    assert_true(db_end(other, true, &err));
    err_clear(&err);
    assert_true(db_begin(db, &err));
    assert_true(db_end(db, true, &err));
    db_close(other);
    db_close(db);
    aside_destroy(aside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_slow_commit_is_looked_past_and_then_kept, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_is_not_in_memory_is_looked_past, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(another_writer_is_waited_for_in_the_same_way, folder_setup,
                                        folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
