/* What was begun and not finished: visits first, then single forms. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/record.h"
#include "app/store/visit.h"

enum { MOST = 500 };

struct drafts_state {
    struct arena arena;
    struct visits visits;
    struct records records;
};

static void look(struct desk *desk, void *state)
{
    struct drafts_state *s = state;
    const struct visit_filter open = {.kind = VISIT_HOME, .state = VISIT_OPEN};
    const struct record_filter drafts = {.states = 1u << RECORD_DRAFT};
    arena_reset(&s->arena);
    if (!visit_page(desk->app->store, &open, (struct page){0, MOST}, &s->arena, &s->visits, NULL)) {
        s->visits.n = 0;
    }
    if (!record_page(desk->app->store, &drafts, (struct page){0, MOST}, &s->arena, &s->records,
                     NULL)) {
        s->records.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    look(desk, state);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct drafts_state *s = state;
    arena_finish(&s->arena);
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct drafts_state *s = ctx;
    struct buf hint = {0};
    if (index < s->visits.n) {
        const struct visit *visit = &s->visits.v[index];
        date_add_moment(&hint, visit->started_ms);
        ui_list_row(ui, visit->title[0] ? visit->title : tr("Visit without a name"), -1,
                    UI_OPT(.icon = ICON_MEETING_ROOM, .hint = buf_text(&hint),
                           .state = tr("Open visit"), .tone = TONE_PRIMARY));
    } else {
        const struct record *record = &s->records.v[index - s->visits.n];
        date_add_moment(&hint, record->changed_ms);
        buf_addf(&hint, " · %s", record->form_id);
        ui_list_row(ui, record->title, -1,
                    UI_OPT(.icon = ICON_DESCRIPTION, .hint = buf_text(&hint), .state = tr("Draft"),
                           .tone = TONE_WARN));
    }
    buf_finish(&hint);
}

static void open_row(struct desk *desk, struct drafts_state *s, size_t index)
{
    struct err err = {0};
    bool ok;
    desk_put_away(desk);
    if (index < s->visits.n) {
        ok = visiting_resume(desk->app, s->visits.v[index].id, &desk->visiting, &err);
        if (ok) {
            desk_go(desk, visiting_screen(desk->visiting), NULL);
        }
    } else {
        ok = filling_resume(desk->app, s->records.v[index - s->visits.n].id, &desk->filling, &err);
        if (ok) {
            desk_go(desk, "filler", NULL);
        }
    }
    if (!ok) {
        desk_fail(desk, &err);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct drafts_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "drafts");
    if (ui_bar(ui, tr("Drafts"), NULL)) {
        desk_back(desk);
    }
    ui_page_begin(ui);
    long chosen = ui_list(ui, "drafts",
                          &(struct ui_list){.count = s->visits.n + s->records.n,
                                            .row = row,
                                            .ctx = s,
                                            .name = tr("Drafts"),
                                            .empty = tr("Nothing is unfinished"),
                                            .empty_icon = ICON_DRAFTS});
    ui_end(ui);
    if (chosen >= 0) {
        open_row(desk, s, (size_t)chosen);
    }
}

const struct screen screen_drafts = {
    .name = "drafts",
    .state_size = sizeof(struct drafts_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .leave = leave,
};
