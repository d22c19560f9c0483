/* What is on its way in. A file of a form: held back in small pieces, so that several can come side
 * by side in little memory, and kept over a broken link or a restart until the rest has come.
 * Inside this room. */
#ifndef STORE_ARRIVING_H
#define STORE_ARRIVING_H

#include "app/store/store.h"

struct arriving;

/* Begins, or goes on with what is here of the file with that hash (its name for this purpose).
 * arriving_end ends it. */
struct arriving *arriving_begin(struct store *store, const char *hash, struct err *err);

/* How many bytes are here, and the entity tag they came under. */
int64_t arriving_have(const struct arriving *a, const char **etag);

/* Gives the bytes that are here to each, in order. */
bool arriving_replay(struct arriving *a, void (*each)(void *to, const void *bytes, size_t n),
                     void *to, struct err *err);

/* The bytes that follow come under etag; from_start: those that are here go. */
bool arriving_stand(struct arriving *a, const char *etag, bool from_start, struct err *err);

/* Adds bytes; all but the last piece of them are on disk when it returns. */
bool arriving_write(struct arriving *a, const void *bytes, size_t n, struct err *err);

/* Appends all bytes. */
bool arriving_read(struct arriving *a, struct buf *to, struct err *err);

/* Ends: the bytes stay for another try (keeps) or go; frees. */
bool arriving_end(struct arriving *a, bool keeps, struct err *err);

/* The bytes of that hash are in content now: they stay there until their form is in place. Drops
 * the pieces. */
bool arriving_note_whole(struct store *store, const char *hash, struct err *err);

/* Drops what is in place by now, and what nobody came back for in two weeks. */
bool arriving_prune(struct store *store, struct err *err);

/* The list that came last from that address, and its entity tag, appended; false when none did. */
bool arriving_recall(struct store *store, const char *address, struct buf *etag, struct buf *bytes);

/* Remembers it in place of the one before; a failure is logged only. */
void arriving_remember(struct store *store, const char *address, const char *etag,
                       struct str bytes);

#endif
