#include "helper_simdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper_simwrap.h"
#include "platform/base/file.h"

enum { FDS = 1024, BLOCK = 4096, WATCHED = 8 };

static struct {
    char top[64], root[80];
    size_t root_n;
    bool is_on, is_dead;
    struct sim_image live;
    struct sim_run run;
    int nodes[FDS]; /* node + 1 of an open file; 0: not ours */
    struct sim_fault fault;
    int64_t seen, hits, calls[SIM_CALLS];
    int64_t used, most; /* blocks */
    const char *watched[WATCHED];
    int betrayals;
} disk = {.fault = {.room = -1}};

/* ---- the folder below ----------------------------------------------------------------------- */

const char *disk_start(void)
{
    const char *top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(disk.top, sizeof(disk.top), "%s/gocua-disk-XXXXXX", top);
    if (!mkdtemp(disk.top)) {
        perror("simdisk");
        abort();
    }
    snprintf(disk.root, sizeof(disk.root), "%s/disk", disk.top);
    disk.root_n = strlen(disk.root);
    return disk.root;
}

static void forget(void)
{
    disk.is_on = false;
    image_finish(&disk.live);
    run_finish(&disk.run);
    memset(disk.nodes, 0, sizeof(disk.nodes));
}

void disk_stop(void)
{
    forget();
    file_remove_tree(disk.top, NULL);
}

static void must(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

static int64_t blocks(size_t n)
{
    return (int64_t)((n + BLOCK - 1) / BLOCK);
}

/* Is that file below the disk already? The index of a log is changed past us, in memory. */
static bool is_there(const struct sim_image *image, int node, int old, const char *path)
{
    return old >= 0 && !image->nodes.v[node].is_folder && !disk.live.nodes.v[old].is_folder &&
           disk.live.nodes.v[old].bytes == image->nodes.v[node].bytes &&
           !str_ends(str_of(path), STR("-shm"));
}

static void drop(const char *path)
{
    must(unlink(path) == 0 || errno == ENOENT || file_remove_tree(path, NULL), path);
}

static void put_file(const struct sim_image *image, int node, const char *path)
{
    struct str bytes = image_bytes(image, node);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, bytes.s, bytes.n) == (ssize_t)bytes.n, path);
    close(fd);
}

/* Makes the folder below the disk hold what the image holds; old is the node that stands there now,
 * -1: none. */
static void put_down(const struct sim_image *image, int node, int old, const char *path)
{
    char below[512];
    if (!image->nodes.v[node].is_folder) {
        disk.used += blocks(image_bytes(image, node).n);
        if (!is_there(image, node, old, path)) {
            drop(path);
            put_file(image, node, path);
        }
        return;
    }
    if (old >= 0 && !disk.live.nodes.v[old].is_folder) {
        drop(path);
        old = -1;
    }
    must(old >= 0 || mkdir(path, 0700) == 0, path);
    for (size_t i = 0; old >= 0 && i < disk.live.nodes.v[old].entries.n; i++) {
        const char *name = disk.live.nodes.v[old].entries.v[i].name;
        if (image_find(image, node, name) < 0) {
            snprintf(below, sizeof(below), "%s/%s", path, name);
            drop(below);
        }
    }
    for (size_t i = 0; i < image->nodes.v[node].entries.n; i++) {
        const struct sim_entry *entry = &image->nodes.v[node].entries.v[i];
        snprintf(below, sizeof(below), "%s/%s", path, entry->name);
        put_down(image, entry->node, old < 0 ? -1 : image_find(&disk.live, old, entry->name),
                 below);
    }
}

void disk_mount(const struct sim_image *image)
{
    struct sim_image held; /* the image may be our own */
    image_copy(&held, image);
    disk.is_on = false;
    disk.used = 0;
    put_down(&held, SIM_ROOT, disk.live.nodes.n ? SIM_ROOT : -1, disk.root);
    forget();
    disk_fault(NULL);
    disk.most = disk.used;
    memset(disk.calls, 0, sizeof(disk.calls));
    image_copy(&disk.live, &held);
    disk.run.base = held;
    disk.is_dead = false;
    disk.is_on = true;
}

void disk_die(void)
{
    disk.is_dead = true;
}

void disk_take(struct sim_run *run)
{
    disk_die();
    *run = disk.run;
    disk.run = (struct sim_run){0};
}

size_t disk_ops(void)
{
    return disk.run.ops.n;
}

int64_t disk_calls(enum sim_call call)
{
    return disk.calls[call];
}

void disk_fault(const struct sim_fault *fault)
{
    disk.fault = fault ? *fault : (struct sim_fault){.room = -1};
    if (disk.fault.room >= 0) {
        disk.fault.room = disk.used + disk.fault.room / BLOCK; /* as the most blocks in use */
    }
    disk.seen = disk.hits = 0;
}

int64_t disk_hits(void)
{
    return disk.hits;
}

int64_t disk_used(void)
{
    return disk.used * BLOCK;
}

int64_t disk_most(void)
{
    return disk.most * BLOCK;
}

void disk_watch(const char *const *texts)
{
    memset(disk.watched, 0, sizeof(disk.watched));
    for (size_t i = 0; texts && texts[i] && i < WATCHED; i++) {
        disk.watched[i] = texts[i];
    }
}

int disk_betrayals(void)
{
    return disk.betrayals;
}

const struct sim_image *disk_image(void)
{
    return &disk.live;
}

/* ---- what is ours --------------------------------------------------------------------------- */

/* The path below the root, or NULL when it is none of ours. */
static const char *ours(const char *path)
{
    if (!disk.is_on || strncmp(path, disk.root, disk.root_n) != 0) {
        return NULL;
    }
    path += disk.root_n;
    return *path == 0 || *path == '/' ? path : NULL;
}

static int node_of(int fd)
{
    return disk.is_on && fd >= 0 && fd < FDS ? disk.nodes[fd] - 1 : -1;
}

/* Folder and last name of a path below the root; false when the folder is not there. */
static bool split(const char *path, int *folder, char name[SIM_NAME])
{
    char above[512];
    const char *slash = strrchr(path, '/');
    snprintf(above, sizeof(above), "%.*s", slash ? (int)(slash - path) : 0, path);
    snprintf(name, SIM_NAME, "%s", slash ? slash + 1 : path);
    *folder = image_at(&disk.live, above);
    return *folder >= 0;
}

static void look_for_texts(const char *bytes, size_t n)
{
    for (size_t i = 0; i < WATCHED && disk.watched[i]; i++) {
        if (memmem(bytes, n, disk.watched[i], strlen(disk.watched[i]))) {
            disk.betrayals++;
        }
    }
}

static void note(struct sim_op op)
{
    look_for_texts(op.name, strlen(op.name));
    look_for_texts(op.to, strlen(op.to));
    int64_t before =
        op.kind == SIM_WRITE || op.kind == SIM_CUT ? blocks(image_bytes(&disk.live, op.node).n) : 0;
    image_apply(&disk.live, &op);
    if (op.kind == SIM_WRITE || op.kind == SIM_CUT) {
        disk.used += blocks(image_bytes(&disk.live, op.node).n) - before;
        disk.most = disk.used > disk.most ? disk.used : disk.most;
    }
    vec_push(&disk.run.ops, op);
}

static void note_write(int node, int64_t at, const char *bytes, size_t n)
{
    struct sim_op op = {.kind = SIM_WRITE, .node = node, .at = at, .n = n};
    op.bytes = mem_alloc(n ? n : 1, 1);
    memcpy(op.bytes, bytes, n);
    look_for_texts(bytes, n);
    note(op);
}

/* What a failed sync could not write is gone, though whoever reads still finds it: the pages count
 * as clean from then on. */
static void lose_unsynced(int node)
{
    for (size_t i = disk.run.ops.n; i > 0; i--) {
        struct sim_op *op = &disk.run.ops.v[i - 1];
        if (op->node == node && op->kind == SIM_SYNC) {
            return;
        }
        op->is_lost |= op->node == node && (op->kind == SIM_WRITE || op->kind == SIM_CUT);
    }
}

/* ---- faults --------------------------------------------------------------------------------- */

/* Counts the call; true with errno when it must fail now. */
static bool fails(enum sim_call call)
{
    disk.calls[call]++;
    if (disk.is_dead) {
        errno = EIO;
        return true;
    }
    const struct sim_fault *fault = &disk.fault;
    if (!(fault->calls & 1u << call)) {
        return false;
    }
    int64_t now = disk.seen++;
    bool strikes = now >= fault->at && now - fault->at < fault->times;
    disk.hits += strikes;
    errno = strikes && fault->error ? fault->error : errno;
    return strikes && !fault->is_short;
}

/* After fails() said no: must the transfer be a short one? */
static size_t part_of(enum sim_call call, size_t n)
{
    const struct sim_fault *fault = &disk.fault;
    int64_t now = disk.seen - 1;
    bool strikes = fault->is_short && fault->calls & 1u << call && now >= fault->at &&
                   now - fault->at < fault->times;
    return strikes && n > 1 ? n / 2 : n;
}

/* How many of n bytes at that place the disk still has room for. */
static size_t room_for(int node, int64_t at, size_t n)
{
    size_t size = image_bytes(&disk.live, node).n;
    if (disk.fault.room < 0) {
        return n;
    }
    int64_t most = (blocks(size) + disk.fault.room - disk.used) * BLOCK;
    most = most > (int64_t)size ? most : (int64_t)size;
    int64_t fits = most > at ? most - at : 0;
    return fits < (int64_t)n ? (size_t)fits : n;
}

/* ---- the calls ------------------------------------------------------------------------------ */

static int opened(int fd, const char *below, int flags)
{
    int folder;
    char name[SIM_NAME];
    if (fd < 0 || fd >= FDS) {
        return fd;
    }
    int node = image_at(&disk.live, below);
    if (node < 0 && split(below, &folder, name)) {
        node = (int)disk.live.nodes.n;
        struct sim_op op = {.kind = SIM_LINK, .node = folder, .other = node};
        snprintf(op.name, sizeof(op.name), "%s", name);
        note(op);
    } else if (flags & O_TRUNC) {
        note((struct sim_op){.kind = SIM_CUT, .node = node, .at = 0});
    }
    disk.nodes[fd] = node + 1;
    return fd;
}

int __wrap_open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    const char *below = ours(path);
    if (!below) {
        return __real_open64(path, flags, mode);
    }
    return fails(CALL_OPEN) ? -1 : opened(__real_open64(path, flags, mode), below, flags);
}

int __wrap___open64_2(const char *path, int flags)
{
    return __wrap_open64(path, flags);
}

int __wrap_mkostemp64(char *path, int flags)
{
    if (!ours(path)) {
        return __real_mkostemp64(path, flags);
    }
    if (fails(CALL_OPEN)) {
        return -1;
    }
    int fd = __real_mkostemp64(path, flags);
    return opened(fd, ours(path), 0);
}

int __wrap_close(int fd)
{
    if (node_of(fd) >= 0) {
        disk.nodes[fd] = 0;
    }
    return __real_close(fd);
}

static ssize_t read_at(int fd, void *bytes, size_t n, off64_t at)
{
    if (fails(CALL_READ)) {
        return -1;
    }
    n = part_of(CALL_READ, n);
    return at < 0 ? __real_read(fd, bytes, n) : __real_pread64(fd, bytes, n, at);
}

ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    return node_of(fd) < 0 ? __real_read(fd, bytes, n) : read_at(fd, bytes, n, -1);
}

ssize_t __wrap___read_chk(int fd, void *bytes, size_t n, size_t room)
{
    return __wrap_read(fd, bytes, n < room ? n : room);
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t n, off64_t at)
{
    return node_of(fd) < 0 ? __real_pread64(fd, bytes, n, at) : read_at(fd, bytes, n, at);
}

ssize_t __wrap___pread64_chk(int fd, void *bytes, size_t n, off64_t at, size_t room)
{
    return __wrap_pread64(fd, bytes, n < room ? n : room, at);
}

static ssize_t write_at(int fd, const void *bytes, size_t n, off64_t at)
{
    int node = node_of(fd), error = 0;
    size_t fits = n;
    if (fails(CALL_WRITE)) {
        error = errno;
        fits = disk.fault.is_half && !disk.is_dead ? n / 2 : 0;
    } else {
        fits = part_of(CALL_WRITE, n);
        size_t room = room_for(node, at, fits);
        disk.hits += room < fits;
        error = n && room == 0 ? ENOSPC : 0;
        fits = room;
    }
    ssize_t done = fits ? __real_pwrite64(fd, bytes, fits, at) : 0;
    must(done == (ssize_t)fits, "the folder below the disk");
    if (fits) {
        note_write(node, at, bytes, fits);
    }
    errno = error;
    return error ? -1 : done;
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return node_of(fd) < 0 ? __real_pwrite64(fd, bytes, n, at) : write_at(fd, bytes, n, at);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (node_of(fd) < 0) {
        return __real_write(fd, bytes, n);
    }
    off64_t at = lseek64(fd, 0, SEEK_CUR);
    ssize_t done = write_at(fd, bytes, n, at);
    int error = errno;
    lseek64(fd, at + (done > 0 ? done : 0), SEEK_SET);
    errno = error;
    return done;
}

int __wrap_ftruncate64(int fd, off64_t size)
{
    int node = node_of(fd);
    if (node < 0) {
        return __real_ftruncate64(fd, size);
    }
    if (fails(CALL_CUT)) {
        return -1;
    }
    note((struct sim_op){.kind = SIM_CUT, .node = node, .at = size});
    return __real_ftruncate64(fd, size);
}

int __wrap_fsync(int fd)
{
    int node = node_of(fd);
    if (node < 0) {
        return __real_fsync(fd);
    }
    if (fails(CALL_SYNC)) {
        lose_unsynced(node);
        return -1;
    }
    note((struct sim_op){.kind = SIM_SYNC, .node = node});
    return 0;
}

int __wrap_fdatasync(int fd)
{
    return node_of(fd) < 0 ? __real_fdatasync(fd) : __wrap_fsync(fd);
}

/* ---- names ---------------------------------------------------------------------------------- */

static void note_name(enum sim_kind kind, const char *below, int node, bool is_folder)
{
    struct sim_op op = {.kind = kind, .other = node, .is_folder = is_folder};
    if (split(below, &op.node, op.name)) {
        note(op);
    }
}

/* Gives the room of a file back that has no name any more. */
static void give_back(const char *below)
{
    int node = image_at(&disk.live, below);
    if (node >= 0) {
        disk.used -= blocks(image_bytes(&disk.live, node).n);
    }
}

int __wrap_unlink(const char *path)
{
    const char *below = ours(path);
    if (!below) {
        return __real_unlink(path);
    }
    if (fails(CALL_UNLINK)) {
        return -1;
    }
    int result = __real_unlink(path);
    if (result == 0) {
        give_back(below);
        note_name(SIM_UNLINK, below, 0, false);
    }
    return result;
}

int __wrap_rename(const char *from, const char *to)
{
    struct sim_op op = {.kind = SIM_MOVE};
    if (!ours(from) || !ours(to)) {
        return __real_rename(from, to);
    }
    if (fails(CALL_RENAME)) {
        return -1;
    }
    int result = __real_rename(from, to);
    if (result == 0 && split(ours(from), &op.node, op.name) && split(ours(to), &op.other, op.to)) {
        give_back(ours(to));
        note(op);
    }
    return result;
}

int __wrap_link(const char *from, const char *to)
{
    if (!ours(from) || !ours(to)) {
        return __real_link(from, to);
    }
    if (fails(CALL_LINK)) {
        return -1;
    }
    int result = __real_link(from, to);
    if (result == 0) {
        note_name(SIM_LINK, ours(to), image_at(&disk.live, ours(from)), false);
    }
    return result;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    const char *below = ours(path);
    if (!below) {
        return __real_mkdir(path, mode);
    }
    if (fails(CALL_FOLDER)) {
        return -1;
    }
    int result = __real_mkdir(path, mode);
    if (result == 0) {
        note_name(SIM_LINK, below, (int)disk.live.nodes.n, true);
    }
    return result;
}

int __wrap_rmdir(const char *path)
{
    const char *below = ours(path);
    if (!below) {
        return __real_rmdir(path);
    }
    if (fails(CALL_FOLDER)) {
        return -1;
    }
    int result = __real_rmdir(path);
    if (result == 0) {
        note_name(SIM_UNLINK, below, 0, true);
    }
    return result;
}

int __wrap_statvfs64(const char *path, struct statvfs64 *info)
{
    int result = __real_statvfs64(path, info);
    if (result == 0 && ours(path) && disk.fault.room >= 0) {
        info->f_frsize = BLOCK;
        info->f_bavail =
            (fsblkcnt64_t)(disk.fault.room > disk.used ? disk.fault.room - disk.used : 0);
    }
    return result;
}
