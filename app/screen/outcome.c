/* How it ended: submitted together, to be submitted by the centre, an appointment, or not possible
 * and why. */
#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/screen/screen.h"
#include "platform/base/clock.h"

struct outcome_state {
    char problem[300];
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    return desk->visiting != NULL;
}

static void keep(struct desk *desk, const char *key, const char *text)
{
    struct err err = {0};
    if (text && !visiting_set(desk->visiting, key, text, &err)) {
        desk_fail(desk, &err);
    }
}

static void draw_submitted(struct desk *desk)
{
    struct ui *ui = desk->ui;
    const char *code = visiting_get(desk->visiting, "visit.dossier"), *wrong = NULL;
    struct ident ident;
    if (code[0]) {
        ident_read(str_of(code), CLAIM_TYPED, clock_today(), &ident);
        wrong = ident.kind == IDENT_DOSSIER
                    ? NULL
                    : tr("This does not look like a dossier code; compare it with the phone.");
    }
    keep(desk, "visit.dossier",
         ui_field(ui, "dossier", code,
                  &(struct ui_field){.label = tr("Dossier code on the citizen's phone"),
                                     .placeholder = "H56.14-261105-0007",
                                     .input = UI_IN_CODE,
                                     .hint = wrong,
                                     .max = 40,
                                     .scan = true}));
    if (ui_button(ui, "scan-dossier", tr("Scan the code"), UI_OPT(.icon = ICON_QR_CODE_SCANNER))) {
        desk_go(desk, "scan", &(struct ticket){0, "dossier"});
    }
}

static void draw_appointment(struct desk *desk)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    keep(desk, "visit.appointment_date",
         ui_date(ui, "appointment-date", visiting_get(v, "visit.appointment_date"),
                 &(struct ui_date){.label = tr("Day"), .part = 'd', .required = true}));
    keep(desk, "visit.appointment_time",
         ui_time(ui, "appointment-time", visiting_get(v, "visit.appointment_time"),
                 &(struct ui_date){.label = tr("Time")}));
    keep(desk, "visit.office",
         ui_field(ui, "office", visiting_get(v, "visit.office"),
                  &(struct ui_field){.label = tr("Office"), .max = 160}));
    keep(desk, "visit.ticket",
         ui_field(ui, "ticket", visiting_get(v, "visit.ticket"),
                  &(struct ui_field){.label = tr("Queue ticket, as printed"), .max = 80}));
}

static void go_on(struct desk *desk, struct outcome_state *s)
{
    struct err err = {0};
    const struct visiting *v = desk->visiting;
    const char *outcome = visiting_get(v, "visit.outcome");
    s->problem[0] = 0;
    if (!outcome[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s", tr("Choose how it ended."));
    } else if (strcmp(outcome, "not_possible") == 0 && !visiting_get(v, "visit.reason")[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s", tr("Say why it was not possible."));
    } else if (strcmp(outcome, "appointment") == 0 &&
               !visiting_get(v, "visit.appointment_date")[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s", tr("Choose the day of the appointment."));
    } else if (visiting_go(desk->visiting, VISIT_RATING, &err)) {
        desk_turn(desk, "rating", NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_more(struct desk *desk)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    if (visiting_is(v, "visit.outcome", "submitted")) {
        draw_submitted(desk);
    } else if (visiting_is(v, "visit.outcome", "appointment")) {
        draw_appointment(desk);
    } else if (visiting_is(v, "visit.outcome", "not_possible")) {
        keep(desk, "visit.reason",
             ui_field(
                 ui, "reason", visiting_get(v, "visit.reason"),
                 &(struct ui_field){.label = tr("Why"), .lines = 2, .max = 300, .required = true}));
    }
    keep(desk, "visit.note",
         ui_field(ui, "note", visiting_get(v, "visit.note"),
                  &(struct ui_field){.label = tr("Note (optional)"), .lines = 2, .max = 500}));
}

static void draw(struct desk *desk, void *state)
{
    static const struct {
        const char *key, *text, *hint;
    } ways[] = {
        {"submitted", tr_later("Submitted together"), tr_later("On the citizen's own phone")},
        {"centre", tr_later("The centre will submit it"), tr_later("It goes along with the form")},
        {"appointment", tr_later("An appointment was made"), tr_later("Or a queue ticket taken")},
        {"guided", tr_later("Explained, the citizen goes on alone"), NULL},
        {"not_possible", tr_later("Not possible today"), NULL},
    };
    struct outcome_state *s = state;
    struct ui *ui = desk->ui;
    struct err err = {0};
    ui_screen(ui, "outcome");
    if (ui_bar(ui, tr("How did it end?"), tr("Step 6 of 8"))) {
        if (visiting_go(desk->visiting, VISIT_TOPICS, &err)) {
            desk_turn(desk, "topics", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_body_begin(ui);
    ui_group_begin(ui, "outcome", NULL, UI_OPT(.error = s->problem[0] ? s->problem : NULL));
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        if (ui_choice(ui, ways[i].key, tr(ways[i].text),
                      visiting_is(desk->visiting, "visit.outcome", ways[i].key),
                      UI_OPT(.hint = ways[i].hint ? tr(ways[i].hint) : NULL))) {
            keep(desk, "visit.outcome", ways[i].key);
        }
    }
    ui_end(ui);
    draw_more(desk);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "next", tr("Next"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD))) {
        go_on(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_outcome = {
    .name = "outcome",
    .state_size = sizeof(struct outcome_state),
    .enter = enter,
    .draw = draw,
};
