/* Files that belong to a record: photo, signature, audit. Sealed on disk under random names, never
 * in clear; name, size and digest stand in the database; each is confirmed by the server for
 * itself. */
#ifndef STORE_ATTACHMENT_H
#define STORE_ATTACHMENT_H

#include "app/store/store.h"

struct attachment {
    int64_t id, record;
    const char *name; /* as in the XML */
    const char *mime;
    int64_t size;         /* clear bytes */
    int64_t confirmed_ms; /* when the server had it; 0: not yet */
};

struct attachments {
    struct attachment *v;
    size_t n;
};

/* Seals bytes as file `name` of a draft, in place of an older one of that name; on disk when it
 * returns. */
bool attachment_put(struct store *store, int64_t record, const char *name, const char *mime,
                    struct str bytes, struct err *err);

/* A file that is given piece by piece; end it with attachment_end. */
struct attachment_writer;

/* Begins a file of a draft. */
struct attachment_writer *attachment_begin(struct store *store, int64_t record, const char *name,
                                           const char *mime, struct err *err);

/* Adds bytes; after a failure end with ok = false. */
bool attachment_write(struct attachment_writer *writer, const void *bytes, size_t n,
                      struct err *err);

/* Keeps the file when ok, else drops it; frees the writer. */
bool attachment_end(struct attachment_writer *writer, bool ok, struct err *err);

/* Takes a file from a draft; ERR_DENIED when the record is finished. True also when none was
 * there. */
bool attachment_remove(struct store *store, int64_t record, const char *name, struct err *err);

/* Files of a record in the order they came, texts in the arena. */
bool attachment_list(struct store *store, int64_t record, struct arena *arena,
                     struct attachments *out, struct err *err);

/* A file being read; bytes come proved. */
struct attachment_reader;

/* Opens a file for reading; ERR_MISSING, ERR_DAMAGED. attachment_close ends it. */
struct attachment_reader *attachment_open(struct store *store, int64_t id, struct err *err);

/* The same by record and name. */
struct attachment_reader *attachment_open_name(struct store *store, int64_t record,
                                               const char *name, struct err *err);

/* Clear bytes in all. */
int64_t attachment_size(const struct attachment_reader *reader);

/* Gives up to n bytes; *got 0 at the proved end; ERR_DAMAGED when it is not what was written. */
bool attachment_read(struct attachment_reader *reader, void *bytes, size_t n, size_t *got,
                     struct err *err);

/* Goes to byte `at`. */
bool attachment_seek(struct attachment_reader *reader, int64_t at, struct err *err);

/* Zeroes what was read and frees; takes NULL. */
void attachment_close(struct attachment_reader *reader);

/* Appends the whole file to bytes (mind bytes->limit); for pictures that are shown. */
bool attachment_load(struct store *store, int64_t record, const char *name, struct buf *bytes,
                     struct err *err);

#endif
