/* Receives what devices in the same Wi-Fi give: shows the code that lets them, and what came. It
 * listens only while this screen is seen, and not for ever. Ticket id: milliseconds without an ask
 * after which it stops; 0: the usual. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/work/receive.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "sync/handover/matrix.h"

enum {
    IDLE_MS = 300000,
    AWAKE_MS = 15000, /* after the last ask the device may lock itself */
    LOOK_MS = 1000,
    MINUTE_MS = 60000,
};

struct receive_state {
    struct receive *receive; /* NULL: it does not listen */
    struct receive_status status;
    struct matrix matrix;
    struct err err;
    bool is_tired; /* nobody asked for long */
    int64_t idle_ms;
};

static void start(struct receive_state *s, struct desk *desk)
{
    struct buf code = {0};
    err_clear(&s->err);
    s->is_tired = false;
    s->status = (struct receive_status){.devices = 0};
    matrix_finish(&s->matrix);
    if (receive_begin(desk->app, &s->receive, &s->err) &&
        (!near_add_code(&code, receive_code(s->receive), &s->err) ||
         !matrix_make(&s->matrix, buf_str(&code), MATRIX_MEDIUM, &s->err))) {
        receive_end(s->receive);
        s->receive = NULL;
    }
    if (s->receive) {
        receive_look(s->receive, &s->status);
    }
    buf_wipe(&code);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct receive_state *s = state;
    s->idle_ms = ticket->id > 0 ? ticket->id : IDLE_MS;
    start(s, desk);
    return true;
}

static void stop(struct desk *desk, struct receive_state *s)
{
    receive_end(s->receive);
    s->receive = NULL;
    matrix_finish(&s->matrix);
    if (s->status.bundles > 0) {
        sync_kick(desk->app->sync, false); /* perhaps the server can be reached from here */
    }
}

static void leave(struct desk *desk, void *state)
{
    stop(desk, state);
}

/* An address that came or went is in the code only when it begins again; what came stays counted.
 */
static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    struct receive_state *s = state;
    if (s->receive) {
        receive_look(s->receive, &s->status);
    }
}

static void watch_time(struct desk *desk, struct receive_state *s)
{
    int64_t rest = clock_mono_ms() - s->status.last_ms;
    ui_after(desk->ui, "look", s->idle_ms < LOOK_MS ? (int)s->idle_ms : LOOK_MS);
    if (s->status.coming > 0 || (s->status.devices > 0 && rest < AWAKE_MS)) {
        ui_stay_awake(desk->ui);
    }
    if (s->status.coming == 0 && rest >= s->idle_ms) {
        stop(desk, s);
        s->is_tired = true;
    }
}

/* ---- what is seen --------------------------------------------------------------------------- */

static void draw_counts(struct ui *ui, const struct receive_status *status)
{
    struct buf text = {0};
    if (status->devices == 0) {
        ui_text(ui, TYPE_STRONG, tr("Nobody has given anything yet."), UI_OPT(.icon = ICON_INBOX));
        return;
    }
    buf_addf(&text, trn("%d parcel came", "%d parcels came", (unsigned long)status->bundles),
             status->bundles);
    buf_add_text(&text, " · ");
    number_add_size(&text, status->bytes);
    buf_add_text(&text, " · ");
    buf_addf(&text, trn("from %d device", "from %d devices", (unsigned long)status->devices),
             status->devices);
    ui_text(ui, TYPE_STRONG, buf_text(&text), UI_OPT(.icon = ICON_INBOX));
    buf_clear(&text);
    if (status->known > 0) {
        buf_addf(&text,
                 trn("%d parcel was here already. Nothing is kept twice.",
                     "%d parcels were here already. Nothing is kept twice.",
                     (unsigned long)status->known),
                 status->known);
        ui_text(ui, TYPE_BODY, buf_text(&text), UI_OPT(.icon = ICON_CHECK));
    }
    buf_finish(&text);
    if (status->coming > 0) {
        ui_progress(ui, -1, tr("Something is coming in: keep this screen open."));
    }
    if (status->is_full) {
        ui_notice(ui, TONE_ERROR,
                  tr("This device has no room for more: the other one keeps the rest. Let this one "
                     "reach the server or a USB stick first."));
    }
}

static void draw_code(struct ui *ui, const struct receive_state *s)
{
    const struct near_code *code = receive_code(s->receive);
    char number[NEAR_NUMBER];
    struct buf at = {0};
    ui_text(ui, TYPE_STRONG, tr("The giver scans this code:"), NULL);
    ui_qr(ui, s->matrix.cells, s->matrix.size, tr("Code for the giving device"),
          UI_OPT(.height = 260));
    near_number(code->key, number);
    ui_value(ui, "number", tr("Number on both screens"), number, NULL);
    for (int i = 0; i < code->n; i++) {
        buf_addf(&at, "%s%s:%d", i ? "  " : "", code->at[i], code->port);
    }
    ui_value(ui, "at", tr("Reached at"), buf_text(&at), NULL);
    buf_finish(&at);
}

static void draw_listening(struct desk *desk, struct receive_state *s)
{
    struct ui *ui = desk->ui;
    ui_body_begin(ui);
    draw_counts(ui, &s->status);
    draw_code(ui, s);
    ui_text(ui, TYPE_BODY,
            tr("Both devices must be in the same Wi-Fi: one opens a hot-spot, the other joins it. "
               "This device listens only while this screen is open."),
            UI_OPT(.icon = ICON_WIFI));
    if (s->status.bundles > 0) {
        ui_text(ui, TYPE_BODY,
                tr("You carry the parcels on: they go by themselves when this device reaches the "
                   "server of your organisation, or with your next hand-over."),
                UI_OPT(.icon = ICON_INFO));
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "done", tr("Done"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .focus = true))) {
        desk_back(desk);
    }
    ui_end(ui);
}

static void draw_deaf(struct desk *desk, struct receive_state *s)
{
    struct ui *ui = desk->ui;
    char text[300];
    ui_body_begin(ui);
    if (s->is_tired) {
        int minutes = (int)((s->idle_ms + MINUTE_MS - 1) / MINUTE_MS);
        snprintf(text, sizeof(text),
                 trn("Nobody gave anything for %d minute: this device no longer listens.",
                     "Nobody gave anything for %d minutes: this device no longer listens.",
                     (unsigned long)minutes),
                 minutes);
        ui_notice(ui, TONE_WARN, text);
        draw_counts(ui, &s->status);
    } else if (s->err.kind == ERR_MISSING) {
        ui_empty(ui, ICON_LOCK, tr("This device has no key of an organisation"),
                 tr("Only devices of one organisation carry for each other. The key comes with an "
                    "enrolment code of gocua-hub."));
    } else if (s->err.kind == ERR_OFFLINE) {
        ui_empty(ui, ICON_WIFI_OFF, tr("This device is in no Wi-Fi"),
                 tr("Open a hot-spot in the settings of the system, or join the one of the giver. "
                    "Then try again."));
    } else {
        ui_notice(ui, TONE_ERROR, app_sentence(&s->err));
    }
    ui_end(ui);
    if (s->err.kind != ERR_MISSING) {
        ui_actions_begin(ui);
        if (ui_button(ui, "again", s->is_tired ? tr("Listen again") : tr("Try again"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_REFRESH, .focus = true))) {
            start(s, desk);
            ui_change(ui);
        }
        ui_end(ui);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct receive_state *s = state;
    struct ui *ui = desk->ui;
    if (s->receive) {
        watch_time(desk, s);
    }
    ui_screen(ui, s->receive ? "near_receive" : "near_receive_deaf");
    if (ui_bar(ui, tr("Receive"), NULL)) {
        desk_back(desk);
    }
    if (s->receive) {
        draw_listening(desk, s);
    } else {
        draw_deaf(desk, s);
    }
}

const struct screen screen_near_receive = {
    .name = "near_receive",
    .state_size = sizeof(struct receive_state),
    .enter = enter,
    .draw = draw,
    .mail = mail,
    .leave = leave,
};
