#include "app/store/attachment.h"
#include "platform/db/db.h"
#include "tests/store/helper_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/file.h"

static void a_file_comes_back_in_pieces(void **state)
{
    struct fixture *f = *state;
    struct err err;
    static unsigned char bytes[250000], part[7001];
    int64_t id = add_draft(f, "uuid:1");
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)(i * 7 + i / 255);
    }
    struct attachment_writer *writer =
        attachment_begin(f->store, id, "ảnh cây.jpg", "image/jpeg", &err);
    assert_non_null(writer);
    for (size_t at = 0; at < sizeof(bytes); at += 50000) {
        check(attachment_write(writer, bytes + at, 50000, &err), &err);
    }
    check(attachment_end(writer, true, &err), &err);
    struct attachment_reader *reader = attachment_open_name(f->store, id, "ảnh cây.jpg", &err);
    assert_non_null(reader);
    assert_int_equal(attachment_size(reader), sizeof(bytes));
    for (int round = 0; round < 2; round++) { /* a second time from the start, as a retry does */
        size_t got = 1, at = 0;
        while (got) {
            check(attachment_read(reader, part, sizeof(part), &got, &err), &err);
            assert_memory_equal(part, bytes + at, got);
            at += got;
        }
        assert_int_equal(at, sizeof(bytes));
        check(attachment_seek(reader, 0, &err), &err);
    }
    attachment_close(reader);
}

static void a_newer_file_takes_the_place_of_the_older(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct attachments files;
    struct buf bytes = {0};
    int64_t id = add_draft(f, "uuid:1");
    check(attachment_put(f->store, id, "a.jpg", "image/jpeg", STR("old"), &err), &err);
    check(attachment_put(f->store, id, "a.jpg", "image/jpeg", STR("newer"), &err), &err);
    check(attachment_list(f->store, id, &f->arena, &files, &err), &err);
    assert_int_equal(files.n, 1);
    assert_int_equal(files.v[0].size, 5);
    check(attachment_load(f->store, id, "a.jpg", &bytes, &err), &err);
    assert_string_equal(buf_text(&bytes), "newer");
    buf_finish(&bytes);
    store_restart(f);
    assert_int_equal(f->health.orphans, 0); /* the old bytes went at once */
    check(attachment_remove(f->store, id, "a.jpg", &err), &err);
    check(attachment_remove(f->store, id, "a.jpg", &err), &err);
    assert_null(attachment_open_name(f->store, id, "a.jpg", &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void a_dropped_file_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct attachments files;
    int64_t id = add_draft(f, "uuid:1");
    struct attachment_writer *writer = attachment_begin(f->store, id, "a.jpg", "", &err);
    check(attachment_write(writer, "abc", 3, &err), &err);
    assert_false(attachment_end(writer, false, &err));
    check(attachment_list(f->store, id, &f->arena, &files, &err), &err);
    assert_int_equal(files.n, 0);
    assert_null(attachment_begin(f->store, 999, "a.jpg", "", &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void flip(const char *path, off_t at)
{
    unsigned char byte;
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void files_that_were_changed_or_swapped_are_noticed(void **state)
{
    struct fixture *f = *state;
    struct err err;
    char paths[2][300];
    struct buf bytes = {0};
    int64_t id = add_draft(f, "uuid:1");
    check(attachment_put(f->store, id, "a", "", STR("content of a"), &err), &err);
    check(attachment_put(f->store, id, "b", "", STR("content of b"), &err), &err);
    struct db_query *q =
        db_query(f->store->db, "SELECT file FROM attachment ORDER BY id", DB_NONE, &err);
    for (int i = 0; db_next(q, &err); i++) {
        snprintf(paths[i], sizeof(paths[i]), "%s/data/media/%s", f->folder, db_text(q, 0));
    }
    assert_true(db_done(q));
    flip(paths[0], 50);
    assert_false(attachment_load(f->store, id, "a", &bytes, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
    assert_int_equal(bytes.n, 0);
    flip(paths[0], 50);
    check(attachment_load(f->store, id, "a", &bytes, &err), &err);
    check(file_copy(paths[1], paths[0], &err), &err); /* a whole sealed file, of another name */
    assert_false(attachment_load(f->store, id, "a", &bytes, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
    check(file_remove(paths[0], &err), &err);
    assert_false(attachment_load(f->store, id, "a", &bytes, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    const char *const names[] = {"a", "b"};
    assert_false(record_finish(
        f->store, id, &(struct record_final){.xml = STR("<d/>"), .files = names, .file_count = 2},
        &err));
    buf_finish(&bytes);
}

static void a_limit_is_kept(void **state)
{
    struct fixture *f = *state;
    struct err err;
    static char large[200000];
    struct buf bytes = {.limit = 100000};
    int64_t id = add_draft(f, "uuid:1");
    const struct str all = {large, sizeof(large)};
    check(attachment_put(f->store, id, "a", "", all, &err), &err);
    assert_false(attachment_load(f->store, id, "a", &bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    buf_finish(&bytes);
}

/* No file may grow beyond 64 KiB: a full disk in the middle of a photo. */
static void a_full_disk_takes_no_half_photo(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct attachments files;
    int64_t id = add_draft(f, "uuid:1");
    check(attachment_put(f->store, id, "a.jpg", "", STR("the older one"), &err), &err);
    pid_t child = fork();
    if (child == 0) {
        static char photo[300000];
        struct store *store;
        const struct rlimit limit = {65536, 65536};
        bool ok = store_open(f->folder, f->key, &store, NULL);
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        ok =
            ok && !attachment_put(store, id, "a.jpg", "", (struct str){photo, sizeof(photo)}, &err);
        _exit(ok && err.kind == ERR_STORAGE && err.code == ENOSPC ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    check(attachment_list(f->store, id, &f->arena, &files, &err), &err);
    assert_int_equal(files.n, 1);
    assert_int_equal(files.v[0].size, 13);
    struct buf bytes = {0};
    check(attachment_load(f->store, id, "a.jpg", &bytes, &err), &err);
    assert_string_equal(buf_text(&bytes), "the older one");
    buf_finish(&bytes);
    store_restart(f);
    assert_int_equal(f->health.orphans, 0); /* the half file was removed at once */
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_file_comes_back_in_pieces),
        IN_STORE(a_newer_file_takes_the_place_of_the_older),
        IN_STORE(a_dropped_file_leaves_nothing),
        IN_STORE(files_that_were_changed_or_swapped_are_noticed),
        IN_STORE(a_limit_is_kept),
        IN_STORE(a_full_disk_takes_no_half_photo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
