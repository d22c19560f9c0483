#include "tests/bench/scan_peers.h"

#include <string.h>

#include <zbar.h>

int peer_zbar(const uint8_t *pixels, int width, int height, uint8_t bytes[PEER_BYTES])
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    int length = -1;
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)width, (unsigned)height);
    zbar_image_set_data(image, pixels, (unsigned long)width * (unsigned long)height, NULL);
    if (zbar_scan_image(scanner, image) > 0) {
        const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
        unsigned n = zbar_symbol_get_data_length(symbol);
        if (n <= PEER_BYTES) {
            memcpy(bytes, zbar_symbol_get_data(symbol), n);
            length = (int)n;
        }
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return length;
}

#ifndef HAS_ZXING
int peer_zxing(const uint8_t *pixels, int width, int height, uint8_t *bytes, int room)
{
    return -1;
}
#endif
