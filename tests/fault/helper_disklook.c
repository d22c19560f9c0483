/* What must be on the disk after a crash, asked through the store as any screen would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/attachment.h"
#include "app/store/keyslot.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "helper_diskbytes.h"
#include "helper_diskworld.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/db/db.h"

enum { REST = 3600000 };

struct look {
    struct world *world;
    struct store *store;
    size_t at;
    struct arena arena;
    struct err err; /* of the last question */
    enum world_verdict verdict;
};

const char *const *world_canaries(void)
{
    static const char *const texts[] = {"CanaryAnswer", "CanaryName", "CanaryPicture",
                                        "CanaryPhoto",  "CanaryScan", "CanaryAudit",
                                        "CanaryKept",   NULL};
    return texts;
}

static bool begun(const struct look *look, int fact)
{
    size_t begun = look->world->told[fact].begun;
    return begun != SIZE_MAX && begun <= look->at;
}

static bool done(const struct look *look, int fact)
{
    size_t done = look->world->told[fact].done;
    return done != SIZE_MAX && done <= look->at;
}

/* Keeps the first thing that is not fine. */
static bool say(struct look *look, bool is_fine, enum world_verdict verdict, const char *what)
{
    look->world->lost += !is_fine;
    if (!is_fine && look->verdict == WORLD_FINE) {
        look->verdict = verdict;
        snprintf(look->world->broken, sizeof(look->world->broken), "%s%s%.200s", what,
                 look->err.text[0] ? ": " : "", look->err.text);
    }
    return is_fine;
}

static bool is_picture(struct look *look, int64_t id, int n)
{
    struct buf wanted = {0}, found = {0};
    world_picture(n, &wanted);
    look->err = (struct err){0};
    bool ok = attachment_load(look->store, id, world_picture_name(n), &found, &look->err) &&
              str_eq(buf_str(&wanted), buf_str(&found));
    buf_finish(&wanted);
    buf_finish(&found);
    return ok;
}

/* The picture is one of those that may be there now. */
static void look_at_photo(struct look *look, int64_t id)
{
    bool may_be_old = begun(look, FACT_PHOTO) && !done(look, FACT_RETAKEN);
    bool may_be_none = !done(look, FACT_PHOTO) && !done(look, FACT_RETAKEN);
    bool is_there = (begun(look, FACT_RETAKEN) && is_picture(look, id, WORLD_RETAKEN)) ||
                    (may_be_old && is_picture(look, id, WORLD_PHOTO));
    if (!is_there) {
        struct buf found = {0};
        bool is_read =
            attachment_load(look->store, id, world_picture_name(WORLD_PHOTO), &found, &look->err);
        say(look, !is_read, WORLD_WRONG, "the photo is another one");
        say(look, may_be_none && look->err.kind == ERR_MISSING, WORLD_LOST, "the photo is lost");
        buf_finish(&found);
    }
}

static void look_at_picture(struct look *look, int64_t id, int n, const char *what)
{
    if (!is_picture(look, id, n)) {
        say(look, look->err.kind != ERR_NONE, WORLD_WRONG, what);
        say(look, false, WORLD_LOST, what);
    }
}

/* ---- the record of today -------------------------------------------------------------------- */

static int number_in(struct str ref)
{
    long long n = -1;
    struct str digits = {ref.s + 7, ref.n > 7 ? ref.n - 7 : 0}; /* behind /data/a */
    return str_to_int64(digits, &n) && n >= 0 && n < WORLD_ANSWERS ? (int)n : -1;
}

/* Each answer at most once, in order, as it was given, and every acknowledged one. */
static void look_at_answers(struct look *look, const struct record_draft *draft)
{
    bool is_there[WORLD_ANSWERS] = {0};
    int newest = -1;
    for (int i = 0; i < WORLD_ANSWERS; i++) {
        struct buf xml = {0};
        world_add_answer(&xml, i);
        is_there[i] = str_find(draft->xml, buf_str(&xml)) >= 0;
        newest = is_there[i] ? i : newest;
        buf_finish(&xml);
    }
    for (size_t k = 0; k < draft->answer_count; k++) {
        char value[WORLD_VALUE];
        int i = number_in(str_of(draft->answers[k].ref));
        world_value(i < 0 ? 0 : i, value);
        if (!say(look, i >= 0 && str_is(draft->answers[k].value, value), WORLD_WRONG,
                 "an answer is another one (I1)") ||
            !say(look, i > newest, WORLD_LOST, "answers are out of order (I1)")) {
            return;
        }
        is_there[i] = true;
        newest = i;
    }
    for (int i = 0; i < WORLD_ANSWERS; i++) {
        bool may = begun(look, FACT_ANSWER + i), must = done(look, FACT_ANSWER + i);
        say(look, is_there[i] || !must, WORLD_LOST, "an acknowledged answer is lost (I1)");
        say(look, may || !is_there[i], WORLD_WRONG, "an answer that nobody gave");
    }
}

static void look_at_draft(struct look *look, int64_t id)
{
    struct record_draft draft;
    say(look, !done(look, FACT_FINISHED), WORLD_LOST, "the finished record is a draft (I1)");
    if (say(look, record_load_draft(look->store, id, &look->arena, &draft, &look->err), WORLD_LOST,
            "the draft is lost (I1)")) {
        look_at_answers(look, &draft);
        look_at_photo(look, id);
        if (done(look, FACT_SCAN)) {
            look_at_picture(look, id, WORLD_SCAN, "the second picture is lost (I1)");
        }
    }
}

static void look_at_frozen(struct look *look, int64_t id)
{
    struct buf xml = {0};
    say(look, begun(look, FACT_FINISHED), WORLD_WRONG, "finished without being asked");
    if (say(look, record_xml(look->store, id, &xml, &look->err), WORLD_LOST,
            "the finished record is lost (I1)")) {
        say(look, str_eq(buf_str(&xml), buf_str(&look->world->final_xml)), WORLD_WRONG,
            "the finished record has other bytes (I1)");
    }
    buf_finish(&xml);
    if (look->world->has_photo) {
        look_at_photo(look, id);
    }
    if (look->world->has_scan) {
        look_at_picture(look, id, WORLD_SCAN, "a picture of the finished record is lost (I1)");
    }
}

static void look_at_new(struct look *look, bool kept_only)
{
    struct record record = {0};
    int64_t id;
    look->err = (struct err){0};
    if (!record_find(look->store, "uuid:new", &id, &look->err)) {
        say(look, !done(look, kept_only ? FACT_FINISHED : FACT_CREATED), WORLD_LOST,
            "the record of today is lost (I1)");
        return;
    }
    if (!say(look, record_get(look->store, id, &look->arena, &record, &look->err), WORLD_LOST,
             "the record of today cannot be read")) {
        return;
    }
    if (record.state == RECORD_DRAFT) {
        if (!kept_only || done(look, FACT_FINISHED)) {
            look_at_draft(look, id);
        }
        return;
    }
    look_at_frozen(look, id);
    say(look, record.state == RECORD_READY || record.state == RECORD_SENT, WORLD_WRONG,
        "the record of today is in a state of its own");
    say(look, record.state != RECORD_SENT || begun(look, FACT_SENT), WORLD_WRONG,
        "sent, but no server said so (I3)");
    say(look, record.state == RECORD_SENT || !done(look, FACT_SENT), WORLD_LOST,
        "that it was sent is forgotten");
    bool is_partly = done(look, FACT_PARTLY) && (look->world->has_photo || look->world->has_scan);
    say(look, record.files_confirmed > 0 || !is_partly, WORLD_LOST,
        "that a file was confirmed is forgotten");
    say(look, record.files_confirmed == 0 || begun(look, FACT_PARTLY) || begun(look, FACT_SENT),
        WORLD_WRONG, "a file counts as confirmed that was not sent (I3)");
}

/* ---- what was there before today ------------------------------------------------------------ */

static bool find(struct look *look, const char *id_text, struct record *record)
{
    int64_t id;
    look->err = (struct err){0};
    return say(look,
               record_find(look->store, id_text, &id, &look->err) &&
                   record_get(look->store, id, &look->arena, record, &look->err),
               WORLD_LOST, id_text);
}

static void look_at_kept(struct look *look, const char *id_text, int64_t id)
{
    struct buf xml = {0};
    look->err = (struct err){0};
    if (say(look, record_xml(look->store, id, &xml, &look->err), WORLD_LOST, id_text)) {
        say(look, str_is(buf_str(&xml), world_kept(id_text)), WORLD_WRONG, id_text);
    }
    buf_finish(&xml);
    look_at_picture(look, id, WORLD_SCAN, "a picture of a kept record is lost (I4)");
}

static void look_at_wait(struct look *look)
{
    struct record record;
    if (find(look, "uuid:wait", &record)) {
        look_at_kept(look, "uuid:wait", record.id);
        say(look, record.state == RECORD_READY || begun(look, FACT_WAIT_SENT), WORLD_WRONG,
            "the waiting record is sent, but no server said so (I3)");
        say(look, record.state == RECORD_SENT || !done(look, FACT_WAIT_SENT), WORLD_LOST,
            "that the waiting record was sent is forgotten");
    }
}

static void look_at_purged(struct look *look)
{
    struct record record;
    struct buf xml = {0};
    if (!find(look, "uuid:purged", &record)) {
        return;
    }
    bool is_there = record_xml(look->store, record.id, &xml, &look->err);
    buf_finish(&xml);
    if (is_there || !begun(look, FACT_PURGED)) {
        look_at_kept(look, "uuid:purged", record.id);
    }
    say(look, !is_there || !done(look, FACT_PURGED), WORLD_LOST, "what was purged is there again");
}

static void look_at_old_draft(struct look *look)
{
    struct record record;
    struct record_draft draft;
    if (!find(look, "uuid:draft", &record) ||
        !say(look, record_load_draft(look->store, record.id, &look->arena, &draft, &look->err),
             WORLD_LOST, "the draft of yesterday is lost (I1)")) {
        return;
    }
    say(look, str_is(draft.xml, world_draft()) && draft.answer_count == 2, WORLD_LOST,
        "the draft of yesterday is not whole (I1)");
    for (size_t i = 0; i < draft.answer_count; i++) {
        char value[WORLD_VALUE];
        world_value((int)i, value);
        say(look, str_is(draft.answers[i].value, value), WORLD_WRONG,
            "the draft of yesterday has another answer (I1)");
    }
    look_at_picture(look, record.id, WORLD_PHOTO, "the photo of yesterday's draft is lost (I1)");
}

static void look_at_setting(struct look *look)
{
    struct buf name = {0};
    look->err = (struct err){0};
    if (say(look, setting_get(look->store, "volunteer_name", &name, &look->err), WORLD_LOST,
            "a setting cannot be read")) {
        bool is_old = str_is(buf_str(&name), world_name(0)),
             is_new = str_is(buf_str(&name), world_name(1));
        is_old |= look->world->is_new && name.n == 0;
        say(look, name.n > 0 || is_old, WORLD_LOST, "a setting is lost");
        say(look, is_old || is_new, WORLD_WRONG, "a setting has another value");
        say(look, is_new || !done(look, FACT_SETTING), WORLD_LOST, "a setting is the old one");
        say(look, is_old || begun(look, FACT_SETTING), WORLD_WRONG, "a setting is too new");
    }
    buf_finish(&name);
}

enum world_verdict world_look(struct world *world, struct store *store, size_t at, bool kept_only,
                              struct err *err)
{
    struct look look = {.world = world, .store = store, .at = at};
    world->broken[0] = 0;
    world->lost = 0;
    look_at_new(&look, kept_only);
    if (!world->is_new) {
        look_at_wait(&look);
        look_at_purged(&look);
    }
    if (!kept_only && !world->is_new) {
        look_at_old_draft(&look);
    }
    if (!kept_only) {
        look_at_setting(&look);
    }
    arena_finish(&look.arena);
    *err = look.err;
    return look.verdict;
}

/* ---- the next start ------------------------------------------------------------------------- */

/* Tries that a failing disk has cost are rested from first. */
static bool try_pin(struct world *world, int n, struct key **key, struct err *err)
{
    struct keyslot_place place = {world->keyslot, world->device};
    clock_fix(clock_now_ms() + REST);
    return keyslot_open(&place, str_of(world_pin(n)), key, err);
}

struct key *world_unlock(struct world *world, size_t at, struct err *err)
{
    const struct look look = {.world = world, .at = at};
    struct key *key = NULL;
    bool ok = (begun(&look, FACT_PIN) && try_pin(world, 1, &key, err)) ||
              (!done(&look, FACT_PIN) && try_pin(world, 0, &key, err));
    return ok ? key : NULL;
}

static bool count_file(void *ctx, const char *name)
{
    ++*(int64_t *)ctx;
    return true;
}

/* Every sealed file belongs to a row. */
static bool has_no_orphans(struct world *world, struct store *store)
{
    char media[WORLD_PATH + 16];
    int64_t files = 0, rows = 0;
    snprintf(media, sizeof(media), "%s/data/media", world->folder);
    return file_list(media, count_file, &files, NULL) &&
           db_number(store->db,
                     "SELECT count(*) FROM (SELECT file FROM attachment UNION ALL"
                     " SELECT file FROM frozen)",
                     DB_NONE, &rows, 0, NULL) &&
           files == rows;
}

static bool broken(struct world *world, const char *what, const struct err *err)
{
    if (!world->broken[0]) {
        snprintf(world->broken, sizeof(world->broken), "%s: %.200s", what, err->text);
    }
    return false;
}

bool world_check(struct world *world, size_t at)
{
    struct err err = {0};
    struct store *store = NULL;
    const struct look look = {.world = world, .at = at};
    world->broken[0] = 0;
    if (world->is_new && !file_exists(world->keyslot) && !begun(&look, FACT_SETTING)) {
        return world_first_start(world, &err) || broken(world, "no first start", &err);
    }
    struct key *key = world_unlock(world, at, &err);
    if (!key) {
        return broken(world, "nobody gets in any more (I1)", &err);
    }
    bool ok = store_start(world->folder, key, &store, &world->health, &err) ||
              broken(world, "the store does not open (I1)", &err);
    ok = ok && ((!world->health.set_aside && world->health.missing == 0) ||
                broken(world, "taken for damaged", &err));
    ok = ok && world_look(world, store, at, false, &err) == WORLD_FINE;
    ok = ok && (store_check(store, &err) || broken(world, "the check finds damage", &err));
    ok = ok && (has_no_orphans(world, store) || broken(world, "files without a row stay", &err));
    store_close(store);
    keyslot_forget(key);
    return ok;
}
