#include "sync/http/multipart.h"

#include <stdio.h>

#include "platform/base/hash.h"
#include "platform/base/rand.h"

void multipart_begin(struct multipart *m)
{
    unsigned char bytes[16];
    rand_bytes(bytes, sizeof(bytes));
    struct buf hex = {0};
    hash_add_hex(&hex, bytes, sizeof(bytes));
    snprintf(m->boundary, sizeof(m->boundary), "gocua-%s", buf_text(&hex));
    snprintf(m->type, sizeof(m->type), "multipart/form-data; boundary=%s", m->boundary);
    buf_finish(&hex);
    buf_addf(&m->tail, "\r\n--%s--\r\n", m->boundary);
}

static bool is_safe(const char *name)
{
    if (!name || !*name) {
        return false;
    }
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == '"' || *c == '\\' || *c == 0x7f) {
            return false;
        }
    }
    return true;
}

static struct multipart_part *part_add(struct multipart *m, const char *name, const char *filename,
                                       const char *type, struct err *err)
{
    if (!is_safe(name) || (filename && !is_safe(filename)) || (type && !is_safe(type))) {
        err_set(err, ERR_INPUT, 0, "the name of a part cannot be sent");
        return NULL;
    }
    struct multipart_part *part = vec_add(&m->parts);
    *part = (struct multipart_part){0};
    buf_addf(&part->head, "%s--%s\r\nContent-Disposition: form-data; name=\"%s\"",
             m->parts.n > 1 ? "\r\n" : "", m->boundary, name);
    if (filename) {
        buf_addf(&part->head, "; filename=\"%s\"", filename);
    }
    buf_add_text(&part->head, "\r\n");
    if (type) {
        buf_addf(&part->head, "Content-Type: %s\r\n", type);
    }
    buf_add_text(&part->head, "\r\n");
    return part;
}

bool multipart_add(struct multipart *m, const char *name, const char *filename, const char *type,
                   struct str bytes, struct err *err)
{
    struct multipart_part *part = part_add(m, name, filename, type, err);
    if (part) {
        part->bytes = bytes;
        part->size = (int64_t)bytes.n;
    }
    return part != NULL;
}

bool multipart_add_source(struct multipart *m, const char *name, const char *type, int64_t size,
                          const struct multipart_source *source, struct err *err)
{
    struct multipart_part *part = part_add(m, name, name, type, err);
    if (part) {
        part->source = *source;
        part->is_streamed = true;
        part->size = size;
    }
    return part != NULL;
}

static size_t copy_piece(struct str from, int64_t offset, char *to, size_t room)
{
    size_t left = from.n - (size_t)offset;
    size_t n = left < room ? left : room;
    memcpy(to, from.s + offset, n);
    return n;
}

static void source_close(struct multipart *m)
{
    if (m->is_open) {
        m->parts.v[m->at].source.close(m->parts.v[m->at].source.ctx);
        m->is_open = false;
    }
}

/* The content of a streamed part, checked to be exactly as long as was said: the length of the
 * whole body went out in its header already. */
static bool read_source(struct multipart *m, char *to, size_t room, size_t *got, struct err *err)
{
    struct multipart_part *part = &m->parts.v[m->at];
    int64_t at = m->offset - (int64_t)part->head.n;
    if (!m->is_open) {
        if (!part->source.open(part->source.ctx, err)) {
            return false;
        }
        m->is_open = true;
    }
    int64_t left = part->size - at;
    size_t want = left < (int64_t)room ? (size_t)left : room;
    if (want > 0 && !part->source.read(part->source.ctx, to, want, got, err)) {
        return false;
    }
    if (want > 0 && *got == 0) {
        return err_set(err, ERR_DAMAGED, 0, "a file is shorter than it was");
    }
    if ((int64_t)*got == left) {
        char more;
        size_t extra = 0;
        if (!part->source.read(part->source.ctx, &more, 1, &extra, err)) {
            return false;
        }
        if (extra) {
            return err_set(err, ERR_DAMAGED, 0, "a file is longer than it was");
        }
    }
    return true;
}

/* Gives what follows at the present place and moves on; *got 0 at the end. */
static bool read_piece(struct multipart *m, char *to, size_t room, size_t *got, struct err *err)
{
    *got = 0;
    if (m->at == m->parts.n) {
        *got = copy_piece(buf_str(&m->tail), m->offset, to, room);
        m->offset += (int64_t)*got;
        return true;
    }
    struct multipart_part *part = &m->parts.v[m->at];
    int64_t head = (int64_t)part->head.n;
    if (m->offset < head) {
        *got = copy_piece(buf_str(&part->head), m->offset, to, room);
    } else if (!part->is_streamed) {
        *got = copy_piece(part->bytes, m->offset - head, to, room);
    } else if (!read_source(m, to, room, got, err)) {
        return false;
    }
    m->offset += (int64_t)*got;
    if (m->offset == head + part->size && (part->size == 0 || m->offset > head) &&
        (!part->is_streamed || m->is_open)) {
        source_close(m);
        m->at++;
        m->offset = 0;
    }
    return true;
}

static bool body_read(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct multipart *m = ctx;
    *got = 0;
    while (*got < room && !(m->at == m->parts.n && m->offset == (int64_t)m->tail.n)) {
        size_t n = 0;
        if (!read_piece(m, (char *)bytes + *got, room - *got, &n, err)) {
            return false;
        }
        *got += n;
    }
    return true;
}

static bool body_rewind(void *ctx, struct err *err)
{
    struct multipart *m = ctx;
    source_close(m);
    m->at = 0;
    m->offset = 0;
    return true;
}

void multipart_body(struct multipart *m, struct http_body *body)
{
    *body = (struct http_body){
        .size = (int64_t)m->tail.n, .read = body_read, .rewind = body_rewind, .ctx = m};
    for (size_t i = 0; i < m->parts.n; i++) {
        body->size += (int64_t)m->parts.v[i].head.n + m->parts.v[i].size;
    }
    body_rewind(m, NULL);
}

void multipart_finish(struct multipart *m)
{
    source_close(m);
    for (size_t i = 0; i < m->parts.n; i++) {
        buf_finish(&m->parts.v[i].head);
    }
    vec_finish(&m->parts);
    buf_finish(&m->tail);
    *m = (struct multipart){0};
}
