/* Sends as a film: what goes is said first; then codes follow each other over the whole screen
 * until somebody stops them. Ticket "answers": the organisation's lists for those whose records
 * were carried. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/work/carried.h"
#include "app/work/film.h"
#include "platform/base/clock.h"
#include "sync/handover/frames.h"
#include "sync/handover/matrix.h"

enum {
    SQUARE_PX = 4,        /* a module on the screen, at least */
    STEPS = 3,            /* of size and of speed */
    PLAY_MOST_MS = 600000 /* then the device may lock itself again */
};

/* A camera of ten pictures a second sees every code at six a second, also where its shutter rolls
 * over the change of two. */
static const int speeds[STEPS] = {3, 6, 10};
static const int parts[STEPS] = {8, 6, 4}; /* of the largest code, in eighths */

struct show_state {
    bool is_answer, is_alone; /* alone: no organisation that anything could be sealed for */
    struct film_load load;
    struct frames_film *film;
    struct matrix matrix;
    uint32_t number; /* of the picture that is seen */
    int size, speed;
    bool plays, was_played;
    int64_t started;
};

static void load(struct desk *desk, struct film_load *to, struct show_state *s)
{
    struct err err = {0};
    *to = (struct film_load){0};
    bool ok = s->is_answer ? carried_answers(desk->app, &to->bytes, &err)
                           : film_pack(desk->app, to, &err);
    s->is_alone = !ok && err.kind == ERR_MISSING;
    if (!ok && !s->is_alone) {
        desk_fail(desk, &err);
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct show_state *s = state;
    s->is_answer = ticket->text && strcmp(ticket->text, "answers") == 0;
    s->speed = 1;
    load(desk, &s->load, s);
    return true;
}

/* The same film goes on when nothing changed: who has seen half of it need not begin again. */
static void come_back(struct desk *desk, void *state)
{
    struct show_state *s = state;
    struct film_load now;
    load(desk, &now, s);
    if (now.going == s->load.going && now.is_repeat == s->load.is_repeat) {
        buf_finish(&now.bytes);
        return;
    }
    buf_finish(&s->load.bytes);
    s->load = now;
    frames_destroy(s->film);
    s->film = NULL;
    s->was_played = false;
}

static void leave(struct desk *desk, void *state)
{
    struct show_state *s = state;
    buf_finish(&s->load.bytes);
    frames_destroy(s->film);
    matrix_finish(&s->matrix);
}

static void show_picture(struct desk *desk, struct show_state *s)
{
    struct buf packet = {0};
    struct err err = {0};
    matrix_finish(&s->matrix);
    frames_add(s->film, s->number, &packet);
    if (!matrix_make(&s->matrix, buf_str(&packet), MATRIX_LOW, &err)) {
        desk_fail(desk, &err);
        s->plays = false;
    }
    buf_finish(&packet);
}

/* Cuts the bytes anew for the present size of the codes. */
static bool cut(struct desk *desk, struct show_state *s)
{
    struct err err = {0};
    int fit = ui_qr_most(desk->ui, SQUARE_PX) - 2 * MATRIX_QUIET;
    int most = fit < FILM_MODULES ? fit : FILM_MODULES;
    frames_destroy(s->film);
    s->film = NULL;
    s->number = 0;
    if (!film_cut(buf_str(&s->load.bytes), most * parts[s->size] / 8, &s->film, &err)) {
        desk_fail(desk, &err);
        return false;
    }
    return true;
}

static void play(struct desk *desk, struct show_state *s)
{
    s->plays = s->film || cut(desk, s);
    s->was_played = s->was_played || s->plays;
    s->started = clock_mono_ms();
    if (s->plays) {
        show_picture(desk, s);
    }
}

/* ---- while it plays ------------------------------------------------------------------------- */

static void draw_menu(struct desk *desk, struct show_state *s)
{
    struct ui *ui = desk->ui;
    if (s->speed > 0 && ui_bar_menu(ui, "slower", tr("Slower"), ICON_REMOVE)) {
        s->speed--;
    }
    if (s->speed < STEPS - 1 && ui_bar_menu(ui, "faster", tr("Faster"), ICON_ADD)) {
        s->speed++;
    }
    int size = s->size;
    if (s->size < STEPS - 1 &&
        ui_bar_menu(ui, "larger", tr("Larger squares: the film starts again"), ICON_QR_CODE_2)) {
        size++;
    }
    if (s->size > 0 &&
        ui_bar_menu(ui, "smaller", tr("Smaller squares: the film starts again"), ICON_QR_CODE)) {
        size--;
    }
    if (size != s->size) {
        s->size = size;
        frames_destroy(s->film);
        s->film = NULL;
        play(desk, s);
    }
}

static void draw_film(struct desk *desk, struct show_state *s)
{
    struct ui *ui = desk->ui;
    char title[160];
    unsigned long least = s->film ? frames_least(s->film) : 0, number = s->number + 1ul;
    if (number <= least) {
        snprintf(title, sizeof(title), tr("Code %lu of %lu"), number, least);
    } else {
        snprintf(title, sizeof(title), tr("Code %lu, all %lu were seen once"), number, least);
    }
    bool stops = ui_bar(ui, title, NULL);
    stops = ui_bar_action(ui, "stop", tr("Stop"), ICON_STOP) || stops;
    draw_menu(desk, s);
    ui_page_begin(ui);
    if (s->matrix.cells) {
        ui_qr(ui, s->matrix.cells, s->matrix.size, tr("The film"), UI_OPT(.grow = 1));
    }
    ui_text(ui, TYPE_SMALL, tr("Keep on until the other device has everything."),
            UI_OPT(.align = ALIGN_CENTER, .lines = 1));
    ui_end(ui);
    if (least > 1 && ui_after(ui, "next", 1000 / speeds[s->speed])) {
        s->number++;
        show_picture(desk, s);
    }
    ui_stay_awake(ui);
    if (stops || !s->film || clock_mono_ms() - s->started > PLAY_MOST_MS) {
        s->plays = false;
    }
}

/* ---- before and after ----------------------------------------------------------------------- */

static void add_staying(struct buf *to, int n)
{
    buf_addf(to,
             trn("%d record has photos or is too large: it stays and waits for a network or a USB "
                 "stick.",
                 "%d records have photos or are too large: they stay and wait for a network or a "
                 "USB stick.",
                 (unsigned long)n),
             n);
}

static void say(struct ui *ui, struct buf *text)
{
    if (text->n > 0) {
        ui_text(ui, TYPE_BODY, buf_text(text), UI_OPT(.icon = ICON_INFO));
    }
    buf_finish(text);
}

static void draw_load(struct ui *ui, const struct show_state *s)
{
    const struct film_load *l = &s->load;
    struct buf text = {0};
    if (s->is_answer) {
        buf_add_text(&text, tr("The organisation's answers go to those whose records you carried"));
    } else {
        buf_addf(&text, trn("%d record goes", "%d records go", (unsigned long)l->going), l->going);
    }
    buf_add_text(&text, " · ");
    number_add_size(&text, (long long)l->bytes.n);
    ui_text(ui, TYPE_STRONG, buf_text(&text), UI_OPT(.icon = ICON_SEND));
    buf_finish(&text);
    if (!s->is_answer) {
        ui_text(ui, TYPE_BODY,
                tr("Sealed: whoever films along can read nothing. Only your organisation can."),
                UI_OPT(.icon = ICON_LOCK));
    }
    if (l->is_repeat) {
        ui_notice(ui, TONE_SYNC, tr("All of them were handed over before; this is once more."));
    }
    if (l->staying > 0) {
        add_staying(&text, l->staying);
    }
    say(ui, &text);
    if (l->later > 0) {
        buf_addf(&text,
                 trn("%d record goes with the next film.", "%d records go with the next film.",
                     (unsigned long)l->later),
                 l->later);
    }
    say(ui, &text);
}

static void draw_advice(struct ui *ui)
{
    ui_heading(ui, tr("So that it works"));
    ui_text(ui, TYPE_BODY, tr("Turn this screen to its brightest, out of the sun."),
            UI_OPT(.icon = ICON_BRIGHTNESS_HIGH));
    ui_text(ui, TYPE_BODY,
            tr("The other device opens Outbox, Without a network, Receive a film, and is held so "
               "that the code fills its picture."),
            UI_OPT(.icon = ICON_QR_CODE_SCANNER));
    ui_text(ui, TYPE_BODY,
            tr("If it does not advance: slower, or larger squares, in the menu while it plays."),
            UI_OPT(.icon = ICON_HELP));
}

static void draw_nothing(struct ui *ui, const struct show_state *s)
{
    struct buf hint = {0};
    if (s->is_alone) {
        ui_empty(ui, ICON_LOCK, tr("This device has no key of an organisation"),
                 tr("Films are sealed for it. The key comes with an enrolment code of gocua-hub."));
        return;
    }
    if (s->load.staying > 0) {
        add_staying(&hint, s->load.staying);
    }
    ui_empty(ui, ICON_CLOUD_DONE, tr("Nothing waits that could go as a film"), buf_text(&hint));
    buf_finish(&hint);
}

static void draw_buttons(struct desk *desk, struct show_state *s)
{
    struct ui *ui = desk->ui;
    if (s->was_played && s->is_answer) {
        if (ui_button(ui, "brought", tr("They have it"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK))) {
            struct err err = {0};
            if (carried_answered(desk->app, &err)) {
                desk_back(desk);
            } else {
                desk_fail(desk, &err);
            }
        }
    } else if (s->was_played &&
               ui_button(ui, "answer", tr("Scan their answer"),
                         UI_OPT(.kind = UI_PRIMARY, .icon = ICON_QR_CODE_SCANNER))) {
        desk_go(desk, "film_watch", NULL);
    }
    if (ui_button(ui, "play", s->was_played ? tr("Show on") : tr("Show the film"),
                  UI_OPT(.kind = s->was_played ? UI_NORMAL : UI_PRIMARY, .icon = ICON_PLAY_ARROW,
                         .focus = !s->was_played))) {
        play(desk, s);
    }
}

static void draw_ready(struct desk *desk, struct show_state *s)
{
    struct ui *ui = desk->ui;
    if (ui_bar(ui, s->is_answer ? tr("Show the answers") : tr("Send as a film"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    if (s->load.bytes.n == 0) {
        draw_nothing(ui, s);
        ui_end(ui);
        return;
    }
    if (s->was_played && !s->is_answer) {
        ui_notice(ui, TONE_SYNC,
                  tr("Does the other device show a code as its answer? Scan it. Until the "
                     "organisation has answered, everything stays here and waits."));
    }
    draw_load(ui, s);
    draw_advice(ui);
    ui_end(ui);
    ui_actions_begin(ui);
    draw_buttons(desk, s);
    ui_end(ui);
}

static void draw(struct desk *desk, void *state)
{
    struct show_state *s = state;
    ui_screen(desk->ui, s->plays ? "film" : "film_show");
    if (s->plays) {
        draw_film(desk, s);
    } else {
        draw_ready(desk, s);
    }
}

const struct screen screen_film_show = {
    .name = "film_show",
    .state_size = sizeof(struct show_state),
    .enter = enter,
    .draw = draw,
    .back = come_back,
    .leave = leave,
};
