/* What the handheld costs with 10,000 visits in its store: the release program in a window of
 * 720x1280 is driven through its inspection socket and looked at from outside. Prints the table of
 * the README. Starts an Xvfb when there is no display; --headless measures without a window,
 * --callgrind counts the instructions of a scroll frame (slow), --visits N. */
#include "tests/bench/handheld.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/file.h"

enum { SCROLLS = 400, STEP_DP = 24, ANSWERS = 500, IDLE_S = 10 };

struct bench {
    char build[HANDHELD_PATH], folder[HANDHELD_PATH / 2], gocua[HANDHELD_PATH + 16];
    int visits;
    bool headless, callgrind;
    pid_t xvfb;
    char display[24];
};

/* The folder of this program is build/bench. */
static void find_build(struct bench *b)
{
    char path[HANDHELD_PATH], assets[HANDHELD_PATH + 16];
    ssize_t n = readlink("/proc/self/exe", b->build, sizeof(b->build) - 1);
    b->build[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(b->build, '/');
        if (slash) {
            *slash = 0;
        }
    }
    snprintf(b->gocua, sizeof(b->gocua), "%s/gocua", b->build);
    snprintf(path, sizeof(path), "%s", b->build);
    char *slash = strrchr(path, '/');
    if (slash) {
        *slash = 0;
    }
    snprintf(assets, sizeof(assets), "%s/assets", path);
    setenv("GOCUA_ASSETS", assets, 0);
}

static void start_display(struct bench *b)
{
    int ends[2];
    char number[16] = "", fd[16];
    if (b->headless || getenv("DISPLAY") || pipe(ends) != 0) {
        return;
    }
    snprintf(fd, sizeof(fd), "%d", ends[1]);
    b->xvfb = fork();
    if (b->xvfb == 0) {
        if (!freopen("/dev/null", "w", stderr)) {
            _exit(127);
        }
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "1280x1400x24", "-nolisten", "tcp",
               (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], number, sizeof(number) - 1);
    close(ends[0]);
    if (n <= 0) {
        fprintf(stderr, "handheld: no Xvfb, so without a window\n");
        waitpid(b->xvfb, NULL, 0);
        b->xvfb = 0;
        b->headless = true;
        return;
    }
    number[strcspn(number, "\n")] = 0;
    snprintf(b->display, sizeof(b->display), ":%s", number);
    setenv("DISPLAY", b->display, 1);
}

static void start(struct bench *b, struct handheld *h, bool valgrind)
{
    static const char *const tool[] = {"valgrind", "--tool=callgrind", "--log-file=/dev/null",
                                       "--callgrind-out-file"};
    char out[HANDHELD_PATH + 32];
    const char *argv[20];
    size_t n = 0;
    snprintf(h->folder, sizeof(h->folder), "%s", b->folder);
    snprintf(h->socket, sizeof(h->socket), "%s/inspect", b->folder);
    snprintf(out, sizeof(out), "%s=%s/callgrind", tool[3], b->folder);
    for (int i = 0; valgrind && i < 3; i++) {
        argv[n++] = tool[i];
    }
    if (valgrind) {
        argv[n++] = out;
    }
    argv[n++] = b->gocua;
    argv[n++] = "--data";
    argv[n++] = b->folder;
    argv[n++] = "--size";
    argv[n++] = "720x1280";
    argv[n++] = "--lang";
    argv[n++] = "vi";
    argv[n++] = "--inspect";
    argv[n++] = h->socket;
    if (b->headless || valgrind) {
        argv[n++] = "--headless";
    }
    argv[n] = NULL;
    handheld_start(h, argv);
}

static void unlock(struct handheld *h)
{
    handheld_do(h, "type \"%s\"", HANDHELD_PIN);
    handheld_do(h, "key Enter");
    handheld_do(h, "wait idle");
    handheld_do(h, "expect screen home");
}

static void scroll(struct handheld *h, int frames)
{
    for (int i = 0; i < frames; i++) {
        handheld_do(h, "scroll visits %d", STEP_DP);
    }
}

static long idle_wakeups(struct handheld *h)
{
    sleep(1); /* what was begun comes to rest */
    long before = handheld_switches(h);
    sleep(IDLE_S);
    return handheld_switches(h) - before;
}

static void row(const char *what, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void row(const char *what, const char *format, ...)
{
    va_list args;
    printf("| %s | ", what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    puts(" |");
}

static void print_memory(const char *what, struct handheld *h)
{
    row(what, "%.1f MiB PSS, %.1f MiB private dirty", (double)handheld_memory(h, "Pss:") / 1024,
        (double)handheld_memory(h, "Private_Dirty:") / 1024);
}

static void measure_window(struct bench *b)
{
    struct handheld h = {0};
    double wall = now_ms();
    start(b, &h, false);
    handheld_do(&h, "wait idle");
    row("Start to the first frame (PIN screen)", "%.0f ms CPU, %.0f ms wall", handheld_cpu_ms(&h),
        now_ms() - wall);
    double cpu = handheld_cpu_ms(&h);
    wall = now_ms();
    unlock(&h);
    row("PIN to the home screen", "%.0f ms CPU, %.0f ms wall", handheld_cpu_ms(&h) - cpu,
        now_ms() - wall);
    print_memory("Memory at home", &h);
    row("Wakeups in 10 s of rest at home, all threads", "%.0f", (double)idle_wakeups(&h));
    cpu = handheld_cpu_ms(&h);
    handheld_do(&h, "tap tiles/visits");
    handheld_do(&h, "expect screen visits");
    row("Opening the visit log", "%.1f ms CPU", handheld_cpu_ms(&h) - cpu);
    scroll(&h, 40);
    cpu = handheld_cpu_ms(&h);
    scroll(&h, SCROLLS);
    row("Scroll frame in the visit log, 24 dp", "%.2f ms CPU",
        (handheld_cpu_ms(&h) - cpu) / SCROLLS);
    print_memory("Memory in the visit log", &h);
    row("Wakeups in 10 s of rest there", "%.0f", (double)idle_wakeups(&h));
    handheld_stop(&h);
}

/* What callgrind counted when the program ended. */
static double counted(const struct bench *b)
{
    char path[HANDHELD_PATH + 16], line[512];
    double n = 0;
    snprintf(path, sizeof(path), "%s/callgrind", b->folder);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, "totals:", 7) == 0 || strncmp(line, "summary:", 8) == 0) {
            n = strtod(strchr(line, ':') + 1, NULL);
        }
    }
    if (f) {
        fclose(f);
    }
    unlink(path);
    return n;
}

static void measure_instructions(struct bench *b)
{
    double total[2];
    for (int i = 0; i < 2; i++) {
        struct handheld h = {0};
        int status;
        start(b, &h, true);
        unlock(&h);
        handheld_do(&h, "tap tiles/visits");
        scroll(&h, i ? 300 : 100);
        handheld_do(&h, "quit");
        close(h.fd);
        waitpid(h.pid, &status, 0);
        total[i] = counted(b);
    }
    row("Scroll frame in the visit log, 24 dp", "%.2f M instructions",
        (total[1] - total[0]) / 200 / 1e6);
}

static double size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (double)status.st_size / (1 << 20) : 0;
}

static void measure_sizes(struct bench *b)
{
    static const char *const names[] = {"gocua", "gocuactl", "gocua-hub"};
    for (int i = 0; i < 3; i++) {
        char path[HANDHELD_PATH + 16], bare[HANDHELD_PATH + 16], what[64];
        char command[3 * HANDHELD_PATH];
        snprintf(path, sizeof(path), "%s/%s", b->build, names[i]);
        snprintf(bare, sizeof(bare), "%s/%s", b->folder, names[i]);
        snprintf(command, sizeof(command), "strip -o '%s' '%s'", bare, path);
        snprintf(what, sizeof(what), "Size of `%s`", names[i]);
        if (system(command) == 0) {
            row(what, "%.2f MiB, stripped %.2f MiB", size_of(path), size_of(bare));
        }
    }
}

static void measure_answers(struct bench *b)
{
    char line[128];
    double pin[2] = {0}, answer[2] = {0}; /* CPU, wall */
    handheld_inside(line, sizeof(line), "answers '%s' %d", b->folder, ANSWERS);
    sscanf(line, "%lf %lf %lf %lf", &pin[0], &pin[1], &answer[0], &answer[1]);
    row("Checking the PIN and opening the store", "%.0f ms CPU, %.0f ms wall", pin[0], pin[1]);
    row("An answer stored and on disk", "%.2f ms CPU, %.2f ms wall", answer[0], answer[1]);
}

int main(int argc, char **argv)
{
    struct bench b = {.visits = 10000};
    char made[] = "/tmp/gocua-handheld-XXXXXX", none[8];
    for (int i = 1; i < argc; i++) {
        b.headless = b.headless || strcmp(argv[i], "--headless") == 0;
        b.callgrind = b.callgrind || strcmp(argv[i], "--callgrind") == 0;
        b.visits = strcmp(argv[i], "--visits") == 0 && i + 1 < argc ? atoi(argv[++i]) : b.visits;
    }
    find_build(&b);
    if (!mkdtemp(made)) {
        perror("handheld");
        return 1;
    }
    snprintf(b.folder, sizeof(b.folder), "%s", made);
    handheld_inside(none, sizeof(none), "fill '%s' %d%s", b.folder, b.visits,
                    b.callgrind ? " cheap" : "");
    start_display(&b);
    printf("| %d visits, 720x1280, %s | |\n|---|---|\n", b.visits,
           b.headless || b.callgrind ? "no window" : "X11 window");
    if (b.callgrind) {
        measure_instructions(&b);
    } else {
        measure_window(&b);
        measure_answers(&b);
        measure_sizes(&b);
    }
    if (b.xvfb) {
        kill(b.xvfb, SIGTERM);
        waitpid(b.xvfb, NULL, 0);
    }
    file_remove_tree(b.folder, NULL);
    return 0;
}
