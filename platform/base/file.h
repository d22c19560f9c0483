/* Files and folders, every write checked. Paths are UTF-8 as the system has them. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

/* Appends the whole file to buf; ERR_MISSING when it is not there, ERR_INPUT when it is larger than
 * limit bytes. */
bool file_read(const char *path, size_t limit, struct buf *buf, struct err *err);

/* Writes beside the path, syncs, then takes its place in one step: afterwards the file is the old
 * one or the new one, never half. Readable by the owner only (0600). */
bool file_write(const char *path, const void *bytes, size_t n, struct err *err);

/* Writes all n bytes to an open file; false with errno. */
bool file_write_all(int fd, const void *bytes, size_t n);

/* The whole file as memory that is read when it is touched: for files that are not held in memory,
 * and that nobody shortens meanwhile. file_unmap ends it. ERR_INPUT when it is empty or larger than
 * limit bytes. */
bool file_map(const char *path, size_t limit, struct str *bytes, struct err *err);

/* Ends it; takes an empty view. */
void file_unmap(struct str bytes);

/* Is there anything at the path? */
bool file_exists(const char *path);

/* Size in bytes, or -1. */
int64_t file_size(const char *path);

/* Removes a file; true also when there was none. */
bool file_remove(const char *path, struct err *err);

/* Moves a file within one file system, over what was there. */
bool file_rename(const char *from, const char *to, struct err *err);

/* Copies a file (through file_write's way of replacing). */
bool file_copy(const char *from, const char *to, struct err *err);

/* Makes a folder and those above it, readable by the owner only, each on disk when it returns; true
 * when it is there already. */
bool file_make_folder(const char *path, struct err *err);

/* Removes a folder with all it holds; follows no links; true when there was none. */
bool file_remove_tree(const char *path, struct err *err);

/* Calls each for every name in the folder except . and .., in no order, until it returns false;
 * false with err when the folder cannot be read. */
bool file_list(const char *folder, bool (*each)(void *ctx, const char *name), void *ctx,
               struct err *err);

/* Puts a folder's entries on disk after a rename or creation; the power may go then. */
bool file_sync_folder(const char *path, struct err *err);

/* Free bytes on the file system that holds path, or -1. */
int64_t file_free_space(const char *path);

/* Is it a plain name that stays inside its folder: no separator, no control character, not . or ..,
 * at most 255 bytes of UTF-8? */
bool file_is_plain_name(struct str name);

#endif
