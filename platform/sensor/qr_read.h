/* From soft modules to the bytes of a symbol: format, codewords, blocks mended one by one, then the
 * clean symbol is drawn and zbar reads it. */
#ifndef SENSOR_QR_READ_H
#define SENSOR_QR_READ_H

#include "platform/sensor/qr_layout.h"
#include "platform/sensor/zbar_reader.h"

struct symbol_reading {
    bool is_mended; /* some codewords were taken for erasures */
    int format;
    int blocks_good; /* of the last try */
    int blocks;
    int8_t *learned; /* side x side, room for LAYOUT_MODULES: what good blocks say about modules */
};

struct read_wish {
    bool may_erase; /* try doubtful codewords as erasures */
};

/* Reads modules (side x side, dark positive, magnitude is certainty). True: code's bytes and stage
 * are set (not its quad). False: reading says how far it came; what good blocks teach stands in
 * learned (1 dark, -1 light, 0 unknown, known modules included). */
bool modules_read(struct zbar_reader *reader, const struct layout *layout, const float *modules,
                  const struct read_wish *wish, struct symbol_reading *reading,
                  struct barcode *code);

#endif
