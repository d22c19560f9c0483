/* Frame bytes: any picture of any shape must be searched without harm and in time. */
#include <stddef.h>
#include <stdint.h>

#include "app/ident/ident.h"
#include "platform/sensor/barcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct barcode_scanner *scanner;
    static struct barcode codes[4];
    if (size < 4) {
        return 0;
    }
    if (!scanner) {
        scanner = barcode_create();
    }
    int width = 1 + data[0] % 200, height = (int)((size - 3) / (size_t)width);
    struct gray gray = {data + 3, width, height};
    struct barcode_options options = {.kinds = data[1] & 31,
                                      .every = data[2] & 1,
                                      .live = data[2] & 2,
                                      .budget_ms = data[2] & 4 ? 5 : 0,
                                      .accept = data[2] & 8 ? ident_accepts : NULL};
    size_t n = barcode_scan(scanner, &gray, &options, codes, 4);
    for (size_t i = 0; i < n; i++) {
        if (codes[i].n > BARCODE_BYTES) {
            __builtin_trap();
        }
    }
    return 0;
}
