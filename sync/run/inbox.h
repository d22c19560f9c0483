/* What a session needs from the place that keeps forms and lists: a contract, implemented by
 * app/store. A form with its files is taken over in one step after every hash was checked; until
 * then the old one stays. Called on the thread of the session. */
#ifndef RUN_INBOX_H
#define RUN_INBOX_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/str.h"

enum inbox_kind {
    INBOX_FORM,          /* the XForm itself */
    INBOX_MEDIA,         /* picture, CSV, … : hash is its md5 */
    INBOX_LIST,          /* entity list: hash is only a change token */
    INBOX_LIST_APPROVAL, /* entity list where the server must approve: no local creation */
};

struct inbox_file {
    enum inbox_kind kind;
    const char *name;          /* plain file name, checked; "" for the form itself */
    const char *hash;          /* as the server names it, e.g. "md5:…" */
    const char *integrity_url; /* lists only; else NULL */
};

struct inbox_form {
    const char *form_id, *version, *name;
    const char *hash;               /* "md5:…" of the XML */
    const struct inbox_file *files; /* by the manifest, without the form itself */
    size_t n_files;
};

struct inbox_ops {
    /* Is the XML of exactly this form (id, version, hash) here? */
    bool (*has_form)(void *ctx, const struct inbox_form *form, bool *has, struct err *err);
    /* Are the bytes of this file here, in the form's present state or from a try that broke off
     * later? kind INBOX_FORM: the XML. */
    bool (*has_file)(void *ctx, const struct inbox_form *form, const struct inbox_file *file,
                     bool *has, struct err *err);
    /* Starts taking over a new state of the form; *update is handed to the rest. */
    bool (*begin)(void *ctx, const struct inbox_form *form, void **update, struct err *err);
    /* A file follows in pieces; several may be open, of different bytes. *to is handed to the rest;
     * of what a broken try left, have_file tells. */
    bool (*open_file)(void *ctx, void *update, const struct inbox_file *file, void **to,
                      struct err *err);
    /* How many bytes are here of an earlier try, and the entity tag they came under (borrowed). */
    int64_t (*have_file)(void *ctx, void *to, const char **etag);
    /* Gives these bytes to each, in order: for the hash. */
    bool (*replay_file)(void *ctx, void *to,
                        void (*each)(void *each_to, const void *bytes, size_t n), void *each_to,
                        struct err *err);
    /* Bytes follow under an entity tag, behind those that are here or (from_start) in their place.
     */
    bool (*stand_file)(void *ctx, void *to, const char *etag, bool from_start, struct err *err);
    bool (*write_file)(void *ctx, void *to, const void *bytes, size_t n, struct err *err);
    /* It is whole and its hash was checked: it need not be fetched again even if the form is not
     * taken over now. Ends *to. */
    bool (*close_file)(void *ctx, void *to, struct err *err);
    /* It broke off: what came stays for another try (keeps) or goes. Ends *to. */
    void (*leave_file)(void *ctx, void *to, bool keeps);
    /* The copy that is here (has_file said so) is part of the new state too. */
    bool (*keep_file)(void *ctx, void *update, const struct inbox_file *file, struct err *err);
    /* All there: the new state replaces the old in one step. A form that cannot be used (does not
     * parse) is refused with ERR_INPUT and the old stays. Ends *update in any case. */
    bool (*commit)(void *ctx, void *update, struct err *err);
    /* Throws the half taken state away; files that are whole stay for the next try. */
    void (*abort)(void *ctx, void *update);
    /* The server's list was read to the end: forms that it no longer offers may be marked so (never
     * deleted while records need them). */
    bool (*offered)(void *ctx, const struct inbox_form *forms, size_t n, struct err *err);
    /* The ids of entities of a list that were created here and not yet seen from the server, comma-
     * separated into ids (room bytes); "" when there are none. */
    bool (*offline_ids)(void *ctx, const struct inbox_file *list, char *ids, size_t room,
                        struct err *err);
    /* The server says that this entity is deleted. */
    bool (*entity_deleted)(void *ctx, const struct inbox_file *list, const char *id,
                           struct err *err);
    /* The list that came last from that address, and its entity tag, appended; false when none did.
     * NULL: nothing is remembered. */
    bool (*recall)(void *ctx, const char *address, struct buf *etag, struct buf *bytes);
    /* Remembers it, in place of the one before. */
    void (*remember)(void *ctx, const char *address, const char *etag, struct str bytes);
    /* What people at the server said about a record that was sent from here; one that is not known
     * here, or is so already, is passed over. NULL: nobody asks. */
    bool (*judged)(void *ctx, const char *instance_id, bool is_accepted, const char *message,
                   struct err *err);
    /* The id of the i-th record whose correction came too late and whose newer version is not here
     * yet, into id (80 bytes); false behind the last. NULL: none. */
    bool (*late)(void *ctx, size_t i, char *id);
    /* Here it is. */
    bool (*take_newest)(void *ctx, const char *id, struct str xml, struct err *err);
};

struct inbox {
    const struct inbox_ops *ops;
    void *ctx;
};

#endif
