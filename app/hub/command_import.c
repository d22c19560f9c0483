#include "app/hub/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/hub/serve.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/handover/arrival.h"
#include "sync/handover/bundle.h"
#include "sync/openrosa/intake.h"

#define DEVICE "usb"

enum { BUNDLE_LIMIT = 210 << 20 };

/* Bundles of a stick come in like submissions: sealed ones are opened with the organisation's key,
 * a record is decided over as if it had been posted, and what is here afterwards is acknowledged in
 * a signed list that travels back on the same stick. */
struct import {
    struct command_line *line;
    struct archive *archive;
    const char *folder;
    unsigned char public_key[SIGN_PUBLIC], secret[SIGN_SECRET];
    int64_t device;
    VEC(struct openrosa_parcel *) parcels; /* of the bundle being read */
    VEC(struct arrival) arrivals;
    int fd; /* spool file being written, or -1 */
    int64_t left;
    struct hash *hash;
    int taken, refused, bad;
};

static bool on_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    struct import *im = ctx;
    struct openrosa_parcel *parcel = mem_alloc(1, sizeof(*parcel));
    vec_push(&im->parcels, parcel);
    buf_add_str(&parcel->xml, xml);
    parcel->device = im->device;
    parcel->device_id = parcel->agent = "";
    return true;
}

static bool end_file(struct import *im, struct err *err)
{
    struct openrosa_parcel *parcel = im->parcels.v[im->parcels.n - 1];
    unsigned char digest[HASH_MAX];
    hash_end(im->hash, digest);
    im->hash = NULL;
    memcpy(parcel->files.v[parcel->files.n - 1].digest, digest, 32);
    bool ok = fdatasync(im->fd) == 0;
    ok = close(im->fd) == 0 && ok;
    im->fd = -1;
    return ok || err_set(err, ERR_STORAGE, errno, "cannot sync a spool file");
}

static bool on_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    struct import *im = ctx;
    struct openrosa_parcel *parcel = im->parcels.v[im->parcels.n - 1];
    struct buf path = {0};
    bool ok = archive_spool(im->line->data, (uint64_t)size, &path, err);
    if (ok) {
        struct openrosa_file file = {.name = arena_str(&parcel->arena, name),
                                     .filename = arena_str(&parcel->arena, name),
                                     .type = arena_str(&parcel->arena, type),
                                     .spool = arena_str(&parcel->arena, buf_str(&path)),
                                     .size = (uint64_t)size};
        im->fd = open(file.spool, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        ok = im->fd >= 0 || err_set(err, ERR_STORAGE, errno, "cannot make a spool file");
        if (ok) {
            vec_push(&parcel->files, file);
            im->hash = hash_begin(HASH_BLAKE2B);
            im->left = size;
        }
    }
    buf_finish(&path);
    return ok && (size > 0 || end_file(im, err));
}

static bool on_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct import *im = ctx;
    const char *at = bytes;
    hash_more(im->hash, bytes, n);
    im->left -= (int64_t)n;
    while (n > 0) {
        ssize_t put = write(im->fd, at, n);
        if (put < 0 && errno != EINTR) {
            return err_set(err, ERR_STORAGE, errno, "cannot write a spool file");
        }
        at += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
    return im->left > 0 || end_file(im, err);
}

static void note_arrival(struct import *im, const struct openrosa_parcel *parcel)
{
    struct arrival *arrival = vec_add(&im->arrivals);
    memset(arrival, 0, sizeof(*arrival));
    strncpy(arrival->instance_id, parcel->instance, sizeof(arrival->instance_id) - 1);
    arrival_digest(buf_str(&parcel->xml), arrival->digest);
    arrival->files = (int)parcel->files.n;
}

/* One record: what the server does with a POST, without the wire. */
static bool accept_record(struct import *im, struct openrosa_parcel *parcel, struct err *err)
{
    struct archive_verdict verdict = {0};
    struct buf why = {0};
    if (!parcel_read(parcel, err)) {
        return false;
    }
    bool ok = archive_begin(im->archive, err) &&
              archive_end(im->archive, archive_accept(im->archive, parcel, &verdict, err), err);
    if (ok && !openrosa_is_accepted(verdict.verdict)) {
        openrosa_add_reason(&why, verdict.verdict, str_of(parcel->version));
        ok = err_set(err, ERR_INPUT, openrosa_status(verdict.verdict), "%s", buf_text(&why));
    } else if (ok && verdict.missing.n == 0) {
        note_arrival(im, parcel);
    }
    archive_verdict_finish(&verdict);
    buf_finish(&why);
    return ok;
}

/* Records are taken only out of a bundle that is whole. */
static void take_bundle(struct import *im, const char *name, struct str bytes)
{
    struct bundle_events events = {on_record, on_file, on_bytes, im};
    struct err err = {0};
    int refused = im->refused;
    bool is_whole = bundle_read(bytes, im->secret, &events, &err);
    if (!is_whole) {
        im->bad++;
        fprintf(im->line->shell->errors, "gocua-hub: %s: %s\n", name, err.text);
    }
    for (size_t i = 0; i < im->parcels.n; i++) {
        err_clear(&err);
        if (is_whole && accept_record(im, im->parcels.v[i], &err)) {
            im->taken++;
        } else if (is_whole) {
            im->refused++;
            fprintf(im->line->shell->errors, "gocua-hub: %s: %s\n", name, err.text);
        }
        parcel_destroy(im->parcels.v[i]);
    }
    if (is_whole && im->refused == refused) {
        arrival_of_bundle(vec_add(&im->arrivals), bytes);
    }
    im->parcels.n = 0;
    hash_abort(im->hash);
    im->hash = NULL;
    if (im->fd >= 0) {
        close(im->fd);
        im->fd = -1;
    }
}

static bool take_file(void *ctx, const char *name)
{
    struct import *im = ctx;
    struct buf path = {0};
    struct buf bytes = {0};
    struct err err = {0};
    if (str_ends(str_of(name), STR(".gcb"))) {
        buf_addf(&path, "%s/%s", im->folder, name);
        if (file_read(buf_text(&path), BUNDLE_LIMIT, &bytes, &err)) {
            take_bundle(im, name, buf_str(&bytes));
        } else {
            im->bad++;
            fprintf(im->line->shell->errors, "gocua-hub: %s: %s\n", name, err.text);
        }
    }
    buf_finish(&path);
    buf_finish(&bytes);
    return true;
}

static void see_device(void *ctx, const struct archive_device *device)
{
    struct import *im = ctx;
    if (!strcmp(device->name, DEVICE) && !device->revoked_ms) {
        im->device = device->id;
    }
}

/* Records of sticks belong to a device of their own, whose code is too old from the start. */
static bool find_device(struct import *im, struct err *err)
{
    char token[TOKEN_TEXT];
    char code[CODE_TEXT];
    return archive_device_list(im->archive, see_device, im, err) &&
           (im->device || (archive_device_add(im->archive, DEVICE, 1, token, code, err) &&
                           archive_device_list(im->archive, see_device, im, err)));
}

static bool acknowledge(struct import *im, struct err *err)
{
    struct buf text = {0};
    struct buf path = {0};
    buf_addf(&path, "%s/arrived-%lld.gca", im->folder, (long long)clock_now_ms());
    bool ok = im->arrivals.n == 0 ||
              (arrival_add(&text, im->arrivals.v, im->arrivals.n, im->secret, err) &&
               file_write(buf_text(&path), text.s, text.n, err));
    buf_finish(&text);
    buf_finish(&path);
    return ok;
}

static int import_folder(struct command_line *line)
{
    struct import im = {.line = line, .folder = line->arguments[0], .fd = -1};
    struct err err = {0};
    im.archive = command_archive(line);
    if (!im.archive) {
        return 1;
    }
    bool ok = organisation_keys(line->data, im.public_key, im.secret, &err) &&
              find_device(&im, &err) && file_list(im.folder, take_file, &im, &err) &&
              acknowledge(&im, &err);
    fprintf(line->shell->out, "%d taken, %d refused, %d bundles that cannot be read\n", im.taken,
            im.refused, im.bad);
    memset(im.secret, 0, sizeof(im.secret));
    archive_close(im.archive);
    vec_finish(&im.parcels);
    vec_finish(&im.arrivals);
    return ok ? im.refused > 0 || im.bad > 0 : command_failed(line, &err);
}

const struct command commands_import[] = {
    {"import",
     "FOLDER",
     "Takes the sealed records of a stick in, and puts the list of what arrived on it.",
     {NULL},
     1,
     1,
     import_folder},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
