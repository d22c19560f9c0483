/* Payload readers: whatever bytes a code holds, what comes out is text of bounded length. */
#include <stddef.h>
#include <stdint.h>

#include "app/ident/ident.h"
#include "platform/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ident ident;
    if (size == 0) {
        return 0;
    }
    struct str bytes = {(const char *)data + 1, size - 1};
    ident_read(bytes, (enum claim_source)(CLAIM_CAMERA + data[0] % 4), 20779, &ident);
    ident_accepts(NULL, bytes);
    for (int i = 0; i < CLAIM_FIELDS; i++) {
        if (!utf8_valid(str_of(ident.person.values[i].text))) {
            __builtin_trap();
        }
    }
    if (!utf8_valid(str_of(ident.text))) {
        __builtin_trap();
    }
    struct buf shown = {0};
    number_add_masked(&shown, bytes);
    name_add_masked(&shown, bytes);
    buf_finish(&shown);
    return 0;
}
