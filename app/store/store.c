#include "app/store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "app/store/journal.h"
#include "app/store/migration.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

/* ---- opening -------------------------------------------------------------------------------- */

bool store_path(char path[STORE_PATH], const char *folder, const char *name, struct err *err)
{
    return snprintf(path, STORE_PATH, "%s/%s", folder, name) < STORE_PATH ||
           err_set(err, ERR_INPUT, ENAMETOOLONG, "the path of the data folder is too long");
}

static bool has_db(const char *folder)
{
    char path[STORE_PATH];
    return store_path(path, folder, "data/store.db", NULL) && file_exists(path);
}

/* Does the database there, if there is one, open with the key? */
static bool is_key_of(const char *folder, const struct key *key, struct err *err)
{
    char path[STORE_PATH];
    struct db *db = NULL;
    if (!store_path(path, folder, "data/store.db", err) || !file_exists(path)) {
        return !file_exists(path);
    }
    struct key *db_key = key_derive(key, STORE_KEY_DB);
    bool ok = db_open(path, &(struct db_options){.key = key_bytes(db_key)}, &db, err);
    key_destroy(db_key);
    db_close(db);
    return ok;
}

/* A file that only the right key can have made: so a wrong key is never taken for damage. Lost or
 * changed by the disk, it is made anew where the database opens with the key. */
static bool check_key(const char *folder, const struct key *key, struct err *err)
{
    char path[STORE_PATH];
    unsigned char proof[CRYPT_MAC];
    struct key *check = key_derive(key, STORE_KEY_CHECK);
    crypt_mac(check, "gocua store", 11, proof);
    key_destroy(check);
    if (!store_path(path, folder, "check", err)) {
        return false;
    }
    struct buf found = {0};
    struct err why = {0};
    bool is_read = file_read(path, 4096, &found, &why);
    bool ok = is_read && found.n == sizeof(proof) && hash_equal(found.s, proof, sizeof(proof));
    buf_finish(&found);
    if (ok) {
        return true;
    }
    if (!is_read && why.kind != ERR_MISSING && why.kind != ERR_INPUT) {
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    if (!is_key_of(folder, key, &why) || (is_read && !has_db(folder))) {
        bool is_denied = is_read || why.kind == ERR_DENIED;
        return err_set(err, is_denied ? ERR_DENIED : why.kind, is_denied ? 0 : why.code, "%s",
                       is_denied ? "the key belongs to another data folder" : why.text);
    }
    return file_write(path, proof, sizeof(proof), err);
}

/* To the schema of this program; a newer one is left as it is. */
static bool bring_up(struct db *db, struct err *err)
{
    int newest = 0;
    for (const struct db_migration *step = migrations; step->number; step++) {
        newest = step->number;
    }
    return db_migrate(db, migrations, err) ||
           (err->kind == ERR_INPUT && err->code > newest
                ? err_set(err, ERR_DENIED, STORE_NEWER, "the data is of a newer program")
                : false);
}

static bool open_db(struct store *store, const struct key *key, bool is_first, struct err *err)
{
    char path[STORE_PATH];
    struct key *db_key = key_derive(key, STORE_KEY_DB);
    struct err why = {0};
    bool ok = store_path(path, store->folder, "data/store.db", &why) &&
              db_open(path, &(struct db_options){.key = key_bytes(db_key), .must_exist = !is_first},
                      &store->db, &why) &&
              (!is_first || db_check_log(store->db, &why)) && bring_up(store->db, &why);
    key_destroy(db_key);
    if (!ok && why.kind == ERR_DENIED && why.code != EACCES && why.code != STORE_NEWER) {
        why.kind = ERR_DAMAGED; /* check_key has proved the key */
    }
    return ok || err_set(err, why.kind, why.code, "%s", why.text);
}

static struct store *store_make(const char *folder, const struct key *key)
{
    struct store *store = mem_alloc(1, sizeof(*store));
    snprintf(store->folder, sizeof(store->folder), "%s", folder);
    store->media = key_derive(key, STORE_KEY_MEDIA);
    store->search = key_derive(key, STORE_KEY_SEARCH);
    return store;
}

bool store_open(const char *folder, const struct key *key, struct store **store, struct err *err)
{
    *store = NULL;
    if (!check_key(folder, key, err)) {
        return false;
    }
    struct store *made = store_make(folder, key);
    if (!open_db(made, key, false, err)) {
        store_close(made);
        return false;
    }
    *store = made;
    return true;
}

void store_close(struct store *store)
{
    if (store) {
        db_close(store->db);
        key_destroy(store->media);
        key_destroy(store->search);
        explicit_bzero(store, sizeof(*store));
        free(store);
    }
}

void store_set_actor(struct store *store, const char *actor)
{
    snprintf(store->actor, sizeof(store->actor), "%s", actor);
}

/* ---- the first opening of a process --------------------------------------------------------- */

/* Moves the whole data folder in one step, so that a kill leaves it here or there. Where it goes is
 * noted first: a start that finds the note reads out what it can. */
static bool set_aside(const char *folder, char aside[STORE_PATH], struct err *err)
{
    char data[STORE_PATH], parent[STORE_PATH], mark[STORE_PATH], pending[STORE_PATH];
    char uuid[RAND_UUID_TEXT], when[CLOCK_TEXT];
    clock_format_date(clock_now_ms(), when);
    rand_uuid(uuid);
    return store_path(data, folder, "data", err) && store_path(parent, folder, "aside", err) &&
           store_path(mark, folder, "damaged", err) &&
           store_path(pending, folder, "salvage", err) && file_make_folder(parent, err) &&
           (snprintf(aside, STORE_PATH, "%s/%.10s-%.8s", parent, when, uuid) < STORE_PATH ||
            err_set(err, ERR_INPUT, ENAMETOOLONG, "the path of the data folder is too long")) &&
           file_write(pending, aside, strlen(aside), err) &&
           (!file_exists(data) || file_rename(data, aside, err)) && file_remove(mark, err);
}

static bool is_marked_damaged(const char *folder)
{
    char path[STORE_PATH];
    return store_path(path, folder, "damaged", NULL) && file_exists(path);
}

/* Opens and touches what must be readable for the day's work. */
static bool open_and_clean(struct store *store, const struct key *key, struct store_health *health,
                           struct err *err)
{
    char media[STORE_PATH], log[STORE_PATH];
    if (!store_path(media, store->folder, "data/media", err) ||
        !store_path(log, store->folder, "data/store.db-wal", err) ||
        !file_make_folder(media, err)) {
        return false;
    }
    bool was_cut = file_size(log) > 0; /* an orderly end leaves no log */
    return open_db(store, key, true, err) && store_clean_up(store, was_cut, health, err);
}

/* A full disk may have room kept on it, and damage may have been one read that failed: once more.
 */
static bool open_again(struct store *store, const struct key *key, struct store_health *health,
                       struct err *err)
{
    char path[STORE_PATH];
    bool is_worth_it =
        err->kind == ERR_DAMAGED
            ? store_path(path, store->folder, "data/store.db", err) && db_can_read(path, err)
            : store_make_room(store, err);
    if (!is_worth_it) {
        return false;
    }
    db_close(store->db);
    store->db = NULL;
    return open_and_clean(store, key, health, err);
}

static bool begin_anew(struct store *store, const struct key *key, struct store_health *health,
                       struct err *err)
{
    db_close(store->db);
    store->db = NULL;
    log_error("the database is damaged; it is moved aside");
    return set_aside(store->folder, health->aside, err) && open_and_clean(store, key, health, err);
}

/* Also after a kill in the middle: what was taken over already is not taken twice. */
static bool finish_salvage(struct store *store, const struct key *key, struct store_health *health,
                           struct err *err)
{
    char pending[STORE_PATH];
    struct buf aside = {0};
    if (!store_path(pending, store->folder, "salvage", err)) {
        return false;
    }
    if (!file_exists(pending)) {
        return true;
    }
    bool ok = file_read(pending, STORE_PATH - 1, &aside, err);
    if (ok && file_exists(buf_text(&aside))) {
        snprintf(health->aside, sizeof(health->aside), "%s", buf_text(&aside));
        health->set_aside = true;
        store_salvage(store, key, health->aside, &health->salvaged);
        ok = journal_add(store, "store.set_aside", "", "", err); /* behind the rows taken over */
    }
    buf_finish(&aside);
    return ok && file_remove(pending, err);
}

bool store_start(const char *folder, const struct key *key, struct store **store,
                 struct store_health *health, struct err *err)
{
    struct err why = {0};
    *store = NULL;
    *health = (struct store_health){0};
    if (!file_make_folder(folder, err) || !check_key(folder, key, err)) {
        return false;
    }
    struct store *made = store_make(folder, key);
    bool ok = !is_marked_damaged(folder) &&
              (open_and_clean(made, key, health, &why) || open_again(made, key, health, &why));
    if (!ok && (why.kind == ERR_DAMAGED || why.kind == ERR_NONE)) {
        ok = begin_anew(made, key, health, &why);
    }
    ok = ok && finish_salvage(made, key, health, &why);
    if (!ok) {
        store_close(made);
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    store_keep_room(made);
    *store = made;
    return true;
}

/* ---- the whole store ------------------------------------------------------------------------ */

static bool check_files(struct store *store, struct err *err)
{
    bool ok = true;
    struct db_query *q = db_query(store->db, "SELECT file, digest FROM attachment", DB_NONE, err);
    while (ok && db_next(q, err)) {
        ok = db_str(q, 1).n == HASH_BLAKE2B_SIZE &&
             store_check_file(store, db_text(q, 0), (const unsigned char *)db_str(q, 1).s, err);
    }
    return db_done(q) && ok;
}

bool store_check(struct store *store, struct err *err)
{
    char mark[STORE_PATH];
    struct err why = {0};
    if (!db_check(store->db, &why)) {
        if (why.kind == ERR_DAMAGED && store_path(mark, store->folder, "damaged", NULL)) {
            file_write(mark, "", 0, NULL); /* the next start moves it aside */
        }
        return err_set(err, why.kind, why.code, "%s", why.text);
    }
    return journal_check(store, err) && check_files(store, err);
}

struct copying {
    const char *from, *to;
    struct err *err;
    bool ok;
};

static bool copy_file(void *ctx, const char *name)
{
    struct copying *copying = ctx;
    char from[STORE_PATH], to[STORE_PATH];
    struct err why = {0};
    copying->ok = store_path(from, copying->from, name, &why) &&
                  store_path(to, copying->to, name, &why) &&
                  (file_exists(to) || file_copy(from, to, &why) || why.kind == ERR_MISSING);
    return copying->ok || err_set(copying->err, why.kind, why.code, "%s", why.text);
}

static bool copy_one(const struct store *store, const char *folder, const char *name,
                     struct err *err)
{
    char from[STORE_PATH], to[STORE_PATH];
    return store_path(from, store->folder, name, err) && store_path(to, folder, name, err) &&
           (!file_exists(from) || file_copy(from, to, err));
}

bool store_copy(struct store *store, const char *folder, struct err *err)
{
    char db[STORE_PATH], from[STORE_PATH], to[STORE_PATH];
    if (!store_path(db, folder, "data/store.db", err) ||
        !store_path(from, store->folder, "data/media", err) ||
        !store_path(to, folder, "data/media", err)) {
        return false;
    }
    if (file_exists(db)) {
        return err_set(err, ERR_INPUT, EEXIST, "there is a store in that folder already");
    }
    /* Twice: a file that goes before the database is copied is not in the copy's rows, one that
     * comes before it is caught by the second round. */
    struct copying copying = {from, to, err, true};
    return journal_add(store, "store.copy", "", "", err) && file_make_folder(to, err) &&
           file_list(from, copy_file, &copying, err) && copying.ok && db_copy(store->db, db, err) &&
           file_list(from, copy_file, &copying, err) && copying.ok &&
           copy_one(store, folder, "check", err) && copy_one(store, folder, "keyslot", err);
}

bool store_compact(struct store *store, struct err *err)
{
    return db_compact(store->db, err);
}
