#include "app/cli/film_picture.h"

#include "platform/base/file.h"
#include "platform/base/zip.h"
#include "sync/handover/matrix.h"

enum { MODULE_PX = 8 };

static void add_big(struct buf *to, uint32_t number)
{
    for (int i = 3; i >= 0; i--) {
        buf_add_char(to, (char)(number >> (8 * i)));
    }
}

static void add_chunk(struct buf *to, const char *kind, struct str bytes)
{
    add_big(to, (uint32_t)bytes.n);
    size_t start = to->n;
    buf_add_text(to, kind);
    buf_add_str(to, bytes);
    add_big(to, zip_crc(0, (struct str){to->s + start, to->n - start}));
}

/* One bit a pixel, 1 is white; rows begin with filter 0. */
static void add_rows(struct buf *to, const struct matrix *matrix, int side)
{
    for (int y = 0; y < side; y++) {
        int row = y / MODULE_PX - MATRIX_QUIET;
        buf_add_char(to, 0);
        for (int x = 0; x < side; x += MODULE_PX) { /* a module is a byte wide */
            bool is_dark = matrix_is_dark(matrix, x / MODULE_PX - MATRIX_QUIET, row);
            buf_add_char(to, is_dark ? 0 : (char)0xff);
        }
    }
}

bool film_picture_write(const char *path, struct str packet, struct err *err)
{
    struct matrix matrix;
    struct buf png = {0}, head = {0}, rows = {0}, packed = {0};
    if (!matrix_make(&matrix, packet, MATRIX_LOW, err)) {
        return false;
    }
    int side = (matrix.size + 2 * MATRIX_QUIET) * MODULE_PX;
    add_big(&head, (uint32_t)side);
    add_big(&head, (uint32_t)side);
    buf_add(&head, "\1\0\0\0\0", 5); /* one bit, grey, no interlace */
    add_rows(&rows, &matrix, side);
    zip_pack(&packed, buf_str(&rows));
    buf_add(&png, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(&png, "IHDR", buf_str(&head));
    add_chunk(&png, "IDAT", buf_str(&packed));
    add_chunk(&png, "IEND", STR(""));
    bool ok = file_write(path, png.s, png.n, err);
    matrix_finish(&matrix);
    buf_finish(&png);
    buf_finish(&head);
    buf_finish(&rows);
    buf_finish(&packed);
    return ok;
}
