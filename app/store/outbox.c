#include "app/store/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#define LOG_ROOM "store"
#include "app/store/attachment.h"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/record.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"
#include "sync/run/retry.h"

enum { SUSPICIOUS_WAIT_MS = 60 * 1000, ASK_AGAIN_MS = 24 * 3600 * 1000 };

struct session {
    struct store *store;
    VEC(int64_t) given; /* records that next gave and that wait again */
};

static bool was_given(const struct session *s, int64_t record)
{
    for (size_t i = 0; i < s->given.n; i++) {
        if (s->given.v[i] == record) {
            return true;
        }
    }
    return false;
}

/* ---- the next record ------------------------------------------------------------------------ */

/* A correction never overtakes what it corrects; a bad record waits behind all good ones; small
 * before large (outbox.h has the number, the index record_waiting too). */
static const char next_sql[] =
    "SELECT r.id, r.sequence, r.instance_id, r.form_id, r.version, r.is_edit, r.is_xml_confirmed,"
    " r.is_doubtful, r.attempts, r.bytes_left FROM record r INDEXED BY record_waiting"
    " WHERE r.state = 2 AND r.is_held = 0 AND r.next_ms <= ? AND (r.replaces IS NULL OR EXISTS"
    " (SELECT 1 FROM record o WHERE o.id = r.replaces AND o.state IN (4, 5, 6)))"
    " ORDER BY r.attempts, r.bytes_left >= 262144, r.sequence";

/* Sent, still whole here, and not seen on the server since: their number of tries says how often
 * they were asked about. */
static const char next_sent_sql[] =
    "SELECT r.id, r.sequence, r.instance_id, r.form_id, r.version, r.is_edit, r.is_xml_confirmed,"
    " r.is_doubtful, r.attempts, r.bytes_left FROM record r INDEXED BY record_asked"
    " JOIN frozen f ON f.record = r.id"
    " WHERE r.state IN (4, 5) AND r.again_ms = 0 AND r.sent_ms > 0 AND r.sent_ms < ?"
    " ORDER BY r.tries, r.sequence";

static void read_row(struct db_query *q, struct arena *arena, struct outbox_item *item)
{
    *item = (struct outbox_item){.record = db_int(q, 0),
                                 .sequence = db_int(q, 1),
                                 .instance_id = arena_strdup(arena, db_text(q, 2)),
                                 .form_id = arena_strdup(arena, db_text(q, 3)),
                                 .form_version = arena_strdup(arena, db_text(q, 4)),
                                 .is_edit = db_int(q, 5) != 0,
                                 .is_xml_confirmed = db_int(q, 6) != 0,
                                 .is_doubtful = db_int(q, 7) != 0,
                                 .attempts = (int)db_int(q, 8),
                                 .bytes_left = db_int(q, 9)};
}

static bool find_next(struct session *s, const char *sql, int64_t now_ms, struct arena *arena,
                      struct outbox_item *item, struct err *err)
{
    struct db_query *q = db_query(s->store->db, sql, DB_WITH(DB_INT(now_ms)), err);
    *item = (struct outbox_item){0};
    while (!item->record && db_next(q, err)) {
        if (!was_given(s, db_int(q, 0))) {
            read_row(q, arena, item);
        }
    }
    return db_done(q);
}

static bool load_files(struct store *store, struct arena *arena, struct outbox_item *item,
                       struct err *err)
{
    VEC(struct outbox_file) files = {0};
    struct db_query *q = db_query(store->db,
                                  "SELECT name, mime, size, confirmed_ms, is_aside FROM attachment"
                                  " WHERE record = ? ORDER BY id",
                                  DB_WITH(DB_INT(item->record)), err);
    while (db_next(q, err)) {
        const char *mime = db_text(q, 1);
        vec_push(&files, (struct outbox_file){.name = arena_strdup(arena, db_text(q, 0)),
                                              .type = *mime ? arena_strdup(arena, mime) : NULL,
                                              .size = db_int(q, 2),
                                              .is_confirmed = db_int(q, 3) != 0,
                                              .is_aside = db_int(q, 4) != 0});
    }
    item->n_files = files.n;
    item->files = arena_array(arena, struct outbox_file, files.n);
    if (files.n) {
        memcpy(item->files, files.v, files.n * sizeof(*files.v));
    }
    vec_finish(&files);
    return db_done(q);
}

static bool load_item(struct store *store, struct arena *arena, struct outbox_item *item,
                      struct err *err)
{
    struct buf xml = {0};
    bool ok = record_xml(store, item->record, &xml, err) && load_files(store, arena, item, err);
    item->xml = (struct str){arena_str(arena, buf_str(&xml)), xml.n};
    buf_wipe(&xml);
    return ok;
}

bool outbox_find(struct store *store, const char *instance_id, struct arena *arena,
                 struct outbox_item *item, struct err *err)
{
    struct db_query *q = db_query(
        store->db,
        "SELECT id, sequence, instance_id, form_id, version, is_edit, is_xml_confirmed,"
        " is_doubtful, attempts, bytes_left FROM record WHERE state = 2 AND instance_id = ?",
        DB_WITH(DB_TEXT(instance_id)), err);
    *item = (struct outbox_item){0};
    if (db_next(q, err)) {
        read_row(q, arena, item);
    }
    return db_done(q) && (!item->record || load_item(store, arena, item, err));
}

static bool next(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                 struct err *err)
{
    struct session *s = ctx;
    for (;;) {
        struct err why = {0};
        if (!find_next(s, next_sql, now_ms, arena, item, err)) {
            return false;
        }
        if (!item->record) {
            err_clear(err);
            return false;
        }
        vec_push(&s->given, item->record);
        if (load_item(s->store, arena, item, &why)) {
            return true;
        }
        if (why.kind != ERR_DAMAGED && why.kind != ERR_MISSING) {
            return err_set(err, why.kind, why.code, "%s", why.text);
        }
        log_error("record %lld is set aside: %s", (long long)item->record, why.text);
        if (!record_set_aside(s->store, item->record, outbox_reason_name(OUTBOX_DAMAGED), "",
                              err)) {
            return false;
        }
    }
}

static bool next_sent(void *ctx, int64_t now_ms, struct arena *arena, struct outbox_item *item,
                      struct err *err)
{
    struct session *s = ctx;
    for (;;) {
        struct err why = {0};
        if (!find_next(s, next_sent_sql, now_ms - ASK_AGAIN_MS, arena, item, err)) {
            return false;
        }
        if (!item->record) {
            err_clear(err);
            return false;
        }
        vec_push(&s->given, item->record);
        if (load_item(s->store, arena, item, &why)) {
            return db_run(s->store->db, "UPDATE record SET tries = tries + 1 WHERE id = ?",
                          DB_WITH(DB_INT(item->record)), err);
        }
        if (why.kind != ERR_DAMAGED && why.kind != ERR_MISSING) {
            return err_set(err, why.kind, why.code, "%s", why.text);
        }
        /* It was sent once: without its bytes there is nothing to ask with, and no harm done. */
        log_warn("record %lld cannot be asked about: %s", (long long)item->record, why.text);
    }
}

static bool seen_again(void *ctx, int64_t record, struct err *err)
{
    struct session *s = ctx;
    return record_confirm_again(s->store, record, err);
}

static bool begin_row(struct store *store, int64_t record, struct err *err)
{
    struct db *db = store->db;
    if (!db_begin(db, err)) {
        return false;
    }
    bool ok = db_run(db,
                     "UPDATE record SET state = 3, tries = tries + 1 WHERE id = ? AND state = 2"
                     " AND is_held = 0",
                     DB_WITH(DB_INT(record)), err) &&
              (db_changes(db) == 1 ||
               err_set(err, ERR_DENIED, 0, "record %lld is sent elsewhere", (long long)record)) &&
              journal_note(store, "record.sending", record, NULL, err);
    return db_end(db, ok, err);
}

/* Each mark is tried again once room was made: a full disk keeps nothing from being sent. */
static bool begin(void *ctx, int64_t record, struct err *err)
{
    struct session *s = ctx;
    struct err why = {0};
    return begin_row(s->store, record, &why) ||
           (store_make_room(s->store, &why) ? begin_row(s->store, record, err)
                                            : err_set(err, why.kind, why.code, "%s", why.text));
}

/* ---- files ---------------------------------------------------------------------------------- */

static bool open_file(void *ctx, int64_t record, size_t i, void **reader, struct err *err)
{
    struct session *s = ctx;
    int64_t id;
    *reader = NULL;
    if (!db_number(s->store->db,
                   "SELECT id FROM attachment WHERE record = ? ORDER BY id LIMIT 1 OFFSET ?",
                   DB_WITH(DB_INT(record), DB_INT((int64_t)i)), &id, 0, err)) {
        return false;
    }
    *reader = attachment_open(s->store, id, err);
    return *reader != NULL;
}

static bool read_file(void *ctx, void *reader, void *bytes, size_t room, size_t *got,
                      struct err *err)
{
    return attachment_read(reader, bytes, room, got, err);
}

static void close_file(void *ctx, void *reader)
{
    attachment_close(reader);
}

/* ---- the ledger ----------------------------------------------------------------------------- */

/* Writes the marks of the item to its files and counts anew. */
static bool write_marks(struct store *store, const struct outbox_item *item, bool has_xml,
                        struct err *err)
{
    int64_t now = clock_now_ms(), xml = has_xml ? 0 : (int64_t)item->xml.n;
    bool ok = true;
    for (size_t i = 0; ok && i < item->n_files; i++) {
        const struct outbox_file *file = &item->files[i];
        ok = db_run(store->db,
                    "UPDATE attachment SET is_aside = ?1, confirmed_ms ="
                    " CASE WHEN NOT ?2 THEN 0 WHEN confirmed_ms = 0 THEN ?3 ELSE confirmed_ms END"
                    " WHERE record = ?4 AND name = ?5",
                    DB_WITH(DB_INT(file->is_aside), DB_INT(file->is_confirmed), DB_INT(now),
                            DB_INT(item->record), DB_TEXT(file->name)),
                    err);
    }
    /* counted here: a session may hand over only those files that may go just now */
    return ok &&
           db_run(store->db,
                  "UPDATE record SET is_xml_confirmed = ?1, files_confirmed = (SELECT count(*)"
                  " FROM attachment WHERE record = ?2 AND confirmed_ms > 0), bytes_left = ?3"
                  " + (SELECT coalesce(sum(size), 0) FROM attachment WHERE record = ?2"
                  " AND confirmed_ms = 0 AND is_aside = 0) WHERE id = ?2",
                  DB_WITH(DB_INT(has_xml), DB_INT(item->record), DB_INT(xml)), err);
}

/* Drafts were never handed out, and what the portal returned is closed: nothing of a session may
 * touch them. */
static bool look_at_state(struct store *store, int64_t record, enum record_state *state,
                          struct err *err)
{
    int64_t number = 0;
    if (!db_number(store->db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(record)),
                   &number, 0, err)) {
        return false;
    }
    *state = (enum record_state)number;
    bool is_ours = number > RECORD_DRAFT && number != RECORD_RETURNED;
    return is_ours || err_set(err, number ? ERR_INPUT : ERR_MISSING, 0,
                              "record %lld is not in the queue", (long long)record);
}

static bool confirm_row(struct store *store, const struct outbox_item *item, struct err *err)
{
    char detail[48];
    size_t confirmed = 0;
    for (size_t i = 0; i < item->n_files; i++) {
        confirmed += item->files[i].is_confirmed;
    }
    snprintf(detail, sizeof(detail), "%zu/%zu", confirmed, item->n_files);
    if (!db_begin(store->db, err)) {
        return false;
    }
    enum record_state state;
    bool ok = look_at_state(store, item->record, &state, err) &&
              write_marks(store, item, true, err) &&
              journal_note(store, "record.confirm", item->record, detail, err);
    return db_end(store->db, ok, err);
}

static bool confirm(void *ctx, const struct outbox_item *item, struct err *err)
{
    struct session *s = ctx;
    struct err why = {0};
    return confirm_row(s->store, item, &why) ||
           (store_make_room(s->store, &why) ? confirm_row(s->store, item, err)
                                            : err_set(err, why.kind, why.code, "%s", why.text));
}

static bool is_whole(const struct outbox_item *item)
{
    for (size_t i = 0; i < item->n_files; i++) {
        if (!item->files[i].is_confirmed) {
            return false;
        }
    }
    return true;
}

static bool write_sent(struct store *store, const struct outbox_item *item,
                       const struct outbox_outcome *o, struct err *err)
{
    return write_marks(store, item, true, err) &&
           db_run(store->db,
                  "UPDATE record SET state = 4, sent_ms = ?, reason = ?, message = ?, status = ?,"
                  " attempts = 0, next_ms = 0, is_held = 0, is_doubtful = 0, bytes_left = 0"
                  " WHERE id = ?",
                  DB_WITH(DB_INT(clock_now_ms()),
                          DB_TEXT(o->reason ? outbox_reason_name(o->reason) : ""),
                          DB_TEXT(o->message), DB_INT(o->status), DB_INT(item->record)),
                  err);
}

/* That something was handed over stays said while there is no network: it is more than that. */
static bool keeps_handed_over(const struct outbox_outcome *o)
{
    return o->scope == OUTBOX_ALL && retry_is_about_way(o->reason);
}

static bool write_waiting(struct store *store, const struct outbox_item *item,
                          const struct outbox_outcome *o, struct err *err)
{
    return db_run(
        store->db,
        "UPDATE record SET state = ?1, reason = CASE WHEN ?9 AND reason = 'handed-over'"
        " THEN reason ELSE ?2 END, message = ?3, status = ?4, attempts = ?5, next_ms = ?6,"
        " is_held = ?7, is_doubtful = ?8 WHERE id = ?10",
        DB_WITH(DB_INT(o->action == OUTBOX_ASIDE ? RECORD_ASIDE : RECORD_READY),
                DB_TEXT(outbox_reason_name(o->reason)), DB_TEXT(o->message), DB_INT(o->status),
                DB_INT(item->attempts + 1), DB_INT(o->action == OUTBOX_RETRY ? o->next_ms : 0),
                DB_INT(o->action == OUTBOX_HOLD), DB_INT(o->is_doubtful),
                DB_INT(keeps_handed_over(o)), DB_INT(item->record)),
        err);
}

/* The others that wait for the same: each says why. Those held for a reason of their own keep it.
 */
static bool write_others(struct store *store, const struct outbox_item *item,
                         const struct outbox_outcome *o, struct err *err)
{
    bool is_wide =
        o->scope != OUTBOX_RECORD && (o->action == OUTBOX_RETRY || o->action == OUTBOX_HOLD);
    return !is_wide ||
           db_run(store->db,
                  "UPDATE record SET reason = CASE WHEN ?9 AND reason = 'handed-over'"
                  " THEN reason ELSE ?1 END, message = ?2, status = ?3,"
                  " next_ms = max(next_ms, ?4), is_held = ?5, attempts = max(attempts, ?8)"
                  " WHERE state = 2 AND is_held = 0 AND id <> ?6 AND (?7 IS NULL OR form_id = ?7)",
                  DB_WITH(DB_TEXT(outbox_reason_name(o->reason)), DB_TEXT(o->message),
                          DB_INT(o->status), DB_INT(o->action == OUTBOX_RETRY ? o->next_ms : 0),
                          DB_INT(o->action == OUTBOX_HOLD), DB_INT(item->record),
                          o->scope == OUTBOX_FORM ? DB_TEXT(item->form_id) : DB_NULL,
                          DB_INT(item->attempts + 1), DB_INT(keeps_handed_over(o))),
                  err);
}

/* What a try can still change: the table of sync/run/outbox.h. A record that was sent comes back
 * only when the server has lost it; one that a person has to look at leaves only by arriving. */
static bool changes(enum record_state state, enum outbox_action action)
{
    switch (state) {
    case RECORD_SENT:
    case RECORD_ACCEPTED:
        return action == OUTBOX_RETRY;
    case RECORD_ASIDE:
        return action == OUTBOX_SENT;
    default:
        return true;
    }
}

static bool settle_row(struct store *store, const struct outbox_item *item,
                       const struct outbox_outcome *o, struct err *err)
{
    static const char *const deeds[] = {"record.sent", "record.retry", "record.hold",
                                        "record.aside"};
    enum record_state state;
    if (!look_at_state(store, item->record, &state, err)) {
        return false;
    }
    if (!changes(state, o->action)) {
        log_info("record %lld stays as it is", (long long)item->record);
        return true;
    }
    bool ok = o->action == OUTBOX_SENT
                  ? write_sent(store, item, o, err)
                  : write_waiting(store, item, o, err) && write_others(store, item, o, err);
    return ok &&
           journal_note(store, deeds[o->action], item->record, outbox_reason_name(o->reason), err);
}

static bool settle_rows(struct store *store, const struct outbox_item *item,
                        const struct outbox_outcome *o, struct err *err)
{
    return db_begin(store->db, err) && db_end(store->db, settle_row(store, item, o, err), err);
}

static bool settle(void *ctx, const struct outbox_item *item, const struct outbox_outcome *outcome,
                   struct err *err)
{
    struct session *s = ctx;
    struct outbox_outcome o = *outcome;
    if (o.action == OUTBOX_SENT && o.reason == OUTBOX_NO_REASON && !is_whole(item)) {
        /* Sent means every file confirmed; whoever says otherwise is wrong, not the ledger. */
        log_error("record %lld is not whole on the server", (long long)item->record);
        o.action = OUTBOX_RETRY;
        o.reason = OUTBOX_SUSPICIOUS;
        o.next_ms = clock_now_ms() + SUSPICIOUS_WAIT_MS;
    }
    struct err why = {0};
    return settle_rows(s->store, item, &o, &why) ||
           (store_make_room(s->store, &why) ? settle_rows(s->store, item, &o, err)
                                            : err_set(err, why.kind, why.code, "%s", why.text));
}

static bool release(void *ctx, enum outbox_reason reason, const char *form_id, struct err *err)
{
    struct session *s = ctx;
    bool ok = db_run(s->store->db,
                     "UPDATE record SET is_held = 0, next_ms = 0, attempts = 0 WHERE state = 2"
                     " AND reason = ? AND (? IS NULL OR form_id = ?2)",
                     DB_WITH(DB_TEXT(outbox_reason_name(reason)), db_text_or_null(form_id)), err);
    if (ok && db_changes(s->store->db) > 0) {
        s->given.n = 0;
    }
    return ok;
}

static bool next_due(void *ctx, int64_t *due_ms, struct err *err)
{
    struct session *s = ctx;
    return db_number(s->store->db,
                     "SELECT min(next_ms) FROM record WHERE state = 2 AND is_held = 0"
                     " AND next_ms > 0",
                     DB_NONE, due_ms, 0, err);
}

static const struct outbox_ops ops = {next,   begin,   open_file, read_file, close_file, confirm,
                                      settle, release, next_due,  next_sent, seen_again};

void outbox_begin(struct store *store, struct outbox *out)
{
    struct session *s = mem_alloc(1, sizeof(*s));
    s->store = store;
    *out = (struct outbox){&ops, s};
}

void outbox_end(struct outbox *out)
{
    struct session *s = out->ctx;
    if (s) {
        vec_finish(&s->given);
        free(s);
    }
    *out = (struct outbox){0};
}

bool outbox_held(struct store *store, enum outbox_reason reason, int64_t *files, int64_t *bytes,
                 struct err *err)
{
    *files = *bytes = 0;
    struct db_query *q =
        db_query(store->db,
                 "SELECT count(*), total(a.size) FROM record r JOIN attachment a ON a.record = r.id"
                 " WHERE r.state = 2 AND r.is_held = 1 AND r.reason = ? AND a.confirmed_ms = 0"
                 " AND a.is_aside = 0",
                 DB_WITH(DB_TEXT(outbox_reason_name(reason))), err);
    if (db_next(q, err)) {
        *files = db_int(q, 0);
        *bytes = db_int(q, 1);
    }
    return db_done(q);
}

bool outbox_whole(struct store *store, struct outbox_whole *whole, struct err *err)
{
    *whole = (struct outbox_whole){0};
    struct db_query *q =
        db_query(store->db,
                 "SELECT count(*), total(r.files), total(r.bytes) FROM record r WHERE r.state = 2"
                 " AND (r.replaces IS NULL OR EXISTS"
                 " (SELECT 1 FROM record o WHERE o.id = r.replaces AND o.state IN (4, 5, 6)))",
                 DB_NONE, err);
    if (db_next(q, err)) {
        *whole = (struct outbox_whole){db_int(q, 0), db_int(q, 1), db_int(q, 2)};
    }
    return db_done(q);
}

bool outbox_left(struct store *store, int64_t *records, int64_t *bytes, struct err *err)
{
    *records = *bytes = 0;
    struct db_query *q =
        db_query(store->db, "SELECT count(*), total(bytes_left) FROM record WHERE state IN (2, 3)",
                 DB_NONE, err);
    if (db_next(q, err)) {
        *records = db_int(q, 0);
        *bytes = db_int(q, 1);
    }
    return db_done(q);
}
