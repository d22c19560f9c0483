/* Inner header of the SQLite archive: its session. */
#ifndef HUB_ARCHIVE_SQLITE_H
#define HUB_ARCHIVE_SQLITE_H

#include "app/hub/archive.h"
#include "platform/db/db.h"

enum { ARCHIVE_SHARDS = 256 };

struct archive {
    struct db *db;
    char data[ARCHIVE_PATH];
    bool dirty[ARCHIVE_SHARDS]; /* folders of files/ with entries not yet synced */
    int depth;                  /* of open brackets */
    struct buf removed;         /* digests of files of deleted records, 32 bytes each */
    struct map defs;            /* version id → struct formdef, what archive_accept read */
    struct arena def_keys;
};

/* The steps of the schema. */
extern const struct db_migration archive_migrations[];

/* Moves a spool file to its place among the kept files; on disk with the bracket's end. */
bool archive_keep(struct archive *archive, const char *spool, const unsigned char digest[32],
                  struct err *err);

/* The same for bytes in memory; digest is filled in. */
bool archive_keep_bytes(struct archive *archive, struct str bytes, unsigned char digest[32],
                        struct err *err);

/* The path of a kept file. */
void archive_kept_path(const struct archive *archive, struct str digest, char path[ARCHIVE_PATH]);

/* Opens a kept file. */
bool archive_open_kept(struct archive *archive, struct str digest, int *fd, uint64_t *size,
                       struct err *err);

/* The definition that belongs to a version's row, read once a session; borrowed. NULL when it
 * cannot be read. */
const struct formdef *archive_def(struct archive *archive, int64_t version, struct err *err);

/* Forgets the definitions read so far. */
void archive_forget_defs(struct archive *archive);

#endif
