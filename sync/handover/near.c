#include "sync/handover/near.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "platform/base/hash.h"
#include "sync/handover/text.h"

#define HEAD "GCN1:"

enum { CODE_HEAD = NEAR_KEY + 2, ADDRESS = 4, WORD = 1 };

/* ---- the code ------------------------------------------------------------------------------- */

static bool is_local(const unsigned char a[ADDRESS])
{
    return a[0] == 10 || a[0] == 127 || (a[0] == 172 && a[1] >> 4 == 1) ||
           (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) ||
           (a[0] == 100 && a[1] >> 6 == 1);
}

bool near_is_local(const char *at)
{
    unsigned char bytes[ADDRESS];
    return inet_pton(AF_INET, at, bytes) == 1 && is_local(bytes);
}

bool near_is_code(struct str text)
{
    return str_starts(text, STR(HEAD));
}

bool near_add_code(struct buf *to, const struct near_code *code, struct err *err)
{
    unsigned char bytes[CODE_HEAD + NEAR_ADDRESSES * ADDRESS];
    size_t n = CODE_HEAD;
    memcpy(bytes, code->key, NEAR_KEY);
    bytes[NEAR_KEY] = (unsigned char)code->port;
    bytes[NEAR_KEY + 1] = (unsigned char)(code->port >> 8);
    for (int i = 0; i < code->n && i < NEAR_ADDRESSES; i++, n += ADDRESS) {
        if (inet_pton(AF_INET, code->at[i], bytes + n) != 1 || !is_local(bytes + n)) {
            return err_set(err, ERR_INPUT, 0, "no address of a network nearby");
        }
    }
    if (n == CODE_HEAD || code->port < 1 || code->port > 65535) {
        return err_set(err, ERR_INPUT, 0, "no address to be reached at");
    }
    buf_add_text(to, HEAD);
    text_add_base64url(to, (struct str){(const char *)bytes, n});
    explicit_bzero(bytes, sizeof(bytes));
    return true;
}

static bool read_code(struct near_code *code, struct str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.s;
    size_t n = bytes.n > CODE_HEAD ? (bytes.n - CODE_HEAD) / ADDRESS : 0;
    if (n == 0 || n > NEAR_ADDRESSES || bytes.n != CODE_HEAD + n * ADDRESS) {
        return false;
    }
    memcpy(code->key, at, NEAR_KEY);
    code->port = at[NEAR_KEY] | at[NEAR_KEY + 1] << 8;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *address = at + CODE_HEAD + i * ADDRESS;
        if (!is_local(address) || !inet_ntop(AF_INET, address, code->at[i], sizeof(code->at[i]))) {
            return false;
        }
    }
    code->n = (int)n;
    return code->port > 0;
}

bool near_read_code(struct near_code *code, struct str text, struct err *err)
{
    struct buf bytes = {0};
    *code = (struct near_code){.n = 0};
    text = str_trim(text);
    bool ok =
        near_is_code(text) && text.n < 200 &&
        text_from_base64url(&bytes, (struct str){text.s + strlen(HEAD), text.n - strlen(HEAD)}) &&
        read_code(code, buf_str(&bytes));
    buf_wipe(&bytes);
    return ok || err_set(err, ERR_INPUT, 0, "not the code of a receiving device");
}

/* A key for one use: of the key in the code, what it is for, and the head of the ask it is about.
 */
static void make_key(unsigned char out[STREAM_KEY], const unsigned char key[NEAR_KEY], char use,
                     struct str head)
{
    unsigned char whole[HASH_MAX];
    struct hash *hash = hash_begin(HASH_BLAKE2B);
    hash_more(hash, "gocua near ", 11);
    hash_more(hash, &use, 1);
    hash_more(hash, key, NEAR_KEY);
    hash_more(hash, head.s, head.n);
    hash_end(hash, whole);
    memcpy(out, whole, STREAM_KEY);
    explicit_bzero(whole, sizeof(whole));
}

void near_number(const unsigned char key[NEAR_KEY], char text[NEAR_NUMBER])
{
    unsigned char bytes[STREAM_KEY];
    make_key(bytes, key, 'n', STR(""));
    unsigned a = bytes[0] | (unsigned)bytes[1] << 8, b = bytes[2] | (unsigned)bytes[3] << 8;
    snprintf(text, NEAR_NUMBER, "%04u %04u", a % 10000, b % 10000);
}

void near_tag(struct str bytes, unsigned char tag[NEAR_TAG])
{
    unsigned char whole[HASH_MAX];
    hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, whole);
    memcpy(tag, whole, NEAR_TAG);
}

/* ---- asking --------------------------------------------------------------------------------- */

int64_t near_sealed_size(int64_t n)
{
    return n + (n + NEAR_PIECE - 1) / NEAR_PIECE * STREAM_EXTRA;
}

struct stream *near_add_ask(struct buf *opening, const struct near_ask *ask,
                            const unsigned char key[NEAR_KEY])
{
    unsigned char made[STREAM_KEY], head[STREAM_HEAD], bytes[NEAR_ASK];
    make_key(made, key, 'a', STR(""));
    struct stream *stream = stream_seal(made, head);
    bytes[0] = (unsigned char)ask->kind;
    memcpy(bytes + 1, ask->from, NEAR_TAG);
    memcpy(bytes + 1 + NEAR_TAG, ask->tag, NEAR_TAG);
    for (int i = 0; i < 8; i++) {
        bytes[NEAR_ASK - 8 + i] = (unsigned char)((uint64_t)ask->size >> (8 * i));
    }
    buf_add(opening, head, sizeof(head));
    stream_put(stream, opening, (struct str){(const char *)bytes, sizeof(bytes)}, false);
    explicit_bzero(made, sizeof(made));
    return stream;
}

static bool read_ask(struct near_ask *ask, struct str clear)
{
    const unsigned char *bytes = (const unsigned char *)clear.s;
    uint64_t size = 0;
    if (clear.n != NEAR_ASK || bytes[0] < NEAR_HELLO || bytes[0] > NEAR_BUNDLE) {
        return false;
    }
    ask->kind = (enum near_kind)bytes[0];
    memcpy(ask->from, bytes + 1, NEAR_TAG);
    memcpy(ask->tag, bytes + 1 + NEAR_TAG, NEAR_TAG);
    for (int i = 0; i < 8; i++) {
        size |= (uint64_t)bytes[NEAR_ASK - 8 + i] << (8 * i);
    }
    ask->size = size < INT64_MAX ? (int64_t)size : -1;
    return ask->size >= 0;
}

bool near_read_ask(struct near_ask *ask, struct stream **stream, struct str opening,
                   const unsigned char key[NEAR_KEY], struct err *err)
{
    unsigned char made[STREAM_KEY];
    struct buf clear = {0};
    bool is_last = false;
    *stream = NULL;
    if (opening.n != NEAR_OPENING) {
        return err_set(err, ERR_INPUT, 0, "no opening");
    }
    make_key(made, key, 'a', STR(""));
    struct str sealed = {opening.s + STREAM_HEAD, opening.n - STREAM_HEAD};
    bool ok = stream_open(stream, made, (const unsigned char *)opening.s, err) &&
              stream_take(*stream, &clear, sealed, &is_last, err) && !is_last &&
              read_ask(ask, buf_str(&clear));
    if (!ok) {
        stream_destroy(*stream);
        *stream = NULL;
    }
    explicit_bzero(made, sizeof(made));
    buf_finish(&clear);
    return ok || err_set(err, ERR_DENIED, 0, "not sealed with the key of the code");
}

static size_t piece_of(int64_t left)
{
    return left < NEAR_PIECE ? (size_t)left : NEAR_PIECE;
}

static bool take_piece(struct near_body *body, struct str sealed, struct err *err)
{
    bool is_last = false;
    buf_clear(&body->clear);
    if (!stream_take(body->stream, &body->clear, sealed, &is_last, err)) {
        return false;
    }
    body->left -= (int64_t)body->clear.n;
    if (is_last != (body->left == 0)) {
        return err_set(err, ERR_DAMAGED, 0, "the last piece is not where it belongs");
    }
    return !body->write || body->write(body->ctx, body->clear.s, body->clear.n, err);
}

bool near_body_feed(struct near_body *body, struct str bytes, struct err *err)
{
    while (bytes.n > 0) {
        size_t whole = piece_of(body->left) + STREAM_EXTRA;
        size_t part = whole - body->sealed.n < bytes.n ? whole - body->sealed.n : bytes.n;
        if (body->left <= 0) {
            return err_set(err, ERR_DAMAGED, 0, "more than was announced");
        }
        buf_add(&body->sealed, bytes.s, part);
        bytes = (struct str){bytes.s + part, bytes.n - part};
        if (body->sealed.n == whole) {
            if (!take_piece(body, buf_str(&body->sealed), err)) {
                return false;
            }
            buf_clear(&body->sealed);
        }
    }
    return true;
}

/* ---- answering ------------------------------------------------------------------------------ */

static struct str head_of(struct str opening)
{
    return (struct str){opening.s, opening.n < STREAM_HEAD ? opening.n : STREAM_HEAD};
}

void near_add_answer(struct buf *to, enum near_word word, struct str text, struct str opening,
                     const unsigned char key[NEAR_KEY])
{
    unsigned char made[STREAM_KEY], head[STREAM_HEAD];
    struct buf clear = {0};
    make_key(made, key, 'b', head_of(opening));
    struct stream *stream = stream_seal(made, head);
    buf_add_char(&clear, (char)word);
    buf_add_str(&clear, text);
    buf_add(to, head, sizeof(head));
    stream_put(stream, to, buf_str(&clear), true);
    stream_destroy(stream);
    explicit_bzero(made, sizeof(made));
    buf_finish(&clear);
}

bool near_read_answer(enum near_word *word, struct buf *text, struct str answer, struct str opening,
                      const unsigned char key[NEAR_KEY], struct err *err)
{
    unsigned char made[STREAM_KEY];
    struct stream *stream = NULL;
    struct buf clear = {0};
    bool is_last = false;
    make_key(made, key, 'b', head_of(opening));
    bool ok =
        answer.n > STREAM_HEAD &&
        stream_open(&stream, made, (const unsigned char *)answer.s, NULL) &&
        stream_take(stream, &clear, (struct str){answer.s + STREAM_HEAD, answer.n - STREAM_HEAD},
                    &is_last, NULL) &&
        is_last && clear.n >= WORD && clear.s[0] >= NEAR_READY && clear.s[0] <= NEAR_BAD;
    if (ok) {
        *word = (enum near_word)clear.s[0];
        buf_add(text, clear.s + WORD, clear.n - WORD);
    }
    stream_destroy(stream);
    explicit_bzero(made, sizeof(made));
    buf_finish(&clear);
    return ok || err_set(err, ERR_DENIED, 0, "not an answer to this ask");
}
