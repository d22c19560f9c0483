/* A stream of sealed pieces (libsodium secretstream, XChaCha20-Poly1305): pieces can be neither
 * changed, swapped, left out nor cut off unnoticed. Used where content leaves the device; files at
 * rest are platform/db/seal. One thread at a time. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

enum { STREAM_KEY = 32, STREAM_HEAD = 24, STREAM_EXTRA = 17 };

struct stream;

/* Starts sealing; head must travel before the pieces. stream_destroy ends it. */
struct stream *stream_seal(const unsigned char key[STREAM_KEY], unsigned char head[STREAM_HEAD]);

/* Appends the next piece sealed (STREAM_EXTRA bytes longer); is_last: none follows. */
void stream_put(struct stream *stream, struct buf *to, struct str piece, bool is_last);

/* Starts opening; ERR_INPUT when head is none. */
bool stream_open(struct stream **stream, const unsigned char key[STREAM_KEY],
                 const unsigned char head[STREAM_HEAD], struct err *err);

/* Appends the next piece in clear; ERR_DAMAGED when it is not the one that was put there. */
bool stream_take(struct stream *stream, struct buf *to, struct str sealed, bool *is_last,
                 struct err *err);

/* Zeroes and frees; takes NULL. */
void stream_destroy(struct stream *stream);

#endif
