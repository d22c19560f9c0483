/* A correction that came too late: what differs, mine and the portal's, question by question, and
 * the choice between both. */
#include <stdio.h>

#include "app/screen/screen.h"
#include "app/work/compare.h"
#include "app/work/sync.h"

struct compare_state {
    struct comparing *comparing;
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct compare_state *s = state;
    struct err err = {0};
    if (!comparing_open(desk->app, ticket->id, &s->comparing, &err)) {
        desk_fail(desk, &err);
        return false;
    }
    if (!s->comparing->is_there) {
        sync_kick(desk->app->sync, true); /* perhaps it can be had now */
    }
    return true;
}

/* The portal's version may come while the person waits for it. */
static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    struct compare_state *s = state;
    struct comparing *fresh = NULL;
    if (!s->comparing->is_there && comparing_open(desk->app, s->comparing->record, &fresh, NULL)) {
        comparing_close(s->comparing);
        s->comparing = fresh;
    }
}

static void leave(struct desk *desk, void *state)
{
    struct compare_state *s = state;
    comparing_close(s->comparing);
}

static const char *answer(const char *words)
{
    return words[0] ? words : tr("No answer");
}

static void draw_differences(struct ui *ui, const struct comparing *c)
{
    char text[200];
    for (size_t i = 0; i < c->differences.n; i++) {
        const struct difference *d = &c->differences.v[i];
        char key[32];
        snprintf(key, sizeof(key), "difference-%zu", i);
        ui_heading(ui, d->label);
        ui_card_begin(ui, key, NULL);
        ui_value(ui, "mine", tr("Mine"), answer(d->mine), NULL);
        ui_value(ui, "theirs", tr("The portal's"), answer(d->theirs), NULL);
        ui_end(ui);
    }
    if (c->differences.n == 0) {
        ui_notice(ui, TONE_OK, tr("Both versions have the same answers."));
    } else if (c->same > 0) {
        snprintf(text, sizeof(text), tr("Answers that are the same: %lld"), (long long)c->same);
        ui_text(ui, TYPE_SMALL, text, NULL);
    }
}

static void decide(struct desk *desk, struct compare_state *s, bool mine)
{
    struct err err = {0};
    if (mine ? comparing_keep_mine(s->comparing, &err)
             : comparing_keep_theirs(s->comparing, &err)) {
        ui_toast(desk->ui,
                 mine ? tr("Yours is sent as the newest version")
                      : tr("The portal's version stands; yours is kept here"),
                 NULL, NULL);
        desk_back(desk);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct compare_state *s = state;
    struct ui *ui = desk->ui;
    const struct comparing *c = s->comparing;
    ui_screen(ui, "compare");
    if (ui_bar(ui, tr("Two versions"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    ui_text(ui, TYPE_STRONG, c->title, NULL); /* long: the bar has no room for it */
    if (c->is_there) {
        ui_text(ui, TYPE_BODY,
                tr("Somebody changed this record on the portal while you corrected it. Nothing is "
                   "lost: the version that you do not take stays in the portal's history or on "
                   "this device."),
                NULL);
        draw_differences(ui, c);
    } else {
        ui_notice(ui, TONE_SYNC,
                  tr("The portal's version has not come yet. It is asked for with each sending; "
                     "not every portal hands it out. Ask your supervisor what it says."));
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (c->is_there && ui_button(ui, "mine", tr("Send mine"), UI_OPT(.kind = UI_PRIMARY))) {
        decide(desk, s, true);
    }
    if (ui_button(ui, "theirs", tr("Keep the portal's"), NULL)) {
        decide(desk, s, false);
    }
    ui_end(ui);
}

const struct screen screen_compare = {
    .name = "compare",
    .state_size = sizeof(struct compare_state),
    .enter = enter,
    .draw = draw,
    .mail = mail,
    .leave = leave,
};
