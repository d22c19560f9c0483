/* What concerns the whole file: schema steps, checks, copies, size. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#define LOG_ROOM "db"
#include "platform/base/aside.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/db/db.h"

static bool migrate_one(struct db *db, const struct db_migration *step, struct err *err)
{
    char sql[48];
    snprintf(sql, sizeof(sql), "PRAGMA user_version=%d", step->number);
    if (!db_begin(db, err)) {
        return false;
    }
    bool ok = db_script(db, step->sql, err) && db_script(db, sql, err);
    return db_end(db, ok, err) || err_prefix(err, "migration %s", step->name);
}

bool db_migrate(struct db *db, const struct db_migration *steps, struct err *err)
{
    int64_t now = 0;
    int newest = 0;
    if (!db_number(db, "PRAGMA user_version", DB_NONE, &now, 0, err)) {
        return false;
    }
    for (const struct db_migration *step = steps; step->number; step++) {
        newest = step->number;
    }
    if (now > newest) {
        return err_set(err, ERR_INPUT, (int)now, "the database was made by a newer program");
    }
    for (const struct db_migration *step = steps; step->number; step++) {
        if (step->number > now && !migrate_one(db, step, err)) {
            return false;
        }
    }
    if (now < newest) {
        log_info("database brought from %d to %d", (int)now, newest);
    }
    return true;
}

bool db_check(struct db *db, struct err *err)
{
    bool is_good = false;
    struct db_query *q = db_query(db, "PRAGMA integrity_check(1)", DB_NONE, err);
    if (db_next(q, err)) {
        is_good = strcmp(db_text(q, 0), "ok") == 0 ||
                  err_set(err, ERR_DAMAGED, SQLITE_CORRUPT, "%s", db_text(q, 0));
    }
    return db_done(q) && is_good;
}

/* VACUUM INTO leaves its file to the system's own time. */
static bool sync_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && aside_fsync(fd) == 0;
    if (!ok) {
        err_set(err, ERR_STORAGE, errno, "cannot sync the copy: %s", strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* SQLite would make it with the rights of the umask. */
static bool make_empty(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 ? close(fd) == 0
                   : err_set(err, ERR_STORAGE, errno, "cannot make the copy: %s", strerror(errno));
}

bool db_copy(struct db *db, const char *path, struct err *err)
{
    char beside[4096];
    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside)) {
        return err_set(err, ERR_INPUT, ENAMETOOLONG, "the path is too long");
    }
    if (!file_remove(beside, err) || !make_empty(beside, err)) {
        return false;
    }
    /* An empty file is taken by VACUUM INTO; the copy gets the cipher and key of this one. */
    bool ok = db_run(db, "VACUUM INTO ?", DB_WITH(DB_TEXT(beside)), err) &&
              sync_file(beside, err) && file_rename(beside, path, err);
    if (!ok) {
        file_remove(beside, NULL);
    }
    return ok;
}

bool db_compact(struct db *db, struct err *err)
{
    return db_script(db, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", err);
}

void db_limit_pages(struct db *db, int64_t pages)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count=%lld",
             pages ? (long long)pages : 1073741823LL);
    db_script(db, sql, NULL);
}

int64_t db_pages(struct db *db)
{
    int64_t pages;
    db_number(db, "PRAGMA page_count", DB_NONE, &pages, 0, NULL);
    return pages;
}
