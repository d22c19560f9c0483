#include "sync/openrosa/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/http/form_reader.h"
#include "sync/http/url.h"
#include "sync/openrosa/wire.h"

enum { FIELD_MAX = 1024, TOO_LARGE = 413 };

/* Where the bytes of the part being read go. */
enum part_kind { PART_XML, PART_FILE, PART_FIELD };

struct intake {
    struct openrosa_server *server;
    struct openrosa_parcel *parcel;
    struct form_reader *reader;
    enum part_kind kind;
    bool has_xml;
    struct buf field_name, field;
    int fd;            /* of the spool file being written, or -1 */
    struct hash *hash; /* over it */
    uint64_t received;
};

static const char *last_part(struct str path, struct arena *arena)
{
    for (size_t i = path.n; i > 0; i--) {
        if (path.s[i - 1] == '/' || path.s[i - 1] == '\\') {
            path = (struct str){path.s + i, path.n - i};
            break;
        }
    }
    return file_is_plain_name(path) ? arena_str(arena, path) : "";
}

static bool begin_file(struct intake *in, const struct form_part *part, struct err *err)
{
    struct openrosa_parcel *parcel = in->parcel;
    struct openrosa_storage *storage = &in->server->storage;
    struct openrosa_file file = {0};
    struct buf path = {0};
    int64_t rest = http_request_length(parcel->request);
    file.name = file_is_plain_name(part->name) ? arena_str(&parcel->arena, part->name) : "";
    file.filename = last_part(part->filename, &parcel->arena);
    file.type = arena_str(&parcel->arena, part->type);
    if (!*file.name && !*file.filename) {
        return err_set(err, ERR_INPUT, 0, "An attachment has a name that is not allowed.");
    }
    rest = rest > (int64_t)in->received ? rest - (int64_t)in->received : 0;
    if (!storage->spool(storage->ctx, (uint64_t)rest, &path, err)) {
        buf_finish(&path);
        return false;
    }
    file.spool = arena_str(&parcel->arena, buf_str(&path));
    buf_finish(&path);
    in->fd = open(file.spool, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (in->fd < 0) {
        return err_set(err, ERR_STORAGE, errno, "cannot make a spool file");
    }
    in->hash = hash_begin(HASH_BLAKE2B);
    vec_push(&parcel->files, file);
    return true;
}

static bool begin_part(void *ctx, const struct form_part *part, struct err *err)
{
    struct intake *in = ctx;
    if (str_is(part->name, "xml_submission_file") && part->filename.s) {
        if (in->has_xml) {
            return err_set(err, ERR_INPUT, 0, "There is more than one xml_submission_file.");
        }
        in->has_xml = true;
        in->kind = PART_XML;
        return true;
    }
    if (!part->filename.s) {
        in->kind = PART_FIELD;
        buf_clear(&in->field_name);
        buf_clear(&in->field);
        in->field.full = false;
        buf_add_str(&in->field_name, part->name);
        return true;
    }
    in->kind = PART_FILE;
    return begin_file(in, part, err);
}

static bool part_bytes(void *ctx, struct str bytes, struct err *err)
{
    struct intake *in = ctx;
    switch (in->kind) {
    case PART_XML:
        buf_add_str(&in->parcel->xml, bytes);
        return !in->parcel->xml.full ||
               err_set(err, ERR_INPUT, TOO_LARGE, "The XML of this record is too large.");
    case PART_FIELD:
        buf_add_str(&in->field, bytes); /* a field longer than we read is dropped */
        return true;
    case PART_FILE:
        in->parcel->files.v[in->parcel->files.n - 1].size += bytes.n;
        hash_more(in->hash, bytes.s, bytes.n);
        return file_write_all(in->fd, bytes.s, bytes.n) ||
               err_set(err, ERR_STORAGE, errno, "cannot write a spool file");
    }
    return true;
}

static bool end_part(void *ctx, struct err *err)
{
    struct intake *in = ctx;
    if (in->kind == PART_FIELD && str_is(buf_str(&in->field_name), "*isIncomplete*")) {
        in->parcel->is_incomplete = str_is(str_trim(buf_str(&in->field)), "yes");
    }
    if (in->kind != PART_FILE) {
        return true;
    }
    struct openrosa_file *file = &in->parcel->files.v[in->parcel->files.n - 1];
    unsigned char digest[HASH_MAX];
    hash_end(in->hash, digest);
    in->hash = NULL;
    memcpy(file->digest, digest, sizeof(file->digest));
    bool ok = fdatasync(in->fd) == 0;
    int reason = errno;
    ok = close(in->fd) == 0 && ok;
    in->fd = -1;
    return ok || err_set(err, ERR_STORAGE, reason, "cannot sync a spool file");
}

/* A query parameter, decoded, into the arena; "" when it is not there. */
static const char *query_text(struct http_request *request, const char *name, struct arena *arena)
{
    struct str rest = http_request_query(request), pair, key;
    struct buf value = {.limit = FIELD_MAX};
    const char *text = "";
    while (!*text && rest.n > 0 && str_cut(&rest, '&', &pair)) {
        struct str after = pair;
        if (str_cut(&after, '=', &key) && str_is(key, name) && key.n < pair.n) {
            buf_clear(&value);
            if (url_add_unescaped(&value, after)) {
                text = arena_str(arena, buf_str(&value));
            }
        }
    }
    buf_finish(&value);
    return text;
}

struct intake *intake_create(struct openrosa_server *server, struct http_request *request,
                             struct err *err)
{
    struct intake *in = mem_alloc(1, sizeof(*in));
    struct form_sink sink = {begin_part, part_bytes, end_part, in};
    struct form_limits limits = {.parts = server->options.parts};
    in->server = server;
    in->fd = -1;
    in->field.limit = FIELD_MAX;
    in->parcel = mem_alloc(1, sizeof(*in->parcel));
    in->parcel->request = request;
    in->parcel->xml.limit = server->options.xml_limit;
    in->parcel->device_id = query_text(request, "deviceID", &in->parcel->arena);
    const char *agent = http_request_header(request, "User-Agent");
    in->parcel->agent = arena_strdup(&in->parcel->arena, agent ? agent : "");
    if (!form_reader_create(&in->reader, http_request_header(request, "Content-Type"), &limits,
                            &sink, err)) {
        intake_destroy(in);
        return NULL;
    }
    return in;
}

bool intake_feed(struct intake *in, struct str bytes, struct err *err)
{
    in->received += bytes.n;
    if (in->received > in->server->options.body_limit + INTAKE_ENVELOPE) {
        return err_set(err, ERR_INPUT, TOO_LARGE, "This upload is larger than this server takes.");
    }
    return form_reader_feed(in->reader, bytes, err);
}

bool intake_finish(struct intake *in, struct openrosa_parcel **parcel, struct err *err)
{
    if (!form_reader_finish(in->reader, err)) {
        return err_set(err, ERR_INPUT, 0, "Multipart form content failed to parse.");
    }
    if (!in->has_xml) {
        return err_set(err, ERR_INPUT, 0,
                       "Required multipart POST field xml_submission_file missing.");
    }
    if (!parcel_read(in->parcel, err)) {
        return false;
    }
    *parcel = in->parcel;
    in->parcel = NULL;
    return true;
}

void intake_destroy(struct intake *in)
{
    if (!in) {
        return;
    }
    if (in->fd >= 0) {
        close(in->fd);
    }
    hash_abort(in->hash);
    form_reader_destroy(in->reader);
    buf_finish(&in->field_name);
    buf_finish(&in->field);
    parcel_destroy(in->parcel);
    free(in);
}

void parcel_destroy(struct openrosa_parcel *parcel)
{
    if (!parcel) {
        return;
    }
    for (size_t i = 0; i < parcel->files.n; i++) {
        unlink(parcel->files.v[i].spool); /* one that was taken is no longer there */
    }
    vec_finish(&parcel->files);
    vec_finish(&parcel->entities);
    buf_wipe(&parcel->xml);
    xml_names_finish(&parcel->names);
    arena_finish(&parcel->arena);
    free(parcel);
}
