/* One fitted grid and every way we know to read it, from the cheapest on. */
#ifndef SENSOR_QR_TRY_H
#define SENSOR_QR_TRY_H

#include "platform/sensor/qr_pick.h"
#include "platform/sensor/qr_read.h"
#include "platform/sensor/qr_soft.h"

/* What reading a grid needs and leaves behind; one for the life of a scanner. */
struct trier {
    struct zbar_reader *reader; /* borrowed */
    struct soft soft;
    float *modules, *other; /* room for LAYOUT_MODULES */
    int8_t *learned;
    int8_t *proven;  /* modules of this grid that are known or stood in a block that was mended */
    bool is_guessed; /* were erasures needed for any of these? */
    float *patched;  /* modules with the proven ones put right */
    struct symbol_reading reading; /* of the last try */
};

/* Makes room. */
void trier_init(struct trier *trier, struct zbar_reader *reader);

/* Frees. */
void trier_finish(struct trier *trier);

/* Does a code whose modules were guessed count? */
bool trier_accepts(const struct barcode_options *options, const struct barcode *code);

struct try_wish {
    const struct barcode_options *options;
    const struct deadline *deadline;
    bool may_be_mirrored;
};

/* Reads the grid; code gets bytes and stage. False: the best soft modules stand in trier->modules.
 */
bool trier_read(struct trier *trier, const struct view *view, const struct grid *grid,
                const struct try_wish *wish, struct barcode *code);

/* Reads modules (side x side) as they are, for frames added up; stage BARCODE_MERGED. */
bool trier_read_merged(struct trier *trier, const struct layout *layout, const float *modules,
                       const struct barcode_options *options, struct barcode *code);

#endif
