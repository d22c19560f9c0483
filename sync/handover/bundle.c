#include "sync/handover/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"
#include "platform/base/stream.h"
#include "platform/base/zip.h"

#define MAGIC        "GCB1"
#define MAGIC_PACKED "GCB2"

enum {
    PIECE = 64 << 10,
    PACKED_MORE = 128, /* what zlib adds to bytes that do not shrink */
    SEALED_KEY = STREAM_KEY + SIGN_SEAL,
    HEAD = 4 + SEALED_KEY + STREAM_HEAD,
    XML_LIMIT = 16 << 20,
    NAME_LIMIT = 255,
};

/* ---- writing -------------------------------------------------------------------------------- */

struct bundle_writer {
    struct bundle_sink sink;
    struct stream *stream;
    struct buf clear, packed, sealed;
    bool is_packed;
    int64_t file_left;
    int records, files;
    int64_t total;
};

static void add_number(struct buf *to, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_add_char(to, (char)(number >> (8 * i)));
    }
}

static bool flush(struct bundle_writer *w, bool is_last, struct err *err)
{
    struct str piece = buf_str(&w->clear);
    if (w->is_packed) {
        buf_clear(&w->packed);
        zip_pack(&w->packed, piece);
        piece = buf_str(&w->packed);
    }
    buf_clear(&w->sealed);
    add_number(&w->sealed, piece.n + STREAM_EXTRA, 4);
    stream_put(w->stream, &w->sealed, piece, is_last);
    w->total += (int64_t)w->clear.n;
    buf_clear(&w->clear);
    return w->sink.write(w->sink.ctx, w->sealed.s, w->sealed.n, err);
}

static bool add(struct bundle_writer *w, const void *bytes, size_t n, struct err *err)
{
    const char *at = bytes;
    if (w->total + (int64_t)w->clear.n + (int64_t)n > BUNDLE_SIZE_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "more than one bundle can hold");
    }
    while (n > 0) {
        size_t room = PIECE - w->clear.n;
        size_t part = n < room ? n : room;
        buf_add(&w->clear, at, part);
        at += part;
        n -= part;
        if (w->clear.n == PIECE && !flush(w, false, err)) {
            return false;
        }
    }
    return true;
}

static bool start(struct bundle_writer **writer, const unsigned char organisation[SIGN_PUBLIC],
                  const struct bundle_sink *sink, bool is_packed, struct err *err)
{
    unsigned char key[STREAM_KEY];
    unsigned char head[STREAM_HEAD];
    struct buf begin = {0};
    *writer = NULL;
    rand_bytes(key, sizeof(key));
    buf_add_text(&begin, is_packed ? MAGIC_PACKED : MAGIC);
    bool ok = sign_seal(&begin, (struct str){(const char *)key, sizeof(key)}, organisation, err);
    if (ok) {
        struct bundle_writer *made = mem_alloc(1, sizeof(*made));
        made->sink = *sink;
        made->is_packed = is_packed;
        made->stream = stream_seal(key, head);
        buf_add(&begin, head, sizeof(head));
        ok = sink->write(sink->ctx, begin.s, begin.n, err);
        if (ok) {
            *writer = made;
        } else {
            bundle_destroy(made);
        }
    }
    memset(key, 0, sizeof(key));
    buf_finish(&begin);
    return ok;
}

bool bundle_begin(struct bundle_writer **writer, const unsigned char organisation[SIGN_PUBLIC],
                  const struct bundle_sink *sink, struct err *err)
{
    return start(writer, organisation, sink, false, err);
}

bool bundle_begin_packed(struct bundle_writer **writer,
                         const unsigned char organisation[SIGN_PUBLIC],
                         const struct bundle_sink *sink, struct err *err)
{
    return start(writer, organisation, sink, true, err);
}

bool bundle_add_record(struct bundle_writer *writer, const char *instance_id, struct str xml,
                       struct err *err)
{
    struct buf head = {0};
    size_t n = strlen(instance_id);
    if (writer->file_left || n == 0 || n > NAME_LIMIT || xml.n == 0 || xml.n > XML_LIMIT ||
        writer->records == BUNDLE_RECORDS_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "the record cannot be put into the bundle");
    }
    writer->records++;
    buf_add_char(&head, 'R');
    add_number(&head, n, 2);
    buf_add(&head, instance_id, n);
    add_number(&head, xml.n, 4);
    bool ok = add(writer, head.s, head.n, err) && add(writer, xml.s, xml.n, err);
    buf_finish(&head);
    return ok;
}

bool bundle_add_file(struct bundle_writer *writer, const char *name, const char *type, int64_t size,
                     struct err *err)
{
    struct buf head = {0};
    struct str kind = str_of(type);
    if (writer->file_left || writer->records == 0 || !file_is_plain_name(str_of(name)) ||
        kind.n > NAME_LIMIT || size < 0 || writer->files == BUNDLE_FILES_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "the file cannot be put into the bundle");
    }
    writer->files++;
    writer->file_left = size;
    buf_add_char(&head, 'F');
    add_number(&head, strlen(name), 2);
    buf_add_text(&head, name);
    add_number(&head, kind.n, 2);
    buf_add_str(&head, kind);
    add_number(&head, (uint64_t)size, 8);
    bool ok = add(writer, head.s, head.n, err);
    buf_finish(&head);
    return ok;
}

bool bundle_add_bytes(struct bundle_writer *writer, const void *bytes, size_t n, struct err *err)
{
    if ((int64_t)n > writer->file_left) {
        return err_set(err, ERR_DAMAGED, 0, "a file is longer than it was");
    }
    writer->file_left -= (int64_t)n;
    return add(writer, bytes, n, err);
}

bool bundle_end(struct bundle_writer *writer, struct err *err)
{
    struct buf tail = {0};
    if (writer->file_left) {
        return err_set(err, ERR_DAMAGED, 0, "a file is shorter than it was");
    }
    buf_add_char(&tail, 'E');
    add_number(&tail, (uint64_t)writer->records, 4);
    bool ok = add(writer, tail.s, tail.n, err) && flush(writer, true, err);
    buf_finish(&tail);
    return ok;
}

void bundle_destroy(struct bundle_writer *writer)
{
    if (writer) {
        stream_destroy(writer->stream);
        buf_wipe(&writer->clear);
        buf_wipe(&writer->packed);
        buf_finish(&writer->sealed);
        free(writer);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

struct reader {
    struct str sealed; /* not opened yet */
    struct stream *stream;
    struct buf clear, packed;
    size_t at; /* in clear */
    bool is_last, is_packed;
    const struct bundle_events *events;
    int records, files;
    int64_t total;
};

static bool cut(struct err *err)
{
    return err_set(err, ERR_DAMAGED, 0, "the bundle was cut off or changed");
}

static bool open_sealed(struct reader *r, struct str sealed, struct err *err)
{
    if (!r->is_packed) {
        return stream_take(r->stream, &r->clear, sealed, &r->is_last, err);
    }
    buf_clear(&r->packed);
    return stream_take(r->stream, &r->packed, sealed, &r->is_last, err) &&
           zip_unpack(&r->clear, buf_str(&r->packed), PIECE, err);
}

/* Opens the next piece; what was used of the last ones is dropped. */
static bool open_piece(struct reader *r, struct err *err)
{
    const unsigned char *at = (const unsigned char *)r->sealed.s;
    if (r->is_last || r->sealed.n < 4) {
        return cut(err);
    }
    size_t n = at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
    if (n > PIECE + STREAM_EXTRA + (r->is_packed ? PACKED_MORE : 0) || n > r->sealed.n - 4) {
        return cut(err);
    }
    if (r->at > 0) {
        memmove(r->clear.s, r->clear.s + r->at, r->clear.n - r->at);
        r->clear.n -= r->at;
        r->at = 0;
    }
    size_t before = r->clear.n;
    if (!open_sealed(r, (struct str){r->sealed.s + 4, n}, err)) {
        return false;
    }
    r->sealed = (struct str){r->sealed.s + 4 + n, r->sealed.n - 4 - n};
    r->total += (int64_t)(r->clear.n - before);
    return r->total <= BUNDLE_SIZE_LIMIT ||
           err_set(err, ERR_INPUT, 0, "the bundle is over the limit");
}

/* n bytes in one row, borrowed until the next call. */
static bool take(struct reader *r, size_t n, struct str *bytes, struct err *err)
{
    while (r->clear.n - r->at < n) {
        if (!open_piece(r, err)) {
            return false;
        }
    }
    *bytes = (struct str){buf_text(&r->clear) + r->at, n};
    r->at += n;
    return true;
}

static bool take_number(struct reader *r, int bytes, uint64_t *number, struct err *err)
{
    struct str raw;
    if (!take(r, (size_t)bytes, &raw, err)) {
        return false;
    }
    *number = 0;
    for (int i = bytes; i-- > 0;) {
        *number = *number << 8 | (unsigned char)raw.s[i];
    }
    return true;
}

/* A text with its length (2 bytes) before it, copied: at most NAME_LIMIT bytes. */
static bool take_name(struct reader *r, char name[NAME_LIMIT + 1], struct err *err)
{
    uint64_t n;
    struct str raw;
    if (!take_number(r, 2, &n, err)) {
        return false;
    }
    if (n > NAME_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "a name in the bundle is too long");
    }
    if (!take(r, (size_t)n, &raw, err)) {
        return false;
    }
    memcpy(name, raw.s, raw.n);
    name[raw.n] = 0;
    return strlen(name) == raw.n || err_set(err, ERR_INPUT, 0, "a name in the bundle is no text");
}

static bool read_record(struct reader *r, struct err *err)
{
    char id[NAME_LIMIT + 1];
    uint64_t n;
    struct str xml;
    if (!take_name(r, id, err) || !take_number(r, 4, &n, err)) {
        return false;
    }
    if (!*id || n == 0 || n > XML_LIMIT || ++r->records > BUNDLE_RECORDS_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "the bundle is over the limits");
    }
    return take(r, (size_t)n, &xml, err) && r->events->record(r->events->ctx, str_of(id), xml, err);
}

static bool read_file(struct reader *r, struct err *err)
{
    char name[NAME_LIMIT + 1];
    char type[NAME_LIMIT + 1];
    uint64_t left;
    if (!take_name(r, name, err) || !take_name(r, type, err) || !take_number(r, 8, &left, err)) {
        return false;
    }
    if (r->records == 0 || !file_is_plain_name(str_of(name)) || left > BUNDLE_SIZE_LIMIT ||
        ++r->files > BUNDLE_FILES_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "a file of the bundle cannot be taken");
    }
    bool ok = r->events->file(r->events->ctx, str_of(name), str_of(type), (int64_t)left, err);
    while (ok && left > 0) {
        struct str piece;
        if (r->clear.n == r->at && !open_piece(r, err)) {
            return false;
        }
        size_t ready = r->clear.n - r->at;
        ok = take(r, left < ready ? (size_t)left : ready, &piece, err) &&
             r->events->bytes(r->events->ctx, piece.s, piece.n, err);
        left -= piece.n;
    }
    return ok;
}

static bool read_all(struct reader *r, struct err *err)
{
    struct str kind;
    uint64_t records;
    while (take(r, 1, &kind, err)) {
        switch (kind.s[0]) {
        case 'R':
            if (!read_record(r, err)) {
                return false;
            }
            break;
        case 'F':
            if (!read_file(r, err)) {
                return false;
            }
            break;
        case 'E':
            return take_number(r, 4, &records, err) &&
                   ((records == (uint64_t)r->records && r->is_last && r->at == r->clear.n &&
                     r->sealed.n == 0) ||
                    cut(err));
        default:
            return err_set(err, ERR_INPUT, 0, "the bundle holds something unknown");
        }
    }
    return false;
}

bool bundle_is_one(struct str bytes)
{
    return bytes.n > HEAD &&
           (memcmp(bytes.s, MAGIC, 4) == 0 || memcmp(bytes.s, MAGIC_PACKED, 4) == 0);
}

bool bundle_read(struct str bytes, const unsigned char secret[SIGN_SECRET],
                 const struct bundle_events *events, struct err *err)
{
    struct buf key = {0};
    if (!bundle_is_one(bytes)) {
        return err_set(err, ERR_INPUT, 0, "not a bundle");
    }
    struct reader r = {.sealed = {bytes.s + HEAD, bytes.n - HEAD},
                       .is_packed = memcmp(bytes.s, MAGIC_PACKED, 4) == 0,
                       .events = events};
    bool ok = sign_unseal(&key, (struct str){bytes.s + 4, SEALED_KEY}, secret, err) &&
              stream_open(&r.stream, (const unsigned char *)key.s,
                          (const unsigned char *)bytes.s + 4 + SEALED_KEY, err) &&
              read_all(&r, err);
    stream_destroy(r.stream);
    buf_wipe(&r.clear);
    buf_wipe(&r.packed);
    buf_wipe(&key);
    return ok;
}
