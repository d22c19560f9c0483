/* Hands finished records over to a USB stick, and takes what came back on it: which stick, what
 * goes, how far it is, and when it may be pulled out. */
#include <stdio.h>
#include <string.h>

#include "app/screen/load.h"
#include "app/screen/screen.h"
#include "app/work/stick.h"

enum { LOOK_MS = 2000 }; /* a stick that is plugged in appears by itself */

struct stick_state {
    struct stick sticks[STICKS];
    size_t n, chosen;
    char path[STICK_PATH]; /* of the chosen one: it stays chosen when others come */
    bool is_alone;         /* no organisation that anything could be sealed for */
    struct giving_load load;
    struct giving *run; /* while it is written to, and for the words afterwards */
    struct giving_status status;
};

/* The one that was chosen; else the first that can be written to. */
static void find(struct stick_state *s)
{
    s->n = stick_list(s->sticks);
    s->chosen = 0;
    while (s->chosen + 1 < s->n && s->sticks[s->chosen].is_locked) {
        s->chosen++;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->sticks[i].path, s->path) == 0) {
            s->chosen = i;
        }
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct stick_state *s = state;
    s->is_alone = !load_weigh(desk, &s->load);
    find(state);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct stick_state *s = state;
    giving_leave(s->run);
}

static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    struct stick_state *s = state;
    if (s->run) {
        bool was_over = s->status.is_over;
        giving_look(s->run, &s->status);
        if (!s->status.is_over || was_over) {
            return;
        }
    }
    s->is_alone = !load_weigh(desk, &s->load);
}

static void begin(struct desk *desk, struct stick_state *s)
{
    s->status = (struct giving_status){.done = 0};
    s->run = stick_give(desk->app, &s->sticks[s->chosen]);
}

static void end(struct desk *desk, struct stick_state *s)
{
    giving_leave(s->run);
    s->run = NULL;
    s->is_alone = !load_weigh(desk, &s->load);
    find(s);
    ui_change(desk->ui);
}

/* ---- before --------------------------------------------------------------------------------- */

static void add_room(const struct stick *stick, struct buf *to)
{
    struct buf size = {0};
    number_add_size(&size, stick->room);
    buf_addf(to, tr("%s free"), buf_text(&size));
    buf_finish(&size);
}

static void draw_sticks(struct ui *ui, struct stick_state *s)
{
    ui_group_begin(ui, "sticks", s->n > 1 ? tr("Which stick?") : tr("To this stick"), NULL);
    for (size_t i = 0; i < s->n; i++) {
        const struct stick *stick = &s->sticks[i];
        struct buf room = {0};
        add_room(stick, &room);
        if (ui_choice(ui, stick->path, stick->name, i == s->chosen,
                      UI_OPT(.disabled = stick->is_locked, .focus = i == s->chosen && s->n > 1,
                             .hint = stick->is_locked ? tr("Nothing can be written to it")
                                                      : buf_text(&room)))) {
            s->chosen = i;
            snprintf(s->path, sizeof(s->path), "%s", stick->path);
        }
        buf_finish(&room);
    }
    ui_end(ui);
}

static void draw_load(struct ui *ui, const struct stick_state *s)
{
    const struct outbox_whole *own = &s->load.own;
    const struct carried *carried = &s->load.carried;
    const struct stick *stick = &s->sticks[s->chosen];
    load_draw(ui, &s->load);
    if (!stick->is_locked && own->bytes + carried->bytes > stick->room) {
        ui_notice(ui, TONE_WARN, tr("The stick has too little room: not everything will fit."));
    }
    ui_text(ui, TYPE_BODY,
            tr("Sealed: whoever finds the stick can read nothing. Only your organisation can."),
            UI_OPT(.icon = ICON_LOCK));
    ui_text(ui, TYPE_BODY,
            tr("Answers of your organisation that lie on the stick are taken in at the same "
               "time."),
            UI_OPT(.icon = ICON_MAIL));
}

static void draw_ready(struct desk *desk, struct stick_state *s)
{
    struct ui *ui = desk->ui;
    if (ui_after(ui, "look", LOOK_MS)) {
        find(s);
    }
    ui_body_begin(ui);
    if (s->is_alone) {
        ui_empty(ui, ICON_LOCK, tr("This device has no key of an organisation"),
                 tr("What goes on a stick is sealed for it. The key comes with an enrolment code "
                    "of gocua-hub."));
    } else if (s->n == 0) {
        ui_empty(ui, ICON_USB, tr("No USB stick is plugged in"),
                 tr("Plug one in: it appears here by itself after a moment."));
    } else {
        draw_sticks(ui, s);
        draw_load(ui, s);
    }
    ui_end(ui);
    if (s->is_alone || s->n == 0) {
        return;
    }
    bool is_more = s->load.own.records > 0 || s->load.carried.bundles > 0;
    ui_actions_begin(ui);
    if (ui_button(ui, "write", is_more ? tr("Write to the stick") : tr("Look for answers on it"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = is_more ? ICON_SAVE : ICON_MAIL,
                         .focus = s->n == 1, .disabled = s->sticks[s->chosen].is_locked))) {
        begin(desk, s);
    }
    ui_end(ui);
}

/* ---- while it is written to ----------------------------------------------------------------- */

static void draw_writing(struct desk *desk, struct stick_state *s)
{
    struct ui *ui = desk->ui;
    char text[120];
    int all = (int)s->load.own.records;
    int done = s->status.done < all ? s->status.done : all;
    ui_body_begin(ui);
    ui_notice(ui, TONE_WARN, tr("Do not pull the stick out yet."));
    snprintf(text, sizeof(text), tr("%d of %d records"), done, all);
    ui_progress(ui, all > 0 ? (double)done / all : -1, all > 0 ? text : tr("To a USB stick"));
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "stop", tr("Stop"), UI_OPT(.icon = ICON_STOP))) {
        giving_stop(s->run);
    }
    ui_end(ui);
    ui_stay_awake(ui);
}

/* ---- afterwards ----------------------------------------------------------------------------- */

static void draw_counts(struct ui *ui, const struct stick_state *s)
{
    int on_it = s->status.given;
    struct buf text = {0};
    load_draw_arrived(ui, s->status.result.sent);
    if (on_it > 0) {
        buf_addf(&text,
                 trn("%d record lies on the stick, sealed.", "%d records lie on the stick, sealed.",
                     (unsigned long)on_it),
                 on_it);
        load_say(ui, TYPE_STRONG, &text, ICON_USB);
        ui_text(ui, TYPE_BODY,
                tr("Bring the stick to your supervisor. Everything also stays here and waits until "
                   "the organisation's answer comes back, on the stick or by a network."),
                UI_OPT(.icon = ICON_INFO));
    }
    load_draw_rest(ui, &s->status);
}

static void draw_over(struct desk *desk, struct stick_state *s)
{
    struct ui *ui = desk->ui;
    ui_body_begin(ui);
    bool is_good = load_draw_end(ui, &s->status);
    if (s->status.result.reason != OUTBOX_STICK_GONE) {
        ui_notice(ui, TONE_OK, tr("You may pull the stick out now."));
    }
    draw_counts(ui, s);
    ui_end(ui);
    ui_actions_begin(ui);
    if (!is_good && ui_button(ui, "again", tr("Try again"), UI_OPT(.icon = ICON_REFRESH))) {
        end(desk, s);
    } else if (ui_button(ui, "done", tr("Done"),
                         UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .focus = true))) {
        desk_back(desk);
    }
    ui_end(ui);
}

static void draw(struct desk *desk, void *state)
{
    struct stick_state *s = state;
    struct ui *ui = desk->ui;
    bool is_over = s->run && s->status.is_over;
    ui_screen(ui, is_over ? "stick_done" : s->run ? "stick_write" : "stick");
    if (ui_bar(ui, tr("To a USB stick"), NULL)) {
        if (s->run && !is_over) {
            giving_stop(s->run); /* its last word is waited for */
        } else {
            desk_back(desk);
        }
    }
    if (is_over) {
        draw_over(desk, s);
    } else if (s->run) {
        draw_writing(desk, s);
    } else {
        draw_ready(desk, s);
    }
}

const struct screen screen_stick = {
    .name = "stick",
    .state_size = sizeof(struct stick_state),
    .enter = enter,
    .draw = draw,
    .mail = mail,
    .leave = leave,
};
