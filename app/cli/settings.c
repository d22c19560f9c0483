/* gocuactl settings: shows and changes what the settings screen shows. */
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"

static int set(struct app *app, const char *pair)
{
    char name[64];
    struct err err = {0};
    const char *equals = strchr(pair, '=');
    if (!equals || (size_t)(equals - pair) >= sizeof(name)) {
        return COMMAND_MISUSED;
    }
    snprintf(name, sizeof(name), "%.*s", (int)(equals - pair), pair);
    return settings_set(app, name, equals + 1, &err) ? COMMAND_OK : door_fail(&err);
}

static int run(int argc, char **argv)
{
    struct door door = {0};
    struct app *app;
    const char *pairs[32];
    int n = 0, status = COMMAND_OK;
    for (int i = 1; i < argc; i++) {
        if (!door_option(&door, argc, argv, &i)) {
            if (argv[i][0] == '-' || n == 32) {
                return COMMAND_MISUSED;
            }
            pairs[n++] = argv[i];
        }
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    for (int i = 0; i < n && status == COMMAND_OK; i++) {
        status = set(app, pairs[i]);
    }
    for (size_t i = 0; n == 0 && settings_row(i); i++) {
        const struct setting_row *row = settings_row(i);
        printf("%s=%s\t# %s\n", row->name, settings_text(app, row->name), tr(row->label));
    }
    app_close(app);
    return status;
}

const struct command command_settings = {
    .name = "settings",
    .summary = "show the settings, or change some",
    .usage = "[--data DIR] [--pin-stdin] [NAME=VALUE…]",
    .run = run,
};
