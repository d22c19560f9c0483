#include "platform/system/stick.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/base/buf.h"
#include "platform/base/file.h"

enum { MOUNTS_LIMIT = 1 << 20 };

/* Below one of the places of what is plugged in; /mnt itself is mounted on by hand. */
static bool is_place(struct str path)
{
    return str_starts(path, STR("/media/")) || str_starts(path, STR("/run/media/")) ||
           str_starts(path, STR("/mnt/")) || str_eq(path, STR("/mnt"));
}

/* Blank, tab, newline and backslash stand as three octal digits there. */
static void add_path(struct str word, struct buf *paths)
{
    for (size_t i = 0; i < word.n; i++) {
        const char *c = word.s + i;
        if (*c == '\\' && i + 3 < word.n) {
            buf_add_char(paths, (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0')));
            i += 3;
        } else {
            buf_add_char(paths, *c);
        }
    }
    buf_add_char(paths, 0);
}

/* "36 35 98:0 / /media/an/STICK rw,noatime shared:1 - vfat /dev/sdb1 rw": mount point the fifth
 * word; behind the hyphen the type and what is mounted. */
static void add_mount(struct str line, struct buf *paths)
{
    struct str word = {0}, point = {0};
    for (int i = 0; i < 5; i++) {
        if (!str_word(&line, &word)) {
            return;
        }
        point = word;
    }
    while (str_word(&line, &word) && !str_eq(word, STR("-"))) {
    }
    if (str_word(&line, &word) && str_word(&line, &word) && str_starts(word, STR("/dev/")) &&
        is_place(point)) {
        add_path(point, paths);
    }
}

void stick_add_mounts(struct str mountinfo, struct buf *paths)
{
    struct str line;
    while (mountinfo.n > 0 && str_cut(&mountinfo, '\n', &line)) {
        add_mount(line, paths);
    }
}

static void add_named(struct str places, struct buf *paths)
{
    struct str path;
    while (places.n > 0 && str_cut(&places, ':', &path)) {
        if (path.n > 0) {
            buf_add_str(paths, path);
            buf_add_char(paths, 0);
        }
    }
}

static bool look(struct str path, struct stick *stick)
{
    struct stat st;
    struct statvfs fs;
    *stick = (struct stick){.room = 0};
    if (path.n >= sizeof(stick->path)) {
        return false;
    }
    memcpy(stick->path, path.s, path.n);
    if (stat(stick->path, &st) != 0 || !S_ISDIR(st.st_mode) || statvfs(stick->path, &fs) != 0) {
        return false;
    }
    const char *slash = strrchr(stick->path, '/');
    struct str name = str_of(slash ? slash + 1 : stick->path);
    memcpy(stick->name, name.s, name.n < sizeof(stick->name) ? name.n : sizeof(stick->name) - 1);
    stick->device = st.st_dev;
    stick->room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    stick->is_locked = (fs.f_flag & ST_RDONLY) != 0 || access(stick->path, W_OK) != 0;
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct stick *)a)->path, ((const struct stick *)b)->path);
}

static bool is_known(const struct stick *sticks, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(sticks[i].path, path) == 0) {
            return true; /* mounted twice over each other */
        }
    }
    return false;
}

size_t stick_list(struct stick sticks[STICKS])
{
    const char *named = getenv("GOCUA_STICKS");
    struct buf text = {0}, paths = {0};
    struct str rest, path;
    size_t n = 0;
    if (named) {
        add_named(str_of(named), &paths);
    } else if (file_read("/proc/self/mountinfo", MOUNTS_LIMIT, &text, NULL)) {
        stick_add_mounts(buf_str(&text), &paths);
    }
    rest = buf_str(&paths);
    while (n < STICKS && rest.n > 0 && str_cut(&rest, 0, &path)) {
        n += look(path, &sticks[n]) && !is_known(sticks, n, sticks[n].path);
    }
    qsort(sticks, n, sizeof(*sticks), by_path);
    buf_finish(&text);
    buf_finish(&paths);
    return n;
}
