/* Codes in a picture: a frame in, the exact bytes of the code out. QR codes go through a pipeline
 * of our own (finder patterns, grid, equaliser, then zbar reads the cleaned symbol), the rows of
 * bars of shops and parcels through zbar alone. Knows nothing of persons: what the bytes mean is
 * app/ident's. A scanner belongs to one thread at a time. */
#ifndef SENSOR_BARCODE_H
#define SENSOR_BARCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/str.h"
#include "platform/sensor/picture.h"

enum barcode_kind {
    BARCODE_QR = 1 << 0,
    BARCODE_EAN = 1 << 1, /* EAN-13, EAN-8, UPC-A, UPC-E */
    BARCODE_CODE128 = 1 << 2,
    BARCODE_CODE39 = 1 << 3,
    BARCODE_ITF = 1 << 4,
    BARCODE_ANY = (1 << 5) - 1,
};

enum { BARCODE_BYTES = 3072 }; /* a QR code of version 40 holds 2,953 */

/* How the code was read; from BARCODE_MENDED on, some modules were guessed and checked. */
enum barcode_stage {
    BARCODE_PLAIN,     /* zbar on the frame */
    BARCODE_GRID,      /* modules sampled on the fitted grid */
    BARCODE_EQUALISED, /* blur and spread ink undone */
    BARCODE_MENDED,    /* unreadable places treated as erasures */
    BARCODE_MERGED,    /* several frames added up */
};

struct barcode {
    enum barcode_kind kind;
    enum barcode_stage stage;
    uint8_t bytes[BARCODE_BYTES]; /* as encoded, never converted; may hold anything */
    size_t n;
    float quad[8]; /* corners x, y in pixels of the frame: top left, right, bottom right, left */
};

/* What the person holding the camera could do better; none of it when nothing code-like is seen. */
enum barcode_hint {
    BARCODE_HINT_NONE,   /* nothing seen: aim at the code */
    BARCODE_HINT_CLOSER, /* modules smaller than can be read well */
    BARCODE_HINT_BACK,   /* the code does not fit into the picture or is out of focus range */
    BARCODE_HINT_STILL,  /* blurred: hold still */
    BARCODE_HINT_TILT,   /* washed out by a light: tilt away from it */
    BARCODE_HINT_LIGHT,  /* too dark */
    BARCODE_HINT_GOOD,   /* keep it so */
};

struct barcode_advice {
    enum barcode_hint hint;
    float module_px; /* size of a module of the best candidate, 0 when there was none */
    float fit;       /* 0..1, how well the grid fitted */
    float washed;    /* 0..1, share of the code's area without detail because it is too bright */
    float quad[8];   /* where it is, when module_px > 0 */
};

struct barcode_options {
    unsigned kinds;   /* enum barcode_kind; 0: QR only */
    double budget_ms; /* processor time for one frame; 0: as long as it takes */
    bool every;       /* all codes of the picture, else the first one found */
    bool live;        /* a frame of a film: one extra pass in turn, and frames add up */
    /* Asked before a code whose modules were guessed (BARCODE_MENDED, BARCODE_MERGED) counts: do
     * these bytes follow their grammar? NULL: such codes never count. */
    bool (*accept)(void *ctx, struct str bytes);
    void *accept_ctx;
};

struct barcode_scanner;

/* Makes a scanner; it keeps its memory and what it saw between frames. */
struct barcode_scanner *barcode_create(void);

/* Frees it; takes NULL. */
void barcode_destroy(struct barcode_scanner *scanner);

/* Forgets earlier frames: another card is held now. */
void barcode_reset(struct barcode_scanner *scanner);

/* Looks for codes and writes at most max of them; returns how many. Never fails: a frame without a
 * code, smaller than 32 pixels or beyond the limits of picture.h gives 0. The processor time stays
 * within about 5 ms of the budget. */
size_t barcode_scan(struct barcode_scanner *scanner, const struct gray *frame,
                    const struct barcode_options *options, struct barcode *codes, size_t max);

/* What the last scan saw; after a decoded code the hint is BARCODE_HINT_GOOD. */
void barcode_advise(const struct barcode_scanner *scanner, struct barcode_advice *advice);

/* The kind's name for output and logs: "qr", "ean", … (static). */
const char *barcode_kind_name(enum barcode_kind kind);

/* The stage's name: "plain", "grid", … (static). */
const char *barcode_stage_name(enum barcode_stage stage);

#endif
