#include "helper_tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hub/formdef.h"
#include "app/hub/serve.h"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "helper_oracle.h"
#include "helper_tls_gate.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "sync/carrier/carriers.h"

enum { PEACE = 3, DAY_MS = 86400000 };

/* What the device asks, in its order; files are fetched side by side. */
enum { PROBE, RECORD, LIST, MANIFEST, PICTURE, CSV, PHASES };

/* How the device knows the server. */
enum trusts { BY_ROOTS = 1, BY_PINS = 2, BY_BOTH = 3 };

/* What happens, and why the session then says it ended: by the roots, by the pins. NO_REASON: it is
 * no harm at all, and everything goes. */
static const struct kind {
    const char *name;
    enum tls_face face;
    enum tls_deed deed;
    int full; /* injections at 100 % */
    enum trusts trusts;
    enum outbox_reason by_roots, by_pins;
} kinds[] = {
    {"F21 expired", TLS_EXPIRED, TLS_SERVE, 30, BY_BOTH, OUTBOX_TLS_EXPIRED, OUTBOX_TLS_EXPIRED},
    {"F21 not valid yet", TLS_EARLY, TLS_SERVE, 30, BY_BOTH, OUTBOX_TLS_EARLY, OUTBOX_TLS_EARLY},
    {"F21 wrong host", TLS_OTHER, TLS_SERVE, 30, BY_BOTH, OUTBOX_TLS_NAME, OUTBOX_TLS_PIN},
    {"F21 self-signed", TLS_SELF, TLS_SERVE, 30, BY_BOTH, OUTBOX_TLS_UNKNOWN, OUTBOX_TLS_PIN},
    {"F21 self-signed, ours", TLS_SELF_OURS, TLS_SERVE, 20, BY_BOTH, OUTBOX_TLS_UNKNOWN,
     OUTBOX_NO_REASON},
    {"F21 unknown authority", TLS_UNKNOWN, TLS_SERVE, 30, BY_BOTH, OUTBOX_TLS_UNKNOWN,
     OUTBOX_TLS_PIN},
    {"F21 trusted man between", TLS_MITM, TLS_SERVE, 30, BY_PINS, OUTBOX_NO_REASON, OUTBOX_TLS_PIN},
    {"F21 downgrade", TLS_OURS, TLS_OLD, 30, BY_BOTH, OUTBOX_TLS_OLD, OUTBOX_TLS_OLD},
    {"F21 no ALPN", TLS_OURS, TLS_NO_ALPN, 20, BY_BOTH, OUTBOX_NO_REASON, OUTBOX_NO_REASON},
    {"F21 clear HTTP", TLS_OURS, TLS_CLEAR, 30, BY_BOTH, OUTBOX_TLS_CLEAR, OUTBOX_TLS_CLEAR},
    {"F21 same key renewed", TLS_RENEWED, TLS_SERVE, 20, BY_BOTH, OUTBOX_NO_REASON,
     OUTBOX_NO_REASON},
    {"F21 announced key", TLS_NEXT, TLS_SERVE, 20, BY_BOTH, OUTBOX_NO_REASON, OUTBOX_NO_REASON},
    {"F21 unannounced key", TLS_REPLACED, TLS_SERVE, 30, BY_BOTH, OUTBOX_NO_REASON, OUTBOX_TLS_PIN},
    {"F21 handshake stalls", TLS_OURS, TLS_STALL, 10, BY_BOTH, OUTBOX_NO_SERVER, OUTBOX_NO_SERVER},
    {"F21 handshake cut", TLS_OURS, TLS_CUT, 50, BY_BOTH, OUTBOX_BROKEN, OUTBOX_BROKEN},
    {"F13 clock, over TLS", TLS_OURS, TLS_SERVE, 20, BY_PINS, OUTBOX_NO_REASON, OUTBOX_NO_REASON},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds), CLOCK = KINDS - 1 };

struct lane {
    struct ends ends;
    struct tls_gate *gate;
    char folder[64], roots[128], address[160], source[64], pins[200];
    bool has_pins;
    int kind, changes;
    unsigned long long seed;
    struct dice dice;
    int injections, hits, sessions;
    int phases[PHASES]; /* how often the stranger came in each */
};

static const char form[] =
    "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\" "
    "xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:jr=\"http://openrosa.org/javarosa\"><h:head>"
    "<h:title>Guide</h:title><model><itext><translation lang=\"vi\"><text id=\"t\"><value>T</value>"
    "<value form=\"image\">jr://images/logo.png</value></text></translation></itext><instance>"
    "<data id=\"guide\" version=\"1\"><place/><meta><instanceID/></meta></data></instance>"
    "<instance id=\"places\" src=\"jr://file-csv/places.csv\"/>"
    "<bind nodeset=\"/data/place\" type=\"string\"/></model></h:head><h:body>"
    "<select1 ref=\"/data/place\"><label ref=\"jr:itext('t')\"/>"
    "<itemset nodeset=\"instance('places')/root/item\"><value ref=\"name\"/><label ref=\"label\"/>"
    "</itemset></select1></h:body></h:html>";

static void must(bool ok, const char *what, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "the lane itself failed: %s: %s\n", what, err->text);
        abort();
    }
}

static bool broken(struct lane *lane, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s%s; replay: GOCUA_FAULT=%d:%llu build/bench/fault --only tls\n",
            promise, kinds[lane->kind].name, lane->has_pins ? " (pins)" : "", lane->kind,
            lane->seed);
    return false;
}

/* Other media and another list, so that every phase of a conversation takes place. */
static void change_media(struct lane *lane)
{
    struct err err = {0};
    char text[96];
    struct archive *archive = hub_take(lane->ends.hub, &err);
    snprintf(text, sizeof(text), "picture %d", ++lane->changes);
    must(archive_publish_media(archive, "guide", "logo.png", str_of(text), &err), "media", &err);
    snprintf(text, sizeof(text), "name,label\nhn,Hà Nội %d\n", lane->changes);
    must(archive_publish_list(archive, "places", str_of(text), &err), "list", &err);
    hub_give(lane->ends.hub, archive);
}

static void open_lane(struct lane *lane)
{
    struct formdef *def = NULL;
    struct err err = {0};
    bool is_new;
    *lane = (struct lane){0};
    ends_open(&lane->ends);
    snprintf(lane->folder, sizeof(lane->folder), "/tmp/gocua-tls-XXXXXX");
    if (!mkdtemp(lane->folder)) {
        abort();
    }
    lane->gate = tls_gate_start(hub_port(lane->ends.hub), lane->folder);
    snprintf(lane->roots, sizeof(lane->roots), "%s/roots.pem", lane->folder);
    snprintf(lane->source, sizeof(lane->source), "https://127.0.0.1:%d", tls_gate_port(lane->gate));
    snprintf(lane->address, sizeof(lane->address), "%s/key/%s", lane->source, lane->ends.token);
    struct archive *archive = hub_take(lane->ends.hub, &err);
    must(formdef_read(&def, str_of(form), &err) &&
             archive_publish(archive, str_of(form), def, &is_new, &err),
         "form", &err);
    formdef_destroy(def);
    hub_give(lane->ends.hub, archive);
}

static void close_lane(struct lane *lane)
{
    tls_gate_stop(lane->gate);
    ends_close(&lane->ends);
    file_remove_tree(lane->folder, NULL);
}

static void session(struct lane *lane, struct run_result *result)
{
    struct err err = {0};
    struct inbox_place place = {lane->ends.store, lane->source};
    struct run_settings set = {.carrier = carrier_find("openrosa"),
                               .to = {.address = lane->address,
                                      .user = "lane",
                                      .password = "CANARY password",
                                      .ca_file = lane->has_pins ? NULL : lane->roots,
                                      .pins = lane->has_pins ? lane->pins : NULL,
                                      .connect_seconds = 1,
                                      .stall_seconds = 5},
                               .inbox = inbox_of(&place),
                               .is_asked = true};
    outbox_begin(lane->ends.store, &set.outbox);
    must(run_session(&set, result, &err), "session", &err);
    outbox_end(&set.outbox);
    lane->sessions++;
}

static bool is_honest(struct lane *lane)
{
    const char *promise = oracle_broken(&lane->ends);
    return !promise || broken(lane, promise);
}

/* I7: what is not the server reads nothing, decrypted or not. */
static bool is_silent(struct lane *lane)
{
    bool leaks = tls_gate_stolen(lane->gate) > 0 || tls_gate_leaked(lane->gate, "CANARY") ||
                 tls_gate_leaked(lane->gate, lane->ends.token);
    return !leaks || broken(lane, "I7 (nothing to strangers)");
}

static bool is_told(struct lane *lane, const struct run_result *result, enum outbox_reason expected)
{
    bool is_stall = expected == OUTBOX_NO_SERVER && result->reason == OUTBOX_STALLED;
    if (result->reason == expected || is_stall) {
        return true;
    }
    fprintf(stderr, "said %s, not %s: ", outbox_reason_name(result->reason),
            outbox_reason_name(expected));
    return broken(lane, "I9 (says why)");
}

/* A certificate is valid for a month here: a clock that is off by more is told as what it is. */
static enum outbox_reason spoil_clock(struct lane *lane)
{
    int64_t days = 40 + dice_below(&lane->dice, 7000);
    bool is_behind = dice_below(&lane->dice, 2) == 1;
    clock_fix(clock_now_ms() + (is_behind ? -days : days) * DAY_MS);
    return is_behind ? OUTBOX_TLS_EARLY : OUTBOX_TLS_EXPIRED;
}

static bool hurt(struct lane *lane)
{
    const struct kind *kind = &kinds[lane->kind];
    struct tls_fault fault = {.face = kind->face,
                              .deed = kind->deed,
                              .from = dice_below(&lane->dice, PHASES),
                              .k = dice_below(&lane->dice, 1200)};
    enum outbox_reason expected = lane->has_pins ? kind->by_pins : kind->by_roots;
    struct run_result result;
    if (lane->kind == CLOCK) {
        expected = spoil_clock(lane);
        fault.from = 0;
    }
    tls_gate_arm(lane->gate, &fault);
    session(lane, &result);
    clock_fix(-1);
    bool is_hit = tls_gate_hits(lane->gate) > 0;
    lane->hits += is_hit;
    lane->phases[fault.from] += is_hit;
    if (!is_honest(lane)) {
        return false;
    }
    if (!is_hit || expected == OUTBOX_NO_REASON) {
        /* it may meet the very moment in which the gate ends a connection: then it waits */
        return is_told(lane, &result, OUTBOX_NO_REASON) &&
               (ends_is_sent(&lane->ends, &lane->ends.made.v[0]) || result.waiting > 0 ||
                broken(lane, "I5 (arrives at once)"));
    }
    /* What a session asks last, it can do without: then all had come before the stranger did. */
    bool has_all = ends_is_sent(&lane->ends, &lane->ends.made.v[0]) && result.news.files == 2 &&
                   result.news.forms_bad == 0 && result.reason == OUTBOX_NO_REASON;
    return is_silent(lane) && (has_all || is_told(lane, &result, expected));
}

/* With the real server back everything arrives. After a change of key that nobody announced it is
 * the device that learns: by the key code of its organisation. */
static bool make_peace(struct lane *lane)
{
    struct run_result result = {.reason = OUTBOX_TLS};
    struct tls_fault none = {.from = -1};
    if (kinds[lane->kind].face == TLS_REPLACED) {
        none = (struct tls_fault){.face = TLS_REPLACED};
        snprintf(lane->pins, sizeof(lane->pins), "%s", tls_gate_pin(lane->gate, TLS_REPLACED));
    }
    tls_gate_arm(lane->gate, &none);
    for (int i = 0; i < PEACE; i++) {
        session(lane, &result);
        if (!is_honest(lane)) {
            return false;
        }
        if (ends_is_sent(&lane->ends, &lane->ends.made.v[0]) && result.reason == OUTBOX_NO_REASON &&
            result.news.forms_bad == 0) {
            return true;
        }
    }
    fprintf(stderr, "%s %s: ", result.news.first_bad, result.news.why_bad);
    return broken(lane, "I5 (arrives when the server is itself again)");
}

static bool inject(struct lane *lane, int kind, unsigned long long seed)
{
    char id[64];
    lane->kind = kind;
    lane->seed = seed;
    lane->dice.state = seed * 1000003u + (unsigned long long)kind;
    lane->injections++;
    lane->has_pins = kinds[kind].trusts == BY_BOTH ? dice_below(&lane->dice, 2) == 1
                                                   : kinds[kind].trusts == BY_PINS;
    snprintf(lane->pins, sizeof(lane->pins), "%s;%s", tls_gate_pin(lane->gate, TLS_OURS),
             tls_gate_pin(lane->gate, TLS_NEXT));
    ends_forget(&lane->ends);
    dice_uuid(&lane->dice, id);
    ends_add(&lane->ends, id, dice_below(&lane->dice, LANE_FILES + 1),
             (size_t)dice_below(&lane->dice, 6000));
    change_media(lane);
    return hurt(lane) && make_peace(lane);
}

int tls_lane(unsigned long long seed, int percent)
{
    struct lane lane;
    const char *only = getenv("GOCUA_FAULT");
    int bad = 0, kind, all = 0, hits = 0, sessions = 0;
    unsigned long long one;
    int64_t begin = clock_mono_ms();
    open_lane(&lane);
    if (only && sscanf(only, "%d:%llu", &kind, &one) == 2 && kind >= 0 && kind < KINDS) {
        bad += !inject(&lane, kind, one);
    } else {
        for (kind = 0; kind < KINDS; kind++) {
            int n = (kinds[kind].full * percent + 99) / 100;
            lane.injections = lane.hits = lane.sessions = 0;
            for (int i = 0; i < n; i++) {
                bad += !inject(&lane, kind, seed + (unsigned long long)i);
            }
            printf("%-24s %4d injections  %6d on the wire  %6d sessions\n", kinds[kind].name,
                   lane.injections, lane.hits, lane.sessions);
            all += lane.injections;
            hits += lane.hits;
            sessions += lane.sessions;
        }
        printf("%-24s %4d injections  %6d on the wire  %6d sessions  %.1f s\n", "tls", all, hits,
               sessions, (double)(clock_mono_ms() - begin) / 1000);
    }
    printf("in the phases: probe %d, record %d, list %d, manifest %d, files %d\n",
           lane.phases[PROBE], lane.phases[RECORD], lane.phases[LIST], lane.phases[MANIFEST],
           lane.phases[PICTURE] + lane.phases[CSV]);
    close_lane(&lane);
    return bad;
}
