/* gocuactl receive: takes in what devices nearby give, until nobody asked for a while. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/work/receive.h"
#include "platform/base/clock.h"
#include "platform/base/str.h"

enum { LOOK_MS = 200, IDLE_S = 300 };

static atomic_bool is_stopped;

static void stop(int signal)
{
    atomic_store(&is_stopped, true);
}

static void listen_until(struct app *app, struct receive *receive, int64_t idle_ms)
{
    struct receive_status status;
    struct mail mail;
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    receive_look(receive, &status);
    while (!atomic_load(&is_stopped) && clock_mono_ms() - status.last_ms < idle_ms) {
        mailbox_wait(app->mailbox, LOOK_MS);
        while (mailbox_take(app->mailbox, &mail)) {
            mail_discard(&mail);
        }
        receive_look(receive, &status);
    }
}

static int take_in(struct app *app, int64_t idle_ms)
{
    struct receive *receive;
    struct receive_status status;
    struct buf code = {0};
    struct err err = {0};
    if (!receive_begin(app, &receive, &err)) {
        return door_fail(&err);
    }
    near_add_code(&code, receive_code(receive), &err);
    printf("%s\n", buf_text(&code));
    fflush(stdout);
    buf_wipe(&code);
    listen_until(app, receive, idle_ms);
    receive_look(receive, &status);
    receive_end(receive);
    printf(tr("%d parcels kept, %d known already, %d refused, from %d devices"), status.bundles,
           status.known, status.refused, status.devices);
    printf("\n");
    return COMMAND_OK;
}

static int run(int argc, char **argv)
{
    struct door door = {0};
    struct app *app;
    long long idle_s = IDLE_S;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--idle") == 0 && i + 1 < argc &&
            str_to_int64(str_of(argv[i + 1]), &idle_s) && idle_s > 0 && idle_s < 86400) {
            i++;
        } else if (!door_option(&door, argc, argv, &i)) {
            return COMMAND_MISUSED;
        }
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    int status = take_in(app, idle_s * 1000);
    app_close(app);
    return status;
}

const struct command command_receive = {
    .name = "receive",
    .summary = "take in what devices in the same Wi-Fi give, to carry it on",
    .usage =
        "[--data DIR] [--pin-stdin] [--idle SECONDS]\n"
        "  Prints a code for gocuactl handover --near CODE and listens until nobody has asked\n"
        "  for SECONDS (300), or until it is ended. What came goes on with the next sync or\n"
        "  hand-over; words of arrival that are here go back. GOCUA_NEAR names the addresses\n"
        "  that stand in the code.",
    .run = run,
};
