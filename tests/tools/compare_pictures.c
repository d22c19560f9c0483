/* compare_pictures GOT.png KEPT.png [SKIP_FROM_Y SKIP_TO_Y]: 0 when no tile of 16 x 16 pixels
 * differs by more than a tenth of a percent of brightness; the rows between the two heights are
 * left out (a signed code differs each time). Prints the number of tiles that differ. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/file.h"
#include "platform/window/image.h"

enum { TILE = 16, TILE_MOST = 10 };

static struct image *load(const char *path)
{
    struct buf bytes = {0};
    struct err err = {0};
    struct image *image = NULL;
    if (!file_read(path, 64 << 20, &bytes, &err) ||
        !image_decode(buf_str(&bytes), 0, &image, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(2);
    }
    buf_finish(&bytes);
    return image;
}

static long difference(const struct image *a, const struct image *b, int x0, int y0)
{
    long sum = 0, pixels = 0;
    for (int y = y0; y < y0 + TILE && y < a->h; y++) {
        for (int x = x0; x < x0 + TILE && x < a->w; x++, pixels++) {
            uint32_t p = a->pixels[y * a->stride + x], q = b->pixels[y * b->stride + x];
            for (int shift = 0; shift < 24; shift += 8) {
                sum += labs((long)(p >> shift & 255) - (long)(q >> shift & 255));
            }
        }
    }
    return sum / (pixels * 3);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5) {
        fputs("usage: compare_pictures GOT.png KEPT.png [SKIP_FROM_Y SKIP_TO_Y]\n", stderr);
        return 2;
    }
    struct image *got = load(argv[1]), *kept = load(argv[2]);
    int from = argc == 5 ? atoi(argv[3]) : 0, to = argc == 5 ? atoi(argv[4]) : 0, wrong = 0;
    if (got->w != kept->w || got->h != kept->h) {
        printf("%s is %d x %d, kept is %d x %d\n", argv[1], got->w, got->h, kept->w, kept->h);
        return 1;
    }
    for (int y = 0; y < got->h; y += TILE) {
        for (int x = 0; x < got->w; x += TILE) {
            bool skipped = y + TILE > from && y < to;
            wrong += !skipped && difference(got, kept, x, y) > TILE_MOST;
        }
    }
    if (wrong) {
        printf("%s: %d tiles differ from %s\n", argv[1], wrong, argv[2]);
    }
    image_destroy(got);
    image_destroy(kept);
    return wrong ? 1 : 0;
}
