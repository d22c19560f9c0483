#include "platform/sensor/zbar_reader.h"

#include <stdlib.h>
#include <string.h>

#include <zbar.h>

#include "platform/base/mem.h"

struct zbar_reader {
    zbar_image_scanner_t *scanner;
};

static const struct {
    zbar_symbol_type_t type;
    enum barcode_kind kind;
} symbols[] = {
    {ZBAR_QRCODE, BARCODE_QR},     {ZBAR_EAN13, BARCODE_EAN}, {ZBAR_EAN8, BARCODE_EAN},
    {ZBAR_UPCA, BARCODE_EAN},      {ZBAR_UPCE, BARCODE_EAN},  {ZBAR_CODE128, BARCODE_CODE128},
    {ZBAR_CODE39, BARCODE_CODE39}, {ZBAR_I25, BARCODE_ITF},
};

enum { SYMBOLS = sizeof symbols / sizeof *symbols };

struct zbar_reader *zbar_reader_create(unsigned kinds)
{
    struct zbar_reader *reader = mem_alloc(1, sizeof *reader);
    reader->scanner = zbar_image_scanner_create();
    zbar_image_scanner_set_config(reader->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (int i = 0; i < SYMBOLS; i++) {
        if (kinds & symbols[i].kind) {
            zbar_image_scanner_set_config(reader->scanner, symbols[i].type, ZBAR_CFG_ENABLE, 1);
        }
    }
    /* Without this zbar guesses Shift-JIS or Big5 for Vietnamese UTF-8 and returns other letters.
     */
    zbar_image_scanner_set_config(reader->scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    return reader;
}

void zbar_reader_destroy(struct zbar_reader *reader)
{
    if (reader) {
        zbar_image_scanner_destroy(reader->scanner);
        free(reader);
    }
}

static bool kind_of(zbar_symbol_type_t type, enum barcode_kind *kind)
{
    for (int i = 0; i < SYMBOLS; i++) {
        if (symbols[i].type == type) {
            *kind = symbols[i].kind;
            return true;
        }
    }
    return false;
}

/* The corners of a QR code as zbar has them; of bars the box around their points. */
static void take_place(const zbar_symbol_t *symbol, struct barcode *code)
{
    unsigned n = zbar_symbol_get_loc_size(symbol);
    if (code->kind == BARCODE_QR && n >= 4) {
        static const unsigned clockwise[] = {0, 3, 2, 1}; /* zbar goes the other way round */
        for (unsigned i = 0; i < 4; i++) {
            code->quad[2 * i] = (float)zbar_symbol_get_loc_x(symbol, clockwise[i]);
            code->quad[2 * i + 1] = (float)zbar_symbol_get_loc_y(symbol, clockwise[i]);
        }
        return;
    }
    float left = 1e9F, top = 1e9F, right = 0, bottom = 0;
    for (unsigned i = 0; i < n; i++) {
        float x = (float)zbar_symbol_get_loc_x(symbol, i),
              y = (float)zbar_symbol_get_loc_y(symbol, i);
        left = x < left ? x : left, right = x > right ? x : right;
        top = y < top ? y : top, bottom = y > bottom ? y : bottom;
    }
    float box[] = {left, top, right, top, right, bottom, left, bottom};
    memcpy(code->quad, box, sizeof box);
}

static bool take_symbol(const zbar_symbol_t *symbol, struct barcode *code)
{
    unsigned n = zbar_symbol_get_data_length(symbol);
    if (!kind_of(zbar_symbol_get_type(symbol), &code->kind) || n > BARCODE_BYTES) {
        return false;
    }
    memcpy(code->bytes, zbar_symbol_get_data(symbol), n);
    code->n = n;
    code->stage = BARCODE_PLAIN;
    take_place(symbol, code);
    return true;
}

size_t zbar_reader_scan(struct zbar_reader *reader, const struct gray *frame, struct barcode *codes,
                        size_t max)
{
    zbar_image_t *image = zbar_image_create();
    size_t found = 0;
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)frame->width, (unsigned)frame->height);
    zbar_image_set_data(image, frame->pixels,
                        (unsigned long)frame->width * (unsigned long)frame->height, NULL);
    if (zbar_scan_image(reader->scanner, image) > 0) {
        const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
        for (; symbol && found < max; symbol = zbar_symbol_next(symbol)) {
            found += take_symbol(symbol, &codes[found]);
        }
    }
    zbar_image_destroy(image);
    return found;
}
