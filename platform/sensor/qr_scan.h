/* The whole way from a frame to QR codes: passes over the frame, each preparing it in another way,
 * until one reads or the time is over; in a film, soft modules of several frames are added up. */
#ifndef SENSOR_QR_SCAN_H
#define SENSOR_QR_SCAN_H

#include "platform/sensor/barcode.h"
#include "platform/sensor/zbar_reader.h"

struct qr_scanner;

/* Makes a scanner that gives cleaned symbols to reader (borrowed, kinds QR). */
struct qr_scanner *qr_scanner_create(struct zbar_reader *reader);

/* Frees; takes NULL. */
void qr_scanner_destroy(struct qr_scanner *scanner);

/* Forgets earlier frames. */
void qr_scanner_reset(struct qr_scanner *scanner);

/* As barcode_scan. */
size_t qr_scan(struct qr_scanner *scanner, const struct gray *frame,
               const struct barcode_options *options, struct barcode *codes, size_t max);

/* As barcode_advise. */
void qr_scanner_advise(const struct qr_scanner *scanner, struct barcode_advice *advice);

#endif
