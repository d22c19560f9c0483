#include "app/hub/archive_sqlite.h"

#include <stdio.h>

#include "platform/base/clock.h"
#include "platform/base/csv.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"

/* The row of a form's current version: its number, or 0 with ERR_MISSING or ERR_DENIED. */
static bool find_current(struct archive *archive, const char *form, int64_t *version,
                         struct err *err)
{
    int64_t state = OPENROSA_FORM_UNKNOWN;
    struct db_query *q = db_query(archive->db, "select current, state from form where form = ?",
                                  DB_WITH(DB_TEXT(form)), err);
    while (db_next(q, err)) {
        *version = db_int(q, 0);
        state = db_int(q, 1);
    }
    if (!db_done(q)) {
        return false;
    }
    if (state == OPENROSA_FORM_UNKNOWN) {
        return err_set(err, ERR_MISSING, 0, "no such form");
    }
    return state != OPENROSA_FORM_CLOSED || err_set(err, ERR_DENIED, 0, "the form is closed");
}

static bool add_entity_list(struct archive *archive, const struct formdef *def, struct err *err)
{
    if (!def->entity_list) {
        return true;
    }
    bool ok = archive_entity_list_add(archive, def->entity_list, NULL, err);
    for (size_t i = 0; ok && i < def->fields.n; i++) {
        const char *property = def->fields.v[i].saveto;
        ok = !property || archive_entity_list_add(archive, def->entity_list, property, err);
    }
    return ok;
}

static bool insert_version(struct archive *archive, struct str xml, const struct formdef *def,
                           const char *hash, struct err *err)
{
    int64_t form = 0;
    if (!db_run(archive->db,
                "insert into form(form, state) values(?, 1) on conflict(form) do nothing",
                DB_WITH(DB_TEXT(def->id)), err) ||
        !db_number(archive->db, "select id from form where form = ?", DB_WITH(DB_TEXT(def->id)),
                   &form, 0, err) ||
        !db_run(archive->db,
                "insert into form_version(form, version, hash, title, xml, published_ms)"
                " values(?, ?, ?, ?, ?, ?)",
                DB_WITH(DB_INT(form), DB_TEXT(def->version), DB_TEXT(hash), DB_TEXT(def->title),
                        DB_BLOB(xml.s, xml.n), DB_INT(clock_now_ms())),
                err)) {
        return false;
    }
    int64_t version = db_last_id(archive->db);
    for (size_t i = 0; i < def->files.n; i++) {
        if (!db_run(archive->db, "insert into form_need(version, name) values(?, ?)",
                    DB_WITH(DB_INT(version), DB_TEXT(def->files.v[i])), err)) {
            return false;
        }
    }
    return add_entity_list(archive, def, err) &&
           /* files given with the version before stay until others are given */
           db_run(archive->db,
                  "insert into form_media(version, name, digest, md5, size)"
                  " select ?1, name, digest, md5, size from form_media"
                  " where version = (select current from form where id = ?2)",
                  DB_WITH(DB_INT(version), DB_INT(form)), err) &&
           db_run(archive->db, "update form set current = ? where id = ?",
                  DB_WITH(DB_INT(version), DB_INT(form)), err);
}

bool archive_publish(struct archive *archive, struct str xml, const struct formdef *def,
                     bool *is_new, struct err *err)
{
    char hash[HASH_MD5_TEXT];
    int64_t known = 0;
    hash_md5_text(xml.s, xml.n, hash);
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok =
        db_number(archive->db,
                  "select v.id from form_version v join form f on f.id = v.form"
                  " where f.form = ? and v.version = ? and v.hash = ?",
                  DB_WITH(DB_TEXT(def->id), DB_TEXT(def->version), DB_TEXT(hash)), &known, 0, err);
    *is_new = known == 0;
    if (ok && known) {
        ok = db_run(archive->db, "update form set current = ? where form = ?",
                    DB_WITH(DB_INT(known), DB_TEXT(def->id)), err);
    } else {
        ok = ok && insert_version(archive, xml, def, hash, err);
    }
    return archive_end(archive, ok, err);
}

bool archive_publish_media(struct archive *archive, const char *form, const char *name,
                           struct str bytes, struct err *err)
{
    unsigned char digest[32];
    char md5[HASH_MD5_TEXT];
    int64_t version = 0;
    if (!file_is_plain_name(str_of(name))) {
        return err_set(err, ERR_INPUT, 0, "not a plain file name");
    }
    hash_md5_text(bytes.s, bytes.n, md5);
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = find_current(archive, form, &version, err) &&
              archive_keep_bytes(archive, bytes, digest, err) &&
              db_run(archive->db,
                     "insert or replace into form_media(version, name, digest, md5, size)"
                     " values(?, ?, ?, ?, ?)",
                     DB_WITH(DB_INT(version), DB_TEXT(name), DB_BLOB(digest, 32), DB_TEXT(md5),
                             DB_INT((int64_t)bytes.n)),
                     err);
    return archive_end(archive, ok, err);
}

static bool check_csv(struct str text, struct err *err)
{
    struct csv csv;
    csv_begin(&csv, text);
    bool ok = csv_row(&csv, err);
    size_t columns = ok ? csv.cells.n : 0;
    if (!ok && (!err || err->kind == ERR_NONE)) {
        err_set(err, ERR_INPUT, 0, "the list is empty");
    }
    while (ok && csv_row(&csv, err)) {
        if (csv.cells.n > columns) {
            ok = err_set(err, ERR_INPUT, (int)csv.line, "line %ld has more cells than the header",
                         csv.line);
        }
    }
    csv_end(&csv);
    return ok && (!err || err->kind == ERR_NONE);
}

bool archive_publish_list(struct archive *archive, const char *name, struct str csv,
                          struct err *err)
{
    unsigned char digest[32];
    char md5[HASH_MD5_TEXT];
    err_clear(err);
    if (!file_is_plain_name(str_of(name)) || !check_csv(csv, err)) {
        return err && err->kind != ERR_NONE
                   ? false
                   : err_set(err, ERR_INPUT, 0, "not a plain name for a list");
    }
    hash_md5_text(csv.s, csv.n, md5);
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = archive_keep_bytes(archive, csv, digest, err) &&
              db_run(archive->db,
                     "insert or replace into list(name, digest, md5, size, published_ms)"
                     " values(?, ?, ?, ?, ?)",
                     DB_WITH(DB_TEXT(name), DB_BLOB(digest, 32), DB_TEXT(md5),
                             DB_INT((int64_t)csv.n), DB_INT(clock_now_ms())),
                     err);
    return archive_end(archive, ok, err);
}

bool archive_form_set_state(struct archive *archive, const char *form,
                            enum openrosa_form_state state, struct err *err)
{
    if (!db_run(archive->db, "update form set state = ? where form = ?",
                DB_WITH(DB_INT(state), DB_TEXT(form)), err)) {
        return false;
    }
    return db_changes(archive->db) > 0 || err_set(err, ERR_MISSING, 0, "no such form");
}

bool archive_form_list(struct archive *archive, const char *only, bool all,
                       void (*each)(void *ctx, const struct archive_form *form), void *ctx,
                       struct err *err)
{
    struct db_query *q =
        db_query(archive->db,
                 "select f.id, f.form, v.title, v.version, v.hash, f.state,"
                 " exists(select 1 from form_media m where m.version = v.id) or"
                 " exists(select 1 from form_need n where n.version = v.id and ("
                 "  exists(select 1 from list l where l.name || '.csv' = n.name) or"
                 "  exists(select 1 from entity_list e where e.name || '.csv' = n.name))),"
                 " (select count(*) from form_version w where w.form = f.id), v.published_ms,"
                 " case when ?2 then"
                 "  (select count(*) from record r where r.form = f.id and r.state = 1) else 0 end"
                 " from form f join form_version v on v.id = f.current"
                 " where (?1 is null or f.form = ?1) and (?2 or f.state = 1) order by f.form",
                 DB_WITH(db_text_or_null(only), DB_INT(all)), err);
    while (db_next(q, err)) {
        struct archive_form form = {
            .id = db_int(q, 0),
            .form = db_text(q, 1),
            .name = db_text(q, 2),
            .version = db_text(q, 3),
            .hash = db_text(q, 4),
            .state = (enum openrosa_form_state)db_int(q, 5),
            .has_media = db_int(q, 6) != 0,
            .versions = (int)db_int(q, 7),
            .published_ms = db_int(q, 8),
            .records = db_int(q, 9),
        };
        each(ctx, &form);
    }
    return db_done(q);
}

bool archive_form_xml(struct archive *archive, const char *form, struct buf *xml,
                      char hash[OPENROSA_HASH], struct err *err)
{
    int64_t version = 0;
    if (!find_current(archive, form, &version, err)) {
        return false;
    }
    struct db_query *q = db_query(archive->db, "select xml, hash from form_version where id = ?",
                                  DB_WITH(DB_INT(version)), err);
    while (db_next(q, err)) {
        buf_add_str(xml, db_str(q, 0));
        snprintf(hash, OPENROSA_HASH, "%s", db_text(q, 1));
    }
    return db_done(q);
}

bool archive_form_def(struct archive *archive, const char *form, const char *version,
                      struct formdef **def, struct err *err)
{
    struct buf xml = {0};
    *def = NULL;
    struct db_query *q = db_query(archive->db,
                                  "select v.xml from form_version v join form f on f.id = v.form"
                                  " where f.form = ? and v.version = ? order by v.id desc limit 1",
                                  DB_WITH(DB_TEXT(form), DB_TEXT(version)), err);
    while (db_next(q, err)) {
        buf_add_str(&xml, db_str(q, 0));
    }
    bool ok = db_done(q);
    if (ok && xml.n == 0) {
        ok = err_set(err, ERR_MISSING, 0, "no such form version");
    }
    ok = ok && formdef_read(def, buf_str(&xml), err);
    buf_finish(&xml);
    return ok;
}

bool archive_version_list(struct archive *archive, const char *form,
                          void (*each)(void *ctx, const char *form, const char *version), void *ctx,
                          struct err *err)
{
    struct db_query *q = db_query(archive->db,
                                  "select f.form, v.version from form_version v"
                                  " join form f on f.id = v.form where ?1 is null or f.form = ?1"
                                  " group by f.form, v.version order by f.form, min(v.id)",
                                  DB_WITH(db_text_or_null(form)), err);
    while (db_next(q, err)) {
        each(ctx, db_text(q, 0), db_text(q, 1));
    }
    return db_done(q);
}

/* Files given with the form come first, then lists by name, then entity lists. */
static const char manifest_sql[] =
    "select name, md5, null, digest, size from form_media where version = ?1"
    " union all"
    " select n.name, l.md5, null, l.digest, l.size from form_need n"
    "  join list l on l.name || '.csv' = n.name where n.version = ?1 and n.name not in"
    "  (select name from form_media where version = ?1)"
    " union all"
    " select n.name, '', e.name, null, 0 from form_need n"
    "  join entity_list e on e.name || '.csv' = n.name where n.version = ?1 and n.name not in"
    "  (select name from form_media where version = ?1 union all"
    "   select name || '.csv' from list) order by 1";

bool archive_manifest(struct archive *archive, const char *form,
                      void (*each)(void *ctx, const struct openrosa_media *media), void *ctx,
                      struct err *err)
{
    int64_t version = 0;
    if (!find_current(archive, form, &version, err)) {
        return false;
    }
    struct db_query *q = db_query(archive->db, manifest_sql, DB_WITH(DB_INT(version)), err);
    bool ok = true;
    while (ok && db_next(q, err)) {
        char hash[OPENROSA_HASH];
        bool exists = true, is_list = !db_is_null(q, 2);
        snprintf(hash, sizeof(hash), "%s", db_text(q, 1));
        ok = !is_list || archive_entity_hash(archive, db_text(q, 2), &exists, hash, err);
        struct openrosa_media media = {db_text(q, 0), hash, is_list ? db_text(q, 2) : NULL};
        if (ok) {
            each(ctx, &media);
        }
    }
    return db_done(q) && ok;
}

bool archive_form_lacks(struct archive *archive, const char *form,
                        void (*each)(void *ctx, const char *name), void *ctx, struct err *err)
{
    struct db_query *q = db_query(
        archive->db,
        "select n.name from form f join form_need n on n.version = f.current where f.form = ?"
        " and n.name not in (select name from form_media where version = f.current"
        "  union all select name || '.csv' from list"
        "  union all select name || '.csv' from entity_list)",
        DB_WITH(DB_TEXT(form)), err);
    while (db_next(q, err)) {
        each(ctx, db_text(q, 0));
    }
    return db_done(q);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".csv", "text/csv; charset=utf-8"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".xml", "text/xml; charset=utf-8"},
        {".geojson", "application/geo+json"},
        {".mp3", "audio/mpeg"},
        {".mp4", "video/mp4"},
        {".m4a", "audio/mp4"},
        {".pdf", "application/pdf"},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (str_ends(str_of(name), str_of(types[i].end))) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

bool archive_media(struct archive *archive, const char *form, const char *name,
                   struct openrosa_download *download, struct err *err)
{
    int64_t version = 0;
    bool found = false, ok = true;
    if (!find_current(archive, form, &version, err)) {
        return false;
    }
    snprintf(download->type, sizeof(download->type), "%s", type_of(name));
    struct db_query *q = db_query(archive->db, manifest_sql, DB_WITH(DB_INT(version)), err);
    while (ok && !found && db_next(q, err)) {
        if (strcmp(db_text(q, 0), name) != 0) {
            continue;
        }
        found = true;
        if (db_is_null(q, 2)) {
            snprintf(download->hash, sizeof(download->hash), "%s", db_text(q, 1));
            ok = archive_open_kept(archive, db_str(q, 3), &download->fd, &download->size, err);
        } else {
            bool exists = false;
            ok = archive_entity_hash(archive, db_text(q, 2), &exists, download->hash, err) &&
                 archive_entity_csv(archive, db_text(q, 2), &download->text, err);
        }
    }
    ok = db_done(q) && ok;
    return ok && !found ? err_set(err, ERR_MISSING, 0, "no such file") : ok;
}
