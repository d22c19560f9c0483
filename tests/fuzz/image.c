/* Any bytes as a picture: decoded within limits or refused, never a crash. */
#include <stddef.h>
#include <stdint.h>

#include "platform/window/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image *image = NULL;
    struct err err = {0};
    if (image_decode((struct str){(const char *)data, size}, 256, &image, &err)) {
        struct buf bytes = {0};
        image_jpeg(image, 70, &bytes, &err);
        buf_finish(&bytes);
    }
    image_destroy(image);
    return 0;
}
