/* An inbox in memory, and what it saw: forms in their present state, one that is coming in, and
 * what broken tries left. */
#ifndef TESTS_HELPER_SHELF_H
#define TESTS_HELPER_SHELF_H

#include "platform/base/buf.h"
#include "platform/base/vec.h"
#include "sync/run/inbox.h"

struct stock_file {
    char name[64], hash[64], etag[64];
    enum inbox_kind kind;
    struct buf bytes;
};

struct stock {
    char form_id[64], version[32];
    VEC(struct stock_file) files;
};

struct shelf {
    VEC(struct stock) forms;
    struct stock coming, left;
    int open, most_open, stood_behind;
    int begun, committed, aborted, kept, offered;
    bool fails, refuses;
    const char *offline;
    char deleted[64];
};

/* The contract, with this as its storage. */
struct inbox shelf_inbox(struct shelf *shelf);

/* The present state of a form, or NULL. */
struct stock *stock_of(struct shelf *shelf, const char *form_id);

/* A file of it, or NULL. */
struct stock_file *file_of(struct stock *s, const char *name, const char *hash);

/* Frees; no file may be open any more. */
void shelf_finish(struct shelf *shelf);

#endif
