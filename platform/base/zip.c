#include "platform/base/zip.h"

#include <zlib.h>

void zip_pack(struct buf *to, struct str bytes)
{
    uLongf n = compressBound((uLong)bytes.n);
    char *at = buf_reserve(to, n);
    if (at && compress2((Bytef *)at, &n, (const Bytef *)bytes.s, (uLong)bytes.n,
                        Z_BEST_COMPRESSION) == Z_OK) {
        to->n += n;
        to->s[to->n] = 0;
    }
}

bool zip_unpack(struct buf *to, struct str packed, size_t limit, struct err *err)
{
    unsigned char piece[4096];
    size_t start = to->n;
    z_stream z = {.next_in = (Bytef *)packed.s, .avail_in = (uInt)packed.n};
    if (packed.n > UINT32_MAX || inflateInit(&z) != Z_OK) {
        return err_set(err, ERR_INPUT, 0, "packed data cannot be read");
    }
    int result = Z_OK;
    bool fits = true;
    while (result == Z_OK && fits) {
        z.next_out = piece;
        z.avail_out = sizeof(piece);
        result = inflate(&z, Z_NO_FLUSH);
        size_t n = sizeof(piece) - z.avail_out;
        fits = to->n - start + n <= limit;
        if (fits) {
            buf_add(to, piece, n);
        }
    }
    bool is_whole = result == Z_STREAM_END && z.avail_in == 0 && fits && !to->full;
    inflateEnd(&z);
    return is_whole || err_set(err, ERR_INPUT, result,
                               fits ? "packed data is damaged" : "packed data is too large");
}

uint32_t zip_crc(uint32_t before, struct str bytes)
{
    return (uint32_t)crc32_z(before, (const Bytef *)bytes.s, bytes.n);
}
