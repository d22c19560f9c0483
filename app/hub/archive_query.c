#include "app/hub/archive_sqlite.h"

#include <stdio.h>

#include "platform/base/clock.h"

#define RECORD_SQL                                                                                 \
    "select r.seq, f.form, v.title, v.version, r.instance, r.name, d.name, r.device_id, r.agent,"  \
    " r.received_ms, r.files, r.files_here, r.state, coalesce(r.deprecated, ''),"                  \
    " r.judged, r.comment,"                                                                        \
    " case when ?1 then r.xml end from record r join form f on f.id = r.form"                      \
    " join form_version v on v.id = r.version join device d on d.id = r.device"

static void read_record(struct db_query *q, struct archive_record *record)
{
    *record = (struct archive_record){
        .seq = db_int(q, 0),
        .form = db_text(q, 1),
        .form_name = db_text(q, 2),
        .version = db_text(q, 3),
        .instance = db_text(q, 4),
        .name = db_text(q, 5),
        .device = db_text(q, 6),
        .device_id = db_text(q, 7),
        .agent = db_text(q, 8),
        .received_ms = db_int(q, 9),
        .files = (int)db_int(q, 10),
        .files_here = (int)db_int(q, 11),
        .state = (enum openrosa_instance_state)db_int(q, 12),
        .replaces = db_text(q, 13),
        .judged = db_text(q, 14),
        .comment = db_text(q, 15),
        .xml = db_str(q, 16),
    };
}

/* One text for each shape of the question, so that each walks the index made for it. */
static const char *list_sql(const struct archive_filter *filter)
{
    static const char *const sql[2][2] = {
        {RECORD_SQL " where ?2 is null and r.seq < ?3 and r.seq > ?4 and r.received_ms >= ?5"
                    " and r.received_ms < ?6 and (?7 or r.state = 1) order by r.seq desc limit ?8",
         RECORD_SQL " where ?2 is null and r.seq < ?3 and r.seq > ?4 and r.received_ms >= ?5"
                    " and r.received_ms < ?6 and (?7 or r.state = 1) order by r.seq limit ?8"},
        {RECORD_SQL " where r.form = (select id from form where form = ?2) and r.seq < ?3"
                    " and r.seq > ?4 and r.received_ms >= ?5 and r.received_ms < ?6"
                    " and (?7 or r.state = 1) order by r.seq desc limit ?8",
         RECORD_SQL " where r.form = (select id from form where form = ?2) and r.seq < ?3"
                    " and r.seq > ?4 and r.received_ms >= ?5 and r.received_ms < ?6"
                    " and (?7 or r.state = 1) order by r.seq limit ?8"},
    };
    return sql[filter->form != NULL][filter->oldest_first];
}

bool archive_record_list(struct archive *archive, const struct archive_filter *filter,
                         bool (*each)(void *ctx, const struct archive_record *record), void *ctx,
                         struct err *err)
{
    struct db_query *q = db_query(
        archive->db, list_sql(filter),
        DB_WITH(DB_INT(filter->wants_xml), db_text_or_null(filter->form),
                DB_INT(filter->before ? filter->before : INT64_MAX), DB_INT(filter->after),
                DB_INT(filter->from_ms), DB_INT(filter->until_ms ? filter->until_ms : INT64_MAX),
                DB_INT(filter->all_states), DB_INT(filter->count ? filter->count : -1)),
        err);
    bool go_on = true;
    while (go_on && db_next(q, err)) {
        struct archive_record record;
        read_record(q, &record);
        go_on = each(ctx, &record);
    }
    return db_done(q);
}

bool archive_record_find(struct archive *archive, int64_t seq,
                         void (*each)(void *ctx, const struct archive_record *record), void *ctx,
                         struct err *err)
{
    bool found = false;
    struct db_query *q =
        db_query(archive->db, RECORD_SQL " where r.seq = ?2", DB_WITH(DB_INT(1), DB_INT(seq)), err);
    while (db_next(q, err)) {
        struct archive_record record;
        read_record(q, &record);
        found = true;
        each(ctx, &record);
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such record"));
}

bool archive_record_files(struct archive *archive, int64_t seq,
                          void (*each)(void *ctx, const struct archive_file *file), void *ctx,
                          struct err *err)
{
    struct db_query *q = db_query(archive->db,
                                  "select name, type, size, is_named, digest from record_file"
                                  " where record = ? order by name",
                                  DB_WITH(DB_INT(seq)), err);
    while (db_next(q, err)) {
        struct archive_file file = {
            .name = db_text(q, 0),
            .type = db_text(q, 1),
            .size = (uint64_t)db_int(q, 2),
            .is_named = db_int(q, 3) != 0,
            .is_here = !db_is_null(q, 4),
            .digest = (const unsigned char *)db_str(q, 4).s,
        };
        each(ctx, &file);
    }
    return db_done(q);
}

bool archive_record_open(struct archive *archive, int64_t seq, const char *name, int *fd,
                         uint64_t *size, struct err *err)
{
    bool found = false, ok = true;
    *fd = -1;
    struct db_query *q = db_query(archive->db,
                                  "select digest from record_file"
                                  " where record = ? and name = ? and digest is not null",
                                  DB_WITH(DB_INT(seq), DB_TEXT(name)), err);
    while (ok && db_next(q, err)) {
        found = true;
        ok = archive_open_kept(archive, db_str(q, 0), fd, size, err);
    }
    ok = db_done(q) && ok;
    return ok && !found ? err_set(err, ERR_MISSING, 0, "no such file") : ok;
}

bool archive_counts(struct archive *archive, int days,
                    void (*each)(void *ctx, const struct archive_count *count), void *ctx,
                    struct err *err)
{
    int64_t now = clock_now_ms(), zone = (int64_t)clock_zone_minutes(now) * 60000;
    int64_t day = 86400000, today = (now + zone) / day;
    struct db_query *q =
        db_query(archive->db,
                 "select f.form, (r.received_ms + ?1) / 86400000 as day, count(*) from record r"
                 " join form f on f.id = r.form where r.received_ms >= ?2 and r.state = 1"
                 " group by day, f.form order by day desc, f.form",
                 DB_WITH(DB_INT(zone), DB_INT((today - days + 1) * day - zone)), err);
    while (db_next(q, err)) {
        char text[CLOCK_TEXT];
        int y, m, d;
        clock_date(db_int(q, 1), &y, &m, &d);
        snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
        struct archive_count count = {db_text(q, 0), text, db_int(q, 2)};
        each(ctx, &count);
    }
    return db_done(q);
}
