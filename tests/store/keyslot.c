#include "app/store/keyslot.h"
#include "platform/db/crypt.h"
#include "tests/store/helper_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"

/* Cheap on purpose: the tests say so openly. */
static const struct keyslot_cost cheap = {8192, 1};

struct place {
    char folder[64], path[128], device[128];
    struct keyslot_place slot;
};

static int place_setup(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    snprintf(p->folder, sizeof(p->folder), "/tmp/gocua-keyslot-XXXXXX");
    if (!mkdtemp(p->folder)) {
        return -1;
    }
    snprintf(p->path, sizeof(p->path), "%s/keyslot", p->folder);
    snprintf(p->device, sizeof(p->device), "%s/device", p->folder);
    p->slot = (struct keyslot_place){p->path, p->device};
    *state = p;
    clock_fix(1000000);
    return 0;
}

static int place_teardown(void **state)
{
    struct place *p = *state;
    clock_fix(-1);
    bool ok = file_remove_tree(p->folder, NULL);
    free(p);
    return ok ? 0 : -1;
}

static void create(struct place *p, const char *secret, unsigned char bytes[CRYPT_KEY])
{
    struct key *key;
    struct err err;
    check(keyslot_create(&p->slot, str_of(secret), &cheap, &key, &err), &err);
    memcpy(bytes, key_bytes(key), CRYPT_KEY);
    keyslot_forget(key);
}

/* The code of the refusal, or -1 when it opened with that very key. */
static int try(struct place *p, const char *secret, const unsigned char bytes[CRYPT_KEY])
{
    struct key *key;
    struct err err;
    if (keyslot_open(&p->slot, str_of(secret), &key, &err)) {
        assert_memory_equal(key_bytes(key), bytes, CRYPT_KEY);
        keyslot_forget(key);
        return -1;
    }
    assert_int_equal(err.kind, ERR_DENIED);
    assert_null(key);
    return err.code;
}

static void the_right_secret_opens_it(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct key *key;
    struct err err;
    assert_false(keyslot_exists(&p->slot));
    create(p, "482915", bytes);
    assert_true(keyslot_exists(&p->slot));
    assert_int_equal(try(p, "482915", bytes), -1);
    assert_int_equal(try(p, "482916", bytes), 0);
    assert_int_equal(try(p, "", bytes), 0);
    assert_int_equal(try(p, "482915", bytes), -1);
    assert_false(keyslot_create(&p->slot, STR("1"), &cheap, &key, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void wrong_tries_rest_longer_and_longer(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct keyslot_state now;
    const int64_t rests[] = {30, 120, 600, 3600, 3600};
    create(p, "right", bytes);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(try(p, "wrong", bytes), 0);
    }
    for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
        assert_int_equal(try(p, "right", bytes), EAGAIN);
        assert_true(keyslot_state(&p->slot, &now, NULL));
        assert_int_equal(now.failures, 5 + i);
        assert_int_equal(now.wait_ms, rests[i] * 1000);
        clock_fix(clock_mono_ms() + rests[i] * 1000 - 1);
        assert_int_equal(try(p, "right", bytes), EAGAIN);
        clock_fix(clock_mono_ms() + 1);
        assert_int_equal(try(p, "wrong", bytes), 0);
    }
    clock_fix(clock_mono_ms() + 3600 * 1000);
    assert_int_equal(try(p, "right", bytes), -1);
    assert_true(keyslot_state(&p->slot, &now, NULL));
    assert_int_equal(now.failures, 0);
    assert_int_equal(now.wait_ms, 0);
    assert_int_equal(now.cost.memory, cheap.memory);
}

static void a_restart_or_another_clock_shortens_nothing(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct keyslot_state now;
    create(p, "right", bytes);
    for (int i = 0; i < 5; i++) {
        try(p, "wrong", bytes);
    }
    clock_fix(clock_mono_ms() + 20 * 1000);
    assert_true(keyslot_state(&p->slot, &now, NULL));
    assert_int_equal(now.wait_ms, 10 * 1000);
    clock_fix(5000); /* the monotonic clock began anew: the machine was started again */
    assert_int_equal(try(p, "right", bytes), EAGAIN);
    assert_true(keyslot_state(&p->slot, &now, NULL));
    assert_int_equal(now.wait_ms, 30 * 1000);
    clock_fix(5000 + 30 * 1000);
    assert_int_equal(try(p, "right", bytes), -1);
}

static void a_killed_try_counts(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct keyslot_state now;
    struct key *key;
    const struct keyslot_cost slow = {64 << 20, 40};
    struct err err;
    clock_fix(-1);
    check(keyslot_create(&p->slot, STR("right"), &slow, &key, &err), &err);
    memcpy(bytes, key_bytes(key), CRYPT_KEY);
    keyslot_forget(key);
    pid_t child = fork();
    if (child == 0) {
        keyslot_open(&p->slot, STR("wrong"), &key, NULL);
        _exit(0);
    }
    usleep(300 * 1000);
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(keyslot_state(&p->slot, &now, NULL));
    assert_int_equal(now.failures, 1);
}

static void changing_the_secret_keeps_the_key(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct err err;
    create(p, "old", bytes);
    assert_false(keyslot_change(&p->slot, STR("no"), STR("new"), &cheap, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    const struct keyslot_cost dearer = {16384, 2};
    check(keyslot_change(&p->slot, STR("old"), STR("new"), &dearer, &err), &err);
    assert_int_equal(try(p, "old", bytes), 0);
    assert_int_equal(try(p, "new", bytes), -1);
    struct keyslot_state now;
    assert_true(keyslot_state(&p->slot, &now, NULL));
    assert_int_equal(now.cost.memory, dearer.memory);
    /* Neither slot of the file is the old one any more. */
    for (off_t at = 0; at <= 4096; at += 4096) {
        struct buf file = {0};
        assert_true(file_read(p->path, 1 << 20, &file, NULL));
        int fd = open(p->path, O_WRONLY);
        assert_int_equal(pwrite(fd, "x", 1, at), 1);
        assert_int_equal(try(p, "old", bytes), 0);
        assert_int_equal(try(p, "new", bytes), -1);
        assert_int_equal(pwrite(fd, file.s, file.n, 0), (ssize_t)file.n);
        close(fd);
        buf_finish(&file);
    }
}

static void a_torn_slot_leaves_the_other(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY], noise[512];
    struct key *key;
    struct err err;
    memset(noise, 0x5a, sizeof(noise));
    create(p, "right", bytes);
    for (int i = 0; i < 20; i++) {
        int fd = open(p->path, O_WRONLY);
        assert_int_equal(pwrite(fd, noise, (size_t)(i * 25 + 1), i % 2 ? 4096 : 0), i * 25 + 1);
        close(fd);
        assert_int_equal(try(p, "right", bytes), -1);
    }
    int fd = open(p->path, O_WRONLY);
    assert_int_equal(pwrite(fd, noise, 8, 0), 8);
    assert_int_equal(pwrite(fd, noise, 8, 4096), 8);
    close(fd);
    assert_false(keyslot_open(&p->slot, STR("right"), &key, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
}

static void without_the_device_secret_it_is_no_use(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    struct key *key;
    struct err err;
    char moved[160];
    create(p, "right", bytes);
    snprintf(moved, sizeof(moved), "%s.moved", p->device);
    check(file_rename(p->device, moved, &err), &err);
    assert_false(keyslot_open(&p->slot, STR("right"), &key, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    check(file_write(p->device, "another secret of 32 bytes......", 32, &err), &err);
    assert_false(keyslot_open(&p->slot, STR("right"), &key, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
    check(file_rename(moved, p->device, &err), &err);
    assert_int_equal(try(p, "right", bytes), -1);
}

/* Kills at random moments of changing the PIN to and fro: one of the two always opens. */
static void a_kill_never_locks_out(void **state)
{
    struct place *p = *state;
    unsigned char bytes[CRYPT_KEY];
    clock_fix(-1);
    create(p, "A", bytes);
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (;;) {
                keyslot_change(&p->slot, STR("A"), STR("B"), &cheap, NULL);
                keyslot_change(&p->slot, STR("B"), STR("A"), &cheap, NULL);
            }
        }
        usleep((useconds_t)(rand() % 9000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        int a = try(p, "A", bytes), b = try(p, "B", bytes);
        assert_true((a == -1) != (b == -1));
        if (a != -1) {
            assert_true(keyslot_change(&p->slot, STR("B"), STR("A"), &cheap, NULL));
        }
    }
}

static void calibration_keeps_the_floor(void **state)
{
    clock_fix(-1);
    struct keyslot_cost cost = keyslot_calibrate(1, 1);
    assert_int_equal(cost.memory, keyslot_floor.memory);
    assert_int_equal(cost.passes, keyslot_floor.passes);
    assert_true(keyslot_floor.memory >= 64 << 20 && keyslot_floor.passes >= 3);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        IN_PLACE(the_right_secret_opens_it),
        IN_PLACE(wrong_tries_rest_longer_and_longer),
        IN_PLACE(a_restart_or_another_clock_shortens_nothing),
        IN_PLACE(a_killed_try_counts),
        IN_PLACE(changing_the_secret_keeps_the_key),
        IN_PLACE(a_torn_slot_leaves_the_other),
        IN_PLACE(without_the_device_secret_it_is_no_use),
        IN_PLACE(a_kill_never_locks_out),
        IN_PLACE(calibration_keeps_the_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
