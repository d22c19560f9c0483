/* Writes multipart/form-data, RFC 7578 with names as raw UTF-8: the exact size is known before the
 * first byte, files stream. Reading it is sync/http/form_reader. Any thread. */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/vec.h"
#include "sync/http/client.h"

/* Where the bytes of a streamed part come from. open starts at the first byte (also again after a
 * break); read gives up to room bytes, 0 only at the end; close ends it. */
struct multipart_source {
    bool (*open)(void *ctx, struct err *err);
    bool (*read)(void *ctx, void *bytes, size_t room, size_t *got, struct err *err);
    void (*close)(void *ctx);
    void *ctx;
};

struct multipart_part {
    struct buf head;  /* delimiter and header lines */
    struct str bytes; /* borrowed; of a part in memory */
    struct multipart_source source;
    bool is_streamed;
    int64_t size; /* of the content */
};

/* A body being put together. Zero it, multipart_begin, add parts, multipart_body, and finish. */
struct multipart {
    char boundary[40];
    char type[96]; /* value of Content-Type */
    VEC(struct multipart_part) parts;
    struct buf tail;
    size_t at;      /* part being sent */
    int64_t offset; /* in its head + content */
    bool is_open;   /* its source */
};

/* Starts with a fresh random boundary (32 hex digits: it cannot be in the content but by malice,
 * and content of our own records is not chosen against it). */
void multipart_begin(struct multipart *m);

/* Adds a part from memory (borrowed until the end). filename and type may be NULL. Quotes, line
 * breaks and backslashes in names are refused with ERR_INPUT: servers read them differently. */
bool multipart_add(struct multipart *m, const char *name, const char *filename, const char *type,
                   struct str bytes, struct err *err);

/* Adds a part of exactly size bytes that streams from *source (copied). */
bool multipart_add_source(struct multipart *m, const char *name, const char *type, int64_t size,
                          const struct multipart_source *source, struct err *err);

/* The body for http_perform; borrows m. Reading fails when a source gives more or fewer bytes than
 * was said. */
void multipart_body(struct multipart *m, struct http_body *body);

/* Closes an open source and frees. */
void multipart_finish(struct multipart *m);

#endif
