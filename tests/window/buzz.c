/* A device that can shake, made of a file and an ioctl of our own. */
#include <fcntl.h>
#include <linux/input.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/window/buzz.h"

static struct {
    bool can_rumble;
    int uploads, length;
} fake;

static int answer(int fd, unsigned long request, void *argument)
{
    (void)fd;
    if (request == EVIOCSFF) {
        struct ff_effect *effect = argument;
        assert_int_equal(effect->type, FF_RUMBLE);
        assert_true(effect->u.rumble.strong_magnitude > 0);
        assert_int_equal(effect->id, fake.uploads ? 7 : -1); /* the same one, changed */
        effect->id = 7;
        fake.uploads++;
        fake.length = effect->replay.length;
        return 0;
    }
    memset(argument, 0, _IOC_SIZE(request));
    if (fake.can_rumble) {
        ((unsigned char *)argument)[FF_RUMBLE / 8] |= 1 << FF_RUMBLE % 8;
    }
    return (int)_IOC_SIZE(request);
}

static char folder[] = "/tmp/gocua-buzz-XXXXXX", node[64];

static int make_node(void **state)
{
    strcpy(folder, "/tmp/gocua-buzz-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(node, sizeof(node), "%s/event3", folder);
    memset(&fake, 0, sizeof(fake));
    int fd = open(node, O_CREAT | O_RDWR, 0600);
    return fd >= 0 ? close(fd) : -1;
}

static int remove_node(void **state)
{
    unlink(node);
    return rmdir(folder);
}

static void a_device_that_can_shakes_as_long_as_told(void **state)
{
    struct input_event played[4];
    fake.can_rumble = true;
    struct buzzer *buzzer = buzzer_open(folder, answer);
    assert_non_null(buzzer);
    buzzer_buzz(buzzer, 15);
    buzzer_buzz(buzzer, 15);
    assert_int_equal(fake.uploads, 1);
    assert_int_equal(fake.length, 15);
    buzzer_buzz(buzzer, 300);
    assert_int_equal(fake.uploads, 2);
    assert_int_equal(fake.length, 300);
    buzzer_close(buzzer);
    int fd = open(node, O_RDONLY);
    ssize_t n = read(fd, played, sizeof(played));
    close(fd);
    assert_int_equal(n, 3 * sizeof(*played));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(played[i].type, EV_FF);
        assert_int_equal(played[i].code, 7);
        assert_int_equal(played[i].value, 1);
    }
}

static void devices_that_cannot_are_left_alone(void **state)
{
    assert_null(buzzer_open(folder, answer));
    assert_null(buzzer_open(folder, NULL)); /* a plain file to the real ioctl */
    assert_null(buzzer_open("/nonexistent", answer));
    buzzer_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_device_that_can_shakes_as_long_as_told, make_node,
                                        remove_node),
        cmocka_unit_test_setup_teardown(devices_that_cannot_are_left_alone, make_node, remove_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
