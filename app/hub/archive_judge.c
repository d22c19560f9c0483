#include "app/hub/archive_sqlite.h"

bool archive_judge(struct archive *archive, int64_t seq, bool accepts, const char *message,
                   struct err *err)
{
    return db_run(archive->db,
                  "update record set judged = ?, comment = ? where seq = ? and state = ?",
                  DB_WITH(DB_TEXT(accepts ? "accepted" : "returned"), DB_TEXT(message), DB_INT(seq),
                          DB_INT(OPENROSA_INSTANCE_CURRENT)),
                  err) &&
           (db_changes(archive->db) == 1 ||
            err_set(err, ERR_INPUT, 0, "there is a newer version of this record"));
}

bool archive_judged(struct archive *archive, int64_t device, struct wire_judgements *to,
                    struct err *err)
{
    struct db_query *q =
        db_query(archive->db,
                 "select instance, judged, comment from record where device = ? and judged <> ''"
                 " and state = ? order by seq",
                 DB_WITH(DB_INT(device), DB_INT(OPENROSA_INSTANCE_CURRENT)), err);
    while (db_next(q, err)) {
        vec_push(&to->v, (struct wire_judgement){arena_strdup(&to->arena, db_text(q, 0)),
                                                 str_is(str_of(db_text(q, 1)), "accepted"),
                                                 arena_strdup(&to->arena, db_text(q, 2))});
    }
    return db_done(q);
}

/* Down the chain of corrections to its first version, and up again to the one that is current;
 * somewhere in it this device must stand. */
bool archive_newest(struct archive *archive, int64_t device, const char *instance, struct buf *xml,
                    struct err *err)
{
    static const char sql[] =
        "with recursive chain(seq, form, instance, deprecated, device, state) as ("
        " select seq, form, instance, deprecated, device, state from record where instance = ?1"
        " union select r.seq, r.form, r.instance, r.deprecated, r.device, r.state"
        " from chain c join record r on r.form = c.form"
        " and (r.deprecated = c.instance or r.instance = c.deprecated))"
        " select r.xml from chain c join record r on r.seq = c.seq where c.state = ?2"
        " and exists(select 1 from chain m where m.device = ?3) order by c.seq desc limit 1";
    bool found = false;
    struct db_query *q = db_query(
        archive->db, sql,
        DB_WITH(DB_TEXT(instance), DB_INT(OPENROSA_INSTANCE_CURRENT), DB_INT(device)), err);
    if (db_next(q, err)) {
        found = true;
        buf_add_str(xml, db_str(q, 0));
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such record"));
}
