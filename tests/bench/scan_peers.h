/* The decoders that the bench sets beside ours. */
#ifndef BENCH_SCAN_PEERS_H
#define BENCH_SCAN_PEERS_H

#include <stddef.h>
#include <stdint.h>

enum { PEER_BYTES = 4096 };

/* Stock zbar on the whole frame, QR codes only, bytes as encoded. Length, or -1. */
int peer_zbar(const uint8_t *pixels, int width, int height, uint8_t bytes[PEER_BYTES]);

/* Debian's libzxing; -1 also where it is not installed. */
int peer_zxing(const uint8_t *pixels, int width, int height, uint8_t *bytes, int room);

#endif
