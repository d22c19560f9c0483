/* Reed-Solomon over GF(256) as QR codes use it: errors, and erasures where a symbol is known to be
 * doubtful. */
#ifndef SENSOR_QR_MEND_H
#define SENSOR_QR_MEND_H

#include <stddef.h>
#include <stdint.h>

enum { MEND_BLOCK = 255, MEND_CHECKS = 30, MEND_SPARE = 3 };

/* Corrects a block of n symbols, the last `checks` of them check symbols. erased are indexes of
 * doubtful symbols. With erasures MEND_SPARE check symbols stay unused, so that a wrong correction
 * is as good as impossible: a margin of 1 or 2 was seen to invent a date. Returns how many symbols
 * were corrected, or -1 when it cannot be (the block is then unchanged). */
int mend_block(uint8_t *block, int n, int checks, const int *erased, int erased_count);

#endif
