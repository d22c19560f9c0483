/* Bytes made smaller by zlib (RFC 1950), and back with a limit. Any thread. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

/* Appends the packed bytes. */
void zip_pack(struct buf *to, struct str bytes);

/* Appends the unpacked bytes. ERR_INPUT when they are damaged, cut, have something behind them, or
 * would be more than limit bytes. */
bool zip_unpack(struct buf *to, struct str packed, size_t limit, struct err *err);

/* CRC-32 as in zip and PNG, of bytes that follow those with the checksum `before` (0: the first).
 */
uint32_t zip_crc(uint32_t before, struct str bytes);

#endif
