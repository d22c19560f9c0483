/* Sealed files: a stream in chunks of 64 KiB (libsodium secretstream, XChaCha20-Poly1305), written
 * and read without ever being whole in memory and never in clear on disk. A reader only gives bytes
 * that were proved right; the end is proved too. A writer or reader belongs to one thread. */
#ifndef DB_SEAL_H
#define DB_SEAL_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"
#include "platform/db/crypt.h"

enum { SEAL_CHUNK = 65536 };

struct seal_writer;
struct seal_reader;

/* Makes a new file; ERR_STORAGE when it cannot (also when it is there already). `about` (its name
 * or id) is bound to the content: a file renamed to another one's place does not open. */
struct seal_writer *seal_create(const char *path, const struct key *key, struct str about,
                                struct err *err);

/* Adds bytes. After a failure only seal_abort is left. */
bool seal_write(struct seal_writer *writer, const void *bytes, size_t n, struct err *err);

/* Writes the end, syncs the file and its folder, frees the writer. On failure the file is removed.
 */
bool seal_finish(struct seal_writer *writer, struct err *err);

/* Removes the unfinished file and frees; takes NULL. */
void seal_abort(struct seal_writer *writer);

/* Opens a sealed file; ERR_MISSING, or ERR_DAMAGED when its head is not what was written (or the
 * key is another one). seal_close ends it. */
struct seal_reader *seal_open(const char *path, const struct key *key, struct str about,
                              struct err *err);

/* Length of the clear content in bytes, known from the file's length. */
int64_t seal_length(const struct seal_reader *reader);

/* Gives up to n bytes; *got 0 means the proved end. ERR_DAMAGED: changed, cut, or lengthened. */
bool seal_read(struct seal_reader *reader, void *bytes, size_t n, size_t *got, struct err *err);

/* Goes to byte `at` of the clear content, reading again from the start when it lies behind. */
bool seal_seek(struct seal_reader *reader, int64_t at, struct err *err);

/* Zeroes what was read and frees; takes NULL. */
void seal_close(struct seal_reader *reader);

#endif
