#include "platform/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/base/aside.h"
#include "platform/base/mem.h"
#include "platform/base/utf8.h"

static bool fail(struct err *err, const char *what)
{
    int code = errno;
    enum err_kind kind = code == ENOENT ? ERR_MISSING : code == EACCES ? ERR_DENIED : ERR_STORAGE;
    return err_set(err, kind, code, "%s: %s", what, strerror(code));
}

struct read_work {
    const char *path;
    size_t limit;
    struct buf *buf;
    struct err *err;
    bool ok;
};

static bool read_whole(const char *path, size_t limit, struct buf *buf, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(err, "cannot open");
    }
    struct stat info;
    bool ok = fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode);
    if (!ok) {
        errno = EISDIR;
        fail(err, "cannot read");
    }
    size_t total = 0, hint = ok && info.st_size > 0 ? (size_t)info.st_size : 0;
    if (ok && hint && hint <= limit) {
        buf_reserve(buf, hint + 1);
    }
    while (ok) {
        char *to = buf_reserve(buf, 65536);
        ssize_t n = to ? read(fd, to, 65536) : -1;
        if (n < 0 && to && errno == EINTR) {
            continue;
        }
        if (n < 0 || total + (size_t)n > limit) {
            ok = n < 0 && to ? fail(err, "cannot read")
                             : err_set(err, ERR_INPUT, EFBIG, "larger than %zu bytes", limit);
        } else if (n == 0) {
            break;
        } else {
            total += (size_t)n;
            buf->n += (size_t)n;
            buf->s[buf->n] = 0;
        }
    }
    close(fd);
    return ok;
}

static void read_one(void *ctx)
{
    struct read_work *work = ctx;
    work->ok = read_whole(work->path, work->limit, work->buf, work->err);
}

bool file_read(const char *path, size_t limit, struct buf *buf, struct err *err)
{
    struct read_work work = {path, limit, buf, err, false};
    aside_do(read_one, &work);
    return work.ok;
}

bool file_map(const char *path, size_t limit, struct str *bytes, struct err *err)
{
    struct stat info;
    *bytes = (struct str){"", 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(err, "cannot open");
    }
    bool ok = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
              (uint64_t)info.st_size <= limit;
    if (!ok) {
        err_set(err, ERR_INPUT, EFBIG, "no file of 1 to %zu bytes", limit);
    } else {
        size_t n = (size_t)info.st_size;
        void *at = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = at != MAP_FAILED || fail(err, "cannot read");
        *bytes = ok ? (struct str){at, n} : *bytes;
    }
    close(fd);
    return ok;
}

void file_unmap(struct str bytes)
{
    if (bytes.n > 0) {
        munmap((void *)(uintptr_t)bytes.s, bytes.n);
    }
}

bool file_write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n) {
        ssize_t done = write(fd, at, n);
        if (done == 0) {
            errno = EIO;
        }
        if (done == 0 || (done < 0 && errno != EINTR)) {
            return false;
        }
        if (done > 0) {
            at += done;
            n -= (size_t)done;
        }
    }
    return true;
}

static void folder_of(const char *path, char *folder, size_t size)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        snprintf(folder, size, ".");
    } else {
        snprintf(folder, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    }
}

/* A new file beside the path, which end_beside puts in its place. */
static int begin_beside(const char *path, char beside[4096], struct err *err)
{
    if (snprintf(beside, 4096, "%s.XXXXXX", path) >= 4096) {
        err_set(err, ERR_INPUT, ENAMETOOLONG, "the path is too long");
        return -1;
    }
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        fail(err, "cannot create");
    }
    return fd;
}

static bool end_beside(const char *path, const char *beside, int fd, bool ok, struct err *err)
{
    char folder[4096];
    if (ok && aside_fsync(fd) != 0) {
        ok = fail(err, "cannot write");
    }
    if (close(fd) != 0 && ok) {
        ok = fail(err, "cannot close");
    }
    if (ok && rename(beside, path) != 0) {
        ok = fail(err, "cannot replace");
    }
    if (!ok) {
        unlink(beside);
        return false;
    }
    folder_of(path, folder, sizeof(folder));
    return file_sync_folder(folder, err);
}

bool file_write(const char *path, const void *bytes, size_t n, struct err *err)
{
    char beside[4096];
    int fd = begin_beside(path, beside, err);
    if (fd < 0) {
        return false;
    }
    bool ok = file_write_all(fd, bytes, n) || fail(err, "cannot write");
    return end_beside(path, beside, fd, ok, err);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int64_t file_size(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_size : -1;
}

bool file_remove(const char *path, struct err *err)
{
    return unlink(path) == 0 || errno == ENOENT || fail(err, "cannot remove");
}

bool file_rename(const char *from, const char *to, struct err *err)
{
    char folder[4096];
    if (rename(from, to) != 0) {
        return fail(err, "cannot move");
    }
    folder_of(to, folder, sizeof(folder));
    return file_sync_folder(folder, err);
}

static bool copy_bytes(int from, int to, struct err *err)
{
    char part[65536];
    for (;;) {
        ssize_t n = read(from, part, sizeof(part));
        if (n == 0) {
            return true;
        }
        if (n < 0 && errno != EINTR) {
            return fail(err, "cannot read");
        }
        if (n > 0 && !file_write_all(to, part, (size_t)n)) {
            return fail(err, "cannot write");
        }
    }
}

bool file_copy(const char *from, const char *to, struct err *err)
{
    char beside[4096];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        return fail(err, "cannot open");
    }
    int out = begin_beside(to, beside, err);
    bool ok = out >= 0 && end_beside(to, beside, out, copy_bytes(in, out, err), err);
    close(in);
    return ok;
}

/* A folder whose own name is lost takes everything in it along, however well that was synced. */
static bool make_one(const char *path, struct err *err)
{
    char above[4096];
    if (mkdir(path, 0700) != 0) {
        return errno == EEXIST || fail(err, "cannot make a folder");
    }
    folder_of(path, above, sizeof(above));
    struct err why = {0};
    if (file_sync_folder(above, &why) || why.code == EACCES) { /* above what is ours: no matter */
        return true;
    }
    rmdir(path); /* so that the next try does not take it for done */
    return err_set(err, why.kind, why.code, "%s", why.text);
}

bool file_make_folder(const char *path, struct err *err)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        errno = ENOTDIR;
        return S_ISDIR(info.st_mode) || fail(err, "cannot make a folder");
    }
    char *copy = mem_strdup(path), *slash = strrchr(copy, '/');
    bool ok = true;
    if (slash && slash != copy) {
        *slash = 0;
        ok = file_make_folder(copy, err);
    }
    free(copy);
    return ok && make_one(path, err);
}

struct tree {
    const char *path;
    struct err *err;
    bool ok;
};

static bool remove_entry(void *ctx, const char *name)
{
    struct tree *tree = ctx;
    char path[4096];
    struct stat info;
    snprintf(path, sizeof(path), "%s/%s", tree->path, name);
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        tree->ok = file_remove_tree(path, tree->err);
    } else {
        tree->ok = file_remove(path, tree->err);
    }
    return tree->ok;
}

bool file_remove_tree(const char *path, struct err *err)
{
    if (!file_exists(path)) {
        return true;
    }
    struct tree tree = {path, err, true};
    return file_list(path, remove_entry, &tree, err) && tree.ok &&
           (rmdir(path) == 0 || fail(err, "cannot remove the folder"));
}

bool file_list(const char *folder, bool (*each)(void *ctx, const char *name), void *ctx,
               struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        return fail(err, "cannot read the folder");
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !each(ctx, entry->d_name)) {
            break;
        }
    }
    closedir(dir);
    return true;
}

bool file_sync_folder(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return fail(err, "cannot open the folder");
    }
    bool ok = aside_fsync(fd) == 0 || errno == EINVAL || fail(err, "cannot sync the folder");
    close(fd);
    return ok;
}

int64_t file_free_space(const char *path)
{
    struct statvfs info;
    return statvfs(path, &info) == 0 ? (int64_t)info.f_bavail * (int64_t)info.f_frsize : -1;
}

bool file_is_plain_name(struct str name)
{
    if (name.n == 0 || name.n > 255 || str_is(name, ".") || str_is(name, "..") ||
        !utf8_valid(name)) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.s[i];
        if (c < 0x20 || c == 0x7f || c == '/' || c == '\\') {
            return false;
        }
    }
    return true;
}
