#include "app/store/person.h"

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/where.h"
#include "app/store/words.h"
#include "platform/base/clock.h"
#include "platform/base/rand.h"
#include "platform/base/vec.h"

#define COLUMNS                                                                                    \
    "SELECT p.id, p.uuid, p.name, p.birth, p.sex, p.number, p.number_tail, p.number_purpose,"      \
    " p.address, p.commune, p.phone, p.origins, p.source, coalesce(p.household, 0), p.version,"    \
    " p.created_ms, p.changed_ms FROM person p"

static void read_person(struct db_query *q, struct arena *arena, struct person *p)
{
    const char **texts[] = {&p->uuid,    &p->name,        &p->birth,          &p->sex,
                            &p->number,  &p->number_tail, &p->number_purpose, &p->address,
                            &p->commune, &p->phone,       &p->origins,        &p->source};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i] = arena_strdup(arena, db_text(q, (int)i + 1));
    }
    p->id = db_int(q, 0);
    p->household = db_int(q, 13);
    p->version = db_int(q, 14);
    p->created_ms = db_int(q, 15);
    p->changed_ms = db_int(q, 16);
}

static bool read_all(struct db_query *q, struct arena *arena, struct persons *out, struct err *err)
{
    VEC(struct person) rows = {0};
    while (db_next(q, err)) {
        read_person(q, arena, vec_add(&rows));
    }
    out->v = arena_array(arena, struct person, rows.n);
    out->n = rows.n;
    if (rows.n) {
        memcpy(out->v, rows.v, rows.n * sizeof(*rows.v));
    }
    vec_finish(&rows);
    return db_done(q);
}

/* The keyed digest of a number; false when there is no number. */
static bool digest_number(const struct store *store, const char *number,
                          unsigned char digest[CRYPT_MAC])
{
    if (!number || !*number) {
        return false;
    }
    crypt_mac(store->search, number, strlen(number), digest);
    return true;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *tail_of(const char *number)
{
    size_t n = strlen(number);
    return n > 4 ? number + n - 4 : number;
}

/* What is derived from the values given, ready to be bound. */
struct derived {
    struct buf folded, words, key;
    unsigned char digest[CRYPT_MAC];
    bool has_number, keeps_number;
    const char *tail;
};

static void derive(const struct store *store, const struct person *p, struct derived *d)
{
    *d = (struct derived){0};
    d->has_number = digest_number(store, p->number, d->digest);
    d->keeps_number = d->has_number && p->number_purpose && *p->number_purpose;
    d->tail = d->has_number ? tail_of(p->number) : or_empty(p->number_tail);
    fold_add(&d->folded, str_of(p->name));
    sort_add_name_key(&d->key, str_of(p->name));
    words_fold(&d->words,
               (const char *const[]){or_empty(p->name), or_empty(p->phone), d->tail, NULL});
}

static void derived_finish(struct derived *d)
{
    buf_wipe(&d->folded);
    buf_wipe(&d->words);
    buf_wipe(&d->key);
}

static bool insert(struct store *store, struct person *p, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    bool ok =
        db_run(store->db,
               "INSERT INTO person (uuid, name, birth, sex, number, number_tail,"
               " number_purpose, address, commune, phone, origins, source, version,"
               " created_ms, changed_ms, folded, sort_key)"
               " VALUES (?, '', '', '', '', '', '', '', '', '', '', '', 0, ?, 0, '', x'')",
               DB_WITH(DB_TEXT(p->uuid && *p->uuid ? p->uuid : uuid), DB_INT(clock_now_ms())), err);
    p->id = ok ? db_last_id(store->db) : 0;
    return ok;
}

static bool update(struct store *store, const struct person *p, const struct derived *d,
                   struct err *err)
{
    return db_run(store->db,
                  "UPDATE person SET name = ?, birth = ?, sex = ?, number = ?, number_tail = ?,"
                  " number_digest = coalesce(?, number_digest), number_purpose = ?, address = ?,"
                  " commune = ?, phone = ?, origins = ?, source = ?, household = ?,"
                  " version = version + 1, changed_ms = ?, folded = ?, sort_key = ? WHERE id = ?",
                  DB_WITH(DB_TEXT(p->name), DB_TEXT(p->birth), DB_TEXT(p->sex),
                          DB_TEXT(d->keeps_number ? p->number : ""), DB_TEXT(d->tail),
                          d->has_number ? DB_BLOB(d->digest, CRYPT_MAC) : DB_NULL,
                          DB_TEXT(d->keeps_number ? p->number_purpose : ""), DB_TEXT(p->address),
                          DB_TEXT(p->commune), DB_TEXT(p->phone), DB_TEXT(p->origins),
                          DB_TEXT(p->source), p->household ? DB_INT(p->household) : DB_NULL,
                          DB_INT(clock_now_ms()), DB_STR(buf_str(&d->folded)),
                          DB_BLOB(d->key.s, d->key.n), DB_INT(p->id)),
                  err) &&
           (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no such person")) &&
           db_run(store->db, "INSERT OR REPLACE INTO person_word (rowid, text) VALUES (?, ?)",
                  DB_WITH(DB_INT(p->id), DB_STR(buf_str(&d->words))), err);
}

bool person_save(struct store *store, struct person *person, struct err *err)
{
    struct derived d;
    bool is_new = person->id == 0;
    if (!db_begin(store->db, err)) {
        return false;
    }
    derive(store, person, &d);
    bool ok = (!is_new || insert(store, person, err)) && update(store, person, &d, err) &&
              journal_note(store, is_new ? "person.add" : "person.change", person->id,
                           d.keeps_number ? "full number" : NULL, err);
    derived_finish(&d);
    ok = db_end(store->db, ok, err);
    if (!ok && is_new) {
        person->id = 0;
    }
    return ok;
}

bool person_get(struct store *store, int64_t id, struct arena *arena, struct person *person,
                struct err *err)
{
    struct db_query *q = db_query(store->db, COLUMNS " WHERE p.id = ?", DB_WITH(DB_INT(id)), err);
    bool found = db_next(q, err);
    if (found) {
        read_person(q, arena, person);
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such person"));
}

bool person_find_same(struct store *store, const struct person *like, struct arena *arena,
                      struct persons *out, struct err *err)
{
    unsigned char digest[CRYPT_MAC];
    struct buf folded = {0};
    char year[5] = "";
    bool has_number = digest_number(store, like->number, digest);
    fold_add(&folded, str_of(like->name));
    snprintf(year, sizeof(year), "%.4s", or_empty(like->birth));
    struct db_query *q =
        db_query(store->db,
                 COLUMNS " WHERE p.id <> ?1 AND p.erased_ms = 0 AND (p.number_digest = ?2 OR"
                         " (p.folded = ?3 AND ?3 <> '' AND (?4 = '' OR p.birth = '' OR"
                         " substr(p.birth, 1, 4) = ?4)))"
                         " ORDER BY p.number_digest IS ?2 DESC, p.changed_ms DESC LIMIT 20",
                 DB_WITH(DB_INT(like->id), has_number ? DB_BLOB(digest, CRYPT_MAC) : DB_NULL,
                         DB_STR(buf_str(&folded)), DB_TEXT(year)),
                 err);
    bool ok = read_all(q, arena, out, err);
    buf_wipe(&folded);
    return ok;
}

bool person_search(struct store *store, struct str typed, struct page page, struct arena *arena,
                   struct persons *out, struct err *err)
{
    struct where where = {0};
    struct buf words = {0};
    where_add_plain(&where, "p.erased_ms = 0");
    if (words_query(&words, typed)) {
        where_add(&where, "p.id IN (SELECT rowid FROM person_word WHERE person_word MATCH ?)",
                  DB_STR(buf_str(&words)));
    }
    where_add_page(&where, " ORDER BY p.sort_key", page);
    struct db_query *q = where_query(&where, store->db, COLUMNS, err);
    bool ok = read_all(q, arena, out, err);
    buf_wipe(&words);
    where_finish(&where);
    return ok;
}

bool person_of_household(struct store *store, int64_t household, struct arena *arena,
                         struct persons *out, struct err *err)
{
    return read_all(db_query(store->db,
                             COLUMNS " WHERE p.household = ? AND p.erased_ms = 0"
                                     " ORDER BY p.sort_key",
                             DB_WITH(DB_INT(household)), err),
                    arena, out, err);
}

bool person_erase(struct store *store, int64_t id, const char *why, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        db_run(store->db,
               "UPDATE person SET name = '', birth = substr(birth, 1, 4), number = '',"
               " number_tail = '', number_digest = NULL, number_purpose = '', address = '',"
               " phone = '', origins = '', folded = '', sort_key = x'', household = NULL,"
               " erased_ms = ?1, changed_ms = ?1, version = version + 1 WHERE id = ?2",
               DB_WITH(DB_INT(clock_now_ms()), DB_INT(id)), err) &&
        db_run(store->db, "DELETE FROM person_word WHERE rowid = ?", DB_WITH(DB_INT(id)), err) &&
        db_run(store->db, "UPDATE visit SET title = '' WHERE person = ?", DB_WITH(DB_INT(id)),
               err) &&
        db_run(store->db,
               "DELETE FROM visit_word WHERE rowid IN (SELECT id FROM visit WHERE person = ?)",
               DB_WITH(DB_INT(id)), err) &&
        journal_note(store, "person.erase", id, why, err) &&
        /* The word index keeps what was deleted until it is merged. */
        db_script(store->db,
                  "INSERT INTO person_word (person_word) VALUES ('optimize');"
                  "INSERT INTO visit_word (visit_word) VALUES ('optimize')",
                  err);
    return db_end(store->db, ok, err);
}
