/* What a presenter brings to the glass, read from the glass: shared memory on Wayland, the surface
 * and the texture on X11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "helper_glass.h"
#include "platform/base/clock.h"
#include "platform/window/window.h"

enum { W = 320, H = 480, RED = 0xc02010, GREEN = 0x10a040, BLUE = 0x2040c0, WHITE = 0xffffff };

static void fill(struct window *window, struct rect r, uint32_t colour)
{
    struct canvas *canvas = window_canvas(window);
    canvas_damage(canvas, r);
    struct paint *paint = paint_begin(canvas, r);
    paint_fill(paint, r, 0xff000000 | colour);
    paint_end(paint, NULL);
}

static void present(struct window *window)
{
    struct err err = {0};
    if (!window_present(window, &err)) {
        fail_msg("%s", err.text);
    }
}

/* Takes what the display says until it is quiet; the last kind of that sort, if it came. */
static bool drain(struct window *window, enum input_kind kind)
{
    static struct input input;
    bool came = false;
    while (window_wait(window, 200, &input)) {
        came |= input.kind == kind;
    }
    return came;
}

static void assert_shows(const struct glass *glass, int x, int y, uint32_t colour)
{
    if (!glass_shows(glass, x, y, colour)) {
        fail_msg("pixel %d,%d is %06x, not %06x", x, y, glass_pixel(glass, x, y), colour);
    }
}

/* Top left red, top right green, below blue. */
static void paint_quarters(struct window *window)
{
    struct canvas *c = window_canvas(window);
    fill(window, (struct rect){0, 0, c->w, c->h}, BLUE);
    fill(window, (struct rect){0, 0, c->w / 2, c->h / 2}, RED);
    fill(window, (struct rect){c->w / 2, 0, c->w / 2, c->h / 2}, GREEN);
    present(window);
}

/* Paints until the compositor has said which size the window has. */
static void settle_at(struct window *window, int w, int h)
{
    struct canvas *canvas = window_canvas(window);
    int64_t end = clock_mono_ms() + 10000;
    do {
        paint_quarters(window);
        drain(window, INPUT_SIZE);
    } while ((canvas->w != w || canvas->h != h) && clock_mono_ms() < end);
    assert_int_equal(canvas->w, w);
    assert_int_equal(canvas->h, h);
    paint_quarters(window);
}

struct stage {
    struct glass glass;
    struct window *window;
};

static void stage_open(struct stage *stage, const struct window_opt *opt, int scale)
{
    struct err err = {0};
    stage->window = NULL;
    if (!glass_open(&stage->glass, W, H)) {
        skip();
    }
    if (scale > 0 && !glass_compose(&stage->glass, W / scale, H / scale, scale)) {
        glass_close(&stage->glass);
        skip();
    }
    if (!window_open(opt, &stage->window, &err)) {
        glass_close(&stage->glass);
        fail_msg("%s", err.text);
    }
    drain(stage->window, INPUT_NONE);
}

static void stage_close(struct stage *stage)
{
    window_close(stage->window);
    glass_close(&stage->glass);
}

/* Frames in quick succession, each a strip: every buffer must hold what the others showed. */
static void paint_strips(struct window *window)
{
    struct canvas *c = window_canvas(window);
    fill(window, (struct rect){0, 0, c->w, c->h}, WHITE);
    present(window);
    for (int y = 0; y < c->h; y += 20) {
        fill(window, (struct rect){0, y, c->w, 20}, y / 20 % 2 ? GREEN : RED);
        present(window);
        if (y % 60 == 0) {
            drain(window, INPUT_NONE);
        }
    }
}

static void assert_strips(const struct stage *stage)
{
    for (int y = 10; y < H; y += 20) {
        assert_shows(&stage->glass, 50, y, y / 20 % 2 ? GREEN : RED); /* no pointer there */
    }
}

/* A part that is moved, as a list scrolls, is shown moved though only a strip was painted. */
static void scroll_strips(struct stage *stage)
{
    struct canvas *canvas = window_canvas(stage->window);
    paint_strips(stage->window);
    assert_strips(stage);
    canvas_scroll(canvas, (struct rect){0, 100, W, 200}, -20);
    fill(stage->window, (struct rect){0, 280, W, 20}, BLUE);
    present(stage->window);
    assert_shows(&stage->glass, 50, 290, BLUE);
    assert_shows(&stage->glass, 50, 110, RED);
    assert_shows(&stage->glass, 50, 130, GREEN);
    assert_shows(&stage->glass, 50, 90, RED);
    assert_shows(&stage->glass, 50, 310, GREEN);
}

static void x11_shows_what_was_painted_and_moved(void **state)
{
    struct stage stage;
    stage_open(&stage, &(struct window_opt){.w = W, .h = H}, 0);
    assert_string_equal(window_presenter(stage.window), "surface x11");
    scroll_strips(&stage);
    stage_close(&stage);
}

static bool maps(const char *what)
{
    char line[512];
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof(line), f)) {
        found |= strstr(line, what) != NULL;
    }
    if (f) {
        fclose(f);
    }
    return found;
}

static void wayland_shows_it_without_gl(void **state)
{
    struct stage stage;
    stage_open(&stage, &(struct window_opt){.w = W, .h = H}, 1);
    assert_string_equal(window_presenter(stage.window), "shm wayland");
    scroll_strips(&stage);
    assert_false(maps("libLLVM"));
    stage_close(&stage);
}

static void wayland_follows_the_compositors_size(void **state)
{
    struct stage stage;
    stage_open(&stage, &(struct window_opt){.w = 200, .h = 250}, 1);
    settle_at(stage.window, W, H); /* kiosk: the compositor wants the whole screen */
    assert_shows(&stage.glass, 10, 10, RED);
    assert_shows(&stage.glass, W - 10, 10, GREEN);
    assert_shows(&stage.glass, W - 10, H - 10, BLUE);
    stage_close(&stage);
}

static void wayland_scaled_by_two_has_all_pixels(void **state)
{
    struct stage stage;
    stage_open(&stage, &(struct window_opt){.w = W / 2, .h = H / 2}, 2);
    settle_at(stage.window, W, H); /* it learns of the scale when it is on the output */
    fill(stage.window, (struct rect){101, 101, 1, 1}, WHITE);
    present(stage.window);
    assert_shows(&stage.glass, 101, 101, WHITE);
    assert_shows(&stage.glass, 100, 101, RED);
    assert_shows(&stage.glass, 102, 101, RED);
    assert_shows(&stage.glass, W - 5, 5, GREEN);
    stage_close(&stage);
}

/* Where the canvas's corners (top left, top right) stand on a glass turned n quarters clockwise. */
static void assert_turned(const struct stage *stage, int quarters)
{
    static const int corner[4][2] = {{5, 5}, {W - 6, 5}, {W - 6, H - 6}, {5, H - 6}};
    const int *red = corner[quarters & 3], *green = corner[(quarters + 1) & 3];
    assert_shows(&stage->glass, red[0], red[1], RED);
    assert_shows(&stage->glass, green[0], green[1], GREEN);
    assert_shows(&stage->glass, corner[(quarters + 2) & 3][0], corner[(quarters + 2) & 3][1], BLUE);
}

static void turn(bool texture)
{
    for (int quarters = 1; quarters < 4; quarters++) {
        struct stage stage;
        struct window_opt opt = {.w = W, .h = H, .quarter_turns = quarters, .texture = texture};
        stage_open(&stage, &opt, texture ? 0 : 1);
        settle_at(stage.window, quarters & 1 ? H : W, quarters & 1 ? W : H);
        assert_turned(&stage, quarters);
        stage_close(&stage);
    }
}

static void wayland_turns_for_a_turned_panel(void **state)
{
    turn(false);
}

static void a_texture_turns_for_a_turned_panel(void **state)
{
    setenv("SDL_RENDER_DRIVER", "software", 1); /* the way of KMSDRM, without its GL */
    turn(true);
    unsetenv("SDL_RENDER_DRIVER");
}

static void a_texture_shows_what_was_painted_and_moved(void **state)
{
    struct stage stage;
    setenv("SDL_RENDER_DRIVER", "software", 1);
    stage_open(&stage, &(struct window_opt){.w = W, .h = H, .texture = true}, 0);
    assert_string_equal(window_presenter(stage.window), "texture x11");
    scroll_strips(&stage);
    stage_close(&stage);
    unsetenv("SDL_RENDER_DRIVER");
}

static void a_lost_compositor_is_the_end(void **state)
{
    struct stage stage;
    static struct input input;
    stage_open(&stage, &(struct window_opt){.w = W, .h = H}, 1);
    paint_quarters(stage.window);
    drain(stage.window, INPUT_NONE);
    glass_crash(&stage.glass);
    int64_t end = clock_mono_ms() + 10000;
    bool quits = false;
    while (!quits && clock_mono_ms() < end) {
        fill(stage.window, (struct rect){0, 0, 10, 10}, RED);
        window_present(stage.window, NULL);
        quits = window_wait(stage.window, 100, &input) && input.kind == INPUT_QUIT;
    }
    assert_true(quits);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x11_shows_what_was_painted_and_moved),
        cmocka_unit_test(wayland_shows_it_without_gl),
        cmocka_unit_test(wayland_follows_the_compositors_size),
        cmocka_unit_test(wayland_scaled_by_two_has_all_pixels),
        cmocka_unit_test(wayland_turns_for_a_turned_panel),
        cmocka_unit_test(a_texture_turns_for_a_turned_panel),
        cmocka_unit_test(a_texture_shows_what_was_painted_and_moved),
        cmocka_unit_test(a_lost_compositor_is_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
