#include "helper_route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hub/serve.h"
#include "app/store/outbox.h"
#include "helper_oracle.h"
#include "helper_tls_gate.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "sync/carrier/carriers.h"

enum { PEACE = 3 };

enum kind { NO_NAME, NO_ROUTE, ASTRAY, ASTRAY_TLS, TOGGLED, KINDS };

static const struct {
    const char *name;
    int full;
} kinds[KINDS] = {
    [NO_NAME] = {"F14 no address", 200},     [NO_ROUTE] = {"F14 no route", 200},
    [ASTRAY] = {"F14 name astray", 200},     [ASTRAY_TLS] = {"F14 astray over TLS", 200},
    [TOGGLED] = {"F14 comes and goes", 200},
};

struct lane {
    struct ends ends;
    struct tls_gate *tls;
    char folder[64], roots[128], secure[200];
    struct dice dice;
    enum kind kind;
    unsigned long long seed;
    int injections, sessions;
};

static bool broken(struct lane *lane, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s; replay: GOCUA_FAULT=%d:%llu build/bench/fault --only route\n",
            promise, kinds[lane->kind].name, (int)lane->kind, lane->seed);
    return false;
}

static void session(struct lane *lane, const char *address, struct run_result *result)
{
    struct run_settings set = {.carrier = carrier_find("openrosa"),
                               .to = {.address = address,
                                      .ca_file = lane->roots,
                                      .connect_seconds = 5,
                                      .stall_seconds = 5},
                               .is_asked = true};
    outbox_begin(lane->ends.store, &set.outbox);
    if (!run_session(&set, result, NULL)) {
        abort();
    }
    outbox_end(&set.outbox);
    lane->sessions++;
}

/* A name that no resolver takes, and an address that no table knows: both are refused on this
 * machine, so that the test needs no network. */
static const char *dead_end(struct lane *lane, char text[300])
{
    static const char *const routes[] = {"255.255.255.255", "[fe80::1]"};
    char label[80];
    memset(label, 'x', sizeof(label) - 1); /* 63 letters are the most */
    label[sizeof(label) - 1] = 0;
    bool is_tls = dice_below(&lane->dice, 2) == 1;
    const char *host = lane->kind == NO_ROUTE ? routes[dice_below(&lane->dice, 2)] : label;
    snprintf(text, 300, "%s://%s:%d/key/%s", is_tls ? "https" : "http", host,
             8000 + dice_below(&lane->dice, 1000), lane->ends.token);
    return text;
}

static bool is_told(struct lane *lane, const struct run_result *result, enum outbox_reason expected)
{
    const char *promise = oracle_broken(&lane->ends);
    if (promise) {
        return broken(lane, promise);
    }
    if (result->reason != expected) {
        fprintf(stderr, "said %s, not %s: ", outbox_reason_name(result->reason),
                outbox_reason_name(expected));
        return broken(lane, "I9 (says why)");
    }
    return !ends_is_sent(&lane->ends, &lane->ends.made.v[0]) ||
           broken(lane, "I3 (never a false sent)");
}

static bool lead_astray(struct lane *lane)
{
    static const char *const pages[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
        "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
        "<html></html>",
    };
    struct run_result result;
    int page = dice_below(&lane->dice, 3);
    gate_arm(lane->ends.gate,
             &(struct gate_fault){.kind = GATE_PAGE, .count = 1000, .page = pages[page]});
    session(lane, lane->ends.address, &result);
    bool saw = gate_saw(lane->ends.gate, "CANARY");
    gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_OPEN});
    return (!saw || broken(lane, "I7 (nothing to strangers)")) &&
           is_told(lane, &result, page == 2 ? OUTBOX_WRONG_ADDRESS : OUTBOX_CAPTIVE);
}

static bool lead_astray_over_tls(struct lane *lane)
{
    static const struct {
        enum tls_face face;
        enum outbox_reason reason;
    } strangers[] = {{TLS_OTHER, OUTBOX_TLS_NAME},
                     {TLS_SELF, OUTBOX_TLS_UNKNOWN},
                     {TLS_UNKNOWN, OUTBOX_TLS_UNKNOWN}};
    struct run_result result;
    int who = dice_below(&lane->dice, 3);
    tls_gate_arm(lane->tls, &(struct tls_fault){.face = strangers[who].face});
    session(lane, lane->secure, &result);
    bool stolen = tls_gate_stolen(lane->tls) > 0;
    tls_gate_arm(lane->tls, &(struct tls_fault){.from = -1});
    return (!stolen || broken(lane, "I7 (nothing to strangers)")) &&
           is_told(lane, &result, strangers[who].reason);
}

/* Now there, now gone, in the middle of a session too. */
static bool toggle(struct lane *lane)
{
    struct run_result result;
    char text[300];
    for (int i = 0; i < 4; i++) {
        if (dice_below(&lane->dice, 2)) {
            session(lane, dead_end(lane, text), &result);
        } else {
            gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_REFUSE,
                                                           .from = dice_below(&lane->dice, 3),
                                                           .count = 9});
            session(lane, lane->ends.address, &result);
            gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_OPEN});
        }
        const char *promise = oracle_broken(&lane->ends);
        if (promise) {
            return broken(lane, promise);
        }
    }
    return true;
}

static bool hurt(struct lane *lane)
{
    struct run_result result;
    char text[300];
    switch (lane->kind) {
    case NO_NAME:
    case NO_ROUTE:
        session(lane, dead_end(lane, text), &result);
        return is_told(lane, &result, OUTBOX_NO_SERVER);
    case ASTRAY:
        return lead_astray(lane);
    case ASTRAY_TLS:
        return lead_astray_over_tls(lane);
    case TOGGLED:
        return toggle(lane);
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
    dice_records(&lane->dice, &lane->ends);
    if (!hurt(lane)) {
        return false;
    }
    for (int i = 0; i < PEACE && !oracle_all_sent(&lane->ends); i++) {
        session(lane, kind == ASTRAY_TLS ? lane->secure : lane->ends.address, &result);
    }
    const char *promise = oracle_broken(&lane->ends);
    return promise ? broken(lane, promise)
                   : oracle_all_sent(&lane->ends) || broken(lane, "I5 (arrives by a good way)");
}

static void open_lane(struct lane *lane)
{
    *lane = (struct lane){0};
    ends_open(&lane->ends);
    snprintf(lane->folder, sizeof(lane->folder), "/tmp/gocua-route-XXXXXX");
    if (!mkdtemp(lane->folder)) {
        abort();
    }
    lane->tls = tls_gate_start(hub_port(lane->ends.hub), lane->folder);
    snprintf(lane->roots, sizeof(lane->roots), "%s/roots.pem", lane->folder);
    snprintf(lane->secure, sizeof(lane->secure), "https://127.0.0.1:%d/key/%s",
             tls_gate_port(lane->tls), lane->ends.token);
}

static void close_lane(struct lane *lane)
{
    tls_gate_stop(lane->tls);
    ends_close(&lane->ends);
    file_remove_tree(lane->folder, NULL);
}

int route_lane(unsigned long long seed, int percent)
{
    struct lane lane;
    const char *only = getenv("GOCUA_FAULT");
    int bad = 0, kind = 0, all = 0, sessions = 0;
    unsigned long long one = 0;
    int64_t begin = clock_mono_ms();
    bool is_one = only && sscanf(only, "%d:%llu", &kind, &one) == 2 && kind >= 0 && kind < KINDS;
    open_lane(&lane);
    for (int k = 0; k < KINDS; k++) {
        int n = is_one ? k == kind : (kinds[k].full * percent + 99) / 100;
        lane.injections = lane.sessions = 0;
        for (int i = 0; i < n; i++) {
            bad += !inject(&lane, (enum kind)k, is_one ? one : seed + (unsigned long long)i);
        }
        printf("%-24s %4d injections  %25s %6d sessions\n", kinds[k].name, lane.injections, "",
               lane.sessions);
        all += lane.injections;
        sessions += lane.sessions;
    }
    printf("%-24s %4d injections  %25s %6d sessions  %.1f s\n", "route", all, "", sessions,
           (double)(clock_mono_ms() - begin) / 1000);
    close_lane(&lane);
    return bad;
}
