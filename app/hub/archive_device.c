#include "app/hub/archive_sqlite.h"

#include <stdio.h>

#include "platform/base/clock.h"
#include "platform/base/utf8.h"

enum { NAME_MAX_BYTES = 120 };

static bool is_name(const char *name)
{
    struct str rest = str_of(name);
    uint32_t c;
    if (rest.n == 0 || rest.n > NAME_MAX_BYTES || !utf8_valid(rest)) {
        return false;
    }
    while (utf8_next(&rest, &c)) {
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return true;
}

bool archive_device_add(struct archive *archive, const char *name, int64_t expires_ms,
                        char token[TOKEN_TEXT], char code[CODE_TEXT], struct err *err)
{
    unsigned char token_hash[TOKEN_DIGEST], code_hash[TOKEN_DIGEST];
    int64_t same = 0;
    if (!is_name(name)) {
        return err_set(err, ERR_INPUT, 0, "the name of a device is 1 to %d bytes of plain text",
                       NAME_MAX_BYTES);
    }
    token_make(token);
    token_make_code(code);
    token_digest(str_of(token), false, token_hash);
    token_digest(str_of(code), true, code_hash);
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok =
        db_number(archive->db, "select count(*) from device where name = ? and revoked_ms is null",
                  DB_WITH(DB_TEXT(name)), &same, 0, err);
    if (ok && same > 0) {
        ok = err_set(err, ERR_INPUT, 0, "there is a device of that name already");
    }
    ok = ok && db_run(archive->db,
                      "insert into device(name, token, invite, code, created_ms, expires_ms)"
                      " values(?1, ?2, ?2, ?3, ?4, ?5)",
                      DB_WITH(DB_TEXT(name), DB_BLOB(token_hash, TOKEN_DIGEST),
                              DB_BLOB(code_hash, TOKEN_DIGEST), DB_INT(clock_now_ms()),
                              DB_INT(expires_ms)),
                      err);
    return archive_end(archive, ok, err);
}

struct claim {
    int64_t device;
    char holder[128];
    bool is_used;
};

/* The device that a code belongs to, in time and not revoked. */
static bool find_claim(struct archive *archive, const char *code, struct claim *claim,
                       struct buf *name, struct err *err)
{
    unsigned char typed[TOKEN_DIGEST], exact[TOKEN_DIGEST];
    bool found = false;
    token_digest(str_of(code), true, typed);
    token_digest(str_of(code), false, exact);
    struct db_query *q = db_query(
        archive->db,
        "select id, name, holder, first_ms from device"
        " where (code = ? or invite = ?)"
        " and revoked_ms is null and expires_ms >= ?",
        DB_WITH(DB_BLOB(typed, TOKEN_DIGEST), DB_BLOB(exact, TOKEN_DIGEST), DB_INT(clock_now_ms())),
        err);
    while (db_next(q, err)) {
        found = true;
        claim->device = db_int(q, 0);
        buf_clear(name);
        buf_add_text(name, db_text(q, 1));
        snprintf(claim->holder, sizeof(claim->holder), "%s", db_text(q, 2));
        claim->is_used = !db_is_null(q, 2) || !db_is_null(q, 3);
    }
    if (!db_done(q)) {
        return false;
    }
    return found || err_set(err, ERR_DENIED, 0, "no such code, or it is too old");
}

bool archive_device_enrol(struct archive *archive, const char *code, const char *holder,
                          char token[TOKEN_TEXT], struct buf *name, struct err *err)
{
    unsigned char hash[TOKEN_DIGEST];
    struct claim claim = {0};
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = find_claim(archive, code, &claim, name, err);
    /* an answer may get lost: the same holder may ask again while the code is in time */
    bool is_again = *holder && strncmp(claim.holder, holder, sizeof(claim.holder) - 1) == 0;
    if (ok && claim.is_used && !is_again) {
        ok = err_set(err, ERR_DENIED, 0, "the code was used already");
    }
    token_make(token);
    token_digest(str_of(token), false, hash);
    ok = ok &&
         db_run(archive->db, "update device set token = ?, holder = ? where id = ?",
                DB_WITH(DB_BLOB(hash, TOKEN_DIGEST), DB_TEXT(holder), DB_INT(claim.device)), err);
    return archive_end(archive, ok, err);
}

bool archive_device_find(struct archive *archive, const char *token, int64_t *device,
                         int64_t *seen_ms, struct err *err)
{
    unsigned char hash[TOKEN_DIGEST];
    bool found = false;
    token_digest(str_of(token), false, hash);
    /* a token that was handed out in a code counts only while the code does, until it is used */
    struct db_query *q =
        db_query(archive->db,
                 "select id, seen_ms from device where token = ?"
                 " and revoked_ms is null and"
                 " (first_ms is not null or holder is not null"
                 "  or expires_ms >= ?)",
                 DB_WITH(DB_BLOB(hash, TOKEN_DIGEST), DB_INT(clock_now_ms())), err);
    while (db_next(q, err)) {
        found = true;
        *device = db_int(q, 0);
        *seen_ms = db_int(q, 1);
    }
    if (!db_done(q)) {
        return false;
    }
    return found || err_set(err, ERR_DENIED, 0, "no such token");
}

bool archive_device_touch(struct archive *archive, int64_t device, const char *agent,
                          struct err *err)
{
    return db_run(archive->db,
                  "update device set seen_ms = ?1, first_ms = coalesce(first_ms, ?1),"
                  " agent = case when ?2 = '' then agent else ?2 end where id = ?3",
                  DB_WITH(DB_INT(clock_now_ms()), DB_TEXT(agent), DB_INT(device)), err);
}

bool archive_device_revoke(struct archive *archive, const char *name, struct err *err)
{
    if (!db_run(archive->db,
                "update device set revoked_ms = ? where name = ? and revoked_ms is null",
                DB_WITH(DB_INT(clock_now_ms()), DB_TEXT(name)), err)) {
        return false;
    }
    return db_changes(archive->db) > 0 ||
           err_set(err, ERR_MISSING, 0, "there is no device of that name in use");
}

bool archive_device_list(struct archive *archive,
                         void (*each)(void *ctx, const struct archive_device *device), void *ctx,
                         struct err *err)
{
    struct db_query *q =
        db_query(archive->db,
                 "select d.id, d.name, d.agent, d.created_ms, d.seen_ms, d.revoked_ms,"
                 " d.expires_ms, (select count(*) from record r where r.device = d.id),"
                 " d.first_ms is null and d.holder is null from device d order by d.id desc",
                 DB_NONE, err);
    while (db_next(q, err)) {
        struct archive_device device = {
            .id = db_int(q, 0),
            .name = db_text(q, 1),
            .agent = db_text(q, 2),
            .created_ms = db_int(q, 3),
            .seen_ms = db_int(q, 4),
            .revoked_ms = db_int(q, 5),
            .expires_ms = db_int(q, 6),
            .records = db_int(q, 7),
            .is_waiting = db_int(q, 8) != 0,
        };
        each(ctx, &device);
    }
    return db_done(q);
}
