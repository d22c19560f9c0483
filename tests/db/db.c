#include "platform/db/db.h"
#include "tests/db/helper_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/file.h"

static const unsigned char key[DB_KEY_SIZE] = {1, 2, 3}, other_key[DB_KEY_SIZE] = {1, 2, 4};

static const struct db_migration steps[] = {
    {1, "001_base", "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB) STRICT;"},
    {2, "002_more", "ALTER TABLE t ADD COLUMN note TEXT; CREATE INDEX t_note ON t(note);"},
    {0, NULL, NULL}};

static struct db *open_with(const char *path, const unsigned char *with)
{
    struct db *db;
    struct err err;
    if (!db_open(path, &(struct db_options){.key = with}, &db, &err)) {
        fail_msg("%s", err.text);
    }
    if (!db_migrate(db, steps, &err)) {
        fail_msg("%s", err.text);
    }
    return db;
}

static int64_t count(struct db *db)
{
    int64_t n;
    assert_true(db_number(db, "SELECT count(*) FROM t", DB_NONE, &n, -1, NULL));
    return n;
}

static bool add(struct db *db, const char *name, struct err *err)
{
    return db_run(db, "INSERT INTO t (name) VALUES (?)", DB_WITH(DB_TEXT(name)), err);
}

static void values_come_back_as_given(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    struct err err;
    assert_true(db_run(db, "INSERT INTO t (name, body, note) VALUES (?, ?, ?)",
                       DB_WITH(DB_STR(STR("Đào Thử")), DB_BLOB("\0\1\2", 3), db_text_or_null(NULL)),
                       &err));
    assert_int_equal(db_last_id(db), 1);
    struct db_query *q =
        db_query(db, "SELECT name, body, note FROM t WHERE id = ?", DB_WITH(DB_INT(1)), &err);
    assert_true(db_next(q, &err));
    assert_string_equal(db_text(q, 0), "Đào Thử");
    assert_int_equal(db_str(q, 1).n, 3);
    assert_memory_equal(db_str(q, 1).s, "\0\1\2", 3);
    assert_true(db_is_null(q, 2));
    assert_string_equal(db_text(q, 2), "");
    assert_false(db_next(q, &err));
    assert_int_equal(err.kind, ERR_NONE);
    assert_false(db_next(q, &err)); /* asking again at the end starts nothing */
    assert_true(db_done(q));
    db_close(db);
}

static void same_query_may_run_inside_itself(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    for (int i = 0; i < 3; i++) {
        assert_true(add(db, (const char *[]){"a", "b", "c"}[i], NULL));
    }
    int seen = 0;
    struct db_query *outer = db_query(db, "SELECT id FROM t", DB_NONE, NULL);
    while (db_next(outer, NULL)) {
        struct db_query *inner = db_query(db, "SELECT id FROM t", DB_NONE, NULL);
        while (db_next(inner, NULL)) {
            seen++;
        }
        assert_true(db_done(inner));
    }
    assert_true(db_done(outer));
    assert_int_equal(seen, 9);
    db_close(db);
}

static void errors_say_what_kind_they_are(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    struct err err;
    assert_true(add(db, "one", &err));
    assert_false(add(db, "one", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(db_run(db, "SELECT nothing FROM nowhere", DB_NONE, &err));
    assert_int_equal(err.kind, ERR_STORAGE);
    assert_false(db_run(db, "SELECT ?", DB_NONE, &err)); /* too few values is no silent NULL */
    assert_null(db_query(db, "SELECT ?", DB_NONE, &err));
    assert_false(db_next(NULL, &err));
    assert_false(db_done(NULL));
    struct db *missing;
    assert_false(db_open(folder_path(state, "b.db"),
                         &(struct db_options){.key = key, .must_exist = true}, &missing, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_null(missing);
    db_close(db);
}

static void another_key_is_refused(void **state)
{
    const char *path = folder_path(state, "a.db");
    struct db *db = open_with(path, key);
    struct err err;
    assert_true(add(db, "secret", &err));
    db_close(db);
    assert_false(db_open(path, &(struct db_options){.key = other_key}, &db, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(db_open(path, &(struct db_options){0}, &db, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    db = open_with(path, key);
    assert_int_equal(count(db), 1);
    db_close(db);
}

static void without_a_key_it_is_plain(void **state)
{
    struct db *db = open_with(folder_path(state, "plain.db"), NULL);
    struct buf bytes = {0};
    assert_true(add(db, "visible", NULL));
    assert_true(db_compact(db, NULL));
    assert_true(file_read(folder_path(state, "plain.db"), 1 << 20, &bytes, NULL));
    assert_true(str_find(buf_str(&bytes), STR("SQLite format 3")) == 0);
    assert_true(str_find(buf_str(&bytes), STR("visible")) > 0);
    buf_finish(&bytes);
    db_close(db);
}

static void nothing_is_readable_on_disk(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    static const char *const names[] = {"a.db", "a.db-wal", "a.db-shm"};
    for (int i = 0; i < 200; i++) {
        char name[40];
        snprintf(name, sizeof(name), "Nguyen Canary %d", i);
        assert_true(add(db, name, NULL));
    }
    for (int i = 0; i < 3; i++) {
        struct buf bytes = {0};
        struct stat info;
        assert_true(file_read(folder_path(state, names[i]), 1 << 24, &bytes, NULL));
        assert_int_equal(str_find(buf_str(&bytes), STR("Canary")), -1);
        assert_int_equal(str_find(buf_str(&bytes), STR("SQLite format")), -1);
        assert_int_equal(stat(folder_path(state, names[i]), &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
        buf_finish(&bytes);
    }
    db_close(db);
}

static void brackets_nest(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    assert_true(db_begin(db, NULL));
    assert_true(add(db, "kept", NULL));
    assert_true(db_begin(db, NULL));
    assert_true(add(db, "undone", NULL));
    assert_false(db_end(db, false, NULL));
    assert_true(db_begin(db, NULL));
    assert_true(add(db, "kept too", NULL));
    assert_true(db_end(db, true, NULL));
    assert_true(db_in_change(db));
    assert_true(db_end(db, true, NULL));
    assert_false(db_in_change(db));
    assert_int_equal(count(db), 2);
    assert_true(db_begin(db, NULL));
    assert_true(add(db, "gone", NULL));
    assert_false(db_end(db, false, NULL));
    assert_int_equal(count(db), 2);
    db_close(db);
}

static void migrations_run_once_and_refuse_the_future(void **state)
{
    const char *path = folder_path(state, "a.db");
    struct err err;
    db_close(open_with(path, key));
    struct db *db = open_with(path, key);
    static const struct db_migration broken[] = {
        {1, "001", ""},
        {2, "002", ""},
        {3, "003_broken", "CREATE TABLE u (id INTEGER); INSERT INTO nowhere VALUES (1);"},
        {0, NULL, NULL}};
    assert_false(db_migrate(db, broken, &err));
    assert_non_null(strstr(err.text, "003_broken"));
    int64_t version, tables;
    assert_true(db_number(db, "PRAGMA user_version", DB_NONE, &version, 0, &err));
    assert_int_equal(version, 2);
    assert_true(db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name='u'", DB_NONE, &tables,
                          0, &err));
    assert_int_equal(tables, 0); /* half a step is no step */
    static const struct db_migration older[] = {{1, "001", ""}, {0, NULL, NULL}};
    assert_false(db_migrate(db, older, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(err.code, 2);
    db_close(db);
}

static void copy_opens_with_the_same_key(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    struct err err;
    assert_true(add(db, "one", NULL));
    if (!db_copy(db, folder_path(state, "copy.db"), &err)) {
        fail_msg("%s", err.text);
    }
    assert_true(add(db, "two", NULL));
    if (!db_copy(db, folder_path(state, "copy.db"), &err)) { /* over an older one */
        fail_msg("%s", err.text);
    }
    struct db *copy;
    assert_false(db_open(folder_path(state, "copy.db"), &(struct db_options){.key = other_key},
                         &copy, &err));
    copy = open_with(folder_path(state, "copy.db"), key);
    assert_int_equal(count(copy), 2);
    assert_true(db_check(copy, &err));
    db_close(copy);
    db_close(db);
}

static void changed_bytes_are_noticed(void **state)
{
    const char *path = folder_path(state, "a.db");
    struct db *db = open_with(path, key);
    struct err err;
    assert_true(db_begin(db, NULL));
    for (int i = 0; i < 2000; i++) {
        char name[64];
        snprintf(name, sizeof(name), "row %d of a table that fills some pages", i);
        assert_true(add(db, name, NULL));
    }
    assert_true(db_end(db, true, NULL));
    assert_true(db_compact(db, NULL));
    assert_true(db_check(db, &err));
    db_close(db);
    int64_t size = file_size(path);
    int noticed = 0, tries = 0;
    for (int64_t at = 100; at < size; at += size / 40, tries++) {
        int fd = open(path, O_RDWR);
        unsigned char byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        bool opened = db_open(path, &(struct db_options){.key = key}, &db, &err);
        noticed += !opened || !db_check(db, &err);
        if (opened) {
            db_close(db);
        }
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_int_equal(noticed, tries);
    db = open_with(path, key);
    assert_true(db_check(db, &err));
    db_close(db);
}

static void full_disk_is_said_and_survived(void **state)
{
    struct db *db = open_with(folder_path(state, "a.db"), key);
    struct err err = {0};
    assert_true(add(db, "before", NULL));
    db_limit_pages(db, db_pages(db) + 4);
    static char large[20000];
    bool ok = true;
    int added = 0;
    for (; ok && added < 100; added++) {
        assert_true(db_begin(db, NULL));
        ok = db_run(db, "INSERT INTO t (body) VALUES (?)", DB_WITH(DB_BLOB(large, sizeof(large))),
                    &err);
        ok = db_end(db, ok, &err);
    }
    assert_false(ok);
    assert_int_equal(err.kind, ERR_STORAGE);
    assert_int_equal(err.code, ENOSPC);
    assert_false(db_in_change(db));
    db_limit_pages(db, 0);
    assert_true(add(db, "after", &err));
    assert_int_equal(count(db), added + 1);
    assert_true(db_check(db, &err));
    db_close(db);
}

/* The system itself refuses to let files grow: what a full disk looks like to SQLite. */
static void fill_in_child(const char *path)
{
    struct rlimit limit = {256 * 1024, 256 * 1024};
    signal(SIGXFSZ, SIG_IGN);
    struct db *db = open_with(path, key);
    struct err err = {0};
    static char large[8000];
    bool ok = setrlimit(RLIMIT_FSIZE, &limit) == 0;
    for (int i = 0; ok && i < 1000; i++) {
        ok = db_run(db, "INSERT INTO t (body) VALUES (?)", DB_WITH(DB_BLOB(large, sizeof(large))),
                    &err);
    }
    _exit(!ok && err.kind == ERR_STORAGE && err.code == ENOSPC ? 0 : 1);
}

static void file_limit_is_a_full_disk(void **state)
{
    const char *path = folder_path(state, "a.db");
    pid_t child = fork();
    if (child == 0) {
        fill_in_child(path);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct db *db = open_with(path, key);
    assert_true(db_check(db, NULL));
    assert_true(count(db) > 5);
    assert_true(add(db, "after", NULL));
    db_close(db);
}

static void two_connections_do_not_block_each_other(void **state)
{
    const char *path = folder_path(state, "a.db");
    struct db *writer = open_with(path, key), *reader = open_with(path, key);
    assert_true(add(writer, "one", NULL));
    assert_true(db_begin(writer, NULL));
    assert_true(add(writer, "two", NULL));
    assert_int_equal(count(reader), 1);
    assert_true(db_end(writer, true, NULL));
    assert_int_equal(count(reader), 2);
    struct db *busy;
    struct err err;
    assert_true(db_open(path, &(struct db_options){.key = key, .busy_ms = 1}, &busy, &err));
    assert_true(db_begin(writer, NULL));
    assert_false(add(busy, "three", &err));
    assert_int_equal(err.code, EBUSY);
    assert_true(db_end(writer, true, NULL));
    assert_true(add(busy, "three", &err));
    db_close(busy);
    db_close(reader);
    db_close(writer);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(values_come_back_as_given),
        IN_FOLDER(same_query_may_run_inside_itself),
        IN_FOLDER(errors_say_what_kind_they_are),
        IN_FOLDER(another_key_is_refused),
        IN_FOLDER(without_a_key_it_is_plain),
        IN_FOLDER(nothing_is_readable_on_disk),
        IN_FOLDER(brackets_nest),
        IN_FOLDER(migrations_run_once_and_refuse_the_future),
        IN_FOLDER(copy_opens_with_the_same_key),
        IN_FOLDER(changed_bytes_are_noticed),
        IN_FOLDER(full_disk_is_said_and_survived),
        IN_FOLDER(file_limit_is_a_full_disk),
        IN_FOLDER(two_connections_do_not_block_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
