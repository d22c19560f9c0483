/* gocuactl sync: one session now, told record by record with --verbose. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/door.h"
#include "app/lang/lang.h"
#include "app/store/formfile.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/base/vec.h"

enum { REST_MOST = 500 };

struct teller {
    struct app *app;
    bool verbose;
    bool is_there;     /* the server was said to be there */
    VEC(int64_t) told; /* records of which everything was said */
};

/* ---- words ---------------------------------------------------------------------------------- */

/* "about 40 seconds". */
static void add_span(struct buf *to, int64_t ms)
{
    int64_t seconds = ms > 0 ? (ms + 999) / 1000 : 0, minutes = (seconds + 30) / 60;
    char text[80];
    if (seconds < 100) {
        snprintf(text, sizeof(text), trn("%d second", "%d seconds", (unsigned long)seconds),
                 (int)seconds);
    } else if (minutes < 100) {
        snprintf(text, sizeof(text), trn("%d minute", "%d minutes", (unsigned long)minutes),
                 (int)minutes);
    } else {
        int hours = (int)((minutes + 30) / 60);
        snprintf(text, sizeof(text), trn("%d hour", "%d hours", (unsigned long)hours), hours);
    }
    buf_add_text(to, text);
}

/* A record is called by its form, when it was finished and its id: never by the name of a citizen.
 */
static void print_record(const struct teller *teller, const struct record *record)
{
    struct arena arena = {0};
    struct buf moment = {0};
    struct formfile form = {0};
    bool known = formfile_get(teller->app->store, record->formfile, &arena, &form, NULL);
    date_add_moment(&moment, record->ready_ms);
    printf(tr("%s, finished %s (%s)"), known && *form.title ? form.title : record->form_id,
           buf_text(&moment), record->instance_id);
    printf("\n");
    buf_finish(&moment);
    arena_finish(&arena);
}

static void print_line(const char *text)
{
    if (*text) {
        printf("    %s\n", text);
    }
}

static void print_said(const char *message, int status)
{
    if (*message && status) {
        printf("    %s %s (%d)\n", tr("The server said:"), message, status);
    } else if (*message) {
        printf("    %s %s\n", tr("The server said:"), message);
    }
}

/* What comes next for a record that stays. */
static void print_next(enum outbox_action action, int64_t next_ms)
{
    struct buf span = {0};
    int64_t wait = next_ms - clock_now_ms();
    switch (action) {
    case OUTBOX_RETRY:
        add_span(&span, wait);
        printf("    ");
        if (wait > 0) {
            printf(tr("Next: the app tries again by itself in about %s."), buf_text(&span));
        } else {
            printf("%s", tr("Next: the app sends it by itself when its turn comes."));
        }
        printf("\n");
        break;
    case OUTBOX_HOLD:
        print_line(tr("Next: it waits here, and goes by itself once this has changed."));
        break;
    case OUTBOX_ASIDE:
        print_line(tr("Next: nothing by itself. It stays here whole until somebody puts it back "
                      "into the queue in the app."));
        break;
    case OUTBOX_SENT:
        break;
    }
    buf_finish(&span);
}

/* "tried again by itself" is what print_next says better. */
static void print_remedy(enum outbox_reason reason)
{
    const char *remedy = outbox_reason_remedy(reason);
    if (strcmp(remedy, outbox_reason_remedy(OUTBOX_BUSY)) != 0) {
        print_line(*remedy ? tr(remedy) : "");
    }
}

static void print_files(const struct record *record)
{
    if (record->files > 0 && record->files_confirmed > 0) {
        printf("    ");
        printf(tr("%lld of %lld files have arrived; they are not sent again."),
               (long long)record->files_confirmed, (long long)record->files);
        printf("\n");
    }
}

static void print_sent(const struct record *record, const struct outbox_outcome *outcome)
{
    printf("    %s", tr("Sent: "));
    if (outcome->reason != OUTBOX_NO_REASON) {
        printf("%s\n", tr(outbox_reason_text(outcome->reason)));
    } else if (record->files > 0) {
        printf(trn("the server has it with its %lld file.",
                   "the server has it with all %lld files.", (unsigned long)record->files),
               (long long)record->files);
        printf("\n");
    } else {
        printf("%s\n", tr("the server has it."));
    }
}

static void print_kept(const struct record *record, const struct outbox_outcome *outcome)
{
    const char *what = outcome->action == OUTBOX_ASIDE  ? tr("Set aside: ")
                       : outcome->action == OUTBOX_HOLD ? tr("Waits: ")
                                                        : tr("Not sent: ");
    printf("    %s%s\n", what, tr(outbox_reason_text(outcome->reason)));
    print_said(outcome->message, outcome->status);
    print_files(record);
    if (outcome->is_doubtful) {
        print_line(tr("It may have arrived all the same; sending it again does no harm."));
    }
    print_remedy(outcome->reason);
    print_next(outcome->action, outcome->next_ms);
}

/* ---- what a session tells ------------------------------------------------------------------- */

static void print_outcome(struct teller *teller, const struct run_report *report)
{
    struct arena arena = {0};
    struct record record = {0};
    const struct outbox_outcome *outcome = report->outcome;
    if (record_get(teller->app->store, report->record, &arena, &record, NULL)) {
        print_record(teller, &record);
        if (report->step == RUN_ASKED) {
            print_line(outcome->action == OUTBOX_SENT
                           ? tr("Asked again: the server has it whole.")
                           : tr("Asked again: the server did not confirm it. It stays here."));
            print_said(outcome->action == OUTBOX_SENT ? "" : outcome->message, outcome->status);
        } else if (outcome->action == OUTBOX_SENT) {
            print_sent(&record, outcome);
        } else {
            print_kept(&record, outcome);
        }
    }
    vec_push(&teller->told, report->record);
    arena_finish(&arena);
}

static void tell(void *ctx, const struct run_report *report)
{
    struct teller *teller = ctx;
    if (!teller->verbose) {
        return;
    }
    bool is_work =
        report->step == RUN_SENDING || report->step == RUN_FETCHING || report->step == RUN_ASKED;
    if (is_work && !teller->is_there) {
        teller->is_there = true;
        printf("%s\n", tr("The server is there, and it is ours."));
    }
    if (report->outcome) {
        print_outcome(teller, report);
    } else if (report->step == RUN_FETCHING && report->form_id && report->done == 0) {
        printf("%s %s\n", tr("fetching"), report->form_id);
    }
}

/* ---- before and after ----------------------------------------------------------------------- */

static bool was_told(const struct teller *teller, int64_t record)
{
    for (size_t i = 0; i < teller->told.n; i++) {
        if (teller->told.v[i] == record) {
            return true;
        }
    }
    return false;
}

static void print_waiting(const struct teller *teller)
{
    int64_t records = 0, bytes = 0;
    struct buf size = {0};
    const char *server = settings_text(teller->app, "server");
    const char *token = strstr(server, "/key/"); /* Central's addresses hold one */
    printf("%s %.*s\n", tr("Asking"), token ? (int)(token - server) : (int)strlen(server), server);
    if (outbox_left(teller->app->store, &records, &bytes, NULL) && records > 0) {
        number_add_size(&size, bytes);
        printf(trn("%lld record waits here, %s.", "%lld records wait here, %s.",
                   (unsigned long)records),
               (long long)records, buf_text(&size));
        printf("\n");
    } else {
        printf("%s\n", tr("Nothing waits to be sent."));
    }
    buf_finish(&size);
}

static int by_sequence(const void *a, const void *b)
{
    const struct record *one = a, *other = b;
    return one->sequence < other->sequence ? -1 : one->sequence > other->sequence;
}

/* Those of which this session had nothing to say: each with its reason and what comes next. */
static void print_rest(const struct teller *teller)
{
    struct arena arena = {0};
    struct records records = {0};
    const struct record_filter filter = {.states = 1u << RECORD_READY | 1u << RECORD_SENDING |
                                                   1u << RECORD_ASIDE};
    bool is_first = true;
    if (!record_page(teller->app->store, &filter, (struct page){0, REST_MOST}, &arena, &records,
                     NULL)) {
        records.n = 0;
    }
    if (records.n > 1) {
        qsort(records.v, records.n, sizeof(*records.v), by_sequence);
    }
    for (size_t i = 0; i < records.n; i++) {
        const struct record *record = &records.v[i];
        enum outbox_reason reason = outbox_reason_of(record->reason);
        if (was_told(teller, record->id)) {
            continue;
        }
        if (is_first) {
            printf("%s\n", tr("Still here, not sent:"));
            is_first = false;
        }
        bool is_aside = record->state == RECORD_ASIDE;
        print_record(teller, record);
        print_line(tr(outbox_reason_text(reason)));
        print_said(record->message, 0);
        print_files(record);
        print_remedy(reason);
        print_next(is_aside          ? OUTBOX_ASIDE
                   : record->is_held ? OUTBOX_HOLD
                                     : OUTBOX_RETRY,
                   record->next_try_ms);
    }
    arena_finish(&arena);
}

static int count_in(struct app *app, unsigned states)
{
    int64_t count = 0;
    record_count(app->store, &(struct record_filter){.states = states}, &count, NULL);
    return (int)count;
}

static void print_end(const struct run_result *result)
{
    const char *remedy = outbox_reason_remedy(result->reason);
    fflush(stdout); /* the two may go to one place */
    fprintf(stderr, "%s\n", tr(outbox_reason_text(result->reason)));
    if (result->message[0]) {
        fprintf(stderr, "%s %s\n", tr("The server said:"), result->message);
    }
    if (*remedy) {
        fprintf(stderr, "%s\n", tr(remedy));
    }
}

static int print_result(const struct teller *teller, const struct run_result *result, bool fetched)
{
    int waiting = count_in(teller->app, 1u << RECORD_READY | 1u << RECORD_SENDING);
    int aside = count_in(teller->app, 1u << RECORD_ASIDE);
    printf(tr("%d sent, %d waiting, %d set aside"), result->sent, waiting, aside);
    printf("\n");
    int forms = result->news.forms_new + result->news.forms_same + result->news.forms_bad;
    if (fetched && result->is_connected && (forms > 0 || result->reason == OUTBOX_NO_REASON)) {
        printf(tr("%d forms new or changed, %d unchanged, %d refused"), result->news.forms_new,
               result->news.forms_same, result->news.forms_bad);
        printf("\n");
        if (result->news.forms_bad) {
            printf("    %s: %s\n", result->news.first_bad, result->news.why_bad);
        }
    }
    if (result->reason != OUTBOX_NO_REASON) {
        print_end(result);
        return COMMAND_FAILED;
    }
    return waiting || aside || result->news.forms_bad ? COMMAND_FAILED : COMMAND_OK;
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
        } else if (strcmp(argv[i], "--again") == 0) {
            options.again = true;
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
    if (teller.verbose) {
        print_waiting(&teller);
    }
    bool ok = sync_now(app, &options, &result, &err);
    if (ok && teller.verbose) {
        print_rest(&teller);
    }
    int status = ok ? print_result(&teller, &result, options.fetch) : door_fail(&err);
    vec_finish(&teller.told);
    app_close(app);
    return status;
}

const struct command command_sync = {
    .name = "sync",
    .summary = "send what waits and fetch new forms, now",
    .usage =
        "[--data DIR] [--pin-stdin] [--lang CODE] [--fetch-only | --send-only] [--again]\n"
        "              [--verbose]\n"
        "  --verbose tells record by record what happened and what comes next.\n"
        "  --again asks the server about everything that was sent, and sends what it has lost:\n"
        "  after its data came back from an old copy.",
    .run = run,
};
