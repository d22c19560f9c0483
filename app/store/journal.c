#include "app/store/journal.h"

#include <stdio.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/where.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"

struct link {
    int64_t sequence;
    unsigned char digest[CRYPT_MAC];
};

static void add_field(struct buf *to, struct str field)
{
    buf_addf(to, "%zu:", field.n);
    buf_add_str(to, field);
}

/* Each field with its length, so that no two rows have the same bytes. */
static void digest_row(const struct link *before, const struct journal_row *row, struct link *out)
{
    struct buf bytes = {0};
    buf_add(&bytes, before->digest, sizeof(before->digest));
    buf_addf(&bytes, "%lld:%lld:", (long long)row->sequence, (long long)row->at_ms);
    add_field(&bytes, str_of(row->actor));
    add_field(&bytes, str_of(row->deed));
    add_field(&bytes, str_of(row->about));
    add_field(&bytes, str_of(row->detail));
    crypt_mac(NULL, bytes.s, bytes.n, out->digest);
    out->sequence = row->sequence;
    buf_finish(&bytes);
}

static bool newest(struct store *store, struct link *link, struct err *err)
{
    *link = (struct link){0};
    struct db_query *q =
        db_query(store->db, "SELECT sequence, digest FROM journal ORDER BY sequence DESC LIMIT 1",
                 DB_NONE, err);
    if (db_next(q, err)) {
        struct str digest = db_str(q, 1);
        link->sequence = db_int(q, 0);
        memcpy(link->digest, digest.s,
               digest.n < sizeof(link->digest) ? digest.n : sizeof(link->digest));
    }
    return db_done(q);
}

static bool add_row(struct store *store, const char *deed, const char *about, const char *detail,
                    struct err *err)
{
    struct link before, now;
    if (!newest(store, &before, err)) {
        return false;
    }
    struct journal_row row = {.sequence = before.sequence + 1,
                              .at_ms = clock_now_ms(),
                              .actor = store->actor,
                              .deed = deed,
                              .about = about ? about : "",
                              .detail = detail ? detail : ""};
    digest_row(&before, &row, &now);
    return db_run(store->db, "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
                  DB_WITH(DB_INT(row.sequence), DB_INT(row.at_ms), DB_TEXT(row.actor),
                          DB_TEXT(row.deed), DB_TEXT(row.about), DB_TEXT(row.detail),
                          DB_BLOB(now.digest, sizeof(now.digest))),
                  err);
}

bool journal_add(struct store *store, const char *deed, const char *about, const char *detail,
                 struct err *err)
{
    if (db_in_change(store->db)) {
        return add_row(store, deed, about, detail, err);
    }
    /* Read and write under one lock, or another thread's row could come between. */
    return db_begin(store->db, err) &&
           db_end(store->db, add_row(store, deed, about, detail, err), err);
}

bool journal_note(struct store *store, const char *deed, int64_t id, const char *detail,
                  struct err *err)
{
    char about[24];
    snprintf(about, sizeof(about), "%lld", (long long)id);
    return journal_add(store, deed, about, detail, err);
}

static void read_row(struct db_query *q, struct journal_row *row)
{
    *row = (struct journal_row){.sequence = db_int(q, 0),
                                .at_ms = db_int(q, 1),
                                .actor = db_text(q, 2),
                                .deed = db_text(q, 3),
                                .about = db_text(q, 4),
                                .detail = db_text(q, 5)};
}

bool journal_page(struct store *store, const char *deed, struct page page, struct arena *arena,
                  struct journal_rows *out, struct err *err)
{
    struct where where = {0};
    if (deed) {
        where_add(&where, "substr(deed, 1, length(?1)) = ?1", DB_TEXT(deed));
    }
    where_add_page(&where, " ORDER BY sequence DESC", page);
    struct db_query *q = where_query(
        &where, store->db, "SELECT sequence, at_ms, actor, deed, about, detail FROM journal", err);
    out->v = arena_array(arena, struct journal_row, (size_t)page_limit(page));
    out->n = 0;
    while (db_next(q, err)) {
        struct journal_row row;
        read_row(q, &row);
        row.actor = arena_strdup(arena, row.actor);
        row.deed = arena_strdup(arena, row.deed);
        row.about = arena_strdup(arena, row.about);
        row.detail = arena_strdup(arena, row.detail);
        out->v[out->n++] = row;
    }
    where_finish(&where);
    return db_done(q);
}

bool journal_check(struct store *store, struct err *err)
{
    struct link before = {0}, now;
    int64_t broken = 0;
    struct db_query *q = db_query(store->db,
                                  "SELECT sequence, at_ms, actor, deed, about, detail, digest"
                                  " FROM journal ORDER BY sequence",
                                  DB_NONE, err);
    while (!broken && db_next(q, err)) {
        struct journal_row row;
        read_row(q, &row);
        digest_row(&before, &row, &now);
        struct str kept = db_str(q, 6);
        if (row.sequence != before.sequence + 1 || kept.n != sizeof(now.digest) ||
            memcmp(kept.s, now.digest, kept.n) != 0) {
            broken = row.sequence;
        }
        before = now;
    }
    return db_done(q) && (!broken || err_set(err, ERR_DAMAGED, (int)broken,
                                             "the journal breaks at row %lld", (long long)broken));
}

bool journal_head(struct store *store, int64_t *sequence, char digest[65], struct err *err)
{
    struct link head;
    struct buf hex = {0};
    if (!newest(store, &head, err)) {
        return false;
    }
    hash_add_hex(&hex, head.digest, sizeof(head.digest));
    snprintf(digest, 65, "%s", buf_text(&hex));
    *sequence = head.sequence;
    buf_finish(&hex);
    return true;
}
