/* Sealed files of the store: random names, one folder. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_ROOM "store"
#include "app/store/inner.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

bool store_media_path(const struct store *store, const char *file, char path[STORE_PATH],
                      struct err *err)
{
    char name[STORE_FILE_NAME + 16];
    snprintf(name, sizeof(name), "data/media/%s", file);
    return store_path(path, store->folder, name, err);
}

struct seal_writer *store_seal(struct store *store, char name[STORE_FILE_NAME], struct err *err)
{
    char path[STORE_PATH], uuid[RAND_UUID_TEXT];
    do { /* a seeded test may give names again after a restart */
        rand_uuid(uuid);
        snprintf(name, STORE_FILE_NAME, "%s", uuid);
        if (!store_media_path(store, name, path, err)) {
            return NULL;
        }
    } while (file_exists(path));
    return seal_create(path, store->media, str_of(name), err);
}

struct seal_reader *store_unseal(struct store *store, const char *name, struct err *err)
{
    char path[STORE_PATH];
    return store_media_path(store, name, path, err)
               ? seal_open(path, store->media, str_of(name), err)
               : NULL;
}

void store_drop_file(struct store *store, const char *name)
{
    char path[STORE_PATH];
    struct err err;
    if (!store_media_path(store, name, path, &err) || !file_remove(path, &err)) {
        log_warn("a sealed file stays for the next start: %s", err.text);
    }
}

void store_wipe_file(struct store *store, const char *name)
{
    char path[STORE_PATH];
    unsigned char noise[4096];
    int64_t size = -1;
    int fd = -1;
    if (store_media_path(store, name, path, NULL)) {
        size = file_size(path);
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd >= 0 && size > 0) {
        size_t n = size < (int64_t)sizeof(noise) ? (size_t)size : sizeof(noise);
        rand_bytes(noise, n);
        if (pwrite(fd, noise, n, 0) != (ssize_t)n || fsync(fd) != 0) {
            log_warn("a sealed file is removed without being written over");
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    store_drop_file(store, name);
}

bool store_check_file(struct store *store, const char *name, const unsigned char *digest,
                      struct err *err)
{
    struct seal_reader *reader = store_unseal(store, name, err);
    if (!reader) {
        return false;
    }
    unsigned char *part = mem_alloc(1, SEAL_CHUNK), found[HASH_MAX];
    struct hash *hash = hash_begin(HASH_BLAKE2B);
    size_t got = 0;
    bool ok;
    while ((ok = seal_read(reader, part, SEAL_CHUNK, &got, err)) && got) {
        hash_more(hash, part, got);
    }
    hash_end(hash, found);
    explicit_bzero(part, SEAL_CHUNK);
    free(part);
    seal_close(reader);
    return ok && (hash_equal(found, digest, HASH_BLAKE2B_SIZE) ||
                  err_set(err, ERR_DAMAGED, 0, "a file is not what was written"));
}
