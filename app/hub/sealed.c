#include "app/hub/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/hub/serve.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/handover/bundle.h"
#include "sync/openrosa/intake.h"

static void complain(struct sealed *s, const char *name, const struct err *err)
{
    if (s->complain) {
        s->complain(s->ctx, name, err->text);
    }
}

static bool on_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    struct sealed *s = ctx;
    struct openrosa_parcel *parcel = mem_alloc(1, sizeof(*parcel));
    vec_push(&s->parcels, parcel);
    buf_add_str(&parcel->xml, xml);
    parcel->device = s->device;
    parcel->device_id = parcel->agent = "";
    return true;
}

static bool end_file(struct sealed *s, struct err *err)
{
    struct openrosa_parcel *parcel = s->parcels.v[s->parcels.n - 1];
    unsigned char digest[HASH_MAX];
    hash_end(s->hash, digest);
    s->hash = NULL;
    memcpy(parcel->files.v[parcel->files.n - 1].digest, digest, 32);
    bool ok = fdatasync(s->fd) == 0;
    ok = close(s->fd) == 0 && ok;
    s->fd = -1;
    return ok || err_set(err, ERR_STORAGE, errno, "cannot sync a spool file");
}

static bool on_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    struct sealed *s = ctx;
    struct openrosa_parcel *parcel = s->parcels.v[s->parcels.n - 1];
    struct buf path = {0};
    bool ok = archive_spool(s->data, (uint64_t)size, &path, err);
    if (ok) {
        struct openrosa_file file = {.name = arena_str(&parcel->arena, name),
                                     .filename = arena_str(&parcel->arena, name),
                                     .type = arena_str(&parcel->arena, type),
                                     .spool = arena_str(&parcel->arena, buf_str(&path)),
                                     .size = (uint64_t)size};
        s->fd = open(file.spool, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        ok = s->fd >= 0 || err_set(err, ERR_STORAGE, errno, "cannot make a spool file");
        if (ok) {
            vec_push(&parcel->files, file);
            s->hash = hash_begin(HASH_BLAKE2B);
            s->left = size;
        }
    }
    buf_finish(&path);
    return ok && (size > 0 || end_file(s, err));
}

static bool on_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct sealed *s = ctx;
    hash_more(s->hash, bytes, n);
    s->left -= (int64_t)n;
    if (!file_write_all(s->fd, bytes, n)) {
        return err_set(err, ERR_STORAGE, errno, "cannot write a spool file");
    }
    return s->left > 0 || end_file(s, err);
}

static void note_arrival(struct sealed *s, const struct openrosa_parcel *parcel)
{
    struct arrival *arrival = vec_add(&s->arrivals);
    memset(arrival, 0, sizeof(*arrival));
    strncpy(arrival->instance_id, parcel->instance, sizeof(arrival->instance_id) - 1);
    arrival_digest(buf_str(&parcel->xml), arrival->digest);
    arrival->files = (int)parcel->files.n;
}

/* One record: what the server does with a POST, without the wire. */
static bool accept_record(struct sealed *s, struct openrosa_parcel *parcel, struct err *err)
{
    struct archive_verdict verdict = {0};
    struct buf why = {0};
    if (!parcel_read(parcel, err)) {
        return false;
    }
    bool ok = archive_begin(s->archive, err) &&
              archive_end(s->archive, archive_accept(s->archive, parcel, &verdict, err), err);
    if (ok && !openrosa_is_accepted(verdict.verdict)) {
        openrosa_add_reason(&why, verdict.verdict, str_of(parcel->version));
        ok = err_set(err, ERR_INPUT, openrosa_status(verdict.verdict), "%s", buf_text(&why));
    } else if (ok && verdict.missing.n == 0) {
        note_arrival(s, parcel);
    }
    archive_verdict_finish(&verdict);
    buf_finish(&why);
    return ok;
}

/* Records are taken only out of a bundle that is whole. */
void sealed_take(struct sealed *s, const char *name, struct str bytes)
{
    struct bundle_events events = {on_record, on_file, on_bytes, s};
    struct err err = {0};
    bool is_decided = true;
    bool is_whole = bundle_read(bytes, s->secret, &events, &err);
    if (!is_whole) {
        s->bad++;
        complain(s, name, &err);
    }
    for (size_t i = 0; i < s->parcels.n; i++) {
        err_clear(&err);
        if (is_whole && accept_record(s, s->parcels.v[i], &err)) {
            s->taken++;
        } else if (is_whole) {
            s->refused++;
            is_decided = is_decided && err.kind == ERR_INPUT;
            complain(s, name, &err);
        }
        parcel_destroy(s->parcels.v[i]);
    }
    if (is_whole && is_decided) {
        arrival_of_bundle(vec_add(&s->arrivals), bytes);
    }
    s->parcels.n = 0;
    hash_abort(s->hash);
    s->hash = NULL;
    if (s->fd >= 0) {
        close(s->fd);
        s->fd = -1;
    }
}

bool sealed_answer(struct sealed *s, struct buf *to, struct err *err)
{
    return arrival_add(to, s->arrivals.v, s->arrivals.n, s->secret, err);
}

void sealed_finish(struct sealed *s)
{
    explicit_bzero(s->secret, sizeof(s->secret));
    vec_finish(&s->parcels);
    vec_finish(&s->arrivals);
}
