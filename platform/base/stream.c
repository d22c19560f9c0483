#include "platform/base/stream.h"

#include <stdlib.h>

#include <sodium.h>

#include "platform/base/mem.h"

struct stream {
    crypto_secretstream_xchacha20poly1305_state state;
};

struct stream *stream_seal(const unsigned char key[STREAM_KEY], unsigned char head[STREAM_HEAD])
{
    struct stream *stream = mem_alloc(1, sizeof(*stream));
    crypto_secretstream_xchacha20poly1305_init_push(&stream->state, head, key);
    return stream;
}

void stream_put(struct stream *stream, struct buf *to, struct str piece, bool is_last)
{
    unsigned char *at = (unsigned char *)buf_reserve(to, piece.n + STREAM_EXTRA);
    if (at) {
        crypto_secretstream_xchacha20poly1305_push(
            &stream->state, at, NULL, (const unsigned char *)piece.s, piece.n, NULL, 0,
            is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        to->n += piece.n + STREAM_EXTRA;
        to->s[to->n] = 0;
    }
}

bool stream_open(struct stream **stream, const unsigned char key[STREAM_KEY],
                 const unsigned char head[STREAM_HEAD], struct err *err)
{
    struct stream *made = mem_alloc(1, sizeof(*made));
    *stream = NULL;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&made->state, head, key) != 0) {
        free(made);
        return err_set(err, ERR_INPUT, 0, "no sealed stream");
    }
    *stream = made;
    return true;
}

bool stream_take(struct stream *stream, struct buf *to, struct str sealed, bool *is_last,
                 struct err *err)
{
    unsigned char tag = 0;
    unsigned char *at = NULL;
    bool ok = sealed.n >= STREAM_EXTRA &&
              (at = (unsigned char *)buf_reserve(to, sealed.n - STREAM_EXTRA)) != NULL &&
              crypto_secretstream_xchacha20poly1305_pull(&stream->state, at, NULL, &tag,
                                                         (const unsigned char *)sealed.s, sealed.n,
                                                         NULL, 0) == 0;
    if (!ok) {
        return err_set(err, ERR_DAMAGED, 0, "a sealed piece was changed");
    }
    to->n += sealed.n - STREAM_EXTRA;
    to->s[to->n] = 0;
    *is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return true;
}

void stream_destroy(struct stream *stream)
{
    if (stream) {
        sodium_memzero(stream, sizeof(*stream));
        free(stream);
    }
}
