/* Any bytes, in pieces of any size, through the multipart reader; and what came must not depend on
 * the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync/http/form_reader.h"

static bool note_begin(void *ctx, const struct form_part *part, struct err *err)
{
    buf_add_str(ctx, part->name);
    buf_add_str(ctx, part->filename);
    buf_add_str(ctx, part->type);
    return true;
}

static bool note_bytes(void *ctx, struct str bytes, struct err *err)
{
    buf_add_str(ctx, bytes);
    return true;
}

static bool note_end(void *ctx, struct err *err)
{
    buf_add_char(ctx, '\n');
    return true;
}

static bool read_in(struct str body, size_t step, struct buf *seen)
{
    struct form_sink sink = {note_begin, note_bytes, note_end, seen};
    struct form_limits limits = {.parts = 16, .head = 512};
    struct form_reader *reader;
    if (!form_reader_create(&reader, "multipart/form-data; boundary=BB", &limits, &sink, NULL)) {
        abort();
    }
    bool ok = true;
    for (size_t i = 0; ok && i < body.n; i += step) {
        size_t n = body.n - i < step ? body.n - i : step;
        ok = form_reader_feed(reader, (struct str){body.s + i, n}, NULL);
    }
    ok = ok && form_reader_finish(reader, NULL);
    form_reader_destroy(reader);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, pieces = {0}, value = {0};
    if (size < 1) {
        return 0;
    }
    struct str body = {(const char *)data + 1, size - 1};
    bool a = read_in(body, size, &whole), b = read_in(body, data[0] % 13 + 1u, &pieces);
    if (a != b || (a && !str_eq(buf_str(&whole), buf_str(&pieces)))) {
        abort();
    }
    form_parameter(body, "name", &value);
    buf_finish(&whole);
    buf_finish(&pieces);
    buf_finish(&value);
    return 0;
}
