/* The ways on for finished records where there is no network, and what is carried for others. */
#include <stdio.h>

#include "app/screen/screen.h"
#include "app/work/carried.h"

struct handover_state {
    struct carried carried;
};

static void look(struct desk *desk, void *state)
{
    struct handover_state *s = state;
    struct err err = {0};
    if (!carried_look(desk->app, &s->carried, &err)) {
        desk_fail(desk, &err);
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    look(desk, state);
    return true;
}

/* What was carried may have arrived by now. */
static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    look(desk, state);
}

static void draw_carried(struct desk *desk, const struct handover_state *s)
{
    struct ui *ui = desk->ui;
    const struct carried *c = &s->carried;
    if (c->bundles > 0) {
        struct buf text = {0};
        ui_heading(ui, tr("You carry for colleagues"));
        buf_addf(&text, trn("%d parcel, ", "%d parcels, ", (unsigned long)c->bundles), c->bundles);
        number_add_size(&text, c->bytes);
        ui_text(ui, TYPE_STRONG, buf_text(&text), UI_OPT(.icon = ICON_INBOX));
        ui_text(ui, TYPE_BODY,
                tr("Nobody here can read them. They go on by themselves when this device reaches "
                   "the server of your organisation, or with the next hand-over to a USB stick. "
                   "Those who made them still keep everything."),
                NULL);
        buf_finish(&text);
    }
    if (c->answers > 0 &&
        ui_item(ui, "answers", tr("Show the answers of the organisation"),
                UI_OPT(.icon = ICON_MAIL, .hint = tr("For those whose records you carried: only "
                                                     "with them their records count as sent.")))) {
        desk_go(desk, "film_show", &(struct ticket){0, "answers"});
    }
}

static void draw(struct desk *desk, void *state)
{
    struct handover_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "handover");
    if (ui_bar(ui, tr("Without a network"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    ui_text(
        ui, TYPE_BODY,
        tr("Finished records can go on a USB stick, over a hot-spot to a colleague, or from this "
           "screen to a colleague's camera: sealed for your organisation, without the "
           "Internet."),
        NULL);
    if (ui_item(ui, "film-show", tr("Send as a film"),
                UI_OPT(.icon = ICON_QR_CODE_2, .focus = true,
                       .hint = tr("Codes on this screen, one after the other")))) {
        desk_go(desk, "film_show", NULL);
    }
    if (ui_item(ui, "film-watch", tr("Receive a film"),
                UI_OPT(.icon = ICON_QR_CODE_SCANNER,
                       .hint = tr("Records of a colleague, or the answer to your own film")))) {
        desk_go(desk, "film_watch", NULL);
    }
    if (ui_item(ui, "stick", tr("To a USB stick"),
                UI_OPT(.icon = ICON_USB,
                       .hint = tr("Everything, photos too; answers on the stick are taken in")))) {
        desk_go(desk, "stick", NULL);
    }
    if (ui_item(ui, "near", tr("Over a hot-spot"),
                UI_OPT(.icon = ICON_WIFI,
                       .hint = tr("Everything, photos too; to a colleague's device in the same "
                                  "Wi-Fi")))) {
        desk_go(desk, "near", NULL);
    }
    draw_carried(desk, s);
    ui_end(ui);
}

const struct screen screen_handover = {
    .name = "handover",
    .state_size = sizeof(struct handover_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .mail = mail,
};
