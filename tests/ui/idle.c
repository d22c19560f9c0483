/* The real X11 window: nothing wakes it while nothing happens, and xdotool's keys reach it. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/ui/ui.h"
#include "platform/window/window.h"

struct model {
    char name[64];
    int pressed;
};

static void build(struct ui *ui, void *ctx)
{
    struct model *model = ctx;
    ui_screen(ui, "idle");
    ui_bar_home(ui, "Gõ Cửa", NULL);
    ui_body_begin(ui);
    const char *name =
        ui_field(ui, "name", model->name, &(struct ui_field){.label = "Họ tên", .focus = true});
    if (name) {
        snprintf(model->name, sizeof(model->name), "%s", name);
    }
    model->pressed += ui_button(ui, "go", "Tiếp", UI_OPT(.kind = UI_PRIMARY));
    ui_end(ui);
}

/* Starts an X server without a screen; its display, or -1 when there is no Xvfb. */
static int display_start(pid_t *pid)
{
    int ends[2];
    char number[16] = "";
    if (system("command -v Xvfb >/dev/null 2>&1") != 0 || pipe(ends) != 0) {
        return -1;
    }
    *pid = fork();
    if (*pid == 0) {
        char fd[16];
        snprintf(fd, sizeof(fd), "%d", ends[1]);
        close(ends[0]);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "720x1280x24", "-nolisten", "tcp",
               "-extension", "GLX", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t n = 0; /* it writes the number, then the end of the line */
    while (n < sizeof(number) - 1 && read(ends[0], number + n, 1) == 1 && number[n] != '\n') {
        n++;
    }
    close(ends[0]);
    return n > 0 ? atoi(number) : -1;
}

static long switches(void)
{
    char line[128];
    long n = -1;
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)getpid());
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        n = strncmp(line, "voluntary_ctxt_switches:", 24) == 0 ? atol(line + 24) : n;
    }
    if (f) {
        fclose(f);
    }
    return n;
}

struct watch {
    struct ui *ui;
    long wakeups;
    bool has_keys;
};

static void *watch(void *ctx)
{
    struct watch *w = ctx;
    sleep(2);
    long before = switches();
    sleep(3);
    w->wakeups = switches() - before;
    if (system("command -v xdotool >/dev/null 2>&1") == 0) {
        w->has_keys = system("xdotool mousemove 360 400 type --delay 30 'Thu' && sleep 1") == 0;
    }
    ui_quit(w->ui);
    ui_wake(w->ui);
    return NULL;
}

static void rest_is_rest_and_keys_arrive(void **state)
{
    pid_t server = -1;
    int number = display_start(&server);
    if (number < 0) {
        skip();
    }
    char display[16];
    struct err err = {0};
    struct window *window = NULL;
    struct model model = {{0}, 0};
    pthread_t thread;
    snprintf(display, sizeof(display), ":%d", number);
    setenv("DISPLAY", display, 1);
    setenv("SDL_VIDEODRIVER", "x11", 1);
    bool opened = window_open(&(struct window_opt){.w = 480, .h = 800}, &window, &err);
    if (opened) {
        struct ui_app app = {.build = build, .ctx = &model};
        struct watch w = {.ui = ui_create(window, &app), .wakeups = -1};
        assert_int_equal(pthread_create(&thread, NULL, watch, &w), 0);
        assert_true(ui_run(w.ui, &err));
        pthread_join(thread, NULL);
        assert_string_equal(window_presenter(window), "surface x11");
        assert_int_equal(w.wakeups, 0);
        if (w.has_keys) {
            assert_string_equal(model.name, "Thu");
        }
        ui_destroy(w.ui);
    }
    window_close(window);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    if (!opened) {
        fail_msg("%s", err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rest_is_rest_and_keys_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
