/* gocuactl export visits: the visit log as CSV or JSON, as the screen writes it. */
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/work/export.h"
#include "platform/base/file.h"

static bool read_options(int argc, char **argv, struct door *door, struct export_options *options,
                         const char **out)
{
    bool visits = false;
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (door_option(door, argc, argv, &i)) {
            continue;
        }
        if (strcmp(argv[i], "visits") == 0 && !visits) {
            visits = true;
        } else if (strcmp(argv[i], "--format") == 0 && more) {
            const char *format = argv[++i];
            options->json = strcmp(format, "json") == 0;
            if (!options->json && strcmp(format, "csv") != 0) {
                return false;
            }
        } else if (strcmp(argv[i], "--from") == 0 && more) {
            options->from = argv[++i];
        } else if (strcmp(argv[i], "--to") == 0 && more) {
            options->to = argv[++i];
        } else if (strcmp(argv[i], "--reason") == 0 && more) {
            options->reason = argv[++i];
        } else if (strcmp(argv[i], "--out") == 0 && more) {
            *out = argv[++i];
        } else if (strcmp(argv[i], "--full") == 0) {
            options->full = true;
        } else {
            return false;
        }
    }
    return visits;
}

static int run(int argc, char **argv)
{
    struct door door = {0};
    struct export_options options = {0};
    const char *out = NULL;
    struct app *app;
    struct buf bytes = {0};
    struct err err = {0};
    if (!read_options(argc, argv, &door, &options, &out)) {
        return COMMAND_MISUSED;
    }
    if (options.full && (!options.reason || !options.reason[0])) {
        fprintf(stderr, "gocuactl: %s\n", tr("--full needs --reason TEXT; it is journalled."));
        return COMMAND_MISUSED;
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    bool ok = export_visits(app, &options, &bytes, &err) &&
              (out ? file_write(out, bytes.s, bytes.n, &err)
                   : fwrite(bytes.s, 1, bytes.n, stdout) == bytes.n && fflush(stdout) == 0);
    buf_wipe(&bytes);
    int status = ok ? COMMAND_OK : door_fail(&err);
    app_close(app);
    return status;
}

const struct command command_export = {
    .name = "export",
    .summary = "write the visit log as CSV or JSON",
    .usage =
        "visits [--format csv|json] [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--out FILE]\n"
        "       [--full --reason TEXT] [--data DIR] [--pin-stdin]\n"
        "  CSV is UTF-8 with a byte-order mark and safe against formulas. Names and numbers are\n"
        "  shortened; in full only with a reason, which is kept in the journal.",
    .run = run,
};
