#include "app/store/consent.h"

#include <stdio.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/journal.h"
#include "platform/base/clock.h"
#include "platform/base/rand.h"

bool consent_add(struct store *store, struct consent *c, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    c->at_ms = c->at_ms ? c->at_ms : clock_now_ms();
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok = db_run(store->db,
                     "INSERT INTO consent (uuid, visit, person, text_version, text_hash, language,"
                     " channel, giver, giver_name, witness, granted, refused, at_ms)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     DB_WITH(DB_TEXT(c->uuid && *c->uuid ? c->uuid : uuid), DB_INT(c->visit),
                             DB_INT(c->person), DB_TEXT(c->text_version), DB_TEXT(c->text_hash),
                             DB_TEXT(c->language), DB_TEXT(c->channel), DB_TEXT(c->giver),
                             DB_TEXT(c->giver_name), DB_TEXT(c->witness), DB_TEXT(c->granted),
                             DB_TEXT(c->refused), DB_INT(c->at_ms)),
                     err);
    c->id = ok ? db_last_id(store->db) : 0;
    ok = ok && journal_note(store, "consent.add", c->id, NULL, err);
    return db_end(store->db, ok, err);
}

bool consent_bind(struct store *store, int64_t id, int64_t visit, int64_t person, struct err *err)
{
    return db_run(store->db, "UPDATE consent SET visit = ?, person = ? WHERE id = ?",
                  DB_WITH(DB_INT(visit), DB_INT(person), DB_INT(id)), err) &&
           (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no such consent"));
}

bool consent_get(struct store *store, int64_t id, struct arena *arena, struct consent *c,
                 struct err *err)
{
    const char **texts[] = {&c->uuid,  &c->text_version, &c->text_hash, &c->language, &c->channel,
                            &c->giver, &c->giver_name,   &c->witness,   &c->granted,  &c->refused};
    const int count = sizeof(texts) / sizeof(*texts);
    struct db_query *q =
        db_query(store->db,
                 "SELECT uuid, text_version, text_hash, language, channel, giver, giver_name,"
                 " witness, granted, refused, visit, person, at_ms, withdrawn_ms"
                 " FROM consent WHERE id = ?",
                 DB_WITH(DB_INT(id)), err);
    bool found = db_next(q, err);
    for (int i = 0; found && i < count; i++) {
        *texts[i] = arena_strdup(arena, db_text(q, i));
    }
    if (found) {
        c->id = id;
        c->visit = db_int(q, count);
        c->person = db_int(q, count + 1);
        c->at_ms = db_int(q, count + 2);
        c->withdrawn_ms = db_int(q, count + 3);
    }
    return db_done(q) && (found || err_set(err, ERR_MISSING, 0, "no such consent"));
}

bool consent_allows(const struct consent *consent, const char *purpose)
{
    struct str rest = str_of(consent->granted), word;
    while (consent->withdrawn_ms == 0 && str_word(&rest, &word)) {
        if (str_is(word, purpose)) {
            return true;
        }
    }
    return false;
}

bool consent_withdraw(struct store *store, int64_t id, struct err *err)
{
    if (!db_begin(store->db, err)) {
        return false;
    }
    bool ok =
        db_run(store->db, "UPDATE consent SET withdrawn_ms = ? WHERE id = ? AND withdrawn_ms = 0",
               DB_WITH(DB_INT(clock_now_ms()), DB_INT(id)), err) &&
        (db_changes(store->db) == 1 || err_set(err, ERR_MISSING, 0, "no standing consent")) &&
        journal_note(store, "consent.withdraw", id, NULL, err);
    return db_end(store->db, ok, err);
}
