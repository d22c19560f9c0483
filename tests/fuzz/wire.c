/* Everything that a server may send as XML: never a crash, never more memory than the limits say,
 * and what was read can be written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sync/openrosa/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct wire_form_list list;
    if (wire_read_form_list(text, &list, NULL)) {
        struct buf out = {0};
        struct wire_form_list again;
        wire_add_form_list(&out, list.forms.v, list.forms.n);
        if (!wire_read_form_list(buf_str(&out), &again, NULL) || again.forms.n != list.forms.n) {
            abort();
        }
        wire_form_list_finish(&again);
        buf_finish(&out);
    }
    wire_form_list_finish(&list);
    struct wire_manifest manifest;
    if (wire_read_manifest(text, &manifest, NULL)) {
        struct buf out = {0};
        struct wire_manifest again;
        wire_add_manifest(&out, manifest.media.v, manifest.media.n);
        if (!wire_read_manifest(buf_str(&out), &again, NULL) || again.media.n != manifest.media.n) {
            abort();
        }
        wire_manifest_finish(&again);
        buf_finish(&out);
    }
    wire_manifest_finish(&manifest);
    struct wire_integrity integrity;
    wire_read_integrity(text, &integrity, NULL);
    wire_integrity_finish(&integrity);
    struct wire_answer answer;
    wire_read_answer(text, &answer, NULL);
    wire_answer_finish(&answer);
    return 0;
}
