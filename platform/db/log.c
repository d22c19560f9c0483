#include "platform/db/log.h"
#include "platform/base/file.h"
#include "platform/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Places in the log and in the index beside it, as sqlite.org/walformat.html has them. */
enum { HEADER = 32, FRAME = 24, SALTS = 16, INDEX_HEAD = 48, INDEX_LAST = 16, MOST_PAGE = 65536 };

struct log {
    int fd;
    unsigned char header[HEADER], salts[8]; /* those of the first frame */
    uint32_t page;
    int64_t frames; /* that the file has room for */
};

static uint32_t big(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Goes on with a checksum over n bytes, a multiple of 8, in words of the order that the last bit of
 * the log's magic number says. */
static void sum(const struct log *log, const unsigned char *bytes, size_t n, uint32_t state[2])
{
    for (size_t i = 0; i < n; i += 8) {
        uint32_t word[2];
        for (size_t k = 0; k < 2; k++) {
            const unsigned char *at = bytes + i + 4 * k;
            word[k] = log->header[3] & 1 ? big(at)
                                         : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 |
                                               (uint32_t)at[1] << 8 | at[0];
        }
        state[0] += word[0] + state[1];
        state[1] += word[1] + state[0];
    }
}

static bool has_sum(const struct log *log, const unsigned char header[HEADER])
{
    uint32_t state[2] = {0};
    sum(log, header, HEADER - 8, state);
    return state[0] == big(header + 24) && state[1] == big(header + 28);
}

static bool frame_head(const struct log *log, int64_t i, unsigned char head[FRAME])
{
    return pread(log->fd, head, FRAME, HEADER + i * (FRAME + (int64_t)log->page)) == FRAME;
}

/* Is the frame what was written behind the one before it, whatever that is now? */
static bool is_frame_right(const struct log *log, int64_t i, const unsigned char head[FRAME])
{
    static const int64_t first = 24; /* the header's own checksum stands there */
    unsigned char before[8], page[MOST_PAGE];
    uint32_t state[2];
    int64_t at = HEADER + i * (FRAME + (int64_t)log->page);
    if (pread(log->fd, before, 8, i ? at - (int64_t)log->page - 8 : first) != 8 ||
        pread(log->fd, page, log->page, at + FRAME) != (ssize_t)log->page) {
        return false;
    }
    state[0] = big(before);
    state[1] = big(before + 4);
    sum(log, head, 8, state);
    sum(log, page, log->page, state);
    return state[0] == big(head + 16) && state[1] == big(head + 20);
}

/* Ends of transactions behind frame `from` that belong to this run of the log; two are enough. */
static int commits_behind(const struct log *log, int64_t from)
{
    unsigned char head[FRAME];
    int commits = 0;
    for (int64_t i = from; i < log->frames && commits < 2 && frame_head(log, i, head); i++) {
        commits += memcmp(head + 8, log->salts, sizeof(log->salts)) == 0 && big(head + 4) != 0 &&
                   is_frame_right(log, i, head);
    }
    return commits;
}

/* A header that is not right, of a log that has frames: cut off while the log began anew (then
 * everything in it stands in the database already), or changed later? In the first case its number
 * is one more than the checksum says, or its salts are no longer those of the frames. */
static bool is_header_changed(const struct log *log)
{
    unsigned char other[HEADER];
    memcpy(other, log->header, HEADER);
    memcpy(other + SALTS, log->salts, sizeof(log->salts));
    if (has_sum(log, other)) {
        return true; /* only the salts are others */
    }
    if (memcmp(log->header + SALTS, log->salts, sizeof(log->salts)) != 0) {
        return false;
    }
    for (int i = 15; i >= 12 && other[i]-- == 0; i--) {
    }
    return !has_sum(log, other);
}

static bool open_log(const char *path, uint32_t page, struct log *log)
{
    char name[4096];
    unsigned char head[FRAME];
    struct stat info;
    *log = (struct log){.page = page};
    snprintf(name, sizeof(name), "%s-wal", path);
    log->fd = open(name, O_RDONLY | O_CLOEXEC);
    if (page > MOST_PAGE || log->fd < 0 || fstat(log->fd, &info) != 0 ||
        pread(log->fd, log->header, HEADER, 0) != HEADER || !frame_head(log, 0, head)) {
        return false;
    }
    log->frames = (info.st_size - HEADER) / (FRAME + (int64_t)page);
    memcpy(log->salts, head + 8, sizeof(log->salts));
    return true;
}

/* How many frames SQLite took from the log when it was opened. */
static bool frames_taken(const char *path, uint32_t *taken)
{
    char name[4096];
    unsigned char head[INDEX_HEAD];
    snprintf(name, sizeof(name), "%s-shm", path);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && pread(fd, head, INDEX_HEAD, 0) == INDEX_HEAD;
    if (ok) {
        memcpy(taken, head + INDEX_LAST, sizeof(*taken)); /* of this machine's byte order */
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

bool log_is_whole(const char *path, uint32_t page)
{
    struct log log;
    uint32_t taken = 0;
    bool is_whole = true;
    if (open_log(path, page, &log)) {
        if (has_sum(&log, log.header)) {
            memcpy(log.salts, log.header + SALTS, sizeof(log.salts));
            is_whole = !frames_taken(path, &taken) || commits_behind(&log, taken) < 2;
        } else {
            is_whole = !is_header_changed(&log);
        }
    }
    if (log.fd >= 0) {
        close(log.fd);
    }
    return is_whole;
}

bool log_sync_name(const char *path, struct err *err)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    return file_sync_folder(folder, err);
}

/* ---- before damage is believed ----------------------------------------------------------------
 */

/* With an error of the disk it may look as if the key were another one (whoever sets the key does
 * not ask whether reading the salt failed) or the schema were damaged. So before either is
 * believed, every byte of the file must have been read once. */
static bool can_read(const char *path, struct err *err)
{
    char part[65536];
    ssize_t n = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && ((n = read(fd, part, sizeof(part))) > 0 || (n < 0 && errno == EINTR))) {
    }
    if (n < 0 && (fd >= 0 || errno != ENOENT)) {
        err_set(err, ERR_STORAGE, errno, "cannot read the database: %s", strerror(errno));
    }
    bool ok = n == 0 || (fd < 0 && errno == ENOENT);
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

bool db_can_read(const char *path, struct err *err)
{
    char log[4096];
    snprintf(log, sizeof(log), "%s-wal", path);
    return can_read(path, err) && can_read(log, err);
}
