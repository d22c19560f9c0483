#include "app/store/rival.h"

#include <stdio.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "platform/base/clock.h"
#include "platform/base/xml.h"

bool record_hear(struct store *store, const char *instance_id, bool is_accepted,
                 const char *message, struct err *err)
{
    enum record_state state = is_accepted ? RECORD_ACCEPTED : RECORD_RETURNED;
    int64_t id = 0;
    return db_number(store->db,
                     "SELECT id FROM record WHERE instance_id = ? AND state IN (4, 5, 6)"
                     " AND (state <> ? OR message <> ?)",
                     DB_WITH(DB_TEXT(instance_id), DB_INT(state), DB_TEXT(message)), &id, 0, err) &&
           (id == 0 || record_judge(store, id, state, message, err));
}

bool rival_wanted(struct store *store, size_t i, char id[RIVAL_ID])
{
    bool found = false;
    struct db_query *q = db_query(store->db,
                                  "SELECT r.instance_id, o.instance_id FROM record r LEFT JOIN"
                                  " record o ON o.id = r.replaces WHERE r.state = 7 AND r.reason ="
                                  " 'edit-late' AND NOT EXISTS (SELECT 1 FROM rival v WHERE"
                                  " v.record = r.id) ORDER BY r.id LIMIT 1 OFFSET ?",
                                  DB_WITH(DB_INT((int64_t)i)), NULL);
    if (db_next(q, NULL)) {
        snprintf(id, RIVAL_ID, "%s", db_text(q, db_is_null(q, 1) ? 0 : 1));
        found = true;
    }
    return db_done(q) && found;
}

/* meta/instanceID of a record's XML, appended. */
static bool read_id(struct str xml, struct buf *to)
{
    struct xml_names names = {0};
    struct arena arena = {0};
    const struct xml *document = xml_parse(xml, &names, &arena, NULL, NULL);
    const struct xml *meta = document ? xml_child(xml_root(document), "meta") : NULL;
    const struct xml *id = meta ? xml_child(meta, "instanceID") : NULL;
    if (id) {
        buf_add_str(to, str_trim(id->text));
    }
    xml_names_finish(&names);
    arena_finish(&arena);
    return to->n > 0;
}

bool rival_put(struct store *store, const char *id, struct str xml, struct err *err)
{
    struct buf theirs = {0};
    bool ok = read_id(xml, &theirs) ||
              err_set(err, ERR_INPUT, 0, "the portal's version has no instance id");
    ok = ok && db_run(store->db,
                      "INSERT OR REPLACE INTO rival SELECT r.id, ?1, ?2, ?3 FROM record r LEFT JOIN"
                      " record o ON o.id = r.replaces WHERE r.state = 7 AND r.reason = 'edit-late'"
                      " AND coalesce(o.instance_id, r.instance_id) = ?4",
                      DB_WITH(DB_STR(buf_str(&theirs)), DB_BLOB(xml.s, xml.n),
                              DB_INT(clock_now_ms()), DB_TEXT(id)),
                      err);
    buf_finish(&theirs);
    return ok;
}

bool rival_get(struct store *store, int64_t record, struct buf *instance_id, struct buf *xml,
               struct err *err)
{
    bool found = false;
    struct db_query *q = db_query(store->db, "SELECT instance_id, xml FROM rival WHERE record = ?",
                                  DB_WITH(DB_INT(record)), err);
    if (db_next(q, err)) {
        found = true;
        buf_add_str(instance_id, db_str(q, 0));
        buf_add_str(xml, db_str(q, 1));
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "it is not here yet"));
}

bool rival_settle(struct store *store, int64_t record, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        db_run(store->db,
               "UPDATE record SET reason = 'superseded' WHERE id = ? AND state = 7"
               " AND reason = 'edit-late'",
               DB_WITH(DB_INT(record)), err) &&
        (db_changes(store->db) == 1 ||
         err_set(err, ERR_INPUT, 0, "record %lld is no late correction", (long long)record)) &&
        journal_note(store, "record.compared", record, NULL, err);
    return db_end(store->db, ok, err);
}
