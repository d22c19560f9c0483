#include "app/hub/archive_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

static const int64_t disk_reserve = 16 << 20; /* kept free for the rows and the log */

void archive_kept_path(const struct archive *archive, struct str digest, char path[ARCHIVE_PATH])
{
    struct buf hex = {0};
    hash_add_hex(&hex, digest.s, digest.n);
    snprintf(path, ARCHIVE_PATH, "%s/files/%.2s/%s", archive->data, buf_text(&hex), buf_text(&hex));
    buf_finish(&hex);
}

static bool make_folders(const char *data, struct err *err)
{
    char path[ARCHIVE_PATH];
    snprintf(path, sizeof(path), "%s/files/ff", data);
    if (file_exists(path)) {
        return true;
    }
    for (int i = 0; i < ARCHIVE_SHARDS; i++) {
        snprintf(path, sizeof(path), "%s/files/%02x", data, (unsigned)i);
        if (!file_make_folder(path, err)) {
            return false;
        }
    }
    snprintf(path, sizeof(path), "%s/files", data);
    return file_sync_folder(path, err);
}

bool archive_open(struct archive **out, const char *data, struct err *err)
{
    struct archive *archive = mem_alloc(1, sizeof(*archive));
    char path[ARCHIVE_PATH];
    *out = NULL;
    if (strlen(data) > ARCHIVE_PATH - 100) {
        archive_close(archive);
        return err_set(err, ERR_INPUT, 0, "the path of the data folder is too long");
    }
    snprintf(archive->data, sizeof(archive->data), "%s", data);
    snprintf(path, sizeof(path), "%s/incoming", data);
    bool ok = file_make_folder(path, err) && make_folders(data, err);
    snprintf(path, sizeof(path), "%s/hub.db", data);
    struct db_options options = {.cache_kib = 8192, .busy_ms = 20000};
    if (!ok || !db_open(path, &options, &archive->db, err) ||
        !db_migrate(archive->db, archive_migrations, err)) {
        archive_close(archive);
        return err_prefix(err, "archive: ");
    }
    *out = archive;
    return true;
}

void archive_forget_defs(struct archive *archive)
{
    struct map_slot slot;
    size_t at = 0;
    while (map_next(&archive->defs, &at, &slot)) {
        formdef_destroy(slot.value);
    }
    map_finish(&archive->defs);
    arena_finish(&archive->def_keys);
}

void archive_close(struct archive *archive)
{
    if (archive) {
        archive_forget_defs(archive);
        buf_finish(&archive->removed);
        db_close(archive->db);
        free(archive);
    }
}

static bool remove_spooled(void *ctx, const char *name)
{
    char path[ARCHIVE_PATH];
    snprintf(path, sizeof(path), "%s/incoming/%s", (const char *)ctx, name);
    unlink(path);
    return true;
}

bool archive_sweep(struct archive *archive, struct err *err)
{
    char path[ARCHIVE_PATH];
    snprintf(path, sizeof(path), "%s/incoming", archive->data);
    return file_list(path, remove_spooled, archive->data, err);
}

/* ---- brackets ---- */

bool archive_begin(struct archive *archive, struct err *err)
{
    bool ok = db_begin(archive->db, err);
    archive->depth += ok ? 1 : 0;
    return ok;
}

static bool sync_folders(struct archive *archive, struct err *err)
{
    char path[ARCHIVE_PATH];
    for (int i = 0; i < ARCHIVE_SHARDS; i++) {
        snprintf(path, sizeof(path), "%s/files/%02x", archive->data, (unsigned)i);
        if (archive->dirty[i] && !file_sync_folder(path, err)) {
            return false;
        }
        archive->dirty[i] = false;
    }
    return true;
}

bool archive_end(struct archive *archive, bool ok, struct err *err)
{
    archive->depth--;
    if (ok && archive->depth == 0) {
        ok = sync_folders(archive, err);
    }
    return db_end(archive->db, ok, err);
}

void archive_fill_disk(struct archive *archive, bool full)
{
    db_limit_pages(archive->db, full ? db_pages(archive->db) : 0);
}

/* ---- kept files ---- */

bool archive_spool(const char *data, uint64_t size, struct buf *path, struct err *err)
{
    char name[RAND_UUID_TEXT];
    int64_t free_bytes = file_free_space(data);
    if (free_bytes >= 0 && (uint64_t)free_bytes < size + (uint64_t)disk_reserve) {
        return err_set(err, ERR_STORAGE, ENOSPC, "no room for an upload");
    }
    rand_uuid(name);
    buf_addf(path, "%s/incoming/%s", data, name);
    return true;
}

bool archive_keep(struct archive *archive, const char *spool, const unsigned char digest[32],
                  struct err *err)
{
    char path[ARCHIVE_PATH];
    archive_kept_path(archive, (struct str){(const char *)digest, 32}, path);
    archive->dirty[digest[0]] = true;
    if (rename(spool, path) != 0) {
        /* sent twice in one batch: the first one took it there */
        return (errno == ENOENT && file_exists(path)) ||
               err_set(err, ERR_STORAGE, errno, "cannot keep a file");
    }
    return true;
}

bool archive_keep_bytes(struct archive *archive, struct str bytes, unsigned char digest[32],
                        struct err *err)
{
    struct buf path = {0};
    unsigned char full[HASH_MAX];
    hash_bytes(HASH_BLAKE2B, bytes.s, bytes.n, full);
    memcpy(digest, full, 32);
    bool ok = archive_spool(archive->data, bytes.n, &path, err) &&
              file_write(buf_text(&path), bytes.s, bytes.n, err) &&
              archive_keep(archive, buf_text(&path), digest, err);
    buf_finish(&path);
    return ok;
}

bool archive_open_kept(struct archive *archive, struct str digest, int *fd, uint64_t *size,
                       struct err *err)
{
    char path[ARCHIVE_PATH];
    struct stat info;
    archive_kept_path(archive, digest, path);
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &info) != 0) {
        int reason = errno;
        if (*fd >= 0) {
            close(*fd);
        }
        *fd = -1;
        return err_set(err, ERR_DAMAGED, reason, "a kept file cannot be opened");
    }
    *size = (uint64_t)info.st_size;
    return true;
}

/* ---- settings and audit ---- */

bool archive_setting(struct archive *archive, const char *name, struct buf *value, struct err *err)
{
    struct db_query *q = db_query(archive->db, "select value from setting where name = ?",
                                  DB_WITH(DB_TEXT(name)), err);
    while (db_next(q, err)) {
        buf_add_str(value, db_str(q, 0));
    }
    return db_done(q);
}

bool archive_set(struct archive *archive, const char *name, struct str value, struct err *err)
{
    return db_run(archive->db,
                  "insert into setting(name, value) values(?1, ?2)"
                  " on conflict(name) do update set value = excluded.value",
                  DB_WITH(DB_TEXT(name), DB_STR(value)), err);
}

bool archive_audit(struct archive *archive, const char *who, const char *what, const char *about,
                   const char *reason, struct err *err)
{
    return db_run(archive->db,
                  "insert into audit(ms, who, what, about, reason) values(?, ?, ?, ?, ?)",
                  DB_WITH(DB_INT(clock_now_ms()), DB_TEXT(who), DB_TEXT(what), DB_TEXT(about),
                          DB_TEXT(reason)),
                  err);
}

bool archive_audit_list(struct archive *archive, int count,
                        void (*each)(void *ctx, const struct archive_audit_row *row), void *ctx,
                        struct err *err)
{
    struct db_query *q = db_query(
        archive->db, "select ms, who, what, about, reason from audit order by id desc limit ?",
        DB_WITH(DB_INT(count)), err);
    while (db_next(q, err)) {
        struct archive_audit_row row = {db_int(q, 0), db_text(q, 1), db_text(q, 2), db_text(q, 3),
                                        db_text(q, 4)};
        each(ctx, &row);
    }
    return db_done(q);
}

bool archive_totals(struct archive *archive, struct archive_totals *totals, struct err *err)
{
    struct db_query *q = db_query(
        archive->db,
        "select (select count(*) from record where state = 1),"
        " (select coalesce(sum(files_here), 0) from record where state = 1),"
        " (select coalesce(sum(files - files_here), 0) from record where state = 1),"
        " (select count(*) from device where revoked_ms is null), (select count(*) from form),"
        " (select count(*) from list), (select count(*) from entity where deleted_ms is null),"
        " (select count(*) from entity_error)",
        DB_NONE, err);
    while (db_next(q, err)) {
        *totals = (struct archive_totals){db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3),
                                          db_int(q, 4), db_int(q, 5), db_int(q, 6), db_int(q, 7)};
    }
    return db_done(q);
}
