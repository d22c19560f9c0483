#include "app/cli/door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/lang/lang.h"

bool door_option(struct door *door, int argc, char **argv, int *i)
{
    if (strcmp(argv[*i], "--data") == 0 && *i + 1 < argc) {
        door->data = argv[++*i];
        return true;
    }
    if (strcmp(argv[*i], "--lang") == 0 && *i + 1 < argc) {
        door->lang = argv[++*i];
        return true;
    }
    if (strcmp(argv[*i], "--pin-stdin") == 0) {
        door->pin_stdin = true;
        return true;
    }
    return false;
}

int door_fail(const struct err *err)
{
    fprintf(stderr, "gocuactl: %s (%s)\n", app_sentence(err), err->text);
    return COMMAND_FAILED;
}

/* Reads one line without echo when it comes from a terminal; byte by byte, since what follows
 * belongs to the command. */
static size_t read_pin(bool ask, char *pin, size_t size)
{
    struct termios old, quiet;
    bool terminal = ask && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    size_t n = 0;
    if (terminal) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        fprintf(stderr, "%s: ", tr("PIN"));
    }
    while (n + 1 < size && read(STDIN_FILENO, pin + n, 1) == 1 && pin[n] != '\n') {
        n++;
    }
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    pin[n] = 0;
    return n;
}

bool door_open(const struct door *door, struct app **out)
{
    struct app_options options = {.folder = door->data, .no_sync = true};
    struct err err = {0};
    char pin[128];
    if (!app_open(&options, out, &err)) {
        door_fail(&err);
        return false;
    }
    struct str text = {pin, read_pin(!door->pin_stdin, pin, sizeof(pin))};
    bool ok = app_has_pin(*out)  ? app_unlock(*out, text, &err)
              : door->may_set_up ? app_set_up(*out, text, &err)
                                 : err_set(&err, ERR_MISSING, 0, "there is no PIN here yet");
    if (door->pin && door->pin_room > text.n) {
        memcpy(door->pin, pin, text.n + 1);
    }
    explicit_bzero(pin, sizeof(pin));
    if (door->lang && !lang_set(door->lang, NULL)) {
        fprintf(stderr, "gocuactl: there is no language %s here\n", door->lang);
    }
    if (!ok && err.kind == ERR_DENIED && (err.code == 0 || err.code == EAGAIN)) {
        fprintf(stderr, "gocuactl: %s\n",
                err.code == EAGAIN ? tr("Too many wrong tries; wait and try again.")
                                   : tr("This PIN is wrong. Try again."));
    } else if (!ok) {
        door_fail(&err);
    }
    if (!ok) {
        app_close(*out);
    }
    return ok;
}
