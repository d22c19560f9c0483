#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "platform/window/image_codec.h"

/* libjpeg reports by not returning; this brings it back to us as an err. */
struct trouble {
    struct jpeg_error_mgr base;
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void trouble_exit(j_common_ptr info)
{
    struct trouble *trouble = (struct trouble *)info->err;
    info->err->format_message(info, trouble->text);
    longjmp(trouble->back, 1);
}

static void trouble_quiet(j_common_ptr info)
{
    (void)info;
}

static void trouble_init(struct trouble *trouble, struct jpeg_error_mgr **err)
{
    *err = jpeg_std_error(&trouble->base);
    trouble->base.error_exit = trouble_exit;
    trouble->base.output_message = trouble_quiet;
}

/* Everything that must survive a longjmp. */
struct reading {
    struct jpeg_decompress_struct info;
    struct trouble trouble;
    struct image *image;
    JSAMPLE *row;
    struct err *err;
};

static bool read_header(struct reading *r, struct str bytes, int side)
{
    struct jpeg_decompress_struct *info = &r->info;
    jpeg_create_decompress(info);
    jpeg_mem_src(info, (const unsigned char *)bytes.s, bytes.n);
    jpeg_read_header(info, TRUE);
    if ((int64_t)info->image_width * info->image_height > IMAGE_PIXELS_MAX) {
        return err_set(r->err, ERR_INPUT, 0, "picture of %u x %u is too large", info->image_width,
                       info->image_height);
    }
    unsigned longer =
        info->image_width > info->image_height ? info->image_width : info->image_height;
    info->scale_num = 1;
    info->scale_denom = 1;
    while (side > 0 && info->scale_denom < 8 &&
           longer / (info->scale_denom * 2) >= (unsigned)side) {
        info->scale_denom *= 2;
    }
    info->out_color_space = info->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    if (info->num_components == 4) {
        return err_set(r->err, ERR_INPUT, 0, "JPEG in print colours");
    }
    return true;
}

static bool read_rows(struct reading *r)
{
    struct jpeg_decompress_struct *info = &r->info;
    jpeg_start_decompress(info);
    int w = (int)info->output_width, n = info->output_components;
    if (!image_create(w, (int)info->output_height, false, &r->image, r->err)) {
        return false;
    }
    r->row = malloc((size_t)w * (size_t)n);
    if (!r->row) {
        return err_set(r->err, ERR_STORAGE, 0, "no memory for a row");
    }
    while (info->output_scanline < info->output_height) {
        uint32_t *to = r->image->pixels + (size_t)info->output_scanline * (size_t)r->image->stride;
        jpeg_read_scanlines(info, &r->row, 1);
        for (int x = 0; x < w; x++) {
            const JSAMPLE *p = r->row + (size_t)x * (size_t)n;
            to[x] = n == 1 ? p[0] * 0x010101u
                           : (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[2];
        }
    }
    jpeg_finish_decompress(info);
    return true;
}

bool jpeg_decode(struct str bytes, int side, struct image **out, struct err *err)
{
    struct reading *r = calloc(1, sizeof(*r));
    *out = NULL;
    if (!r) {
        return err_set(err, ERR_STORAGE, 0, "no memory for a JPEG");
    }
    r->err = err;
    trouble_init(&r->trouble, &r->info.err);
    bool good = false;
    if (setjmp(r->trouble.back) == 0) {
        good = read_header(r, bytes, side) && read_rows(r);
    } else {
        err_set(err, ERR_INPUT, 0, "JPEG: %s", r->trouble.text);
    }
    jpeg_destroy_decompress(&r->info);
    free(r->row);
    if (good) {
        *out = r->image;
    } else {
        image_destroy(r->image);
    }
    free(r);
    return good;
}

struct writing {
    struct jpeg_compress_struct info;
    struct trouble trouble;
    JSAMPLE *row;
    unsigned char *bytes;
    unsigned long n;
};

static void write_rows(struct writing *w, const struct image *image, int quality)
{
    struct jpeg_compress_struct *info = &w->info;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &w->bytes, &w->n);
    info->image_width = (JDIMENSION)image->w;
    info->image_height = (JDIMENSION)image->h;
    info->input_components = 3;
    info->in_color_space = JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < info->image_height) {
        const uint32_t *from = image->pixels + (size_t)info->next_scanline * (size_t)image->stride;
        for (int x = 0; x < image->w; x++) {
            w->row[3 * x] = (JSAMPLE)(from[x] >> 16 & 255);
            w->row[3 * x + 1] = (JSAMPLE)(from[x] >> 8 & 255);
            w->row[3 * x + 2] = (JSAMPLE)(from[x] & 255);
        }
        jpeg_write_scanlines(info, &w->row, 1);
    }
    jpeg_finish_compress(info);
}

bool image_jpeg(const struct image *image, int quality, struct buf *to, struct err *err)
{
    struct writing *w = calloc(1, sizeof(*w));
    if (!w || !(w->row = malloc((size_t)image->w * 3))) {
        free(w);
        return err_set(err, ERR_STORAGE, 0, "no memory for a JPEG");
    }
    trouble_init(&w->trouble, &w->info.err);
    bool good = false;
    if (setjmp(w->trouble.back) == 0) {
        write_rows(w, image, quality);
        buf_add(to, w->bytes, w->n);
        good = !to->full || err_set(err, ERR_STORAGE, 0, "JPEG is larger than allowed");
    } else {
        err_set(err, ERR_STORAGE, 0, "JPEG: %s", w->trouble.text);
    }
    jpeg_destroy_compress(&w->info);
    free(w->bytes);
    free(w->row);
    free(w);
    return good;
}

static unsigned number(const unsigned char *p, int bytes, bool big)
{
    unsigned value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | p[big ? i : bytes - 1 - i];
    }
    return value;
}

/* The orientation in a TIFF block (what follows "Exif\0\0"). */
static int tiff_orientation(struct str tiff)
{
    const unsigned char *p = (const unsigned char *)tiff.s;
    if (tiff.n < 14 || p[0] != p[1] || (p[0] != 'I' && p[0] != 'M')) {
        return 1;
    }
    bool big = p[0] == 'M';
    size_t at = number(p + 4, 4, big);
    if (at > tiff.n - 2) {
        return 1;
    }
    unsigned entries = number(p + at, 2, big);
    at += 2;
    for (unsigned i = 0; i < entries && at + 12 <= tiff.n; i++, at += 12) {
        if (number(p + at, 2, big) == 0x0112 && number(p + at + 2, 2, big) == 3) {
            unsigned value = number(p + at + 8, 2, big);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

int jpeg_orientation(struct str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.s;
    size_t at = 2;
    while (at + 4 <= bytes.n && p[at] == 0xff) {
        unsigned marker = p[at + 1], n = number(p + at + 2, 2, true);
        if (marker == 0xda || n < 2 || at + 2 + n > bytes.n) {
            break;
        }
        struct str body = {bytes.s + at + 4, n - 2};
        if (marker == 0xe1 && str_starts(body, (struct str){"Exif\0\0", 6})) {
            return tiff_orientation((struct str){body.s + 6, body.n - 6});
        }
        at += 2 + n;
    }
    return 1;
}
