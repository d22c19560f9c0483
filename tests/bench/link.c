/* A day's work over a bad link: the release programs `gocua` and `gocua-hub` in two network
 * namespaces, 64 kbit/s up with 5 % loss and a break every 40 s between them
 * (tests/fault/helper_tun.h), 1,000 finished visits with two photos each on the device, and keys
 * pressed all the while. Prints what arrived, what it cost in bytes and how long keys waited; exit
 * status 1 when a promise was broken, 77 where root or TUN is missing.
 * link [--visits N] [--photo BYTES] [--rate BYTES_A_SECOND] [--loss PER_MILLE] [--break SECONDS]
 *      [--silence MS_OF_A_BREAK] [--seed N] [--limit SECONDS] [--arrival 1]: judges what arrived,
 * not bytes and times */
#include "tests/bench/link.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fault/helper_tun.h"
#include "platform/base/file.h"

enum { PORT = 8085, RATIO_PERCENT = 115 };

struct bench {
    int visits, loss, break_s, break_ms, limit_s;
    bool only_arrival;
    size_t photo;
    int64_t rate;
    uint64_t seed;
    struct tun *tun;
    char build[HANDHELD_PATH], root[HANDHELD_PATH], folder[HANDHELD_PATH / 4];
    char hub[HANDHELD_PATH / 2], device[HANDHELD_PATH / 2];
    pid_t hub_pid;
};

/* The folder of this program is build/bench. */
static void find_programs(struct bench *b)
{
    char assets[HANDHELD_PATH + 16], words[HANDHELD_PATH + 16];
    ssize_t n = readlink("/proc/self/exe", b->build, sizeof(b->build) - 1);
    b->build[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(b->build, '/');
        *(slash ? slash : b->build) = 0;
    }
    snprintf(b->root, sizeof(b->root), "%s", b->build);
    char *slash = strrchr(b->root, '/');
    *(slash ? slash : b->root) = 0;
    const char *source = getenv("GOCUA_SOURCE");
    if (source) {
        snprintf(b->root, sizeof(b->root), "%s", source);
    }
    snprintf(assets, sizeof(assets), "%s/assets", b->root);
    snprintf(words, sizeof(words), "%s/lang", b->build);
    setenv("GOCUA_ASSETS", assets, 0);
    setenv("GOCUA_LANG_DIR", words, 0);
    setenv("SDL_AUDIODRIVER", "dummy", 0);
}

/* Runs a command of the shell there; its first line, or the end of the program when it fails. */
static void run(struct bench *b, enum tun_place place, char line[2048], const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void run(struct bench *b, enum tun_place place, char line[2048], const char *format, ...)
{
    char command[8 * HANDHELD_PATH], spare[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    tun_enter(b->tun, place);
    FILE *f = popen(command, "r");
    tun_enter(b->tun, TUN_HOME);
    if (!f || !fgets(line, 2048, f)) {
        line[0] = 0;
    }
    while (f && fgets(spare, sizeof(spare), f)) {
    }
    line[strcspn(line, "\n")] = 0;
    if (!f || pclose(f) != 0) {
        fprintf(stderr, "link: failed: %s\n", command);
        if (b->hub_pid > 0) {
            kill(b->hub_pid, SIGTERM);
        }
        exit(1);
    }
}

static bool answers(struct bench *b)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, TUN_HUB_ADDRESS, &at.sin_addr);
    tun_enter(b->tun, TUN_DEVICE);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    tun_enter(b->tun, TUN_HOME);
    bool yes = connect(s, (struct sockaddr *)&at, sizeof(at)) == 0;
    close(s);
    return yes;
}

static void start_hub(struct bench *b)
{
    char program[HANDHELD_PATH + 16], listen[64], log[HANDHELD_PATH];
    snprintf(program, sizeof(program), "%s/gocua-hub", b->build);
    snprintf(listen, sizeof(listen), "%s:%d", TUN_HUB_ADDRESS, PORT);
    snprintf(log, sizeof(log), "%s/hub.log", b->folder);
    tun_enter(b->tun, TUN_HUB);
    b->hub_pid = fork();
    if (b->hub_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* however this program ends */
        if (!freopen(log, "w", stdout) || !freopen(log, "a", stderr)) {
            _exit(127);
        }
        execl(program, program, "serve", "--listen", listen, "--data", b->hub, (char *)NULL);
        _exit(127);
    }
    tun_enter(b->tun, TUN_HOME);
    for (int i = 0; i < 400 && !answers(b); i++) {
        usleep(50000);
    }
}

/* A hub with the shipped forms and a device that is enrolled there, over the open link. */
static void prepare(struct bench *b)
{
    char line[2048], code[2048];
    const char *hub = b->hub, *device = b->device, *build = b->build, *root = b->root;
    run(b, TUN_HOME, line, "%s/gocua-hub publish-list %s/assets/lists/*.csv --data %s", build, root,
        hub);
    run(b, TUN_HOME, line, "%s/gocua-hub publish %s/assets/forms/*.xml --data %s", build, root,
        hub);
    start_hub(b);
    run(b, TUN_HOME, code,
        "%s/gocua-hub device add handheld --url http://%s:%d --data %s 2>/dev/null", build,
        TUN_HUB_ADDRESS, PORT, hub);
    run(b, TUN_DEVICE, line,
        "printf '%%s\\n%%s\\n' " LINK_PIN " '%s' | %s/gocuactl enrol --data %s --pin-stdin", code,
        build, device);
    run(b, TUN_DEVICE, line,
        "printf '%%s\\n' " LINK_PIN " | %s/gocuactl settings 'volunteer_name=Trần Văn Ví Dụ' "
        "'volunteer_team=Đoàn xã Mẫu' language=en --data %s --pin-stdin",
        build, device);
    run(b, TUN_DEVICE, line,
        "printf '%%s\\n' " LINK_PIN " | %s/gocuactl sync --fetch-only --data %s --pin-stdin", build,
        device);
}

static void arm(struct bench *b)
{
    struct tun_settings bad = {
        .up = {b->rate, 32 << 10, 60, 20, b->loss},
        .down = {4 * b->rate, 64 << 10, 60, 20, b->loss},
        .break_every_ms = b->break_s * 1000,
        .break_ms = b->break_ms,
        .breaks = TUN_BREAK_MIXED,
        .seed = b->seed,
    };
    tun_arm(b->tun, &bad);
}

static void start_handheld(struct bench *b, struct handheld *h)
{
    char program[HANDHELD_PATH + 16], log[HANDHELD_PATH];
    snprintf(program, sizeof(program), "%s/gocua", b->build);
    snprintf(log, sizeof(log), "%s/handheld.log", b->folder);
    snprintf(h->folder, sizeof(h->folder), "%s", b->device);
    snprintf(h->socket, sizeof(h->socket), "%s/inspect", b->folder);
    const char *argv[] = {program,     "--data",  b->device, "--size", "720x1280", "--headless",
                          "--inspect", h->socket, "--log",   log,      NULL};
    tun_enter(b->tun, TUN_DEVICE);
    handheld_start(h, argv);
    tun_enter(b->tun, TUN_HOME);
    handheld_do(h, "wait idle");
    handheld_do(h, "type \"%s\"", LINK_PIN);
    handheld_do(h, "key Enter");
    handheld_do(h, "wait idle");
    handheld_do(h, "expect screen home");
}

static void stop_hub(struct bench *b)
{
    int status;
    kill(b->hub_pid, SIGTERM);
    waitpid(b->hub_pid, &status, 0);
    b->hub_pid = 0;
}

static void print_way(const char *name, const struct tun_count *c, int64_t payload)
{
    printf("| %s | %lld | %lld | %lld | %lld | %.3f | %.3f |\n", name, (long long)c->packets,
           (long long)c->lost, (long long)c->full, (long long)c->broken,
           (double)c->stream / (double)payload, (double)c->bytes / (double)payload);
}

static bool report(struct bench *b, const struct link_truth *truth, size_t sent, size_t whole,
                   double seconds)
{
    struct tun_count up, down;
    int breaks;
    int64_t payload = truth->xml_bytes + truth->photo_bytes;
    tun_counts(b->tun, &up, &down, &breaks);
    printf("| what | figure |\n|---|---|\n"
           "| finished visits | %zu, each an XML of %lld bytes and %d JPEG photos of %lld bytes on "
           "average |\n",
           truth->n, (long long)(truth->xml_bytes / (int64_t)truth->n), LINK_PHOTOS,
           (long long)(truth->photo_bytes / (int64_t)truth->n / LINK_PHOTOS));
    printf("| on the hub exactly once, every byte right | %zu of %zu |\n", whole, truth->n);
    printf("| called sent by the device | %zu |\n", sent);
    printf("| payload | %lld bytes |\n", (long long)payload);
    printf("| the sockets sent | %lld bytes, **%.3f** of the payload |\n", (long long)up.stream,
           (double)up.stream / (double)payload);
    printf("| … with what TCP sent again | %lld bytes, %.3f |\n", (long long)up.payload,
           (double)up.payload / (double)payload);
    printf("| … as IP packets | %lld bytes, %.3f |\n", (long long)up.bytes,
           (double)up.bytes / (double)payload);
    printf("| connections, breaks | %lld, %d |\n", (long long)up.connections, breaks);
    printf("| time | %.0f s |\n", seconds);
    printf("\n| way | packets | lost on the air | no room | in a break | stream/payload | "
           "packets/payload |\n|---|---|---|---|---|---|---|\n");
    print_way("up", &up, payload);
    print_way("down", &down, payload);
    bool is_thrifty = up.stream * 100 <= (int64_t)RATIO_PERCENT * payload;
    return whole == truth->n && sent == truth->n && (is_thrifty || b->only_arrival);
}

/* Sends everything while keys are pressed; false when it did not end in time. */
static bool send_all(struct bench *b, struct link_keys *keys, double *seconds)
{
    struct handheld h = {0};
    arm(b);
    double begin = now_ms();
    start_handheld(b, &h);
    bool done = false;
    double told = begin;
    while (!done && now_ms() - begin < b->limit_s * 1e3) {
        done = link_round(&h, keys);
        if (now_ms() - told > 60000) {
            struct tun_count up, down;
            int breaks;
            tun_counts(b->tun, &up, &down, &breaks);
            told = now_ms();
            fprintf(stderr, "%.0f s: %lld bytes up, %d breaks, %zu keys\n", (told - begin) / 1e3,
                    (long long)up.stream, breaks, keys->n);
        }
    }
    *seconds = (now_ms() - begin) / 1e3;
    handheld_stop(&h);
    return done;
}

/* False at an option that there is not, or without its number. */
static bool read_options(struct bench *b, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        const char *name = argv[i];
        long long n = i + 1 < argc ? atoll(argv[i + 1]) : -1;
        if (n < 0) {
            return false;
        }
        if (strcmp(name, "--visits") == 0) {
            b->visits = (int)n;
        } else if (strcmp(name, "--photo") == 0) {
            b->photo = (size_t)n;
        } else if (strcmp(name, "--rate") == 0) {
            b->rate = n;
        } else if (strcmp(name, "--loss") == 0) {
            b->loss = (int)n;
        } else if (strcmp(name, "--break") == 0) {
            b->break_s = (int)n;
        } else if (strcmp(name, "--silence") == 0) {
            b->break_ms = (int)n;
        } else if (strcmp(name, "--seed") == 0) {
            b->seed = (uint64_t)n;
        } else if (strcmp(name, "--limit") == 0) {
            b->limit_s = (int)n;
        } else if (strcmp(name, "--arrival") == 0) {
            b->only_arrival = n != 0;
        } else {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench b = {.visits = 1000,
                      .photo = 6000,
                      .rate = 8000,
                      .loss = 50,
                      .break_s = 40,
                      .break_ms = 3000,
                      .seed = 1,
                      .limit_s = 7200};
    struct link_truth truth = {0};
    struct link_keys keys = {0};
    char made[HANDHELD_PATH / 8];
    const char *why = "";
    double seconds = 0;
    if (!read_options(&b, argc, argv)) {
        fprintf(stderr,
                "usage: link [--visits N] [--photo BYTES] [--rate BYTES] [--loss PER_MILLE]\n"
                "            [--break SECONDS] [--silence MS] [--seed N] [--limit SECONDS]\n"
                "            [--arrival 1]  (no keys, only what arrives)\n");
        return 2;
    }
    b.tun = tun_open(&why);
    if (!b.tun) {
        fprintf(stderr, "link: skipped: %s\n", why);
        return 77;
    }
    find_programs(&b);
    snprintf(made, sizeof(made), "%s/gocua-link-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(made)) {
        perror("link");
        return 1;
    }
    snprintf(b.folder, sizeof(b.folder), "%s", made);
    snprintf(b.hub, sizeof(b.hub), "%s/hub", made);
    snprintf(b.device, sizeof(b.device), "%s/device", made);
    prepare(&b);
    link_fill(b.device, b.visits, b.photo, &truth);
    struct link_disk *disk = link_disk_watch(b.folder);
    bool in_time = send_all(&b, &keys, &seconds);
    stop_hub(&b);
    size_t sent = link_count_sent(b.device, &truth), whole = link_judge(b.hub, &truth);
    bool ok = report(&b, &truth, sent, whole, seconds) && in_time;
    ok = (link_print_keys(&keys) || b.only_arrival) && ok;
    link_disk_print(disk);
    tun_close(b.tun);
    file_remove_tree(b.folder, NULL);
    free(truth.v);
    link_keys_finish(&keys);
    return ok ? 0 : 1;
}
