/* F33: the first start, and the way from each released schema to the newest, cut off at any change
 * of the disk. Two changes that no release has stand behind the released ones, so that there is
 * always a newer program: its database must be refused by this one and stay as it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/inner.h"
#include "app/store/keyslot.h"
#include "app/store/migration.h"
#include "helper_disklane.h"
#include "platform/base/file.h"

enum { STEPS_MOST = DISK_UPGRADES };

static const char add_column[] = "ALTER TABLE record ADD COLUMN made_up TEXT NOT NULL DEFAULT '';"
                                 "CREATE INDEX record_made_up ON record (made_up);";
static const char copy_table[] =
    "CREATE TABLE answer_new (id INTEGER PRIMARY KEY, record INTEGER NOT NULL"
    " REFERENCES record (id) ON DELETE CASCADE, ref TEXT NOT NULL, value TEXT NOT NULL,"
    " weight INTEGER NOT NULL DEFAULT 1) STRICT;"
    "INSERT INTO answer_new (id, record, ref, value) SELECT id, record, ref, value FROM answer;"
    "DROP TABLE answer; ALTER TABLE answer_new RENAME TO answer;"
    "CREATE INDEX answer_record ON answer (record); UPDATE record SET made_up = title;";

/* The released steps and the two made-up ones; how many were released. */
static int all_steps(struct db_migration steps[STEPS_MOST])
{
    int n = 0;
    for (; migrations[n].number; n++) {
        steps[n] = migrations[n];
    }
    int number = steps[n - 1].number;
    steps[n] = (struct db_migration){number + 1, "made_up_column", add_column};
    steps[n + 1] = (struct db_migration){number + 2, "made_up_copy", copy_table};
    steps[n + 2] = (struct db_migration){0, NULL, NULL};
    return n;
}

static struct db *open_db(struct disk_lane *lane, struct err *err)
{
    char path[WORLD_PATH + 16];
    struct db *db = NULL;
    struct key *key = world_unlock(&lane->world, 0, err);
    if (key) {
        struct key *db_key = key_derive(key, STORE_KEY_DB);
        snprintf(path, sizeof(path), "%s/data/store.db", lane->world.folder);
        db_open(path, &(struct db_options){.key = key_bytes(db_key)}, &db, err);
        key_destroy(db_key);
        keyslot_forget(key);
    }
    return db;
}

/* Brings the database on the disk up to the first n steps. */
static bool bring_to(struct disk_lane *lane, int n, struct err *err)
{
    struct db_migration steps[STEPS_MOST];
    all_steps(steps);
    steps[n] = (struct db_migration){0, NULL, NULL};
    struct db *db = open_db(lane, err);
    bool ok = db && db_migrate(db, steps, err);
    db_close(db);
    return ok;
}

static bool add_rows(struct disk_lane *lane, struct err *err)
{
    struct db *db = open_db(lane, err);
    bool ok = db && db_script(db,
                              "INSERT INTO record (id, instance_id, form_id, version, visit, title,"
                              " state, created_ms, changed_ms) VALUES"
                              " (1, 'uuid:1', 'f', '1', '', 'CanaryName', 1, 1, 1),"
                              " (2, 'uuid:2', 'f', '1', '', '', 1, 1, 1);"
                              "INSERT INTO answer (record, ref, value) VALUES"
                              " (1, '/data/a', 'CanaryAnswer'), (1, '/data/b', '2');"
                              "INSERT INTO frozen VALUES (2, x'00', 'f', x'010203');"
                              "UPDATE record SET state = 2, sequence = 1 WHERE id = 2;",
                              err);
    db_close(db);
    return ok;
}

/* Everything in the records, as one text. */
static bool read_all(struct disk_lane *lane, struct buf *text, struct err *err)
{
    struct db *db = open_db(lane, err);
    struct db_query *q = db_query(
        db,
        "SELECT instance_id || state || title || sequence || coalesce((SELECT hex(xml) FROM frozen"
        " WHERE record = r.id), '') || coalesce((SELECT group_concat(ref || value) FROM"
        " (SELECT ref, value FROM answer WHERE record = r.id ORDER BY id)), '') ||"
        " coalesce((SELECT group_concat(name || file || hex(digest)) FROM attachment"
        " WHERE record = r.id), '') FROM record r ORDER BY id",
        DB_NONE, err);
    while (db_next(q, err)) {
        buf_add_str(text, db_str(q, 0));
        buf_add_char(text, '\n');
    }
    bool ok = db_done(q);
    db_close(db);
    return ok;
}

/* ---- recording ------------------------------------------------------------------------------ */

static void must(bool ok, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the disk lane itself failed: upgrade: %s\n", err->text);
        abort();
    }
}

static void take(struct disk_lane *lane)
{
    disk_take(&lane->upgrades[lane->n_upgrades++]);
}

/* A disk with the database of the first n steps on it; what it holds goes to lane->texts. */
static void prepare(struct disk_lane *lane, int n, int released)
{
    char data[WORLD_PATH + 16];
    struct err err = {0};
    struct sim_image image;
    disk_mount(&lane->before);
    if (n < released) {
        snprintf(data, sizeof(data), "%s/data", lane->world.folder);
        must(file_remove_tree(data, &err) && file_make_folder(data, &err) &&
                 bring_to(lane, n, &err) && add_rows(lane, &err),
             &err);
    } else {
        must(bring_to(lane, n, &err), &err);
    }
    must(read_all(lane, &lane->texts[lane->n_upgrades], &err), &err);
    image_copy(&image, disk_image());
    disk_mount(&image);
    image_finish(&image);
}

void disk_upgrade_begin(struct disk_lane *lane)
{
    struct db_migration steps[STEPS_MOST];
    struct err err = {0};
    struct sim_image empty;
    int released = all_steps(steps);
    image_begin(&empty);
    disk_mount(&empty);
    image_finish(&empty);
    must(world_first_start(&lane->world, &err), &err);
    take(lane);
    for (int n = 1; n < released + 2; n++) {
        prepare(lane, n, released);
        must(bring_to(lane, released + 2, &err), &err);
        take(lane);
    }
}

void disk_upgrade_end(struct disk_lane *lane)
{
    for (int i = 0; i < lane->n_upgrades; i++) {
        run_finish(&lane->upgrades[i]);
        buf_finish(&lane->texts[i]);
    }
}

/* ---- injections ----------------------------------------------------------------------------- */

static bool check_first_start(struct disk_lane *lane)
{
    struct err err = {0};
    struct world *world = &lane->world;
    if (!world_first_start(world, &err)) {
        return disk_broken(lane, err.text);
    }
    if (world->health.set_aside) {
        return disk_broken(lane, "a first start that was cut off counts as damage");
    }
    return world_goes_on(world, 0) || disk_broken(lane, world->broken);
}

static bool is_same(struct disk_lane *lane, const struct buf *wanted)
{
    struct buf found = {0};
    struct err err = {0};
    bool ok = read_all(lane, &found, &err) && str_eq(buf_str(&found), buf_str(wanted));
    buf_finish(&found);
    return ok;
}

/* The program of today must leave the database of a newer one as it is, and say why. */
static bool check_refusal(struct disk_lane *lane)
{
    struct err err = {0};
    struct store *store = NULL;
    struct store_health health;
    char aside[WORLD_PATH + 16];
    snprintf(aside, sizeof(aside), "%s/aside", lane->world.folder);
    struct key *key = world_unlock(&lane->world, 0, &err);
    bool is_open = key && store_start(lane->world.folder, key, &store, &health, &err);
    store_close(store);
    keyslot_forget(key);
    return (!is_open && err.kind == ERR_DENIED && err.code == STORE_NEWER && !file_exists(aside)) ||
           disk_broken(lane, "the database of a newer program is not refused");
}

static bool check_upgrade(struct disk_lane *lane, int which)
{
    struct db_migration steps[STEPS_MOST];
    struct err err = {0};
    int all = all_steps(steps) + 2;
    const struct buf *wanted = &lane->texts[which];
    if (!bring_to(lane, all, &err)) {
        return disk_broken(lane, err.text);
    }
    return (is_same(lane, wanted) || disk_broken(lane, "the upgrade changed what was kept")) &&
           check_refusal(lane) &&
           (is_same(lane, wanted) || disk_broken(lane, "a refused database was changed"));
}

/* One call fails in the middle of the upgrade: it says so, and the next one goes through. */
static bool fail_upgrade(struct disk_lane *lane, const struct sim_run *run)
{
    struct db_migration steps[STEPS_MOST];
    struct err err = {0};
    struct sim_fault fault = {.room = -1,
                              .calls = 1u << CALL_WRITE | 1u << CALL_SYNC | 1u << CALL_CUT,
                              .at = (int64_t)disk_below(lane, run->ops.n + 1),
                              .times = INT64_MAX,
                              .error = disk_below(lane, 2) ? EIO : ENOSPC};
    int all = all_steps(steps) + 2;
    disk_mount(&run->base);
    disk_fault(&fault);
    bool ok = bring_to(lane, all, &err);
    if (!ok && err.kind != ERR_STORAGE) {
        return disk_broken(lane, "an upgrade that fails does not say why");
    }
    struct sim_run failed;
    disk_take(&failed);
    struct sim_image left;
    run_crash(&failed, failed.ops.n, (struct sim_loss){LOSS_SOME, sim_random(&lane->state)}, &left);
    run_finish(&failed);
    disk_mount(&left);
    image_finish(&left);
    return true;
}

bool disk_upgrade(struct disk_lane *lane)
{
    int which = (int)(lane->number % (uint64_t)lane->n_upgrades);
    const struct sim_run *run = &lane->upgrades[which];
    size_t at = (lane->number / (uint64_t)lane->n_upgrades) % (run->ops.n + 1);
    enum sim_loss_kind kind = (enum sim_loss_kind)disk_below(lane, 4);
    struct sim_image left;
    for (int i = 0; i < WORLD_FACTS; i++) {
        lane->world.told[i] = (struct world_told){SIZE_MAX, SIZE_MAX};
    }
    lane->struck++;
    if (which > 0 && disk_below(lane, 4) == 0) {
        return fail_upgrade(lane, run) && check_upgrade(lane, which);
    }
    run_crash(run, at, (struct sim_loss){kind, sim_random(&lane->state)}, &left);
    disk_mount(&left);
    image_finish(&left);
    return which == 0 ? check_first_start(lane) : check_upgrade(lane, which);
}
