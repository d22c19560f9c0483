#include "app/store/attachment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

struct attachment_writer {
    struct store *store;
    int64_t record;
    char *name, *mime;
    char file[STORE_FILE_NAME];
    struct seal_writer *seal;
    struct hash *hash;
    int64_t size;
};

struct attachment_reader {
    struct seal_reader *seal;
    struct hash *hash; /* NULL after a seek: the seal alone proves the bytes then */
    unsigned char digest[HASH_BLAKE2B_SIZE];
    int64_t size;
};

static bool is_draft(struct store *store, int64_t record, struct err *err)
{
    int64_t state;
    return db_number(store->db, "SELECT state FROM record WHERE id = ?", DB_WITH(DB_INT(record)),
                     &state, 0, err) &&
           (state == 1 || err_set(err, state ? ERR_DENIED : ERR_MISSING, 0,
                                  "record %lld is no draft", (long long)record));
}

struct attachment_writer *attachment_begin(struct store *store, int64_t record, const char *name,
                                           const char *mime, struct err *err)
{
    if (!is_draft(store, record, err)) {
        return NULL;
    }
    char file[STORE_FILE_NAME];
    struct seal_writer *seal = store_seal(store, file, err);
    if (!seal) {
        return NULL;
    }
    struct attachment_writer *writer = mem_alloc(1, sizeof(*writer));
    *writer = (struct attachment_writer){.store = store,
                                         .record = record,
                                         .name = mem_strdup(name),
                                         .mime = mem_strdup(mime ? mime : ""),
                                         .seal = seal,
                                         .hash = hash_begin(HASH_BLAKE2B)};
    memcpy(writer->file, file, sizeof(file));
    return writer;
}

bool attachment_write(struct attachment_writer *writer, const void *bytes, size_t n,
                      struct err *err)
{
    hash_more(writer->hash, bytes, n);
    writer->size += (int64_t)n;
    return seal_write(writer->seal, bytes, n, err);
}

/* The row takes the place of an older one of that name, whose file may then go. */
static bool put_row(struct attachment_writer *w, const unsigned char *digest, char **old,
                    struct err *err)
{
    struct db *db = w->store->db;
    if (!db_begin(db, err)) {
        return false;
    }
    struct db_query *q = db_query(db, "SELECT file FROM attachment WHERE record = ? AND name = ?",
                                  DB_WITH(DB_INT(w->record), DB_TEXT(w->name)), err);
    if (db_next(q, err)) {
        *old = mem_strdup(db_text(q, 0));
    }
    bool ok = db_done(q) && is_draft(w->store, w->record, err) &&
              db_run(db, "DELETE FROM attachment WHERE record = ? AND name = ?",
                     DB_WITH(DB_INT(w->record), DB_TEXT(w->name)), err) &&
              db_run(db,
                     "INSERT INTO attachment (record, name, mime, file, size, digest)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     DB_WITH(DB_INT(w->record), DB_TEXT(w->name), DB_TEXT(w->mime),
                             DB_TEXT(w->file), DB_INT(w->size), DB_BLOB(digest, HASH_BLAKE2B_SIZE)),
                     err) &&
              journal_note(w->store, "record.file", w->record, NULL, err);
    return db_end(db, ok, err);
}

bool attachment_end(struct attachment_writer *writer, bool ok, struct err *err)
{
    unsigned char digest[HASH_MAX];
    char *old = NULL;
    hash_end(writer->hash, digest);
    if (ok) {
        ok = seal_finish(writer->seal, err);
        if (ok && !put_row(writer, digest, &old, err)) {
            store_drop_file(writer->store, writer->file);
            ok = false;
        }
        if (ok && old) {
            store_drop_file(writer->store, old);
        }
    } else {
        seal_abort(writer->seal);
    }
    free(old);
    free(writer->name);
    free(writer->mime);
    free(writer);
    return ok;
}

bool attachment_put(struct store *store, int64_t record, const char *name, const char *mime,
                    struct str bytes, struct err *err)
{
    struct attachment_writer *writer = attachment_begin(store, record, name, mime, err);
    return writer && attachment_end(writer, attachment_write(writer, bytes.s, bytes.n, err), err);
}

bool attachment_remove(struct store *store, int64_t record, const char *name, struct err *err)
{
    char *file = NULL;
    if (!is_draft(store, record, err) || !db_begin(store->db, err)) {
        return false;
    }
    struct db_query *q =
        db_query(store->db, "SELECT file FROM attachment WHERE record = ? AND name = ?",
                 DB_WITH(DB_INT(record), DB_TEXT(name)), err);
    if (db_next(q, err)) {
        file = mem_strdup(db_text(q, 0));
    }
    bool ok =
        db_done(q) && db_run(store->db, "DELETE FROM attachment WHERE record = ? AND name = ?",
                             DB_WITH(DB_INT(record), DB_TEXT(name)), err);
    ok = db_end(store->db, ok, err);
    if (ok && file) {
        store_drop_file(store, file);
    }
    free(file);
    return ok;
}

bool attachment_list(struct store *store, int64_t record, struct arena *arena,
                     struct attachments *out, struct err *err)
{
    VEC(struct attachment) rows = {0};
    struct db_query *q = db_query(store->db,
                                  "SELECT id, record, name, mime, size, confirmed_ms"
                                  " FROM attachment WHERE record = ? ORDER BY id",
                                  DB_WITH(DB_INT(record)), err);
    while (db_next(q, err)) {
        vec_push(&rows, (struct attachment){.id = db_int(q, 0),
                                            .record = db_int(q, 1),
                                            .name = arena_strdup(arena, db_text(q, 2)),
                                            .mime = arena_strdup(arena, db_text(q, 3)),
                                            .size = db_int(q, 4),
                                            .confirmed_ms = db_int(q, 5)});
    }
    out->v = arena_array(arena, struct attachment, rows.n);
    out->n = rows.n;
    if (rows.n) {
        memcpy(out->v, rows.v, rows.n * sizeof(*rows.v));
    }
    vec_finish(&rows);
    return db_done(q);
}

static struct attachment_reader *open_row(struct store *store, struct db_query *q, struct err *err)
{
    struct attachment_reader *reader = NULL;
    bool found = db_next(q, err);
    if (found) {
        struct str digest = db_str(q, 1);
        struct seal_reader *seal = store_unseal(store, db_text(q, 0), err);
        if (seal && digest.n == HASH_BLAKE2B_SIZE && seal_length(seal) == db_int(q, 2)) {
            reader = mem_alloc(1, sizeof(*reader));
            reader->seal = seal;
            reader->size = db_int(q, 2);
            reader->hash = hash_begin(HASH_BLAKE2B);
            memcpy(reader->digest, digest.s, digest.n);
        } else if (seal) {
            seal_close(seal);
            err_set(err, ERR_DAMAGED, 0, "a file has another length");
        }
    }
    if (!db_done(q) || reader || found) {
        return reader;
    }
    err_set(err, ERR_MISSING, 0, "no such file");
    return NULL;
}

struct attachment_reader *attachment_open(struct store *store, int64_t id, struct err *err)
{
    return open_row(store,
                    db_query(store->db, "SELECT file, digest, size FROM attachment WHERE id = ?",
                             DB_WITH(DB_INT(id)), err),
                    err);
}

struct attachment_reader *attachment_open_name(struct store *store, int64_t record,
                                               const char *name, struct err *err)
{
    return open_row(store,
                    db_query(store->db,
                             "SELECT file, digest, size FROM attachment WHERE record = ?"
                             " AND name = ?",
                             DB_WITH(DB_INT(record), DB_TEXT(name)), err),
                    err);
}

int64_t attachment_size(const struct attachment_reader *reader)
{
    return reader->size;
}

bool attachment_read(struct attachment_reader *reader, void *bytes, size_t n, size_t *got,
                     struct err *err)
{
    if (!seal_read(reader->seal, bytes, n, got, err)) {
        return false;
    }
    if (reader->hash && *got) {
        hash_more(reader->hash, bytes, *got);
    } else if (reader->hash && n) {
        unsigned char digest[HASH_MAX];
        hash_end(reader->hash, digest);
        reader->hash = NULL;
        return hash_equal(digest, reader->digest, HASH_BLAKE2B_SIZE) ||
               err_set(err, ERR_DAMAGED, 0, "a file is not what was written");
    }
    return true;
}

bool attachment_seek(struct attachment_reader *reader, int64_t at, struct err *err)
{
    hash_abort(reader->hash);
    reader->hash = at == 0 ? hash_begin(HASH_BLAKE2B) : NULL;
    return seal_seek(reader->seal, at, err);
}

void attachment_close(struct attachment_reader *reader)
{
    if (reader) {
        seal_close(reader->seal);
        hash_abort(reader->hash);
        free(reader);
    }
}

bool attachment_load(struct store *store, int64_t record, const char *name, struct buf *bytes,
                     struct err *err)
{
    struct attachment_reader *reader = attachment_open_name(store, record, name, err);
    size_t got = 1;
    bool ok = reader != NULL;
    while (ok && got) {
        char *to = buf_reserve(bytes, SEAL_CHUNK);
        ok = to ? attachment_read(reader, to, SEAL_CHUNK, &got, err)
                : err_set(err, ERR_INPUT, 0, "the file is larger than allowed");
        bytes->n += ok ? got : 0;
        if (to) {
            bytes->s[bytes->n] = 0;
        }
    }
    attachment_close(reader);
    return ok;
}
