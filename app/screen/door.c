/* At the door: which household, where, and whether anybody is there. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/household.h"
#include "app/store/list.h"
#include "platform/base/clock.h"
#include "platform/sensor/gps.h"

struct door_state {
    struct gps *gps;
    bool asks_nobody, wants_place;
    char reason[40], return_date[16], problem[300];
    char commune[160];
    struct arena arena;
    struct households known;
    char typed[120];
};

static void look_up_commune(struct desk *desk, struct door_state *s)
{
    const char *code = visiting_get(desk->visiting, "household.commune");
    struct form_list *list = NULL;
    uint32_t row;
    s->commune[0] = 0;
    if (code[0] && list_open(desk->app->store, "communes.csv", &list, NULL)) {
        if (list->ops->find(list, 0, str_of(code), 0, &row, 1)) {
            struct str name = list->ops->cell(list, row, 1);
            int n = snprintf(s->commune, sizeof(s->commune), STR_FMT ", ", STR_ARG(name));
            name = list->ops->cell(list, row, 3);
            snprintf(s->commune + n, sizeof(s->commune) - (size_t)n, STR_FMT, STR_ARG(name));
        }
        list->ops->destroy(list);
    }
}

static void look_up_households(struct desk *desk, struct door_state *s)
{
    arena_reset(&s->arena);
    if (!household_search(desk->app->store, str_of(s->typed), (struct page){0, 5}, &s->arena,
                          &s->known, NULL)) {
        s->known.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    if (!desk->visiting) {
        return false;
    }
    look_up_commune(desk, state);
    look_up_households(desk, state);
    return true;
}

static void back(struct desk *desk, void *state)
{
    look_up_commune(desk, state);
}

static void leave(struct desk *desk, void *state)
{
    struct door_state *s = state;
    gps_close(s->gps);
    arena_finish(&s->arena);
}

static void keep(struct desk *desk, const char *key, const char *text)
{
    struct err err = {0};
    if (text && !visiting_set(desk->visiting, key, text, &err)) {
        desk_fail(desk, &err);
    }
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static void draw_place(struct desk *desk, struct door_state *s)
{
    struct ui *ui = desk->ui;
    struct gps_fix fix;
    char text[160];
    const char *known = visiting_get(desk->visiting, "household.location");
    if (!s->gps) {
        if (ui_item(ui, "place", known[0] ? tr("The place is noted") : tr("Note the place (GPS)"),
                    UI_OPT(.icon = ICON_MY_LOCATION, .hint = known[0] ? NULL : tr("Optional")))) {
            struct err err = {0};
            if (!gps_open(NULL, wake, ui, &s->gps, &err)) {
                desk_fail(desk, &err);
            }
        }
        return;
    }
    gps_look(s->gps, &fix);
    if (fix.state == GPS_FIXED) {
        snprintf(text, sizeof(text), "%.7f %.7f %.1f %.1f", fix.latitude, fix.longitude,
                 fix.altitude == fix.altitude ? fix.altitude : 0,
                 fix.accuracy == fix.accuracy ? fix.accuracy : 0);
        keep(desk, "household.location", text);
        gps_close(s->gps);
        s->gps = NULL;
        return;
    }
    ui_after(ui, "gps", 1000);
    if (ui_item(ui, "place-stop",
                fix.state == GPS_SEARCHING ? tr("Looking for satellites…") : tr("No GPS here"),
                UI_OPT(.icon = ICON_MY_LOCATION,
                       .hint = tr("Touch to go on without; it is optional")))) {
        gps_close(s->gps);
        s->gps = NULL;
    }
}

static void draw_known(struct desk *desk, struct door_state *s)
{
    struct ui *ui = desk->ui;
    if (s->known.n == 0 && !s->typed[0]) {
        return;
    }
    const char *typed = ui_field(ui, "known", s->typed,
                                 &(struct ui_field){.label = tr("Been here before? Search"),
                                                    .input = UI_IN_SEARCH,
                                                    .live = true,
                                                    .max = 100});
    if (typed) {
        snprintf(s->typed, sizeof(s->typed), "%s", typed);
        look_up_households(desk, s);
    }
    for (size_t i = 0; i < s->known.n; i++) {
        const struct household *row = &s->known.v[i];
        char key[32], hint[300];
        snprintf(key, sizeof(key), "household-%lld", (long long)row->id);
        snprintf(hint, sizeof(hint), "%s%s%s", row->hamlet, row->hamlet[0] ? ", " : "",
                 row->address);
        if (ui_item(ui, key, row->head[0] ? row->head : hint,
                    UI_OPT(.icon = ICON_HOME, .hint = row->head[0] ? hint : NULL))) {
            struct err err = {0};
            if (!visiting_take_household(desk->visiting, row->id, &err)) {
                desk_fail(desk, &err);
            }
            look_up_commune(desk, s);
            s->typed[0] = 0;
        }
    }
}

/* The visit cannot end yet: says which answer is missing, not only that one is. */
static void say_missing(struct desk *desk, const struct err *err)
{
    const struct visiting *v = desk->visiting;
    char text[400];
    if (err->kind != ERR_INPUT || !v->problems.n) {
        desk_fail(desk, err);
        return;
    }
    const struct visiting_problem *problem = &v->problems.v[0];
    snprintf(text, sizeof(text), "%.190s: %.190s",
             problem->label[0] ? problem->label : problem->ref,
             problem->message[0] ? problem->message : tr("An answer is missing or wrong"));
    desk_say(desk, text);
}

static void draw_nobody(struct desk *desk, struct door_state *s)
{
    static const struct {
        const char *key, *text;
    } reasons[] = {{"nobody_home", tr_later("Nobody at home")},
                   {"only_child", tr_later("Only a child at home")},
                   {"not_now", tr_later("Not a good moment")},
                   {"refused", tr_later("They do not want help")},
                   {"wrong_address", tr_later("The address is wrong")}};
    struct ui *ui = desk->ui;
    struct err err = {0};
    bool gone = ui_sheet_begin(ui, "no-visit", tr("No visit today"));
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
        if (ui_choice(ui, reasons[i].key, tr(reasons[i].text),
                      strcmp(s->reason, reasons[i].key) == 0, NULL)) {
            snprintf(s->reason, sizeof(s->reason), "%s", reasons[i].key);
        }
    }
    const char *date =
        ui_date(ui, "return", s->return_date,
                &(struct ui_date){.label = tr("Come back on (optional)"), .part = 'd'});
    if (date) {
        snprintf(s->return_date, sizeof(s->return_date), "%s", date);
    }
    if (ui_button(ui, "end-visit", tr("End the visit"),
                  UI_OPT(.kind = UI_PRIMARY, .disabled = !s->reason[0]))) {
        const char *outcome = strcmp(s->reason, "refused") == 0 ? "refused" : "nobody_home";
        if (visiting_keep_person(desk->visiting, &err) &&
            visiting_end_early(desk->visiting, outcome, s->reason, s->return_date, &err)) {
            ui_toast(ui, tr("The visit is noted"), NULL, NULL);
            desk_home(desk);
        } else {
            say_missing(desk, &err);
        }
    }
    ui_end(ui);
    s->asks_nobody = s->asks_nobody && !gone;
}

static void draw_fields(struct desk *desk, struct door_state *s)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    if (ui_item(ui, "commune", s->commune[0] ? s->commune : tr("Choose the commune"),
                UI_OPT(.icon = ICON_PLACE, .hint = tr("Commune and province")))) {
        desk_go(desk, "commune", NULL);
    }
    keep(desk, "household.hamlet",
         ui_field(ui, "hamlet", visiting_get(v, "household.hamlet"),
                  &(struct ui_field){.label = tr("Hamlet or street group"), .max = 120}));
    keep(desk, "household.address",
         ui_field(ui, "address", visiting_get(v, "household.address"),
                  &(struct ui_field){.label = tr("House, lane, street"),
                                     .max = 200,
                                     .error = s->problem[0] ? s->problem : NULL}));
    keep(desk, "household.head",
         ui_field(ui, "head", visiting_get(v, "household.head"),
                  &(struct ui_field){.label = tr("Head of the household"),
                                     .max = 120,
                                     .hint = tr("Only if you know it already")}));
    draw_place(desk, s);
}

static void go_on(struct desk *desk, struct door_state *s)
{
    struct err err = {0};
    const struct visiting *v = desk->visiting;
    if (!visiting_get(v, "household.address")[0] && !visiting_get(v, "household.hamlet")[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 tr("Write the hamlet or the address, so that the house is found again."));
        ui_focus(desk->ui, "address");
        return;
    }
    if (visiting_go(desk->visiting, VISIT_CONSENT, &err)) {
        desk_turn(desk, "consent", NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct door_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "door");
    if (ui_bar(ui, tr("The door"), tr("Step 1 of 8"))) {
        desk_home(desk);
    }
    ui_body_begin(ui);
    draw_known(desk, s);
    draw_fields(desk, s);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "nobody", tr("Nobody there"), NULL)) {
        s->asks_nobody = true;
    }
    if (ui_button(ui, "next", tr("Next"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD))) {
        go_on(desk, s);
    }
    ui_end(ui);
    if (s->asks_nobody) {
        draw_nobody(desk, s);
    }
}

const struct screen screen_door = {
    .name = "door",
    .state_size = sizeof(struct door_state),
    .enter = enter,
    .draw = draw,
    .back = back,
    .leave = leave,
};
