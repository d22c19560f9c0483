/* gocuactl shot: a screen as a PNG file. The screens are gocua's, and gocuactl may not link them: a
 * command line would carry SDL and Pango. So gocua itself, which stands beside gocuactl, walks
 * there without a window, over a copy of the data that is thrown away; the ways stand in
 * assets/shots.txt. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "platform/base/file.h"
#include "platform/system/path.h"

enum { WAYS_LIMIT = 1 << 20, DEPTH_MOST = 32, SIDE_LEAST = 240, SIDE_MOST = 8192 };

struct shot {
    struct door door;
    const char *name, *file, *theme, *camera, *clock;
    int w, h, text;
    bool lists;
    struct buf ways;
    char pin[128];
};

static int fail(const char *sentence, const char *what)
{
    fprintf(stderr, "gocuactl: %s%s\n", sentence, what);
    return COMMAND_FAILED;
}

/* ---- the ways ---- */

/* The name of a way that begins on this line, and what stands behind "<". */
static bool begins_way(struct str line, struct str *name, struct str *from)
{
    struct str mark;
    if (line.n == 0 || line.s[0] == ' ' || line.s[0] == '#' || !str_word(&line, name)) {
        return false;
    }
    *from = (struct str){"", 0};
    return !str_word(&line, &mark) || str_word(&line, from);
}

/* Appends the steps of a way behind those of the ways that lead to it. */
static bool add_way(const struct shot *shot, struct str wanted, int depth, struct buf *script)
{
    struct str rest = buf_str(&shot->ways), line, name, from;
    bool here = false, found = false;
    while (depth > 0 && str_cut(&rest, '\n', &line)) {
        if (begins_way(line, &name, &from)) {
            here = str_eq(name, wanted);
            found = found || here;
            if (here && from.n && !add_way(shot, from, depth - 1, script)) {
                return false;
            }
        } else if (here && line.n > 0 && line.s[0] == ' ') {
            buf_add_str(script, str_trim(line));
            buf_add_text(script, "\n");
        }
    }
    return found;
}

static int list(const struct shot *shot)
{
    struct str rest = buf_str(&shot->ways), line, name, from;
    while (str_cut(&rest, '\n', &line)) {
        if (begins_way(line, &name, &from)) {
            printf(STR_FMT "\n", STR_ARG(name));
        }
    }
    return fflush(stdout) == 0 ? COMMAND_OK : COMMAND_FAILED;
}

static bool add_script(const struct shot *shot, struct buf *script)
{
    if (!add_way(shot, str_of(shot->name), DEPTH_MOST, script)) {
        return false;
    }
    if (shot->theme) {
        buf_addf(script, "theme %s\n", shot->theme);
    }
    if (shot->text) {
        buf_addf(script, "text %d.%02d\n", shot->text / 100, shot->text % 100);
    }
    buf_addf(script, "size %d %d\nwait idle\nshot \"", shot->w, shot->h);
    for (const char *c = shot->file; *c; c++) {
        buf_addf(script, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    }
    buf_add_text(script, "\"\n");
    return true;
}

/* ---- the copy ---- */

struct copying {
    const char *from, *to;
    struct err *err;
};

static bool copy_folder(const char *from, const char *to, struct err *err);

static bool copy_one(void *ctx, const char *name)
{
    struct copying *copying = ctx;
    char from[PATH_TEXT], to[PATH_TEXT];
    struct stat status;
    if (!path_join(from, copying->from, name) || !path_join(to, copying->to, name) ||
        lstat(from, &status) != 0) {
        return err_set(copying->err, ERR_STORAGE, errno, "cannot copy %s", name);
    }
    return S_ISDIR(status.st_mode)   ? copy_folder(from, to, copying->err)
           : S_ISREG(status.st_mode) ? file_copy(from, to, copying->err)
                                     : true;
}

static bool copy_folder(const char *from, const char *to, struct err *err)
{
    struct copying copying = {from, to, err};
    return file_make_folder(to, err) && file_list(from, copy_one, &copying, err);
}

/* ---- gocua ---- */

static bool find_gocua(char path[PATH_TEXT])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_TEXT - 1);
    path[n > 0 ? n : 0] = 0;
    char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) + sizeof("/gocua") > PATH_TEXT) {
        return false;
    }
    strcpy(slash, "/gocua");
    return access(path, X_OK) == 0;
}

/* Runs it to its end; the PIN goes through a pipe that only it reads. */
static int run_gocua(const struct shot *shot, const char *data, const char *script)
{
    char gocua[PATH_TEXT], fd[16];
    int ends[2], status = 0;
    if (!find_gocua(gocua)) {
        return fail("gocua does not stand beside gocuactl: ", gocua);
    }
    if (pipe(ends) != 0) {
        return fail("no pipe: ", strerror(errno));
    }
    snprintf(fd, sizeof(fd), "%d", ends[0]);
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[20] = {gocua,      "--headless", "--no-sync", "--data", data,
                                "--script", script,       "--pin-fd",  fd};
        size_t n = 9;
        if (shot->door.lang) {
            argv[n++] = "--lang";
            argv[n++] = shot->door.lang;
        }
        if (shot->camera) {
            argv[n++] = "--camera";
            argv[n++] = shot->camera;
        }
        if (shot->clock) {
            argv[n++] = "--clock";
            argv[n++] = shot->clock;
        }
        close(ends[1]);
        execv(gocua, (char *const *)argv);
        _exit(127);
    }
    close(ends[0]);
    bool told = pid > 0 && write(ends[1], shot->pin, strlen(shot->pin)) >= 0 &&
                write(ends[1], "\n", 1) == 1;
    close(ends[1]);
    bool ended = pid > 0 && waitpid(pid, &status, 0) == pid;
    return told && ended && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? COMMAND_OK
                                                                          : COMMAND_FAILED;
}

/* Without a PIN yet the device is empty, and so is the copy: it gets one of its own. */
static bool fetch_data(struct shot *shot, const char *copy)
{
    struct app *app;
    struct err err = {0};
    char folder[PATH_TEXT], keyslot[PATH_TEXT];
    bool known = shot->door.data
                     ? snprintf(folder, sizeof(folder), "%s", shot->door.data) < (int)sizeof(folder)
                     : path_data("gocua", folder, &err);
    if (!known || !path_join(keyslot, folder, "keyslot")) {
        return door_fail(&err) == COMMAND_OK;
    }
    if (!file_exists(keyslot)) {
        snprintf(shot->pin, sizeof(shot->pin), "246813");
        return file_make_folder(copy, &err) || door_fail(&err) == COMMAND_OK;
    }
    shot->door.pin = shot->pin;
    shot->door.pin_room = sizeof(shot->pin);
    if (!door_open(&shot->door, &app)) {
        return false;
    }
    app_close(app); /* the PIN is right, the files are whole and nobody else has them open */
    return copy_folder(folder, copy, &err) || door_fail(&err) == COMMAND_OK;
}

static int take(struct shot *shot)
{
    char place[PATH_TEXT], copy[PATH_TEXT], path[PATH_TEXT];
    struct buf script = {0};
    struct err err = {0};
    int status = COMMAND_FAILED;
    if (!add_script(shot, &script)) {
        buf_finish(&script);
        return fail("gocuactl shot --list has no screen ", shot->name);
    }
    const char *temporary = getenv("TMPDIR");
    if (!path_join(place, temporary ? temporary : "/tmp", "gocua-shot-XXXXXX") || !mkdtemp(place)) {
        status = fail("no temporary folder: ", strerror(errno));
        buf_finish(&script);
        return status;
    }
    if (!path_join(copy, place, "data") || !path_join(path, place, "script")) {
        fail("too long a name: ", place);
    } else if (!file_write(path, script.s, script.n, &err)) {
        door_fail(&err);
    } else if (fetch_data(shot, copy)) {
        status = run_gocua(shot, copy, path);
    }
    file_remove_tree(place, NULL);
    buf_finish(&script);
    return status;
}

/* ---- the command line ---- */

static bool is_theme(const char *value)
{
    return strcmp(value, "light") == 0 || strcmp(value, "dark") == 0 || strcmp(value, "sun") == 0;
}

static bool is_size(const char *value, int *w, int *h)
{
    char end;
    return sscanf(value, "%dx%d%c", w, h, &end) == 2 && *w >= SIDE_LEAST && *h >= SIDE_LEAST &&
           *w <= SIDE_MOST && *h <= SIDE_MOST;
}

/* Takes the argument at *i; false when it makes no sense. */
static bool take_option(struct shot *shot, int argc, char **argv, int *i)
{
    const char *option = argv[*i], *value = *i + 1 < argc ? argv[*i + 1] : NULL;
    if (door_option(&shot->door, argc, argv, i)) {
        return true;
    }
    if (strcmp(option, "--list") == 0) {
        shot->lists = true;
        return true;
    }
    if (option[0] != '-') {
        const char **to = shot->name ? &shot->file : &shot->name;
        bool is_free = *to == NULL;
        *to = option;
        return is_free;
    }
    *i += 1;
    if (strcmp(option, "--theme") == 0 && value && is_theme(value)) {
        shot->theme = value;
        return true;
    }
    if (strcmp(option, "--text") == 0 && value) {
        shot->text = atoi(value);
        return shot->text >= 90 && shot->text <= 150;
    }
    if ((strcmp(option, "--camera") == 0 || strcmp(option, "--clock") == 0) && value) {
        *(option[3] == 'a' ? &shot->camera : &shot->clock) = value;
        return true;
    }
    return strcmp(option, "--size") == 0 && value && is_size(value, &shot->w, &shot->h);
}

static int run(int argc, char **argv)
{
    struct shot shot = {.w = 480, .h = 800};
    struct err err = {0};
    char path[PATH_TEXT];
    for (int i = 1; i < argc; i++) {
        if (!take_option(&shot, argc, argv, &i)) {
            return COMMAND_MISUSED;
        }
    }
    if (shot.lists ? shot.name != NULL : shot.file == NULL) {
        return COMMAND_MISUSED;
    }
    if (!path_asset("shots.txt", path, &err) || !file_read(path, WAYS_LIMIT, &shot.ways, &err)) {
        return door_fail(&err);
    }
    int status = shot.lists ? list(&shot) : take(&shot);
    explicit_bzero(shot.pin, sizeof(shot.pin));
    buf_finish(&shot.ways);
    return status;
}

const struct command command_shot = {
    .name = "shot",
    .summary = "a screen as a PNG picture",
    .usage =
        "[--data DIR] [--pin-stdin] [--lang CODE] [--theme light|dark|sun] [--size WxH]\n"
        "                     [--text PERCENT] [--camera ID] [--clock MOMENT] SCREEN FILE.png\n"
        "       gocuactl shot --list\n"
        "  Walks to the screen over a copy of the data, so nothing changes and nothing is sent; a\n"
        "  device without a PIN is shown empty. --list: the names of the screens. --size: 480x800\n"
        "  unless given; --text: 90 to 150; --camera, --clock: as gocua takes them. Exit status 1 "
        "when the\n"
        "  screen cannot be reached (a form needs a device that has forms).",
    .run = run,
};
