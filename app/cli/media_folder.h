/* Media of a form from a folder: what check and fill read lists from. */
#ifndef CLI_MEDIA_FOLDER_H
#define CLI_MEDIA_FOLDER_H

#include "app/form/form.h"

/* Reads a media file by its name (the part behind the last slash) from the folder, which ctx names
 * (const char *). For form_media.read. */
bool media_folder_read(void *ctx, const char *uri, struct buf *bytes, struct err *err);

/* The folder that a form's file stands in; the caller frees it. */
char *media_folder_of(const char *form_path);

#endif
