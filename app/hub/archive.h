/* What the hub keeps, as a contract: forms, lists, devices, records with their files, entities and
 * the audit. A session is one connection and belongs to one thread at a time; several sessions to
 * one folder work side by side, in one process or in several. archive_sqlite*.c fulfil it. Texts in
 * rows handed to a callback are borrowed for the call. */
#ifndef HUB_ARCHIVE_H
#define HUB_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>
#include "app/hub/formdef.h"
#include "app/hub/token.h"
#include "sync/openrosa/decide.h"
#include "sync/openrosa/server.h"

struct archive;

enum { ARCHIVE_PATH = 1200 };

/* ---- the folder ---- */

/* Opens (makes) the archive in the folder and brings its tables up to date. The caller closes
 * it. */
bool archive_open(struct archive **out, const char *data, struct err *err);

/* Closes; takes NULL. */
void archive_close(struct archive *archive);

/* Removes what broken-off uploads left; only the one server of the folder may call it. */
bool archive_sweep(struct archive *archive, struct err *err);

/* Opens a bracket around several changes; see db_begin. */
bool archive_begin(struct archive *archive, struct err *err);

/* Closes it, keeping the changes when ok; files taken since then are on disk before the rows. */
bool archive_end(struct archive *archive, bool ok, struct err *err);

/* A setting as text appended to value (nothing when it was never set). */
bool archive_setting(struct archive *archive, const char *name, struct buf *value, struct err *err);

/* Sets a setting. */
bool archive_set(struct archive *archive, const char *name, struct str value, struct err *err);

/* Notes who did what to what and why; never edited afterwards. */
bool archive_audit(struct archive *archive, const char *who, const char *what, const char *about,
                   const char *reason, struct err *err);

struct archive_audit_row {
    int64_t ms;
    const char *who, *what, *about, *reason;
};

/* The last entries of the audit, newest first. */
bool archive_audit_list(struct archive *archive, int count,
                        void (*each)(void *ctx, const struct archive_audit_row *row), void *ctx,
                        struct err *err);

/* The path of a spool file that nobody has yet; ERR_STORAGE when the disk has no room for size more
 * bytes. */
bool archive_spool(const char *data, uint64_t size, struct buf *path, struct err *err);

/* Pretends that the file of rows may not grow any more: for tests of the full disk. */
void archive_fill_disk(struct archive *archive, bool full);

/* ---- devices ---- */

struct archive_device {
    int64_t id;
    const char *name, *agent;
    int64_t created_ms, seen_ms, revoked_ms, expires_ms; /* 0: never */
    int64_t records;
    bool is_waiting; /* its code was not used yet */
};

/* Adds a device with a fresh token and a fresh typed code, both usable until expires_ms; the token
 * for good once it was used. ERR_INPUT when a device in use has that name. */
bool archive_device_add(struct archive *archive, const char *name, int64_t expires_ms,
                        char token[TOKEN_TEXT], char code[CODE_TEXT], struct err *err);

/* Exchanges a code (typed, or the token of the enrolment code) for a fresh token and appends the
 * name of its device; the code is used up but for a second try of the same holder (any text the
 * device chose, "" = no second try). ERR_DENIED when it is unknown, used or too old. */
bool archive_device_enrol(struct archive *archive, const char *code, const char *holder,
                          char token[TOKEN_TEXT], struct buf *name, struct err *err);

/* The device of a token, or ERR_DENIED. *seen_ms is when it was last noted as seen, *is_first that
 * it never was. */
bool archive_device_find(struct archive *archive, const char *token, int64_t *device,
                         int64_t *seen_ms, struct err *err);

/* Notes that a device was here. */
bool archive_device_touch(struct archive *archive, int64_t device, const char *agent,
                          struct err *err);

/* Shuts the devices of that name out; ERR_MISSING when there is none. */
bool archive_device_revoke(struct archive *archive, const char *name, struct err *err);

/* All devices, newest first. */
bool archive_device_list(struct archive *archive,
                         void (*each)(void *ctx, const struct archive_device *device), void *ctx,
                         struct err *err);

/* ---- forms and lists ---- */

struct archive_form {
    int64_t id;
    const char *form, *name, *version, *hash;
    enum openrosa_form_state state;
    bool has_media;
    int versions;
    int64_t published_ms;
    int64_t records; /* counted only when all forms are asked for */
};

/* Publishes a form: it becomes the current version. The same bytes again change nothing (*is_new
 * false). */
bool archive_publish(struct archive *archive, struct str xml, const struct formdef *def,
                     bool *is_new, struct err *err);

/* Adds a file to the current version of a form. */
bool archive_publish_media(struct archive *archive, const char *form, const char *name,
                           struct str bytes, struct err *err);

/* Publishes a list: every form that names NAME.csv gets it. */
bool archive_publish_list(struct archive *archive, const char *name, struct str csv,
                          struct err *err);

/* Opens, closes, or lets a form run out. ERR_MISSING. */
bool archive_form_set_state(struct archive *archive, const char *form,
                            enum openrosa_form_state state, struct err *err);

/* All forms (or the one), by id; with closed ones when all is set. */
bool archive_form_list(struct archive *archive, const char *only, bool all,
                       void (*each)(void *ctx, const struct archive_form *form), void *ctx,
                       struct err *err);

/* The XML of the current version, with its hash. ERR_MISSING; ERR_DENIED when it is closed. */
bool archive_form_xml(struct archive *archive, const char *form, struct buf *xml,
                      char hash[OPENROSA_HASH], struct err *err);

/* The definition of a version as stored (newest bytes of that version); the caller destroys it. */
bool archive_form_def(struct archive *archive, const char *form, const char *version,
                      struct formdef **def, struct err *err);

/* All versions of a form (NULL: of all forms) that were ever published, oldest first. */
bool archive_version_list(struct archive *archive, const char *form,
                          void (*each)(void *ctx, const char *form, const char *version), void *ctx,
                          struct err *err);

/* The files that the current version needs and that are here. ERR_MISSING for an unknown form. */
bool archive_manifest(struct archive *archive, const char *form,
                      void (*each)(void *ctx, const struct openrosa_media *media), void *ctx,
                      struct err *err);

/* Names that the current version asks for and that are not here, one call each. */
bool archive_form_lacks(struct archive *archive, const char *form,
                        void (*each)(void *ctx, const char *name), void *ctx, struct err *err);

/* Opens one of these files. */
bool archive_media(struct archive *archive, const char *form, const char *name,
                   struct openrosa_download *download, struct err *err);

/* ---- records ---- */

/* What became of a parcel. */
struct archive_verdict {
    enum openrosa_verdict verdict;
    struct arena arena;
    VEC(const char *) missing; /* named files that are not here */
};

/* Decides over a parcel and keeps it; call it inside a bracket. Finish the verdict always. */
bool archive_accept(struct archive *archive, const struct openrosa_parcel *parcel,
                    struct archive_verdict *verdict, struct err *err);

/* Frees. */
void archive_verdict_finish(struct archive_verdict *verdict);

struct archive_record {
    int64_t seq;
    const char *form, *form_name, *version, *instance, *name, *device, *device_id, *agent;
    int64_t received_ms;
    int files, files_here;
    enum openrosa_instance_state state;
    const char *judged, *comment; /* "accepted", "returned" or ""; what was said with it */
    const char *replaces;         /* instanceID that this one edited, or "" */
    struct str xml;               /* only with wants_xml */
};

struct archive_filter {
    const char *form;          /* NULL: all */
    int64_t from_ms, until_ms; /* received; 0: open */
    int64_t before, after;     /* seq, not included; 0: open */
    bool all_states;           /* superseded and deleted ones too */
    bool oldest_first, wants_xml;
    int count; /* 0: all */
};

/* Records, newest first; each returns false to stop. */
bool archive_record_list(struct archive *archive, const struct archive_filter *filter,
                         bool (*each)(void *ctx, const struct archive_record *record), void *ctx,
                         struct err *err);

/* One record with its XML; ERR_MISSING. */
bool archive_record_find(struct archive *archive, int64_t seq,
                         void (*each)(void *ctx, const struct archive_record *record), void *ctx,
                         struct err *err);

struct archive_file {
    const char *name, *type;
    uint64_t size;
    bool is_here, is_named;
    const unsigned char *digest; /* 32 bytes when it is here */
};

/* The files of a record by name. */
bool archive_record_files(struct archive *archive, int64_t seq,
                          void (*each)(void *ctx, const struct archive_file *file), void *ctx,
                          struct err *err);

/* Opens a file of a record. ERR_MISSING. */
bool archive_record_open(struct archive *archive, int64_t seq, const char *name, int *fd,
                         uint64_t *size, struct err *err);

/* Accepts a current record, or returns it to its device with words for the volunteer. ERR_MISSING;
 * ERR_INPUT when it is no longer current. */
bool archive_judge(struct archive *archive, int64_t seq, bool accepts, const char *message,
                   struct err *err);

/* Appends the current records of a device that were judged. */
bool archive_judged(struct archive *archive, int64_t device, struct wire_judgements *to,
                    struct err *err);

/* Appends the XML of the newest version of a record, whoever edited it; ERR_MISSING when this
 * device has sent no version of it. */
bool archive_newest(struct archive *archive, int64_t device, const char *instance, struct buf *xml,
                    struct err *err);

/* Deletes a record: its XML and files go, its id stays known. ERR_MISSING. The bytes of the files
 * go with archive_purge, outside of any bracket. */
bool archive_record_delete(struct archive *archive, const char *form, const char *instance,
                           struct err *err);

/* Removes the kept files of records deleted in this session, unless something else has the same
 * bytes. */
bool archive_purge(struct archive *archive, struct err *err);

struct archive_count {
    const char *form, *day; /* day: 2026-11-05 in the zone of this machine */
    int64_t records;
};

/* Current records of the last days, a row for each day and form that has any, newest day first. */
bool archive_counts(struct archive *archive, int days,
                    void (*each)(void *ctx, const struct archive_count *count), void *ctx,
                    struct err *err);

struct archive_totals {
    int64_t records, files, missing_files, devices, forms, lists, entities, entity_errors;
};

/* How much there is. */
bool archive_totals(struct archive *archive, struct archive_totals *totals, struct err *err);

/* ---- entities ---- */

/* Works the entity blocks of a parcel that was just kept as record seq into the lists; what cannot
 * be worked in is noted, never refused. */
bool archive_entities_apply(struct archive *archive, const struct openrosa_parcel *parcel,
                            const struct formdef *def, int64_t seq, struct err *err);

/* Makes sure that the list is there and has this property (NULL: none). ERR_INPUT for a name that a
 * list or property may not have. */
bool archive_entity_list_add(struct archive *archive, const char *list, const char *property,
                             struct err *err);

/* Works in what was held back for an update that never came, when it is older than before_ms. */
bool archive_entity_overdue(struct archive *archive, int64_t before_ms, struct err *err);

/* Takes rows of a CSV (columns name, label, others) into the list as entities made here. */
bool archive_entity_import(struct archive *archive, const char *list, struct str csv, int *count,
                           struct err *err);

/* Deletes an entity; ERR_MISSING. */
bool archive_entity_delete(struct archive *archive, const char *list, const char *id,
                           struct err *err);

/* Is there such a list? hash: its change token. */
bool archive_entity_hash(struct archive *archive, const char *list, bool *exists,
                         char hash[OPENROSA_HASH], struct err *err);

/* The list as clients download it: name,label,__version,properties. */
bool archive_entity_csv(struct archive *archive, const char *list, struct buf *csv,
                        struct err *err);

/* Which of these ids (comma-separated; NULL: all) are known, and deleted or not. */
bool archive_entity_integrity(struct archive *archive, const char *list, const char *ids,
                              void (*each)(void *ctx, const char *id, bool deleted), void *ctx,
                              struct err *err);

#endif
