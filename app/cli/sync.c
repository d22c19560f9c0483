/* gocuactl sync: one session now, told record by record with --verbose. */
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/store/record.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"

struct teller {
    struct app *app;
    bool verbose;
};

static void print_outcome(struct teller *teller, const struct run_report *report)
{
    struct arena arena = {0};
    struct record record = {0};
    const struct outbox_outcome *outcome = report->outcome;
    bool known = record_get(teller->app->store, report->record, &arena, &record, NULL);
    printf("%s %s: ", known ? record.form_id : "?", known ? record.instance_id : "");
    switch (outcome->action) {
    case OUTBOX_SENT:
        printf("%s\n", tr("sent"));
        break;
    case OUTBOX_RETRY:
        printf("%s %s\n", tr("not sent:"), tr(outbox_reason_text(outcome->reason)));
        if (outcome->next_ms) {
            printf("    %s %lld s\n", tr("next try in"),
                   (long long)((outcome->next_ms - clock_now_ms() + 999) / 1000));
        }
        break;
    case OUTBOX_HOLD:
        printf("%s %s\n", tr("waits:"), tr(outbox_reason_text(outcome->reason)));
        break;
    case OUTBOX_ASIDE:
        printf("%s %s\n", tr("set aside:"), tr(outbox_reason_text(outcome->reason)));
        break;
    }
    if (outcome->action != OUTBOX_SENT && outbox_reason_remedy(outcome->reason)[0]) {
        printf("    %s\n", tr(outbox_reason_remedy(outcome->reason)));
    }
    if (outcome->message[0]) {
        printf("    %s %s\n", tr("The server said:"), outcome->message);
    }
    arena_finish(&arena);
}

static void tell(void *ctx, const struct run_report *report)
{
    struct teller *teller = ctx;
    if (!teller->verbose) {
        return;
    }
    if (report->step == RUN_SETTLED && report->outcome) {
        print_outcome(teller, report);
    } else if (report->step == RUN_FETCHING && report->form_id && report->done == 0) {
        printf("%s %s\n", tr("fetching"), report->form_id);
    }
}

static int print_result(const struct run_result *result, bool fetched)
{
    printf(tr("%d sent, %d waiting, %d set aside"), result->sent, result->waiting, result->aside);
    printf("\n");
    if (fetched && result->is_connected) {
        printf(tr("%d forms new or changed, %d unchanged, %d refused"), result->news.forms_new,
               result->news.forms_same, result->news.forms_bad);
        printf("\n");
        if (result->news.forms_bad) {
            printf("    %s: %s\n", result->news.first_bad, result->news.why_bad);
        }
    }
    if (result->reason != OUTBOX_NO_REASON) {
        fprintf(stderr, "%s\n", tr(outbox_reason_text(result->reason)));
        if (result->message[0]) {
            fprintf(stderr, "%s %s\n", tr("The server said:"), result->message);
        }
        return COMMAND_FAILED;
    }
    return result->waiting || result->aside || result->news.forms_bad ? COMMAND_FAILED : COMMAND_OK;
}

static int run(int argc, char **argv)
{
    struct door door = {0};
    struct app *app;
    struct run_result result = {0};
    struct err err = {0};
    struct teller teller = {0};
    struct sync_options options = {.fetch = true, .send = true, .tell = tell, .ctx = &teller};
    for (int i = 1; i < argc; i++) {
        if (door_option(&door, argc, argv, &i)) {
            continue;
        }
        if (strcmp(argv[i], "--fetch-only") == 0) {
            options.send = false;
        } else if (strcmp(argv[i], "--send-only") == 0) {
            options.fetch = false;
        } else if (strcmp(argv[i], "--verbose") == 0 || strcmp(argv[i], "-v") == 0) {
            teller.verbose = true;
        } else {
            return COMMAND_MISUSED;
        }
    }
    if (!door_open(&door, &app)) {
        return COMMAND_FAILED;
    }
    teller.app = app;
    int status = sync_now(app, &options, &result, &err) ? print_result(&result, options.fetch)
                                                        : door_fail(&err);
    app_close(app);
    return status;
}

const struct command command_sync = {
    .name = "sync",
    .summary = "send what waits and fetch new forms, now",
    .usage = "[--data DIR] [--pin-stdin] [--lang CODE] [--fetch-only | --send-only] [--verbose]\n"
             "  --verbose tells record by record what happened and what comes next.",
    .run = run,
};
