#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/window/image.h"

/* Red at the left top, blue at the right bottom. */
static struct image *picture(int w, int h)
{
    struct image *image;
    assert_true(image_create(w, h, false, &image, NULL));
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            image->pixels[y * image->stride + x] = x < w / 2 && y < h / 2     ? 0xc00000
                                                   : x >= w / 2 && y >= h / 2 ? 0x0000c0
                                                                              : 0x808080;
        }
    }
    return image;
}

static uint32_t at(const struct image *image, int x, int y)
{
    return image->pixels[y * image->stride + x] & 0xffffff;
}

static bool is_red(uint32_t p)
{
    return p >> 16 > 0x90 && (p & 0xff) < 0x40;
}

static void png_keeps_every_pixel(void **state)
{
    struct image *image = picture(33, 21), *again;
    struct buf bytes = {0};
    assert_true(image_png(image, &bytes, NULL));
    assert_true(image_decode(buf_str(&bytes), 0, &again, NULL));
    for (int y = 0; y < 21; y++) {
        for (int x = 0; x < 33; x++) {
            assert_int_equal(at(image, x, y), at(again, x, y));
        }
    }
    image_destroy(image);
    image_destroy(again);
    buf_finish(&bytes);
}

/* Puts an EXIF block with that orientation behind the start of a JPEG. */
static void add_exif(struct buf *jpeg, int orientation)
{
    unsigned char block[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,  'M', 'M',
                             0,    42,   0, 0,  0,   8,   0,   1,   1, 18, 0,   3,
                             0,    0,    0, 1,  0,   0,   0,   0,   0, 0,  0,   0};
    struct buf with = {0};
    block[29] = (unsigned char)orientation;
    buf_add(&with, jpeg->s, 2);
    buf_add(&with, block, sizeof(block));
    buf_add(&with, jpeg->s + 2, jpeg->n - 2);
    buf_finish(jpeg);
    *jpeg = with;
}

static void the_camera_held_askew_is_straightened(void **state)
{
    static const struct {
        int orientation, x, y; /* where red ends up: 0 or 1 of each side */
    } cases[] = {{1, 0, 0}, {2, 1, 0}, {3, 1, 1}, {4, 0, 1},
                 {5, 0, 0}, {6, 1, 0}, {7, 1, 1}, {8, 0, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct image *image = picture(64, 32), *again;
        struct buf bytes = {0};
        assert_true(image_jpeg(image, 90, &bytes, NULL));
        add_exif(&bytes, cases[i].orientation);
        assert_true(image_decode(buf_str(&bytes), 0, &again, NULL));
        bool turned = cases[i].orientation > 4;
        assert_int_equal(again->w, turned ? 32 : 64);
        assert_int_equal(again->h, turned ? 64 : 32);
        int x = cases[i].x ? again->w - 5 : 4, y = cases[i].y ? again->h - 5 : 4;
        if (!is_red(at(again, x, y))) {
            fail_msg("orientation %d", cases[i].orientation);
        }
        image_destroy(image);
        image_destroy(again);
        buf_finish(&bytes);
    }
}

static void nothing_of_the_camera_is_written(void **state)
{
    struct image *image = picture(64, 32), *again;
    struct buf bytes = {0}, clean = {0};
    assert_true(image_jpeg(image, 90, &bytes, NULL));
    add_exif(&bytes, 6);
    assert_true(image_decode(buf_str(&bytes), 0, &again, NULL));
    assert_true(image_jpeg(again, 80, &clean, NULL));
    assert_null(memmem(clean.s, clean.n, "Exif", 4));
    image_destroy(image);
    image_destroy(again);
    buf_finish(&bytes);
    buf_finish(&clean);
}

static void large_pictures_come_small(void **state)
{
    struct image *image = picture(1600, 900), *small;
    struct buf bytes = {0};
    assert_true(image_jpeg(image, 80, &bytes, NULL));
    assert_true(image_decode(buf_str(&bytes), 320, &small, NULL));
    assert_int_equal(small->w, 320);
    assert_int_equal(small->h, 180);
    assert_true(is_red(at(small, 20, 20)));
    image_destroy(image);
    image_destroy(small);
    buf_finish(&bytes);
}

static void broken_files_are_refused_not_met_by_a_crash(void **state)
{
    struct image *image = picture(64, 64), *again;
    struct buf good[2] = {{0}, {0}};
    assert_true(image_jpeg(image, 80, &good[0], NULL));
    assert_true(image_png(image, &good[1], NULL));
    for (int kind = 0; kind < 2; kind++) {
        for (size_t n = 0; n < good[kind].n; n += 1 + n / 16) {
            struct err err = {0};
            char *cut = malloc(n + 1);
            assert_non_null(cut);
            memcpy(cut, good[kind].s, n);
            if (!image_decode((struct str){cut, n}, 0, &again, &err)) {
                assert_int_equal(err.kind, ERR_INPUT);
            }
            image_destroy(again);
            free(cut);
        }
    }
    struct err err = {0};
    assert_false(image_decode(STR("GIF89a and more"), 0, &again, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    good[1].s[16] = 0x7f; /* a PNG that claims to be two thousand million wide */
    assert_false(image_decode(buf_str(&good[1]), 0, &again, &err));
    image_destroy(image);
    buf_finish(&good[0]);
    buf_finish(&good[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_keeps_every_pixel),
        cmocka_unit_test(the_camera_held_askew_is_straightened),
        cmocka_unit_test(nothing_of_the_camera_is_written),
        cmocka_unit_test(large_pictures_come_small),
        cmocka_unit_test(broken_files_are_refused_not_met_by_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
