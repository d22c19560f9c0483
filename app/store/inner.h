/* What the files of this room share and nobody else needs: paths, sealed files, salvage. */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include "app/store/store.h"
#include "platform/db/crypt.h"
#include "platform/db/db.h"
#include "platform/db/seal.h"

enum { STORE_FILE_NAME = 40 };

/* A sealed copy of a finished record begins so; a line of JSON and the XML follow. */
#define STORE_COPY_MAGIC "gocua record 1\n"

/* FOLDER/name; ERR_INPUT when it does not fit. */
bool store_path(char path[STORE_PATH], const char *folder, const char *name, struct err *err);

/* Where the sealed file of that name lies. */
bool store_media_path(const struct store *store, const char *file, char path[STORE_PATH],
                      struct err *err);

/* Begins a sealed file under a new random name, which is written to name. */
struct seal_writer *store_seal(struct store *store, char name[STORE_FILE_NAME], struct err *err);

/* Opens a sealed file. */
struct seal_reader *store_unseal(struct store *store, const char *name, struct err *err);

/* Removes a sealed file; a failure is logged only: the next start removes it as orphan. */
void store_drop_file(struct store *store, const char *name);

/* The same for one that must not come back: its head, without which the rest cannot be opened, is
 * written over and synced first. */
void store_wipe_file(struct store *store, const char *name);

/* Is the sealed file all there, with that BLAKE2b digest of its clear bytes? ERR_DAMAGED if not. */
bool store_check_file(struct store *store, const char *name, const unsigned char *digest,
                      struct err *err);

/* Fresh start: records being sent are ready again, files without a row go; after a cut end also
 * records whose files are gone are set aside. */
bool store_clean_up(struct store *store, bool was_cut, struct store_health *health,
                    struct err *err);

/* Reads what can be read out of a damaged data folder (which stays as it is) into the store; counts
 * records. What cannot be read is passed over. */
void store_salvage(struct store *store, const struct key *key, const char *data, int64_t *records);

/* Keeps some room on the disk for sending, when there is plenty. */
void store_keep_room(struct store *store);

/* The disk is full, says err: gives the kept room free; false when that is not what it says or
 * there is none. */
bool store_make_room(struct store *store, const struct err *err);

/* Sub-keys of the store's key. */
enum { STORE_KEY_DB = 1, STORE_KEY_MEDIA, STORE_KEY_SEARCH, STORE_KEY_CHECK };

#endif
