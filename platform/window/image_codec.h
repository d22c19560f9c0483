/* Inside this folder only: the file formats behind image.h. */
#ifndef WINDOW_IMAGE_CODEC_H
#define WINDOW_IMAGE_CODEC_H

#include "platform/window/image.h"

/* Decodes a JPEG, at 1/2, 1/4 or 1/8 while the longer side stays at least side (0: whole). */
bool jpeg_decode(struct str bytes, int side, struct image **out, struct err *err);

/* The EXIF orientation 1–8 of a JPEG; 1 when it says nothing (Exif 2.3, 4.6.4 A). */
int jpeg_orientation(struct str bytes);

/* Decodes a PNG. */
bool png_decode(struct str bytes, struct image **out, struct err *err);

#endif
