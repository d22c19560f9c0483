/* Codes drawn by libqrencode: exact bytes in every segmentation, every version, mirrored, inverted,
 * tiny, several in one picture, bars; and zbar's own guess of letters for comparison. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/ident/ident.h"
#include "platform/base/mem.h"
#include "platform/sensor/barcode.h"
#include "platform/sensor/zbar_reader.h"
#include "tests/frames/frames.h"

enum { PAYLOADS = 1500, SEGMENTATIONS = 5 };

struct sheet {
    uint8_t *pixels;
    int width, height;
};

static struct sheet sheet_of(int width, int height, int value)
{
    struct sheet sheet = {mem_alloc((size_t)width * (size_t)height, 1), width, height};
    memset(sheet.pixels, value, (size_t)width * (size_t)height);
    return sheet;
}

static struct gray gray_of(const struct sheet *sheet)
{
    return (struct gray){sheet->pixels, sheet->width, sheet->height};
}

static void draw(struct sheet *sheet, const QRcode *code, int left, int top, int scale)
{
    for (int y = 0; y < code->width * scale; y++) {
        for (int x = 0; x < code->width * scale; x++) {
            bool is_dark = code->data[y / scale * code->width + x / scale] & 1;
            sheet->pixels[(top + y) * sheet->width + left + x] = is_dark ? 25 : 230;
        }
    }
}

static struct sheet sheet_with(const QRcode *code, int scale, int quiet)
{
    int side = (code->width + 2 * quiet) * scale;
    struct sheet sheet = sheet_of(side, side, 230);
    draw(&sheet, code, quiet * scale, quiet * scale, scale);
    return sheet;
}

/* One segment of bytes, libqrencode's choice, cut after the number, a byte-order mark, ECI 26. */
static QRcode *encode(const uint8_t *payload, size_t n, int segmentation)
{
    uint8_t marked[FRAMES_PAYLOAD + 3] = {0xEF, 0xBB, 0xBF};
    char text[FRAMES_PAYLOAD + 1] = "";
    QRinput *input;
    QRcode *code;
    memcpy(text, payload, n);
    memcpy(marked + 3, payload, n);
    switch (segmentation) {
    case 0:
        return QRcode_encodeData((int)n, payload, 0, QR_ECLEVEL_M);
    case 1:
        return QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    case 3:
        return QRcode_encodeData((int)n + 3, marked, 0, QR_ECLEVEL_M);
    default:
        input = QRinput_new2(0, QR_ECLEVEL_M);
        if (segmentation == 4) {
            QRinput_appendECIheader(input, 26);
        }
        QRinput_append(input, segmentation == 4 ? QR_MODE_8 : QR_MODE_NUM, 12, payload);
        QRinput_append(input, QR_MODE_8, (int)n - 12, payload + 12);
        code = QRcode_encodeInput(input);
        QRinput_free(input);
        return code;
    }
}

static void vietnamese_is_exact_in_every_segmentation(void **state)
{
    struct zbar_reader *reader = zbar_reader_create(BARCODE_QR);
    static struct barcode found;
    for (int segmentation = 0; segmentation < SEGMENTATIONS; segmentation++) {
        for (uint64_t seed = 0; seed < PAYLOADS; seed++) {
            uint8_t payload[FRAMES_PAYLOAD];
            size_t n = frame_payload(seed, payload), skip = segmentation == 3 ? 3 : 0;
            QRcode *code = encode(payload, n, segmentation);
            assert_non_null(code);
            struct sheet sheet = sheet_with(code, 3, 4);
            struct gray gray = gray_of(&sheet);
            assert_int_equal(zbar_reader_scan(reader, &gray, &found, 1), 1);
            assert_int_equal(found.n, n + skip);
            assert_memory_equal(found.bytes + skip, payload, n);
            free(sheet.pixels);
            QRcode_free(code);
        }
    }
    zbar_reader_destroy(reader);
}

static bool reads(struct sheet *sheet, const char *wanted, const struct barcode_options *options)
{
    struct barcode_scanner *scanner = barcode_create();
    static struct barcode found;
    struct gray gray = gray_of(sheet);
    size_t n = barcode_scan(scanner, &gray, options, &found, 1);
    barcode_destroy(scanner);
    return n == 1 && found.n == strlen(wanted) && memcmp(found.bytes, wanted, found.n) == 0;
}

static void every_version_and_level_is_read(void **state)
{
    struct barcode_options options = {0};
    for (int version = 1; version <= 40; version++) {
        for (int level = 0; level < 4; level++) {
            const char *text = "GCR1:abc";
            QRcode *code = QRcode_encodeString8bit(text, version, (QRecLevel)level);
            if (!code) {
                continue; /* too small for so much correction */
            }
            struct sheet sheet = sheet_with(code, 3, 4);
            if (!reads(&sheet, text, &options)) {
                fail_msg("version %d level %d", version, level);
            }
            free(sheet.pixels);
            QRcode_free(code);
        }
    }
}

static void mirrored_inverted_and_turned_are_read(void **state)
{
    const char *text = "000.00.19.H29-200115-0001";
    struct barcode_options options = {0};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    struct sheet sheet = sheet_with(code, 5, 6), other = sheet_with(code, 5, 6);
    int side = sheet.width;
    for (int i = 0; i < side * side; i++) {
        other.pixels[i] = sheet.pixels[i / side * side + side - 1 - i % side];
    }
    assert_true(reads(&other, text, &options));
    for (int i = 0; i < side * side; i++) {
        other.pixels[i] = (uint8_t)(255 - sheet.pixels[i]);
    }
    assert_true(reads(&other, text, &options));
    for (int i = 0; i < side * side; i++) {
        other.pixels[i] = sheet.pixels[i % side * side + side - 1 - i / side];
    }
    assert_true(reads(&other, text, &options));
    free(sheet.pixels);
    free(other.pixels);
    QRcode_free(code);
}

/* One or two pixels a module and hardly a margin: a picture saved from a screen. */
static void tiny_clean_pictures_are_read(void **state)
{
    const char *text = "https://example.org/a/b?c=1234567890";
    struct barcode_options options = {0};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    for (int scale = 1; scale <= 3; scale++) {
        for (int quiet = 0; quiet <= 4; quiet += 2) {
            struct sheet sheet = sheet_with(code, scale, quiet);
            if (!reads(&sheet, text, &options)) {
                fail_msg("scale %d quiet %d", scale, quiet);
            }
            free(sheet.pixels);
        }
    }
    QRcode_free(code);
}

static void several_codes_are_all_found(void **state)
{
    enum { CODES = 6 };
    struct barcode_scanner *scanner = barcode_create();
    struct barcode *found = mem_alloc(16, sizeof *found);
    struct barcode_options options = {.every = true};
    struct sheet sheet = sheet_of(900, 620, 230);
    struct gray gray = gray_of(&sheet);
    bool seen[CODES] = {false};
    for (int i = 0; i < CODES; i++) {
        char text[40];
        snprintf(text, sizeof text, "code number %d", i);
        QRcode *code = QRcode_encodeString8bit(text, 3, QR_ECLEVEL_M);
        draw(&sheet, code, 40 + i % 3 * 290, 40 + i / 3 * 290, 4 + i % 4);
        QRcode_free(code);
    }
    size_t n = barcode_scan(scanner, &gray, &options, found, 16);
    assert_int_equal(n, CODES);
    for (size_t i = 0; i < n; i++) {
        seen[found[i].bytes[found[i].n - 1] - '0'] = true;
    }
    for (int i = 0; i < CODES; i++) {
        assert_true(seen[i]);
    }
    options.every = false;
    assert_int_equal(barcode_scan(scanner, &gray, &options, found, 16), 1);
    free(sheet.pixels);
    free(found);
    barcode_destroy(scanner);
}

/* EAN-13: the only bars that are easy to draw without a library. */
static void bars_are_read_when_asked_for(void **state)
{
    static const char *const left[] = {"0001101", "0011001", "0010011", "0111101", "0100011",
                                       "0110001", "0101111", "0111011", "0110111", "0001011"};
    static const char parity[] = "LLGLGG"; /* first digit 1... the table's row for 1 */
    const char *text = "1234567890128";
    char bits[96] = "101";
    for (int i = 1; i <= 12; i++) {
        const char *digit = left[text[i] - '0'];
        for (int k = 0; k < 7; k++) {
            bool g = i <= 6 && parity[i - 1] == 'G', r = i > 6;
            char bit = g ? digit[6 - k] : digit[k];
            bits[strlen(bits)] = (g || r) ? (bit == '1' ? '0' : '1') : bit;
        }
        strcat(bits, i == 6 ? "01010" : "");
    }
    strcat(bits, "101");
    struct sheet sheet = sheet_of(400, 200, 240);
    for (int y = 40; y < 160; y++) {
        for (int x = 0; x < 95 * 3; x++) {
            sheet.pixels[y * 400 + 50 + x] = bits[x / 3] == '1' ? 10 : 240;
        }
    }
    struct barcode_options options = {.kinds = BARCODE_ANY};
    assert_true(reads(&sheet, text, &options));
    options.kinds = 0;
    assert_false(reads(&sheet, text, &options));
    free(sheet.pixels);
}

static void odd_frames_give_nothing(void **state)
{
    struct barcode_scanner *scanner = barcode_create();
    static struct barcode found;
    struct barcode_options options = {.kinds = BARCODE_ANY};
    static uint8_t pixels[40 * 40];
    static const int sizes[][2] = {{0, 0}, {1, 1}, {3, 40}, {40, 3}, {31, 31}, {32, 32}, {40, 40}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct gray gray = {pixels, sizes[i][0], sizes[i][1]};
        assert_int_equal(barcode_scan(scanner, &gray, &options, &found, 1), 0);
    }
    assert_int_equal(barcode_scan(scanner, &(struct gray){NULL, 100, 100}, &options, &found, 1), 0);
    assert_int_equal(barcode_scan(scanner, &(struct gray){pixels, 40, 40}, &options, &found, 0), 0);
    barcode_destroy(scanner);
    barcode_destroy(NULL);
}

/* A worn code is read by erasures only when somebody knows its grammar. */
static bool refuse(void *ctx, struct str bytes)
{
    ++*(int *)ctx;
    return false;
}

static void guessed_modules_never_count_alone(void **state)
{
    uint8_t payload[FRAMES_PAYLOAD];
    size_t n = frame_payload(4, payload);
    QRcode *code = encode(payload, n, 0);
    struct sheet sheet = sheet_with(code, 4, 4);
    int asked = 0, at = (code->width + 8) * 4 / 2;
    for (int y = 0; y < at; y++) { /* washed out: no opinion, not wrong ones */
        memset(sheet.pixels + (at + y / 3) * sheet.width + at - 10, 255, (size_t)at / 2);
    }
    struct barcode_scanner *scanner = barcode_create();
    static struct barcode found;
    struct gray gray = gray_of(&sheet);
    struct barcode_options options = {.accept = refuse, .accept_ctx = &asked};
    size_t count = barcode_scan(scanner, &gray, &options, &found, 1);
    assert_true(count == 0 || found.stage < BARCODE_MENDED);
    barcode_destroy(scanner);
    free(sheet.pixels);
    QRcode_free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vietnamese_is_exact_in_every_segmentation),
        cmocka_unit_test(every_version_and_level_is_read),
        cmocka_unit_test(mirrored_inverted_and_turned_are_read),
        cmocka_unit_test(tiny_clean_pictures_are_read),
        cmocka_unit_test(several_codes_are_all_found),
        cmocka_unit_test(bars_are_read_when_asked_for),
        cmocka_unit_test(odd_frames_give_nothing),
        cmocka_unit_test(guessed_modules_never_count_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
