/* The XML of OpenRosa in both directions: form list, manifest, integrity list, answer. Readers take
 * the root's name and namespace seriously, ignore elements they do not know, set a bad entry aside
 * without losing the rest, and keep all text in the arena of the result. Used by our client and by
 * our hub. Any thread. */
#ifndef OPENROSA_WIRE_H
#define OPENROSA_WIRE_H

#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/vec.h"

#define WIRE_LIST_NS     "http://openrosa.org/xforms/xformsList"
#define WIRE_MANIFEST_NS "http://openrosa.org/xforms/xformsManifest"
#define WIRE_ANSWER_NS   "http://openrosa.org/http/response"
#define WIRE_GOCUA_NS    "urn:gocua:openrosa:1" /* what our hub adds; others ignore it */

enum {
    WIRE_LIMIT = 8 << 20,     /* largest list that is read */
    WIRE_FORMS_LIMIT = 5000,  /* entries in a list */
    WIRE_MEDIA_LIMIT = 10000, /* files in a manifest */
    WIRE_MD5 = 33,
};

/* An entry that cannot be used, and why; which: what it calls itself (may be ""). */
struct wire_bad {
    const char *which;
    const char *why; /* English, for log and check */
};

struct wire_form {
    const char *form_id;
    const char *name;
    const char *version; /* "" when there is none */
    char md5[WIRE_MD5];  /* small hex digits */
    const char *download_url;
    const char *manifest_url; /* NULL when it has no media */
};

struct wire_form_list {
    struct arena arena;
    VEC(struct wire_form) forms;
    VEC(struct wire_bad) bad; /* incomplete entries and those without an md5 hash */
};

enum wire_media_kind { WIRE_MEDIA_FILE, WIRE_MEDIA_LIST, WIRE_MEDIA_LIST_APPROVAL };

struct wire_media {
    enum wire_media_kind kind;
    const char *filename; /* plain name, checked */
    const char *hash;     /* as sent, e.g. "md5:94de…"; of an entity list only a change token */
    char md5[WIRE_MD5];   /* "" when the hash is of another kind */
    const char *download_url;
    const char *integrity_url; /* NULL but for entity lists */
};

struct wire_manifest {
    struct arena arena;
    VEC(struct wire_media) media;
    VEC(struct wire_bad) bad; /* unsafe or doubled names, incomplete entries */
};

struct wire_entity {
    const char *id;
    bool is_deleted;
};

struct wire_integrity {
    struct arena arena;
    VEC(struct wire_entity) entities;
};

/* What the people at the server said about records of this device (only our hub tells). */
struct wire_judgement {
    const char *instance_id;
    bool is_accepted;    /* else returned for a correction */
    const char *message; /* for the volunteer, may be "" */
};

struct wire_judgements {
    struct arena arena;
    VEC(struct wire_judgement) v;
};

/* An OpenRosaResponse. */
struct wire_answer {
    struct arena arena;
    const char *message; /* text for people, "" without one */
    const char *nature;  /* "", "error", … */
    bool names_missing;  /* our hub said which attachments it still lacks (perhaps none) */
    VEC(const char *) missing;
};

/* Reads a form list; ERR_INPUT when it is none or over the limits. Single bad entries go to
 * list->bad. wire_form_list_finish frees, also after failure. */
bool wire_read_form_list(struct str xml, struct wire_form_list *list, struct err *err);

/* Frees and zeroes. */
void wire_form_list_finish(struct wire_form_list *list);

/* Appends a form list with its XML declaration. */
void wire_add_form_list(struct buf *to, const struct wire_form *forms, size_t n);

/* Reads a manifest, like wire_read_form_list. */
bool wire_read_manifest(struct str xml, struct wire_manifest *manifest, struct err *err);

/* Frees and zeroes. */
void wire_manifest_finish(struct wire_manifest *manifest);

/* Appends a manifest with its XML declaration. */
void wire_add_manifest(struct buf *to, const struct wire_media *media, size_t n);

/* Reads an integrity list; ERR_INPUT when a `deleted` is neither true nor false. */
bool wire_read_integrity(struct str xml, struct wire_integrity *integrity, struct err *err);

/* Frees and zeroes. */
void wire_integrity_finish(struct wire_integrity *integrity);

/* Appends an integrity list. */
void wire_add_integrity(struct buf *to, const struct wire_entity *entities, size_t n);

/* Reads judgements; ERR_INPUT when a state is neither accepted nor returned. */
bool wire_read_judgements(struct str xml, struct wire_judgements *judgements, struct err *err);

/* Frees and zeroes. */
void wire_judgements_finish(struct wire_judgements *judgements);

/* Appends judgements. */
void wire_add_judgements(struct buf *to, const struct wire_judgement *v, size_t n);

/* Reads an OpenRosaResponse; ERR_INPUT when it is anything else (HTML of a captive portal). */
bool wire_read_answer(struct str xml, struct wire_answer *answer, struct err *err);

/* Frees and zeroes. */
void wire_answer_finish(struct wire_answer *answer);

/* Appends an OpenRosaResponse. nature "" or "error". missing: names the XML of the record mentions
 * that have not arrived; NULL leaves the element out, an empty list says that all are there. */
void wire_add_answer(struct buf *to, const char *nature, const char *message,
                     const char *const *missing, size_t n_missing);

#endif
