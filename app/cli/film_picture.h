/* One code as a PNG file. */
#ifndef CLI_FILM_PICTURE_H
#define CLI_FILM_PICTURE_H

#include "platform/base/err.h"
#include "platform/base/str.h"

/* Writes the code that holds the packet, eight pixels a module, with its quiet zone. */
bool film_picture_write(const char *path, struct str packet, struct err *err);

#endif
