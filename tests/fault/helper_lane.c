#include "helper_lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper_world.h"
#include "platform/base/clock.h"
#include "platform/base/mem.h"

enum { PEACE = 4 }; /* sessions in which everything must have arrived */

struct lane {
    struct ends ends;
    struct lane_count counts[LANE_KINDS];
    enum lane_kind kind;
    uint64_t seed, state;
    struct buf page;
};

static const char *const names[LANE_KINDS] = {
    [LANE_F01_CUT] = "F01 device dies",
    [LANE_F13_CLOCK] = "F13 clock jumps",
    [LANE_F14_REFUSED] = "F14 refused",
    [LANE_F16_UP] = "F16 reset upwards",
    [LANE_F16_DOWN] = "F16 reset downwards",
    [LANE_F17_LOST] = "F17 answer lost",
    [LANE_F18_TWICE] = "F18 twice",
    [LANE_F19_STALLED] = "F19 stalled",
    [LANE_F20_CAPTIVE] = "F20 captive portal",
    [LANE_F22_STATUS] = "F22 status codes",
    [LANE_F23_PROXY] = "F23 proxy",
    [LANE_F24_RESTART] = "F24 hub restarts",
    [LANE_F25_CLOSED] = "F25 form closed",
};

const char *lane_name(enum lane_kind kind)
{
    return names[kind];
}

/* splitmix64: the lane's own chance, so that nothing else can shift it. */
static uint64_t draw(struct lane *lane)
{
    uint64_t z = lane->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int below(struct lane *lane, int limit)
{
    return (int)(draw(lane) % (uint64_t)limit);
}

static bool broken(struct lane *lane, const char *promise)
{
    fprintf(stderr, "BROKEN %s in %s; replay: GOCUA_FAULT=%d:%llu\n", promise, names[lane->kind],
            lane->kind, (unsigned long long)lane->seed);
    return false;
}

static void add_records(struct lane *lane)
{
    static const int sizes[] = {0, 1, 700, 3000, 20000};
    int n = 1 + below(lane, 2);
    for (int i = 0; i < n; i++) {
        char id[64];
        uint64_t a = draw(lane);
        uint64_t b = draw(lane);
        snprintf(id, sizeof(id), "uuid:%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
                 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0xfff),
                 (unsigned long long)(b & 0xffffffffffffull));
        ends_add(&lane->ends, id, below(lane, LANE_FILES + 1), (size_t)sizes[below(lane, 5)]);
    }
}

/* I2, I3, I4 at any moment: once at most, never a false "sent", nothing lost here. */
static bool is_honest(struct lane *lane)
{
    for (size_t i = 0; i < lane->ends.made.n; i++) {
        const struct made *made = &lane->ends.made.v[i];
        bool is_whole;
        int found = ends_count_on_hub(&lane->ends, made, &is_whole);
        if (found > 1) {
            return broken(lane, "I2 (never doubled)");
        }
        if (ends_is_sent(&lane->ends, made) && !is_whole) {
            return broken(lane, "I3 (never a false sent)");
        }
        if (!ends_is_kept(&lane->ends, made)) {
            return broken(lane, "I1/I4 (kept here)");
        }
    }
    return true;
}

static bool session(struct lane *lane, int cut)
{
    struct run_result result;
    lane->counts[lane->kind].sessions++;
    ends_session(&lane->ends, cut, &result);
    return is_honest(lane);
}

/* With a healthy way everything arrives (I1, I5), exactly once (I2). */
static bool make_peace(struct lane *lane)
{
    gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_OPEN});
    for (int i = 0; i < PEACE; i++) {
        bool all = true;
        for (size_t k = 0; k < lane->ends.made.n; k++) {
            const struct made *made = &lane->ends.made.v[k];
            if (ends_is_aside(&lane->ends, made)) {
                ends_release(&lane->ends, made);
            }
            all = all && ends_is_sent(&lane->ends, made);
        }
        if (all) {
            return true;
        }
        if (!session(lane, -1)) {
            return false;
        }
    }
    for (size_t k = 0; k < lane->ends.made.n; k++) {
        if (!ends_is_sent(&lane->ends, &lane->ends.made.v[k])) {
            return broken(lane, "I5 (arrives when the way is healthy)");
        }
    }
    return true;
}

static void arm(struct lane *lane, enum gate_kind kind, int64_t k, const char *page)
{
    struct gate_fault fault = {
        .kind = kind, .from = below(lane, 3), .count = 1 + below(lane, 3), .k = k, .page = page};
    gate_arm(lane->ends.gate, &fault);
}

/* A page of a server that is not ours. */
static const char *draw_page(struct lane *lane)
{
    static const char *const heads[] = {
        "200 OK\r\nContent-Type: text/html",
        "200 OK\r\nContent-Type: text/xml\r\nX-OpenRosa-Version: 1.0",
        "201 Created\r\nContent-Type: text/html",
        "201 Created\r\nContent-Type: text/xml",
        "202 Accepted\r\nContent-Type: application/json",
        "204 No Content\r\nX-Served-By: gate",
        "302 Found\r\nLocation: http://login.example/",
        "302 Found\r\nLocation: /login",
        "307 Temporary Redirect\r\nLocation: https://login.example/",
        "511 Network Authentication Required\r\nContent-Type: text/html",
        "403 Forbidden\r\nContent-Type: text/html",
        "407 Proxy Authentication Required\r\nContent-Type: text/html",
    };
    static const char *const bodies[] = {
        "<html><body>Log in to this network</body></html>",
        "<html><!-- http://openrosa.org/http/response --><OpenRosaResponse/></html>",
        "<OpenRosaResponse><message>full submission upload was successful!</message>"
        "</OpenRosaResponse>",
        "<OpenRosaResponse xmlns=\"http://portal.example/response\"><message/></OpenRosaResponse>",
        "{\"ok\":true}",
        "",
    };
    const char *head = heads[below(lane, 12)];
    const char *body = strncmp(head, "204", 3) ? bodies[below(lane, 6)] : "";
    buf_clear(&lane->page);
    buf_addf(&lane->page, "HTTP/1.1 %s\r\n", head);
    if (strncmp(head, "204", 3) != 0) {
        buf_addf(&lane->page, "Content-Length: %zu\r\n", strlen(body));
    }
    buf_addf(&lane->page, "Connection: close\r\n\r\n%s", body);
    return buf_text(&lane->page);
}

static const char *draw_status(struct lane *lane)
{
    static const int codes[] = {400, 401, 402, 403, 404, 405, 406, 408, 409, 410,
                                411, 412, 413, 414, 415, 416, 417, 418, 421, 422,
                                423, 424, 425, 426, 428, 429, 431, 451, 500, 501,
                                502, 503, 504, 505, 507, 508, 520, 521, 599, 299};
    static const char *const messages[] = {"",
                                           "has been deleted",
                                           "different XML",
                                           "(undefined) is now out of date",
                                           "not currently accepting",
                                           "form version",
                                           "Attachment with same name already exists"};
    struct buf body = {0};
    int code = codes[below(lane, 40)];
    /* "(undefined)" is a genuine server's word that the record is there: not one for a lie */
    const char *message = messages[below(lane, 7)];
    if (code == 409 && strstr(message, "undefined")) {
        message = "";
    }
    buf_addf(&body,
             "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message "
             "nature=\"error\">%s</message></OpenRosaResponse>",
             message);
    buf_clear(&lane->page);
    buf_addf(&lane->page, "HTTP/1.1 %d Odd\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
             code, below(lane, 2) ? "text/xml" : "text/html",
             below(lane, 2) ? "Retry-After: 7\r\n" : "", body.n, buf_text(&body));
    buf_finish(&body);
    return buf_text(&lane->page);
}

/* I7: while only strangers answer, not one byte of a record leaves. */
static bool captive(struct lane *lane)
{
    const char *page = draw_page(lane);
    if (below(lane, 2)) {
        arm(lane, GATE_PAGE, 0, page);
        return session(lane, -1);
    }
    gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_PAGE, .count = 1000, .page = page});
    if (!session(lane, -1)) {
        return false;
    }
    return !gate_saw(lane->ends.gate, "CANARY") || broken(lane, "I7 (nothing to strangers)");
}

static bool twice(struct lane *lane)
{
    arm(lane, below(lane, 2) ? GATE_TWICE : GATE_TWICE_AT_ONCE, 0, NULL);
    return session(lane, -1);
}

static bool jump_clock(struct lane *lane)
{
    bool ok = true;
    int64_t now = clock_now_ms();
    for (int i = 0; ok && i < 3; i++) {
        int64_t range = 20ll * 365 * 86400000;
        int64_t jump = (int64_t)(draw(lane) % (uint64_t)(2 * range)) - range;
        clock_fix(now + jump);
        arm(lane, below(lane, 2) ? GATE_CUT_DOWN : GATE_OPEN, below(lane, 300), NULL);
        ok = session(lane, -1);
    }
    clock_fix(-1);
    return ok;
}

static bool hurt(struct lane *lane)
{
    switch (lane->kind) {
    case LANE_F01_CUT: {
        bool ok = session(lane, below(lane, 25));
        ends_restart_device(&lane->ends);
        return ok && is_honest(lane);
    }
    case LANE_F13_CLOCK:
        return jump_clock(lane);
    case LANE_F14_REFUSED:
        arm(lane, GATE_REFUSE, 0, NULL);
        return session(lane, -1) && session(lane, -1);
    case LANE_F16_UP:
        arm(lane, GATE_CUT_UP, below(lane, below(lane, 2) ? 2000 : 70000), NULL);
        return session(lane, -1);
    case LANE_F16_DOWN:
        arm(lane, below(lane, 2) ? GATE_CUT_DOWN : GATE_SHORT, below(lane, 600), NULL);
        return session(lane, -1);
    case LANE_F17_LOST:
        gate_arm(
            lane->ends.gate,
            &(struct gate_fault){.kind = GATE_CUT_DOWN, .from = 1, .count = 1 + below(lane, 4)});
        return session(lane, -1);
    case LANE_F18_TWICE:
        return twice(lane);
    case LANE_F19_STALLED:
        gate_arm(lane->ends.gate,
                 &(struct gate_fault){.kind = GATE_SILENT, .from = below(lane, 3), .count = 1});
        return session(lane, -1);
    case LANE_F20_CAPTIVE:
        return captive(lane);
    case LANE_F22_STATUS:
        arm(lane, below(lane, 2) ? GATE_PAGE : GATE_PAGE_LATE, 0, draw_status(lane));
        return session(lane, -1);
    case LANE_F23_PROXY:
        arm(lane, below(lane, 2) ? GATE_LIMIT : GATE_STRIP, below(lane, 30000), NULL);
        return session(lane, -1);
    case LANE_F24_RESTART: {
        arm(lane, GATE_CUT_DOWN, below(lane, 300), NULL);
        bool ok = session(lane, -1);
        ends_restart_hub(&lane->ends);
        return ok && is_honest(lane);
    }
    case LANE_F25_CLOSED: {
        ends_open_form(&lane->ends, false);
        bool ok = session(lane, -1);
        ends_open_form(&lane->ends, true);
        return ok;
    }
    case LANE_KINDS:
        break;
    }
    return true;
}

bool lane_inject(struct lane *lane, enum lane_kind kind, uint64_t seed)
{
    lane->kind = kind;
    lane->seed = seed;
    lane->state = seed * 1000003u + (uint64_t)kind;
    lane->counts[kind].injections++;
    ends_forget(&lane->ends);
    gate_arm(lane->ends.gate, &(struct gate_fault){.kind = GATE_OPEN});
    add_records(lane);
    bool ok = hurt(lane);
    lane->counts[kind].hits += gate_hits(lane->ends.gate) > 0;
    return ok && make_peace(lane);
}

struct lane *lane_open(void)
{
    struct lane *lane = mem_alloc(1, sizeof(*lane));
    ends_open(&lane->ends);
    return lane;
}

void lane_close(struct lane *lane)
{
    ends_close(&lane->ends);
    buf_finish(&lane->page);
    free(lane);
}

const struct lane_count *lane_counts(const struct lane *lane, enum lane_kind kind)
{
    return &lane->counts[kind];
}

static void print_table(const struct lane *lane, int64_t ms)
{
    struct lane_count all = {0};
    for (int k = 0; k < LANE_KINDS; k++) {
        const struct lane_count *c = &lane->counts[k];
        printf("%-22s %6d injections  %6d on the wire  %6d sessions\n", names[k], c->injections,
               c->hits, c->sessions);
        all.injections += c->injections;
        all.hits += c->hits;
        all.sessions += c->sessions;
    }
    printf("%-22s %6d injections  %6d on the wire  %6d sessions  %.1f s\n", "all", all.injections,
           all.hits, all.sessions, (double)ms / 1000);
}

int lane_run(const int counts[LANE_KINDS], uint64_t seed)
{
    struct lane *lane = lane_open();
    const char *only = getenv("GOCUA_FAULT");
    int bad = 0;
    int kind;
    unsigned long long one;
    int64_t begin = clock_mono_ms();
    if (only && sscanf(only, "%d:%llu", &kind, &one) == 2 && kind >= 0 && kind < LANE_KINDS) {
        bad += !lane_inject(lane, (enum lane_kind)kind, one);
    } else {
        for (int k = 0; k < LANE_KINDS; k++) {
            for (int i = 0; i < counts[k]; i++) {
                bad += !lane_inject(lane, (enum lane_kind)k, seed + (uint64_t)i);
            }
        }
    }
    print_table(lane, clock_mono_ms() - begin);
    lane_close(lane);
    return bad;
}
