/* gocua, the handheld: reads the command line, opens app and window, hands in the screens, runs. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/lang/lang.h"
#include "app/screen/screens.h"
#include "app/ui/ui.h"
#include "app/work/app.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"
#include "platform/sensor/scanner.h"
#include "platform/system/path.h"
#include "platform/window/window.h"

struct options {
    const char *data, *lang, *script, *camera, *inspect, *log, *clock;
    int w, h, pin_fd, turn;
    bool headless, no_sync;
};

static const char usage_text[] =
    "usage: gocua [options]\n"
    "  --data DIR      data folder (default: $GOCUA_DATA or ~/.local/share/gocua)\n"
    "  --size WxH      size of the window in pixels\n"
    "  --turn N        the panel is mounted turned by N quarters clockwise (Wayland, bare panel)\n"
    "  --lang CODE     language of the interface: vi, en, ar (kept)\n"
    "  --script FILE   play taps and keys from FILE, then end\n"
    "  --no-sync       nothing is sent or fetched\n"
    "  --headless      no window; for scripts\n"
    "  --camera ID     /dev/videoN, or fake:FILE and fake:FOLDER to play pictures\n"
    "  --inspect PATH  open the inspection socket\n"
    "  --pin-fd N      read the PIN from file descriptor N (its first line)\n"
    "  --log FILE      write the log there\n"
    "  --clock MOMENT  the wall clock stands at 2026-11-05T09:30:00 (for pictures)\n"
    "  --version, --help\n";

static const struct option known[] = {
    {"data", 1, 0, 'd'},     {"size", 1, 0, 's'},   {"turn", 1, 0, 'u'},
    {"lang", 1, 0, 'l'},     {"script", 1, 0, 'x'}, {"no-sync", 0, 0, 'y'},
    {"headless", 0, 0, 'n'}, {"camera", 1, 0, 'c'}, {"inspect", 1, 0, 'i'},
    {"pin-fd", 1, 0, 'p'},   {"log", 1, 0, 'g'},    {"clock", 1, 0, 't'},
    {"version", 0, 0, 'v'},  {"help", 0, 0, 'h'},   {0, 0, 0, 0}};

static bool read_options(int argc, char **argv, struct options *o, int *status)
{
    *status = 2;
    for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (c) {
        case 'd':
            o->data = optarg;
            break;
        case 's':
            if (sscanf(optarg, "%dx%d", &o->w, &o->h) != 2 || o->w < 240 || o->h < 240 ||
                o->w > 8192 || o->h > 8192) {
                fprintf(stderr, "gocua: --size wants WxH, for example 480x800\n");
                return false;
            }
            break;
        case 'u':
            o->turn = atoi(optarg) & 3;
            break;
        case 'l':
            o->lang = optarg;
            break;
        case 'x':
            o->script = optarg;
            break;
        case 'y':
            o->no_sync = true;
            break;
        case 'n':
            o->headless = true;
            break;
        case 'c':
            o->camera = optarg;
            break;
        case 'i':
            o->inspect = optarg;
            break;
        case 'p':
            o->pin_fd = atoi(optarg);
            break;
        case 'g':
            o->log = optarg;
            break;
        case 't':
            o->clock = optarg;
            break;
        case 'v':
            puts("gocua " GOCUA_VERSION);
            *status = 0;
            return false;
        case 'h':
            fputs(usage_text, stdout);
            *status = 0;
            return false;
        default:
            fputs(usage_text, stderr);
            return false;
        }
    }
    return true;
}

/* Unlocks (or sets up) with the PIN that a launcher hands over; true also when none was given. */
static bool unlock(struct app *app, int fd, struct err *err)
{
    char pin[80];
    size_t n = 0;
    if (fd < 0) {
        return true;
    }
    while (n < sizeof(pin) - 1 && read(fd, pin + n, 1) == 1 && pin[n] != '\n') {
        n++;
    }
    close(fd);
    struct str text = {pin, n};
    bool ok = app_has_pin(app) ? app_unlock(app, text, err) : app_set_up(app, text, err);
    explicit_bzero(pin, sizeof(pin));
    return ok;
}

static void wake(void *ctx)
{
    struct ui **ui = ctx;
    if (*ui) {
        ui_wake(*ui);
    }
}

static int fail(const struct err *err)
{
    fprintf(stderr, "gocua: %s (%s)\n", app_sentence(err), err->text);
    return 1;
}

/* ---- a scanner that types is told from a person by the wedge ---- */

static enum ui_heard heard(const struct wedge *wedge, enum wedge_verdict verdict, struct str *out)
{
    *out = buf_str(&wedge->text);
    switch (verdict) {
    case WEDGE_HOLD:
        return UI_HEARD_HOLD;
    case WEDGE_CODE:
        return UI_HEARD_CODE;
    case WEDGE_TYPED:
        return UI_HEARD_TYPED;
    default:
        return UI_HEARD_PASS;
    }
}

static enum ui_heard judge_key(void *ctx, int64_t ms, const char *text, struct str *out)
{
    return heard(ctx, wedge_key(ctx, ms, text), out);
}

static enum ui_heard judge_pause(void *ctx, int64_t ms, struct str *out)
{
    return heard(ctx, wedge_pause(ctx, ms), out);
}

static int judge_wait(void *ctx, int64_t ms)
{
    return wedge_wait_ms(ctx, ms);
}

static int run(struct app *app, struct ui **ui, const struct options *o)
{
    struct err err = {0};
    struct window *window = NULL;
    struct window_opt opt = {
        .title = "Gõ Cửa", .w = o->w, .h = o->h, .headless = o->headless, .quarter_turns = o->turn};
    struct wedge wedge = {.keys = 0};
    struct ui_judge judge = {judge_key, judge_pause, judge_wait, &wedge};
    char fonts[PATH_TEXT], dead_keys[PATH_TEXT];
    opt.fonts = path_asset("fonts/fonts.conf", fonts, NULL) ? fonts : NULL;
    opt.dead_keys = path_asset("keys/compose", dead_keys, NULL) ? dead_keys : NULL;
    if (!window_open(&opt, &window, &err)) {
        return fail(&err);
    }
    struct desk *desk = desk_create(app, screens);
    struct ui_app drawn = {
        .build = desk_draw, .mail = desk_mail, .is_busy = desk_is_busy, .ctx = desk};
    desk->camera = o->camera;
    desk->is_silent = o->headless;
    *ui = ui_create(window, &drawn);
    ui_set_judge(*ui, &judge);
    desk_set_ui(desk, *ui);
    desk_start(desk);
    bool ok = (!o->inspect || ui_inspect(*ui, o->inspect, &err)) &&
              (o->script ? ui_play(*ui, o->script, &err) : ui_run(*ui, &err));
    desk_destroy(desk);
    struct ui *gone = *ui;
    *ui = NULL;
    ui_destroy(gone);
    window_close(window);
    wedge_finish(&wedge);
    if (!ok && o->script) {
        fprintf(stderr, "gocua: %s\n", err.text);
        return 1;
    }
    return ok ? 0 : fail(&err);
}

int main(int argc, char **argv)
{
    struct options o = {.w = 480, .h = 800, .pin_fd = -1};
    struct err err = {0};
    struct app *app = NULL;
    struct ui *ui = NULL;
    int status;
    if (!read_options(argc, argv, &o, &status)) {
        return status;
    }
    int64_t stands_at;
    if (o.clock) {
        if (!clock_parse(str_of(o.clock), &stands_at)) {
            fprintf(stderr, "gocua: --clock wants a moment like 2026-11-05T09:30:00\n");
            return 2;
        }
        clock_fix_wall(stands_at);
    }
    struct app_options options = {
        .folder = o.data, .no_sync = o.no_sync, .wake = wake, .wake_ctx = &ui};
    if (o.log) {
        log_set_level(LOG_INFO);
    }
    if ((o.log && !log_open(o.log, &err)) || !app_open(&options, &app, &err)) {
        return fail(&err);
    }
    bool ok = !o.lang || (settings_set(app, "language", o.lang, &err) && lang_set(o.lang, &err));
    ok = ok && unlock(app, o.pin_fd, &err);
    status = ok ? run(app, &ui, &o) : fail(&err);
    app_close(app);
    log_close();
    return status;
}
