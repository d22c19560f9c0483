/* Picture files of three formats, whole, halved, cut off and foreign; frames in camera formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <png.h>
#include <cmocka.h>

#include "platform/base/buf.h"
#include "platform/sensor/frame.h"
#include "platform/sensor/picture.h"

enum { WIDTH = 64, HEIGHT = 48 };

static void colour_at(int x, int y, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(x * 4), rgb[1] = (uint8_t)(y * 5), rgb[2] = 90;
}

static void paint(uint8_t *rgb)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        colour_at(i % WIDTH, i / WIDTH, rgb + 3 * i);
    }
}

static void make_jpeg(struct buf *to, int quality)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    uint8_t rgb[WIDTH * HEIGHT * 3];
    paint(rgb);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = WIDTH, jpeg.image_height = HEIGHT;
    jpeg.input_components = 3, jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = rgb + (size_t)jpeg.next_scanline * WIDTH * 3;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    buf_add(to, bytes, n);
    free(bytes);
}

static void make_png(struct buf *to)
{
    png_image png = {.version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT};
    uint8_t rgb[WIDTH * HEIGHT * 3];
    png_alloc_size_t n = 0;
    paint(rgb);
    png.format = PNG_FORMAT_RGB;
    assert_true(png_image_write_to_memory(&png, NULL, &n, 0, rgb, 0, NULL));
    char *room = buf_reserve(to, n);
    assert_true(png_image_write_to_memory(&png, room, &n, 0, rgb, 0, NULL));
    to->n += n;
}

static void make_ppm(struct buf *to)
{
    uint8_t rgb[WIDTH * HEIGHT * 3];
    paint(rgb);
    buf_addf(to, "P6\n# a comment\n%d %d\n255\n", WIDTH, HEIGHT);
    buf_add(to, rgb, sizeof rgb);
}

static void check_colours(const struct picture *picture, int slack)
{
    assert_int_equal(picture->width, WIDTH);
    assert_int_equal(picture->height, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i += 37) {
        uint8_t rgb[3];
        colour_at(i % WIDTH, i / WIDTH, rgb);
        for (int c = 0; c < 3; c++) {
            assert_true(abs(picture->rgb[3 * i + c] - rgb[c]) <= slack);
        }
        int gray = (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2] + 128) >> 8;
        assert_true(abs(picture->gray[i] - gray) <= slack + 1);
    }
}

static void three_formats_are_read(void **state)
{
    struct buf file = {0};
    struct picture picture;
    make_jpeg(&file, 100);
    assert_true(picture_decode(file.s, file.n, PICTURE_COLOUR, 0, &picture, NULL));
    check_colours(&picture, 12);
    picture_finish(&picture);
    buf_clear(&file);
    make_png(&file);
    assert_true(picture_decode(file.s, file.n, PICTURE_COLOUR, 0, &picture, NULL));
    check_colours(&picture, 0);
    picture_finish(&picture);
    buf_clear(&file);
    make_ppm(&file);
    assert_true(picture_decode(file.s, file.n, PICTURE_GRAY, 0, &picture, NULL));
    check_colours(&picture, 0);
    picture_finish(&picture);
    buf_finish(&file);
}

static void large_ones_are_halved(void **state)
{
    struct buf file = {0};
    struct picture picture;
    make_jpeg(&file, 90);
    assert_true(picture_decode(file.s, file.n, PICTURE_GRAY, 32, &picture, NULL));
    assert_int_equal(picture.width, 32);
    assert_null(picture.rgb);
    picture_finish(&picture);
    buf_clear(&file);
    make_png(&file);
    assert_true(picture_decode(file.s, file.n, PICTURE_COLOUR, 20, &picture, NULL));
    assert_int_equal(picture.width, 16);
    picture_finish(&picture);
    buf_finish(&file);
}

static void cut_off_and_foreign_files_are_refused(void **state)
{
    struct buf file = {0};
    struct picture picture;
    struct err err = {0};
    make_png(&file);
    assert_false(picture_decode(file.s, file.n / 2, PICTURE_GRAY, 0, &picture, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    buf_clear(&file);
    make_ppm(&file);
    assert_false(picture_decode(file.s, file.n - 1, PICTURE_GRAY, 0, &picture, &err));
    buf_clear(&file);
    make_jpeg(&file, 90);
    assert_false(picture_decode(file.s, 100, PICTURE_GRAY, 0, &picture, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    static const char *const bad[] = {
        "",       "P5",           "P5\n99999999 1\n255\n", "P5\n-1 1\n255\n.", "P5\n1 1\n65535\n..",
        "GIF89a", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(picture_decode(bad[i], strlen(bad[i]), PICTURE_COLOUR, 0, &picture, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(picture.gray);
    }
    assert_false(picture_read("/no/such/file.png", PICTURE_GRAY, 0, &picture, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_false(picture_init(&picture, 16000, 16000, PICTURE_GRAY, &err));
    picture_finish(NULL);
    buf_finish(&file);
}

static void camera_formats_become_brightness_and_colour(void **state)
{
    uint8_t yuyv[8 * 4 * 2], nv12[8 * 4 * 3 / 2];
    struct picture gray = {0}, colour = {0};
    for (int i = 0; i < 8 * 4; i++) {
        yuyv[2 * i] = (uint8_t)(16 + i), yuyv[2 * i + 1] = 128;
        nv12[i] = (uint8_t)(16 + i);
    }
    memset(nv12 + 32, 128, 16);
    struct frame frames[] = {{FRAME_YUYV, 8, 4, 16, yuyv, sizeof yuyv},
                             {FRAME_NV12, 8, 4, 8, nv12, sizeof nv12}};
    for (int i = 0; i < 2; i++) {
        assert_true(frame_to_gray(&frames[i], &gray, NULL));
        assert_int_equal(gray.gray[9], 25);
        assert_true(frame_to_colour(&frames[i], 0, &colour, NULL));
        assert_int_equal(colour.width, 8);
        assert_true(abs(colour.rgb[3 * 9] - 10) <= 1 && abs(colour.rgb[3 * 9 + 2] - 10) <= 1);
        assert_true(frame_to_colour(&frames[i], 4, &colour, NULL));
        assert_int_equal(colour.width, 4);
        assert_int_equal(colour.height, 2);
        frames[i].n--;
        assert_false(frame_to_gray(&frames[i], &gray, NULL));
    }
    picture_finish(&gray);
    picture_finish(&colour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_formats_are_read),
        cmocka_unit_test(large_ones_are_halved),
        cmocka_unit_test(cut_off_and_foreign_files_are_refused),
        cmocka_unit_test(camera_formats_become_brightness_and_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
