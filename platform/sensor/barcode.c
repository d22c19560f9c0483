#include "platform/sensor/barcode.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "platform/sensor/qr_scan.h"
#include "platform/sensor/zbar_reader.h"

struct barcode_scanner {
    struct zbar_reader *matrix, *bars;
    unsigned bar_kinds; /* what bars was made for */
    struct qr_scanner *qr;
};

struct barcode_scanner *barcode_create(void)
{
    struct barcode_scanner *scanner = mem_alloc(1, sizeof *scanner);
    scanner->matrix = zbar_reader_create(BARCODE_QR);
    scanner->qr = qr_scanner_create(scanner->matrix);
    return scanner;
}

void barcode_destroy(struct barcode_scanner *scanner)
{
    if (scanner) {
        qr_scanner_destroy(scanner->qr);
        zbar_reader_destroy(scanner->matrix);
        zbar_reader_destroy(scanner->bars);
        free(scanner);
    }
}

void barcode_reset(struct barcode_scanner *scanner)
{
    qr_scanner_reset(scanner->qr);
}

/* Rows of bars: zbar looks along each row and column of the frame. */
static size_t scan_bars(struct barcode_scanner *scanner, const struct gray *frame, unsigned kinds,
                        struct barcode *codes, size_t max)
{
    if (scanner->bar_kinds != kinds) {
        zbar_reader_destroy(scanner->bars);
        scanner->bars = zbar_reader_create(kinds);
        scanner->bar_kinds = kinds;
    }
    return zbar_reader_scan(scanner->bars, frame, codes, max);
}

static bool is_frame(const struct gray *frame)
{
    return frame->pixels && frame->width > 0 && frame->height > 0 &&
           frame->width <= PICTURE_SIDE_LIMIT && frame->height <= PICTURE_SIDE_LIMIT &&
           (long long)frame->width * frame->height <= PICTURE_PIXELS_LIMIT;
}

size_t barcode_scan(struct barcode_scanner *scanner, const struct gray *frame,
                    const struct barcode_options *options, struct barcode *codes, size_t max)
{
    unsigned kinds = options->kinds ? options->kinds : BARCODE_QR;
    unsigned bars = kinds & ~(unsigned)BARCODE_QR & BARCODE_ANY;
    size_t n = 0;
    if (!is_frame(frame) || max == 0) {
        return 0;
    }
    if (kinds & BARCODE_QR) {
        n = qr_scan(scanner->qr, frame, options, codes, max);
    }
    if (bars && n < max && (n == 0 || options->every)) {
        n += scan_bars(scanner, frame, bars, codes + n, max - n);
    }
    return n;
}

void barcode_advise(const struct barcode_scanner *scanner, struct barcode_advice *advice)
{
    qr_scanner_advise(scanner->qr, advice);
}

const char *barcode_kind_name(enum barcode_kind kind)
{
    switch (kind) {
    case BARCODE_QR:
        return "qr";
    case BARCODE_EAN:
        return "ean";
    case BARCODE_CODE128:
        return "code128";
    case BARCODE_CODE39:
        return "code39";
    case BARCODE_ITF:
        return "itf";
    default:
        return "";
    }
}

const char *barcode_stage_name(enum barcode_stage stage)
{
    static const char *const names[] = {"plain", "grid", "equalised", "mended", "merged"};
    return names[stage];
}
