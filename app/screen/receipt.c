/* What the citizen keeps: a signed code that any Gõ Cửa can check without a network. It says that
 * there was a visit and when, nothing about the person. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "sync/handover/matrix.h"

struct receipt_state {
    struct matrix matrix;
    char text[700];
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct receipt_state *s = state;
    struct buf text = {0};
    struct err err = {0};
    if (!desk->visiting) {
        return false;
    }
    if (!visiting_receipt(desk->visiting, &text, &err) ||
        !matrix_make(&s->matrix, buf_str(&text), MATRIX_MEDIUM, &err)) {
        desk_fail(desk, &err);
    }
    snprintf(s->text, sizeof(s->text), "%s", buf_text(&text));
    buf_finish(&text);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct receipt_state *s = state;
    matrix_finish(&s->matrix);
}

static void draw(struct desk *desk, void *state)
{
    struct receipt_state *s = state;
    struct ui *ui = desk->ui;
    struct buf date = {0};
    ui_screen(ui, "receipt");
    ui_bar_home(ui, tr("The visit is closed"), NULL);
    ui_body_begin(ui);
    ui_notice(ui, TONE_OK, tr("Everything is safe on the device and is sent by itself."));
    if (s->matrix.cells) {
        ui_text(ui, TYPE_STRONG, tr("Receipt for the citizen: take a picture of it"), NULL);
        ui_qr(ui, s->matrix.cells, s->matrix.size, s->text, UI_OPT(.height = 280));
    }
    date_add_moment(&date, desk->visiting->started_ms);
    ui_value(ui, "date", tr("Visit"), buf_text(&date), NULL);
    if (visiting_get(desk->visiting, "visit.dossier")[0]) {
        ui_value(ui, "dossier", tr("Dossier code"), visiting_get(desk->visiting, "visit.dossier"),
                 NULL);
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "home", tr("Done"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_HOME, .focus = true))) {
        desk_home(desk);
    }
    ui_end(ui);
    buf_finish(&date);
}

const struct screen screen_receipt = {
    .name = "receipt",
    .state_size = sizeof(struct receipt_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
