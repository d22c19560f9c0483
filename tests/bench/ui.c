/* The budgets of the window, per backend: headless, X11, Wayland (weston in an Xvfb) and the own
 * epoll loop that a bare panel gets (SDL's dummy driver). The kit is measured by `inside` over
 * 10,000 rows, which has ended before the rest begins; the memory and the wakeups are those of the
 * release gocua, which is driven through its inspection socket to home and into a form, while
 * nothing else of ours runs and this program maps none of its libraries. `ui [FORM.xml]`: the form,
 * else the largest shipped one. Exit status 1 when a limit is broken. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/file.h"
#include "tests/bench/handheld.h"
#include "tests/bench/ui_stranger.h"
#include "tests/window/helper_glass.h"

enum { STARTS = 5, IDLE_S = 10, BACKENDS = 4, W = 720, H = 1280 };

static const char *const backends[BACKENDS] = {"headless", "X11", "Wayland", "panel loop"};

/* The rows of the table, in order. */
enum { FIRST, KEY, SCROLL, HOME, HOME_RSS, SENDING, FORM, REST_HOME, REST_FORM, ROWS_OF_TABLE };

struct figures {
    double v[ROWS_OF_TABLE];
    char window[64]; /* "" when this backend is not to be had here */
    bool is_broken;  /* the program or the kit failed, and said so */
};

struct bench {
    char folder[64], build[HANDHELD_PATH], gocua[HANDHELD_PATH + 16], form_id[64];
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The kit alone. */
static void measure_kit(bool headless, struct figures *to)
{
    char line[128];
    handheld_inside(line, sizeof(line), "kit%s", headless ? " headless" : "");
    sscanf(line, "%lf %lf %63[^\n]", &to->v[SCROLL], &to->v[KEY], to->window);
}

static double rest(struct handheld *h)
{
    sleep(1); /* what was begun comes to rest */
    long before = handheld_switches(h);
    sleep(IDLE_S);
    return (double)(handheld_switches(h) - before);
}

static double mib(const struct handheld *h, const char *what)
{
    return (double)handheld_memory(h, what) / 1024;
}

static void launch(const struct bench *b, bool headless, struct handheld *h)
{
    const char *argv[] = {
        b->gocua, "--data", b->folder,   "--size",  "720x1280",
        "--lang", "vi",     "--inspect", h->socket, headless ? "--headless" : NULL,
        NULL};
    snprintf(h->socket, sizeof(h->socket), "%s/inspect", b->folder);
    handheld_start(h, argv);
    handheld_do(h, "wait idle");
}

/* The release program, from outside. */
static void measure_program(const struct bench *b, bool headless, struct figures *to)
{
    struct handheld h = {0};
    double ms[STARTS];
    for (int i = 0; i < STARTS; i++) {
        launch(b, headless, &h);
        ms[i] = handheld_cpu_ms(&h);
        if (i < STARTS - 1) {
            handheld_stop(&h);
        }
    }
    qsort(ms, STARTS, sizeof(*ms), ascending);
    to->v[FIRST] = ms[STARTS / 2];
    handheld_do(&h, "type \"%s\"", HANDHELD_PIN);
    handheld_do(&h, "key Enter");
    handheld_do(&h, "expect screen home");
    to->v[REST_HOME] = rest(&h);
    to->v[HOME] = mib(&h, "Pss:");
    to->v[HOME_RSS] = mib(&h, "Rss:");
    handheld_do(&h, "tap tiles/forms");
    handheld_do(&h, "tap \"%s\"", b->form_id);
    handheld_do(&h, "expect id next");
    handheld_do(&h, "wait 1500"); /* a draft is saved, then it rests */
    to->v[REST_FORM] = rest(&h);
    to->v[FORM] = mib(&h, "Pss:");
    handheld_stop(&h);
}

/* The same at home when the sending thread has asked a server: what a network costs. */
static void measure_sending(const struct bench *b, bool headless, struct figures *to)
{
    struct handheld h = {0};
    char address[64], none[8];
    int portal = stranger_open(address, sizeof(address));
    handheld_inside(none, sizeof(none), "enrol '%s' %s", b->folder, address);
    launch(b, headless, &h);
    handheld_do(&h, "type \"%s\"", HANDHELD_PIN);
    handheld_do(&h, "key Enter");
    handheld_do(&h, "expect screen home");
    bool ok = stranger_answer(portal);
    sleep(1); /* it comes to rest */
    to->v[SENDING] = ok ? mib(&h, "Pss:") : NAN;
    handheld_stop(&h);
    handheld_inside(none, sizeof(none), "enrol '%s' ''", b->folder);
    close(portal);
}

/* Sets the environment up for a backend; false when the machine has not got it. */
static bool set_up(int backend, struct glass *glass)
{
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    return backend == 0 || backend == 3 ||
           (glass_open(glass, W, H) && (backend == 1 || glass_compose(glass, W, H, 1)));
}

static struct glass glass = {.folder = ""};

static void close_glass(void)
{
    glass_close(&glass);
}

/* Everything about a backend, in a process of its own: its end, a failure's too, ends the display.
 */
static void measure(const struct bench *b, int backend, struct figures *to)
{
    int ends[2];
    *to = (struct figures){.window = ""};
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        atexit(close_glass);
        if (set_up(backend, &glass)) {
            measure_kit(backend == 0, to);
            measure_program(b, backend == 0, to);
            measure_sending(b, backend == 0, to);
        }
        exit(write(ends[1], to, sizeof(*to)) == sizeof(*to) ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], to, sizeof(*to)) != sizeof(*to)) {
        *to = (struct figures){.is_broken = true};
    }
    close(ends[0]);
    waitpid(pid, NULL, 0);
}

/* Instructions of one more frame: callgrind over `what` n and 3n, the difference over 2n. */
static double instructions(const struct bench *b, const char *what, int n)
{
    double total[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        char command[600], line[512];
        snprintf(command, sizeof(command),
                 "valgrind --tool=callgrind --callgrind-out-file=/dev/null "
                 "'%s/bench/inside' %s %d 2>&1",
                 b->build, what, i ? 3 * n : n);
        FILE *p = popen(command, "r");
        while (p && fgets(line, sizeof(line), p)) {
            char *at = strstr(line, "Collected :");
            total[i] = at ? strtod(at + 11, NULL) : total[i];
        }
        if (p) {
            pclose(p);
        }
    }
    return (total[1] - total[0]) / (2 * n);
}

/* One row; true when each figure keeps the limit (negative: there is none). */
static bool print_row(const char *what, double limit, const struct figures *figures, int row)
{
    bool good = true;
    printf("| %s | ", what);
    limit < 0 ? printf("–") : printf("%.0f", limit);
    for (int i = 0; i < BACKENDS; i++) {
        double v = figures[i].v[row];
        bool is_over = figures[i].window[0] && (isnan(v) || (limit >= 0 && v > limit));
        good = good && !is_over && !figures[i].is_broken;
        if (!figures[i].window[0]) {
            printf(figures[i].is_broken ? " | FAILED" : " | not here");
        } else {
            printf(row >= REST_HOME ? " | %.0f%s"
                   : row == SCROLL  ? " | %.2f%s"
                                    : " | %.1f%s",
                   v, is_over ? " OVER" : "");
        }
    }
    puts(" |");
    return good;
}

static bool print_table(const struct bench *b, const struct figures *figures)
{
    char form[128];
    bool good = true;
    printf("| 720x1280 | limit");
    for (int i = 0; i < BACKENDS; i++) {
        printf(" | %s (%s)", backends[i], figures[i].window);
    }
    puts(" |\n|---|---|---|---|---|---|");
    snprintf(form, sizeof(form), "PSS in the form `%s`, MiB", b->form_id);
    good &= print_row("start → first frame, ms CPU, median of 5", 60, figures, FIRST);
    good &= print_row("key press → pixels, p99, ms CPU", 16, figures, KEY);
    good &= print_row("scroll frame of 24 px over 10,000 rows, ms CPU", -1, figures, SCROLL);
    good &= print_row("PSS at home, MiB", 20, figures, HOME);
    good &= print_row("… RSS: also what other programs map too, MiB", -1, figures, HOME_RSS);
    good &= print_row("PSS at home after a session, plain HTTP, MiB", -1, figures, SENDING);
    good &= print_row(form, 32, figures, FORM);
    good &= print_row("wakeups in 10 s of rest at home, all threads", 0, figures, REST_HOME);
    good &= print_row("wakeups in 10 s of rest in the form", 0, figures, REST_FORM);
    return good;
}

/* build/bench/ui stands beside build/gocua, and the assets beside build. */
static void find_program(struct bench *b)
{
    char assets[HANDHELD_PATH + 32];
    ssize_t n = readlink("/proc/self/exe", b->build, sizeof(b->build) - 1);
    b->build[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(b->build, '/');
        if (!slash) {
            return;
        }
        if (up == 2) {
            snprintf(assets, sizeof(assets), "%.*s/assets", (int)(slash - b->build), b->build);
        } else {
            *slash = 0;
        }
    }
    snprintf(b->gocua, sizeof(b->gocua), "%s/gocua", b->build);
    setenv("GOCUA_ASSETS", assets, 0);
    strcat(assets, "/fonts/fonts.conf");
    setenv("FONTCONFIG_FILE", assets, 0); /* for the kit alone, too */
}

static int run(const char *form)
{
    struct bench b = {.folder = "/tmp/gocua-ui-XXXXXX"};
    struct figures figures[BACKENDS];
    char shipped[HANDHELD_PATH], none[8];
    find_program(&b);
    snprintf(shipped, sizeof(shipped), "%s/forms/home_visit.xml", getenv("GOCUA_ASSETS"));
    if (!mkdtemp(b.folder)) {
        perror("ui");
        return 1;
    }
    handheld_inside(none, sizeof(none), "fill '%s' 0 cheap", b.folder);
    handheld_inside(b.form_id, sizeof(b.form_id), "form '%s' '%s'", b.folder,
                    form ? form : shipped);
    for (int i = 0; i < BACKENDS; i++) {
        measure(&b, i, &figures[i]);
    }
    bool good = print_table(&b, figures);
    if (system("command -v valgrind >/dev/null") == 0) {
        double scroll = instructions(&b, "scroll", 60) / 1e6;
        good &= scroll <= 1.5;
        printf("| scroll frame of 24 px, M instructions | 1.5 | %.2f | | | |\n", scroll);
        printf("| key press → pixels, M instructions | – | %.2f | | | |\n",
               instructions(&b, "type", 30) / 1e6);
    }
    file_remove_tree(b.folder, NULL);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    return run(argc > 1 ? argv[1] : NULL);
}
