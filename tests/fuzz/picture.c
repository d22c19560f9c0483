/* Picture files: JPEG, PNG, PGM from anywhere. */
#include <stddef.h>
#include <stdint.h>

#include "platform/sensor/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture;
    if (size > 0 && picture_decode(data + 1, size - 1, data[0] & 1 ? PICTURE_COLOUR : PICTURE_GRAY,
                                   data[0] & 2 ? 640 : 0, &picture, NULL)) {
        volatile uint8_t last = picture.gray[picture.width * picture.height - 1];
        (void)last;
        picture_finish(&picture);
    }
    return 0;
}
