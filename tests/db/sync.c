/* What a commit asks of the disk. */
#include "platform/db/db.h"
#include "tests/db/helper_folder.h"

#include <sys/syscall.h>
#include <unistd.h>

static int whole, data;

/* In place of the C library's: what the database asks of the disk. */
int fsync(int fd)
{
    whole++;
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    data++;
    return (int)syscall(SYS_fdatasync, fd);
}

/* fsync would wait for the journal of the file system, and so for what other programs write. */
static void a_commit_waits_for_its_own_bytes(void **state)
{
    enum { COMMITS = 10 };
    struct db *db = NULL;
    struct err err = {0};
    assert_true(db_open(folder_path(state, "sync.db"), &(struct db_options){0}, &db, &err));
    assert_true(db_script(db, "CREATE TABLE t (n INTEGER)", &err));
    whole = data = 0;
    for (int i = 0; i < COMMITS; i++) {
        assert_true(db_run(db, "INSERT INTO t VALUES (?)", DB_WITH(DB_INT(i)), &err));
    }
    assert_true(data >= COMMITS); /* each is on disk … */
    assert_int_equal(whole, 0);   /* … and no more than that was asked */
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_waits_for_its_own_bytes, folder_setup,
                                        folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
