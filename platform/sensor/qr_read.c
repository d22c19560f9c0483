#include "platform/sensor/qr_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/sensor/qr_mend.h"

enum { PIXELS = 3, QUIET = 4, INK = 20, PAPER = 235 };

/* One reading of one symbol. */
struct words {
    const struct layout *layout;
    const float *modules;
    int mask;
    struct layout_blocks blocks;
    int count;
    uint8_t word[LAYOUT_CODEWORDS];
    float trust[LAYOUT_CODEWORDS];
    bool is_good[LAYOUT_CODEWORDS]; /* stands in a block that was mended */
};

/* The two best formats by what both copies say together. */
static void rank_formats(const struct layout *layout, const float *modules, int best[2],
                         float score[2])
{
    best[0] = best[1] = 0;
    score[0] = score[1] = -1e9F;
    for (int format = 0; format < 32; format++) {
        int bits = layout_format_bits(format);
        float sum = 0;
        for (int k = 0; k < 15; k++) {
            int places[2];
            layout_format_places(layout->side, k, places);
            float both =
                fmaxf(-1, fminf(1, modules[places[0]])) + fmaxf(-1, fminf(1, modules[places[1]]));
            sum += bits >> k & 1 ? both : -both;
        }
        if (sum > score[0]) {
            best[1] = best[0], score[1] = score[0];
            best[0] = format, score[0] = sum;
        } else if (sum > score[1]) {
            best[1] = format, score[1] = sum;
        }
    }
}

static bool bit_mask(const struct words *words, int module)
{
    int side = words->layout->side;
    return layout_is_masked(words->mask, module % side, module / side);
}

static void take_words(struct words *words)
{
    const struct layout *layout = words->layout;
    words->count = (int)(layout->bit_count / 8);
    for (int k = 0; k < words->count; k++) {
        unsigned value = 0;
        float least = 9, sum = 0;
        for (int b = 0; b < 8; b++) {
            int module = layout->order[k * 8 + b];
            float soft = words->modules[module], sure = fminf(1, fabsf(soft));
            value = value << 1 | ((soft > 0) ^ bit_mask(words, module));
            sum += sure;
            least = sure < least ? sure : least;
        }
        words->word[k] = (uint8_t)value;
        words->trust[k] = least + 0.1F * sum / 8;
        words->is_good[k] = false;
    }
}

/* Where the symbols of a block stand among the interleaved codewords; returns how many. */
static int block_places(const struct words *words, int block, int places[MEND_BLOCK])
{
    const struct layout_blocks *all = &words->blocks;
    int longer = all->count - all->shorter, n = 0;
    int length = all->data + (block >= all->shorter);
    for (int i = 0; i < length && n < MEND_BLOCK; i++) {
        places[n++] =
            i < all->data ? i * all->count + block : all->data * all->count + block - all->shorter;
    }
    int checks = all->data * all->count + longer;
    for (int i = 0; i < all->checks && n < MEND_BLOCK; i++) {
        places[n++] = checks + i * all->count + block;
    }
    return n;
}

struct doubt {
    float trust;
    int index;
};

static int by_trust(const void *a, const void *b)
{
    float first = ((const struct doubt *)a)->trust, second = ((const struct doubt *)b)->trust;
    return first < second ? -1 : first > second;
}

/* Takes more and more of the least trusted symbols for erasures. */
static bool mend_with_erasures(const struct words *words, const int *places, int n, uint8_t *block)
{
    struct doubt doubts[MEND_BLOCK];
    int erased[MEND_BLOCK], checks = words->blocks.checks;
    for (int i = 0; i < n; i++) {
        doubts[i] = (struct doubt){words->trust[places[i]], i};
    }
    qsort(doubts, (size_t)n, sizeof *doubts, by_trust);
    for (int i = 0; i < n; i++) {
        erased[i] = doubts[i].index;
    }
    for (int count = 2; count <= checks - MEND_SPARE; count += checks > 14 ? 2 : 1) {
        if (mend_block(block, n, checks, erased, count) >= 0) {
            return true;
        }
    }
    return false;
}

static void mend_all(struct words *words, const struct read_wish *wish,
                     struct symbol_reading *reading)
{
    reading->is_mended = false;
    reading->blocks = words->blocks.count;
    reading->blocks_good = 0;
    for (int block = 0; block < words->blocks.count; block++) {
        int places[MEND_BLOCK], n = block_places(words, block, places);
        uint8_t symbols[MEND_BLOCK];
        for (int i = 0; i < n; i++) {
            symbols[i] = words->word[places[i]];
        }
        bool ok = mend_block(symbols, n, words->blocks.checks, NULL, 0) >= 0;
        if (!ok && wish->may_erase) {
            ok = mend_with_erasures(words, places, n, symbols);
            reading->is_mended |= ok;
        }
        reading->blocks_good += ok;
        for (int i = 0; i < n && ok; i++) {
            words->word[places[i]] = symbols[i];
            words->is_good[places[i]] = true;
        }
    }
}

/* Writes what is known and what good blocks say as modules. */
static void teach(const struct words *words, int format, int8_t *learned)
{
    const struct layout *layout = words->layout;
    int bits = layout_format_bits(format);
    memcpy(learned, layout->known, (size_t)layout->side * (size_t)layout->side);
    for (int k = 0; k < 15; k++) {
        int places[2];
        layout_format_places(layout->side, k, places);
        learned[places[0]] = learned[places[1]] = bits >> k & 1 ? 1 : -1;
    }
    for (int k = 0; k < words->count; k++) {
        for (int b = 0; b < 8 && words->is_good[k]; b++) {
            int module = layout->order[k * 8 + b];
            bool is_dark = (words->word[k] >> (7 - b) & 1) ^ bit_mask(words, module);
            learned[module] = is_dark ? 1 : -1;
        }
    }
}

static bool draw_and_read(struct zbar_reader *reader, const struct layout *layout,
                          const int8_t *learned, struct barcode *code)
{
    int side = (layout->side + 2 * QUIET) * PIXELS;
    uint8_t *pixels = malloc((size_t)side * (size_t)side);
    if (!pixels) {
        return false;
    }
    memset(pixels, PAPER, (size_t)side * (size_t)side);
    for (int y = 0; y < layout->side * PIXELS; y++) {
        uint8_t *row = pixels + (size_t)(y + QUIET * PIXELS) * (size_t)side + QUIET * PIXELS;
        for (int x = 0; x < layout->side * PIXELS; x++) {
            row[x] = learned[y / PIXELS * layout->side + x / PIXELS] > 0 ? INK : PAPER;
        }
    }
    struct gray drawn = {pixels, side, side};
    bool ok = zbar_reader_scan(reader, &drawn, code, 1) == 1;
    free(pixels);
    return ok;
}

bool modules_read(struct zbar_reader *reader, const struct layout *layout, const float *modules,
                  const struct read_wish *wish, struct symbol_reading *reading,
                  struct barcode *code)
{
    struct words words = {.layout = layout, .modules = modules};
    int formats[2];
    float score[2];
    rank_formats(layout, modules, formats, score);
    for (int i = 0; i < 2; i++) {
        if (i > 0 && (reading->blocks_good > 0 || score[0] - score[1] > 6)) {
            break; /* the first was the right one */
        }
        words.mask = formats[i] & 7;
        words.blocks = layout_blocks_of(layout, formats[i]);
        take_words(&words);
        mend_all(&words, wish, reading);
        reading->format = formats[i];
        if (reading->blocks_good == reading->blocks) {
            break;
        }
    }
    teach(&words, reading->format, reading->learned);
    if (reading->blocks_good < reading->blocks) {
        return false;
    }
    bool ok = draw_and_read(reader, layout, reading->learned, code);
    code->stage = BARCODE_GRID;
    return ok;
}
