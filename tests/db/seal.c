#include "platform/db/seal.h"
#include "tests/db/helper_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include "platform/base/file.h"

static const unsigned char raw[CRYPT_KEY] = "a key for tests, nothing more...";

static void write_sealed(const char *path, const unsigned char *bytes, size_t n)
{
    struct key *key = key_of(raw);
    struct err err;
    struct seal_writer *writer = seal_create(path, key, STR("about"), &err);
    assert_non_null(writer);
    for (size_t at = 0; at < n;) {
        size_t part = n - at < 10007 ? n - at : 10007;
        assert_true(seal_write(writer, bytes + at, part, &err));
        at += part;
    }
    assert_true(seal_finish(writer, &err));
    key_destroy(key);
}

static bool read_sealed(const char *path, const char *about, struct buf *out, struct err *err)
{
    struct key *key = key_of(raw);
    struct seal_reader *reader = seal_open(path, key, str_of(about), err);
    key_destroy(key);
    bool ok = reader != NULL;
    unsigned char part[5003];
    size_t got = 1;
    while (ok && got) {
        ok = seal_read(reader, part, sizeof(part), &got, err);
        buf_add(out, part, got);
    }
    ok = ok && (int64_t)out->n == seal_length(reader);
    seal_close(reader);
    return ok;
}

static unsigned char *some_bytes(size_t n)
{
    unsigned char *bytes = malloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (unsigned char)(i * 31 + i / 251);
    }
    return bytes;
}

static void every_length_comes_back(void **state)
{
    const size_t lengths[] = {0, 1, 65535, 65536, 65537, 131072, 300000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        char name[16];
        struct buf got = {0};
        struct err err;
        unsigned char *bytes = some_bytes(lengths[i]);
        snprintf(name, sizeof(name), "f%zu", i);
        write_sealed(folder_path(state, name), bytes, lengths[i]);
        assert_true(read_sealed(folder_path(state, name), "about", &got, &err));
        assert_int_equal(got.n, lengths[i]);
        if (got.n) {
            assert_memory_equal(got.s, bytes, got.n);
        }
        buf_finish(&got);
        free(bytes);
    }
}

static void another_name_does_not_open(void **state)
{
    struct buf got = {0};
    struct err err;
    write_sealed(folder_path(state, "f"), raw, sizeof(raw));
    assert_false(read_sealed(folder_path(state, "f"), "another", &got, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
    assert_false(read_sealed(folder_path(state, "g"), "about", &got, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    buf_finish(&got);
}

static void any_changed_byte_is_noticed(void **state)
{
    const char *path = folder_path(state, "f");
    unsigned char *bytes = some_bytes(150000);
    write_sealed(path, bytes, 150000);
    int64_t size = file_size(path);
    for (int64_t at = 0; at < size; at += size / 60) {
        struct buf got = {0};
        struct err err;
        unsigned char byte;
        int fd = open(path, O_RDWR);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        assert_false(read_sealed(path, "about", &got, &err));
        assert_int_equal(err.kind, ERR_DAMAGED);
        assert_true(got.n <= 150000 && (!got.n || memcmp(got.s, bytes, got.n) == 0));
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        buf_finish(&got);
    }
    free(bytes);
}

static void cut_and_lengthened_files_are_noticed(void **state)
{
    const char *path = folder_path(state, "f");
    unsigned char *bytes = some_bytes(131072);
    const int64_t changes[] = {-1, -17, -65553, -65553 * 2, -131200, 1, 17, 70000};
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        struct buf got = {0};
        struct err err;
        file_remove(path, NULL);
        write_sealed(path, bytes, 131072);
        int64_t size = file_size(path) + changes[i];
        assert_int_equal(truncate(path, size > 0 ? size : 0), 0);
        assert_false(read_sealed(path, "about", &got, &err));
        assert_int_equal(err.kind, ERR_DAMAGED);
        buf_finish(&got);
    }
    free(bytes);
}

static void seeking_reads_the_right_place(void **state)
{
    const char *path = folder_path(state, "f");
    unsigned char *bytes = some_bytes(200000), part[100];
    struct key *key = key_of(raw);
    struct err err;
    write_sealed(path, bytes, 200000);
    struct seal_reader *reader = seal_open(path, key, STR("about"), &err);
    const int64_t places[] = {199990, 0, 65536, 65535, 131072, 131071, 5, 200000};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        size_t got;
        assert_true(seal_seek(reader, places[i], &err));
        assert_true(seal_read(reader, part, sizeof(part), &got, &err));
        assert_true(got > 0 || places[i] == 200000);
        assert_true(got == 0 || memcmp(part, bytes + places[i], got) == 0);
    }
    assert_false(seal_seek(reader, 200001, &err));
    seal_close(reader);
    key_destroy(key);
    free(bytes);
}

static void an_aborted_file_leaves_nothing(void **state)
{
    struct key *key = key_of(raw);
    struct err err;
    struct seal_writer *writer = seal_create(folder_path(state, "f"), key, STR("x"), &err);
    assert_null(seal_create(folder_path(state, "f"), key, STR("x"), &err));
    assert_int_equal(err.kind, ERR_STORAGE);
    assert_true(seal_write(writer, raw, sizeof(raw), &err));
    seal_abort(writer);
    assert_false(file_exists(folder_path(state, "f")));
    key_destroy(key);
}

static void keys_wrap_and_derive(void **state)
{
    struct key *key = key_create(), *kek = key_create(), *other = key_create();
    unsigned char wrapped[CRYPT_WRAPPED];
    key_wrap(key, kek, STR("slot 1"), wrapped);
    struct key *back = key_unwrap(wrapped, kek, STR("slot 1"));
    assert_memory_equal(key_bytes(back), key_bytes(key), CRYPT_KEY);
    assert_null(key_unwrap(wrapped, kek, STR("slot 2")));
    assert_null(key_unwrap(wrapped, other, STR("slot 1")));
    wrapped[40] ^= 1;
    assert_null(key_unwrap(wrapped, kek, STR("slot 1")));
    struct key *one = key_derive(key, 1), *two = key_derive(key, 2), *again = key_derive(key, 1);
    assert_memory_not_equal(key_bytes(one), key_bytes(two), CRYPT_KEY);
    assert_memory_equal(key_bytes(one), key_bytes(again), CRYPT_KEY);
    struct key *keys[] = {key, kek, other, back, one, two, again, NULL};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        key_destroy(keys[i]);
    }
}

static void a_secret_and_a_device_make_a_key(void **state)
{
    const struct crypt_cost cheap = {8192, 1};
    unsigned char salt[CRYPT_SALT] = {1};
    struct key *device = key_create(), *a, *b, *c, *d;
    struct err err;
    assert_true(key_from_secret(STR("1234"), salt, &cheap, NULL, &a, &err));
    assert_true(key_from_secret(STR("1234"), salt, &cheap, device, &b, &err));
    assert_true(key_from_secret(STR("1235"), salt, &cheap, device, &c, &err));
    assert_true(key_from_secret(STR("1234"), salt, &cheap, device, &d, &err));
    assert_memory_not_equal(key_bytes(a), key_bytes(b), CRYPT_KEY);
    assert_memory_not_equal(key_bytes(b), key_bytes(c), CRYPT_KEY);
    assert_memory_equal(key_bytes(b), key_bytes(d), CRYPT_KEY);
    assert_true(crypt_measure(&cheap) >= 0);
    struct key *keys[] = {device, a, b, c, d};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        key_destroy(keys[i]);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_length_comes_back),
        IN_FOLDER(another_name_does_not_open),
        IN_FOLDER(any_changed_byte_is_noticed),
        IN_FOLDER(cut_and_lengthened_files_are_noticed),
        IN_FOLDER(seeking_reads_the_right_place),
        IN_FOLDER(an_aborted_file_leaves_nothing),
        cmocka_unit_test(keys_wrap_and_derive),
        cmocka_unit_test(a_secret_and_a_device_make_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
