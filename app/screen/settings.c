/* The settings of work/settings.c as a list; each has its sentence. Language, colours and size act
 * at once. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/work/sync.h"

struct settings_state {
    char open[40]; /* name of the choice whose sheet is shown */
    bool changes_pin;
    char old_pin[72], new_pin[72], problem[300];
};

static void change(struct desk *desk, const char *name, const char *value)
{
    struct err err = {0};
    if (!settings_set(desk->app, name, value, &err)) {
        desk_fail(desk, &err);
        return;
    }
    if (strcmp(name, "send_over") == 0 || strcmp(name, "data_budget") == 0) {
        sync_kick(desk->app->sync, false); /* what waits by the old rule is looked at again */
    }
    if (strcmp(name, "language") == 0) {
        lang_set(value, NULL);
    }
    desk_take_settings(desk);
}

static void draw_row(struct desk *desk, struct settings_state *s, const struct setting_row *row)
{
    struct ui *ui = desk->ui;
    const char *value = settings_text(desk->app, row->name), *typed = NULL;
    switch (row->kind) {
    case SETTING_SWITCH:
        if (ui_choice(ui, row->name, tr(row->label), strcmp(value, "1") == 0,
                      UI_OPT(.kind = UI_SWITCH, .hint = tr(row->help)))) {
            change(desk, row->name, strcmp(value, "1") == 0 ? "0" : "1");
        }
        break;
    case SETTING_CHOICE:
        if (ui_item(ui, row->name, tr(row->label),
                    UI_OPT(.hint = settings_choice_text(row->name, value)))) {
            snprintf(s->open, sizeof(s->open), "%s", row->name);
        }
        break;
    case SETTING_NUMBER:
    case SETTING_TEXT:
        typed = ui_field(
            ui, row->name, value,
            &(struct ui_field){.label = tr(row->label),
                               .hint = tr(row->help),
                               .input = row->kind == SETTING_NUMBER ? UI_IN_INTEGER : UI_IN_TEXT,
                               .max = (int)(row->kind == SETTING_TEXT ? row->most : 6)});
        if (typed) {
            change(desk, row->name, typed);
        }
        break;
    }
}

static void draw_sheet(struct desk *desk, struct settings_state *s)
{
    struct ui *ui = desk->ui;
    const struct setting_row *row = settings_find(s->open);
    struct str rest = str_of(row->choices), word;
    const char *value = settings_text(desk->app, row->name);
    bool gone = ui_sheet_begin(ui, "choose", tr(row->label));
    ui_text(ui, TYPE_SMALL, tr(row->help), NULL);
    while (str_word(&rest, &word)) {
        char choice[40];
        snprintf(choice, sizeof(choice), STR_FMT, STR_ARG(word));
        if (ui_choice(ui, choice, settings_choice_text(row->name, choice),
                      strcmp(value, choice) == 0, NULL)) {
            change(desk, row->name, choice);
            gone = true;
        }
    }
    ui_end(ui);
    if (gone) {
        s->open[0] = 0;
    }
}

static void draw_pin(struct desk *desk, struct settings_state *s)
{
    struct ui *ui = desk->ui;
    struct err err = {0};
    const char *typed;
    bool gone = ui_sheet_begin(ui, "pin-sheet", tr("Change the PIN"));
    if ((typed =
             ui_field(ui, "old-pin", s->old_pin,
                      &(struct ui_field){
                          .label = tr("Old PIN"), .input = UI_IN_PIN, .live = true, .max = 64}))) {
        snprintf(s->old_pin, sizeof(s->old_pin), "%s", typed);
    }
    if ((typed = ui_field(ui, "new-pin", s->new_pin,
                          &(struct ui_field){.label = tr("New PIN"),
                                             .input = UI_IN_PIN,
                                             .live = true,
                                             .max = 64,
                                             .error = s->problem[0] ? s->problem : NULL}))) {
        snprintf(s->new_pin, sizeof(s->new_pin), "%s", typed);
    }
    if (ui_button(ui, "pin-change", tr("Change"), UI_OPT(.kind = UI_PRIMARY))) {
        if (app_change_pin(desk->app, str_of(s->old_pin), str_of(s->new_pin), &err)) {
            ui_toast(ui, tr("The PIN was changed"), NULL, NULL);
            gone = true;
        } else {
            snprintf(s->problem, sizeof(s->problem), "%s",
                     err.kind == ERR_INPUT    ? tr("At least 6 digits or letters.")
                     : err.kind == ERR_DENIED ? tr("The old PIN is wrong, or it must rest first.")
                                              : app_sentence(&err));
        }
    }
    ui_end(ui);
    if (gone) {
        explicit_bzero(s->old_pin, sizeof(s->old_pin));
        explicit_bzero(s->new_pin, sizeof(s->new_pin));
        s->changes_pin = false;
        s->problem[0] = 0;
    }
}

static void draw(struct desk *desk, void *state)
{
    struct settings_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "settings");
    if (ui_bar(ui, tr("Settings"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    for (size_t i = 0; settings_row(i); i++) {
        const struct setting_row *row = settings_row(i);
        if (row->owner == SETTING_ENROLMENT) {
            ui_value(ui, row->name, tr(row->label),
                     settings_text(desk->app, row->name)[0] ? settings_text(desk->app, row->name)
                                                            : tr("Not yet"),
                     NULL);
        } else if (strcmp(row->name, "commune") == 0) {
            if (ui_item(ui, row->name, tr(row->label),
                        UI_OPT(.hint = settings_text(desk->app, row->name)[0]
                                           ? settings_text(desk->app, row->name)
                                           : tr(row->help)))) {
                desk_go(desk, "commune", &(struct ticket){0, "setting"});
            }
        } else {
            draw_row(desk, s, row);
        }
    }
    if (ui_item(ui, "enrol", tr("Enrol at a server"), UI_OPT(.icon = ICON_QR_CODE_SCANNER))) {
        desk_go(desk, "enrol", NULL);
    }
    if (ui_item(ui, "change-pin", tr("Change the PIN"), UI_OPT(.icon = ICON_LOCK))) {
        s->changes_pin = true;
    }
    ui_text(ui, TYPE_SMALL, "Gõ Cửa " GOCUA_VERSION, NULL);
    ui_end(ui);
    if (s->open[0]) {
        draw_sheet(desk, s);
    } else if (s->changes_pin) {
        draw_pin(desk, s);
    }
}

const struct screen screen_settings = {
    .name = "settings",
    .state_size = sizeof(struct settings_state),
    .draw = draw,
};
