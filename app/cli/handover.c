/* gocuactl handover: sealed records into a folder, to a device nearby or into a film, and the word
 * of their arrival out of it. */
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/cli/film.h"
#include "app/lang/lang.h"
#include "app/work/handover.h"

static int hand_over(struct app *app, const char *folder, const char *code)
{
    struct run_result result;
    struct err err = {0};
    const struct handover_options options = {.folder = folder, .code = code};
    if (!(code ? handover_nearby : handover_to_folder)(app, &options, &result, &err)) {
        return door_fail(&err);
    }
    printf(tr("%d arrived, %d copied, %d set aside"), result.sent, result.waiting, result.aside);
    printf("\n");
    if (result.reason != OUTBOX_NO_REASON) {
        fprintf(stderr, "%s\n", tr(outbox_reason_text(result.reason)));
        return COMMAND_FAILED;
    }
    return result.aside ? COMMAND_FAILED : COMMAND_OK;
}

struct wish {
    struct door door;
    const char *folder, *near, *film, *watch, *answer;
    bool answers;
};

/* Takes one option with its value, or the folder; false when it is none of ours. */
static bool take(struct wish *wish, int argc, char **argv, int *i)
{
    const struct {
        const char *name, **value;
    } options[] = {{"--film", &wish->film},
                   {"--watch", &wish->watch},
                   {"--answer", &wish->answer},
                   {"--near", &wish->near}};
    for (size_t k = 0; k < sizeof(options) / sizeof(*options); k++) {
        if (strcmp(argv[*i], options[k].name) == 0 && *i + 1 < argc) {
            *options[k].value = argv[++*i];
            return true;
        }
    }
    if (strcmp(argv[*i], "--answers") == 0) {
        wish->answers = true;
        return true;
    }
    if (argv[*i][0] == '-' || wish->folder) {
        return false;
    }
    wish->folder = argv[*i];
    return true;
}

static int run(int argc, char **argv)
{
    struct wish wish = {0};
    struct app *app;
    for (int i = 1; i < argc; i++) {
        if (!door_option(&wish.door, argc, argv, &i) && !take(&wish, argc, argv, &i)) {
            return COMMAND_MISUSED;
        }
    }
    if (!!wish.folder + !!wish.film + !!wish.watch + !!wish.near != 1 ||
        (wish.answers && !wish.film) || (wish.answer && !wish.watch)) {
        return COMMAND_MISUSED;
    }
    if (!door_open(&wish.door, &app)) {
        return COMMAND_FAILED;
    }
    int status = wish.film    ? film_to_pictures(app, wish.answers, wish.film)
                 : wish.watch ? film_from_pictures(app, wish.watch, wish.answer)
                              : hand_over(app, wish.folder, wish.near);
    app_close(app);
    return status;
}

const struct command command_handover = {
    .name = "handover",
    .summary = "hand on what waits, sealed, by a USB stick, a hot-spot or a film of codes",
    .usage =
        "[--data DIR] [--pin-stdin] FOLDER\n"
        "       gocuactl handover --near CODE\n"
        "       gocuactl handover --film FOLDER [--answers]\n"
        "       gocuactl handover --watch FOLDER [--answer FILE.png]\n"
        "  Only the organisation's hub can open the copies (gocua-hub import FOLDER); records\n"
        "  count as sent when the folder comes back with the hub's list of what arrived.\n"
        "  --near CODE        gives to the device in the same Wi-Fi that shows the code (gocuactl\n"
        "                     receive): it carries the copies on\n"
        "  --film FOLDER      writes records without photos as pictures of codes instead;\n"
        "                     --answers: the lists that are to be brought back to colleagues\n"
        "  --watch FOLDER     takes a film from pictures of it: records are kept and go on with\n"
        "                     the next hand-over to a stick, lists make our own records sent;\n"
        "                     --answer FILE.png: the code that says so to the sender",
    .run = run,
};
