#include "platform/sensor/barcode.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "platform/sensor/zbar_reader.h"

struct barcode_scanner {
    struct zbar_reader *qr, *bars;
    unsigned bar_kinds; /* what bars was made for */
    struct barcode_advice advice;
};

struct barcode_scanner *barcode_create(void)
{
    struct barcode_scanner *scanner = mem_alloc(1, sizeof *scanner);
    scanner->qr = zbar_reader_create(BARCODE_QR);
    return scanner;
}

void barcode_destroy(struct barcode_scanner *scanner)
{
    if (scanner) {
        zbar_reader_destroy(scanner->qr);
        zbar_reader_destroy(scanner->bars);
        free(scanner);
    }
}

void barcode_reset(struct barcode_scanner *scanner)
{
    scanner->advice = (struct barcode_advice){0};
}

size_t barcode_scan(struct barcode_scanner *scanner, const struct gray *frame,
                    const struct barcode_options *options, struct barcode *codes, size_t max)
{
    unsigned kinds = options->kinds ? options->kinds : BARCODE_QR;
    size_t n = kinds & BARCODE_QR ? zbar_reader_scan(scanner->qr, frame, codes, max) : 0;
    scanner->advice = (struct barcode_advice){.hint = n ? BARCODE_HINT_GOOD : BARCODE_HINT_NONE};
    return n;
}

void barcode_advise(const struct barcode_scanner *scanner, struct barcode_advice *advice)
{
    *advice = scanner->advice;
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
