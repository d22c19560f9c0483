/* Entries at rest: draft → ready → sending → sent → accepted or returned, or set aside with a
 * reason. At finish the bytes of the XML are frozen with their digest and never change again; order
 * is by sequence, not by clock. Nothing that was not sent can be deleted (the database refuses it),
 * but a draft by its owner. What a carrier may do with finished records is outbox.h. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "app/store/store.h"

struct entity_change; /* app/form/form.h */

enum record_state {
    RECORD_DRAFT = 1,
    RECORD_READY,    /* finished, waits to be sent */
    RECORD_SENDING,  /* a carrier has it now */
    RECORD_SENT,     /* every byte confirmed by the server */
    RECORD_ACCEPTED, /* the portal took it */
    RECORD_RETURNED, /* the portal wants a change: see message */
    RECORD_ASIDE,    /* cannot be sent as it is: see reason; the others go on */
};

struct record {
    int64_t id;
    int64_t formfile; /* id of its form */
    int64_t sequence; /* place in the queue, 0 for a draft */
    int64_t replaces; /* id of the record that this one corrects, 0: none */
    const char *instance_id;
    const char *form_id, *version;
    const char *title; /* instance name for lists */
    const char *visit; /* id of its visit or session; "" without */
    enum record_state state;
    const char *reason;  /* why it waits or was set aside: a word of ours ("conflict") or "" */
    const char *message; /* what the server said, or "" */
    int64_t created_ms, changed_ms, ready_ms, sent_ms; /* 0: not yet */
    int64_t next_try_ms;                               /* 0: now */
    bool is_held; /* waits until its reason is gone, not until a time */
    int64_t tries;
    int64_t files, files_confirmed;
    int64_t bytes; /* XML and files, as far as finished */
};

struct records {
    struct record *v;
    size_t n;
};

struct record_new {
    int64_t formfile; /* 0: a form that is not kept here */
    const char *form_id, *version;
    const char *instance_id; /* "uuid:…", unique */
    const char *visit;       /* NULL: none */
    const char *title;       /* NULL: none yet */
    struct str xml;          /* the first whole draft; empty: none yet */
    int64_t replaces;        /* 0: none */
};

/* Begins a draft; journalled. Row and first draft come in one step: a draft without its XML would
 * get another instance id when it goes on. ERR_INPUT when the instance id is taken. */
bool record_create(struct store *store, const struct record_new *what, int64_t *id,
                   struct err *err);

/* Saves the whole draft: on disk when it returns. For each answer of a form of usual size. */
bool record_save_draft(struct store *store, int64_t id, struct str xml, const char *title,
                       struct err *err);

/* Saves one answer behind the last whole draft: on disk when it returns, at a cost that does not
 * grow with the form. Call record_save_draft after a repeat came or went, when the form is left,
 * and after some hundred answers. */
bool record_save_answer(struct store *store, int64_t id, const char *ref, struct str value,
                        struct err *err);

struct record_answer {
    const char *ref;
    struct str value;
};

struct record_draft {
    struct str xml;                /* empty: nothing saved yet */
    struct record_answer *answers; /* to be answered again in this order */
    size_t answer_count;
};

/* What was saved of a draft, in the arena. */
bool record_load_draft(struct store *store, int64_t id, struct arena *arena,
                       struct record_draft *draft, struct err *err);

/* Appends rows of audit.csv to a draft. */
bool record_add_audit(struct store *store, int64_t id, struct str rows, struct err *err);

/* Appends all audit rows of the record to csv. */
bool record_audit(struct store *store, int64_t id, struct buf *csv, struct err *err);

struct record_final {
    struct str xml;           /* the bytes that will be sent, each time the same */
    const char *title;        /* NULL: as it was */
    const char *const *files; /* names of attachments that go along; others are dropped */
    size_t file_count;
    const struct entity_change *changes; /* of entity lists, as list_apply takes them */
    size_t change_count;
};

/* Freezes the record and queues it: bytes and files are read back and compared before it counts as
 * finished. The changes of entity lists come in the same step; one that its list does not take is
 * left out. ERR_MISSING when a file is not there, ERR_INPUT when it is no draft. */
bool record_finish(struct store *store, int64_t id, const struct record_final *what,
                   struct err *err);

/* One record, texts in the arena; ERR_MISSING. */
bool record_get(struct store *store, int64_t id, struct arena *arena, struct record *record,
                struct err *err);

/* The id of the record with that instance id; ERR_MISSING. */
bool record_find(struct store *store, const char *instance_id, int64_t *id, struct err *err);

struct record_filter {
    unsigned states;     /* bits 1u << RECORD_…; 0: all */
    const char *visit;   /* NULL: any */
    const char *form_id; /* NULL: any */
    /* 0: any; 1: without those that a person has dealt with (a late correction that was compared,
     * what was returned and corrected since); 2: only those and what was sent */
    int dealt_with;
};

/* Records newest first (those in the queue: in its order), texts in the arena. */
bool record_page(struct store *store, const struct record_filter *filter, struct page page,
                 struct arena *arena, struct records *out, struct err *err);

/* How many fit. */
bool record_count(struct store *store, const struct record_filter *filter, int64_t *count,
                  struct err *err);

/* Appends the frozen bytes; ERR_DAMAGED when they are not those that were frozen. */
bool record_xml(struct store *store, int64_t id, struct buf *xml, struct err *err);

/* Deletes a draft with its files because its owner said so; ERR_DENIED for anything else. */
bool record_delete_draft(struct store *store, int64_t id, struct err *err);

/* Takes a record out of the queue with a reason; the others go on. */
bool record_set_aside(struct store *store, int64_t id, const char *reason, const char *message,
                      struct err *err);

/* Puts a record that was set aside back into the queue, at its old place. */
bool record_release(struct store *store, int64_t id, struct err *err);

/* What the portal said about a sent record: RECORD_ACCEPTED or RECORD_RETURNED with its words. */
bool record_judge(struct store *store, int64_t id, enum record_state state, const char *message,
                  struct err *err);

/* Removes XML and files of records that were sent and seen on the server a second time, both longer
 * ago than days, by the clock and by the days this device has lived through (record_lived): a clock
 * that jumps ahead removes nothing, nor is a file removed that the server never confirmed. The row
 * stays. Returns how many by *count. */
bool record_purge(struct store *store, int days, int64_t *count, struct err *err);

/* Notes that the server still had the record when asked again: the second confirmation. */
bool record_confirm_again(struct store *store, int64_t id, struct err *err);

/* Forgets every second confirmation, as when the server may have lost something: *count records
 * that are still here whole will be asked about anew. */
bool record_doubt_sent(struct store *store, int64_t *count, struct err *err);

/* Milliseconds that the store has been in use, by the wall clock, but at most three days from one
 * look to the next and never backwards; each call is a look. */
bool record_lived(struct store *store, int64_t *lived_ms, struct err *err);

#endif
