#include "helper_disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper_disklane.h"
#include "helper_simdisk.h"
#include "platform/base/clock.h"

static const char *const names[DISK_KINDS] = {"F04 power lost",   "F05 torn writes",
                                              "F08 disk full",    "F09 disk errors",
                                              "F10 bits flipped", "F33 upgrade cut off"};

bool disk_broken(struct disk_lane *lane, const char *what)
{
    fprintf(stderr, "%s: %s. Again: GOCUA_DISK=%d:%llu build/bench/fault --only disk %llu\n",
            names[lane->kind], what, (int)lane->kind, (unsigned long long)lane->number,
            (unsigned long long)lane->seed);
    return false;
}

uint64_t disk_below(struct disk_lane *lane, uint64_t limit)
{
    return sim_below(&lane->state, limit);
}

/* ---- power ---------------------------------------------------------------------------------- */

/* Puts on the disk what the crash left. */
static void crash(const struct sim_run *run, size_t at, struct sim_loss loss)
{
    struct sim_image left;
    run_crash(run, at, loss, &left);
    disk_mount(&left);
    image_finish(&left);
}

/* The start after the crash is cut off as well, anywhere; then comes another one. */
static bool crash_again(struct disk_lane *lane, size_t at, enum sim_loss_kind kind)
{
    struct sim_run recovery;
    disk_take(&recovery);
    size_t second = disk_below(lane, recovery.ops.n + 1);
    crash(&recovery, second, (struct sim_loss){kind, sim_random(&lane->state)});
    run_finish(&recovery);
    return world_check(&lane->world, at);
}

bool disk_crash(struct disk_lane *lane, const struct sim_run *run, size_t at,
                enum sim_loss_kind kind)
{
    crash(run, at, (struct sim_loss){kind, sim_random(&lane->state)});
    bool ok = world_check(&lane->world, at);
    if (ok && disk_below(lane, 4) == 0) {
        ok = crash_again(lane, at, kind);
    }
    if (ok && disk_below(lane, 8) == 0) {
        ok = world_goes_on(&lane->world, at);
    }
    return ok || disk_broken(lane, lane->world.broken);
}

/* One day in four is the first one. */
static bool crash_day(struct disk_lane *lane, enum sim_loss_kind kind)
{
    bool is_first = disk_below(lane, 4) == 0;
    const struct sim_run *run = is_first ? &lane->first : &lane->day;
    if (is_first) {
        world_copy(&lane->world, &lane->promised_first);
    }
    lane->struck++;
    return disk_crash(lane, run, lane->number % (run->ops.n + 1), kind);
}

static bool lose_power(struct disk_lane *lane)
{
    return crash_day(lane, disk_below(lane, 8) == 0 ? LOSS_ALL : LOSS_SOME);
}

static bool tear(struct disk_lane *lane)
{
    return crash_day(lane, LOSS_TORN);
}

/* ---- full, failing -------------------------------------------------------------------------- */

/* The day once more with a fault in it. Then the machine is switched off, or the power goes, and
 * everything is healthy again. */
static bool live(struct disk_lane *lane, const struct sim_fault *fault)
{
    struct sim_run run;
    struct world *world = &lane->world;
    disk_mount(&lane->before);
    disk_fault(fault);
    world_run(world);
    lane->hits = disk_hits();
    lane->struck += lane->hits > 0;
    disk_take(&run);
    bool ok = !world->unclear[0] || disk_broken(lane, world->unclear);
    enum sim_loss_kind kind = (enum sim_loss_kind)disk_below(lane, 4);
    ok = ok && disk_crash(lane, &run, run.ops.n, kind);
    run_finish(&run);
    return ok;
}

static bool fill_up(struct disk_lane *lane)
{
    struct sim_fault fault = {.room = (int64_t)disk_below(lane, (uint64_t)lane->most + 65536)};
    struct world *world = &lane->world;
    if (!live(lane, &fault)) {
        return false;
    }
    if (lane->hits && world->failed && !world->full) {
        return disk_broken(lane, "no error says that the disk is full (I9)");
    }
    return world->told[FACT_WAIT_SENT].done != SIZE_MAX ||
           disk_broken(lane, "a full disk keeps records from being sent (I5)");
}

static bool fail_calls(struct disk_lane *lane)
{
    static const unsigned all = (1u << SIM_CALLS) - 1;
    static const unsigned masks[] = {1u << CALL_WRITE,
                                     1u << CALL_SYNC,
                                     1u << CALL_READ,
                                     1u << CALL_OPEN,
                                     1u << CALL_CUT,
                                     1u << CALL_RENAME | 1u << CALL_UNLINK,
                                     1u << CALL_WRITE | 1u << CALL_SYNC,
                                     all};
    static const int64_t times[] = {1, 1, 3, INT64_MAX};
    struct sim_fault fault = {.room = -1, .calls = masks[disk_below(lane, 8)], .error = EIO};
    int64_t calls = 0;
    fault.times = times[disk_below(lane, 4)];
    fault.is_half = disk_below(lane, 4) == 0;
    uint64_t how = disk_below(lane, 8);
    if (how == 0) {
        fault.error = EROFS;
        fault.calls = all & ~(1u << CALL_READ | 1u << CALL_OPEN);
        fault.times = INT64_MAX;
    } else if (how == 1) {
        fault.error = 0;
        fault.is_short = true;
        fault.calls = 1u << CALL_READ | 1u << CALL_WRITE;
        fault.times = (int64_t)disk_below(lane, 50) + 1;
    }
    for (int i = 0; i < SIM_CALLS; i++) {
        calls += fault.calls & 1u << i ? lane->calls[i] : 0;
    }
    fault.at = (int64_t)disk_below(lane, (uint64_t)calls);
    if (!live(lane, &fault)) {
        return false;
    }
    bool is_brief = fault.times == 1 || fault.is_short;
    return !is_brief || lane->world.stuck == 0 || disk_broken(lane, lane->world.stuck_at);
}

/* ---- the lane ------------------------------------------------------------------------------- */

static bool inject(struct disk_lane *lane, enum disk_kind kind, uint64_t number)
{
    static bool (*const deeds[DISK_KINDS])(struct disk_lane *) = {
        lose_power, tear, fill_up, fail_calls, disk_flip, disk_upgrade};
    lane->kind = kind;
    lane->number = number;
    lane->state = lane->seed * 1000003u + number * 8 + (uint64_t)kind;
    int betrayals = disk_betrayals();
    world_copy(&lane->world, &lane->promised);
    bool ok = deeds[kind](lane);
    return (betrayals == disk_betrayals() || disk_broken(lane, "readable on the disk (I7)")) && ok;
}

static void must_be_fine(const struct world *world)
{
    if (world->failed) {
        fprintf(stderr, "the disk lane itself failed: the day without a fault has one\n");
        abort();
    }
}

/* A day that begins with the choice of a PIN. */
static void record_first(struct disk_lane *lane)
{
    struct err err = {0};
    struct sim_image empty;
    image_begin(&empty);
    disk_mount(&empty);
    image_finish(&empty);
    lane->world.is_new = true;
    lane->world.failed = !world_first_start(&lane->world, &err);
    must_be_fine(&lane->world);
    world_run(&lane->world);
    must_be_fine(&lane->world);
    world_copy(&lane->promised_first, &lane->world);
    disk_take(&lane->first);
    lane->world.is_new = false;
}

/* The day without a fault: what each crash starts from. */
static void record_day(struct disk_lane *lane)
{
    world_make(&lane->world, &lane->before);
    disk_mount(&lane->before);
    int64_t used = disk_used();
    world_run(&lane->world);
    must_be_fine(&lane->world);
    lane->most = disk_most() - used;
    for (int i = 0; i < SIM_CALLS; i++) {
        lane->calls[i] = disk_calls((enum sim_call)i);
    }
    world_copy(&lane->promised, &lane->world);
    disk_take(&lane->day);
}

static void lane_begin(struct disk_lane *lane, uint64_t seed)
{
    *lane = (struct disk_lane){.seed = seed};
    world_begin(&lane->world, disk_start());
    disk_watch(world_canaries());
    record_first(lane);
    record_day(lane);
    disk_upgrade_begin(lane);
}

static void lane_end(struct disk_lane *lane)
{
    disk_upgrade_end(lane);
    run_finish(&lane->day);
    run_finish(&lane->first);
    world_finish(&lane->promised_first);
    image_finish(&lane->before);
    world_finish(&lane->world);
    world_finish(&lane->promised);
    disk_stop();
    clock_fix(-1);
}

static int run_all(struct disk_lane *lane, const int counts[DISK_KINDS])
{
    int bad = 0, all = 0;
    clock_fix(-1);
    int64_t begin = clock_mono_ms();
    for (int kind = 0; kind < DISK_KINDS; kind++) {
        if (counts[kind] == 0) {
            continue;
        }
        clock_fix(-1);
        int64_t from = clock_mono_ms();
        lane->struck = 0;
        for (int i = 0; i < counts[kind]; i++) {
            bad += !inject(lane, (enum disk_kind)kind, (uint64_t)i);
        }
        clock_fix(-1);
        printf("%-22s %6d injections  %6d struck  %6.1f s\n", names[kind], counts[kind],
               lane->struck, (double)(clock_mono_ms() - from) / 1000);
        fflush(stdout);
        all += counts[kind];
    }
    printf("%-22s %6d injections  %zu changes of the disk in a day, %d syncs  %6.1f s\n",
           "all on the disk", all, lane->day.ops.n, (int)lane->calls[CALL_SYNC],
           (double)(clock_mono_ms() - begin) / 1000);
    return bad;
}

int disk_run(const int counts[DISK_KINDS], uint64_t seed)
{
    static struct disk_lane lane;
    const char *only = getenv("GOCUA_DISK");
    unsigned long long number;
    int kind, bad;
    lane_begin(&lane, seed);
    int read = only ? sscanf(only, "%d:%llu", &kind, &number) : 0;
    if (read == 2 && kind >= 0 && kind < DISK_KINDS) {
        bad = !inject(&lane, (enum disk_kind)kind, number);
    } else if (read == 1 && kind >= 0 && kind < DISK_KINDS) {
        int one[DISK_KINDS] = {0};
        one[kind] = counts[kind];
        bad = run_all(&lane, one);
    } else {
        bad = run_all(&lane, counts);
    }
    lane_end(&lane);
    return bad;
}

int disk_lane(unsigned long long seed, int percent)
{
    static const int full[DISK_KINDS] = {
        [DISK_F04_POWER] = 20000, [DISK_F05_TORN] = 30000, [DISK_F08_FULL] = 8000,
        [DISK_F09_ERROR] = 6000,  [DISK_F10_FLIP] = 10000, [DISK_F33_UPGRADE] = 6000};
    int counts[DISK_KINDS];
    for (int i = 0; i < DISK_KINDS; i++) {
        counts[i] = (full[i] * percent + 99) / 100;
    }
    return disk_run(counts, seed);
}
