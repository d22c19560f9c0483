/* Bytes as a QR code: a square of dark and light cells. Drawing the cells is the caller's work, and
 * so is the quiet zone of four light cells around them. Any thread. */
#ifndef HANDOVER_MATRIX_H
#define HANDOVER_MATRIX_H

#include <stdbool.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

/* How much of the picture may be spoilt: about 7, 15, 25, 30 %. */
enum matrix_level { MATRIX_LOW, MATRIX_MEDIUM, MATRIX_QUARTER, MATRIX_HIGH };

enum { MATRIX_QUIET = 4 }; /* light cells that must stay free on each side */

struct matrix {
    int size;             /* cells a side, 21 to 177 */
    unsigned char *cells; /* size * size, row by row: 1 dark, 0 light */
};

/* Encodes the bytes as they are (byte mode; text is UTF-8) in the smallest version that holds them.
 * The cells belong to *matrix: matrix_finish frees them. ERR_INPUT when it is empty or more than a
 * code can hold (2,953 bytes at MATRIX_LOW). */
bool matrix_make(struct matrix *matrix, struct str bytes, enum matrix_level level, struct err *err);

/* The same in a version of at least `version` (1 to 40), so that the frames of a film have one
 * size.
 */
bool matrix_make_sized(struct matrix *matrix, struct str bytes, enum matrix_level level,
                       int version, struct err *err);

/* Is the cell dark? False outside the square. */
bool matrix_is_dark(const struct matrix *matrix, int x, int y);

/* How many bytes a code of that version and level holds in byte mode; 0 for an impossible version.
 */
int matrix_capacity(int version, enum matrix_level level);

/* Frees the cells and zeroes; takes a zeroed one. */
void matrix_finish(struct matrix *matrix);

#endif
