#include "platform/base/file.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static int setup(void **state)
{
    char path[] = "/tmp/gocua-base-XXXXXX";
    *state = mkdtemp(path) ? strdup(path) : NULL;
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    bool ok = file_remove_tree(*state, NULL);
    free(*state);
    return ok ? 0 : -1;
}

static const char *in(void **state, const char *name)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", (const char *)*state, name);
    return path;
}

static void put(void **state, const char *name, const char *text)
{
    assert_true(file_write(in(state, name), text, strlen(text), NULL));
}

static void check_text(void **state, const char *name, const char *text)
{
    struct buf bytes = {0};
    assert_true(file_read(in(state, name), 1 << 20, &bytes, NULL));
    assert_string_equal(buf_text(&bytes), text);
    buf_finish(&bytes);
}

static bool count_one(void *ctx, const char *name)
{
    (*(int *)ctx)++;
    return true;
}

static int count_names(void **state)
{
    int n = 0;
    assert_true(file_list(*state, count_one, &n, NULL));
    return n;
}

static void writing_replaces_and_reading_appends(void **state)
{
    struct buf bytes = {0};
    struct stat info;
    put(state, "a", "old and longer");
    put(state, "a", "new");
    buf_add_text(&bytes, "> ");
    assert_true(file_read(in(state, "a"), 3, &bytes, NULL));
    assert_string_equal(buf_text(&bytes), "> new");
    assert_int_equal(stat(in(state, "a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(file_size(in(state, "a")), 3);
    assert_int_equal(count_names(state), 1); /* nothing is left beside it */
    buf_finish(&bytes);
}

static void reading_keeps_to_its_limit(void **state)
{
    struct buf bytes = {0};
    struct err err;
    put(state, "a", "1234");
    assert_false(file_read(in(state, "a"), 3, &bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_read(in(state, "none"), 3, &bytes, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_false(file_read(*state, 3, &bytes, &err)); /* a folder */
    assert_int_equal(file_size(in(state, "none")), -1);
    buf_finish(&bytes);
}

/* What a full disk does: the old content stays, nothing half lies beside it. */
static void a_failed_write_leaves_the_old_file(void **state)
{
    put(state, "a", "old");
    pid_t child = fork();
    if (child == 0) {
        static char large[100000];
        const struct rlimit limit = {50000, 50000};
        struct err err = {0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        bool ok = file_write(in(state, "a"), large, sizeof(large), &err);
        _exit(!ok && err.kind == ERR_STORAGE && err.code == EFBIG ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    check_text(state, "a", "old");
    assert_int_equal(count_names(state), 1);
    struct err err;
    assert_false(file_write(in(state, "none/a"), "x", 1, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void copying_streams_any_size(void **state)
{
    size_t n = 300001;
    char *bytes = malloc(n);
    struct buf back = {0};
    struct err err;
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (char)(i * 31 + i / 257);
    }
    assert_true(file_write(in(state, "a"), bytes, n, NULL));
    put(state, "b", "in the way");
    assert_true(file_copy(in(state, "a"), in(state, "b"), NULL));
    assert_true(file_read(in(state, "b"), n, &back, NULL));
    assert_int_equal(back.n, n);
    assert_memory_equal(back.s, bytes, n);
    assert_false(file_copy(in(state, "none"), in(state, "b"), &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_int_equal(file_size(in(state, "b")), (int64_t)n);
    buf_finish(&back);
    free(bytes);
}

static void folders_are_made_and_removed_whole(void **state)
{
    struct err err;
    struct stat info;
    assert_true(file_make_folder(in(state, "x/y/z"), &err));
    assert_true(file_make_folder(in(state, "x/y/z"), &err));
    assert_int_equal(stat(in(state, "x/y"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    put(state, "x/y/file", "content");
    put(state, "kept", "content");
    assert_int_equal(symlink(in(state, "kept"), in(state, "x/link")), 0);
    assert_false(file_make_folder(in(state, "kept"), &err));
    assert_true(file_remove_tree(in(state, "x"), &err));
    assert_false(file_exists(in(state, "x")));
    check_text(state, "kept", "content"); /* a link is removed, not followed */
    assert_true(file_remove_tree(in(state, "x"), &err));
    assert_true(file_remove(in(state, "none"), &err));
    assert_false(file_list(in(state, "none"), count_one, NULL, &err));
}

static void renaming_takes_the_place(void **state)
{
    struct err err;
    put(state, "a", "from a");
    put(state, "b", "from b");
    assert_true(file_rename(in(state, "a"), in(state, "b"), &err));
    check_text(state, "b", "from a");
    assert_false(file_exists(in(state, "a")));
    assert_false(file_rename(in(state, "a"), in(state, "b"), &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_true(file_free_space(*state) > 0);
    assert_int_equal(file_free_space(in(state, "none")), -1);
}

static void plain_names_stay_in_their_folder(void **state)
{
    char longest[300];
    memset(longest, 'x', sizeof(longest));
    assert_true(file_is_plain_name(STR("ảnh cây.png")));
    assert_true(file_is_plain_name(STR("..a")));
    assert_true(file_is_plain_name((struct str){longest, 255}));
    assert_false(file_is_plain_name((struct str){longest, 256}));
    const char *const bad[] = {"", ".", "..", "a/b", "/a", "a\\b", "a\nb", "a\x7f", "\xff"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(file_is_plain_name(str_of(bad[i])));
    }
    assert_false(file_is_plain_name((struct str){"a\0b", 3}));
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(writing_replaces_and_reading_appends),    IN_FOLDER(reading_keeps_to_its_limit),
        IN_FOLDER(a_failed_write_leaves_the_old_file),      IN_FOLDER(copying_streams_any_size),
        IN_FOLDER(folders_are_made_and_removed_whole),      IN_FOLDER(renaming_takes_the_place),
        cmocka_unit_test(plain_names_stay_in_their_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
