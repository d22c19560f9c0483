#include "platform/sensor/picture_formats.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

enum { SCAN_LIMIT = 200 }; /* a small progressive file can ask for thousands of passes */

/* libjpeg leaves a broken file by longjmp; everything that must survive it lives here. */
struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf leave;
    struct picture picture;
    struct err *err;
    bool is_read;
};

static void leave(j_common_ptr common)
{
    struct decoder *decoder = common->client_data;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    err_set(decoder->err, ERR_INPUT, common->err->msg_code, "JPEG: %s", text);
    longjmp(decoder->leave, 1);
}

static void keep_quiet(j_common_ptr common, int level)
{
}

static void watch_scans(j_common_ptr common)
{
    struct decoder *decoder = common->client_data;
    if (decoder->jpeg.input_scan_number > SCAN_LIMIT) {
        err_set(decoder->err, ERR_INPUT, 0, "JPEG: more than %d passes", SCAN_LIMIT);
        longjmp(decoder->leave, 1);
    }
}

static unsigned shrink_by(const struct jpeg_decompress_struct *jpeg, int max_side)
{
    unsigned by = 1;
    unsigned side = jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    while (max_side > 0 && by < 8 && side / by > (unsigned)max_side) {
        by *= 2;
    }
    return by;
}

static void read_rows(struct decoder *decoder)
{
    struct picture *picture = &decoder->picture;
    int channels = picture->rgb ? 3 : 1;
    uint8_t *at = picture->rgb ? picture->rgb : picture->gray;
    while (decoder->jpeg.output_scanline < decoder->jpeg.output_height) {
        JSAMPROW row =
            at + (size_t)decoder->jpeg.output_scanline * (size_t)picture->width * (size_t)channels;
        jpeg_read_scanlines(&decoder->jpeg, &row, 1);
    }
}

static void run(struct decoder *decoder, struct str bytes, enum picture_wish wish, int max_side)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->client_data = decoder;
    jpeg->progress = &decoder->progress;
    jpeg_mem_src(jpeg, (const unsigned char *)bytes.s, bytes.n);
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = wish == PICTURE_COLOUR ? JCS_RGB : JCS_GRAYSCALE;
    jpeg->scale_num = 1;
    jpeg->scale_denom = shrink_by(jpeg, max_side);
    jpeg_calc_output_dimensions(jpeg);
    if (jpeg->image_width > PICTURE_SIDE_LIMIT || jpeg->image_height > PICTURE_SIDE_LIMIT ||
        !picture_init(&decoder->picture, (int)jpeg->output_width, (int)jpeg->output_height, wish,
                      decoder->err)) {
        return;
    }
    jpeg_start_decompress(jpeg);
    read_rows(decoder);
    jpeg_finish_decompress(jpeg);
    decoder->is_read = true;
}

/* Alone in a function, because a jump back loses the locals of the one that called setjmp. */
static bool run_guarded(struct decoder *decoder, struct str bytes, enum picture_wish wish,
                        int max_side)
{
    if (setjmp(decoder->leave)) {
        return false;
    }
    run(decoder, bytes, wish, max_side);
    return decoder->is_read;
}

bool picture_decode_jpeg(struct str bytes, enum picture_wish wish, int max_side,
                         struct picture *picture, struct err *err)
{
    struct decoder decoder = {.err = err, .progress.progress_monitor = watch_scans};
    err_set(err, ERR_INPUT, 0, "JPEG: too large");
    decoder.jpeg.err = jpeg_std_error(&decoder.errors);
    decoder.errors.error_exit = leave;
    decoder.errors.emit_message = keep_quiet;
    decoder.jpeg.client_data = &decoder;
    bool ok = run_guarded(&decoder, bytes, wish, max_side);
    jpeg_destroy_decompress(&decoder.jpeg);
    if (!ok) {
        picture_finish(&decoder.picture);
        return false;
    }
    err_clear(err);
    *picture = decoder.picture;
    if (wish == PICTURE_COLOUR) {
        picture_make_gray(picture);
    }
    return true;
}
