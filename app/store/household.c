#include "app/store/household.h"

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/where.h"
#include "app/store/words.h"
#include "platform/base/clock.h"
#include "platform/base/rand.h"

static const char columns[] =
    "SELECT h.id, h.uuid, h.head, h.province, h.commune, h.hamlet, h.address, h.location, h.note,"
    " h.source, h.version, h.created_ms, h.changed_ms, h.return_ms,"
    " coalesce((SELECT max(started_ms) FROM visit v WHERE v.household = h.id), 0)"
    " FROM household h";

static void read_household(struct db_query *q, struct arena *arena, struct household *h)
{
    const char **texts[] = {&h->uuid,    &h->head,     &h->province, &h->commune, &h->hamlet,
                            &h->address, &h->location, &h->note,     &h->source};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i] = arena_strdup(arena, db_text(q, (int)i + 1));
    }
    h->id = db_int(q, 0);
    h->version = db_int(q, 10);
    h->created_ms = db_int(q, 11);
    h->changed_ms = db_int(q, 12);
    h->return_ms = db_int(q, 13);
    h->last_visit_ms = db_int(q, 14);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool insert(struct store *store, struct household *h, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    bool ok =
        db_run(store->db,
               "INSERT INTO household (uuid, head, province, commune, hamlet, address,"
               " location, note, source, version, created_ms, changed_ms, return_ms,"
               " sort_key) VALUES (?, '', '', '', '', '', '', '', '', 0, ?, 0, 0, x'')",
               DB_WITH(DB_TEXT(h->uuid && *h->uuid ? h->uuid : uuid), DB_INT(clock_now_ms())), err);
    h->id = ok ? db_last_id(store->db) : 0;
    return ok;
}

static bool update(struct store *store, const struct household *h, struct err *err)
{
    struct buf place = {0}, key = {0}, words = {0};
    buf_addf(&place, "%s %s", or_empty(h->hamlet), or_empty(h->address));
    sort_add_key(&key, buf_str(&place));
    words_fold(&words, (const char *const[]){or_empty(h->head), or_empty(h->hamlet),
                                             or_empty(h->address), or_empty(h->commune), NULL});
    bool ok =
        db_run(store->db,
               "UPDATE household SET head = ?, province = ?, commune = ?, hamlet = ?, address = ?,"
               " location = ?, note = ?, source = ?, return_ms = ?, version = version + 1,"
               " changed_ms = ?, sort_key = ? WHERE id = ?",
               DB_WITH(DB_TEXT(h->head), DB_TEXT(h->province), DB_TEXT(h->commune),
                       DB_TEXT(h->hamlet), DB_TEXT(h->address), DB_TEXT(h->location),
                       DB_TEXT(h->note), DB_TEXT(h->source), DB_INT(h->return_ms),
                       DB_INT(clock_now_ms()), DB_BLOB(key.s, key.n), DB_INT(h->id)),
               err) &&
        (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no such household")) &&
        db_run(store->db, "INSERT OR REPLACE INTO household_word (rowid, text) VALUES (?, ?)",
               DB_WITH(DB_INT(h->id), DB_STR(buf_str(&words))), err);
    buf_wipe(&place);
    buf_wipe(&key);
    buf_wipe(&words);
    return ok;
}

bool household_save(struct store *store, struct household *household, struct err *err)
{
    bool is_new = household->id == 0;
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = (!is_new || insert(store, household, err)) && update(store, household, err) &&
              journal_note(store, is_new ? "household.add" : "household.change", household->id,
                           NULL, err);
    ok = db_end(store->db, ok, err);
    if (!ok && is_new) {
        household->id = 0;
    }
    return ok;
}

bool household_get(struct store *store, int64_t id, struct arena *arena,
                   struct household *household, struct err *err)
{
    struct where where = {0};
    where_add(&where, "h.id = ?", DB_INT(id));
    struct db_query *q = where_query(&where, store->db, columns, err);
    bool found = db_next(q, err);
    if (found) {
        read_household(q, arena, household);
    }
    where_finish(&where);
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such household"));
}

bool household_find(struct store *store, const char *uuid, int64_t *id, struct err *err)
{
    return db_number(store->db, "SELECT id FROM household WHERE uuid = ?", DB_WITH(DB_TEXT(uuid)),
                     id, 0, err) &&
           (*id || err_set(err, ERR_MISSING, 0, "no such household"));
}

bool household_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                      struct households *out, struct err *err)
{
    struct where where = {0};
    struct buf words = {0};
    if (words_query(&words, typed)) {
        where_add(&where, "h.id IN (SELECT rowid FROM household_word WHERE household_word MATCH ?)",
                  DB_STR(buf_str(&words)));
    }
    where_add_page(&where, " ORDER BY h.return_ms = 0, h.return_ms, h.sort_key", page);
    struct db_query *q = where_query(&where, store->db, columns, err);
    out->v = arena_array(arena, struct household, (size_t)page_limit(page));
    out->n = 0;
    while (db_next(q, err)) {
        read_household(q, arena, &out->v[out->n++]);
    }
    buf_wipe(&words);
    where_finish(&where);
    return db_done(q);
}

bool household_count(struct store *store, int64_t *count, struct err *err)
{
    return db_number(store->db, "SELECT count(*) FROM household", DB_NONE, count, 0, err);
}

bool household_set_return(struct store *store, int64_t id, int64_t return_ms, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_run(store->db, "UPDATE household SET return_ms = ? WHERE id = ?",
                     DB_WITH(DB_INT(return_ms), DB_INT(id)), err) &&
              (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no such household")) &&
              journal_note(store, "household.return", id, NULL, err);
    return db_end(store->db, ok, err);
}
