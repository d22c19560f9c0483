/* Receives a film: what the camera sees of it is put together, in any order and with gaps, and what
 * the whole meant is said. Records of a colleague are answered by a code of our own. */
#include <stdio.h>
#include <string.h>

#include "app/screen/aim.h"
#include "app/screen/screen.h"
#include "app/work/film.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "sync/handover/frames.h"
#include "sync/handover/matrix.h"

enum {
    STUCK_MS = 4000,  /* without anything new: say what to do */
    AWAKE_MS = 30000, /* after the last news the device may lock itself */
};

struct watch_state {
    struct aim aim;
    struct frames_watch *film;
    size_t seen, needed;
    int64_t news_ms; /* when something new was seen last */
    bool is_done;
    struct film_word word;
    struct matrix answer;
};

static bool accepts(void *ctx, struct str bytes)
{
    return frames_is_packet(bytes);
}

static void start(struct desk *desk, struct watch_state *s)
{
    s->news_ms = clock_mono_ms();
    aim_open(&s->aim, desk, accepts);
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
    aim_close(&s->aim);
    frames_watch_destroy(s->film);
    matrix_finish(&s->answer);
    buf_finish(&s->word.answer);
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
    camera_again(s->aim.camera);
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
        aim_close(&s->aim);
    } else if (err.kind == ERR_INPUT) {
        begin_again(s);
        aim_say(&s->aim, tr("This film is not for this program."));
    } else if (err.kind == ERR_DENIED || err.kind == ERR_MISSING) {
        begin_again(s);
        aim_say(&s->aim, tr("These answers are not signed by your organisation."));
    } else { /* a full disk, say: the film would only come again and again */
        begin_again(s);
        aim_close(&s->aim);
        s->aim.err = err;
    }
}

static void look(struct desk *desk, struct watch_state *s)
{
    struct barcode code;
    struct str whole;
    while (s->aim.camera && camera_take_code(s->aim.camera, &code)) {
        size_t before = s->seen;
        if (!frames_watch_add(s->film, (struct str){(const char *)code.bytes, code.n})) {
            aim_say(&s->aim, tr("This is another code, not a film."));
            continue;
        }
        frames_watch_progress(s->film, &s->seen, &s->needed);
        if (s->seen != before) {
            s->news_ms = clock_mono_ms();
            aim_say(&s->aim, "");
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
    enum barcode_hint hint = s->aim.view.advice.hint;
    bool is_stuck = clock_mono_ms() - s->news_ms > STUCK_MS;
    if (is_stuck && hint == BARCODE_HINT_GOOD) {
        return tr(
            "Nothing new comes: does the film still play? Ask for slower, or larger squares.");
    }
    if (is_stuck && s->needed > 0 && hint == BARCODE_HINT_NONE) {
        return tr("The code is out of sight: hold the device so that it fills the picture.");
    }
    return aim_advice(&s->aim, tr("Hold the film's code into the frame"));
}

static void draw_finder(struct desk *desk, struct watch_state *s)
{
    struct ui *ui = desk->ui;
    char text[120];
    aim_look(&s->aim);
    aim_draw(&s->aim, ui, advice(s));
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
    if (!s->aim.camera) {
        ui_change(ui); /* what was drawn of it is gone */
    }
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
    if (aim_is_open(&s->aim)) {
        draw_finder(desk, s);
    } else if (aim_draw_none(&s->aim, ui,
                             s->aim.err.kind == ERR_STORAGE
                                 ? ""
                                 : tr("A film needs a camera. A USB stick goes without."))) {
        start(desk, s);
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
