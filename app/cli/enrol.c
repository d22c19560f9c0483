/* gocuactl enrol: joins a device to a server by its code, as the screen does. */
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/work/enrol.h"

static int enrol(struct app *app, const char *code)
{
    struct enrol_preview preview;
    struct err err = {0};
    if (!enrol_preview(app, str_of(code), &preview, &err) ||
        !enrol_accept(app, str_of(code), &err)) {
        return door_fail(&err);
    }
    printf("%s %s\n", tr("Enrolled at"), preview.server);
    if (preview.fingerprint[0]) {
        printf("%s %s\n", tr("Key, to compare with your supervisor's"), preview.fingerprint);
    }
    return COMMAND_OK;
}

static int run(int argc, char **argv)
{
    struct door door = {.may_set_up = true};
    struct app *app;
    const char *code = NULL;
    char line[4096] = "";
    for (int i = 1; i < argc; i++) {
        if (door_option(&door, argc, argv, &i)) {
            continue;
        }
        if (argv[i][0] == '-' || code) {
            return COMMAND_MISUSED;
        }
        code = argv[i];
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    if (!code && fgets(line, sizeof(line), stdin)) {
        code = line;
    }
    int status = code ? enrol(app, code) : COMMAND_MISUSED;
    explicit_bzero(line, sizeof(line));
    app_close(app);
    return status;
}

const struct command command_enrol = {
    .name = "enrol",
    .summary = "join this device to a server by an enrolment code",
    .usage =
        "[--data DIR] [--pin-stdin] [CODE]\n"
        "  CODE is read from the second line of standard input when it is not given; a folder\n"
        "  without a PIN gets the one given here.",
    .run = run,
};
