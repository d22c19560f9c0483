#include "app/store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/where.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/vec.h"

static const char columns[] =
    "SELECT id, coalesce(form, 0), sequence, coalesce(replaces, 0), instance_id, form_id, version,"
    " title, visit, state, reason, message, created_ms, changed_ms, ready_ms, sent_ms, next_ms,"
    " tries, files, files_confirmed, bytes, is_held FROM record";

static void read_record(struct db_query *q, struct arena *arena, struct record *r)
{
    *r = (struct record){.id = db_int(q, 0),
                         .formfile = db_int(q, 1),
                         .sequence = db_int(q, 2),
                         .replaces = db_int(q, 3),
                         .instance_id = arena_strdup(arena, db_text(q, 4)),
                         .form_id = arena_strdup(arena, db_text(q, 5)),
                         .version = arena_strdup(arena, db_text(q, 6)),
                         .title = arena_strdup(arena, db_text(q, 7)),
                         .visit = arena_strdup(arena, db_text(q, 8)),
                         .state = (enum record_state)db_int(q, 9),
                         .reason = arena_strdup(arena, db_text(q, 10)),
                         .message = arena_strdup(arena, db_text(q, 11)),
                         .created_ms = db_int(q, 12),
                         .changed_ms = db_int(q, 13),
                         .ready_ms = db_int(q, 14),
                         .sent_ms = db_int(q, 15),
                         .next_try_ms = db_int(q, 16),
                         .tries = db_int(q, 17),
                         .files = db_int(q, 18),
                         .files_confirmed = db_int(q, 19),
                         .bytes = db_int(q, 20),
                         .is_held = db_int(q, 21) != 0};
}

/* Runs a change of one row and its journal row in one transaction; no row fits: refused. */
static bool change(struct store *store, const char *sql, struct db_values values, const char *deed,
                   struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_run(store->db, sql, values, err);
    if (ok && db_changes(store->db) == 0) {
        ok = err_set(err, ERR_INPUT, 0, "%s: not in a state for that", deed);
    }
    ok = ok && journal_note(store, deed, values.v[0].number, NULL, err);
    return db_end(store->db, ok, err);
}

/* ---- drafts --------------------------------------------------------------------------------- */

static bool write_draft(struct store *store, int64_t id, struct str xml, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO draft VALUES (?, ?)"
                  " ON CONFLICT (record) DO UPDATE SET xml = excluded.xml",
                  DB_WITH(DB_INT(id), DB_BLOB(xml.s, xml.n)), err);
}

bool record_create(struct store *store, const struct record_new *what, int64_t *id, struct err *err)
{
    int64_t now = clock_now_ms();
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        db_run(store->db,
               "INSERT INTO record (instance_id, form, form_id, version, visit, title, state,"
               " replaces, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
               DB_WITH(DB_TEXT(what->instance_id),
                       what->formfile ? DB_INT(what->formfile) : DB_NULL, DB_TEXT(what->form_id),
                       DB_TEXT(what->version), DB_TEXT(what->visit), DB_TEXT(what->title),
                       what->replaces ? DB_INT(what->replaces) : DB_NULL, DB_INT(now), DB_INT(now)),
               err);
    *id = ok ? db_last_id(store->db) : 0;
    ok = ok && (what->xml.n == 0 || write_draft(store, *id, what->xml, err)) &&
         journal_note(store, "record.create", *id, what->form_id, err);
    return db_end(store->db, ok, err);
}

/* Marks the draft as changed; refuses anything that is no draft. */
static bool touch_draft(struct store *store, int64_t id, const char *title, struct err *err)
{
    return db_run(store->db,
                  "UPDATE record SET changed_ms = ?, title = coalesce(?, title)"
                  " WHERE id = ? AND state = 1",
                  DB_WITH(DB_INT(clock_now_ms()), db_text_or_null(title), DB_INT(id)), err) &&
           (db_changes(store->db) == 1 ||
            err_set(err, ERR_INPUT, 0, "record %lld is no draft", (long long)id));
}

bool record_save_draft(struct store *store, int64_t id, struct str xml, const char *title,
                       struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = touch_draft(store, id, title, err) && write_draft(store, id, xml, err) &&
              db_run(store->db, "DELETE FROM answer WHERE record = ?", DB_WITH(DB_INT(id)), err) &&
              journal_note(store, "record.save", id, NULL, err);
    return db_end(store->db, ok, err);
}

bool record_save_answer(struct store *store, int64_t id, const char *ref, struct str value,
                        struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = touch_draft(store, id, NULL, err) &&
              db_run(store->db, "INSERT INTO answer (record, ref, value) VALUES (?, ?, ?)",
                     DB_WITH(DB_INT(id), DB_TEXT(ref), DB_STR(value)), err) &&
              journal_note(store, "record.save", id, NULL, err);
    return db_end(store->db, ok, err);
}

static struct str keep(struct arena *arena, struct str bytes)
{
    return (struct str){arena_str(arena, bytes), bytes.n};
}

static bool load_answers(struct store *store, int64_t id, struct arena *arena,
                         struct record_draft *draft, struct err *err)
{
    VEC(struct record_answer) answers = {0};
    struct db_query *q =
        db_query(store->db, "SELECT ref, value FROM answer WHERE record = ? ORDER BY id",
                 DB_WITH(DB_INT(id)), err);
    while (db_next(q, err)) {
        vec_push(&answers, (struct record_answer){arena_strdup(arena, db_text(q, 0)),
                                                  keep(arena, db_str(q, 1))});
    }
    draft->answers = arena_array(arena, struct record_answer, answers.n);
    draft->answer_count = answers.n;
    if (answers.n) {
        memcpy(draft->answers, answers.v, answers.n * sizeof(*answers.v));
    }
    vec_finish(&answers);
    return db_done(q);
}

bool record_load_draft(struct store *store, int64_t id, struct arena *arena,
                       struct record_draft *draft, struct err *err)
{
    int64_t state;
    *draft = (struct record_draft){.xml = STR("")};
    if (!db_number(store->db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(id)), &state,
                   0, err)) {
        return false;
    }
    if (state != RECORD_DRAFT) {
        return err_set(err, state ? ERR_INPUT : ERR_MISSING, 0, "record %lld is no draft",
                       (long long)id);
    }
    struct db_query *q =
        db_query(store->db, "SELECT xml FROM draft WHERE record = ?", DB_WITH(DB_INT(id)), err);
    if (db_next(q, err)) {
        draft->xml = keep(arena, db_str(q, 0));
    }
    return db_done(q) && load_answers(store, id, arena, draft, err);
}

bool record_add_audit(struct store *store, int64_t id, struct str rows, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO audit (record, rows) SELECT id, ? FROM record WHERE id = ?"
                  " AND state = 1",
                  DB_WITH(DB_STR(rows), DB_INT(id)), err) &&
           (db_changes(store->db) == 1 ||
            err_set(err, ERR_INPUT, 0, "record %lld is no draft", (long long)id));
}

bool record_audit(struct store *store, int64_t id, struct buf *csv, struct err *err)
{
    struct db_query *q = db_query(store->db, "SELECT rows FROM audit WHERE record = ? ORDER BY id",
                                  DB_WITH(DB_INT(id)), err);
    while (db_next(q, err)) {
        buf_add_str(csv, db_str(q, 0));
    }
    return db_done(q);
}

/* Names of the record's sealed files, so that they can go once the rows are gone for good. */
struct files {
    VEC(char *) names;
};

static bool collect_files(struct store *store, const char *sql, struct db_values values,
                          struct files *files, struct err *err)
{
    struct db_query *q = db_query(store->db, sql, values, err);
    while (db_next(q, err)) {
        vec_push(&files->names, mem_strdup(db_text(q, 0)));
    }
    return db_done(q);
}

static void finish_files(struct store *store, struct files *files, bool drop)
{
    for (size_t i = 0; i < files->names.n; i++) {
        if (drop) {
            store_drop_file(store, files->names.v[i]);
        }
        free(files->names.v[i]);
    }
    vec_finish(&files->names);
}

bool record_delete_draft(struct store *store, int64_t id, struct err *err)
{
    struct files files = {0};
    int64_t state;
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_number(store->db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(id)),
                        &state, 0, err);
    if (ok && state != RECORD_DRAFT) {
        ok = err_set(err, state ? ERR_DENIED : ERR_MISSING, 0, "only a draft can be deleted");
    }
    ok = ok &&
         collect_files(store, "SELECT file FROM attachment WHERE record = ?", DB_WITH(DB_INT(id)),
                       &files, err) &&
         db_run(store->db, "DELETE FROM record WHERE id = ?", DB_WITH(DB_INT(id)), err) &&
         journal_note(store, "record.delete", id, NULL, err);
    ok = db_end(store->db, ok, err);
    finish_files(store, &files, ok);
    return ok;
}

/* ---- reading -------------------------------------------------------------------------------- */

bool record_get(struct store *store, int64_t id, struct arena *arena, struct record *record,
                struct err *err)
{
    struct where where = {0};
    where_add(&where, "id = ?", DB_INT(id));
    struct db_query *q = where_query(&where, store->db, columns, err);
    bool found = db_next(q, err);
    if (found) {
        read_record(q, arena, record);
    }
    where_finish(&where);
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no record %lld", (long long)id));
}

bool record_find(struct store *store, const char *instance_id, int64_t *id, struct err *err)
{
    return db_number(store->db, "SELECT id FROM record WHERE instance_id = ?",
                     DB_WITH(DB_TEXT(instance_id)), id, 0, err) &&
           (*id || err_set(err, ERR_MISSING, 0, "no such record"));
}

#define DEALT_WITH                                                                                 \
    "((state = 7 AND reason = 'superseded') OR (state = 6 AND EXISTS (SELECT 1 FROM record n"      \
    " WHERE n.replaces = record.id AND n.state <> 1)))"

static void add_filter(struct where *where, const struct record_filter *filter)
{
    char states[64] = "state IN (0";
    for (int state = RECORD_DRAFT; state <= RECORD_ASIDE; state++) {
        if (filter->states & 1u << state) {
            size_t n = strlen(states);
            snprintf(states + n, sizeof(states) - n, ", %d", state);
        }
    }
    if (filter->states) {
        strcat(states, ")");
        where_add_plain(where, states);
    }
    if (filter->dealt_with == 1) {
        where_add_plain(where, "NOT " DEALT_WITH);
    } else if (filter->dealt_with == 2) {
        where_add_plain(where, "(state IN (4, 5) OR " DEALT_WITH ")");
    }
    where_add_text(where, "visit = ?", filter->visit);
    where_add_text(where, "form_id = ?", filter->form_id);
}

bool record_page(struct store *store, const struct record_filter *filter, struct page page,
                 struct arena *arena, struct records *out, struct err *err)
{
    const unsigned queue = 1u << RECORD_READY | 1u << RECORD_SENDING;
    bool in_queue = filter->states && !(filter->states & ~queue);
    struct where where = {0};
    add_filter(&where, filter);
    where_add_page(&where, in_queue ? " ORDER BY sequence" : " ORDER BY id DESC", page);
    struct db_query *q = where_query(&where, store->db, columns, err);
    out->v = arena_array(arena, struct record, (size_t)page_limit(page));
    out->n = 0;
    while (db_next(q, err)) {
        read_record(q, arena, &out->v[out->n++]);
    }
    where_finish(&where);
    return db_done(q);
}

bool record_count(struct store *store, const struct record_filter *filter, int64_t *count,
                  struct err *err)
{
    struct where where = {0};
    *count = 0;
    add_filter(&where, filter);
    struct db_query *q = where_query(&where, store->db, "SELECT count(*) FROM record", err);
    if (db_next(q, err)) {
        *count = db_int(q, 0);
    }
    where_finish(&where);
    return db_done(q);
}

bool record_xml(struct store *store, int64_t id, struct buf *xml, struct err *err)
{
    unsigned char digest[HASH_MAX];
    bool found = false, is_whole = false;
    struct db_query *q = db_query(store->db, "SELECT xml, digest FROM frozen WHERE record = ?",
                                  DB_WITH(DB_INT(id)), err);
    if (db_next(q, err)) {
        struct str bytes = db_str(q, 0), kept = db_str(q, 1);
        size_t n = hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, digest);
        found = true;
        is_whole = kept.n == n && hash_equal(kept.s, digest, n);
        buf_add_str(xml, is_whole ? bytes : STR(""));
    }
    return db_done(q) &&
           (found || err_set(err, ERR_MISSING, 0, "record %lld is not kept", (long long)id)) &&
           (is_whole ||
            err_set(err, ERR_DAMAGED, 0, "record %lld is not what was frozen", (long long)id));
}

/* ---- finished records ----------------------------------------------------------------------- */

bool record_set_aside(struct store *store, int64_t id, const char *reason, const char *message,
                      struct err *err)
{
    return change(store,
                  "UPDATE record SET state = 7, reason = ?2, message = ?3 WHERE id = ?1"
                  " AND state IN (2, 3)",
                  DB_WITH(DB_INT(id), DB_TEXT(reason), DB_TEXT(message)), "record.aside", err);
}

bool record_release(struct store *store, int64_t id, struct err *err)
{
    return change(store,
                  "UPDATE record SET state = 2, reason = '', message = '', is_held = 0,"
                  " attempts = 0, next_ms = 0 WHERE id = ? AND state IN (2, 7)",
                  DB_WITH(DB_INT(id)), "record.release", err);
}

bool record_judge(struct store *store, int64_t id, enum record_state state, const char *message,
                  struct err *err)
{
    if (state != RECORD_ACCEPTED && state != RECORD_RETURNED) {
        return err_set(err, ERR_INPUT, 0, "a portal accepts or returns");
    }
    return change(store,
                  "UPDATE record SET state = ?2, message = ?3 WHERE id = ?1"
                  " AND state IN (4, 5, 6)",
                  DB_WITH(DB_INT(id), DB_INT(state), DB_TEXT(message)),
                  state == RECORD_ACCEPTED ? "record.accepted" : "record.returned", err);
}
