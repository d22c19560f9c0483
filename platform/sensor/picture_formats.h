/* The file formats behind picture.h, each told by its first bytes. Inside this room only. */
#ifndef SENSOR_PICTURE_FORMATS_H
#define SENSOR_PICTURE_FORMATS_H

#include "platform/base/str.h"
#include "platform/sensor/picture.h"

/* Decodes a JPEG through libjpeg-turbo, halved towards max_side; with a wish for grey only the
 * brightness is decoded at all. ERR_INPUT or ERR_STORAGE. */
bool picture_decode_jpeg(struct str bytes, enum picture_wish wish, int max_side,
                         struct picture *picture, struct err *err);

/* Decodes a PNG through libpng; what is see-through lies on white. ERR_INPUT or ERR_STORAGE. */
bool picture_decode_png(struct str bytes, enum picture_wish wish, int max_side,
                        struct picture *picture, struct err *err);

/* Decodes PGM (P5) and PPM (P6) with one byte a sample. ERR_INPUT or ERR_STORAGE. */
bool picture_decode_pnm(struct str bytes, enum picture_wish wish, int max_side,
                        struct picture *picture, struct err *err);

/* Computes the brightness from the colours (BT.601 weights). */
void picture_make_gray(struct picture *picture);

#endif
