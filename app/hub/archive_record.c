#include "app/hub/archive_sqlite.h"

#include <inttypes.h>
#include <stdio.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"

/* What storing a parcel needs to know, gathered before the verdict. */
struct accepting {
    struct archive *archive;
    const struct openrosa_parcel *parcel;
    struct archive_verdict *verdict;
    int64_t form, version, record, deprecated;
    const struct formdef *def;
    struct map named; /* names of files that the XML mentions */
    VEC(const char *) names;
};

void archive_verdict_finish(struct archive_verdict *verdict)
{
    vec_finish(&verdict->missing);
    arena_finish(&verdict->arena);
}

const struct formdef *archive_def(struct archive *archive, int64_t version, struct err *err)
{
    char key[24];
    struct buf xml = {0};
    struct formdef *def = NULL;
    snprintf(key, sizeof(key), "%" PRId64, version);
    if (map_has(&archive->defs, str_of(key))) {
        return map_get(&archive->defs, str_of(key));
    }
    struct db_query *q = db_query(archive->db, "select xml from form_version where id = ?",
                                  DB_WITH(DB_INT(version)), err);
    while (db_next(q, err)) {
        buf_add_str(&xml, db_str(q, 0));
    }
    if (db_done(q) && formdef_read(&def, buf_str(&xml), err)) {
        map_put(&archive->defs, str_of(arena_strdup(&archive->def_keys, key)), def);
    }
    buf_finish(&xml);
    return def;
}

/* ---- facts ---- */

static bool find_form(struct accepting *a, struct openrosa_facts *facts, struct err *err)
{
    struct db_query *q = db_query(a->archive->db, "select id, state from form where form = ?",
                                  DB_WITH(DB_TEXT(a->parcel->form)), err);
    while (db_next(q, err)) {
        a->form = db_int(q, 0);
        facts->form = (enum openrosa_form_state)db_int(q, 1);
    }
    if (!db_done(q) || !a->form) {
        return !err || err->kind == ERR_NONE;
    }
    bool ok = db_number(a->archive->db,
                        "select id from form_version where form = ? and version = ?"
                        " order by id desc limit 1",
                        DB_WITH(DB_INT(a->form), DB_TEXT(a->parcel->version)), &a->version, 0, err);
    facts->has_version = a->version != 0;
    return ok;
}

static bool find_instance(struct accepting *a, const char *instance, int64_t *record,
                          enum openrosa_instance_state *state, bool *same, struct err *err)
{
    struct db_query *q = db_query(
        a->archive->db, "select seq, state, xml from record where form = ? and instance = ?",
        DB_WITH(DB_INT(a->form), DB_TEXT(instance)), err);
    while (db_next(q, err)) {
        *record = db_int(q, 0);
        *state = (enum openrosa_instance_state)db_int(q, 1);
        if (same) {
            *same = str_eq(db_str(q, 2), buf_str(&a->parcel->xml));
        }
    }
    return db_done(q);
}

static bool find_facts(struct accepting *a, struct openrosa_facts *facts, struct err *err)
{
    const struct openrosa_parcel *parcel = a->parcel;
    facts->is_edit = parcel->deprecated != NULL;
    return find_form(a, facts, err) &&
           find_instance(a, parcel->instance, &a->record, &facts->instance, &facts->same_bytes,
                         err) &&
           (!facts->is_edit ||
            find_instance(a, parcel->deprecated, &a->deprecated, &facts->deprecated, NULL, err));
}

/* ---- the files that the XML names ---- */

static void add_name(struct accepting *a, struct str value)
{
    struct str name = str_trim(value);
    if (file_is_plain_name(name) && !map_has(&a->named, name)) {
        const char *text = arena_str(&a->verdict->arena, name);
        map_put(&a->named, str_of(text), a);
        vec_push(&a->names, text);
    }
}

static void take_value(void *ctx, struct str path, struct str name, struct str value)
{
    struct accepting *a = ctx;
    const struct formdef_field *field = formdef_field(a->def, path);
    if (field && field->is_file) {
        add_name(a, value);
    }
}

/* An encrypted record names its files in its own way. */
static void add_encrypted(struct accepting *a, const struct xml *root)
{
    const struct xml *whole = xml_child(root, "encryptedXmlFile");
    if (whole) {
        add_name(a, whole->text);
    }
    for (const struct xml *m = xml_child(root, "media"); m; m = xml_next(m, "media")) {
        for (const struct xml *f = xml_child(m, "file"); f; f = xml_next(f, "file")) {
            add_name(a, f->text);
        }
    }
}

static void find_names(struct accepting *a)
{
    const char *encrypted = xml_attr(a->parcel->root, "encrypted");
    struct err ignored = {0};
    a->def = archive_def(a->archive, a->version, &ignored);
    if (encrypted && strcmp(encrypted, "yes") == 0) {
        add_encrypted(a, a->parcel->root);
    } else {
        formdef_walk(a->parcel->root, take_value, a);
    }
}

/* ---- keeping ---- */

static bool insert_record(struct accepting *a, struct err *err)
{
    const struct openrosa_parcel *p = a->parcel;
    if (!db_run(a->archive->db,
                "insert into record(form, version, instance, state, xml, deprecated, name,"
                " device, device_id, agent, received_ms) values(?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
                DB_WITH(DB_INT(a->form), DB_INT(a->version), DB_TEXT(p->instance),
                        DB_BLOB(p->xml.s, p->xml.n), db_text_or_null(p->deprecated),
                        DB_TEXT(p->instance_name), DB_INT(p->device), DB_TEXT(p->device_id),
                        DB_TEXT(p->agent), DB_INT(clock_now_ms())),
                err)) {
        return false;
    }
    a->record = db_last_id(a->archive->db);
    for (size_t i = 0; i < a->names.n; i++) {
        if (!db_run(a->archive->db,
                    "insert into record_file(record, name, is_named) values(?, ?, 1)",
                    DB_WITH(DB_INT(a->record), DB_TEXT(a->names.v[i])), err)) {
            return false;
        }
    }
    return true;
}

/* An edit sends only new files: the others are taken over from the version it replaces. */
static bool supersede(struct accepting *a, struct err *err)
{
    return db_run(a->archive->db, "update record set state = ? where seq = ?",
                  DB_WITH(DB_INT(OPENROSA_INSTANCE_SUPERSEDED), DB_INT(a->deprecated)), err) &&
           db_run(a->archive->db,
                  "update record_file set (digest, size, type, received_ms) ="
                  " (select o.digest, o.size, o.type, o.received_ms from record_file o"
                  "  where o.record = ?2 and o.name = record_file.name)"
                  " where record = ?1 and exists(select 1 from record_file o"
                  "  where o.record = ?2 and o.name = record_file.name and o.digest is not null)",
                  DB_WITH(DB_INT(a->record), DB_INT(a->deprecated)), err);
}

/* The name a file goes by: ODK Central takes the part name, KoboToolbox the file name; the one that
 * the XML mentions is right, and a file it does not mention is kept as well. */
static const char *name_of(const struct accepting *a, const struct openrosa_file *file)
{
    if (*file->name && map_has(&a->named, str_of(file->name))) {
        return file->name;
    }
    if (*file->filename && map_has(&a->named, str_of(file->filename))) {
        return file->filename;
    }
    return *file->filename ? file->filename : file->name;
}

static bool keep_files(struct accepting *a, struct err *err)
{
    for (size_t i = 0; i < a->parcel->files.n; i++) {
        const struct openrosa_file *file = &a->parcel->files.v[i];
        const char *name = name_of(a, file);
        if (!archive_keep(a->archive, file->spool, file->digest, err) ||
            !db_run(a->archive->db,
                    "insert into record_file(record, name, is_named, digest, size, type,"
                    " received_ms) values(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                    " on conflict(record, name) do update set digest = excluded.digest,"
                    " size = excluded.size, type = excluded.type,"
                    " received_ms = excluded.received_ms",
                    DB_WITH(DB_INT(a->record), DB_TEXT(name),
                            DB_INT(map_has(&a->named, str_of(name))), DB_BLOB(file->digest, 32),
                            DB_INT((int64_t)file->size), DB_TEXT(file->type),
                            DB_INT(clock_now_ms())),
                    err)) {
            return false;
        }
    }
    return true;
}

static bool count_files(struct accepting *a, struct err *err)
{
    struct archive_verdict *verdict = a->verdict;
    struct db_query *q =
        db_query(a->archive->db,
                 "select name from record_file where record = ? and is_named and digest is null",
                 DB_WITH(DB_INT(a->record)), err);
    while (db_next(q, err)) {
        vec_push(&verdict->missing, arena_strdup(&verdict->arena, db_text(q, 0)));
    }
    return db_done(q) && db_run(a->archive->db,
                                "update record set files = c.n, files_here = c.here from"
                                " (select count(*) n, count(digest) here from record_file"
                                "  where record = ?1) c where seq = ?1",
                                DB_WITH(DB_INT(a->record)), err);
}

static bool keep(struct accepting *a, struct err *err)
{
    enum openrosa_verdict verdict = a->verdict->verdict;
    bool is_new = verdict != OPENROSA_AGAIN;
    if (is_new && !insert_record(a, err)) {
        return false;
    }
    if (verdict == OPENROSA_EDIT && !supersede(a, err)) {
        return false;
    }
    bool has_files = a->names.n > 0 || a->parcel->files.n > 0;
    return keep_files(a, err) && (!has_files || count_files(a, err)) &&
           (!is_new || a->parcel->entities.n == 0 ||
            archive_entities_apply(a->archive, a->parcel, a->def, a->record, err)) &&
           archive_device_touch(a->archive, a->parcel->device, a->parcel->agent, err);
}

bool archive_accept(struct archive *archive, const struct openrosa_parcel *parcel,
                    struct archive_verdict *verdict, struct err *err)
{
    struct accepting a = {.archive = archive, .parcel = parcel, .verdict = verdict};
    struct openrosa_facts facts = {0};
    *verdict = (struct archive_verdict){0};
    err_clear(err);
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = find_facts(&a, &facts, err);
    if (ok) {
        verdict->verdict = openrosa_decide(&facts);
        if (openrosa_is_accepted(verdict->verdict)) {
            find_names(&a);
            ok = keep(&a, err);
        }
    }
    map_finish(&a.named);
    vec_finish(&a.names);
    return archive_end(archive, ok, err);
}

static bool note_removed(struct archive *archive, int64_t seq, struct err *err)
{
    struct db_query *q = db_query(
        archive->db, "select digest from record_file where record = ? and digest is not null",
        DB_WITH(DB_INT(seq)), err);
    while (db_next(q, err)) {
        buf_add_str(&archive->removed, db_str(q, 0));
    }
    return db_done(q);
}

/* In a bracket of its own: a writer that brings the same bytes meanwhile waits for it, and then
 * puts the file back. */
bool archive_purge(struct archive *archive, struct err *err)
{
    char path[ARCHIVE_PATH];
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; ok && i + 32 <= archive->removed.n; i += 32) {
        struct str digest = {archive->removed.s + i, 32};
        int64_t uses = 0;
        ok = db_number(archive->db,
                       "select (select count(*) from record_file where digest = ?1)"
                       " + (select count(*) from form_media where digest = ?1)"
                       " + (select count(*) from list where digest = ?1)",
                       DB_WITH(DB_BLOB(digest.s, digest.n)), &uses, 0, err);
        archive_kept_path(archive, digest, path);
        ok = ok && (uses > 0 || file_remove(path, err));
    }
    buf_clear(&archive->removed);
    return archive_end(archive, ok, err);
}

bool archive_record_delete(struct archive *archive, const char *form, const char *instance,
                           struct err *err)
{
    int64_t seq = 0;
    if (!archive_begin(archive, err)) {
        return false;
    }
    bool ok = db_number(
        archive->db,
        "select r.seq from record r join form f on f.id = r.form"
        " where f.form = ? and r.instance = ? and r.state <> ?",
        DB_WITH(DB_TEXT(form), DB_TEXT(instance), DB_INT(OPENROSA_INSTANCE_DELETED)), &seq, 0, err);
    if (ok && !seq) {
        ok = err_set(err, ERR_MISSING, 0, "no such record");
    }
    ok = ok && note_removed(archive, seq, err) &&
         db_run(archive->db, "delete from record_file where record = ?", DB_WITH(DB_INT(seq)),
                err) &&
         db_run(archive->db,
                "update record set state = ?, xml = null, name = '', files = 0, files_here = 0"
                " where seq = ?",
                DB_WITH(DB_INT(OPENROSA_INSTANCE_DELETED), DB_INT(seq)), err);
    return archive_end(archive, ok, err);
}
