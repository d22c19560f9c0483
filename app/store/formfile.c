#include "app/store/formfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/arriving.h"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/list.h"
#include "app/store/where.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/vec.h"

static const size_t largest = (size_t)64 << 20;

static const char columns[] = "SELECT id, form_id, version, title, hash, media_hash, source,"
                              " is_current, added_ms FROM form";

static void read_form(struct db_query *q, struct arena *arena, struct formfile *f)
{
    const char **texts[] = {&f->form_id, &f->version,    &f->title,
                            &f->hash,    &f->media_hash, &f->source};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i] = arena_strdup(arena, db_text(q, (int)i + 1));
    }
    f->id = db_int(q, 0);
    f->is_current = db_int(q, 7) != 0;
    f->added_ms = db_int(q, 8);
}

bool formfile_keep(struct store *store, struct str bytes, char hash[33], struct err *err)
{
    char md5[HASH_MD5_TEXT];
    if (bytes.n > largest) {
        return err_set(err, ERR_INPUT, 0, "a media file is larger than 64 MiB");
    }
    hash_md5_text(bytes.s, bytes.n, md5);
    if (hash) {
        memcpy(hash, md5, sizeof(md5));
    }
    return formfile_has(store, md5) ||
           db_run(store->db, "INSERT OR IGNORE INTO content (hash, bytes) VALUES (?, ?)",
                  DB_WITH(DB_TEXT(md5), DB_BLOB(bytes.s, bytes.n)), err);
}

bool formfile_has(struct store *store, const char *hash)
{
    int64_t is_here;
    return db_number(store->db, "SELECT 1 FROM content WHERE hash = ?", DB_WITH(DB_TEXT(hash)),
                     &is_here, 0, NULL) &&
           is_here;
}

static bool is_kept(struct store *store, const struct formfile_media *media, struct err *err)
{
    int64_t is_here = 0;
    bool ok = true;
    if (media->kind == FORMFILE_BYTES) {
        is_here = formfile_has(store, media->hash);
    } else if (media->kind == FORMFILE_LIST) {
        is_here = list_has(store, media->name, media->hash);
    } else {
        ok = db_number(store->db, "SELECT 1 FROM list WHERE name = ? AND is_entity = 1",
                       DB_WITH(DB_TEXT(media->name)), &is_here, 0, err);
    }
    return ok && (is_here || err_set(err, ERR_MISSING, 0, "a file of the form is not here yet"));
}

/* The digest of a manifest: two forms with it have the same files. Entity lists count by name, they
 * change without the form. */
static void hash_media(const struct formfile_new *what, char text[HASH_MD5_TEXT])
{
    struct buf all = {0};
    for (size_t i = 0; i < what->media_count; i++) {
        const struct formfile_media *media = &what->media[i];
        buf_addf(&all, "%d:%zu:%s:%s\n", media->kind, strlen(media->name), media->name,
                 media->kind == FORMFILE_ENTITIES ? "" : media->hash);
    }
    hash_md5_text(all.s, all.n, text);
    buf_finish(&all);
}

static bool insert_media(struct store *store, int64_t form, const struct formfile_new *what,
                         struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < what->media_count; i++) {
        const struct formfile_media *media = &what->media[i];
        ok = db_run(
            store->db,
            "INSERT OR REPLACE INTO form_media (form, name, kind, hash)"
            " VALUES (?, ?, ?, ?)",
            DB_WITH(DB_INT(form), DB_TEXT(media->name), DB_INT(media->kind), DB_TEXT(media->hash)),
            err);
    }
    return ok;
}

static bool find_same(struct store *store, const struct formfile_new *what, const char *hash,
                      const char *media_hash, int64_t *id, struct err *err)
{
    return db_number(
        store->db, "SELECT id FROM form WHERE form_id = ? AND hash = ? AND media_hash = ?",
        DB_WITH(DB_TEXT(what->form_id), DB_TEXT(hash), DB_TEXT(media_hash)), id, 0, err);
}

static bool insert_form(struct store *store, const struct formfile_new *what, const char *hash,
                        const char *media_hash, int64_t *id, struct err *err)
{
    bool ok = db_run(store->db,
                     "INSERT INTO form (form_id, version, title, hash, media_hash, source,"
                     " is_current, added_ms) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
                     DB_WITH(DB_TEXT(what->form_id), DB_TEXT(what->version), DB_TEXT(what->title),
                             DB_TEXT(hash), DB_TEXT(media_hash), DB_TEXT(what->source),
                             DB_INT(clock_now_ms())),
                     err);
    *id = ok ? db_last_id(store->db) : 0;
    return ok && insert_media(store, *id, what, err) &&
           journal_add(store, "form.add", what->form_id, what->version, err);
}

static bool make_current(struct store *store, const struct formfile_new *what, int64_t id,
                         struct err *err)
{
    return db_run(store->db, "UPDATE form SET is_current = 0 WHERE form_id = ? AND is_current = 1",
                  DB_WITH(DB_TEXT(what->form_id)), err) &&
           db_run(store->db,
                  "UPDATE form SET is_current = 1, source = ?, title = ?, version = ?"
                  " WHERE id = ?",
                  DB_WITH(DB_TEXT(what->source), DB_TEXT(what->title), DB_TEXT(what->version),
                          DB_INT(id)),
                  err);
}

bool formfile_put(struct store *store, const struct formfile_new *what, int64_t *id,
                  struct err *err)
{
    char hash[HASH_MD5_TEXT], media_hash[HASH_MD5_TEXT];
    *id = 0;
    hash_media(what, media_hash);
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = formfile_keep(store, what->xml, hash, err);
    for (size_t i = 0; ok && i < what->media_count; i++) {
        ok = is_kept(store, &what->media[i], err);
    }
    ok = ok && find_same(store, what, hash, media_hash, id, err) &&
         (*id || insert_form(store, what, hash, media_hash, id, err)) &&
         make_current(store, what, *id, err);
    return db_end(store->db, ok, err);
}

bool formfile_retire(struct store *store, const char *form_id, struct err *err)
{
    return db_run(store->db, "UPDATE form SET is_current = 0 WHERE form_id = ?",
                  DB_WITH(DB_TEXT(form_id)), err);
}

bool formfile_get(struct store *store, int64_t id, struct arena *arena, struct formfile *form,
                  struct err *err)
{
    struct where where = {0};
    where_add(&where, "id = ?", DB_INT(id));
    struct db_query *q = where_query(&where, store->db, columns, err);
    bool found = db_next(q, err);
    if (found) {
        read_form(q, arena, form);
    }
    where_finish(&where);
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such form"));
}

bool formfile_current(struct store *store, const char *form_id, int64_t *id, struct err *err)
{
    return db_number(store->db, "SELECT id FROM form WHERE form_id = ? AND is_current = 1",
                     DB_WITH(DB_TEXT(form_id)), id, 0, err) &&
           (*id || err_set(err, ERR_MISSING, 0, "no such form"));
}

bool formfile_list(struct store *store, bool all, struct arena *arena, struct formfiles *out,
                   struct err *err)
{
    VEC(struct formfile) rows = {0};
    struct where where = {0};
    if (!all) {
        where_add_plain(&where, "is_current = 1");
    }
    buf_add_text(&where.sql, " ORDER BY title, id");
    struct db_query *q = where_query(&where, store->db, columns, err);
    while (db_next(q, err)) {
        read_form(q, arena, vec_add(&rows));
    }
    out->v = arena_array(arena, struct formfile, rows.n);
    out->n = rows.n;
    if (rows.n) {
        memcpy(out->v, rows.v, rows.n * sizeof(*rows.v));
    }
    vec_finish(&rows);
    where_finish(&where);
    return db_done(q);
}

static bool read_content(struct db_query *q, struct buf *bytes, struct err *err)
{
    bool found = db_next(q, err);
    if (found) {
        buf_add_str(bytes, db_str(q, 0));
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such file"));
}

bool formfile_bytes(struct store *store, const char *hash, struct buf *bytes, struct err *err)
{
    return read_content(db_query(store->db, "SELECT bytes FROM content WHERE hash = ?",
                                 DB_WITH(DB_TEXT(hash)), err),
                        bytes, err);
}

bool formfile_xml(struct store *store, int64_t id, struct buf *xml, struct err *err)
{
    return read_content(db_query(store->db,
                                 "SELECT c.bytes FROM form f JOIN content c ON c.hash = f.hash"
                                 " WHERE f.id = ?",
                                 DB_WITH(DB_INT(id)), err),
                        xml, err);
}

bool formfile_media(struct store *store, int64_t id, const char *name, struct buf *bytes,
                    struct err *err)
{
    return read_content(db_query(store->db,
                                 "SELECT c.bytes FROM form_media m JOIN content c"
                                 " ON c.hash = m.hash WHERE m.form = ? AND m.name = ?"
                                 " AND m.kind = 1",
                                 DB_WITH(DB_INT(id), DB_TEXT(name)), err),
                        bytes, err);
}

bool formfile_open_list(struct store *store, int64_t id, const char *name, struct form_list **list,
                        struct err *err)
{
    char hash[128] = "";
    int64_t kind = 0;
    *list = NULL;
    struct db_query *q =
        db_query(store->db, "SELECT kind, hash FROM form_media WHERE form = ? AND name = ?",
                 DB_WITH(DB_INT(id), DB_TEXT(name)), err);
    if (db_next(q, err)) {
        kind = db_int(q, 0);
        snprintf(hash, sizeof(hash), "%s", db_text(q, 1));
    }
    if (!db_done(q)) {
        return false;
    }
    if (kind != FORMFILE_LIST && kind != FORMFILE_ENTITIES) {
        return err_set(err, ERR_MISSING, 0, "the form names no such list");
    }
    return list_open_version(store, name, kind == FORMFILE_LIST ? hash : NULL, list, err);
}

bool formfile_prune(struct store *store, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    /* Records keep the row of their form while they are not purged; an edit needs it too. */
    const char *old = "SELECT f.id FROM form f WHERE f.is_current = 0 AND NOT EXISTS (SELECT 1"
                      " FROM record r WHERE r.form = f.id)";
    char media[256], form[256];
    snprintf(media, sizeof(media), "DELETE FROM form_media WHERE form IN (%s)", old);
    snprintf(form, sizeof(form), "DELETE FROM form WHERE id IN (%s)", old);
    bool ok = db_run(store->db, media, DB_NONE, err) && db_run(store->db, form, DB_NONE, err) &&
              arriving_prune(store, err) &&
              db_run(store->db,
                     "DELETE FROM content WHERE hash NOT IN (SELECT hash FROM form) AND hash NOT"
                     " IN (SELECT hash FROM form_media WHERE kind = 1) AND hash NOT IN (SELECT hash"
                     " FROM arriving)",
                     DB_NONE, err);
    return db_end(store->db, ok, err);
}
