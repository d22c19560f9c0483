#include "tests/bench/inside.h"
#include "tests/bench/handheld.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store/household.h"
#include "app/store/setting.h"
#include "app/store/visit.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "app/store/inbox.h"
#include "platform/base/buf.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/db/db.h"

static void must(bool ok, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "inside: %s\n", err->text);
        exit(1);
    }
}

static struct app *open_app(const char *folder)
{
    struct app_options options = {.folder = folder, .no_sync = true};
    struct app *app = NULL;
    struct err err = {0};
    must(app_open(&options, &app, &err), &err);
    return app;
}

/* The same numbers on every machine. */
static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void add_visit(struct store *store, int64_t at, unsigned *seed)
{
    static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ"};
    static const char *const given[] = {"Thử", "Nghiệm", "Ví Dụ", "Mẫu", "Tưởng Tượng", "Bịa"};
    static const char *const outcomes[] = {"submitted", "centre", "appointment", "nobody_home"};
    static const char *const topics[] = {"vneid", "public_service", "payment safety", "online"};
    struct err err = {0};
    char title[80], hamlet[24];
    snprintf(title, sizeof(title), "%s %s %s", families[next(seed) % 7],
             next(seed) % 2 ? "Thị" : "Văn", given[next(seed) % 6]);
    snprintf(hamlet, sizeof(hamlet), "Tổ %u", next(seed) % 40 + 1);
    struct visit visit = {.kind = VISIT_HOME,
                          .state = VISIT_CLOSED,
                          .title = title,
                          .volunteer = "v1",
                          .commune = "00004",
                          .hamlet = hamlet,
                          .topics = topics[next(seed) % 4],
                          .outcome = outcomes[next(seed) % 4],
                          .rating = next(seed) % 5 + 1,
                          .started_ms = at,
                          .ended_ms = at + 1800000};
    must(visit_save(store, &visit, &err), &err);
}

void inside_fill(const char *folder, int visits, bool cheap)
{
    struct err err = {0};
    struct key *key = NULL;
    unsigned seed = 2026;
    struct app *app = open_app(folder);
    if (cheap) {
        must(keyslot_create(&app->place, STR(HANDHELD_PIN), &keyslot_floor, &key, &err), &err);
        keyslot_forget(key);
        must(app_unlock(app, STR(HANDHELD_PIN), &err), &err);
    } else {
        must(app_set_up(app, STR(HANDHELD_PIN), &err), &err);
    }
    int64_t now = clock_now_ms();
    must(db_begin(app->store->db, &err), &err);
    for (int i = 0; i < visits; i++) {
        add_visit(app->store, now - (int64_t)(visits - i) * 3000000, &seed);
    }
    must(db_end(app->store->db, true, &err), &err);
    app_close(app);
}

void inside_enrol(const char *folder, const char *address)
{
    struct err err = {0};
    struct app *app = open_app(folder);
    must(app_unlock(app, STR(HANDHELD_PIN), &err) &&
             setting_set(app->store, "server", address, &err) &&
             setting_set(app->store, "enrol.address", address, &err),
         &err);
    app_close(app);
}

/* One file of an update, whole. */
static void put_file(struct inbox *inbox, void *update, enum inbox_kind kind, const char *name,
                     const struct buf *bytes)
{
    char hash[HASH_MD5_TEXT];
    struct err err = {0};
    hash_md5_text(bytes->s, bytes->n, hash);
    struct inbox_file file = {.kind = kind, .name = name, .hash = hash};
    void *to = NULL;
    must(inbox->ops->open_file(inbox->ctx, update, &file, &to, &err) &&
             inbox->ops->write_file(inbox->ctx, to, bytes->s, bytes->n, &err) &&
             inbox->ops->close_file(inbox->ctx, to, &err),
         &err);
}

/* The shipped lists that the form names. */
static void put_lists(struct inbox *inbox, void *update, const struct buf *xml)
{
    static const char *const lists[] = {"communes.csv",   "failure_reasons.csv", "hotlines.csv",
                                        "procedures.csv", "provinces.csv",       "topics.csv"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        char reference[64], path[HANDHELD_PATH];
        struct buf bytes = {0};
        struct err err = {0};
        snprintf(reference, sizeof(reference), "jr://file-csv/%s", lists[i]);
        if (!memmem(xml->s, xml->n, reference, strlen(reference))) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/lists/%s", getenv("GOCUA_ASSETS"), lists[i]);
        must(file_read(path, 16 << 20, &bytes, &err), &err);
        put_file(inbox, update, INBOX_MEDIA, lists[i], &bytes);
        buf_finish(&bytes);
    }
}

/* The form's own id: a record must name it. */
static void read_form_id(const struct buf *xml, char *id, size_t room)
{
    const char *at = memmem(xml->s, xml->n, "<instance", 9);
    const char *root = at ? strstr(at + 1, " id=\"") : NULL;
    size_t n = root ? strcspn(root + 5, "\"") : 0;
    snprintf(id, room, "%.*s", (int)n, root ? root + 5 : "");
}

/* As a hub would send it; its id is put into id. */
static void put_form(struct app *app, const char *path, char *id, size_t room)
{
    char hash[HASH_MD5_TEXT];
    struct inbox_place place = {app->store, "http://bench"};
    struct inbox inbox = inbox_of(&place);
    struct buf xml = {0};
    struct err err = {0};
    void *update = NULL;
    must(file_read(path, 16 << 20, &xml, &err), &err);
    hash_md5_text(xml.s, xml.n, hash);
    buf_add_char(&xml, 0);
    xml.n--;
    read_form_id(&xml, id, room);
    struct inbox_form form = {.form_id = id, .version = "1", .name = id, .hash = hash};
    must(inbox.ops->begin(inbox.ctx, &form, &update, &err), &err);
    put_file(&inbox, update, INBOX_FORM, "", &xml);
    put_lists(&inbox, update, &xml);
    must(inbox.ops->commit(inbox.ctx, update, &err), &err);
    buf_finish(&xml);
}

void inside_put_form(const char *folder, const char *path, char *id, size_t room)
{
    struct err err = {0};
    struct app *app = open_app(folder);
    must(app_unlock(app, STR(HANDHELD_PIN), &err), &err);
    put_form(app, path, id, room);
    app_close(app);
}

struct cost inside_answers(const char *folder, int count, struct cost *unlock)
{
    struct err err = {0};
    struct filling *filling = NULL;
    struct app *app = open_app(folder);
    double cpu = cpu_ms(), wall = (double)clock_mono_ms();
    must(app_unlock(app, STR(HANDHELD_PIN), &err), &err);
    *unlock = (struct cost){cpu_ms() - cpu, (double)clock_mono_ms() - wall};
    char path[HANDHELD_PATH], id[64];
    snprintf(path, sizeof(path), "%s/forms/feedback.xml", getenv("GOCUA_ASSETS"));
    put_form(app, path, id, sizeof(id));
    must(filling_begin(app, id, "", &filling, &err), &err);
    cpu = cpu_ms();
    wall = (double)clock_mono_ms();
    for (int i = 0; i < count; i++) {
        char text[40];
        snprintf(text, sizeof(text), "câu trả lời %d", i);
        must(filling_answer(filling, "/data/what/story", str_of(text), NULL, &err), &err);
    }
    struct cost cost = {(cpu_ms() - cpu) / count, ((double)clock_mono_ms() - wall) / count};
    must(filling_discard(filling, &err), &err);
    app_close(app);
    return cost;
}
