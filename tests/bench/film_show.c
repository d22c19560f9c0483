#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/screen/screens.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/system/path.h"
#include "platform/window/window.h"
#include "tests/bench/film.h"
#include "tests/frames/chance.h"

enum { RECORD_BYTES = 2000, PICTURES_MOST = 4000 };

static const int64_t start_ms = 1793846400000; /* both clocks stand, and are moved on by hand */

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* Bytes that cannot be packed, so that the film is as long as it says. */
static bool add_record(struct app *app, struct chance *chance, int number, struct err *err)
{
    char id[64];
    int64_t record;
    struct buf xml = {0};
    unsigned char bytes[RECORD_BYTES * 3 / 4];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)chance_bits(chance);
    }
    snprintf(id, sizeof(id), "uuid:bench-%d", number);
    buf_add_text(&xml, "<data id=\"bench\" version=\"1\"><x>");
    hash_add_base64(&xml, bytes, sizeof(bytes));
    buf_addf(&xml, "</x><meta><instanceID>%s</instanceID></meta></data>", id);
    struct record_new new = {.form_id = "bench", .version = "1", .instance_id = id};
    struct record_final final = {.xml = buf_str(&xml)};
    bool ok = record_create(app->store, &new, &record, err) &&
              record_finish(app->store, record, &final, err);
    buf_finish(&xml);
    return ok;
}

static bool fill(const struct film_plan *plan, struct app *app, int *records, struct err *err)
{
    struct buf key = {0};
    struct chance chance;
    chance_init(&chance, plan->seed);
    hash_add_hex(&key, plan->organisation, SIGN_PUBLIC);
    bool ok = setting_set(app->store, "server", "http://127.0.0.1:1", err) &&
              setting_set(app->store, "enrol.key", buf_text(&key), err);
    *records = plan->bytes / (RECORD_BYTES * 77 / 100) + 1;
    for (int i = 0; ok && i < *records; i++) {
        ok = add_record(app, &chance, i, err);
    }
    buf_finish(&key);
    return ok;
}

/* To the playing film as a person would go. */
static bool start(const struct film_plan *plan, struct ui *ui, const char *folder, struct err *err)
{
    static const char *const speeds[] = {"tap menu\ntap slower\n", "", "tap menu\ntap faster\n"};
    char path[1024], text[200];
    snprintf(path, sizeof(path), "%s/script", folder);
    snprintf(text, sizeof(text), "tap outbox\ntap handover\ntap film-show\ntap play\n%s",
             speeds[plan->speed]);
    return file_write(path, text, strlen(text), err) && ui_play(ui, path, err);
}

static bool put(int pipe, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t got = write(pipe, at, n);
        if (got <= 0) {
            return false;
        }
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool put_picture(int pipe, struct window *window, const struct film_picture *picture)
{
    static uint8_t grey[SCREEN_W * SCREEN_H];
    const struct canvas *canvas = window_canvas(window);
    for (int y = 0; y < SCREEN_H; y++) {
        for (int x = 0; x < SCREEN_W; x++) {
            uint32_t p = canvas->pixels[y * canvas->stride + x];
            grey[y * SCREEN_W + x] =
                (uint8_t)(((p >> 16 & 255) * 77 + (p >> 8 & 255) * 150 + (p & 255) * 29) >> 8);
        }
    }
    return put(pipe, picture, sizeof(*picture)) && put(pipe, grey, sizeof(grey));
}

static bool play(const struct film_plan *plan, struct window *window, struct ui *ui, int records,
                 int pipe)
{
    static const int fps[] = {3, 6, 10}; /* as the screen has them */
    struct err err = {0};
    struct film_picture picture = {.records = records};
    for (int i = 0; i < PICTURES_MOST; i++) {
        if (!put_picture(pipe, window, &picture)) {
            return true; /* everything was seen */
        }
        double before = cpu_ms();
        picture.ms += 1000 / fps[plan->speed];
        clock_fix(start_ms + picture.ms);
        if (!ui_settle(ui, &err)) {
            break;
        }
        picture.cpu_ms = cpu_ms() - before;
    }
    return false;
}

int film_show(const struct film_plan *plan, const char *folder, int pipe)
{
    struct app *app = NULL;
    struct window *window = NULL;
    struct err err = {0};
    char fonts[PATH_TEXT];
    int records = 0;
    signal(SIGPIPE, SIG_IGN);
    clock_fix(start_ms);
    struct app_options options = {.folder = folder};
    struct window_opt opt = {.w = SCREEN_W, .h = SCREEN_H, .headless = true};
    opt.fonts = path_asset("fonts/fonts.conf", fonts, NULL) ? fonts : NULL;
    bool ok = app_open(&options, &app, &err) && app_set_up(app, STR("246813"), &err) &&
              fill(plan, app, &records, &err) && window_open(&opt, &window, &err);
    if (ok) {
        struct desk *desk = desk_create(app, screens);
        struct ui_app drawn = {
            .build = desk_draw, .mail = desk_mail, .is_busy = desk_is_busy, .ctx = desk};
        struct ui *ui = ui_create(window, &drawn);
        desk->is_silent = true;
        desk_set_ui(desk, ui);
        desk_start(desk);
        ok = start(plan, ui, folder, &err) && play(plan, window, ui, records, pipe);
        desk_destroy(desk);
        ui_destroy(ui);
    }
    if (!ok) {
        fprintf(stderr, "the showing process: %s\n", err.text);
    }
    window_close(window);
    app_close(app);
    return ok ? 0 : 1;
}
