#include "helper_kill_visit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/store/attachment.h"
#include "app/store/list.h"
#include "app/store/record.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/db/db.h"

enum { PLAIN = 30, ROWS = 2, IN_ROW = 5, SESSIONS = 5, NEXT_TIME_MS = 2 * 24 * 3600 * 1000 };

static const size_t photo_sizes[KILL_PHOTOS] = {700, 90000, 20000}; /* the second: two chunks */

/* ---- the form ------------------------------------------------------------------------------- */

static bool is_number(int i)
{
    return i % 6 == 5;
}

void visit_form(struct buf *xml)
{
    buf_add_text(xml, "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
                      "xmlns:h=\"http://www.w3.org/1999/xhtml\" "
                      "xmlns:jr=\"http://openrosa.org/javarosa\" "
                      "xmlns:e=\"http://www.opendatakit.org/xforms/entities\"><h:head>"
                      "<h:title>Kills</h:title><model e:entities-version=\"2024.1.0\"><instance>"
                      "<data id=\"" KILL_FORM "\" version=\"1\">");
    for (int i = 0; i < PLAIN; i++) {
        buf_addf(xml, "<q%d/>", i);
    }
    buf_add_text(xml, "<both/><row jr:template=\"\">");
    for (int i = 0; i < IN_ROW; i++) {
        buf_addf(xml, "<r%d/>", i);
    }
    buf_add_text(xml,
                 "</row><photo0/><photo1/><photo2/><meta><instanceID/><entity "
                 "xmlns=\"http://www.opendatakit.org/xforms/entities\" dataset=\"homes\" id=\"\" "
                 "create=\"1\"><label/></entity></meta></data></instance><instance id=\"homes\" "
                 "src=\"jr://file-csv/homes.csv\"/>"
                 "<bind nodeset=\"/data/both\" calculate=\"concat(/data/q0, ' + ', /data/q1)\"/>"
                 "<bind nodeset=\"/data/q0\" e:saveto=\"owner\"/>"
                 "<bind nodeset=\"/data/meta/entity/label\" calculate=\"/data/q0\"/>"
                 "<setvalue event=\"odk-instance-first-load\" ref=\"/data/meta/entity/@id\" "
                 "value=\"uuid()\"/>");
    for (int i = 0; i < PLAIN; i++) {
        buf_addf(xml, "<bind nodeset=\"/data/q%d\" type=\"%s\" required=\"true()\"/>", i,
                 is_number(i) ? "int" : "string");
    }
    for (int i = 0; i < KILL_PHOTOS; i++) {
        buf_addf(xml, "<bind nodeset=\"/data/photo%d\" type=\"binary\" required=\"true()\"/>", i);
    }
    buf_add_text(xml, "</model></h:head><h:body>");
    for (int i = 0; i < PLAIN; i++) {
        buf_addf(xml, "<input ref=\"/data/q%d\"><label>Question %d</label></input>", i, i);
    }
    buf_add_text(xml, "<group ref=\"/data/row\"><label>Row</label><repeat nodeset=\"/data/row\">");
    for (int i = 0; i < IN_ROW; i++) {
        buf_addf(xml, "<input ref=\"/data/row/r%d\"><label>Cell %d</label></input>", i, i);
    }
    buf_add_text(xml, "</repeat></group>");
    for (int i = 0; i < KILL_PHOTOS; i++) {
        buf_addf(xml,
                 "<upload mediatype=\"image/*\" ref=\"/data/photo%d\"><label>Photo</label>"
                 "</upload>",
                 i);
    }
    buf_add_text(xml, "</h:body></h:html>");
}

static void ref_of(int i, char ref[64])
{
    if (i < PLAIN) {
        snprintf(ref, 64, "/data/q%d", i);
    } else {
        snprintf(ref, 64, "/data/row[%d]/r%d", (i - PLAIN) / IN_ROW + 1, (i - PLAIN) % IN_ROW);
    }
}

static void answer_of(uint64_t seed, int i, char text[64])
{
    if (i < PLAIN && is_number(i)) {
        snprintf(text, 64, "%u", (unsigned)(seed % 9000) + 1000 + (unsigned)i);
    } else {
        snprintf(text, 64, KILL_CANARY " %llx câu %d, Nguyễn Thị Ổn", (unsigned long long)seed, i);
    }
}

void visit_photo(uint64_t seed, int which, struct buf *bytes)
{
    uint64_t x = seed * 2654435761u + (unsigned)which + 1;
    buf_add_text(bytes, KILL_CANARY);
    for (size_t i = bytes->n; i < photo_sizes[which]; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        buf_add_char(bytes, (char)x);
    }
}

/* ---- what the driver hears ------------------------------------------------------------------ */

static void say(const struct visit *v, const struct said *said)
{
    if (write(v->journal, said, sizeof(*said)) != sizeof(*said)) {
        _exit(8);
    }
}

void oracle_hear(struct oracle *o, const struct said *said)
{
    switch ((enum said_kind)said->kind) {
    case SAID_BEGUN:
        snprintf(o->instance, sizeof(o->instance), "%.63s", said->text);
        break;
    case SAID_ANSWER:
        o->answers = said->n;
        break;
    case SAID_PHOTO:
        snprintf(o->photos[said->n], sizeof(o->photos[0]), "%.127s", said->text);
        break;
    case SAID_FINISHED:
        o->is_finished = true;
        memcpy(o->digest, said->digest, sizeof(o->digest));
        break;
    case SAID_SENT:
        o->is_sent = true;
        break;
    case SAID_CONFIRMED:
        o->is_confirmed = true;
        break;
    case SAID_OPEN:
    case SAID_BROKEN:
        break;
    }
}

#define MUST(v, ok, err, ...)                                                                      \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            broken((v), (err), __VA_ARGS__);                                                       \
        }                                                                                          \
    } while (0)

__attribute__((noreturn, format(printf, 3, 4))) static void
broken(const struct visit *v, const struct err *err, const char *format, ...)
{
    struct said said = {.kind = SAID_BROKEN};
    va_list args;
    va_start(args, format);
    int n = vsnprintf(said.text, sizeof(said.text), format, args);
    va_end(args);
    if (err && n >= 0 && (size_t)n < sizeof(said.text)) {
        snprintf(said.text + n, sizeof(said.text) - (size_t)n, ": %s", err->text);
    }
    say(v, &said);
    _exit(9);
}

/* ---- does the folder keep what was promised? ------------------------------------------------ */

struct standing {
    struct arena arena;
    struct record record; /* id 0: none */
    struct filling *filling;
};

static void load(const struct visit *v, struct app *app, struct standing *s)
{
    struct err err = {0};
    struct records all = {0};
    const struct record_filter any = {0};
    arena_reset(&s->arena);
    s->record = (struct record){0};
    MUST(v, record_page(app->store, &any, (struct page){0, 3}, &s->arena, &all, &err), &err,
         "I1 the records cannot be read");
    MUST(v, all.n <= 1, NULL, "I2 one form was opened, %d records stand here", (int)all.n);
    if (all.n) {
        s->record = all.v[0];
    }
}

static void check_photo(const struct visit *v, struct app *app, int64_t record, int i,
                        const char *name)
{
    struct err err = {0};
    struct buf want = {0}, have = {0};
    visit_photo(v->oracle.seed, i, &want);
    MUST(v, attachment_load(app->store, record, name, &have, &err), &err, "I1 photo %d is lost", i);
    MUST(v, str_eq(buf_str(&want), buf_str(&have)), NULL, "I1 photo %d has other bytes", i);
    buf_finish(&want);
    buf_finish(&have);
}

static void check_draft(const struct visit *v, struct app *app, const struct standing *s)
{
    const struct oracle *o = &v->oracle;
    struct entry *entry = s->filling->entry;
    char ref[64], text[64];
    MUST(v, !o->is_finished, NULL, "I1 the finished record is a draft again");
    MUST(v, strcmp(entry_instance_id(entry), s->record.instance_id) == 0, NULL,
         "I2 the draft has %s inside, its row %s", entry_instance_id(entry), s->record.instance_id);
    for (int i = 0; i < KILL_ANSWERS; i++) {
        ref_of(i, ref);
        answer_of(o->seed, i, text);
        struct str value = entry_value(entry, ref);
        /* the one after the last acknowledged may be there or not */
        bool may_lack = i >= o->answers, may_stand = i <= o->answers;
        MUST(v, (str_is(value, text) && may_stand) || (value.n == 0 && may_lack), NULL,
             "I1 answer %d of %d acknowledged is \"" STR_FMT "\"", i, o->answers, STR_ARG(value));
    }
    for (int i = 0; i < KILL_PHOTOS; i++) {
        snprintf(ref, sizeof(ref), "/data/photo%d", i);
        struct str value = entry_value(entry, ref);
        MUST(v, !o->photos[i][0] || str_is(value, o->photos[i]), NULL, "I1 photo %d is gone", i);
        if (value.n) {
            char name[128];
            snprintf(name, sizeof(name), STR_FMT, STR_ARG(value));
            check_photo(v, app, s->record.id, i, name);
        }
    }
}

static void check_in_xml(const struct visit *v, struct str xml, const char *tag, const char *text)
{
    struct buf want = {0};
    buf_addf(&want, "<%s>%s</%s>", tag, text, tag);
    MUST(v, str_find(xml, buf_str(&want)) >= 0, NULL, "I1 the frozen record lacks %s",
         buf_text(&want));
    buf_finish(&want);
}

/* What finishing does to the entity list stands exactly when the record is finished, and once. */
static void check_entity(const struct visit *v, struct app *app, bool is_finished)
{
    struct err err = {0};
    struct form_list *list;
    uint32_t rows[3];
    char owner[64];
    size_t label = 0, version = 0;
    answer_of(v->oracle.seed, 0, owner);
    MUST(v, list_open(app->store, "homes.csv", &list, &err), &err, "I1 the list is gone");
    for (size_t i = 0; i < list->ops->column_count(list); i++) {
        struct str name = list->ops->column_name(list, i);
        label = str_is(name, "label") ? i : label;
        version = str_is(name, "__version") ? i : version;
    }
    size_t n = list->ops->find(list, label, str_of(owner), 0, rows, 3);
    MUST(v, n == (is_finished ? 1 : 0), NULL,
         "I1 the record is %sfinished, its entity stands %d "
         "times in the list",
         is_finished ? "" : "not ", (int)n);
    if (n) {
        struct str cell = list->ops->cell(list, rows[0], version);
        MUST(v, str_is(cell, "1"), NULL, "I1 the entity has version " STR_FMT, STR_ARG(cell));
    }
    list->ops->destroy(list);
}

static void check_frozen(const struct visit *v, struct app *app, const struct standing *s)
{
    const struct oracle *o = &v->oracle;
    struct err err = {0};
    struct buf xml = {0};
    unsigned char digest[HASH_MAX];
    char tag[64], text[64];
    struct arena arena = {0};
    struct attachments files = {0};
    MUST(v, record_xml(app->store, s->record.id, &xml, &err), &err, "I1 the frozen bytes");
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, digest);
    MUST(v, !o->is_finished || memcmp(digest, o->digest, KILL_DIGEST) == 0, NULL,
         "I1 the frozen bytes have changed");
    check_in_xml(v, buf_str(&xml), "instanceID", s->record.instance_id);
    for (int i = 0; i < KILL_ANSWERS; i++) {
        snprintf(tag, sizeof(tag), i < PLAIN ? "q%d" : "r%d", i < PLAIN ? i : (i - PLAIN) % IN_ROW);
        answer_of(o->seed, i, text);
        check_in_xml(v, buf_str(&xml), tag, text);
    }
    MUST(v, attachment_list(app->store, s->record.id, &arena, &files, &err), &err, "I1 files");
    MUST(v, files.n == KILL_PHOTOS, NULL, "I1 the record has %d files", (int)files.n);
    for (int i = 0; i < KILL_PHOTOS; i++) {
        MUST(v, !o->photos[i][0] || strcmp(files.v[i].name, o->photos[i]) == 0, NULL,
             "I1 photo %d is called %s", i, files.v[i].name);
        snprintf(tag, sizeof(tag), "photo%d", i);
        check_in_xml(v, buf_str(&xml), tag, files.v[i].name);
        check_photo(v, app, s->record.id, i, files.v[i].name);
    }
    arena_finish(&arena);
    buf_finish(&xml);
}

static void check_standing(const struct visit *v, struct app *app, struct standing *s)
{
    const struct oracle *o = &v->oracle;
    struct err err = {0};
    MUST(v, !app->health.set_aside && app->health.missing == 0, NULL,
         "I1 a kill has damaged the store: %s", app->health.aside);
    if (s->record.id == 0) {
        MUST(v, !o->instance[0], NULL, "I1 the draft is gone");
        return;
    }
    MUST(v, !o->instance[0] || strcmp(s->record.instance_id, o->instance) == 0, NULL,
         "I1 the record is %s, acknowledged was %s", s->record.instance_id, o->instance);
    MUST(v, s->record.state != RECORD_ASIDE && s->record.state != RECORD_RETURNED, NULL,
         "I5 the record was set aside: %s", s->record.reason);
    MUST(v, !o->is_sent || s->record.state == RECORD_SENT, NULL, "I1 sent, and now state %d",
         (int)s->record.state);
    if (s->record.state == RECORD_DRAFT) {
        MUST(v, filling_resume(app, s->record.id, &s->filling, &err), &err,
             "I1 the draft does not open");
        check_draft(v, app, s);
    } else {
        check_frozen(v, app, s);
    }
    check_entity(v, app, s->record.state != RECORD_DRAFT);
}

/* ---- the run -------------------------------------------------------------------------------- */

static void answer_all(const struct visit *v, struct filling *f)
{
    struct err err = {0};
    char ref[64], text[64];
    for (int i = 0; i < KILL_ANSWERS; i++) {
        ref_of(i, ref);
        answer_of(v->oracle.seed, i, text);
        if (i >= PLAIN &&
            entry_repeat_count(f->entry, "/data/row") <= (size_t)(i - PLAIN) / IN_ROW) {
            MUST(v, filling_add(f, "/data/row", NULL, &err), &err, "I6 a row cannot be added");
        }
        if (!str_is(entry_value(f->entry, ref), text)) {
            MUST(v, filling_answer(f, ref, str_of(text), NULL, &err), &err, "I6 answer %d", i);
        }
        if (i >= v->oracle.answers) {
            say(v, &(struct said){.kind = SAID_ANSWER, .n = i + 1});
        }
    }
}

static void take_photos(const struct visit *v, struct filling *f)
{
    struct err err = {0};
    char ref[64];
    for (int i = 0; i < KILL_PHOTOS; i++) {
        struct said said = {.kind = SAID_PHOTO, .n = i};
        struct buf bytes = {0};
        snprintf(ref, sizeof(ref), "/data/photo%d", i);
        if (entry_value(f->entry, ref).n == 0) {
            visit_photo(v->oracle.seed, i, &bytes);
            MUST(v, filling_attach(f, ref, buf_str(&bytes), "jpg", &err), &err, "I6 photo %d", i);
            buf_finish(&bytes);
        }
        struct str name = entry_value(f->entry, ref);
        snprintf(said.text, sizeof(said.text), STR_FMT, STR_ARG(name));
        say(v, &said);
    }
}

static void tell_finished(const struct visit *v, struct app *app, int64_t record)
{
    struct said said = {.kind = SAID_FINISHED};
    struct buf xml = {0};
    struct err err = {0};
    MUST(v, record_xml(app->store, record, &xml, &err), &err, "I1 the frozen bytes");
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, said.digest);
    say(v, &said);
    buf_finish(&xml);
}

static void fill(const struct visit *v, struct app *app, struct standing *s)
{
    struct err err = {0};
    struct said begun = {.kind = SAID_BEGUN};
    if (!s->filling) {
        MUST(v, filling_begin(app, KILL_FORM, "", &s->filling, &err), &err, "I6 the form");
    }
    snprintf(begun.text, sizeof(begun.text), "%s", entry_instance_id(s->filling->entry));
    say(v, &begun);
    answer_all(v, s->filling);
    take_photos(v, s->filling);
    MUST(v, filling_finish(s->filling, &err), &err, "I6 the record cannot be finished");
    filling_close(s->filling);
    s->filling = NULL;
    load(v, app, s);
}

/* The second confirmation is the store's own note: record_purge goes by it. */
static bool is_confirmed(const struct visit *v, struct app *app)
{
    struct err err = {0};
    int64_t again = 0;
    MUST(v, db_number(app->store->db, "SELECT again_ms FROM record", DB_NONE, &again, 0, &err),
         &err, "the ledger");
    return again > 0;
}

static void send_until(const struct visit *v, struct app *app, struct standing *s, bool again)
{
    const struct sync_options options = {.send = true, .fetch = again};
    struct run_result result = {0};
    struct err err = {0};
    for (int i = 0; i < SESSIONS; i++) {
        if (again ? is_confirmed(v, app) : s->record.state == RECORD_SENT) {
            return;
        }
        MUST(v, sync_now(app, &options, &result, &err), &err, "I6 a session failed here");
        load(v, app, s);
    }
    MUST(v, again ? is_confirmed(v, app) : s->record.state == RECORD_SENT, NULL,
         "I5 not %s after %d sessions: state %d %s %s", again ? "confirmed" : "sent", SESSIONS,
         (int)s->record.state, s->record.reason, result.message);
}

void visit_play(void *ctx)
{
    const struct visit *v = ctx;
    const struct app_options options = {.folder = v->folder, .no_sync = true};
    struct app *app = NULL;
    struct standing s = {0};
    struct err err = {0};
    MUST(v, app_open(&options, &app, &err), &err, "I6 the folder does not open");
    MUST(v, app_unlock(app, KILL_PIN, &err), &err, "I6 the store does not open");
    load(v, app, &s);
    say(v, &(struct said){.kind = SAID_OPEN,
                          .n = (int)s.record.state,
                          .files = (int)s.record.files_confirmed});
    check_standing(v, app, &s);
    if (s.record.id == 0 || s.record.state == RECORD_DRAFT) {
        fill(v, app, &s);
    }
    tell_finished(v, app, s.record.id);
    send_until(v, app, &s, false);
    say(v, &(struct said){.kind = SAID_SENT});
    clock_fix_wall(clock_now_ms() + NEXT_TIME_MS);
    send_until(v, app, &s, true);
    check_frozen(v, app, &s);
    check_entity(v, app, true);
    say(v, &(struct said){.kind = SAID_CONFIRMED});
    arena_finish(&s.arena);
    app_close(app);
    _exit(0);
}
