/* libzbar behind one function: bytes exactly as encoded, quietly. Inside this room. */
#ifndef SENSOR_ZBAR_READER_H
#define SENSOR_ZBAR_READER_H

#include "platform/sensor/barcode.h"

struct zbar_reader;

/* Makes a reader for these kinds (enum barcode_kind). */
struct zbar_reader *zbar_reader_create(unsigned kinds);

/* Frees it; takes NULL. */
void zbar_reader_destroy(struct zbar_reader *reader);

/* Writes at most max codes of the frame, stage BARCODE_PLAIN; returns how many. The same code in
 * the same place comes once. */
size_t zbar_reader_scan(struct zbar_reader *reader, const struct gray *frame, struct barcode *codes,
                        size_t max);

#endif
