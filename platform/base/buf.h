/* Bytes that grow. Always NUL-terminated behind n once anything was added. A limit (0 = none) makes
 * it refuse more: adding then sets `full` and changes nothing, so a builder may add without looking
 * and ask once at the end. Zeroed memory is an empty buffer without a limit. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "platform/base/str.h"

struct buf {
    char *s;
    size_t n, cap, limit;
    bool full;
};

/* Makes room for n more bytes and returns where they go (n is not counted yet), or NULL over the
 * limit. */
char *buf_reserve(struct buf *b, size_t n);

/* Appends n bytes. */
void buf_add(struct buf *b, const void *bytes, size_t n);

/* Appends a NUL-terminated text. */
void buf_add_text(struct buf *b, const char *text);

/* Appends a view. */
void buf_add_str(struct buf *b, struct str text);

/* Appends one byte. */
void buf_add_char(struct buf *b, char c);

/* Appends what printf would print. */
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the content, keeps the memory and the limit. */
void buf_clear(struct buf *b);

/* The content as a view, borrowed until the next change. */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->s ? b->s : "", b->n};
}

/* The content as a NUL-terminated text, borrowed; never NULL. */
static inline const char *buf_text(const struct buf *b)
{
    return b->s ? b->s : "";
}

/* Gives the memory to the caller, who frees it (never NULL), and leaves the buffer empty. */
char *buf_take(struct buf *b);

/* Frees the memory. */
void buf_finish(struct buf *b);

/* Overwrites the content with zeroes, then frees: for keys and answers. */
void buf_wipe(struct buf *b);

#endif
