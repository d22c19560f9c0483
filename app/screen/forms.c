/* The forms that are on the device, to be filled outside of a visit too. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/formfile.h"
#include "app/work/sync.h"

struct forms_state {
    struct arena arena;
    struct formfiles forms;
    struct sync_status sync;
};

static void look(struct desk *desk, void *state)
{
    struct forms_state *s = state;
    arena_reset(&s->arena);
    if (!formfile_list(desk->app->store, false, &s->arena, &s->forms, NULL)) {
        s->forms.n = 0;
    }
    sync_look(desk->app->sync, &s->sync);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    look(desk, state);
    return true;
}

static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    look(desk, state);
}

static void leave(struct desk *desk, void *state)
{
    struct forms_state *s = state;
    arena_finish(&s->arena);
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct forms_state *s = ctx;
    const struct formfile *form = &s->forms.v[index];
    char hint[160];
    snprintf(hint, sizeof(hint), "%s · %s", form->form_id, form->version);
    ui_list_row(ui, form->title, -1, UI_OPT(.icon = ICON_DESCRIPTION, .hint = hint));
}

/* A form that came and cannot be used was left out: the supervisor should know which. */
static void draw_refused(struct ui *ui, const struct forms_state *s)
{
    char text[400];
    if (s->sync.news.forms_bad) {
        snprintf(text, sizeof(text),
                 tr("A form from the server could not be used and was left out: %s. Tell your "
                    "supervisor."),
                 s->sync.news.first_bad);
        ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
        ui_notice(ui, TONE_WARN, text);
        ui_end(ui);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct forms_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "forms");
    if (ui_bar(ui, tr("Forms"), NULL)) {
        desk_back(desk);
    }
    if (ui_bar_action(ui, "refresh", tr("Look for new forms"), ICON_REFRESH)) {
        sync_kick(desk->app->sync, true);
        ui_toast(ui, tr("Asking the server for forms…"), NULL, NULL);
    }
    ui_page_begin(ui);
    draw_refused(ui, s);
    long chosen = ui_list(
        ui, "forms",
        &(struct ui_list){.count = s->forms.n,
                          .row = row,
                          .ctx = s,
                          .name = tr("Forms"),
                          .empty = tr("No forms yet"),
                          .empty_hint = tr("They come from the server after the enrolment."),
                          .empty_icon = ICON_DESCRIPTION});
    ui_end(ui);
    if (chosen >= 0) {
        struct err err = {0};
        filling_close(desk->filling);
        desk->filling = NULL;
        if (filling_begin(desk->app, s->forms.v[chosen].form_id, "", &desk->filling, &err)) {
            desk_go(desk, "filler", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
}

const struct screen screen_forms = {
    .name = "forms",
    .state_size = sizeof(struct forms_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .mail = mail,
    .leave = leave,
};
