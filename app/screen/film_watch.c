/* Receives a film: what the camera sees of it is put together, in any order and with gaps, and what
 * the whole meant is said. Records of a colleague are answered by a code of our own. */
#include <stdio.h>
#include <string.h>

#include "app/screen/aim.h"
#include "app/screen/screen.h"
#include "app/work/film.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/sensor/camera.h"
#include "sync/handover/frames.h"
#include "sync/handover/matrix.h"

enum {
    STUCK_MS = 4000, /* without anything new: say what to do */
    SAID_MS = 6000,
    AWAKE_MS = 30000, /* after the last news the device may lock itself */
};

struct watch_state {
    struct camera *camera;
    struct camera_view view;
    struct frames_watch *film;
    size_t seen, needed;
    int64_t news_ms; /* when something new was seen last */
    char said[300];
    int64_t said_ms;
    struct err err;
    bool is_done;
    struct film_word word;
    struct matrix answer;
};

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static bool accepts(void *ctx, struct str bytes)
{
    return frames_is_packet(bytes);
}

static void start(struct desk *desk, struct watch_state *s)
{
    const char *set = settings_text(desk->app, "camera");
    struct camera_options options = {.id = desk->camera ? desk->camera : set,
                                     .scan = true,
                                     .codes = {.accept = accepts},
                                     .wake = wake,
                                     .wake_ctx = desk->ui};
    err_clear(&s->err);
    s->news_ms = clock_mono_ms();
    camera_open(&options, &s->camera, &s->err);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct watch_state *s = state;
    s->film = frames_watch_create();
    start(desk, s);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct watch_state *s = state;
    camera_close(s->camera);
    frames_watch_destroy(s->film);
    matrix_finish(&s->answer);
    buf_finish(&s->word.answer);
}

static void say(struct watch_state *s, const char *sentence)
{
    snprintf(s->said, sizeof(s->said), "%s", sentence);
    s->said_ms = clock_mono_ms();
}

/* The answer is a film of one picture, so that it is read and checked like any other. */
static bool make_answer(struct watch_state *s, struct err *err)
{
    struct frames_film *film;
    struct buf packet = {0};
    bool ok = film_cut(buf_str(&s->word.answer), FILM_MODULES, &film, err);
    if (ok) {
        frames_add(film, 0, &packet);
        ok = matrix_make(&s->answer, buf_str(&packet), MATRIX_MEDIUM, err);
        frames_destroy(film);
    }
    buf_finish(&packet);
    return ok;
}

static void begin_again(struct watch_state *s)
{
    frames_watch_destroy(s->film);
    s->film = frames_watch_create();
    s->seen = s->needed = 0;
    camera_again(s->camera);
}

/* Everything is there. */
static void take_whole(struct desk *desk, struct watch_state *s, struct str whole)
{
    struct err err = {0};
    buf_finish(&s->word.answer);
    bool ok = film_take(desk->app, whole, &s->word, &err);
    if (ok && s->word.kind == FILM_RECORDS) {
        ok = make_answer(s, &err);
    }
    if (ok) {
        s->is_done = true;
        sync_kick(desk->app->sync, false); /* perhaps the server can be reached from here */
        camera_close(s->camera);
        s->camera = NULL;
    } else if (err.kind == ERR_INPUT) {
        begin_again(s);
        say(s, tr("This film is not for this program."));
    } else if (err.kind == ERR_DENIED || err.kind == ERR_MISSING) {
        begin_again(s);
        say(s, tr("These answers are not signed by your organisation."));
    } else { /* a full disk, say: the film would only come again and again */
        begin_again(s);
        camera_close(s->camera);
        s->camera = NULL;
        s->err = err;
    }
}

static void look(struct desk *desk, struct watch_state *s)
{
    struct barcode code;
    struct str whole;
    while (s->camera && camera_take_code(s->camera, &code)) {
        size_t before = s->seen;
        if (!frames_watch_add(s->film, (struct str){(const char *)code.bytes, code.n})) {
            say(s, tr("This is another code, not a film."));
            continue;
        }
        frames_watch_progress(s->film, &s->seen, &s->needed);
        if (s->seen != before) {
            s->news_ms = clock_mono_ms();
            s->said[0] = 0;
        }
        if (frames_watch_result(s->film, &whole)) {
            take_whole(desk, s, whole);
        }
    }
    explicit_bzero(&code, sizeof(code));
}

/* ---- while it is watched -------------------------------------------------------------------- */

static const char *advice(struct watch_state *s)
{
    int64_t now = clock_mono_ms();
    if (s->said[0] && now - s->said_ms < SAID_MS) {
        return s->said;
    }
    s->said[0] = 0;
    bool is_stuck = now - s->news_ms > STUCK_MS;
    if (is_stuck && s->view.advice.hint == BARCODE_HINT_GOOD) {
        return tr(
            "Nothing new comes: does the film still play? Ask for slower, or larger squares.");
    }
    if (is_stuck && s->needed > 0 && s->view.advice.hint == BARCODE_HINT_NONE) {
        return tr("The code is out of sight: hold the device so that it fills the picture.");
    }
    return aim_sentence(s->view.advice.hint, tr("Hold the film's code into the frame"));
}

static void draw_finder(struct desk *desk, struct watch_state *s)
{
    struct ui *ui = desk->ui;
    char text[120];
    camera_look(s->camera, &s->view);
    if (s->view.state == CAMERA_LOST) {
        s->err = s->view.err;
    }
    struct ui_frame frame = {.pixels = s->view.preview.rgb,
                             .format = UI_RGB24,
                             .w = s->view.preview.width,
                             .h = s->view.preview.height,
                             .stride = s->view.preview.width * 3,
                             .number = s->view.number};
    bool is_good = s->view.advice.hint == BARCODE_HINT_GOOD;
    ui_viewfinder(ui, "finder", frame.pixels ? &frame : NULL, advice(s),
                  UI_OPT(.grow = 1, .tone = s->said[0] ? TONE_WARN
                                            : is_good  ? TONE_OK
                                                       : TONE_NONE));
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    if (s->needed > 0) {
        snprintf(text, sizeof(text), tr("%lu of %lu parts"), (unsigned long)s->seen,
                 (unsigned long)s->needed);
    } else {
        snprintf(text, sizeof(text), "%s", tr("No part of a film yet"));
    }
    ui_progress(ui, s->needed ? (double)s->seen / (double)s->needed : 0, text);
    ui_end(ui);
    ui_after(ui, "advice", 1000); /* it changes with time alone */
    if (s->seen > 0 && clock_mono_ms() - s->news_ms < AWAKE_MS) {
        ui_stay_awake(ui);
    }
    look(desk, s);
    if (!s->camera) {
        ui_change(ui); /* what was drawn of it is gone */
    }
}

static void draw_no_camera(struct desk *desk, struct watch_state *s)
{
    struct ui *ui = desk->ui;
    ui_scroll_begin(ui, "no-camera", UI_OPT(.grow = 1));
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    ui_empty(ui, ICON_PHOTO_CAMERA,
             s->err.kind == ERR_MISSING ? tr("No camera was found") : app_sentence(&s->err),
             s->err.kind == ERR_STORAGE ? ""
                                        : tr("A film needs a camera. A USB stick goes without."));
    if (ui_button(ui, "again", tr("Try again"), UI_OPT(.icon = ICON_REFRESH))) {
        camera_close(s->camera);
        s->camera = NULL;
        start(desk, s);
    }
    ui_end(ui);
    ui_end(ui);
}

/* ---- at the end ----------------------------------------------------------------------------- */

static void draw_records(struct ui *ui, const struct watch_state *s)
{
    ui_notice(ui, TONE_OK,
              s->word.is_known ? tr("You have this film already. Nothing is kept twice.")
                               : tr("Everything arrived and is kept here, sealed."));
    ui_text(ui, TYPE_STRONG, tr("Now show this code to the sender's camera:"), NULL);
    ui_qr(ui, s->answer.cells, s->answer.size, tr("The answer: I have it"), UI_OPT(.height = 280));
    ui_text(ui, TYPE_BODY,
            tr("You carry it on: it goes by itself when this device reaches the server of your "
               "organisation, or with your next hand-over to a USB stick. The answer comes back "
               "the same way."),
            NULL);
}

static void draw_taken(struct ui *ui, const struct watch_state *s)
{
    char text[300];
    if (!s->word.is_known) {
        ui_notice(ui, TONE_WARN, tr("This answer belongs to a film that is not from here."));
        return;
    }
    snprintf(text, sizeof(text),
             trn("%d record is with your colleague.", "%d records are with your colleague.",
                 (unsigned long)s->word.records),
             s->word.records);
    ui_notice(ui, TONE_OK, text);
    ui_text(ui, TYPE_BODY,
            tr("They count as sent when the organisation's own answer comes. Until then they "
               "wait here, and go by themselves when there is a network."),
            NULL);
}

static void draw_arrivals(struct ui *ui, const struct watch_state *s)
{
    char text[300];
    if (s->word.records == 0) {
        ui_notice(ui, TONE_SYNC, tr("The answers speak of no record that waits here."));
        return;
    }
    snprintf(text, sizeof(text),
             trn("%d record has arrived and counts as sent.",
                 "%d records have arrived and count as sent.", (unsigned long)s->word.records),
             s->word.records);
    ui_notice(ui, TONE_OK, text);
}

static void draw_done(struct desk *desk, struct watch_state *s)
{
    struct ui *ui = desk->ui;
    ui_body_begin(ui);
    if (s->word.kind == FILM_RECORDS) {
        draw_records(ui, s);
    } else if (s->word.kind == FILM_TAKEN) {
        draw_taken(ui, s);
    } else {
        draw_arrivals(ui, s);
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "done", tr("Done"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .focus = true))) {
        desk_back(desk);
    }
    ui_end(ui);
}

static void draw(struct desk *desk, void *state)
{
    struct watch_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, s->is_done ? "film_done" : "film_watch");
    if (ui_bar(ui, tr("Receive a film"), NULL)) {
        desk_back(desk);
    }
    if (s->is_done) {
        draw_done(desk, s);
        return;
    }
    ui_page_begin(ui);
    if (s->camera && s->err.kind == ERR_NONE) {
        draw_finder(desk, s);
    } else {
        draw_no_camera(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_film_watch = {
    .name = "film_watch",
    .state_size = sizeof(struct watch_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
