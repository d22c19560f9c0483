#include "helper_kill.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helper_kill_random.h"
#include "helper_kill_trace.h"
#include "helper_kill_visit.h"
#include "helper_kill_world.h"

/* A hub is replaced after so many records: its lists must not grow with the number of kills. */
enum { RUNS_A_HUB = 250, WORST = 20 };

/* The plan's 50,000 walks over the screens would take a night: they are played in real time. */
enum { FULL_TWICE = 10000, FULL_RANDOM = 1000 };

/* No two runs at one hub may have the same answers. */
enum { TWICE = 1000000, MEASURED = 2000000 };

struct lane {
    struct kill_world world;
    bool is_open;
    int runs;    /* at this hub */
    long calls;  /* of a whole run */
    long opened; /* of them, until the store is open */
    int bad;
};

struct point {
    long n, m; /* before which calls; m 0: one kill only */
    unsigned long long seed;
};

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- one process ---------------------------------------------------------------------------- */

struct end {
    struct traced traced;
    struct said opened; /* what the store said of itself; kind 0: it did not come so far */
    struct said broken; /* kind 0: nothing was */
};

/* Plays until the kill or the end, and takes what was acknowledged into the oracle. */
static bool play(const char *folder, struct oracle *oracle, long kill_at, struct end *end)
{
    int ends[2];
    struct said said;
    *end = (struct end){0};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    struct visit visit = {.folder = folder, .journal = ends[1], .oracle = *oracle};
    bool ok = trace_run(visit_play, &visit, ends[1], kill_at, &end->traced);
    close(ends[1]);
    while (read(ends[0], &said, sizeof(said)) == sizeof(said)) {
        oracle_hear(oracle, &said);
        end->opened = said.kind == SAID_OPEN ? said : end->opened;
        end->broken = said.kind == SAID_BROKEN ? said : end->broken;
    }
    close(ends[0]);
    return ok;
}

static bool complain(struct lane *lane, const struct point *p, const char *what)
{
    fprintf(stderr, "broken: %s\n  GOCUA_KILL=%ld:%ld:%llu build/bench/fault --only kill\n", what,
            p->n, p->m, p->seed);
    lane->bad++;
    return false;
}

/* Ended as it should: by our kill, or by itself with status 0. */
static bool is_good_end(struct lane *lane, const struct point *p, const struct end *end)
{
    char text[KILL_TEXT + 64];
    if (end->broken.kind) {
        return complain(lane, p, end->broken.text);
    }
    if (end->traced.call >= 0 ||
        (WIFEXITED(end->traced.status) && WEXITSTATUS(end->traced.status) == 0)) {
        return true;
    }
    snprintf(text, sizeof(text), "I6 the program ended with wait status %#x", end->traced.status);
    return complain(lane, p, text);
}

/* ---- one injection -------------------------------------------------------------------------- */

/* A ledger that claims more than the hub held when the program died has lied. */
static bool is_true(struct lane *lane, const struct point *p, const struct end *end,
                    const struct on_hub *hub)
{
    char text[KILL_TEXT];
    enum { SENT = 4 };
    if (end->opened.kind && ((end->opened.n == SENT && !hub->is_whole) ||
                             end->opened.files > hub->files || hub->records > 1)) {
        snprintf(text, sizeof(text),
                 "I3 state %d with %d files confirmed; the hub has %d records, %d files",
                 end->opened.n, end->opened.files, hub->records, hub->files);
        return complain(lane, p, text);
    }
    return true;
}

static bool is_on_hub(struct lane *lane, const struct point *p, const struct oracle *oracle)
{
    char text[KILL_TEXT];
    struct on_hub hub = kill_world_look(&lane->world, oracle);
    if (oracle->is_confirmed && hub.is_whole && hub.entities == 1) {
        return true;
    }
    snprintf(text, sizeof(text), "%s the hub has %d records (whole: %d), %d files, %d entities",
             hub.records > 1 || hub.entities > 1 ? "I2" : "I3", hub.records, hub.is_whole,
             hub.files, hub.entities);
    return complain(lane, p, text);
}

static void need_world(struct lane *lane)
{
    if (lane->is_open && lane->runs >= RUNS_A_HUB) {
        kill_world_close(&lane->world);
        lane->is_open = false;
    }
    if (!lane->is_open) {
        lane->is_open = kill_world_open(&lane->world);
        lane->runs = 0;
    }
    lane->runs++;
}

/* Kills before call n (and the recovery before call m), lets it finish, compares. Returns how many
 * of the kills came before the end of the process. */
static int inject(struct lane *lane, const struct point *p)
{
    struct oracle oracle = {.seed = mix(p->seed)};
    struct end end;
    const long kills[] = {p->n, p->m, KILL_UNTRACED};
    struct on_hub hub = {0};
    int hits = 0;
    need_world(lane);
    const char *folder = kill_world_device(&lane->world);
    for (size_t i = 0; i < sizeof(kills) / sizeof(*kills); i++) {
        if (kills[i] == 0) {
            continue;
        }
        if (!play(folder, &oracle, kills[i], &end)) {
            complain(lane, p, "the child could not be traced");
            return hits;
        }
        hits += end.traced.call >= 0;
        if (!is_good_end(lane, p, &end) || (i > 0 && !is_true(lane, p, &end, &hub))) {
            return hits;
        }
        if (!kill_world_is_sealed(&lane->world)) {
            complain(lane, p, "I7 an answer or photo stands in clear in the folder");
            return hits;
        }
        hub = kill_world_look(&lane->world, &oracle);
    }
    is_on_hub(lane, p, &oracle);
    return hits;
}

/* How many calls there are: a whole run without a kill. */
static bool measure(struct lane *lane, unsigned long long seed)
{
    const struct point p = {.seed = seed + MEASURED};
    struct oracle oracle = {.seed = mix(p.seed)};
    struct end end;
    need_world(lane);
    if (!play(kill_world_device(&lane->world), &oracle, KILL_NEVER, &end) ||
        !is_good_end(lane, &p, &end) || !is_on_hub(lane, &p, &oracle)) {
        return false;
    }
    lane->calls = end.traced.calls;
    lane->opened = end.traced.opened;
    return true;
}

/* ---- the kinds ------------------------------------------------------------------------------ */

static void kill_everywhere(struct lane *lane, int percent, unsigned long long seed)
{
    int hits = 0;
    double from = seconds();
    long count = (lane->calls * percent + 99) / 100;
    for (long i = 0; i < count && lane->bad < WORST; i++) {
        const struct point p = {.n = i * lane->calls / count + 1,
                                .seed = seed + (unsigned long long)i};
        hits += inject(lane, &p);
    }
    printf("F01 killed at a call   %6ld injections  %6d hit of %ld system calls  %6.1f s\n", count,
           hits, lane->calls, seconds() - from);
}

/* The second kill falls mostly while the store is opened and repaired. */
static void kill_twice(struct lane *lane, int wanted, unsigned long long seed)
{
    int both = 0;
    double from = seconds();
    for (int i = 0; i < wanted && lane->bad < WORST; i++) {
        uint64_t chance = mix(seed * 1000003 + (unsigned)i);
        long span = i % 5 == 4 ? lane->calls : lane->opened + lane->opened / 4;
        const struct point p = {.n = (long)(chance % (uint64_t)lane->calls) + 1,
                                .m = (long)((chance >> 32) % (uint64_t)span) + 1,
                                .seed = seed + TWICE + (unsigned)i};
        both += inject(lane, &p) == 2;
    }
    printf("F03 killed twice       %6d injections  %6d hit twice  %6.1f s\n", wanted, both,
           seconds() - from);
}

static bool is_replay(struct lane *lane)
{
    struct point p;
    const char *wanted = getenv("GOCUA_KILL");
    if (!wanted || sscanf(wanted, "%ld:%ld:%llu", &p.n, &p.m, &p.seed) != 3) {
        return false;
    }
    printf("kill %ld:%ld:%llu: %d kills hit\n", p.n, p.m, p.seed, inject(lane, &p));
    return true;
}

int kill_run(const struct kill_counts *counts, unsigned long long seed)
{
    struct lane lane = {0};
    if (!trace_is_allowed()) {
        return KILL_NOT_ALLOWED;
    }
    if (!is_replay(&lane)) {
        if (!measure(&lane, seed)) {
            lane.bad++;
        } else {
            kill_everywhere(&lane, counts->percent, seed);
            kill_twice(&lane, counts->twice, seed);
        }
    }
    if (lane.is_open) {
        kill_world_close(&lane.world);
    }
    return lane.bad;
}

int kill_lane(unsigned long long seed, int percent)
{
    const struct kill_counts counts = {.percent = percent,
                                       .twice = (FULL_TWICE * percent + 99) / 100};
    struct random_kills random = {0};
    if (!getenv("GOCUA_KILL")) { /* mostly asleep: beside the others */
        random_kills_begin(&random, (FULL_RANDOM * percent + 99) / 100, seed);
    }
    int bad = kill_run(&counts, seed);
    if (bad == KILL_NOT_ALLOWED) {
        printf("F01 and F03 left out: this machine lets no process trace another\n");
        bad = 0;
    }
    return bad + random_kills_end(&random);
}
