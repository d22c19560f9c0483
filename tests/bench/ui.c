/* What the kit costs: a list of 10,000 rows at 720x1280. Without arguments everything is measured
 * and printed; "scroll N" and "type N" only run, for callgrind. With a DISPLAY the window is real.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/ui/ui.h"
#include "platform/base/clock.h"
#include "platform/window/input.h"
#include "platform/window/window.h"

enum { W = 720, H = 1280, ROWS = 10000, FRAMES = 300, IDLE_S = 10 };

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

struct state {
    char text[256];
};

static void row(struct ui *ui, size_t index, void *ctx)
{
    char text[64];
    (void)ctx;
    snprintf(text, sizeof(text), "Hộ ông Nguyễn Văn Thử Nghiệm %zu", index);
    ui_list_row(ui, text, -1,
                UI_OPT(.icon = ICON_HOME, .hint = "Ấp 3, xã Tân Thạnh · 05/11/2026",
                       .state = index % 3 ? "Đã gửi" : "Nháp",
                       .tone = index % 3 ? TONE_OK : TONE_WARN));
}

static void build(struct ui *ui, void *ctx)
{
    struct state *state = ctx;
    ui_screen(ui, "log");
    ui_bar(ui, "Nhật ký chuyến thăm", "10.000 lượt");
    const char *text = ui_field(ui, "search", state->text,
                                &(struct ui_field){.input = UI_IN_SEARCH, .name = "Tìm"});
    if (text) {
        snprintf(state->text, sizeof(state->text), "%s", text);
    }
    ui_page_begin(ui);
    ui_list(ui, "rows", &(struct ui_list){.count = ROWS, .row = row, .name = "Nhật ký"});
    ui_end(ui);
    ui_actions_begin(ui);
    ui_button(ui, "new", "Chuyến thăm mới", UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ADD));
    ui_end(ui);
}

struct stage {
    struct window *window;
    struct ui *ui;
    struct state state;
};

static bool stage_open(struct stage *stage, bool headless)
{
    struct err err = {0};
    *stage = (struct stage){0};
    struct window_opt opt = {.w = W, .h = H, .headless = headless, .title = "bench"};
    if (!window_open(&opt, &stage->window, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    struct ui_app app = {.build = build, .ctx = &stage->state};
    stage->ui = ui_create(stage->window, &app);
    return ui_settle(stage->ui, &err);
}

static void stage_close(struct stage *stage)
{
    ui_destroy(stage->ui);
    window_close(stage->window);
}

static void send(struct stage *stage, struct input input)
{
    window_inject(stage->window, &input);
    ui_settle(stage->ui, NULL);
}

/* Drags by px a frame; the finger is lifted and set again at the edge. ms of every frame. */
static void scroll(struct stage *stage, int frames, int px, double *ms)
{
    int y = 0;
    for (int i = 0; i < frames; i++) {
        if (y - px < 250) {
            send(stage, (struct input){.kind = INPUT_UP, .x = 300, .y = y, .at = 1});
            y = 1000;
            send(stage, (struct input){.kind = INPUT_DOWN, .x = 300, .y = y, .at = 1});
            send(stage, (struct input){.kind = INPUT_MOVE, .x = 300, .y = y -= 60, .at = 2});
        }
        y -= px;
        double start = cpu_ms();
        send(stage, (struct input){.kind = INPUT_MOVE, .x = 300, .y = y, .at = 3 + i});
        if (ms) {
            ms[i] = cpu_ms() - start;
        }
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_frames(const char *name, double *ms, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += ms[i];
    }
    qsort(ms, (size_t)n, sizeof(*ms), ascending);
    printf("%-34s mean %6.2f  median %6.2f  p95 %6.2f  p99 %6.2f ms CPU\n", name, sum / n,
           ms[n / 2], ms[n * 95 / 100], ms[n * 99 / 100]);
}

static void type(struct stage *stage, int keys, double *ms)
{
    static const char letters[] = "nguyen van thu nghiem ";
    ui_focus(stage->ui, "search");
    ui_settle(stage->ui, NULL);
    for (int i = 0; i < keys; i++) {
        struct input input = {.kind = INPUT_TEXT};
        input.text[0] = letters[i % (int)(sizeof(letters) - 1)];
        double start = cpu_ms();
        if (i % 60 == 59) {
            send(stage, (struct input){.kind = INPUT_KEY, .code = 'a', .mods = INPUT_CTRL});
        }
        send(stage, input);
        if (ms) {
            ms[i] = cpu_ms() - start;
        }
    }
}

static long memory(const char *what)
{
    char line[256];
    long kb = 0;
    size_t n = strlen(what);
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, what, n) == 0) {
            kb += atol(line + n);
        }
    }
    if (f) {
        fclose(f);
    }
    return kb;
}

/* Instructions of one more frame: callgrind over `what` n and 3n, the difference over 2n. */
static double instructions(const char *program, const char *what, int n)
{
    double total[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        char command[600], line[512];
        snprintf(command, sizeof(command),
                 "valgrind --tool=callgrind --callgrind-out-file=/dev/null %s %s %d 2>&1", program,
                 what, i ? 3 * n : n);
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

static long switches(pid_t pid)
{
    char path[64], line[128];
    long n = 0;
    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0) {
            n += atol(line + 24);
        }
    }
    if (f) {
        fclose(f);
    }
    return n;
}

struct watch {
    struct stage *stage;
    pid_t main;
    long wakeups;
};

static void *watch_idle(void *ctx)
{
    struct watch *watch = ctx;
    sleep(1);
    long before = switches(watch->main);
    sleep(IDLE_S);
    watch->wakeups = switches(watch->main) - before;
    ui_quit(watch->stage->ui);
    ui_wake(watch->stage->ui);
    return NULL;
}

static long idle_wakeups(struct stage *stage)
{
    struct watch watch = {stage, getpid(), -1};
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch_idle, &watch) != 0) {
        return -1;
    }
    ui_run(stage->ui, NULL);
    pthread_join(thread, NULL);
    return watch.wakeups;
}

static void measure(const char *program, bool headless)
{
    struct stage stage;
    static double ms[FRAMES];
    double start = cpu_ms();
    if (!stage_open(&stage, headless)) {
        return;
    }
    double first = cpu_ms() - start;
    printf("window: %s, %dx%d, %d rows\n", window_presenter(stage.window), W, H, ROWS);
    printf("%-34s %6.1f ms CPU (limit 60)\n", "first frame", first);
    printf("%-34s PSS %ld KB, private dirty %ld KB\n", "after the first frame", memory("Pss:"),
           memory("Private_Dirty:"));
    scroll(&stage, FRAMES, 24, ms);
    print_frames("scroll 24 px", ms, FRAMES);
    scroll(&stage, FRAMES, 120, ms);
    print_frames("scroll 120 px", ms, FRAMES);
    type(&stage, FRAMES, ms);
    print_frames("key press to pixels (limit 16)", ms, FRAMES);
    for (int i = 0; i < 40; i++) {
        double before = cpu_ms();
        send(&stage, (struct input){.kind = INPUT_EXPOSE});
        ms[i] = cpu_ms() - before;
    }
    print_frames("whole window painted", ms, 40);
    printf("%-34s PSS %ld KB, private dirty %ld KB (limit 20,480)\n", "after all of it",
           memory("Pss:"), memory("Private_Dirty:"));
    printf("%-34s %ld (limit 0)\n", "wakeups in 10 s of rest", idle_wakeups(&stage));
    stage_close(&stage);
    if (headless && system("command -v valgrind >/dev/null") == 0) {
        printf("%-34s %.2f M instructions (limit 1.5)\n", "scroll 24 px",
               instructions(program, "scroll", 60) / 1e6);
        printf("%-34s %.2f M instructions\n", "key press to pixels",
               instructions(program, "type", 30) / 1e6);
    }
}

int main(int argc, char **argv)
{
    struct stage stage;
    if (argc == 3) {
        if (!stage_open(&stage, true)) {
            return 1;
        }
        if (strcmp(argv[1], "scroll") == 0) {
            scroll(&stage, atoi(argv[2]), 24, NULL);
        } else {
            type(&stage, atoi(argv[2]), NULL);
        }
        stage_close(&stage);
        return 0;
    }
    measure(argv[0], true);
    if (getenv("DISPLAY") || getenv("WAYLAND_DISPLAY") || getenv("SDL_VIDEODRIVER")) {
        measure(argv[0], false);
    }
    return 0;
}
