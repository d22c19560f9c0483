/* The step from draft to finished record: what is frozen here is what every server gets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/attachment.h"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/list.h"
#include "app/store/record.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"

struct finish {
    struct store *store;
    int64_t id;
    const struct record_final *what;
    struct arena arena;
    struct record record;
    struct attachments files;
    bool *is_kept; /* by file */
    int64_t kept_count, kept_bytes;
    unsigned char digest[HASH_MAX];
    char copy[STORE_FILE_NAME];
};

static bool is_named(const struct record_final *what, const char *name)
{
    for (size_t i = 0; i < what->file_count; i++) {
        if (strcmp(what->files[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_file(const struct finish *f, const char *name)
{
    for (size_t i = 0; i < f->files.n; i++) {
        if (strcmp(f->files.v[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Reads every file that goes along to its end: what cannot be read now could never be sent. */
static bool look_at_files(struct finish *f, struct err *err)
{
    for (size_t i = 0; i < f->what->file_count; i++) {
        if (!has_file(f, f->what->files[i])) {
            return err_set(err, ERR_MISSING, 0, "a file of record %lld is missing",
                           (long long)f->id);
        }
    }
    f->is_kept = arena_array(&f->arena, bool, f->files.n);
    bool ok = true;
    struct db_query *q =
        db_query(f->store->db, "SELECT file, digest FROM attachment WHERE record = ? ORDER BY id",
                 DB_WITH(DB_INT(f->id)), err);
    for (size_t i = 0; ok && i < f->files.n && db_next(q, err); i++) {
        f->is_kept[i] = is_named(f->what, f->files.v[i].name);
        if (f->is_kept[i]) {
            f->kept_count++;
            f->kept_bytes += f->files.v[i].size;
            ok = db_str(q, 1).n == HASH_BLAKE2B_SIZE &&
                 store_check_file(f->store, db_text(q, 0), (const unsigned char *)db_str(q, 1).s,
                                  err);
        }
    }
    return db_done(q) && ok;
}

static void add_member(struct buf *to, const char *key, const char *value)
{
    json_add_key(to, key);
    json_add_text(to, str_of(value));
}

/* What salvage needs to make the record again without the database. */
static void describe(struct finish *f, struct buf *to)
{
    buf_add_char(to, '{');
    add_member(to, "instance_id", f->record.instance_id);
    add_member(to, "form_id", f->record.form_id);
    add_member(to, "version", f->record.version);
    add_member(to, "visit", f->record.visit);
    add_member(to, "title", f->what->title ? f->what->title : f->record.title);
    json_add_key(to, "created_ms");
    json_add_number(to, (double)f->record.created_ms);
    json_add_key(to, "files");
    buf_add_char(to, '[');
    struct db_query *q =
        db_query(f->store->db,
                 "SELECT name, mime, file, size, hex(digest) FROM attachment WHERE record = ?"
                 " ORDER BY id",
                 DB_WITH(DB_INT(f->id)), NULL);
    bool is_first = true;
    for (size_t i = 0; db_next(q, NULL); i++) {
        if (f->is_kept[i]) {
            buf_add_text(to, is_first ? "{" : ",{");
            add_member(to, "name", db_text(q, 0));
            add_member(to, "mime", db_text(q, 1));
            add_member(to, "file", db_text(q, 2));
            json_add_key(to, "size");
            json_add_number(to, (double)db_int(q, 3));
            add_member(to, "digest", db_text(q, 4));
            buf_add_char(to, '}');
            is_first = false;
        }
    }
    db_done(q);
    buf_add_text(to, "]}\n");
}

/* A second copy beside the database: should its first page be lost, the record is not. */
static bool seal_copy(struct finish *f, struct err *err)
{
    struct buf head = {0};
    buf_add_text(&head, STORE_COPY_MAGIC);
    describe(f, &head);
    struct seal_writer *writer = store_seal(f->store, f->copy, err);
    bool ok = writer && seal_write(writer, head.s, head.n, err) &&
              seal_write(writer, f->what->xml.s, f->what->xml.n, err);
    if (ok) {
        ok = seal_finish(writer, err);
    } else {
        seal_abort(writer);
    }
    if (!ok) {
        f->copy[0] = 0;
    }
    buf_wipe(&head);
    return ok;
}

static bool freeze(struct finish *f, struct err *err)
{
    struct db *db = f->store->db;
    struct buf back = {0};
    bool ok = db_run(db, "INSERT INTO frozen (record, digest, file, xml) VALUES (?, ?, ?, ?)",
                     DB_WITH(DB_INT(f->id), DB_BLOB(f->digest, HASH_BLAKE2B_SIZE), DB_TEXT(f->copy),
                             DB_BLOB(f->what->xml.s, f->what->xml.n)),
                     err) &&
              record_xml(f->store, f->id, &back, err);
    buf_wipe(&back);
    return ok;
}

static bool drop_left_over(struct finish *f, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < f->files.n; i++) {
        ok = f->is_kept[i] || db_run(f->store->db, "DELETE FROM attachment WHERE id = ?",
                                     DB_WITH(DB_INT(f->files.v[i].id)), err);
    }
    return ok &&
           db_run(f->store->db, "DELETE FROM draft WHERE record = ?", DB_WITH(DB_INT(f->id)),
                  err) &&
           db_run(f->store->db, "DELETE FROM answer WHERE record = ?", DB_WITH(DB_INT(f->id)),
                  err) &&
           db_run(f->store->db, "DELETE FROM audit WHERE record = ?", DB_WITH(DB_INT(f->id)), err);
}

static bool has_deprecated_id(struct str xml)
{
    ptrdiff_t at = str_find(xml, STR("deprecatedID>"));
    size_t behind = (size_t)at + strlen("deprecatedID>");
    return at > 0 && behind < xml.n && xml.s[behind] != '<';
}

static bool queue(struct finish *f, struct err *err)
{
    int64_t now = clock_now_ms(), bytes = (int64_t)f->what->xml.n + f->kept_bytes;
    return db_run(f->store->db,
                  "UPDATE record SET state = 2, ready_ms = ?1, changed_ms = ?1,"
                  " sequence = (SELECT coalesce(max(sequence), 0) + 1 FROM record),"
                  " title = coalesce(?2, title), is_edit = ?3, files = ?4, bytes = ?5,"
                  " bytes_left = ?5 WHERE id = ?6",
                  DB_WITH(DB_INT(now), db_text_or_null(f->what->title),
                          DB_INT(has_deprecated_id(f->what->xml)), DB_INT(f->kept_count),
                          DB_INT(bytes), DB_INT(f->id)),
                  err) &&
           journal_note(f->store, "record.finish", f->id, f->record.instance_id, err);
}

/* One that a list refuses (there is no such list, the id is no UUID) is undone alone: the record is
 * worth more than its echo here. Whatever the disk refuses undoes all. */
static bool apply_changes(struct finish *f, struct err *err)
{
    for (size_t i = 0; i < f->what->change_count; i++) {
        struct err why = {0};
        if (!list_apply(f->store, &f->what->changes[i], &why) && why.kind != ERR_MISSING &&
            why.kind != ERR_INPUT) {
            return err_set(err, why.kind, why.code, "%s", why.text);
        }
    }
    return true;
}

static bool still_draft(struct finish *f, struct err *err)
{
    int64_t state;
    return db_number(f->store->db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(f->id)),
                     &state, 0, err) &&
           (state == RECORD_DRAFT ||
            err_set(err, ERR_INPUT, 0, "record %lld is finished already", (long long)f->id));
}

static void drop_files(struct finish *f, bool ok, char *const *names)
{
    if (!ok && f->copy[0]) {
        store_drop_file(f->store, f->copy);
    }
    for (size_t i = 0; ok && i < f->files.n; i++) {
        if (!f->is_kept[i]) {
            store_drop_file(f->store, names[i]);
        }
    }
}

/* File names by attachment, known before the rows go. */
static char **file_names(struct finish *f)
{
    char **names = arena_array(&f->arena, char *, f->files.n);
    struct db_query *q =
        db_query(f->store->db, "SELECT file FROM attachment WHERE record = ? ORDER BY id",
                 DB_WITH(DB_INT(f->id)), NULL);
    for (size_t i = 0; i < f->files.n && db_next(q, NULL); i++) {
        names[i] = arena_strdup(&f->arena, db_text(q, 0));
    }
    db_done(q);
    return names;
}

bool record_finish(struct store *store, int64_t id, const struct record_final *what,
                   struct err *err)
{
    struct finish f = {.store = store, .id = id, .what = what};
    hash_bytes(HASH_BLAKE2B, what->xml.s, what->xml.n, f.digest);
    bool ok = what->xml.n > 0 || err_set(err, ERR_INPUT, 0, "nothing to finish");
    /* What takes long comes before the write lock. */
    ok = ok && record_get(store, id, &f.arena, &f.record, err) && still_draft(&f, err) &&
         attachment_list(store, id, &f.arena, &f.files, err) && look_at_files(&f, err) &&
         seal_copy(&f, err);
    if (ok) {
        char **names = file_names(&f);
        ok = db_begin(store->db, err) &&
             db_end(store->db,
                    still_draft(&f, err) && freeze(&f, err) && drop_left_over(&f, err) &&
                        queue(&f, err) && apply_changes(&f, err),
                    err);
        drop_files(&f, ok, names);
    }
    arena_finish(&f.arena);
    return ok;
}
