#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/base/clock.h"
#include "platform/window/window.h"

static void *wake_soon(void *ctx)
{
    usleep(50000);
    window_wake(ctx);
    return NULL;
}

static void assert_wakes(struct window *window)
{
    struct input input;
    pthread_t thread;
    while (window_wait(window, 0, &input)) { /* what the opening brought */
    }
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, window), 0);
    int64_t start = clock_mono_ms();
    while (window_wait(window, 5000, &input) && input.kind != INPUT_WAKE) {
    }
    assert_int_equal(input.kind, INPUT_WAKE);
    assert_in_range(clock_mono_ms() - start, 10, 3000);
    pthread_join(thread, NULL);
    assert_false(window_wait(window, 0, &input));
    start = clock_mono_ms();
    while (window_wait(window, 60, &input)) {
    }
    assert_in_range(clock_mono_ms() - start, 50, 3000);
}

static void a_window_without_display_waits_and_wakes(void **state)
{
    struct window *window;
    assert_true(
        window_open(&(struct window_opt){.w = 100, .h = 80, .headless = true}, &window, NULL));
    assert_string_equal(window_presenter(window), "headless");
    assert_wakes(window);
    window_inject(window, &(struct input){.kind = INPUT_KEY, .code = KEY_UP});
    window_inject(window, &(struct input){.kind = INPUT_KEY, .code = KEY_DOWN});
    struct input input;
    assert_true(window_is_busy(window));
    assert_true(window_wait(window, 0, &input));
    assert_int_equal(input.code, KEY_UP);
    assert_true(window_wait(window, 0, &input));
    assert_int_equal(input.code, KEY_DOWN);
    assert_true(window_resize(window, 200, 300));
    assert_true(window_wait(window, 0, &input));
    assert_int_equal(input.kind, INPUT_SIZE);
    assert_int_equal(window_canvas(window)->w, 200);
    window_set_clipboard(window, "Thử");
    char *text = window_clipboard(window);
    assert_string_equal(text, "Thử");
    free(text);
    window_close(window);
}

/* The way that KMSDRM takes: SDL would poll, our epoll sleeps. */
static void a_driver_that_sdl_polls_sleeps_in_our_epoll(void **state)
{
    struct window *window;
    struct err err = {0};
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    if (!window_open(&(struct window_opt){.w = 200, .h = 100}, &window, &err)) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(window_presenter(window), "surface dummy");
    assert_wakes(window);
    struct canvas *canvas = window_canvas(window);
    struct paint *paint = paint_begin(canvas, (struct rect){0, 0, 50, 50});
    paint_fill(paint, (struct rect){0, 0, 50, 50}, 0xff00586e);
    paint_end(paint, NULL);
    canvas_damage(canvas, (struct rect){0, 0, 50, 50});
    assert_true(window_present(window, &err));
    assert_int_equal(canvas->damages, 0);
    window_close(window);
    unsetenv("SDL_VIDEODRIVER");
}

static void no_display_is_said(void **state)
{
    struct window *window;
    struct err err = {0};
    setenv("SDL_VIDEODRIVER", "x11", 1);
    setenv("DISPLAY", ":31999", 1);
    assert_false(window_open(&(struct window_opt){.w = 200, .h = 100}, &window, &err));
    assert_int_equal(err.kind, ERR_DEVICE);
    assert_null(window);
    unsetenv("SDL_VIDEODRIVER");
    unsetenv("DISPLAY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_without_display_waits_and_wakes),
        cmocka_unit_test(a_driver_that_sdl_polls_sleeps_in_our_epoll),
        cmocka_unit_test(no_display_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
