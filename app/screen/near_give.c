/* Gives finished records to a device in the same Wi-Fi: its code is scanned, what goes is said,
 * then how far it is and what became of it; the words of arrival that it holds are taken in. */
#include <stdio.h>
#include <string.h>

#include "app/screen/aim.h"
#include "app/screen/load.h"
#include "app/screen/screen.h"
#include "app/work/near.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "sync/handover/near.h"

enum { CODE_ROOM = 200, AWAKE_MS = 30000 };

struct give_state {
    struct aim aim;
    bool is_alone; /* no organisation that anything could be sealed for */
    char code[CODE_ROOM], number[NEAR_NUMBER];
    struct giving_load load;
    struct giving *run; /* while it goes, and for the words afterwards */
    struct giving_status status;
};

static bool accepts(void *ctx, struct str bytes)
{
    return near_is_code(bytes);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct give_state *s = state;
    s->is_alone = !load_weigh(desk, &s->load);
    if (!s->is_alone) {
        aim_open(&s->aim, desk, accepts);
    }
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct give_state *s = state;
    aim_close(&s->aim);
    giving_leave(s->run);
    explicit_bzero(s->code, sizeof(s->code));
}

static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    struct give_state *s = state;
    if (s->run) {
        bool was_over = s->status.is_over;
        giving_look(s->run, &s->status);
        if (!s->status.is_over || was_over) {
            return;
        }
    }
    s->is_alone = !load_weigh(desk, &s->load);
}

/* ---- the code ------------------------------------------------------------------------------- */

static void take_code(struct desk *desk, struct give_state *s, struct str bytes)
{
    struct near_code code;
    struct err err = {0};
    if (bytes.n < sizeof(s->code) && near_read_code(&code, bytes, &err)) {
        snprintf(s->code, sizeof(s->code), STR_FMT, STR_ARG(bytes));
        near_number(code.key, s->number);
        ui_buzz(desk->ui, UI_BUZZ_GOOD);
        aim_close(&s->aim);
        ui_change(desk->ui); /* what was drawn of it is gone */
    } else {
        ui_buzz(desk->ui, UI_BUZZ_BAD);
        aim_say(&s->aim, tr("This is another code. Scan the one that the receiving device shows."));
    }
    explicit_bzero(&code, sizeof(code));
}

static void draw_finder(struct desk *desk, struct give_state *s)
{
    struct ui *ui = desk->ui;
    struct barcode code;
    ui_page_begin(ui);
    if (aim_is_open(&s->aim)) {
        aim_look(&s->aim);
        aim_draw(&s->aim, ui,
                 aim_advice(&s->aim, tr("Hold the code of the receiving device into the frame")));
        ui_after(ui, "advice", 1000);
        if (camera_take_code(s->aim.camera, &code)) {
            take_code(desk, s, (struct str){(const char *)code.bytes, code.n});
            explicit_bzero(&code, sizeof(code));
        }
    } else if (aim_draw_none(&s->aim, ui,
                             s->aim.err.kind == ERR_STORAGE
                                 ? ""
                                 : tr("The code needs a camera. A USB stick goes without."))) {
        aim_open(&s->aim, desk, accepts);
    }
    ui_end(ui);
}

/* A code that is no longer good is scanned anew; else the same device is asked once more. */
static void again(struct desk *desk, struct give_state *s)
{
    bool is_old = s->status.result.reason == OUTBOX_NEAR_CODE ||
                  s->status.result.reason == OUTBOX_NEAR_STRANGER ||
                  s->status.result.reason == OUTBOX_NEAR_FULL;
    giving_leave(s->run);
    s->run = NULL;
    s->is_alone = !load_weigh(desk, &s->load);
    if (is_old) {
        explicit_bzero(s->code, sizeof(s->code));
        aim_open(&s->aim, desk, accepts);
    }
    ui_change(desk->ui);
}

/* ---- before --------------------------------------------------------------------------------- */

static void draw_ready(struct desk *desk, struct give_state *s)
{
    struct ui *ui = desk->ui;
    bool is_more = s->load.own.records > 0 || s->load.carried.bundles > 0;
    ui_body_begin(ui);
    load_draw(ui, &s->load);
    ui_value(ui, "number", tr("Number on both screens"), s->number, NULL);
    ui_text(ui, TYPE_BODY,
            tr("Sealed: neither the receiver nor anybody else in this Wi-Fi can read the records. "
               "Only your organisation can."),
            UI_OPT(.icon = ICON_LOCK));
    ui_text(ui, TYPE_BODY,
            tr("Answers of your organisation that the other device holds are taken in at the same "
               "time."),
            UI_OPT(.icon = ICON_MAIL));
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(
            ui, "give", is_more ? tr("Give") : tr("Ask for answers"),
            UI_OPT(.kind = UI_PRIMARY, .icon = is_more ? ICON_SEND : ICON_MAIL, .focus = true))) {
        s->status = (struct giving_status){.news_ms = clock_mono_ms()};
        s->run = near_give(desk->app, str_of(s->code));
        ui_change(ui);
    }
    ui_end(ui);
}

/* ---- while it goes -------------------------------------------------------------------------- */

static void draw_going(struct desk *desk, struct give_state *s)
{
    struct ui *ui = desk->ui;
    const struct giving_status *now = &s->status;
    char text[120];
    int all = (int)s->load.own.records;
    int done = now->done < all ? now->done : all;
    double part = now->of > 0 ? (double)now->sent / (double)now->of : 0;
    ui_body_begin(ui);
    ui_notice(ui, TONE_SYNC, tr("Stay near each other until everything is over."));
    snprintf(text, sizeof(text), tr("%d of %d records"), done, all);
    ui_progress(ui, all > 0 ? (done + (done < all ? part : 0)) / all : -1,
                all > 0 ? text : tr("Over a hot-spot"));
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "stop", tr("Stop"), UI_OPT(.icon = ICON_STOP))) {
        giving_stop(s->run);
    }
    ui_end(ui);
    if (clock_mono_ms() - now->news_ms < AWAKE_MS) {
        ui_stay_awake(ui);
    }
}

/* ---- afterwards ----------------------------------------------------------------------------- */

static void draw_counts(struct ui *ui, const struct giving_status *status)
{
    struct buf text = {0};
    load_draw_arrived(ui, status->result.sent);
    if (status->given > 0) {
        buf_addf(&text,
                 trn("%d record is with your colleague.", "%d records are with your colleague.",
                     (unsigned long)status->given),
                 status->given);
        load_say(ui, TYPE_STRONG, &text, ICON_CHECK);
        ui_text(ui, TYPE_BODY,
                tr("They count as sent when the organisation's own answer comes. Until then they "
                   "wait here, and go by themselves when there is a network."),
                UI_OPT(.icon = ICON_INFO));
    }
    load_draw_rest(ui, status);
}

static void draw_over(struct desk *desk, struct give_state *s)
{
    struct ui *ui = desk->ui;
    ui_body_begin(ui);
    bool is_good = load_draw_end(ui, &s->status);
    if (is_good) {
        ui_notice(ui, TONE_OK, tr("The hand-over is over."));
    }
    draw_counts(ui, &s->status);
    ui_end(ui);
    ui_actions_begin(ui);
    if (!is_good && ui_button(ui, "again", tr("Go on"),
                              UI_OPT(.kind = UI_PRIMARY, .icon = ICON_REFRESH, .focus = true))) {
        again(desk, s);
    } else if (ui_button(ui, "done", tr("Done"),
                         UI_OPT(.kind = is_good ? UI_PRIMARY : UI_NORMAL, .icon = ICON_CHECK,
                                .focus = is_good))) {
        desk_back(desk);
    }
    ui_end(ui);
}

static void draw(struct desk *desk, void *state)
{
    struct give_state *s = state;
    struct ui *ui = desk->ui;
    bool is_over = s->run && s->status.is_over;
    ui_screen(ui, is_over ? "near_give_over" : s->run ? "near_give_going" : "near_give");
    if (ui_bar(ui, tr("Give"), NULL)) {
        if (s->run && !is_over) {
            giving_stop(s->run); /* its last word is waited for */
        } else {
            desk_back(desk);
        }
    }
    if (is_over) {
        draw_over(desk, s);
    } else if (s->run) {
        draw_going(desk, s);
    } else if (s->is_alone) {
        ui_body_begin(ui);
        ui_empty(ui, ICON_LOCK, tr("This device has no key of an organisation"),
                 tr("What goes to a colleague is sealed for it. The key comes with an enrolment "
                    "code of gocua-hub."));
        ui_end(ui);
    } else if (!s->code[0]) {
        draw_finder(desk, s);
    } else {
        draw_ready(desk, s);
    }
}

const struct screen screen_near_give = {
    .name = "near_give",
    .state_size = sizeof(struct give_state),
    .enter = enter,
    .draw = draw,
    .mail = mail,
    .leave = leave,
};
