/* One visit of the log with its records. */
#include <stdio.h>
#include <string.h>

#include "app/screen/outcomes.h"
#include "app/screen/screen.h"
#include "app/store/record.h"
#include "app/store/visit.h"

struct visit_state_ {
    struct arena arena;
    struct visit visit;
    struct records records;
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct visit_state_ *s = state;
    struct err err = {0};
    if (!visit_get(desk->app->store, ticket->id, &s->arena, &s->visit, &err)) {
        desk_fail(desk, &err);
        arena_finish(&s->arena);
        return false;
    }
    const struct record_filter filter = {.visit = s->visit.uuid};
    if (!record_page(desk->app->store, &filter, (struct page){0, 50}, &s->arena, &s->records,
                     NULL)) {
        s->records.n = 0;
    }
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct visit_state_ *s = state;
    arena_finish(&s->arena);
}

static void value(struct ui *ui, const char *key, const char *label, const char *text)
{
    if (text[0]) {
        ui_value(ui, key, label, text, NULL);
    }
}

static void draw_records(struct desk *desk, struct visit_state_ *s)
{
    static const char *const words[] = {
        [RECORD_DRAFT] = tr_later("Draft"),       [RECORD_READY] = tr_later("Waiting"),
        [RECORD_SENDING] = tr_later("Sending"),   [RECORD_SENT] = tr_later("Sent"),
        [RECORD_ACCEPTED] = tr_later("Accepted"), [RECORD_RETURNED] = tr_later("Returned"),
        [RECORD_ASIDE] = tr_later("Set aside")};
    struct ui *ui = desk->ui;
    ui_heading(ui, tr("Records"));
    for (size_t i = 0; i < s->records.n; i++) {
        const struct record *record = &s->records.v[i];
        char key[32];
        snprintf(key, sizeof(key), "record-%lld", (long long)record->id);
        ui_row_begin(ui, key, UI_OPT(.pad = 8));
        ui_text(ui, TYPE_BODY, record->title[0] ? record->title : record->form_id,
                UI_OPT(.grow = 1));
        ui_badge(ui, tr(words[record->state]),
                 record->state == RECORD_SENT || record->state == RECORD_ACCEPTED ? TONE_OK
                                                                                  : TONE_SYNC);
        ui_end(ui);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct visit_state_ *s = state;
    struct ui *ui = desk->ui;
    struct buf date = {0};
    struct err err = {0};
    date_add_moment(&date, s->visit.started_ms);
    ui_screen(ui, "visit");
    if (ui_bar(ui, tr("Visit"), buf_text(&date))) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    ui_card_begin(ui, "values", NULL);
    value(ui, "title", tr("Name or address"), s->visit.title);
    value(ui, "hamlet", tr("Hamlet"), s->visit.hamlet);
    value(ui, "outcome", tr("Outcome"), outcome_text(s->visit.outcome));
    value(ui, "dossier", tr("Dossier code"), s->visit.dossier);
    value(ui, "volunteer", tr("Volunteer"), s->visit.volunteer);
    ui_end(ui);
    draw_records(desk, s);
    ui_end(ui);
    if (s->visit.state == VISIT_OPEN) {
        ui_actions_begin(ui);
        if (ui_button(ui, "resume", tr("Go on with the open visit"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_PLAY_ARROW))) {
            desk_put_away(desk);
            if (visiting_resume(desk->app, s->visit.id, &desk->visiting, &err)) {
                desk_turn(desk, visiting_screen(desk->visiting), NULL);
            } else {
                desk_fail(desk, &err);
            }
        }
        ui_end(ui);
    }
    buf_finish(&date);
}

const struct screen screen_visit = {
    .name = "visit",
    .state_size = sizeof(struct visit_state_),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
