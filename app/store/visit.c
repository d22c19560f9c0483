#include "app/store/visit.h"

#include <stdio.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/where.h"
#include "app/store/words.h"
#include "platform/base/clock.h"
#include "platform/base/rand.h"
#include "platform/base/vec.h"

/* Entries count by their visit's uuid, which stands in each record. */
static const char columns[] =
    "SELECT v.id, v.uuid, v.title, v.volunteer, v.team, v.commune, v.hamlet, v.topics, v.outcome,"
    " v.reason, v.dossier, v.procedure, v.kind, v.state, v.household, v.person, v.consent,"
    " v.rating, v.started_ms, v.ended_ms, v.appointment_ms,"
    " (SELECT count(*) FROM record r WHERE r.visit = v.uuid AND r.visit <> ''),"
    " (SELECT count(*) FROM record r WHERE r.visit = v.uuid AND r.visit <> ''"
    "  AND r.state IN (4, 5)) FROM visit v";

static void read_visit(struct db_query *q, struct arena *arena, struct visit *v)
{
    const char **texts[] = {&v->uuid,    &v->title,   &v->volunteer, &v->team,
                            &v->commune, &v->hamlet,  &v->topics,    &v->outcome,
                            &v->reason,  &v->dossier, &v->procedure};
    int64_t *numbers[] = {&v->household,      &v->person,     &v->consent,
                          &v->rating,         &v->started_ms, &v->ended_ms,
                          &v->appointment_ms, &v->entries,    &v->entries_sent};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i] = arena_strdup(arena, db_text(q, (int)i + 1));
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        *numbers[i] = db_int(q, (int)i + 14);
    }
    v->id = db_int(q, 0);
    v->kind = (enum visit_kind)db_int(q, 12);
    v->state = (enum visit_state)db_int(q, 13);
    v->progress = "";
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool insert(struct store *store, struct visit *v, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    bool ok =
        db_run(store->db,
               "INSERT INTO visit (uuid, kind, state, household, person, consent, title,"
               " volunteer, team, commune, hamlet, topics, outcome, reason, dossier,"
               " procedure, rating, started_ms, ended_ms, appointment_ms)"
               " VALUES (?, 1, 1, 0, 0, 0, '', '', '', '', '', '', '', '', '', '', 0, ?, 0,"
               " 0)",
               DB_WITH(DB_TEXT(v->uuid && *v->uuid ? v->uuid : uuid), DB_INT(v->started_ms)), err);
    v->id = ok ? db_last_id(store->db) : 0;
    return ok;
}

static bool update_row(struct store *store, const struct visit *v, struct err *err)
{
    return db_run(store->db,
                  "UPDATE visit SET kind = ?, state = ?, household = ?, person = ?, consent = ?,"
                  " title = ?, volunteer = ?, team = ?, commune = ?, hamlet = ?, topics = ?,"
                  " outcome = ?, reason = ?, dossier = ?, procedure = ?, rating = ?,"
                  " started_ms = ?, ended_ms = ?, appointment_ms = ? WHERE id = ?",
                  DB_WITH(DB_INT(v->kind ? v->kind : VISIT_HOME),
                          DB_INT(v->state ? v->state : VISIT_OPEN), DB_INT(v->household),
                          DB_INT(v->person), DB_INT(v->consent), DB_TEXT(v->title),
                          DB_TEXT(v->volunteer), DB_TEXT(v->team), DB_TEXT(v->commune),
                          DB_TEXT(v->hamlet), DB_TEXT(v->topics), DB_TEXT(v->outcome),
                          DB_TEXT(v->reason), DB_TEXT(v->dossier), DB_TEXT(v->procedure),
                          DB_INT(v->rating), DB_INT(v->started_ms), DB_INT(v->ended_ms),
                          DB_INT(v->appointment_ms), DB_INT(v->id)),
                  err) &&
           (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no such visit"));
}

static bool update_topics(struct store *store, const struct visit *v, struct err *err)
{
    struct str rest = str_of(v->topics), topic;
    bool ok =
        db_run(store->db, "DELETE FROM visit_topic WHERE visit = ?", DB_WITH(DB_INT(v->id)), err);
    while (ok && str_word(&rest, &topic)) {
        ok = db_run(store->db, "INSERT OR IGNORE INTO visit_topic VALUES (?, ?, ?)",
                    DB_WITH(DB_STR(topic), DB_INT(v->started_ms), DB_INT(v->id)), err);
    }
    return ok;
}

static bool update_words(struct store *store, const struct visit *v, struct err *err)
{
    struct buf words = {0};
    words_fold(&words, (const char *const[]){v->title ? v->title : "", NULL});
    bool ok = db_run(store->db, "INSERT OR REPLACE INTO visit_word (rowid, text) VALUES (?, ?)",
                     DB_WITH(DB_INT(v->id), DB_STR(buf_str(&words))), err);
    buf_wipe(&words);
    return ok;
}

static bool update_progress(struct store *store, const struct visit *v, struct err *err)
{
    return !v->progress || db_run(store->db, "INSERT OR REPLACE INTO visit_progress VALUES (?, ?)",
                                  DB_WITH(DB_INT(v->id), DB_TEXT(v->progress)), err);
}

bool visit_save(struct store *store, struct visit *visit, struct err *err)
{
    bool is_new = visit->id == 0;
    visit->started_ms = visit->started_ms ? visit->started_ms : clock_now_ms();
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = (!is_new || insert(store, visit, err)) && update_row(store, visit, err) &&
              update_topics(store, visit, err) && update_words(store, visit, err) &&
              update_progress(store, visit, err) &&
              journal_note(store,
                           is_new                         ? "visit.open"
                           : visit->state == VISIT_CLOSED ? "visit.close"
                                                          : "visit.change",
                           visit->id, visit->outcome, err);
    ok = db_end(store->db, ok, err);
    if (!ok && is_new) {
        visit->id = 0;
    }
    return ok;
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool read_progress(struct store *store, struct arena *arena, struct visit *v,
                          struct err *err)
{
    struct db_query *q = db_query(store->db, "SELECT progress FROM visit_progress WHERE visit = ?",
                                  DB_WITH(DB_INT(v->id)), err);
    if (db_next(q, err)) {
        v->progress = arena_strdup(arena, db_text(q, 0));
    }
    return db_done(q);
}

bool visit_get(struct store *store, int64_t id, struct arena *arena, struct visit *visit,
               struct err *err)
{
    struct where where = {0};
    where_add(&where, "v.id = ?", DB_INT(id));
    struct db_query *q = where_query(&where, store->db, columns, err);
    bool found = db_next(q, err);
    if (found) {
        read_visit(q, arena, visit);
    }
    where_finish(&where);
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such visit")) &&
           read_progress(store, arena, visit, err);
}

bool visit_find(struct store *store, const char *uuid, int64_t *id, struct err *err)
{
    return db_number(store->db, "SELECT id FROM visit WHERE uuid = ?", DB_WITH(DB_TEXT(uuid)), id,
                     0, err) &&
           (*id || err_set(err, ERR_MISSING, 0, "no such visit"));
}

static void add_number(struct where *where, const char *condition, int64_t value)
{
    if (value) {
        where_add(where, condition, DB_INT(value));
    }
}

/* Adds the conditions; words keeps the full-text query until the end. */
static void add_filter(struct where *where, const struct visit_filter *filter, struct buf *words)
{
    add_number(where, "v.started_ms >= ?", filter->from_ms);
    add_number(where, "v.started_ms < ?", filter->to_ms);
    add_number(where, "v.kind = ?", filter->kind);
    add_number(where, "v.state = ?", filter->state);
    add_number(where, "v.household = ?", filter->household);
    add_number(where, "v.person = ?", filter->person);
    where_add_text(where, "v.volunteer = ?", filter->volunteer);
    where_add_text(where, "v.team = ?", filter->team);
    where_add_text(where, "v.commune = ?", filter->commune);
    where_add_text(where, "v.hamlet = ?", filter->hamlet);
    where_add_text(where, "v.outcome = ?", filter->outcome);
    where_add_text(where, "v.id IN (SELECT visit FROM visit_topic WHERE topic = ?)", filter->topic);
    if (filter->words && words_query(words, str_of(filter->words))) {
        where_add(where, "v.id IN (SELECT rowid FROM visit_word WHERE visit_word MATCH ?)",
                  DB_STR(buf_str(words)));
    }
}

/* The rows of the page are found in an index first and read then: passing over 90,000 rows costs
 * passing over their index entries only. */
static struct db_query *query_page(struct store *store, struct where *where, struct err *err)
{
    struct buf inner = {0};
    buf_addf(&inner,
             "%s WHERE v.id IN (SELECT v.id FROM visit v%s) ORDER BY v.started_ms DESC,"
             " v.id DESC",
             columns, buf_text(&where->sql));
    struct db_query *q =
        db_query(store->db, buf_text(&inner), (struct db_values){where->values, where->n}, err);
    buf_finish(&inner);
    return q;
}

bool visit_page(struct store *store, const struct visit_filter *filter, struct page page,
                struct arena *arena, struct visits *out, struct err *err)
{
    struct where where = {0};
    struct buf words = {0};
    add_filter(&where, filter, &words);
    where_add_page(&where, " ORDER BY v.started_ms DESC, v.id DESC", page);
    struct db_query *q = query_page(store, &where, err);
    out->v = arena_array(arena, struct visit, (size_t)page_limit(page));
    out->n = 0;
    while (db_next(q, err)) {
        read_visit(q, arena, &out->v[out->n++]);
    }
    buf_wipe(&words);
    where_finish(&where);
    return db_done(q);
}

bool visit_count(struct store *store, const struct visit_filter *filter, int64_t *count,
                 struct err *err)
{
    struct where where = {0};
    struct buf words = {0};
    *count = 0;
    add_filter(&where, filter, &words);
    struct db_query *q = where_query(&where, store->db, "SELECT count(*) FROM visit v", err);
    if (db_next(q, err)) {
        *count = db_int(q, 0);
    }
    buf_wipe(&words);
    where_finish(&where);
    return db_done(q);
}

/* ---- counts --------------------------------------------------------------------------------- */

/* The device's zone at the moment of the visit decides its day; zones with changes are met by
 * counting per zone offset of today, which is right for Vietnam (UTC+7 all year). */
static void day_expression(char sql[128])
{
    snprintf(sql, 128, "date((v.started_ms + %d) / 1000, 'unixepoch')",
             clock_zone_minutes(clock_now_ms()) * 60 * 1000);
}

static const char *expression_of(const char *by, char day[128])
{
    static const char *const plain[] = {"outcome", "volunteer", "team",   "commune",
                                        "hamlet",  "procedure", "rating", NULL};
    if (strcmp(by, "day") == 0) {
        day_expression(day);
        return day;
    }
    if (strcmp(by, "topic") == 0) {
        return "t.topic";
    }
    for (size_t i = 0; plain[i]; i++) {
        if (strcmp(by, plain[i]) == 0) {
            snprintf(day, 128, "v.%s", plain[i]);
            return day;
        }
    }
    return NULL;
}

bool visit_count_by(struct store *store, const struct visit_filter *filter, const char *by,
                    struct arena *arena, struct visit_tallies *out, struct err *err)
{
    char text[128];
    const char *expression = expression_of(by, text);
    if (!expression) {
        return err_set(err, ERR_INPUT, 0, "visits are not counted by that");
    }
    struct where where = {0};
    struct buf words = {0}, head = {0};
    VEC(struct visit_tally) rows = {0};
    add_filter(&where, filter, &words);
    buf_addf(&head, "SELECT %s, count(*) FROM visit v%s", expression,
             strcmp(by, "topic") == 0 ? " JOIN visit_topic t ON t.visit = v.id" : "");
    buf_addf(&where.sql, " GROUP BY 1 ORDER BY %s", strcmp(by, "day") == 0 ? "1" : "2 DESC, 1");
    struct db_query *q = where_query(&where, store->db, buf_text(&head), err);
    while (db_next(q, err)) {
        vec_push(&rows, (struct visit_tally){arena_strdup(arena, db_text(q, 0)), db_int(q, 1)});
    }
    out->n = rows.n;
    out->v = arena_array(arena, struct visit_tally, rows.n);
    if (rows.n) {
        memcpy(out->v, rows.v, rows.n * sizeof(*rows.v));
    }
    vec_finish(&rows);
    buf_finish(&head);
    buf_wipe(&words);
    where_finish(&where);
    return db_done(q);
}
