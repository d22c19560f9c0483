#include "sync/carrier/carriers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "sync"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "sync/carrier/pack.h"

/* Each record becomes one sealed file of the folder, complete or not there at all:
 *   NAME.gcb   a bundle with one record; NAME is its instanceID made safe
 *   *.gca      lists of arrivals that the hub has put there
 * A record that only lies on the stick is not sent: it stays in the queue, goes by the network when
 * there is one, and counts as sent when an arrival comes back. */

enum { ARRIVALS_LIMIT = 4 << 20, PATH_ROOM = 1024 };

struct folder_state {
    struct carrier_settings set;
    struct pack_words words; /* of the lists that lie there */
    int code;                /* errno of the folder; 0: what failed is on this device */
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
        !pack_hear(&state->words, buf_str(&text), state->set.organisation_key, &err)) {
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

static bool write_bundle(struct folder_state *state, FILE *to, const struct outbox *outbox,
                         const struct outbox_item *item, struct err *err)
{
    struct piece_to place = {state, to};
    struct bundle_sink sink = {write_piece, &place};
    bool ok = pack_record(&state->set, outbox, item, &sink, err);
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

static void folder_send(void *ctx, const struct outbox *outbox, struct outbox_item *item,
                        struct outbox_outcome *outcome)
{
    struct folder_state *state = ctx;
    struct err err = {0};
    if (!item->instance_id || !*item->instance_id) {
        *outcome = (struct outbox_outcome){.action = OUTBOX_ASIDE, .reason = OUTBOX_BAD_REQUEST};
        return;
    }
    if (pack_has_arrived(&state->words, outbox, item, outcome)) {
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
    pack_forget(&state->words);
}

const struct carrier carrier_folder = {
    .name = "folder",
    .state_size = sizeof(struct folder_state),
    .open = folder_open,
    .send = folder_send,
    .close = folder_close,
};
