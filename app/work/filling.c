#define LOG_ROOM "work"
#include "app/work/filling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/attachment.h"
#include "app/store/formfile.h"
#include "app/work/app.h"
#include "app/work/sealing.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { WHOLE_AFTER = 50 };

/* ---- where the form's files come from -------------------------------------------------------- */

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    struct filling *f = ctx;
    char name[256];
    struct str last = form_media_name(str_of(uri));
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(last));
    return formfile_media(f->app->store, f->formfile, name, bytes, err);
}

static bool open_list(void *ctx, const char *uri, struct form_list **list)
{
    struct filling *f = ctx;
    char name[256];
    struct str last = form_media_name(str_of(uri));
    snprintf(name, sizeof(name), STR_FMT "%s", STR_ARG(last),
             str_find(last, STR(".")) < 0 ? ".csv" : "");
    return formfile_open_list(f->app->store, f->formfile, name, list, NULL);
}

static bool load_form(struct filling *f, struct err *err)
{
    struct form_options options = {.media = {f, read_media, open_list}};
    struct buf xml = {0};
    bool ok = formfile_xml(f->app->store, f->formfile, &xml, err);
    if (ok) {
        f->form = form_load(buf_str(&xml), &options);
        ok = form_is_usable(f->form) ||
             err_set(err, ERR_INPUT, 0, "%s",
                     form_problem_count(f->form) ? form_problem_at(f->form, 0)->text
                                                 : "the form cannot be used");
    }
    buf_finish(&xml);
    return ok;
}

/* ---- saving ---------------------------------------------------------------------------------- */

void filling_note(struct filling *f, const char *event, const char *ref)
{
    audit_event(f->entry, event, ref);
}

/* Rows that could not be written stay for the next time. */
static bool save_log(struct filling *f, struct err *err)
{
    audit_take_ended(f->entry, &f->log);
    if (f->log.n == 0) {
        return true;
    }
    bool ok = record_add_audit(f->app->store, f->record, buf_str(&f->log), err);
    if (ok) {
        buf_clear(&f->log);
    }
    return ok;
}

static void open_log(struct filling *f, const char *event)
{
    audit_context(f->entry, settings_text(f->app, "volunteer_name"), NULL, NULL, NULL, NULL);
    filling_note(f, event, "");
}

bool filling_save(struct filling *f, struct err *err)
{
    struct buf xml = {0};
    bool ok = entry_serialize(f->entry, SERIAL_DRAFT, &xml, err) &&
              record_save_draft(f->app->store, f->record, buf_str(&xml),
                                entry_instance_name(f->entry), err) &&
              save_log(f, err);
    buf_wipe(&xml);
    if (ok) {
        f->answers = 0;
        f->is_whole_due = false;
        err_clear(&f->saving);
    }
    return ok;
}

static bool save_answer(struct filling *f, const char *ref, struct err *err)
{
    if (f->is_whole_due || ++f->answers > WHOLE_AFTER) {
        return filling_save(f, err);
    }
    return record_save_answer(f->app->store, f->record, ref, entry_value(f->entry, ref), err) &&
           save_log(f, err);
}

static bool saved(struct filling *f, bool ok, struct err *err)
{
    struct err own = {0};
    if (!ok && err) {
        own = *err;
        f->saving = own;
        f->is_whole_due = true; /* the next save brings everything */
        log_error("record %lld is not saved: %s", (long long)f->record, own.text);
    }
    return ok;
}

/* ---- begin and end --------------------------------------------------------------------------- */

static struct filling *create(struct app *app)
{
    struct filling *f = mem_alloc(1, sizeof(*f));
    f->app = app;
    return f;
}

static void destroy(struct filling *f)
{
    entry_destroy(f->entry);
    form_destroy(f->form);
    buf_wipe(&f->log);
    free(f);
}

static struct entry_device device_of(struct app *app)
{
    return (struct entry_device){.device_id = app->device_id};
}

void filling_follow_language(struct filling *f)
{
    size_t count;
    const struct lang *langs = lang_list(&count);
    for (size_t i = 0; i < form_language_count(f->form); i++) {
        const char *name = form_language_at(f->form, i);
        char tail[24];
        snprintf(tail, sizeof(tail), "(%s)", lang_get());
        bool fits = strcmp(name, lang_get()) == 0 || strstr(name, tail) != NULL;
        for (size_t k = 0; k < count && !fits; k++) {
            fits = strcmp(langs[k].code, lang_get()) == 0 && strcmp(langs[k].name, name) == 0;
        }
        if (fits) {
            snprintf(f->language, sizeof(f->language), "%s", name);
            entry_set_language(f->entry, name, NULL);
            return;
        }
    }
}

bool filling_begin(struct app *app, const char *form_id, const char *visit, struct filling **out,
                   struct err *err)
{
    struct filling *f = create(app);
    struct entry_device device = device_of(app);
    snprintf(f->visit, sizeof(f->visit), "%s", visit ? visit : "");
    struct buf xml = {0};
    bool ok = formfile_current(app->store, form_id, &f->formfile, err) && load_form(f, err) &&
              entry_create(f->form, &device, &f->entry, err);
    if (ok) {
        filling_follow_language(f);
        ok = entry_serialize(f->entry, SERIAL_DRAFT, &xml, err);
    }
    if (ok) {
        struct record_new what = {.formfile = f->formfile,
                                  .form_id = form_id,
                                  .version = form_version(f->form),
                                  .instance_id = entry_instance_id(f->entry),
                                  .visit = f->visit,
                                  .title = entry_instance_name(f->entry),
                                  .xml = buf_str(&xml)};
        ok = record_create(app->store, &what, &f->record, err);
        open_log(f, "form start");
    }
    buf_wipe(&xml);
    if (!ok) {
        destroy(f);
        return err_prefix(err, "form %s", form_id);
    }
    *out = f;
    return true;
}

static bool replay(struct filling *f, const struct record_draft *draft, struct err *err)
{
    for (size_t i = 0; i < draft->answer_count; i++) {
        const struct record_answer *answer = &draft->answers[i];
        struct err own = {0};
        if (!entry_answer(f->entry, answer->ref, answer->value, NULL, &own)) {
            log_warn("record %lld: an answer could not be restored: %s", (long long)f->record,
                     own.text);
        }
    }
    return draft->answer_count == 0 || filling_save(f, err);
}

/* A draft whose XML was lost with a damaged database begins again under the instance id that its
 * row has: whoever asks a server for the record asks for that. */
static bool create_again(struct filling *f, const char *instance_id, struct err *err)
{
    struct entry_device device = device_of(f->app);
    struct buf xml = {0}, own = {0};
    bool ok = entry_create(f->form, &device, &f->entry, err) &&
              entry_serialize(f->entry, SERIAL_DRAFT, &xml, err);
    struct str fresh = str_of(ok ? entry_instance_id(f->entry) : "");
    ptrdiff_t at = fresh.n ? str_find(buf_str(&xml), fresh) : -1;
    if (at >= 0) {
        buf_add(&own, xml.s, (size_t)at);
        buf_add_text(&own, instance_id);
        buf_add_text(&own, xml.s + at + fresh.n);
        entry_destroy(f->entry);
        f->entry = NULL;
        ok = entry_open(f->form, buf_str(&own), ENTRY_RESUME, &device, &f->entry, err);
    }
    buf_wipe(&xml);
    buf_wipe(&own);
    return ok;
}

bool filling_resume(struct app *app, int64_t record, struct filling **out, struct err *err)
{
    struct filling *f = create(app);
    struct arena arena = {0};
    struct record row;
    struct record_draft draft;
    struct entry_device device = device_of(app);
    f->record = record;
    bool ok = record_get(app->store, record, &arena, &row, err) &&
              record_load_draft(app->store, record, &arena, &draft, err);
    if (ok) {
        f->formfile = row.formfile;
        snprintf(f->visit, sizeof(f->visit), "%s", row.visit);
        ok = load_form(f, err) &&
             (draft.xml.n ? entry_open(f->form, draft.xml, ENTRY_RESUME, &device, &f->entry, err)
                          : create_again(f, row.instance_id, err));
    }
    if (ok) {
        filling_follow_language(f);
        open_log(f, "form resume");
        ok = replay(f, &draft, err);
    }
    arena_finish(&arena);
    if (!ok) {
        destroy(f);
        return false;
    }
    *out = f;
    return true;
}

/* ---- corrections ----------------------------------------------------------------------------- */

bool filling_look(struct app *app, int64_t formfile, struct str xml, struct filling **out,
                  struct err *err)
{
    struct filling *f = create(app);
    struct entry_device device = device_of(app);
    f->formfile = formfile;
    bool ok = load_form(f, err) && entry_open(f->form, xml, ENTRY_RESUME, &device, &f->entry, err);
    if (!ok) {
        destroy(f);
        return false;
    }
    filling_follow_language(f);
    *out = f;
    return true;
}

void filling_look_away(struct filling *f)
{
    if (f) {
        destroy(f);
    }
}

static bool copy_file(struct filling *f, const struct attachment *file, struct err *err)
{
    struct attachment_reader *from = attachment_open(f->app->store, file->id, err);
    struct attachment_writer *to =
        from ? attachment_begin(f->app->store, f->record, file->name, file->mime, err) : NULL;
    unsigned char part[8192];
    size_t got = 1;
    bool ok = to != NULL;
    while (ok && got > 0) {
        ok = attachment_read(from, part, sizeof(part), &got, err) &&
             (got == 0 || attachment_write(to, part, got, err));
    }
    explicit_bzero(part, sizeof(part));
    attachment_close(from);
    return to ? attachment_end(to, ok, err) : false;
}

/* Files that the answers name go along again: a portal may keep them by version. */
static bool copy_files(struct filling *f, int64_t from, struct err *err)
{
    struct arena arena = {0};
    struct attachments files = {0};
    const char *name;
    bool ok = attachment_list(f->app->store, from, &arena, &files, err);
    for (size_t i = 0; ok && (name = entry_attachment_at(f->entry, i)); i++) {
        for (size_t k = 0; ok && k < files.n; k++) {
            ok = strcmp(files.v[k].name, name) != 0 || copy_file(f, &files.v[k], err);
        }
    }
    arena_finish(&arena);
    return ok;
}

/* The frozen XML, under another instance id when that is the one to be replaced. */
static bool read_sent(struct app *app, const struct record *row, const char *over, struct buf *xml,
                      struct err *err)
{
    struct buf own = {0};
    bool ok = record_xml(app->store, row->id, &own, err);
    ptrdiff_t at = over && ok ? str_find(buf_str(&own), str_of(row->instance_id)) : -1;
    if (at >= 0) {
        size_t behind = (size_t)at + strlen(row->instance_id);
        buf_add(xml, own.s, (size_t)at);
        buf_add_text(xml, over);
        buf_add(xml, own.s + behind, own.n - behind);
    } else if (ok) {
        buf_add_str(xml, buf_str(&own));
    }
    buf_wipe(&own);
    return ok;
}

static bool begin_correction(struct filling *f, const struct record *row, int64_t replaces,
                             struct err *err)
{
    struct buf xml = {0};
    bool ok = entry_serialize(f->entry, SERIAL_DRAFT, &xml, err);
    struct record_new what = {.formfile = f->formfile,
                              .form_id = row->form_id,
                              .version = row->version,
                              .instance_id = entry_instance_id(f->entry),
                              .visit = row->visit,
                              .title = entry_instance_name(f->entry),
                              .xml = buf_str(&xml),
                              .replaces = replaces};
    ok = ok && record_create(f->app->store, &what, &f->record, err);
    if (ok && !copy_files(f, row->id, err)) {
        record_delete_draft(f->app->store, f->record, NULL);
        ok = false;
    }
    buf_wipe(&xml);
    return ok;
}

bool filling_correct(struct app *app, int64_t record, const char *over, struct filling **out,
                     struct err *err)
{
    struct filling *f = create(app);
    struct arena arena = {0};
    struct record row = {0};
    struct buf xml = {0};
    struct entry_device device = device_of(app);
    bool ok =
        record_get(app->store, record, &arena, &row, err) && read_sent(app, &row, over, &xml, err);
    f->formfile = row.formfile;
    ok = ok && load_form(f, err) &&
         (!sealing_is_wanted(f->form) ||
          err_set(err, ERR_DENIED, 0, "an encrypted record cannot be read here any more")) &&
         entry_open(f->form, buf_str(&xml), ENTRY_EDIT, &device, &f->entry, err);
    if (ok) {
        snprintf(f->visit, sizeof(f->visit), "%s", row.visit);
        filling_follow_language(f);
        open_log(f, "form start");
        ok = begin_correction(f, &row, over ? row.replaces : record, err);
    }
    buf_wipe(&xml);
    arena_finish(&arena);
    if (!ok) {
        destroy(f);
        return false;
    }
    *out = f;
    return true;
}

void filling_close(struct filling *f)
{
    struct err err = {0};
    if (f) {
        filling_note(f, "form exit", "");
        audit_take_ended(f->entry, &f->log);
        if (!f->is_finished && f->log.n && f->app->store && !save_log(f, &err)) {
            log_error("record %lld: its log is not whole: %s", (long long)f->record, err.text);
        }
        if ((f->answers || f->is_whole_due) && f->app->store && !filling_save(f, &err)) {
            log_error("record %lld is not saved whole: %s", (long long)f->record, err.text);
        }
        destroy(f);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

bool filling_answer(struct filling *f, const char *ref, struct str value,
                    struct answer_result *result, struct err *err)
{
    struct err own = {0};
    struct answer_result said = {0};
    char kept[512];
    snprintf(kept, sizeof(kept), "%s", ref); /* refs of the entry change with it */
    if (!entry_answer(f->entry, ref, value, &said, err ? err : &own)) {
        return false;
    }
    if (result) {
        *result = said;
    }
    return said.state != ANSWER_OK ||
           saved(f, save_answer(f, kept, err ? err : &own), err ? err : &own);
}

bool filling_add(struct filling *f, const char *ref, const char **made, struct err *err)
{
    filling_note(f, "add repeat", ref);
    return entry_repeat_add(f->entry, ref, made, err) && saved(f, filling_save(f, err), err);
}

bool filling_remove(struct filling *f, const char *ref, struct err *err)
{
    filling_note(f, "delete repeat", ref);
    return entry_repeat_remove(f->entry, ref, err) && saved(f, filling_save(f, err), err);
}

static const char *mime_of(const char *ending)
{
    static const char *const known[][2] = {{"jpg", "image/jpeg"}, {"png", "image/png"},
                                           {"wav", "audio/wav"},  {"mp3", "audio/mpeg"},
                                           {"mp4", "video/mp4"},  {"pdf", "application/pdf"},
                                           {"csv", "text/csv"}};
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(known[i][0], ending) == 0) {
            return known[i][1];
        }
    }
    return "application/octet-stream";
}

enum { FILE_NAME = 128 };

/* A name after question and time that no file of the record has: a clock that was set back, or
 * rows of a repeat in one moment, must not put one photo in the place of another. */
static bool name_file(struct filling *f, const char *ref, const char *ending, char name[FILE_NAME],
                      struct err *err)
{
    const char *last = strrchr(ref, '/');
    struct arena arena = {0};
    struct attachments files = {0};
    int64_t at = clock_now_ms();
    bool is_taken = true;
    bool ok = attachment_list(f->app->store, f->record, &arena, &files, err);
    while (ok && is_taken) {
        snprintf(name, FILE_NAME, "%.60s-%lld.%.8s", last ? last + 1 : "file", (long long)at++,
                 ending);
        for (char *c = name; *c; c++) {
            *c = *c == '[' || *c == ']' || *c == ':' ? '_' : *c;
        }
        is_taken = false;
        for (size_t i = 0; i < files.n; i++) {
            is_taken = is_taken || strcmp(files.v[i].name, name) == 0;
        }
    }
    arena_finish(&arena);
    return ok;
}

bool filling_attach(struct filling *f, const char *ref, struct str bytes, const char *ending,
                    struct err *err)
{
    char name[FILE_NAME], old[256];
    struct str before = entry_value(f->entry, ref);
    snprintf(old, sizeof(old), STR_FMT, STR_ARG(before));
    if (!name_file(f, ref, ending, name, err) ||
        !attachment_put(f->app->store, f->record, name, mime_of(ending), bytes, err) ||
        !filling_answer(f, ref, str_of(name), NULL, err)) {
        return false;
    }
    return !old[0] || attachment_remove(f->app->store, f->record, old, err);
}

bool filling_detach(struct filling *f, const char *ref, struct err *err)
{
    char old[256];
    struct str before = entry_value(f->entry, ref);
    snprintf(old, sizeof(old), STR_FMT, STR_ARG(before));
    return filling_answer(f, ref, STR(""), NULL, err) &&
           (!old[0] || attachment_remove(f->app->store, f->record, old, err));
}

/* ---- finishing ------------------------------------------------------------------------------- */

/* The log of all times that the draft was open becomes a file that goes along. */
static bool put_audit(struct filling *f, struct err *err)
{
    struct form_audit audit;
    struct buf csv = {0};
    form_audit(f->form, &audit);
    if (!audit.wanted) {
        return true;
    }
    filling_note(f, "form finalize", "");
    audit_take(f->entry, false, &f->log);
    bool ok = save_log(f, err);
    audit_take(f->entry, true, &csv); /* the header; no row is left */
    ok = ok && record_audit(f->app->store, f->record, &csv, err) &&
         attachment_put(f->app->store, f->record, "audit.csv", "text/csv", buf_str(&csv), err);
    buf_wipe(&csv);
    return ok;
}

/* Freezes the record, sealed first when the form asks for it. */
static bool freeze(struct filling *f, const struct record_final *plain, struct err *err)
{
    struct arena arena = {0};
    struct record_final final = *plain;
    struct sealing sealing = {f->app->store, f->record, f->form, entry_instance_id(f->entry)};
    bool ok = (!sealing_is_wanted(f->form) || sealing_make(&sealing, plain, &arena, &final, err)) &&
              record_finish(f->app->store, f->record, &final, err);
    arena_finish(&arena);
    return ok;
}

bool filling_finish(struct filling *f, struct err *err)
{
    struct buf xml = {0};
    VEC(const char *) files = {0};
    VEC(struct entity_change) changes = {0};
    struct entity_change change;
    const char *name;
    struct err own = {0};
    err = err ? err : &own;
    bool ok = entry_finalize(f->entry, err) && put_audit(f, err) &&
              entry_serialize(f->entry, SERIAL_SUBMISSION, &xml, err);
    for (size_t i = 0; ok && (name = entry_attachment_at(f->entry, i)); i++) {
        vec_push(&files, name);
    }
    for (size_t i = 0; ok && entry_entity_at(f->entry, i, &change); i++) {
        vec_push(&changes, change);
    }
    if (ok) {
        struct record_final what = {.xml = buf_str(&xml),
                                    .title = entry_instance_name(f->entry),
                                    .files = files.v,
                                    .file_count = files.n,
                                    .changes = changes.v,
                                    .change_count = changes.n};
        ok = freeze(f, &what, err);
    }
    vec_finish(&files);
    vec_finish(&changes);
    buf_wipe(&xml);
    if (ok) {
        f->answers = 0;
        f->is_whole_due = false;
        f->is_finished = true;
        if (f->app->sync) {
            sync_kick(f->app->sync, false);
        }
    }
    return ok;
}

bool filling_discard(struct filling *f, struct err *err)
{
    bool ok = record_delete_draft(f->app->store, f->record, err);
    if (ok) {
        destroy(f);
    }
    return ok;
}
