/* Finished records put together for a way without a network, sealed to the organisation: whoever
 * carries a bundle cannot read it, and a receipt signed by the hub travels back.
 *
 * A bundle, little-endian: "GCB1", then sealed chunks. The first 32 random bytes of key are sealed
 * to the organisation (X25519 sealed box); the content is one secretstream (XChaCha20-Poly1305)
 * under it, so that a cut, a swap or a change is found. Content: for each record its id, its XML
 * and its files. "GCB2" is the same with each piece packed by zlib before it is sealed, for ways on
 * which every byte costs time. One thread at a time. */
#ifndef HANDOVER_BUNDLE_H
#define HANDOVER_BUNDLE_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"

enum {
    BUNDLE_RECORDS_LIMIT = 1000,
    BUNDLE_FILES_LIMIT = 1000,
};
#define BUNDLE_SIZE_LIMIT (200ll << 20)

/* Where the bytes of a bundle go to. */
struct bundle_sink {
    bool (*write)(void *ctx, const void *bytes, size_t n, struct err *err);
    void *ctx;
};

struct bundle_writer;

/* Starts a bundle for that organisation. The caller destroys the writer. */
bool bundle_begin(struct bundle_writer **writer, const unsigned char organisation[SIGN_PUBLIC],
                  const struct bundle_sink *sink, struct err *err);

/* The same, packed. */
bool bundle_begin_packed(struct bundle_writer **writer,
                         const unsigned char organisation[SIGN_PUBLIC],
                         const struct bundle_sink *sink, struct err *err);

/* Does it look like a bundle? Only the organisation can tell whether it is a whole one. */
bool bundle_is_one(struct str bytes);

/* A record begins with its frozen XML. */
bool bundle_add_record(struct bundle_writer *writer, const char *instance_id, struct str xml,
                       struct err *err);

/* A file of the present record begins; exactly size bytes follow by bundle_add_bytes. */
bool bundle_add_file(struct bundle_writer *writer, const char *name, const char *type, int64_t size,
                     struct err *err);

/* The next bytes of the file. */
bool bundle_add_bytes(struct bundle_writer *writer, const void *bytes, size_t n, struct err *err);

/* The last record is whole; nothing may follow. Without it a reader refuses the bundle. */
bool bundle_end(struct bundle_writer *writer, struct err *err);

/* Frees; takes NULL. */
void bundle_destroy(struct bundle_writer *writer);

/* What a reader finds, in order; each returns false to stop. Names are plain file names. */
struct bundle_events {
    bool (*record)(void *ctx, struct str instance_id, struct str xml, struct err *err);
    bool (*file)(void *ctx, struct str name, struct str type, int64_t size, struct err *err);
    bool (*bytes)(void *ctx, const void *bytes, size_t n, struct err *err);
    void *ctx;
};

/* Reads a whole bundle from memory or a mapped file. ERR_DENIED: sealed to another organisation;
 * ERR_DAMAGED: cut or changed (records told before that are genuine, but the receiver should keep
 * none of them until it returns true); ERR_INPUT: no bundle, or over the limits. */
bool bundle_read(struct str bytes, const unsigned char secret[SIGN_SECRET],
                 const struct bundle_events *events, struct err *err);

#endif
