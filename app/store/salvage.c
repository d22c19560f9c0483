/* Reading what can be read out of a damaged data folder. It stays as it is: work is done on a copy
 * of its database, and sealed files are linked, not moved. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "app/store/words.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"
#include "platform/base/log.h"

enum { COLUMNS = 40, STEPS_BY_ONE = 64, LARGEST_STEP = 1 << 20, HEAD_MOST = 1 << 20 };

/* Parents before children. Lists come back with the next sync; words are made anew. */
static const char *const tables[] = {
    "setting",        "journal",     "household", "person", "consent",    "visit",
    "visit_progress", "visit_topic", "content",   "form",   "form_media", "procedure",
    "record",         "draft",       "answer",    "audit",  "frozen",     "attachment"};

struct salvage {
    struct store *store;
    struct db *from;  /* NULL: not even its first page can be read */
    const char *data; /* the damaged folder */
};

/* ---- rows ----------------------------------------------------------------------------------- */

/* Takes over the row that q stands on; its first column is the place to go on from. */
static void put_row(struct salvage *s, const char *insert, struct db_query *q)
{
    struct db_value values[COLUMNS];
    int n = db_columns(q);
    for (int i = 1; i < n && i <= COLUMNS; i++) {
        values[i - 1] = db_value(q, i);
    }
    struct err err;
    if (!db_run(s->store->db, insert, (struct db_values){values, (size_t)n - 1}, &err)) {
        log_warn("a row cannot be taken over: %s", err.text);
    }
}

/* Names of the columns that both sides have; rowid first where the table has one. */
static bool build_sql(struct salvage *s, const char *table, struct buf *select, struct buf *insert)
{
    char sql[160];
    int64_t has_rowid;
    snprintf(sql, sizeof(sql), "SELECT NOT wr FROM pragma_table_list('%s')", table);
    if (!db_number(s->store->db, sql, DB_NONE, &has_rowid, 1, NULL)) {
        return false;
    }
    snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')", table);
    struct buf marks = {0};
    buf_add_text(select, has_rowid ? "SELECT rowid" : "SELECT 0");
    buf_addf(insert, "INSERT OR IGNORE INTO %s (", table);
    struct db_query *q = db_query(s->store->db, sql, DB_NONE, NULL);
    while (db_next(q, NULL)) {
        buf_addf(select, ", %s", db_text(q, 0));
        buf_addf(insert, marks.n ? ", %s" : "%s", db_text(q, 0));
        buf_add_text(&marks, marks.n ? ", ?" : "?");
    }
    buf_addf(insert, ") VALUES (%s)", buf_text(&marks));
    buf_addf(select,
             has_rowid ? " FROM %s WHERE rowid >= ? ORDER BY rowid" : " FROM %s WHERE ? = 0",
             table);
    buf_finish(&marks);
    return db_done(q);
}

/* Reads until the end or until a page fails; behind a failed page it goes on with growing steps. */
static void copy_table(struct salvage *s, const char *table)
{
    struct buf select = {0}, insert = {0};
    bool ok = build_sql(s, table, &select, &insert), is_whole = false;
    int64_t at = 0, step = 1, failures = 0;
    while (ok && !is_whole && step <= LARGEST_STEP) {
        struct db_query *q = db_query(s->from, buf_text(&select), DB_WITH(DB_INT(at)), NULL);
        if (!q) {
            break;
        }
        while (db_next(q, NULL)) {
            at = db_int(q, 0);
            step = 1;
            failures = 0;
            put_row(s, buf_text(&insert), q);
        }
        is_whole = db_done(q);
        at += step;
        step *= ++failures > STEPS_BY_ONE ? 2 : 1;
    }
    if (!is_whole) {
        log_warn("the table %s could not be read to its end", table);
    }
    buf_finish(&select);
    buf_finish(&insert);
}

static void fold_words(struct salvage *s, const char *select, const char *insert)
{
    struct buf words = {0};
    struct db_query *q = db_query(s->store->db, select, DB_NONE, NULL);
    while (db_next(q, NULL)) {
        buf_clear(&words);
        words_fold(&words, (const char *const[]){db_text(q, 1), NULL});
        db_run(s->store->db, insert, DB_WITH(DB_INT(db_int(q, 0)), DB_STR(buf_str(&words))), NULL);
    }
    db_done(q);
    buf_wipe(&words);
}

static void copy_rows(struct salvage *s)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        copy_table(s, tables[i]);
    }
    fold_words(s, "SELECT id, name || ' ' || phone || ' ' || number_tail FROM person",
               "INSERT INTO person_word (rowid, text) VALUES (?, ?)");
    fold_words(s,
               "SELECT id, head || ' ' || hamlet || ' ' || address || ' ' || commune"
               " FROM household",
               "INSERT INTO household_word (rowid, text) VALUES (?, ?)");
    fold_words(s, "SELECT id, title FROM visit",
               "INSERT INTO visit_word (rowid, text) VALUES (?, ?)");
    /* Forms whose XML did not survive are fetched again; their records keep their names. */
    db_script(s->store->db,
              "UPDATE record SET form = NULL WHERE form NOT IN (SELECT id FROM form);"
              "UPDATE form SET is_current = 0 WHERE hash NOT IN (SELECT hash FROM content);"
              "UPDATE record SET state = 2, is_doubtful = 1 WHERE state = 3;",
              NULL);
}

/* ---- sealed files --------------------------------------------------------------------------- */

static void take_file(struct salvage *s, const char *name)
{
    char from[STORE_PATH], to[STORE_PATH];
    struct err err = {0};
    if (snprintf(from, sizeof(from), "%s/media/%s", s->data, name) >= (int)sizeof(from) ||
        !store_media_path(s->store, name, to, &err)) {
        return;
    }
    if (link(from, to) != 0 && errno != EEXIST && errno != ENOENT && !file_copy(from, to, &err)) {
        log_warn("a sealed file cannot be taken over: %s", err.text);
    }
}

static void take_known_files(struct salvage *s)
{
    struct db_query *q =
        db_query(s->store->db, "SELECT file FROM attachment UNION ALL SELECT file FROM frozen",
                 DB_NONE, NULL);
    while (db_next(q, NULL)) {
        take_file(s, db_text(q, 0));
    }
    db_done(q);
}

/* The whole copy of a finished record, or false when the file is something else. */
static bool read_copy(struct salvage *s, const char *name, struct buf *out)
{
    char path[STORE_PATH];
    const struct str magic = STR(STORE_COPY_MAGIC);
    if (snprintf(path, sizeof(path), "%s/media/%s", s->data, name) >= (int)sizeof(path)) {
        return false;
    }
    struct seal_reader *reader = seal_open(path, s->store->media, str_of(name), NULL);
    size_t got = 1;
    bool ok = reader != NULL;
    while (ok && got) {
        char *to = buf_reserve(out, SEAL_CHUNK);
        ok = to && seal_read(reader, to, SEAL_CHUNK, &got, NULL);
        out->n += ok ? got : 0;
        if (to) {
            out->s[out->n] = 0;
        }
        ok = ok && str_starts(buf_str(out), magic);
    }
    seal_close(reader);
    return ok;
}

static bool put_files(struct salvage *s, int64_t record, const struct json *files)
{
    bool ok = true;
    for (size_t i = 0; ok && i < json_count(files); i++) {
        const struct json *file = json_at(files, i);
        struct buf digest = {0};
        const char *name = json_text(json_get(file, "file"), "");
        ok = file_is_plain_name(str_of(name)) &&
             hash_from_hex(&digest, str_of(json_text(json_get(file, "digest"), ""))) &&
             db_run(s->store->db,
                    "INSERT OR IGNORE INTO attachment (record, name, mime, file, size, digest)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    DB_WITH(DB_INT(record), DB_TEXT(json_text(json_get(file, "name"), "")),
                            DB_TEXT(json_text(json_get(file, "mime"), "")), DB_TEXT(name),
                            DB_INT(json_int(json_get(file, "size"), 0)),
                            DB_BLOB(digest.s, digest.n)),
                    NULL);
        if (ok) {
            take_file(s, name);
        }
        buf_finish(&digest);
    }
    return ok;
}

/* The row of a finished record, made again when it was lost: then it is queued once more, sending
 * it twice does no harm. Its bytes may have come over under the number that it had; else it takes
 * one that no lost record had, whose bytes it would get. */
static bool put_row_of(struct salvage *s, const char *copy, const struct json *head, int64_t bytes,
                       int64_t *id)
{
    struct db *db = s->store->db;
    const char *instance_id = json_text(json_get(head, "instance_id"), "");
    int64_t now = clock_now_ms();
    if (!db_number(db, "SELECT id FROM record WHERE instance_id = ?", DB_WITH(DB_TEXT(instance_id)),
                   id, 0, NULL) ||
        *id) {
        return *id != 0;
    }
    bool ok =
        db_run(db,
               "INSERT INTO record (id, instance_id, form_id, version, visit, title, state,"
               " sequence, created_ms, changed_ms, ready_ms, is_doubtful, files, bytes,"
               " bytes_left) VALUES (coalesce((SELECT record FROM frozen WHERE file = ?),"
               " (SELECT max(id) + 1 FROM (SELECT 0 AS id UNION ALL SELECT id FROM record"
               " UNION ALL SELECT record FROM frozen UNION ALL SELECT record FROM draft"
               " UNION ALL SELECT record FROM answer UNION ALL SELECT record FROM audit"
               " UNION ALL SELECT record FROM attachment))), ?, ?, ?, ?, ?, 2,"
               " (SELECT coalesce(max(sequence), 0) + 1 FROM record), ?, ?8, ?8, 1, ?, ?, ?10)",
               DB_WITH(DB_TEXT(copy), DB_TEXT(instance_id),
                       DB_TEXT(json_text(json_get(head, "form_id"), "")),
                       DB_TEXT(json_text(json_get(head, "version"), "")),
                       DB_TEXT(json_text(json_get(head, "visit"), "")),
                       DB_TEXT(json_text(json_get(head, "title"), "")),
                       DB_INT(json_int(json_get(head, "created_ms"), now)), DB_INT(now),
                       DB_INT((int64_t)json_count(json_get(head, "files"))), DB_INT(bytes)),
               NULL);
    *id = db_last_id(db);
    return ok;
}

static bool put_record(struct salvage *s, const char *copy, const struct json *head, struct str xml)
{
    unsigned char digest[HASH_MAX];
    struct db *db = s->store->db;
    const struct json *files = json_get(head, "files");
    int64_t id, state, bytes = (int64_t)xml.n;
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, digest);
    for (size_t i = 0; i < json_count(files); i++) {
        bytes += json_int(json_get(json_at(files, i), "size"), 0);
    }
    if (!db_begin(db, NULL)) {
        return false;
    }
    bool ok = put_row_of(s, copy, head, bytes, &id) &&
              db_number(db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(id)), &state, 0,
                        NULL);
    if (ok && state != 1) { /* a copy beside a draft is of a finish that never was */
        ok = put_files(s, id, files) &&
             db_run(db,
                    "INSERT OR IGNORE INTO frozen (record, digest, file, xml) VALUES (?, ?, ?, ?)",
                    DB_WITH(DB_INT(id), DB_BLOB(digest, HASH_BLAKE2B_SIZE), DB_TEXT(copy),
                            DB_BLOB(xml.s, xml.n)),
                    NULL);
        take_file(s, copy);
    }
    return db_end(db, ok, NULL);
}

static bool look_at_copy(void *ctx, const char *name)
{
    struct salvage *s = ctx;
    struct buf copy = {.limit = (size_t)256 << 20};
    struct str rest, head;
    if (read_copy(s, name, &copy)) {
        rest = (struct str){copy.s + strlen(STORE_COPY_MAGIC), copy.n - strlen(STORE_COPY_MAGIC)};
        struct json *json = str_cut(&rest, '\n', &head) ? json_parse(head, NULL) : NULL;
        if (json && !put_record(s, name, json, rest)) {
            log_warn("a copy of a finished record cannot be taken over");
        }
        json_destroy(json);
    }
    buf_wipe(&copy);
    return true;
}

/* ---- rows whose record was lost -------------------------------------------------------------- */

/* What stands between two marks in the beginning of the XML; empty when it does not. */
static struct str between(struct str xml, struct str before, char behind)
{
    ptrdiff_t at = str_find(xml, before);
    struct str rest =
        at < 0 ? STR("") : (struct str){xml.s + at + before.n, xml.n - (size_t)at - before.n};
    struct str found;
    return str_cut(&rest, behind, &found) && rest.s != found.s + found.n ? found : STR("");
}

/* A record made again from its XML alone: a draft goes on, a finished one is queued. */
static void adopt(struct salvage *s, const char *select, int state)
{
    int64_t now = clock_now_ms();
    struct db_query *q = db_query(s->store->db, select, DB_NONE, NULL);
    while (db_next(q, NULL)) {
        struct str xml = db_str(q, 1), id = between(xml, STR("instanceID>"), '<');
        char made[40];
        snprintf(made, sizeof(made), "salvaged:%lld", (long long)db_int(q, 0));
        db_run(s->store->db,
               "INSERT OR IGNORE INTO record (id, instance_id, form_id, version, visit, title,"
               " state, sequence, created_ms, changed_ms, ready_ms, is_doubtful, bytes, bytes_left)"
               " VALUES (?, ?, ?, ?, '', '', ?, CASE ?5 WHEN 1 THEN 0 ELSE"
               " (SELECT coalesce(max(sequence), 0) + 1 FROM record) END, ?, ?6, ?6, 1, ?, ?7)",
               DB_WITH(DB_INT(db_int(q, 0)), DB_STR(id.n ? id : str_of(made)),
                       DB_STR(between(xml, STR(" id=\""), '"')),
                       DB_STR(between(xml, STR(" version=\""), '"')), DB_INT(state), DB_INT(now),
                       DB_INT((int64_t)xml.n)),
               NULL);
    }
    db_done(q);
}

static void adopt_lost(struct salvage *s)
{
    adopt(s, "SELECT record, xml FROM draft WHERE record NOT IN (SELECT id FROM record)", 1);
    adopt(s, "SELECT record, xml FROM frozen WHERE record NOT IN (SELECT id FROM record)", 2);
    db_script(s->store->db,
              "DELETE FROM answer WHERE record NOT IN (SELECT id FROM record);"
              "DELETE FROM audit WHERE record NOT IN (SELECT id FROM record);"
              "DELETE FROM attachment WHERE record NOT IN (SELECT id FROM record);",
              NULL);
}

/* ---- all ------------------------------------------------------------------------------------ */

static void remove_copy(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        char file[STORE_PATH + 8];
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        file_remove(file, NULL);
    }
}

static bool copy_db(const char *data, const char *path)
{
    char from[STORE_PATH], wal_from[STORE_PATH + 8], wal_to[STORE_PATH + 8];
    if (!store_path(from, data, "store.db", NULL) || !file_copy(from, path, NULL)) {
        return false;
    }
    snprintf(wal_from, sizeof(wal_from), "%s-wal", from);
    snprintf(wal_to, sizeof(wal_to), "%s-wal", path);
    return !file_exists(wal_from) || file_copy(wal_from, wal_to, NULL);
}

void store_salvage(struct store *store, const struct key *key, const char *data, int64_t *records)
{
    char path[STORE_PATH], media[STORE_PATH];
    struct salvage s = {.store = store, .data = data};
    struct err err;
    *records = 0;
    if (!store_path(path, store->folder, "data/salvage.db", NULL) ||
        !store_path(media, data, "media", NULL)) {
        return;
    }
    remove_copy(path);
    struct key *db_key = key_derive(key, STORE_KEY_DB);
    if (copy_db(data, path) &&
        !db_open(path, &(struct db_options){.key = key_bytes(db_key), .must_exist = true}, &s.from,
                 &err)) {
        log_warn("the damaged database does not open: %s", err.text);
    }
    key_destroy(db_key);
    db_script(store->db, "PRAGMA foreign_keys=OFF", NULL);
    if (s.from && db_begin(store->db, NULL)) {
        copy_rows(&s);
        db_end(store->db, true, NULL);
    }
    db_close(s.from);
    remove_copy(path);
    file_list(media, look_at_copy, &s, NULL);
    adopt_lost(&s);
    take_known_files(&s);
    db_script(store->db, "PRAGMA foreign_keys=ON", NULL);
    db_number(store->db, "SELECT count(*) FROM record", DB_NONE, records, 0, NULL);
    log_info("%d records were read out of the damaged database", (int)*records);
}
