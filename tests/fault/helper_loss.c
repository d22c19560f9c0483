#include "helper_loss.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hub/archive_sqlite.h"
#include "app/hub/serve.h"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "helper_oracle.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "sync/carrier/carriers.h"

enum { PEACE = 3 };
static const int64_t day_ms = 86400000;

enum kind { ABSENT, FILES, RESTORED, SEEN_TWICE, DELETED, EMPTY, KINDS };

static const struct {
    const char *name;
    int full;
} kinds[KINDS] = {
    [ABSENT] = {"F24 record absent", 250},     [FILES] = {"F24 files missing", 250},
    [RESTORED] = {"F24 backup restored", 200}, [SEEN_TWICE] = {"F24 lost when seen twice", 100},
    [DELETED] = {"F24 deleted there", 100},    [EMPTY] = {"F24 empty server", 100},
};

struct lane {
    struct ends ends;
    char backup[80];
    struct dice dice;
    enum kind kind;
    unsigned long long seed;
    int injections, hits, sessions;
};

static bool broken(struct lane *lane, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s; replay: GOCUA_FAULT=%d:%llu build/bench/fault --only loss\n",
            promise, kinds[lane->kind].name, (int)lane->kind, lane->seed);
    return false;
}

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "the lane itself failed: %s\n", what);
        abort();
    }
}

static void copy_folder(const char *from, const char *to)
{
    char line[400];
    snprintf(line, sizeof(line), "cp -a '%s' '%s'", from, to);
    must(system(line) == 0, line);
}

/* asks: a person wants to know; otherwise a day and more has passed. */
static void session(struct lane *lane, bool asks, struct run_result *result)
{
    struct inbox_place place = {lane->ends.store, "http://127.0.0.1"};
    struct run_settings set = {.carrier = carrier_find("openrosa"),
                               .to = {.address = lane->ends.address, .stall_seconds = 5},
                               .inbox = inbox_of(&place),
                               .asks_all = asks,
                               .is_asked = true};
    int64_t doubted;
    if (asks) {
        must(record_doubt_sent(lane->ends.store, &doubted, NULL), "doubt");
    } else {
        clock_fix(clock_now_ms() + 2 * day_ms);
    }
    outbox_begin(lane->ends.store, &set.outbox);
    must(run_session(&set, result, NULL), "a session");
    outbox_end(&set.outbox);
    clock_fix(-1);
    lane->sessions++;
}

static void run_sql(struct lane *lane, const char *sql)
{
    struct err err = {0};
    struct archive *archive = hub_take(lane->ends.hub, &err);
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        must(db_run(archive->db, sql, DB_WITH(DB_TEXT(lane->ends.made.v[i].instance_id)), &err),
             sql);
    }
    hub_give(lane->ends.hub, archive);
}

static void delete_records(struct lane *lane)
{
    struct err err = {0};
    struct archive *archive = hub_take(lane->ends.hub, &err);
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        must(archive_record_delete(archive, "visit", lane->ends.made.v[i].instance_id, &err),
             "delete");
    }
    must(archive_purge(archive, &err), "purge");
    hub_give(lane->ends.hub, archive);
}

static void forget_records(struct lane *lane)
{
    run_sql(lane, "delete from record_file where record in"
                  " (select seq from record where instance = ?)");
    run_sql(lane, "delete from record where instance = ?");
}

static void lose_files(struct lane *lane)
{
    run_sql(lane, "update record_file set digest = null, received_ms = null where record in"
                  " (select seq from record where instance = ?)");
    run_sql(lane, "update record set files_here = 0 where instance = ?");
}

static void keep_backup(struct lane *lane)
{
    struct run_result result;
    session(lane, true, &result); /* a device that the backup does not know has to enrol again */
    ends_stop_hub(&lane->ends);
    file_remove_tree(lane->backup, NULL);
    copy_folder(lane->ends.hub_folder, lane->backup);
    ends_start_hub(&lane->ends);
}

static void restore_backup(struct lane *lane)
{
    ends_stop_hub(&lane->ends);
    file_remove_tree(lane->ends.hub_folder, NULL);
    copy_folder(lane->backup, lane->ends.hub_folder);
    ends_start_hub(&lane->ends);
}

static void empty_hub(struct lane *lane)
{
    ends_stop_hub(&lane->ends);
    file_remove_tree(lane->ends.hub_folder, NULL);
    must(file_make_folder(lane->ends.hub_folder, NULL), "a folder");
    ends_start_hub(&lane->ends);
}

/* I1, I2, I4: whatever the server does, the bytes are here and nothing is there twice. */
static bool is_kept(struct lane *lane)
{
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        bool is_whole;
        if (!ends_is_kept(&lane->ends, &lane->ends.made.v[i])) {
            return broken(lane, "I1/I4 (kept here)");
        }
        if (ends_count_on_hub(&lane->ends, &lane->ends.made.v[i], &is_whole) > 1) {
            return broken(lane, "I2 (never doubled)");
        }
    }
    return true;
}

/* What is lost is there again after the device has asked, whole and once. */
static bool comes_back(struct lane *lane, bool asks)
{
    struct run_result result;
    for (int i = 0; i < PEACE; i++) {
        session(lane, asks, &result);
        if (!is_kept(lane)) {
            return false;
        }
        if (oracle_all_sent(&lane->ends) && !oracle_broken(&lane->ends)) {
            return true;
        }
    }
    return broken(lane, "I5 (what was lost goes again)");
}

/* A stranger at our address: it has no place for us, and the device does not think that anything
 * has changed. Enrolled anew, everything goes there. */
static bool meet_empty(struct lane *lane)
{
    struct run_result result;
    empty_hub(lane);
    session(lane, dice_below(&lane->dice, 2) == 1, &result);
    if (!is_kept(lane)) {
        return false;
    }
    if (result.reason != OUTBOX_TOKEN) {
        return broken(lane, "I9 (says why)");
    }
    ends_furnish(&lane->ends);
    return comes_back(lane, true);
}

/* Deleted on purpose: it is not forced upon the server again, and not removed here either. */
static bool meet_deleted(struct lane *lane)
{
    struct run_result result;
    int64_t purged = 0;
    delete_records(lane);
    session(lane, dice_below(&lane->dice, 2) == 1, &result);
    clock_fix(clock_now_ms() + 400 * day_ms);
    must(record_purge(lane->ends.store, 7, &purged, NULL), "purge");
    clock_fix(-1);
    return is_kept(lane) && (purged == 0 || broken(lane, "I4 (not removed unconfirmed)"));
}

static bool hurt(struct lane *lane)
{
    struct run_result result;
    bool asks = dice_below(&lane->dice, 2) == 1;
    switch (lane->kind) {
    case ABSENT:
        forget_records(lane);
        return comes_back(lane, asks);
    case FILES:
        lose_files(lane);
        return comes_back(lane, asks);
    case RESTORED:
        restore_backup(lane);
        return comes_back(lane, asks);
    case SEEN_TWICE: /* by itself nobody asks any more: a person does */
        session(lane, false, &result);
        forget_records(lane);
        return is_kept(lane) && comes_back(lane, true);
    case DELETED:
        return meet_deleted(lane);
    case EMPTY:
        return meet_empty(lane);
    case KINDS:
        break;
    }
    return true;
}

static bool inject(struct lane *lane, enum kind kind, unsigned long long seed)
{
    struct run_result result;
    lane->kind = kind;
    lane->seed = seed;
    lane->dice.state = seed * 1000003u + (unsigned)kind;
    lane->injections++;
    if (kind == RESTORED) {
        keep_backup(lane);
    }
    dice_records(&lane->dice, &lane->ends);
    session(lane, true, &result);
    if (!oracle_all_sent(&lane->ends) || oracle_broken(&lane->ends)) {
        return broken(lane, "I5 (arrives at first)");
    }
    lane->hits++;
    return hurt(lane);
}

static void open_lane(struct lane *lane)
{
    ends_open(&lane->ends);
    snprintf(lane->backup, sizeof(lane->backup), "%s-backup", lane->ends.hub_folder);
}

static void close_lane(struct lane *lane)
{
    ends_close(&lane->ends);
    file_remove_tree(lane->backup, NULL);
}

int loss_lane(unsigned long long seed, int percent)
{
    struct lane lane = {0};
    const char *only = getenv("GOCUA_FAULT");
    int bad = 0, kind, all = 0, sessions = 0;
    unsigned long long one;
    int64_t begin = clock_mono_ms();
    bool is_one = only && sscanf(only, "%d:%llu", &kind, &one) == 2 && kind >= 0 && kind < KINDS;
    for (int k = 0; k < KINDS; k++) {
        int n = is_one ? k == kind : (kinds[k].full * percent + 99) / 100;
        open_lane(&lane);
        lane.injections = lane.hits = lane.sessions = 0;
        for (int i = 0; i < n; i++) {
            if (i % 20 == 19) { /* a device asks about all that it ever sent */
                close_lane(&lane);
                open_lane(&lane);
            }
            bad += !inject(&lane, (enum kind)k, is_one ? one : seed + (unsigned long long)i);
        }
        printf("%-24s %4d injections  %6d lost         %6d sessions\n", kinds[k].name,
               lane.injections, lane.hits, lane.sessions);
        all += lane.injections;
        sessions += lane.sessions;
        close_lane(&lane);
    }
    printf("%-24s %4d injections  %25s %6d sessions  %.1f s\n", "loss", all, "", sessions,
           (double)(clock_mono_ms() - begin) / 1000);
    return bad;
}
