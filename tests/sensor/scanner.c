/* A scanner with a device of its own, played through a pipe that delivers input events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/input.h>
#include <poll.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/sensor/scanner.h"

static void press(int fd, int key, int value)
{
    struct input_event event = {.type = EV_KEY, .code = (unsigned short)key, .value = value};
    assert_int_equal(write(fd, &event, sizeof event), sizeof event);
}

static void tap(int fd, int key)
{
    press(fd, key, 1);
    press(fd, key, 0);
}

static bool wait_for_code(struct scanner *scanner, struct buf *code)
{
    for (int i = 0; i < 200; i++) {
        if (scanner_take(scanner, code)) {
            return true;
        }
        poll(NULL, 0, 10);
    }
    return false;
}

static void keys_become_a_code(void **state)
{
    struct scanner *scanner;
    struct buf code = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(scanner_open_fd(ends[0], NULL, NULL, &scanner, NULL));
    tap(ends[1], KEY_0);
    tap(ends[1], KEY_7);
    press(ends[1], KEY_LEFTSHIFT, 1);
    tap(ends[1], KEY_BACKSLASH);
    tap(ends[1], KEY_N);
    press(ends[1], KEY_LEFTSHIFT, 0);
    tap(ends[1], KEY_A);
    press(ends[1], KEY_M, 1);
    press(ends[1], KEY_M, 2); /* held down: the device repeats, the code does not */
    press(ends[1], KEY_M, 0);
    tap(ends[1], KEY_ENTER);
    assert_true(wait_for_code(scanner, &code));
    assert_string_equal(buf_text(&code), "07|Nam");
    buf_clear(&code);
    tap(ends[1], KEY_CAPSLOCK);
    tap(ends[1], KEY_B);
    assert_true(wait_for_code(scanner, &code)); /* no end key: the pause ends it */
    assert_string_equal(buf_text(&code), "B");
    assert_false(scanner_is_lost(scanner));
    close(ends[1]);
    for (int i = 0; i < 200 && !scanner_is_lost(scanner); i++) {
        poll(NULL, 0, 10);
    }
    assert_true(scanner_is_lost(scanner));
    scanner_close(scanner);
    buf_finish(&code);
}

static void unread_codes_do_not_pile_up(void **state)
{
    struct scanner *scanner;
    struct buf code = {0};
    int ends[2], count = 0;
    assert_int_equal(pipe(ends), 0);
    assert_true(scanner_open_fd(ends[0], NULL, NULL, &scanner, NULL));
    for (int i = 0; i < 30; i++) {
        tap(ends[1], KEY_1);
        tap(ends[1], KEY_ENTER);
    }
    poll(NULL, 0, 200);
    while (scanner_take(scanner, &code)) {
        count++;
    }
    assert_int_equal(count, 8);
    scanner_close(scanner);
    close(ends[1]);
    buf_finish(&code);
}

static void a_missing_device_is_said_so(void **state)
{
    struct scanner *scanner;
    struct err err = {0};
    assert_false(scanner_open("/dev/input/no-such", NULL, NULL, &scanner, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    struct scanner_device devices[4];
    assert_true(scanner_list("nothing is named so", devices, 4) <= 4);
    scanner_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_become_a_code),
        cmocka_unit_test(unread_codes_do_not_pile_up),
        cmocka_unit_test(a_missing_device_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
