#include "helper_link.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper_tun.h"
#include "helper_world.h"
#include "platform/base/clock.h"

enum { KINDS = 4, PEACE = 4, THRIFTY_LOSS = 200 };

static const char *const names[KINDS] = {"F15 latency", "F15 loss", "F15 2G", "F15 reorder"};

/* What the processes of a lane count together. */
struct tally {
    atomic_int runs[KINDS], in_time[KINDS], breaks[KINDS], sessions[KINDS];
    atomic_llong lost[KINDS];
    atomic_llong payload, stream; /* of the runs with at most 20 % of loss that went through */
    atomic_int bad;
};

struct run {
    struct ends ends;
    struct tun *tun;
    struct tally *tally;
    unsigned long long seed;
    uint64_t state;
    int kind, loss;
    int64_t payload;
};

static atomic_bool is_over;

static void on_alarm(int signal)
{
    atomic_store(&is_over, true);
}

/* splitmix64: each run's own chance. */
static uint64_t draw(struct run *run)
{
    uint64_t z = run->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int below(struct run *run, int limit)
{
    return (int)(draw(run) % (uint64_t)limit);
}

static void broken(struct run *run, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s; replay: build/bench/fault --only link %llu 0\n", promise,
            names[run->kind], run->seed);
    atomic_fetch_add(&run->tally->bad, 1);
}

/* ---- one run -------------------------------------------------------------------------------- */

static void add_records(struct run *run)
{
    int n = 1 + below(run, 2);
    run->payload = 0;
    for (int i = 0; i < n; i++) {
        char id[64];
        uint64_t a = draw(run), b = draw(run);
        int photos = 1 + below(run, 2);
        size_t size = 5000 + (size_t)below(run, 5000);
        snprintf(id, sizeof(id), "uuid:%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
                 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0xfff),
                 (unsigned long long)(b & 0xffffffffffffull));
        ends_add(&run->ends, id, photos, size);
        run->payload += (int64_t)run->ends.made.v[i].xml.n + (int64_t)size * photos;
    }
}

static void draw_latency(struct run *run, struct tun_way *way)
{
    static const int delays[] = {50, 150, 400, 1000, 2500, 5000, 10000, 20000, 60000};
    way->delay_ms = delays[below(run, 9)];
    way->loss = below(run, 50);
    way->rate = 30000;
}

static void draw_profile(struct run *run, struct tun_settings *set)
{
    struct tun_way way = {0};
    switch (run->kind) {
    case 0:
        draw_latency(run, &way);
        break;
    case 1:
        way = (struct tun_way){.rate = 8000 + below(run, 90000),
                               .delay_ms = 50 + below(run, 250),
                               .loss = below(run, 601)};
        break;
    case 2:
        way = (struct tun_way){.rate = 2500,
                               .queue = 8 << 10,
                               .delay_ms = 300 + below(run, 400),
                               .jitter_ms = 200,
                               .loss = below(run, 50)};
        break;
    default:
        way = (struct tun_way){.rate = 30000,
                               .delay_ms = 100 + below(run, 300),
                               .jitter_ms = 400,
                               .loss = below(run, 100)};
        break;
    }
    run->loss = way.loss;
    *set = (struct tun_settings){.up = way, .down = way, .seed = draw(run)};
    if (below(run, 3) == 0) {
        set->break_every_ms = 4000 + below(run, 10000);
        set->break_ms = 500 + below(run, 3000);
        set->breaks = (enum tun_break)below(run, 4);
    }
}

static bool is_all_sent(struct run *run)
{
    bool all = true;
    for (size_t i = 0; i < run->ends.made.n; i++) {
        all = all && ends_is_sent(&run->ends, &run->ends.made.v[i]);
    }
    return all;
}

static void session(struct run *run)
{
    struct run_result result;
    atomic_fetch_add(&run->tally->sessions[run->kind], 1);
    if (!ends_session(&run->ends, -1, &result)) {
        broken(run, "I6 (a session that fails here)");
    }
}

/* I2, I3, I4 at any moment. */
static void check_honest(struct run *run)
{
    for (size_t i = 0; i < run->ends.made.n; i++) {
        const struct made *made = &run->ends.made.v[i];
        bool is_whole;
        if (ends_count_on_hub(&run->ends, made, &is_whole) > 1) {
            broken(run, "I2 (never doubled)");
        }
        if (ends_is_sent(&run->ends, made) && !is_whole) {
            broken(run, "I3 (never a false sent)");
        }
        if (!ends_is_kept(&run->ends, made)) {
            broken(run, "I1/I4 (kept here)");
        }
    }
}

static void count(struct run *run, bool in_time)
{
    struct tally *tally = run->tally;
    struct tun_count up, down;
    int breaks;
    tun_counts(run->tun, &up, &down, &breaks);
    atomic_fetch_add(&tally->runs[run->kind], 1);
    atomic_fetch_add(&tally->in_time[run->kind], in_time);
    atomic_fetch_add(&tally->breaks[run->kind], breaks);
    atomic_fetch_add(&tally->lost[run->kind], up.lost + down.lost + up.full + down.full);
    if (in_time && run->loss <= THRIFTY_LOSS && breaks == 0) {
        atomic_fetch_add(&tally->payload, run->payload);
        atomic_fetch_add(&tally->stream, up.stream);
    }
}

static void run_once(struct run *run, unsigned long long seed)
{
    struct tun_settings set;
    struct itimerval limit = {.it_value = {LINK_BAD_S, 0}};
    run->seed = seed;
    run->state = seed * 1000003u;
    run->kind = below(run, KINDS);
    ends_forget(&run->ends);
    add_records(run);
    draw_profile(run, &set);
    tun_arm(run->tun, &set);
    atomic_store(&is_over, false);
    setitimer(ITIMER_REAL, &limit, NULL);
    while (!atomic_load(&is_over) && !is_all_sent(run)) {
        session(run);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    bool in_time = is_all_sent(run);
    count(run, in_time);
    check_honest(run);
    tun_arm(run->tun, NULL);
    atomic_store(&is_over, false);
    for (int i = 0; i < PEACE && !is_all_sent(run); i++) {
        session(run);
        check_honest(run);
    }
    if (!is_all_sent(run)) {
        broken(run, "I5 (arrives when the way is healthy)");
    }
}

/* ---- many at once --------------------------------------------------------------------------- */

/* One process of the lane: every step-th run from the first on. */
static int work(struct tally *tally, unsigned long long first, unsigned long long end, int step)
{
    struct run run = {.tally = tally};
    const char *why;
    run.tun = tun_open(&why);
    if (!run.tun) {
        return 1;
    }
    tun_enter(run.tun, TUN_HUB);
    ends_open_at(&run.ends, TUN_HUB_ADDRESS);
    snprintf(run.ends.address, sizeof(run.ends.address), "http://%s:%d/key/%s", TUN_HUB_ADDRESS,
             hub_port(run.ends.hub), run.ends.token);
    run.ends.stall_seconds = 30; /* as on the device */
    run.ends.stop = &is_over;
    tun_enter(run.tun, TUN_DEVICE);
    signal(SIGALRM, on_alarm);
    for (unsigned long long seed = first; seed < end; seed += (unsigned)step) {
        run_once(&run, seed);
    }
    ends_close(&run.ends);
    tun_close(run.tun);
    return 0;
}

static int print_tally(struct tally *tally, double seconds)
{
    int64_t payload = atomic_load(&tally->payload), stream = atomic_load(&tally->stream);
    double ratio = payload ? (double)stream / (double)payload : 0;
    int bad = atomic_load(&tally->bad);
    for (int k = 0; k < KINDS; k++) {
        printf("%-22s %6d injections  %6d through in %d s  %6d sessions  %lld packets lost, %d "
               "breaks\n",
               names[k], atomic_load(&tally->runs[k]), atomic_load(&tally->in_time[k]), LINK_BAD_S,
               atomic_load(&tally->sessions[k]), (long long)atomic_load(&tally->lost[k]),
               atomic_load(&tally->breaks[k]));
    }
    printf("%-22s sent %.3f of the payload at up to 20 %% of loss  %.1f s\n", "F15", ratio,
           seconds);
    if (ratio > 1.15) {
        fprintf(stderr, "BROKEN F15: %.3f bytes sent for each of the payload\n", ratio);
        bad++;
    }
    return bad;
}

int link_lane(unsigned long long seed, int percent)
{
    const char *why;
    struct tun *probe = tun_open(&why);
    int runs = percent ? (LINK_RUNS * percent + 99) / 100 : 1;
    int at_once = runs < LINK_AT_ONCE ? runs : LINK_AT_ONCE, failed = 0;
    int64_t begin = clock_mono_ms();
    if (!probe) {
        printf("%-22s skipped: %s\n", "F15 bad link", why);
        return 0;
    }
    tun_close(probe);
    struct tally *tally =
        mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED) {
        abort();
    }
    fflush(stdout);
    for (int i = 0; i < at_once; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            int status = work(tally, seed + (unsigned)i, seed + (unsigned)runs, at_once);
            _exit(status);
        }
        failed += pid < 0;
    }
    for (int status; wait(&status) > 0;) {
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    int bad = print_tally(tally, (double)(clock_mono_ms() - begin) / 1000) + failed;
    if (failed) {
        fprintf(stderr, "BROKEN F15: %d processes of the lane failed\n", failed);
    }
    munmap(tally, sizeof(*tally));
    return bad;
}
