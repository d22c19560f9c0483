#include "platform/sensor/qr_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"
#include "platform/sensor/qr_merge.h"
#include "platform/sensor/qr_pass.h"
#include "platform/sensor/qr_rings.h"
#include "platform/sensor/qr_try.h"

enum {
    FITS = 3,
    FITS_EVERY = 40,
    PICKS_TRIED = 8,
    TRIED = 48,
    SMALLEST = 16,
    LEAST_SIDE = 32, /* of a frame that is searched as it is */
    TINY_SIDE = 256,
    ENLARGED_SIDE = 512,
    PAPER = 235,
};

/* Scores from which a grid shows where the code is, and that it is one beyond doubt. */
static const double score_located = 0.45, score_certain = 0.65;

/* A grid that was read in vain, so that no other pass does it again. */
struct tried {
    int version;
    bool is_raw; /* sampled from the frame itself */
    float quad[8];
};

struct qr_scanner {
    struct zbar_reader *reader; /* borrowed */
    struct trier trier;
    struct layouts layouts;
    struct merge merge;
    struct pass_room room;
    unsigned frames; /* of a film: which extra pass comes first */
    struct barcode_advice advice;

    /* this scan */
    struct gray frame;
    const struct barcode_options *options;
    struct deadline deadline;
    struct barcode *codes;
    size_t count, max;
    double best_score;  /* of all grids that could not be read */
    struct area around; /* of the best one */
    struct tried tried[TRIED];
    size_t tried_count;
};

struct qr_scanner *qr_scanner_create(struct zbar_reader *reader)
{
    struct qr_scanner *scanner = mem_alloc(1, sizeof *scanner);
    scanner->reader = reader;
    trier_init(&scanner->trier, reader);
    merge_init(&scanner->merge);
    return scanner;
}

void qr_scanner_destroy(struct qr_scanner *scanner)
{
    if (scanner) {
        trier_finish(&scanner->trier);
        layouts_finish(&scanner->layouts);
        merge_finish(&scanner->merge);
        pass_room_finish(&scanner->room);
        free(scanner);
    }
}

void qr_scanner_reset(struct qr_scanner *scanner)
{
    merge_reset(&scanner->merge);
    scanner->advice = (struct barcode_advice){0};
    scanner->frames = 0;
}

void qr_scanner_advise(const struct qr_scanner *scanner, struct barcode_advice *advice)
{
    *advice = scanner->advice;
}

static bool is_over(const struct qr_scanner *scanner)
{
    return deadline_is_over(&scanner->deadline);
}

static bool is_done(const struct qr_scanner *scanner)
{
    return scanner->count == scanner->max || (scanner->count > 0 && !scanner->options->every) ||
           is_over(scanner);
}

/* Is the point inside the corners, whichever way round they go? */
static bool is_inside(const float quad[8], float x, float y)
{
    int right = 0;
    for (int i = 0; i < 4; i++) {
        const float *a = quad + 2 * i, *b = quad + (2 * i + 2) % 8;
        right += (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0;
    }
    return right == 0 || right == 4;
}

static bool is_read(const struct qr_scanner *scanner, const float centre[6])
{
    for (size_t i = 0; i < scanner->count; i++) {
        for (int p = 0; p < 3; p++) {
            if (is_inside(scanner->codes[i].quad, centre[2 * p], centre[2 * p + 1])) {
                return true;
            }
        }
    }
    return false;
}

/* Was this grid, to a fraction of a module, read in vain before? Remembers it. */
static bool was_tried(struct qr_scanner *scanner, const struct grid *grid, bool is_raw,
                      const float quad[8], float module)
{
    struct tried now = {.version = grid->layout->version, .is_raw = is_raw};
    memcpy(now.quad, quad, sizeof now.quad);
    for (size_t i = 0; i < scanner->tried_count; i++) {
        const struct tried *before = &scanner->tried[i];
        float most = 0;
        for (int k = 0; k < 8; k++) {
            most = fmaxf(most, fabsf(before->quad[k] - quad[k]));
        }
        if (before->version == now.version && before->is_raw == is_raw && most < 0.15F * module) {
            return true;
        }
    }
    if (scanner->tried_count < TRIED) {
        scanner->tried[scanner->tried_count++] = now;
    }
    return false;
}

static void remember(struct qr_scanner *scanner, const struct grid *grid, const float quad[8],
                     float module)
{
    if (grid->score <= scanner->best_score) {
        return;
    }
    float left = quad[0], right = left, top = quad[1], bottom = top, rim = 9 * module + 4;
    for (int i = 1; i < 4; i++) {
        left = fminf(left, quad[2 * i]), right = fmaxf(right, quad[2 * i]);
        top = fminf(top, quad[2 * i + 1]), bottom = fmaxf(bottom, quad[2 * i + 1]);
    }
    left = fmaxf(0, left - rim), right = fminf((float)scanner->frame.width, right + rim);
    top = fmaxf(0, top - rim), bottom = fminf((float)scanner->frame.height, bottom + rim);
    scanner->best_score = grid->score;
    scanner->around = (struct area){(int)left, (int)top, (int)(right - left), (int)(bottom - top)};
    scanner->advice.module_px = module;
    scanner->advice.fit = (float)grid->score;
    memcpy(scanner->advice.quad, quad, sizeof scanner->advice.quad);
}

static void keep(struct qr_scanner *scanner, const struct barcode *code)
{
    for (size_t i = 0; i < scanner->count; i++) {
        const struct barcode *known = &scanner->codes[i];
        float x = (code->quad[0] + code->quad[4]) / 2, y = (code->quad[1] + code->quad[5]) / 2;
        if (known->n == code->n && memcmp(known->bytes, code->bytes, code->n) == 0 &&
            is_inside(known->quad, x, y)) {
            return;
        }
    }
    scanner->codes[scanner->count++] = *code;
}

/* Frame coordinates of what was found in a prepared area. */
static void to_frame(const struct prepared *prepared, const struct area *area, float *xy,
                     int points)
{
    for (int i = 0; i < points; i++) {
        xy[2 * i] = xy[2 * i] * prepared->scale + prepared->shift + (float)area->x;
        xy[2 * i + 1] = xy[2 * i + 1] * prepared->scale + prepared->shift + (float)area->y;
    }
}

/* Reads one grid unless it was tried before; true when something new was tried. */
static bool try_grid(struct qr_scanner *scanner, const struct prepared *prepared,
                     const struct area *area, const struct grid *grid)
{
    float quad[8], module = (float)grid->module * prepared->scale;
    bool is_raw =
        prepared->sample.pixels >= scanner->frame.pixels &&
        prepared->sample.pixels <
            scanner->frame.pixels + (size_t)scanner->frame.width * (size_t)scanner->frame.height;
    grid_corners(grid, quad);
    to_frame(prepared, area, quad, 4);
    if (was_tried(scanner, grid, is_raw, quad, module)) {
        return false;
    }
    struct try_wish wish = {scanner->options, &scanner->deadline,
                            !scanner->options->live && grid->score > 0.6};
    struct barcode found = {.kind = BARCODE_QR};
    if (trier_read(&scanner->trier, &prepared->sample, grid, &wish, &found)) {
        memcpy(found.quad, quad, sizeof quad);
        keep(scanner, &found);
    } else {
        remember(scanner, grid, quad, module);
        if (scanner->best_score == grid->score) {
            scanner->advice.washed = scanner->trier.soft.washed;
        }
        merge_offer(&scanner->merge, grid->layout->version, grid->score, scanner->trier.modules,
                    quad);
    }
    explicit_bzero(&found, sizeof found);
    return true;
}

/* Ranks the finders of a prepared area, then fits and reads the best few. */
static void try_finders(struct qr_scanner *scanner, const struct prepared *prepared,
                        const struct area *area, const struct finder *finders, size_t count)
{
    struct pick picks[PICKS];
    struct pick_views views = {&prepared->detect, &prepared->sample, prepared->wish.hysteresis,
                               &scanner->deadline};
    size_t n = picks_rank(&views, finders, count, picks);
    int fits = 0, most = scanner->options->every ? FITS_EVERY : FITS;
    size_t tried = scanner->options->every ? PICKS : PICKS_TRIED;
    for (size_t i = 0; i < n && i < tried && fits < most && !is_done(scanner); i++) {
        struct grid grid;
        float centre[6];
        memcpy(centre, picks[i].centre, sizeof centre);
        to_frame(prepared, area, centre, 3);
        if (!is_read(scanner, centre) && pick_fit(&views, &picks[i], &scanner->layouts, &grid)) {
            fits += try_grid(scanner, prepared, area, &grid);
        }
    }
}

static void run_pass(struct qr_scanner *scanner, enum pass_kind kind, const struct area *area)
{
    struct prepared prepared;
    struct finder finders[FINDERS];
    if (is_done(scanner) ||
        !pass_prepare(&scanner->room, kind, &scanner->frame, area, &scanner->deadline, &prepared)) {
        return;
    }
    size_t count =
        finders_find(&prepared.detect, &prepared.wish, &scanner->deadline, finders, FINDERS);
    try_finders(scanner, &prepared, area, finders, count);
}

/* Compares with the picture of a finder where the texture of the frame is strongest. */
static void run_rings(struct qr_scanner *scanner, const struct area *areas, size_t count)
{
    for (size_t i = 0; i < count && !is_done(scanner); i++) {
        struct prepared prepared;
        struct finder finders[FINDERS];
        if (pass_prepare(&scanner->room, PASS_PLAIN, &scanner->frame, &areas[i], &scanner->deadline,
                         &prepared)) {
            size_t n = rings_find(&prepared.detect, &scanner->deadline, finders, FINDERS);
            try_finders(scanner, &prepared, &areas[i], finders, n);
        }
    }
}

static void run_passes(struct qr_scanner *scanner, const struct area *area)
{
    static const enum pass_kind extra[] = {PASS_SMOOTH, PASS_SHARP, PASS_SMOOTHER, PASS_DOUBLE};
    enum { EXTRA = sizeof extra / sizeof *extra };
    unsigned first = scanner->options->live ? scanner->frames : 0;
    for (unsigned i = 0; i < EXTRA; i++) {
        run_pass(scanner, extra[(first + i) % EXTRA], area);
    }
}

static void read_whole_by_zbar(struct qr_scanner *scanner)
{
    double pixels = (double)scanner->frame.width * scanner->frame.height;
    if (is_done(scanner) || deadline_is_near(&scanner->deadline, pixels * 50e-6)) {
        return;
    }
    struct barcode found[8];
    size_t n = zbar_reader_scan(scanner->reader, &scanner->frame, found, 8);
    for (size_t i = 0; i < n && !is_done(scanner); i++) {
        keep(scanner, &found[i]);
    }
}

static void cascade(struct qr_scanner *scanner)
{
    struct area whole = {0, 0, scanner->frame.width, scanner->frame.height};
    struct area rough[RINGS_AREAS];
    struct prepared prepared;
    size_t areas = 0;
    run_pass(scanner, PASS_PLAIN, &whole);
    if (!is_done(scanner) && pass_prepare(&scanner->room, PASS_PLAIN, &scanner->frame, &whole,
                                          &scanner->deadline, &prepared)) {
        areas = rings_areas(&prepared.detect, rough);
        run_rings(scanner, rough, areas);
    }
    if (scanner->best_score >= score_located) {
        struct area around = scanner->around;
        run_passes(scanner, &around);
    }
    run_pass(scanner, PASS_HALF, &whole);
    run_pass(scanner, PASS_QUARTER, &whole);
    if (scanner->best_score < score_certain || scanner->options->every) {
        run_passes(scanner, &whole);
    }
    if (!scanner->options->live) {
        read_whole_by_zbar(scanner);
        run_pass(scanner, PASS_INVERTED, &whole);
    }
}

/* A picture saved from a screen may have one pixel a module and no margin at all: it is looked at
 * enlarged, with a margin. */
static void scan_enlarged(struct qr_scanner *scanner)
{
    struct gray small = scanner->frame;
    int longer = small.width > small.height ? small.width : small.height;
    int scale = ENLARGED_SIDE / longer, rim = 4 * scale;
    struct gray large = {NULL, small.width * scale + 2 * rim, small.height * scale + 2 * rim};
    size_t n = (size_t)large.width * (size_t)large.height;
    uint8_t *pixels = malloc(n);
    if (!pixels) {
        return;
    }
    memset(pixels, PAPER, n);
    for (int y = 0; y < small.height * scale; y++) {
        uint8_t *row = pixels + (size_t)(y + rim) * (size_t)large.width + (size_t)rim;
        for (int x = 0; x < small.width * scale; x++) {
            row[x] = small.pixels[y / scale * small.width + x / scale];
        }
    }
    large.pixels = pixels;
    scanner->frame = large;
    run_pass(scanner, PASS_PLAIN, &(struct area){0, 0, large.width, large.height});
    read_whole_by_zbar(scanner);
    scanner->frame = small;
    for (size_t i = 0; i < scanner->count; i++) {
        for (int k = 0; k < 8; k++) {
            scanner->codes[i].quad[k] = (scanner->codes[i].quad[k] - (float)rim) / (float)scale;
        }
    }
    free(pixels);
}

static void add_frame(struct qr_scanner *scanner)
{
    struct merge *merge = &scanner->merge;
    if (scanner->count > 0 || !merge_end(merge)) {
        return;
    }
    struct barcode found = {.kind = BARCODE_QR};
    const struct layout *layout = layouts_get(&scanner->layouts, merge->version);
    if (trier_read_merged(&scanner->trier, layout, merge->best, scanner->options, &found)) {
        memcpy(found.quad, merge->best_quad, sizeof found.quad);
        keep(scanner, &found);
    }
}

static double mean_brightness(const struct gray *frame)
{
    double sum = 0;
    size_t n = (size_t)frame->width * (size_t)frame->height, seen = 0;
    for (size_t i = 0; i < n; i += 97, seen++) {
        sum += frame->pixels[i];
    }
    return sum / (double)seen;
}

static bool is_cut_off(const struct qr_scanner *scanner)
{
    const float *quad = scanner->advice.quad;
    for (int i = 0; i < 4; i++) {
        if (quad[2 * i] < 2 || quad[2 * i + 1] < 2 ||
            quad[2 * i] > (float)(scanner->frame.width - 3) ||
            quad[2 * i + 1] > (float)(scanner->frame.height - 3)) {
            return true;
        }
    }
    return false;
}

static enum barcode_hint choose_hint(const struct qr_scanner *scanner)
{
    const struct barcode_advice *advice = &scanner->advice;
    bool is_dark = mean_brightness(&scanner->frame) < 28;
    if (scanner->count > 0) {
        return BARCODE_HINT_GOOD;
    }
    if (scanner->best_score < score_located) {
        return is_dark ? BARCODE_HINT_LIGHT : BARCODE_HINT_NONE;
    }
    if (advice->washed > 0.05F) {
        return BARCODE_HINT_TILT;
    }
    if (is_cut_off(scanner)) {
        return BARCODE_HINT_BACK;
    }
    if (advice->module_px < 2.0F) {
        return BARCODE_HINT_CLOSER;
    }
    return is_dark ? BARCODE_HINT_LIGHT : BARCODE_HINT_STILL;
}

static void begin(struct qr_scanner *scanner, const struct gray *frame,
                  const struct barcode_options *options)
{
    scanner->frame = *frame;
    scanner->options = options;
    scanner->deadline.end_ms = options->budget_ms > 0 ? deadline_now_ms() + options->budget_ms : 0;
    scanner->count = 0;
    scanner->best_score = 0;
    scanner->tried_count = 0;
    scanner->advice = (struct barcode_advice){0};
    merge_begin(&scanner->merge);
}

size_t qr_scan(struct qr_scanner *scanner, const struct gray *frame,
               const struct barcode_options *options, struct barcode *codes, size_t max)
{
    begin(scanner, frame, options);
    scanner->codes = codes;
    scanner->max = max;
    if (max == 0 || frame->width < SMALLEST || frame->height < SMALLEST) {
        return 0;
    }
    if (frame->width >= LEAST_SIDE && frame->height >= LEAST_SIDE) {
        cascade(scanner);
    }
    if (!options->live && scanner->count == 0 && frame->width <= TINY_SIDE &&
        frame->height <= TINY_SIDE) {
        scan_enlarged(scanner);
    }
    if (options->live) {
        add_frame(scanner);
        scanner->frames++;
    }
    if (scanner->count > 0) {
        memcpy(scanner->advice.quad, codes[0].quad, sizeof scanner->advice.quad);
        merge_reset(&scanner->merge);
    }
    scanner->advice.hint = choose_hint(scanner);
    return scanner->count;
}
