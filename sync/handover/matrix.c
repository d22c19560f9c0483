#include "sync/handover/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "platform/base/mem.h"

static QRecLevel level_of(enum matrix_level level)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
    return levels[level];
}

bool matrix_make(struct matrix *matrix, struct str bytes, enum matrix_level level, struct err *err)
{
    return matrix_make_sized(matrix, bytes, level, 0, err);
}

bool matrix_make_sized(struct matrix *matrix, struct str bytes, enum matrix_level level,
                       int version, struct err *err)
{
    *matrix = (struct matrix){0};
    if (bytes.n == 0 || bytes.n > 2953) {
        return err_set(err, ERR_INPUT, 0, "%zu bytes do not fit into a QR code", bytes.n);
    }
    QRcode *code =
        QRcode_encodeData((int)bytes.n, (const unsigned char *)bytes.s, version, level_of(level));
    if (!code) {
        return err_set(err, errno == ERANGE ? ERR_INPUT : ERR_STORAGE, errno,
                       "%zu bytes do not fit into a QR code", bytes.n);
    }
    size_t cells = (size_t)code->width * (size_t)code->width;
    matrix->size = code->width;
    matrix->cells = mem_alloc(cells, 1);
    for (size_t i = 0; i < cells; i++) {
        matrix->cells[i] = code->data[i] & 1;
    }
    QRcode_free(code);
    return true;
}

bool matrix_is_dark(const struct matrix *matrix, int x, int y)
{
    return x >= 0 && y >= 0 && x < matrix->size && y < matrix->size &&
           matrix->cells[y * matrix->size + x] != 0;
}

/* Codewords and correction codewords a block × blocks, ISO/IEC 18004:2015 table 9, are inside the
 * library; the capacity in bytes follows from what it accepts. */
int matrix_capacity(int version, enum matrix_level level)
{
    if (version < 1 || version > 40) {
        return 0;
    }
    int low = 0;
    int high = 2954; /* does not fit anywhere */
    unsigned char *bytes = mem_alloc((size_t)high, 1);
    memset(bytes, 0xff, (size_t)high);
    while (high - low > 1) {
        int middle = (low + high) / 2;
        QRcode *code = QRcode_encodeData(middle, bytes, version, level_of(level));
        bool fits = code && code->version == version;
        QRcode_free(code);
        low = fits ? middle : low;
        high = fits ? high : middle;
    }
    free(bytes);
    return low;
}

void matrix_finish(struct matrix *matrix)
{
    free(matrix->cells);
    *matrix = (struct matrix){0};
}
