/* gocuactl handover: sealed records into a folder, and the word of their arrival out of it. */
#include <stdio.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/work/handover.h"

static int hand_over(struct app *app, const char *folder)
{
    struct run_result result;
    struct err err = {0};
    if (!handover_to_folder(app, folder, NULL, NULL, &result, &err)) {
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

static int run(int argc, char **argv)
{
    struct door door = {0};
    struct app *app;
    const char *folder = NULL;
    for (int i = 1; i < argc; i++) {
        if (door_option(&door, argc, argv, &i)) {
            continue;
        }
        if (argv[i][0] == '-' || folder) {
            return COMMAND_MISUSED;
        }
        folder = argv[i];
    }
    if (!folder) {
        return COMMAND_MISUSED;
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    int status = hand_over(app, folder);
    app_close(app);
    return status;
}

const struct command command_handover = {
    .name = "handover",
    .summary = "copy what waits, sealed, to a folder such as a USB stick",
    .usage =
        "[--data DIR] [--pin-stdin] FOLDER\n"
        "  Only the organisation's hub can open the copies (gocua-hub import FOLDER); records\n"
        "  count as sent when the folder comes back with the hub's list of what arrived.",
    .run = run,
};
