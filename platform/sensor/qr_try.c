#include "platform/sensor/qr_try.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

enum { WIDE = 14, NARROW = 7, LESSONS = 4 }; /* half modules around for the local mean */

void trier_init(struct trier *trier, struct zbar_reader *reader)
{
    *trier = (struct trier){.reader = reader};
    trier->modules = mem_alloc(LAYOUT_MODULES, sizeof *trier->modules);
    trier->other = mem_alloc(LAYOUT_MODULES, sizeof *trier->other);
    trier->learned = mem_alloc(LAYOUT_MODULES, sizeof *trier->learned);
    trier->proven = mem_alloc(LAYOUT_MODULES, sizeof *trier->proven);
    trier->patched = mem_alloc(LAYOUT_MODULES, sizeof *trier->patched);
    trier->reading.learned = trier->learned;
}

void trier_finish(struct trier *trier)
{
    soft_finish(&trier->soft);
    free(trier->modules);
    free(trier->other);
    free(trier->learned);
    free(trier->proven);
    free(trier->patched);
}

bool trier_accepts(const struct barcode_options *options, const struct barcode *code)
{
    struct str bytes = {(const char *)code->bytes, code->n};
    return options->accept && options->accept(options->accept_ctx, bytes);
}

/* Reads modules, helped by blocks that earlier tries of this grid could mend, and keeps those that
 * this one could: each try fails elsewhere. */
static bool read_modules(struct trier *trier, const struct layout *layout, const float *modules,
                         const struct try_wish *wish, struct barcode *code)
{
    struct read_wish how = {.may_erase = wish->options->accept != NULL};
    size_t n = (size_t)layout->side * (size_t)layout->side;
    for (size_t k = 0; k < n; k++) {
        trier->patched[k] = trier->proven[k] ? trier->proven[k] : modules[k];
    }
    if (!modules_read(trier->reader, layout, trier->patched, &how, &trier->reading, code)) {
        if (trier->reading.blocks_good > 0) {
            memcpy(trier->proven, trier->learned, n);
            trier->is_guessed |= trier->reading.is_mended;
        }
        return false;
    }
    if (trier->reading.is_mended || trier->is_guessed) {
        code->stage = BARCODE_MENDED;
        return trier_accepts(wish->options, code);
    }
    return true;
}

/* Columns for rows: a symbol seen in a mirror or through glass. */
static void transpose(const float *modules, int side, float *to)
{
    for (int j = 0; j < side; j++) {
        for (int i = 0; i < side; i++) {
            to[i * side + j] = modules[j * side + i];
        }
    }
}

/* The equaliser learns again from blocks that could be mended, as long as that makes more of them
 * good: each tells some hundred modules for certain. */
static bool learn_from_blocks(struct trier *trier, const struct layout *layout,
                              const struct try_wish *wish, float *modules, struct barcode *code)
{
    for (int lesson = 0; lesson < LESSONS; lesson++) {
        int good = trier->reading.blocks_good;
        struct equaliser how = {3, 1, 0.02, trier->proven};
        if (good == 0 || deadline_is_over(wish->deadline) ||
            !soft_equalise(&trier->soft, &how, modules)) {
            return false;
        }
        if (read_modules(trier, layout, modules, wish, code)) {
            return true;
        }
        if (trier->reading.blocks_good <= good) {
            return false;
        }
    }
    return false;
}

static bool equalise_and_read(struct trier *trier, const struct layout *layout,
                              const struct equaliser *how, const struct try_wish *wish,
                              float *modules, struct barcode *code)
{
    if (deadline_is_over(wish->deadline) || !soft_equalise(&trier->soft, how, modules)) {
        return false;
    }
    bool ok = read_modules(trier, layout, modules, wish, code);
    if (!ok) {
        size_t n = (size_t)layout->side * (size_t)layout->side;
        float *copy = trier->reading.blocks_good > 0 ? malloc(n * sizeof *copy) : NULL;
        if (copy) {
            memcpy(copy, modules, n * sizeof *copy);
            ok = learn_from_blocks(trier, layout, wish, copy, code);
            free(copy);
        }
    }
    if (ok && code->stage == BARCODE_GRID) {
        code->stage = BARCODE_EQUALISED;
    }
    return ok;
}

bool trier_read(struct trier *trier, const struct view *view, const struct grid *grid,
                const struct try_wish *wish, struct barcode *code)
{
    const struct layout *layout = grid->layout;
    size_t n = (size_t)layout->side * (size_t)layout->side;
    soft_sample(&trier->soft, view, grid);
    soft_normalise(&trier->soft, WIDE);
    soft_plain(&trier->soft, trier->modules);
    memcpy(trier->proven, layout->known, n);
    trier->is_guessed = false;
    if (read_modules(trier, layout, trier->modules, wish, code)) {
        return true;
    }
    if (wish->may_be_mirrored && trier->reading.blocks_good == 0) {
        transpose(trier->modules, layout->side, trier->other);
        if (read_modules(trier, layout, trier->other, wish, code)) {
            return true;
        }
    }
    struct equaliser near = {2, 1, 0.02, trier->proven}, far = {3, 2, 0.03, trier->proven};
    if (equalise_and_read(trier, layout, &near, wish, trier->modules, code) ||
        equalise_and_read(trier, layout, &far, wish, trier->modules, code)) {
        return true;
    }
    if (deadline_is_over(wish->deadline)) {
        return false;
    }
    struct equaliser again = {2, 1, 0.03, trier->proven};
    soft_normalise(&trier->soft, NARROW);
    if (equalise_and_read(trier, layout, &again, wish, trier->other, code)) {
        return true;
    }
    for (size_t k = 0; k < n; k++) {
        float mean = (trier->modules[k] + trier->other[k]) / 2;
        trier->modules[k] = trier->proven[k] ? trier->proven[k] : mean;
    }
    return false;
}

bool trier_read_merged(struct trier *trier, const struct layout *layout, const float *modules,
                       const struct barcode_options *options, struct barcode *code)
{
    struct read_wish how = {.may_erase = true};
    if (!options->accept ||
        !modules_read(trier->reader, layout, modules, &how, &trier->reading, code)) {
        return false;
    }
    code->stage = BARCODE_MERGED;
    return trier_accepts(options, code);
}
