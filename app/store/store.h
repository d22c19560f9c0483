/* Records at rest: one folder with an encrypted database, sealed files and the keyslot file. This
 * header opens it; each noun has its own header beside. Each thread opens its own store (they do
 * not block each other); the process holds one lock on the folder. Nothing personal is ever in
 * clear on disk, file names included.
 *
 * FOLDER/keyslot        the wrapped key (keyslot.h)    FOLDER/data/media/  sealed files
 * FOLDER/data/store.db  the database, -wal, -shm       FOLDER/aside/       damaged data, kept
 * FOLDER/check          tells a wrong key from damage  FOLDER/lock         who has the folder
 * FOLDER/reserve        room for sending from a full disk */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct db;
struct key;

enum {
    STORE_PATH = 1024,
    STORE_ACTOR = 64,
    STORE_NEWER = 1001, /* code of ERR_DENIED: a newer program made the database */
};

struct store {
    struct db *db;      /* for the files of this room only, as all that follows */
    struct key *media;  /* seals attachments */
    struct key *search; /* keys the digests of personal numbers */
    char folder[STORE_PATH];
    char actor[STORE_ACTOR];
};

/* Which rows of a long list: limit 0 means 50, and 100,000 is the most. */
struct page {
    int64_t offset;
    int64_t limit;
};

struct store_lock;

/* Takes the folder (made when it is not there) for this process; ERR_DENIED with code EBUSY when
 * another process holds it. Also closes the process to core dumps. store_unlock gives it back, as
 * does any end of the process. */
struct store_lock *store_lock(const char *folder, struct err *err);

/* Gives the folder back; takes NULL. */
void store_unlock(struct store_lock *lock);

/* What store_start found and did. */
struct store_health {
    bool set_aside; /* the database was damaged: it stands in `aside` now, a new one began */
    char aside[STORE_PATH]; /* folder that holds it */
    int64_t salvaged;       /* records read out of it into the new one */
    int64_t orphans;        /* unfinished files of an earlier kill, removed */
    int64_t resumed;        /* records that were being sent, now ready again */
    int64_t missing;        /* attachments whose file is gone: their records are set aside */
};

/* Opens the folder for the first time in this process, by the holder of the lock: makes or migrates
 * the database, cleans up after a kill, and moves a damaged database aside (never deletes it) to
 * begin a new one. ERR_DENIED: the key belongs to another folder, or with code STORE_NEWER a newer
 * program made the database and it stays as it is; ERR_STORAGE: the disk. The key is borrowed
 * during the call; store_close ends it. */
bool store_start(const char *folder, const struct key *key, struct store **store,
                 struct store_health *health, struct err *err);

/* Opens the folder again for another thread after store_start. ERR_DAMAGED when the database is
 * not what was written. */
bool store_open(const char *folder, const struct key *key, struct store **store, struct err *err);

/* Ends it and wipes its keys; takes NULL. */
void store_close(struct store *store);

/* Who acts from now on: an id for the journal, at most STORE_ACTOR - 1 bytes. */
void store_set_actor(struct store *store, const char *actor);

/* Reads the whole database and every sealed file; ERR_DAMAGED with the first thing that is not what
 * was written. Slow. */
bool store_check(struct store *store, struct err *err);

/* Copies database, sealed files and keyslot into folder (made, must hold no store): a backup that
 * opens with the same PIN and device secret. */
bool store_copy(struct store *store, const char *folder, struct err *err);

/* Gives free space back to the disk. */
bool store_compact(struct store *store, struct err *err);

#endif
