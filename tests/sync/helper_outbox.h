/* An outbox in memory that keeps the contract of sync/run/outbox.h to the letter, and checks that
 * the session does too: the driver of the tests is the oracle of what was acknowledged. */
#ifndef TESTS_HELPER_OUTBOX_H
#define TESTS_HELPER_OUTBOX_H

#include "platform/base/buf.h"
#include "platform/base/vec.h"
#include "sync/run/outbox.h"

enum memory_state { MEMORY_READY, MEMORY_SENDING, MEMORY_HELD, MEMORY_ASIDE, MEMORY_SENT };

struct memory_file {
    char name[64];
    struct buf bytes;
    bool is_confirmed, is_aside;
};

struct memory_record {
    char instance_id[64], form_id[64];
    struct buf xml;
    VEC(struct memory_file) files;
    enum memory_state state;
    enum outbox_reason reason;
    char message[400];
    int64_t next_ms;
    int attempts, begun;
    bool is_edit, is_xml_confirmed, is_doubtful, is_given;
    bool is_asked, is_seen_again;
};

struct memory_outbox {
    VEC(struct memory_record) records; /* key = index + 1 = sequence */
    struct memory_record *reading;
    size_t file, at;
    int open_files;
    int confirms, settles;
    bool fails;     /* every write says that the disk is full */
    int damaged_at; /* > 0: key of the record whose files do not open */
    bool is_old;    /* all that was sent was sent more than a day ago */
    bool is_cut;    /* the program "died": nothing is written any more */
};

/* The contract, with this as its storage. */
struct outbox memory_outbox_of(struct memory_outbox *memory);

/* Adds a record of a form with n files of size bytes each; returns it (until the next call). */
struct memory_record *memory_add(struct memory_outbox *memory, const char *form_id, size_t n,
                                 size_t size);

/* As after a restart: a record found sending is ready and doubtful; a new session begins. */
void memory_restart(struct memory_outbox *memory);

/* How many records are in that state. */
int memory_count(const struct memory_outbox *memory, enum memory_state state);

/* Frees. */
void memory_finish(struct memory_outbox *memory);

#endif
