#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/window/canvas.h"
#include "platform/window/font.h"
#include "platform/window/image.h"

static bool covered(const struct canvas *canvas, int x, int y)
{
    for (int i = 0; i < canvas->damages; i++) {
        if (rect_has(canvas->damage[i], x, y)) {
            return true;
        }
    }
    return false;
}

static void damage_never_loses_a_pixel(void **state)
{
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 300, 300, NULL));
    uint32_t seed = 1;
    struct rect parts[40];
    for (int i = 0; i < 40; i++) {
        for (int k = 0; k < 4; k++) {
            seed = seed * 1664525 + 1013904223;
            ((int *)&parts[i])[k] = (int)(seed >> 16) % (k < 2 ? 280 : 40) + (k < 2 ? -10 : 1);
        }
        canvas_damage(&canvas, parts[i]);
        assert_in_range(canvas.damages, 1, CANVAS_DAMAGE_MAX);
        for (int k = 0; k <= i; k++) {
            struct rect in = rect_both(parts[k], (struct rect){0, 0, 300, 300});
            if (!rect_is_empty(in)) {
                assert_true(covered(&canvas, in.x, in.y));
                assert_true(covered(&canvas, in.x + in.w - 1, in.y + in.h - 1));
            }
        }
    }
    canvas_finish(&canvas);
}

static void scrolling_moves_pixels_and_damage(void **state)
{
    for (int dy = -70; dy <= 70; dy += 7) {
        struct canvas canvas;
        struct rect part = {10, 20, 50, 60};
        assert_true(canvas_init(&canvas, 80, 100, NULL));
        for (int y = 0; y < 100; y++) {
            for (int x = 0; x < 80; x++) {
                canvas.pixels[y * canvas.stride + x] = (uint32_t)(y * 100 + x);
            }
        }
        canvas_scroll(&canvas, part, dy);
        for (int y = 0; y < 100; y++) {
            for (int x = 0; x < 80; x++) {
                uint32_t pixel = canvas.pixels[y * canvas.stride + x];
                bool inside = rect_has(part, x, y);
                if (!inside) {
                    assert_int_equal(pixel, y * 100 + x);
                } else if (!covered(&canvas, x, y)) {
                    assert_int_equal(pixel, (y - dy) * 100 + x);
                }
            }
        }
        assert_true(dy == 0 ? canvas.damages == 0 : canvas.damages > 0);
        bool is_moved = dy != 0 && abs(dy) < part.h; /* else all of it is painted */
        assert_int_equal(canvas.moved.h, is_moved ? part.h : 0);
        assert_int_equal(canvas.moved.y, is_moved ? part.y : 0);
        canvas_finish(&canvas);
    }
}

static void damage_waiting_inside_travels_along(void **state)
{
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 80, 100, NULL));
    canvas_damage(&canvas, (struct rect){20, 50, 5, 5});
    canvas_scroll(&canvas, (struct rect){0, 0, 80, 100}, -20);
    assert_true(covered(&canvas, 22, 32));
    canvas_finish(&canvas);
}

static void sizes_without_sense_are_refused(void **state)
{
    struct canvas canvas;
    struct err err = {0};
    assert_false(canvas_init(&canvas, 0, 10, &err));
    assert_false(canvas_init(&canvas, 10, 100000, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void painting_stays_in_its_part(void **state)
{
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 40, 40, NULL));
    struct paint *paint = paint_begin(&canvas, (struct rect){10, 10, 10, 10});
    paint_fill(paint, (struct rect){0, 0, 40, 40}, 0xff112233);
    assert_true(paint_end(paint, NULL));
    assert_int_equal(canvas.pixels[15 * canvas.stride + 15] & 0xffffff, 0x112233);
    assert_int_equal(canvas.pixels[9 * canvas.stride + 15] & 0xffffff, 0xffffff);
    assert_int_equal(canvas.pixels[20 * canvas.stride + 20] & 0xffffff, 0xffffff);
    canvas_finish(&canvas);
}

static void one_pdf_twice_is_the_same_bytes(void **state)
{
    struct fonts *fonts = fonts_create(NULL);
    struct buf pdf[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        struct text text = {.fonts = fonts,
                            .s = STR("Biên nhận: Nguyễn Thị Thử"),
                            .size = 16,
                            .colour = 0xff000000};
        struct paint *paint = paint_begin_pdf(&pdf[i], 595, 842, 0.75);
        paint_text(paint, &text, 40, 40);
        paint_next_page(paint);
        paint_text(paint, &text, 40, 80);
        assert_true(paint_end(paint, NULL));
    }
    assert_true(pdf[0].n > 1000);
    assert_memory_equal(pdf[0].s, "%PDF", 4);
    assert_int_equal(pdf[0].n, pdf[1].n);
    assert_memory_equal(pdf[0].s, pdf[1].s, pdf[0].n);
    buf_finish(&pdf[0]);
    buf_finish(&pdf[1]);
    fonts_destroy(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_never_loses_a_pixel),
        cmocka_unit_test(scrolling_moves_pixels_and_damage),
        cmocka_unit_test(damage_waiting_inside_travels_along),
        cmocka_unit_test(sizes_without_sense_are_refused),
        cmocka_unit_test(painting_stays_in_its_part),
        cmocka_unit_test(one_pdf_twice_is_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
