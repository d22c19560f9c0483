/* Everything of the visit on one page before it is closed: what stands, what is missing (one touch
 * away), then freeze, seal and queue. The rating is not shown: it belongs to the citizen. */
#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/screen/screen.h"
#include "app/store/record.h"

struct review_state {
    struct arena arena;
    struct records drafts;
    bool checked;
};

static void look(struct desk *desk, void *state)
{
    struct review_state *s = state;
    struct err err = {0};
    const struct record_filter filter = {.visit = desk->visiting->uuid};
    if (!visiting_check(desk->visiting, &err)) {
        desk_fail(desk, &err);
    }
    arena_reset(&s->arena);
    if (!record_page(desk->app->store, &filter, (struct page){0, 50}, &s->arena, &s->drafts,
                     &err)) {
        s->drafts.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    if (!desk->visiting) {
        return false;
    }
    look(desk, state);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct review_state *s = state;
    arena_finish(&s->arena);
}

static void line(struct desk *desk, const char *key, const char *label, bool masked)
{
    const char *text = visiting_get(desk->visiting, key);
    if (text[0]) {
        ui_value(desk->ui, key, label, text, masked ? UI_OPT(.masked = true) : NULL);
    }
}

static void draw_birth(struct desk *desk)
{
    struct date date;
    struct buf text = {0};
    if (date_parse(str_of(visiting_get(desk->visiting, "person.birth")), &date)) {
        date_add(&text, date);
        ui_value(desk->ui, "person.birth", tr("Born"), buf_text(&text), NULL);
    }
    buf_finish(&text);
}

static void draw_values(struct desk *desk)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    ui_card_begin(ui, "values", NULL);
    line(desk, "household.address", tr("Address"), false);
    line(desk, "household.hamlet", tr("Hamlet"), false);
    if (visiting_is(v, "consent.record", "yes")) {
        line(desk, "person.name", tr("Name"), false);
        draw_birth(desk);
        line(desk, "person.id", tr("Personal number"), true);
    } else {
        ui_notice(ui, TONE_SOFT, tr("Without a record of the person, as the citizen wished."));
    }
    line(desk, "procedure.name", tr("Procedure"), false);
    line(desk, "visit.dossier", tr("Dossier code"), false);
    ui_value(ui, "rating", tr("Rating"),
             visiting_get(v, "rating.value")[0] ? tr("Given") : tr("Not given"), NULL);
    ui_end(ui);
}

static void open_problem(struct desk *desk, const struct visiting_problem *problem)
{
    struct err err = {0};
    filling_close(desk->filling);
    desk->filling = NULL;
    if (filling_resume(desk->app, problem->record, &desk->filling, &err)) {
        desk_go(desk, "filler", &(struct ticket){0, problem->ref});
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_problems(struct desk *desk)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    if (!v->problems.n) {
        ui_notice(ui, TONE_OK, tr("Nothing is missing."));
        return;
    }
    ui_heading(ui, tr("Still to be done"));
    for (size_t i = 0; i < v->problems.n; i++) {
        const struct visiting_problem *problem = &v->problems.v[i];
        char key[32];
        snprintf(key, sizeof(key), "problem-%zu", i);
        if (ui_item(ui, key, problem->label[0] ? problem->label : problem->ref,
                    UI_OPT(.icon = ICON_ERROR_OUTLINE, .tone = TONE_ERROR,
                           .hint = problem->message[0] ? problem->message
                                                       : tr("An answer is missing or wrong")))) {
            open_problem(desk, problem);
        }
    }
}

static void draw_forms(struct desk *desk, struct review_state *s)
{
    struct ui *ui = desk->ui;
    ui_heading(ui, tr("Forms of this visit"));
    for (size_t i = 0; i < s->drafts.n; i++) {
        const struct record *row = &s->drafts.v[i];
        char key[32];
        bool draft = row->state == RECORD_DRAFT;
        bool own = strcmp(row->form_id, "satisfaction") == 0; /* the citizen's own answers */
        snprintf(key, sizeof(key), "record-%lld", (long long)row->id);
        if (ui_item(ui, key, own ? tr("Rating of the citizen") : row->title,
                    UI_OPT(.icon = ICON_DESCRIPTION, .state = draft ? tr("Draft") : tr("Ready"),
                           .tone = draft ? TONE_WARN : TONE_SYNC)) &&
            draft && !own) {
            struct visiting_problem problem = {.record = row->id};
            open_problem(desk, &problem);
        }
    }
}

static void finish(struct desk *desk, struct review_state *s)
{
    struct err err = {0};
    if (visiting_finish(desk->visiting, &err)) {
        desk_turn(desk, "receipt", NULL);
    } else if (err.kind == ERR_INPUT && desk->visiting->problems.n) {
        look(desk, s);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct review_state *s = state;
    struct ui *ui = desk->ui;
    struct err err = {0};
    ui_screen(ui, "review");
    if (ui_bar(ui, tr("Review and close"), tr("Step 8 of 8"))) {
        if (visiting_go(desk->visiting, VISIT_RATING, &err)) {
            desk_turn(desk, "rating", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_body_begin(ui);
    draw_problems(desk);
    draw_values(desk);
    draw_forms(desk, s);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "finish", tr("Close the visit"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_TASK_ALT,
                         .disabled = desk->visiting->problems.n > 0))) {
        finish(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_review = {
    .name = "review",
    .state_size = sizeof(struct review_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .leave = leave,
};
