#include "helper_stick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/hub/serve.h"
#include "app/store/outbox.h"
#include "helper_oracle.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "sync/carrier/carriers.h"
#include "sync/handover/arrival.h"

enum { PEACE = 3, BUNDLE_MOST = 8 << 20, STEP = 4096 };

enum kind {
    CUT,
    CHANGED,
    PULLED,
    DEVICE_DIES,
    FOREIGN_HUB,
    FOREIGN_WORD,
    REPLAY,
    CARRIERS,
    WIPED,
    KINDS
};

static const struct {
    const char *name;
    int full;
} kinds[KINDS] = {
    [CUT] = {"F32 bundle cut", 900},
    [CHANGED] = {"F32 bundle changed", 500},
    [PULLED] = {"F32 stick pulled", 300},
    [DEVICE_DIES] = {"F32 device dies", 300},
    [FOREIGN_HUB] = {"F32 wrong organisation", 200},
    [FOREIGN_WORD] = {"F32 false arrivals", 200},
    [REPLAY] = {"F32 replayed", 200},
    [CARRIERS] = {"F32 two carriers", 200},
    [WIPED] = {"F32 carrier wipes", 200},
};

struct lane {
    struct ends ends;
    char stick[64], twin[64], foreign[64]; /* two sticks, and the folder of another hub */
    unsigned char key[SIGN_PUBLIC], secret[SIGN_SECRET];
    unsigned char foreign_key[SIGN_PUBLIC], foreign_secret[SIGN_SECRET];
    struct dice dice;
    enum kind kind;
    unsigned long long seed;
    int injections, hits, sessions;
};

static bool broken(struct lane *lane, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s; replay: GOCUA_FAULT=%d:%llu build/bench/fault --only stick\n",
            promise, kinds[lane->kind].name, (int)lane->kind, lane->seed);
    return false;
}

static bool is_honest(struct lane *lane)
{
    const char *promise = oracle_broken(&lane->ends);
    return !promise || broken(lane, promise);
}

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "the lane itself failed: %s\n", what);
        abort();
    }
}

/* ---- sticks --------------------------------------------------------------------------------- */

static void make_folder(char path[64], const char *pattern)
{
    snprintf(path, 64, "%s/%s-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
             pattern);
    must(mkdtemp(path) != NULL, "a folder");
}

struct each_file {
    const char *folder, *end;
    void (*deed)(void *ctx, const char *path);
    void *ctx;
    int n;
};

static bool do_one(void *ctx, const char *name)
{
    struct each_file *each = ctx;
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", each->folder, name);
    if (str_ends(str_of(name), str_of(each->end))) {
        each->deed(each->ctx, path);
        each->n++;
    }
    return true;
}

/* Does a deed to every file of a stick with that end; returns how many there were. */
static int for_each(const char *folder, const char *end, void (*deed)(void *, const char *),
                    void *ctx)
{
    struct each_file each = {folder, end, deed, ctx, 0};
    must(file_list(folder, do_one, &each, NULL), "list a stick");
    return each.n;
}

static void remove_it(void *ctx, const char *path)
{
    file_remove(path, NULL);
}

static void copy_it(void *ctx, const char *path)
{
    struct buf bytes = {0};
    char to[400];
    snprintf(to, sizeof(to), "%s%s", (const char *)ctx, strrchr(path, '/'));
    must(file_read(path, BUNDLE_MOST, &bytes, NULL) && file_write(to, bytes.s, bytes.n, NULL),
         "copy a bundle");
    buf_finish(&bytes);
}

static void cut_it(void *ctx, const char *path)
{
    struct lane *lane = ctx;
    struct buf bytes = {0};
    must(file_read(path, BUNDLE_MOST, &bytes, NULL), "read a bundle");
    /* every chunk's edge and any byte between */
    size_t at = (size_t)dice_below(&lane->dice, (int)bytes.n);
    at = dice_below(&lane->dice, 2) ? at : at / STEP * STEP;
    must(file_write(path, bytes.s, at, NULL), "cut a bundle");
    buf_finish(&bytes);
}

static void change_it(void *ctx, const char *path)
{
    struct lane *lane = ctx;
    struct buf bytes = {0};
    must(file_read(path, BUNDLE_MOST, &bytes, NULL), "read a bundle");
    bytes.s[dice_below(&lane->dice, (int)bytes.n)] ^= (char)(1 << dice_below(&lane->dice, 8));
    must(file_write(path, bytes.s, bytes.n, NULL), "change a bundle");
    buf_finish(&bytes);
}

/* As after a stick was pulled: what was being written has its passing name, the rest is not there.
 */
static void pull_it(void *ctx, const char *path)
{
    char part[420];
    cut_it(ctx, path);
    snprintf(part, sizeof(part), "%.*s.part", (int)strlen(path) - 4, path);
    must(rename(path, part) == 0, "pull a stick");
}

static void look_at_it(void *ctx, const char *path)
{
    struct buf bytes = {0};
    bool *has_answer = ctx;
    must(file_read(path, BUNDLE_MOST, &bytes, NULL), "read a stick");
    *has_answer = *has_answer || str_find(buf_str(&bytes), STR("CANARY")) >= 0;
    buf_finish(&bytes);
}

/* ---- the two ends --------------------------------------------------------------------------- */

/* One session with that stick. */
static void hand_over(struct lane *lane, const char *stick, const unsigned char *key)
{
    struct run_result result;
    struct err err = {0};
    struct run_settings set = {.carrier = carrier_find("folder"),
                               .to = {.address = stick, .organisation_key = key},
                               .is_asked = true};
    outbox_begin(lane->ends.store, &set.outbox);
    must(run_session(&set, &result, &err), "a session");
    outbox_end(&set.outbox);
    lane->sessions++;
}

static int import(struct lane *lane, const char *hub, const char *stick)
{
    FILE *quiet = fopen("/dev/null", "we");
    struct hub_shell shell = {.out = quiet, .errors = quiet, .data = hub};
    char *argv[] = {(char *)"gocua-hub", (char *)"import", (char *)stick, NULL};
    int status = hub_run(3, argv, &shell);
    fclose(quiet);
    return status;
}

static bool is_on_hub(struct lane *lane)
{
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        bool is_whole;
        if (ends_count_on_hub(&lane->ends, &lane->ends.made.v[i], &is_whole) > 0) {
            return true;
        }
    }
    return false;
}

/* What was spoiled brings nothing, and nobody takes it for sent. */
static bool spoil(struct lane *lane, void (*deed)(void *, const char *))
{
    hand_over(lane, lane->stick, lane->key);
    lane->hits += for_each(lane->stick, ".gcb", deed, lane) > 0;
    import(lane, lane->ends.hub_folder, lane->stick);
    hand_over(lane, lane->twin, lane->key); /* another stick knows nothing */
    if (is_on_hub(lane)) {
        return broken(lane, "I2/I7 (a spoiled bundle brings nothing)");
    }
    return is_honest(lane) &&
           (!ends_is_sent(&lane->ends, &lane->ends.made.v[0]) || broken(lane, "I3"));
}

static bool foreign_hub(struct lane *lane)
{
    hand_over(lane, lane->stick, lane->key);
    lane->hits++;
    if (import(lane, lane->foreign, lane->stick) == 0) {
        return broken(lane, "I7 (sealed to one organisation)");
    }
    hand_over(lane, lane->stick, lane->key);
    return is_honest(lane);
}

/* Somebody else says that all has arrived. */
static bool foreign_word(struct lane *lane)
{
    struct arrival arrivals[4] = {0};
    struct buf text = {0};
    char path[400];
    hand_over(lane, lane->stick, lane->key);
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        const struct made *made = &lane->ends.made.v[i];
        snprintf(arrivals[i].instance_id, sizeof(arrivals[i].instance_id), "%s", made->instance_id);
        arrival_digest(buf_str(&made->xml), arrivals[i].digest);
        arrivals[i].files = made->n_files;
    }
    must(arrival_add(&text, arrivals, lane->ends.made.n, lane->foreign_secret, NULL), "a word");
    if (dice_below(&lane->dice, 2)) { /* the right organisation's, about other bytes */
        buf_clear(&text);
        arrivals[0].digest[dice_below(&lane->dice, ARRIVAL_DIGEST)] ^= 1;
        must(arrival_add(&text, arrivals, 1, lane->secret, NULL), "a word");
    }
    snprintf(path, sizeof(path), "%s/false.gca", lane->stick);
    must(file_write(path, text.s, text.n, NULL), "a false word");
    buf_finish(&text);
    lane->hits++;
    hand_over(lane, lane->stick, lane->key);
    return is_honest(lane);
}

/* The same bundles again and again, also after the network was quicker. */
static bool replay(struct lane *lane)
{
    struct run_result result;
    hand_over(lane, lane->stick, lane->key);
    for_each(lane->stick, ".gcb", copy_it, lane->twin);
    if (dice_below(&lane->dice, 2)) {
        ends_session(&lane->ends, -1, &result);
        lane->sessions++;
    }
    bool ok = true;
    for (int i = 0; ok && i < 3; i++) {
        import(lane, lane->ends.hub_folder, dice_below(&lane->dice, 2) ? lane->stick : lane->twin);
        ok = is_honest(lane);
    }
    lane->hits++;
    hand_over(lane, lane->stick, lane->key);
    return ok && is_honest(lane);
}

/* One bundle, two carriers: both bring it, and the word comes back by either. */
static bool carriers(struct lane *lane)
{
    hand_over(lane, lane->stick, lane->key);
    for_each(lane->stick, ".gcb", copy_it, lane->twin);
    lane->hits++;
    import(lane, lane->ends.hub_folder, lane->twin);
    if (!is_honest(lane)) {
        return false;
    }
    import(lane, lane->ends.hub_folder, lane->stick);
    hand_over(lane, dice_below(&lane->dice, 2) ? lane->stick : lane->twin, lane->key);
    if (!oracle_all_sent(&lane->ends)) {
        return broken(lane, "I5 (the word comes back by either)");
    }
    return is_honest(lane);
}

/* The carrier empties the stick: before the hub has seen it, or with the hub's word on it. */
static bool wiped(struct lane *lane)
{
    hand_over(lane, lane->stick, lane->key);
    if (dice_below(&lane->dice, 2)) {
        import(lane, lane->ends.hub_folder, lane->stick);
    }
    lane->hits += for_each(lane->stick, "", remove_it, NULL) > 0;
    hand_over(lane, lane->twin, lane->key);
    return is_honest(lane) && (!ends_is_sent(&lane->ends, &lane->ends.made.v[0]) ||
                               broken(lane, "I3 (kept until the word is back)"));
}

/* The device ends in the middle of handing over: its store is found as it was. */
static bool device_dies(struct lane *lane)
{
    struct outbox inner;
    struct arena arena = {0};
    struct outbox_item item = {0};
    outbox_begin(lane->ends.store, &inner);
    if (inner.ops->next(inner.ctx, clock_now_ms(), &arena, &item, NULL)) {
        inner.ops->begin(inner.ctx, item.record, NULL);
    }
    outbox_end(&inner);
    arena_finish(&arena);
    hand_over(lane, lane->stick, lane->key); /* what it had begun is not touched by this one */
    for_each(lane->stick, ".gcb", pull_it, lane);
    lane->hits++;
    ends_restart_device(&lane->ends);
    import(lane, lane->ends.hub_folder, lane->stick);
    return is_honest(lane);
}

static bool hurt(struct lane *lane)
{
    switch (lane->kind) {
    case CUT:
        return spoil(lane, cut_it);
    case CHANGED:
        return spoil(lane, change_it);
    case PULLED:
        return spoil(lane, pull_it);
    case DEVICE_DIES:
        return device_dies(lane);
    case FOREIGN_HUB:
        return foreign_hub(lane);
    case FOREIGN_WORD:
        return foreign_word(lane);
    case REPLAY:
        return replay(lane);
    case CARRIERS:
        return carriers(lane);
    case WIPED:
        return wiped(lane);
    case KINDS:
        break;
    }
    return true;
}

/* A stick that nobody spoils brings everything, and the hub's word back. */
static bool make_peace(struct lane *lane)
{
    for (int i = 0; i < PEACE && !oracle_all_sent(&lane->ends); i++) {
        hand_over(lane, lane->stick, lane->key);
        import(lane, lane->ends.hub_folder, lane->stick);
        hand_over(lane, lane->stick, lane->key);
        if (!is_honest(lane)) {
            return false;
        }
    }
    return oracle_all_sent(&lane->ends) || broken(lane, "I5 (arrives by a good stick)");
}

static bool inject(struct lane *lane, enum kind kind, unsigned long long seed)
{
    bool has_answer = false;
    lane->kind = kind;
    lane->seed = seed;
    lane->dice.state = seed * 1000003u + (unsigned)kind;
    lane->injections++;
    for_each(lane->stick, "", remove_it, NULL);
    for_each(lane->twin, "", remove_it, NULL);
    dice_records(&lane->dice, &lane->ends);
    bool ok = hurt(lane);
    for_each(lane->stick, "", look_at_it, &has_answer);
    for_each(lane->twin, "", look_at_it, &has_answer);
    ok = ok && (!has_answer || broken(lane, "I7 (no answer in clear on a stick)"));
    return ok && make_peace(lane);
}

static void open_lane(struct lane *lane)
{
    *lane = (struct lane){0};
    ends_open(&lane->ends);
    make_folder(lane->stick, "gocua-stick");
    make_folder(lane->twin, "gocua-twin");
    make_folder(lane->foreign, "gocua-foreign");
    must(organisation_keys(lane->ends.hub_folder, lane->key, lane->secret, NULL) &&
             organisation_keys(lane->foreign, lane->foreign_key, lane->foreign_secret, NULL),
         "keys");
}

static void close_lane(struct lane *lane)
{
    ends_close(&lane->ends);
    file_remove_tree(lane->stick, NULL);
    file_remove_tree(lane->twin, NULL);
    file_remove_tree(lane->foreign, NULL);
}

int stick_lane(unsigned long long seed, int percent)
{
    struct lane lane;
    const char *only = getenv("GOCUA_FAULT");
    int bad = 0, kind, all = 0, sessions = 0;
    unsigned long long one;
    int64_t begin = clock_mono_ms();
    open_lane(&lane);
    if (only && sscanf(only, "%d:%llu", &kind, &one) == 2 && kind >= 0 && kind < KINDS) {
        bad += !inject(&lane, (enum kind)kind, one);
        close_lane(&lane);
        return bad;
    }
    for (kind = 0; kind < KINDS; kind++) {
        int n = (kinds[kind].full * percent + 99) / 100;
        lane.injections = lane.hits = lane.sessions = 0;
        for (int i = 0; i < n; i++) {
            bad += !inject(&lane, (enum kind)kind, seed + (unsigned long long)i);
        }
        printf("%-24s %4d injections  %6d on sticks    %6d sessions\n", kinds[kind].name,
               lane.injections, lane.hits, lane.sessions);
        all += lane.injections;
        sessions += lane.sessions;
    }
    printf("%-24s %4d injections  %25s %6d sessions  %.1f s\n", "stick", all, "", sessions,
           (double)(clock_mono_ms() - begin) / 1000);
    close_lane(&lane);
    return bad;
}
