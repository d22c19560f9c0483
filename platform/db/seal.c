#include "platform/db/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "platform/base/aside.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"

/* File: magic, secretstream header, then chunks of SEAL_CHUNK clear bytes (the last one shorter,
 * maybe empty, with the final tag). `about` is the additional data of every chunk. */
static const unsigned char magic[8] = {'g', 'o', 'c', 'u', 'a', 's', 'l', '1'};

enum {
    EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    HEAD = sizeof(magic) + HEADER,
    SEALED = SEAL_CHUNK + EXTRA,
};

struct seal_writer {
    crypto_secretstream_xchacha20poly1305_state state;
    char *path, *about;
    size_t about_n;
    int fd;
    size_t n; /* waiting in clear */
    unsigned char clear[SEAL_CHUNK], sealed[SEALED];
};

struct seal_reader {
    crypto_secretstream_xchacha20poly1305_state state;
    struct key *key;
    char *about;
    size_t about_n;
    int fd;
    int64_t size;  /* of the file */
    int64_t begin; /* clear position of the chunk held */
    size_t n, at;  /* clear bytes held, and how many were given */
    bool is_last;  /* the chunk held had the final tag */
    unsigned char clear[SEAL_CHUNK], sealed[SEALED];
};

static bool system_err(struct err *err, const char *what)
{
    int code = errno == EDQUOT || errno == EFBIG ? ENOSPC : errno;
    enum err_kind kind = code == ENOENT ? ERR_MISSING : ERR_STORAGE;
    return err_set(err, kind, code, "%s: %s", what, strerror(code));
}

struct seal_writer *seal_create(const char *path, const struct key *key, struct str about,
                                struct err *err)
{
    unsigned char header[HEADER];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        system_err(err, "cannot make a sealed file");
        return NULL;
    }
    struct seal_writer *writer = mem_alloc(1, sizeof(*writer));
    writer->path = mem_strdup(path);
    writer->about = mem_strndup(about.s, about.n);
    writer->about_n = about.n;
    writer->fd = fd;
    crypto_secretstream_xchacha20poly1305_init_push(&writer->state, header, key_bytes(key));
    if (!file_write_all(fd, magic, sizeof(magic)) || !file_write_all(fd, header, HEADER)) {
        system_err(err, "cannot write a sealed file");
        seal_abort(writer);
        return NULL;
    }
    return writer;
}

static bool push(struct seal_writer *writer, unsigned char tag, struct err *err)
{
    unsigned long long n = 0;
    crypto_secretstream_xchacha20poly1305_push(&writer->state, writer->sealed, &n, writer->clear,
                                               writer->n, (const unsigned char *)writer->about,
                                               writer->about_n, tag);
    writer->n = 0;
    return file_write_all(writer->fd, writer->sealed, (size_t)n) ||
           system_err(err, "cannot write a sealed file");
}

bool seal_write(struct seal_writer *writer, const void *bytes, size_t n, struct err *err)
{
    const unsigned char *from = bytes;
    while (n) {
        if (writer->n == SEAL_CHUNK && !push(writer, 0, err)) {
            return false;
        }
        size_t room = SEAL_CHUNK - writer->n, part = n < room ? n : room;
        memcpy(writer->clear + writer->n, from, part);
        writer->n += part;
        from += part;
        n -= part;
    }
    return true;
}

static void writer_free(struct seal_writer *writer)
{
    free(writer->path);
    free(writer->about);
    sodium_memzero(writer, sizeof(*writer));
    free(writer);
}

static bool sync_folder_of(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + (slash == path)) : NULL;
    bool ok = file_sync_folder(folder ? folder : ".", err);
    free(folder);
    return ok;
}

bool seal_finish(struct seal_writer *writer, struct err *err)
{
    bool ok = push(writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL, err) &&
              (aside_fsync(writer->fd) == 0 || system_err(err, "cannot sync a sealed file"));
    if (ok) {
        ok = close(writer->fd) == 0 || system_err(err, "cannot close a sealed file");
        writer->fd = -1;
    }
    ok = ok && sync_folder_of(writer->path, err);
    if (!ok) {
        seal_abort(writer);
        return false;
    }
    writer_free(writer);
    return true;
}

void seal_abort(struct seal_writer *writer)
{
    if (writer) {
        if (writer->fd >= 0) {
            close(writer->fd);
        }
        unlink(writer->path);
        writer_free(writer);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static ssize_t read_full(int fd, unsigned char *bytes, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t part = aside_read(fd, bytes + got, n - got);
        if (part == 0) {
            break;
        }
        if (part < 0 && errno != EINTR) {
            return -1;
        }
        got += part > 0 ? (size_t)part : 0;
    }
    return (ssize_t)got;
}

static bool restart(struct seal_reader *reader, struct err *err)
{
    unsigned char head[HEAD];
    reader->begin = 0;
    reader->n = reader->at = 0;
    reader->is_last = false;
    if (lseek(reader->fd, 0, SEEK_SET) != 0) {
        return system_err(err, "cannot read a sealed file");
    }
    ssize_t n = read_full(reader->fd, head, HEAD);
    if (n < 0) {
        return system_err(err, "cannot read a sealed file");
    }
    if (n != HEAD || memcmp(head, magic, sizeof(magic)) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&reader->state, head + sizeof(magic),
                                                        key_bytes(reader->key)) != 0) {
        return err_set(err, ERR_DAMAGED, 0, "a sealed file has no right head");
    }
    return true;
}

/* Takes the next chunk; *got false behind the final one. */
static bool pull(struct seal_reader *reader, bool *got, struct err *err)
{
    *got = !reader->is_last;
    if (reader->is_last) {
        return true;
    }
    ssize_t n = read_full(reader->fd, reader->sealed, SEALED);
    if (n < 0) {
        return system_err(err, "cannot read a sealed file");
    }
    unsigned long long clear = 0;
    unsigned char tag = 0;
    if (n < EXTRA ||
        crypto_secretstream_xchacha20poly1305_pull(
            &reader->state, reader->clear, &clear, &tag, reader->sealed, (unsigned long long)n,
            (const unsigned char *)reader->about, reader->about_n) != 0) {
        return err_set(err, ERR_DAMAGED, 0, "a sealed file is not what was written");
    }
    reader->is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    bool at_end = lseek(reader->fd, 0, SEEK_CUR) >= reader->size;
    if (reader->is_last != at_end) {
        return err_set(err, ERR_DAMAGED, 0, "a sealed file was cut or lengthened");
    }
    reader->begin += (int64_t)reader->n;
    reader->n = (size_t)clear;
    reader->at = 0;
    return true;
}

struct seal_reader *seal_open(const char *path, const struct key *key, struct str about,
                              struct err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        system_err(err, "cannot open a sealed file");
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct seal_reader *reader = mem_alloc(1, sizeof(*reader));
    bool got;
    reader->fd = fd;
    reader->size = info.st_size;
    reader->key = key_of(key_bytes(key));
    reader->about = mem_strndup(about.s, about.n);
    reader->about_n = about.n;
    if (!restart(reader, err) || !pull(reader, &got, err)) {
        seal_close(reader);
        return NULL;
    }
    return reader;
}

int64_t seal_length(const struct seal_reader *reader)
{
    int64_t body = reader->size - HEAD, chunks = (body + SEALED - 1) / SEALED;
    return body - chunks * EXTRA;
}

bool seal_read(struct seal_reader *reader, void *bytes, size_t n, size_t *got, struct err *err)
{
    *got = 0;
    if (reader->at == reader->n) {
        bool more;
        if (!pull(reader, &more, err)) {
            return false;
        }
        if (!more) {
            return true;
        }
    }
    size_t left = reader->n - reader->at;
    *got = n < left ? n : left;
    memcpy(bytes, reader->clear + reader->at, *got);
    reader->at += *got;
    return true;
}

bool seal_seek(struct seal_reader *reader, int64_t at, struct err *err)
{
    bool more = true;
    if (at < reader->begin && (!restart(reader, err) || !pull(reader, &more, err))) {
        return false;
    }
    while (more && at > reader->begin + (int64_t)reader->n) {
        if (!pull(reader, &more, err)) {
            return false;
        }
    }
    if (at < 0 || !more) {
        return err_set(err, ERR_INPUT, 0, "behind the end of the file");
    }
    reader->at = (size_t)(at - reader->begin);
    return true;
}

void seal_close(struct seal_reader *reader)
{
    if (reader) {
        close(reader->fd);
        key_destroy(reader->key);
        free(reader->about);
        sodium_memzero(reader, sizeof(*reader));
        free(reader);
    }
}
