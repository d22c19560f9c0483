#include "helper_diskworld.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/attachment.h"
#include "app/store/keyslot.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "helper_diskbytes.h"
#include "helper_simdisk.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/rand.h"
#include "platform/db/db.h"

enum { TRIES = 3, DAY = 86400000 };

static const int64_t today = 1790000000000;
static const struct keyslot_cost cheap = {8192, 1};

void world_begin(struct world *world, const char *disk)
{
    *world = (struct world){0};
    snprintf(world->folder, WORLD_PATH, "%s/gocua", disk);
    snprintf(world->keyslot, WORLD_PATH, "%s/gocua/keyslot", disk);
    snprintf(world->device, WORLD_PATH, "%s/device", disk);
}

void world_copy(struct world *to, const struct world *from)
{
    struct buf xml = to->final_xml;
    buf_clear(&xml);
    buf_add_str(&xml, buf_str(&from->final_xml));
    *to = *from;
    to->final_xml = xml;
}

void world_finish(struct world *world)
{
    buf_finish(&world->final_xml);
}

static struct keyslot_place place_of(const struct world *world)
{
    return (struct keyslot_place){world->keyslot, world->device};
}

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the disk lane itself failed: %s: %s\n", what, err->text);
        abort();
    }
}

/* ---- the script ----------------------------------------------------------------------------- */

struct day {
    struct world *world;
    struct key *key;
    struct store *store;
    struct outbox out;
    struct outbox_item item;
    struct arena arena;
    int64_t id;
};

typedef bool (*deed_fn)(struct day *day, int n, struct err *err);

/* An error that a person can do something with has a kind and words; a full disk says so. */
static void judge_error(struct world *world, const struct err *err)
{
    world->failed++;
    world->full += err->kind == ERR_STORAGE && err->code == ENOSPC;
    if ((err->kind == ERR_NONE || !err->text[0]) && !world->unclear[0]) {
        snprintf(world->unclear, sizeof(world->unclear), "kind %d, code %d, \"%.100s\"", err->kind,
                 err->code, err->text);
    }
}

/* Tries it up to three times, as a person would; fact WORLD_FACTS: nothing is promised by it. */
static bool take(struct day *day, int fact, deed_fn deed, int n)
{
    struct world_told none = {0};
    struct world_told *told = fact < WORLD_FACTS ? &day->world->told[fact] : &none;
    struct err err = {0};
    told->begun = disk_ops();
    for (int i = 0; i < TRIES; i++) {
        err = (struct err){0};
        if (deed(day, n, &err)) {
            told->done = disk_ops();
            return true;
        }
        judge_error(day->world, &err);
    }
    day->world->stuck++;
    snprintf(day->world->stuck_at, sizeof(day->world->stuck_at),
             "one failing call stops the work (I6) at fact %d: %.120s", fact, err.text);
    return false;
}

static bool is_done(const struct day *day, int fact)
{
    return day->world->told[fact].done != SIZE_MAX;
}

static bool unlock(struct day *day, int n, struct err *err)
{
    struct keyslot_place place = place_of(day->world);
    return day->key || keyslot_open(&place, str_of(world_pin(0)), &day->key, err);
}

static bool start(struct day *day, int n, struct err *err)
{
    struct store_health health;
    return store_start(day->world->folder, day->key, &day->store, &health, err);
}

static bool set(struct day *day, int n, struct err *err)
{
    return setting_set(day->store, "volunteer_name", world_name(1), err);
}

static bool create(struct day *day, int n, struct err *err)
{
    const struct record_new what = {
        .form_id = "visit", .version = "1", .instance_id = "uuid:new", .title = world_name(1)};
    return record_create(day->store, &what, &day->id, err);
}

static bool answer(struct day *day, int n, struct err *err)
{
    char ref[32], value[WORLD_VALUE];
    snprintf(ref, sizeof(ref), "/data/a%d", n);
    world_value(n, value);
    return record_save_answer(day->store, day->id, ref, str_of(value), err);
}

/* All that was acknowledged so far, as the form would write it. */
static void add_xml(const struct day *day, struct buf *xml)
{
    buf_add_text(xml,
                 "<data id=\"visit\" version=\"1\"><meta><instanceID>uuid:new</instanceID></meta>");
    for (int i = 0; i < WORLD_ANSWERS; i++) {
        if (is_done(day, FACT_ANSWER + i)) {
            world_add_answer(xml, i);
        }
    }
    buf_add_text(xml, "</data>");
}

static bool save(struct day *day, int n, struct err *err)
{
    struct buf xml = {0};
    add_xml(day, &xml);
    bool ok = record_save_draft(day->store, day->id, buf_str(&xml), world_name(1), err);
    buf_finish(&xml);
    return ok;
}

static bool audit(struct day *day, int n, struct err *err)
{
    return record_add_audit(day->store, day->id, STR("question,/data/a1,CanaryAudit\n"), err);
}

static bool picture(struct day *day, int n, struct err *err)
{
    struct buf bytes = {0};
    world_picture(n, &bytes);
    bool ok = attachment_put(day->store, day->id, world_picture_name(n), "image/jpeg",
                             buf_str(&bytes), err);
    buf_finish(&bytes);
    return ok;
}

static bool checkpoint(struct day *day, int n, struct err *err)
{
    return db_script(day->store->db, "PRAGMA wal_checkpoint(PASSIVE)", err);
}

static bool finish(struct day *day, int n, struct err *err)
{
    struct world *world = day->world;
    const char *files[2];
    struct record_final final = {.files = files};
    world->has_photo = is_done(day, FACT_PHOTO) || is_done(day, FACT_RETAKEN);
    world->has_scan = is_done(day, FACT_SCAN);
    if (world->has_photo) {
        files[final.file_count++] = world_picture_name(WORLD_PHOTO);
    }
    if (world->has_scan) {
        files[final.file_count++] = world_picture_name(WORLD_SCAN);
    }
    buf_clear(&world->final_xml);
    add_xml(day, &world->final_xml);
    final.xml = buf_str(&world->final_xml);
    return record_finish(day->store, day->id, &final, err);
}

/* Reads every byte of a file as the carrier would. */
static bool stream(struct outbox *out, const struct outbox_item *item, size_t i, struct err *err)
{
    static char part[16384];
    void *reader;
    size_t got = 1;
    bool ok = out->ops->open_file(out->ctx, item->record, i, &reader, err);
    while (ok && got) {
        ok = out->ops->read_file(out->ctx, reader, part, sizeof(part), &got, err);
    }
    if (reader) {
        out->ops->close_file(out->ctx, reader);
    }
    return ok;
}

static bool send_begin(struct day *day, int n, struct err *err)
{
    return day->out.ops->begin(day->out.ctx, day->item.record, err);
}

static bool send_partly(struct day *day, int n, struct err *err)
{
    if (day->item.n_files == 0) {
        return true;
    }
    day->item.files[0].is_confirmed = true;
    return stream(&day->out, &day->item, 0, err) &&
           day->out.ops->confirm(day->out.ctx, &day->item, err);
}

static bool send_end(struct day *day, int n, struct err *err)
{
    static const struct outbox_outcome sent = {.action = OUTBOX_SENT, .status = 201};
    for (size_t i = 0; i < day->item.n_files; i++) {
        if (!stream(&day->out, &day->item, i, err)) {
            return false;
        }
        day->item.files[i].is_confirmed = true;
    }
    return day->out.ops->settle(day->out.ctx, &day->item, &sent, err);
}

static bool send_next(struct day *day, int n, struct err *err)
{
    arena_reset(&day->arena);
    return day->out.ops->next(day->out.ctx, clock_now_ms(), &day->arena, &day->item, err) ||
           err->kind == ERR_NONE;
}

static void send(struct day *day)
{
    outbox_begin(day->store, &day->out);
    while (take(day, WORLD_FACTS, send_next, 0) && day->item.record) {
        bool is_new = strcmp(day->item.instance_id, "uuid:new") == 0;
        if (take(day, is_new ? FACT_SENDING : WORLD_FACTS, send_begin, 0)) {
            if (is_new) {
                take(day, FACT_PARTLY, send_partly, 0);
            }
            take(day, is_new ? FACT_SENT : FACT_WAIT_SENT, send_end, 0);
        }
    }
    outbox_end(&day->out);
}

static bool purge(struct day *day, int n, struct err *err)
{
    int64_t count;
    return record_purge(day->store, 7, &count, err);
}

static bool change_pin(struct day *day, int n, struct err *err)
{
    struct keyslot_place place = place_of(day->world);
    return keyslot_change(&place, str_of(world_pin(0)), str_of(world_pin(1)), &cheap, err);
}

static bool compact(struct day *day, int n, struct err *err)
{
    return store_compact(day->store, err);
}

static void visit(struct day *day)
{
    if (!take(day, FACT_CREATED, create, 0)) {
        return;
    }
    for (int i = 0; i < WORLD_ANSWERS; i++) {
        take(day, FACT_ANSWER + i, answer, i);
        if (i == 3) {
            take(day, WORLD_FACTS, save, 0);
            take(day, FACT_PHOTO, picture, WORLD_PHOTO);
        } else if (i == 5) {
            take(day, WORLD_FACTS, audit, 0);
            take(day, WORLD_FACTS, checkpoint, 0);
        } else if (i == 7) {
            take(day, FACT_RETAKEN, picture, WORLD_RETAKEN);
        }
    }
    take(day, FACT_SCAN, picture, WORLD_SCAN);
}

static void evening(struct day *day)
{
    if (day->id) {
        take(day, FACT_FINISHED, finish, 0);
    }
    send(day);
    take(day, FACT_PURGED, purge, 0);
    take(day, FACT_PIN, change_pin, 0);
    take(day, WORLD_FACTS, compact, 0);
}

static void forget_all(struct world *world)
{
    for (int i = 0; i < WORLD_FACTS; i++) {
        world->told[i] = (struct world_told){SIZE_MAX, SIZE_MAX};
    }
    buf_clear(&world->final_xml);
    world->has_photo = world->has_scan = false;
    world->failed = world->stuck = world->full = 0;
    world->unclear[0] = 0;
}

void world_run(struct world *world)
{
    struct day day = {.world = world};
    forget_all(world);
    clock_fix(today);
    rand_seed(20261121);
    if (take(&day, WORLD_FACTS, unlock, 0) && take(&day, WORLD_FACTS, start, 0)) {
        take(&day, FACT_SETTING, set, 0);
        visit(&day);
        store_close(day.store); /* lunch: locked and unlocked again */
        day.store = NULL;
        if (take(&day, WORLD_FACTS, start, 0)) {
            evening(&day);
        }
        store_close(day.store);
    }
    keyslot_forget(day.key);
    arena_finish(&day.arena);
    rand_seed(0);
}

bool world_first_start(struct world *world, struct err *err)
{
    struct keyslot_place place = place_of(world);
    struct key *key = NULL;
    struct store *store = NULL;
    bool ok = file_make_folder(world->folder, err);
    if (ok && !keyslot_exists(&place)) {
        ok = keyslot_create(&place, str_of(world_pin(0)), &cheap, &key, err);
    } else if (ok) {
        ok = keyslot_open(&place, str_of(world_pin(0)), &key, err);
    }
    ok = ok && store_start(world->folder, key, &store, &world->health, err);
    store_close(store);
    keyslot_forget(key);
    return ok;
}

/* ---- the disk before the day ---------------------------------------------------------------- */

static int64_t add_record(struct day *day, const char *id_text, const char *xml, struct err *err)
{
    const struct record_new what = {
        .form_id = "visit", .version = "1", .instance_id = id_text, .title = world_name(0)};
    const char *const files[] = {world_picture_name(WORLD_SCAN)};
    const struct record_final final = {.xml = str_of(xml), .files = files, .file_count = 1};
    must(record_create(day->store, &what, &day->id, err) && picture(day, WORLD_SCAN, err) &&
             record_finish(day->store, day->id, &final, err),
         id_text, err);
    return day->id;
}

static void make_draft(struct day *day, struct err *err)
{
    const struct record_new what = {
        .form_id = "visit", .version = "1", .instance_id = "uuid:draft", .title = world_name(0)};
    must(record_create(day->store, &what, &day->id, err) &&
             record_save_draft(day->store, day->id, str_of(world_draft()), NULL, err) &&
             answer(day, 0, err) && answer(day, 1, err) && picture(day, WORLD_PHOTO, err),
         "draft", err);
}

void world_make(struct world *world, struct sim_image *image)
{
    struct day day = {.world = world};
    struct err err = {0};
    struct sim_image empty;
    image_begin(&empty);
    disk_mount(&empty);
    image_finish(&empty);
    rand_seed(20260901);
    clock_fix(today - (int64_t)60 * DAY);
    must(world_first_start(world, &err) && unlock(&day, 0, &err) && start(&day, 0, &err), "start",
         &err);
    must(setting_set(day.store, "volunteer_name", world_name(0), &err), "setting", &err);
    int64_t id = add_record(&day, "uuid:purged", world_kept("uuid:purged"), &err);
    send(&day);
    must(record_confirm_again(day.store, id, &err), "confirm", &err);
    for (int i = 1; i <= 4; i++) { /* days count only while the device lives */
        int64_t lived;
        clock_fix(today - (int64_t)(60 - 3 * i) * DAY);
        must(record_lived(day.store, &lived, &err), "lived", &err);
    }
    clock_fix(today - DAY);
    add_record(&day, "uuid:wait", world_kept("uuid:wait"), &err);
    make_draft(&day, &err);
    store_close(day.store);
    keyslot_forget(day.key);
    arena_finish(&day.arena);
    rand_seed(0);
    image_copy(image, disk_image());
    disk_die();
}

int world_waiting(struct store *store)
{
    int64_t records, bytes;
    return outbox_left(store, &records, &bytes, NULL) ? (int)records : -1;
}

int world_send_all(struct store *store, int *aside, struct err *err)
{
    static const struct outbox_outcome damaged = {.action = OUTBOX_ASIDE, .reason = OUTBOX_DAMAGED};
    struct day day = {.store = store};
    int sent = 0;
    bool ok = true;
    outbox_begin(store, &day.out);
    while (ok && day.out.ops->next(day.out.ctx, clock_now_ms(), &day.arena, &day.item, err)) {
        ok = send_begin(&day, 0, err);
        if (ok && send_end(&day, 0, err)) {
            sent++;
        } else if (ok && err->kind == ERR_DAMAGED) {
            ok = day.out.ops->settle(day.out.ctx, &day.item, &damaged, err);
            ++*aside;
        }
    }
    outbox_end(&day.out);
    arena_finish(&day.arena);
    return sent;
}

bool world_goes_on(struct world *world, size_t at)
{
    struct day day = {.world = world};
    struct err err = {0};
    day.key = world_unlock(world, at, &err);
    bool ok = day.key && start(&day, 0, &err);
    const struct record_new what = {
        .form_id = "visit", .version = "1", .instance_id = "uuid:after", .title = world_name(0)};
    const struct record_final final = {.xml = STR("<data>CanaryAfter</data>")};
    ok = ok && record_create(day.store, &what, &day.id, &err) && answer(&day, 0, &err) &&
         picture(&day, WORLD_PHOTO, &err) && record_finish(day.store, day.id, &final, &err);
    store_close(day.store);
    keyslot_forget(day.key);
    if (!ok) {
        snprintf(world->broken, sizeof(world->broken), "work does not go on: %s", err.text);
    }
    return ok;
}
