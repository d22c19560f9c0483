/* Joins the device to a server by a code: scanned or typed, shown in words before it is taken. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/work/enrol.h"
#include "app/work/sync.h"

struct enrol_state {
    char code[4096], problem[300];
    struct enrol_preview preview;
    bool is_read;
};

static void read_code(struct desk *desk, struct enrol_state *s)
{
    struct err err = {0};
    s->is_read = enrol_preview(desk->app, str_of(s->code), &s->preview, &err);
    s->problem[0] = 0;
    if (!s->is_read) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 err.kind == ERR_DENIED && err.code == 2
                     ? tr("This code has expired. Ask for a new one.")
                 : err.kind == ERR_DENIED
                     ? tr("This code is not from your organisation. Do not use it.")
                     : tr("This is not an enrolment code. Scan the one your commune gave you."));
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct enrol_state *s = state;
    if (ticket->text) {
        snprintf(s->code, sizeof(s->code), "%s", ticket->text);
        read_code(desk, s);
    }
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct enrol_state *s = state;
    explicit_bzero(s->code, sizeof(s->code)); /* it holds a token */
}

static void draw_confirm(struct desk *desk, struct enrol_state *s)
{
    struct ui *ui = desk->ui;
    struct err err = {0};
    ui_text(ui, TYPE_QUESTION, tr("Is this your organisation?"), NULL);
    ui_value(ui, "organisation", tr("Organisation"), s->preview.organisation, NULL);
    ui_value(ui, "server", tr("Server"), s->preview.server, NULL);
    if (s->preview.fingerprint[0]) {
        ui_value(ui, "fingerprint", tr("Key, to compare with your supervisor's"),
                 s->preview.fingerprint, NULL);
    } else {
        ui_notice(ui, TONE_WARN,
                  tr("A code of ODK Collect is not signed: take it only from somebody you know."));
    }
    if (ui_button(ui, "accept", tr("Yes, enrol"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK))) {
        if (enrol_accept(desk->app, str_of(s->code), &err)) {
            sync_kick(desk->app->sync, true);
            ui_toast(ui, tr("Enrolled. The forms are being fetched."), NULL, NULL);
            desk_home(desk);
        } else {
            desk_fail(desk, &err);
        }
    }
}

static void draw(struct desk *desk, void *state)
{
    struct enrol_state *s = state;
    struct ui *ui = desk->ui;
    const char *code;
    ui_screen(ui, "enrol");
    if (ui_bar(ui, tr("Enrol the device"), NULL)) {
        desk_back(desk);
    }
    if ((code = ui_scanned(ui))) {
        snprintf(s->code, sizeof(s->code), "%s", code);
        read_code(desk, s);
    }
    ui_body_begin(ui);
    if (s->is_read) {
        draw_confirm(desk, s);
    } else {
        ui_text(ui, TYPE_BODY,
                tr("Scan the enrolment code that your commune or province gave you."), NULL);
        if (ui_button(ui, "scan", tr("Scan the code"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_QR_CODE_SCANNER)) ||
            ui_scan_wanted(ui)) {
            desk_turn(desk, "scan", &(struct ticket){0, "enrol"});
        }
        const char *typed =
            ui_field(ui, "code", s->code,
                     &(struct ui_field){.label = tr("Or type it"),
                                        .input = UI_IN_CODE,
                                        .max = 2000,
                                        .lines = 3,
                                        .error = s->problem[0] ? s->problem : NULL});
        if (typed) {
            snprintf(s->code, sizeof(s->code), "%s", typed);
            if (typed[0]) {
                read_code(desk, s);
            }
        }
    }
    ui_end(ui);
}

const struct screen screen_enrol = {
    .name = "enrol",
    .state_size = sizeof(struct enrol_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
