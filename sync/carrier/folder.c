#include "sync/carrier/carriers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "sync"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/map.h"
#include "platform/base/mem.h"
#include "sync/handover/arrival.h"
#include "sync/handover/bundle.h"

/* Each record becomes one sealed file of the folder, complete or not there at all:
 *   NAME.gcb   a bundle with one record; NAME is its instanceID made safe
 *   *.gca      lists of arrivals that the hub has put there
 * A record that only lies on the stick is not sent: it stays in the queue, goes by the network when
 * there is one, and counts as sent when an arrival comes back. */

enum { ARRIVALS_LIMIT = 4 << 20, PIECE = 64 << 10, PATH_ROOM = 1024 };

struct folder_state {
    struct carrier_settings set;
    struct arena arena;
    struct map arrived; /* instanceID → struct word */
    int code;           /* errno of the folder; 0: what failed is on this device */
};

/* The lists of a stick may say several things about one record: an old one of fewer files, one of
 * other bytes. Any that fits counts, whatever the others say. */
struct word {
    struct arrival arrival;
    const struct word *before;
};

enum outbox_reason carrier_folder_reason(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return OUTBOX_STICK_FULL;
    case EROFS:
    case EACCES:
    case EPERM:
        return OUTBOX_STICK_LOCKED;
    default:
        return OUTBOX_STICK_GONE;
    }
}

/* The folder did not take something: errno says why. */
static bool fail(struct folder_state *state, struct err *err, const char *what)
{
    state->code = errno ? errno : EIO;
    return err_set(err, ERR_STORAGE, state->code, "%s", what);
}

static void refuse(struct outbox_outcome *outcome, enum outbox_reason reason)
{
    *outcome = (struct outbox_outcome){.action = OUTBOX_RETRY, .reason = reason};
}

static void note_arrival(void *ctx, const struct arrival *arrival)
{
    struct folder_state *state = ctx;
    struct word *kept = arena_new(&state->arena, struct word);
    *kept = (struct word){*arrival, map_get(&state->arrived, str_of(arrival->instance_id))};
    map_put(&state->arrived, str_of(kept->arrival.instance_id), kept);
}

static bool note_file(void *ctx, const char *name)
{
    struct folder_state *state = ctx;
    struct err err = {0};
    struct buf text = {0};
    char path[PATH_ROOM];
    if (!str_ends(str_of(name), STR(".gca")) ||
        snprintf(path, sizeof(path), "%s/%s", state->set.address, name) >= PATH_ROOM) {
        return true;
    }
    if (!file_read(path, ARRIVALS_LIMIT, &text, &err) ||
        !arrival_read(buf_str(&text), state->set.organisation_key, note_arrival, state, &err)) {
        log_warn("a list of arrivals is not used: %s", err.text);
    }
    buf_finish(&text);
    return true;
}

static bool folder_open(void *ctx, const struct carrier_settings *settings,
                        struct outbox_outcome *outcome)
{
    struct folder_state *state = ctx;
    struct err err = {0};
    state->set = *settings;
    if (!settings->organisation_key) {
        refuse(outcome, OUTBOX_NOT_ENROLLED);
        return false;
    }
    if (!settings->address || !file_list(settings->address, note_file, state, &err)) {
        refuse(outcome, OUTBOX_STICK_GONE);
        return false;
    }
    return true;
}

struct piece_to {
    struct folder_state *state;
    FILE *file;
};

static bool write_piece(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct piece_to *to = ctx;
    return fwrite(bytes, 1, n, to->file) == n || fail(to->state, err, "the stick takes no more");
}

static bool add_file(const struct folder_state *state, struct bundle_writer *writer,
                     const struct outbox *outbox, const struct outbox_item *item, size_t i,
                     struct err *err)
{
    void *reader = NULL;
    const struct outbox_file *file = &item->files[i];
    if (!bundle_add_file(writer, file->name, file->type, file->size, err) ||
        !outbox->ops->open_file(outbox->ctx, item->record, i, &reader, err)) {
        return false;
    }
    char *bytes = mem_alloc(PIECE, 1);
    size_t got = 1;
    bool ok = true;
    while (ok && got > 0) {
        ok = outbox->ops->read_file(outbox->ctx, reader, bytes, PIECE, &got, err) &&
             (got == 0 || bundle_add_bytes(writer, bytes, got, err));
        if (state->set.stop && atomic_load(state->set.stop)) {
            ok = err_set(err, ERR_CANCELLED, 0, "stopped");
        }
    }
    outbox->ops->close_file(outbox->ctx, reader);
    free(bytes);
    return ok;
}

/* All files, also those that a server has confirmed: the bundle may travel to another one. */
static bool write_bundle(struct folder_state *state, FILE *to, const struct outbox *outbox,
                         const struct outbox_item *item, struct err *err)
{
    struct piece_to place = {state, to};
    struct bundle_sink sink = {write_piece, &place};
    struct bundle_writer *writer = NULL;
    bool ok = bundle_begin(&writer, state->set.organisation_key, &sink, err) &&
              bundle_add_record(writer, item->instance_id, item->xml, err);
    for (size_t i = 0; ok && i < item->n_files; i++) {
        ok = add_file(state, writer, outbox, item, i, err);
    }
    ok = ok && bundle_end(writer, err);
    bundle_destroy(writer);
    if (ok && (fflush(to) != 0 || fsync(fileno(to)) != 0)) {
        ok = fail(state, err, "the stick did not take it");
    }
    return ok;
}

/* Letters, digits and hyphens of the id: a name that every file system takes. */
static void name_of(const struct outbox_item *item, char name[80])
{
    size_t n = 0;
    for (const char *c = item->instance_id; *c && n < 79; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                        (*c >= '0' && *c <= '9') || *c == '-';
        name[n++] = is_plain ? *c : '_';
    }
    name[n] = 0;
}

static bool put_bundle(struct folder_state *state, const struct outbox *outbox,
                       const struct outbox_item *item, struct err *err)
{
    char name[80];
    char part[PATH_ROOM];
    char path[PATH_ROOM];
    name_of(item, name);
    if (snprintf(part, sizeof(part), "%s/%s.part", state->set.address, name) >= PATH_ROOM ||
        snprintf(path, sizeof(path), "%s/%s.gcb", state->set.address, name) >= PATH_ROOM) {
        return err_set(err, ERR_INPUT, 0, "the folder's name is too long");
    }
    FILE *to = fopen(part, "wbe");
    if (!to) {
        return fail(state, err, "nothing can be written to the folder");
    }
    bool ok = write_bundle(state, to, outbox, item, err);
    if (fclose(to) != 0 && ok) {
        ok = fail(state, err, "the stick did not take it");
    }
    if (ok && (!file_rename(part, path, err) || !file_sync_folder(state->set.address, err))) {
        errno = err->code;
        ok = fail(state, err, "the stick did not keep it");
    }
    if (!ok) {
        file_remove(part, NULL);
    }
    return ok;
}

/* Has exactly this record come in with all its files? */
static bool has_arrived(const struct folder_state *state, const struct outbox_item *item)
{
    const struct word *word = map_get(&state->arrived, str_of(item->instance_id));
    while (word && !arrival_is_of(&word->arrival, item->xml, item->n_files)) {
        word = word->before;
    }
    return word != NULL;
}

static bool confirm_all(const struct outbox *outbox, struct outbox_item *item, struct err *err)
{
    item->is_xml_confirmed = true;
    for (size_t i = 0; i < item->n_files; i++) {
        item->files[i].is_confirmed = true;
    }
    return outbox->ops->confirm(outbox->ctx, item, err);
}

static void folder_send(void *ctx, const struct outbox *outbox, struct outbox_item *item,
                        struct outbox_outcome *outcome)
{
    struct folder_state *state = ctx;
    struct err err = {0};
    if (!item->instance_id || !*item->instance_id) {
        *outcome = (struct outbox_outcome){.action = OUTBOX_ASIDE, .reason = OUTBOX_BAD_REQUEST};
        return;
    }
    if (has_arrived(state, item)) {
        bool ok = confirm_all(outbox, item, &err);
        *outcome = (struct outbox_outcome){.action = ok ? OUTBOX_SENT : OUTBOX_RETRY,
                                           .reason = ok ? OUTBOX_NO_REASON : OUTBOX_STORAGE};
        return;
    }
    state->code = 0;
    bool ok = put_bundle(state, outbox, item, &err);
    refuse(outcome, ok            ? OUTBOX_HANDED_OVER
                    : state->code ? carrier_folder_reason(state->code)
                                  : OUTBOX_STORAGE);
    outcome->is_doubtful = item->is_doubtful;
    if (ok) {
        return;
    }
    log_warn("record %lld was not handed over: %s", (long long)item->record, err.text);
    if (err.kind == ERR_DAMAGED || err.kind == ERR_MISSING || err.kind == ERR_INPUT) {
        outcome->reason = OUTBOX_DAMAGED; /* a network may still take it: it is not set aside */
    } else if (err.kind == ERR_CANCELLED) {
        outcome->reason = OUTBOX_STOPPED;
        outcome->scope = OUTBOX_ALL;
    } else {
        outcome->scope = OUTBOX_ALL; /* a full stick takes none of the others either */
    }
}

static void folder_close(void *ctx)
{
    struct folder_state *state = ctx;
    map_finish(&state->arrived);
    arena_finish(&state->arena);
}

const struct carrier carrier_folder = {
    .name = "folder",
    .state_size = sizeof(struct folder_state),
    .open = folder_open,
    .send = folder_send,
    .close = folder_close,
};
