/* Who is helped: scanned from a card or typed; what was read is shown with its origin and what does
 * not agree is said, never refused. A person who is known here is offered before a second one is
 * made. */
#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/screen/screen.h"
#include "platform/base/clock.h"

struct who_state {
    struct arena arena;
    struct persons same;
    bool looked;
    char problem[300];
};

static void look(struct desk *desk, struct who_state *s)
{
    arena_reset(&s->arena);
    if (desk->visiting->person || !visiting_find_same(desk->visiting, &s->arena, &s->same, NULL)) {
        s->same.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    if (desk->visiting) {
        look(desk, state);
    }
    return desk->visiting != NULL;
}

static void back(struct desk *desk, void *state)
{
    look(desk, state);
}

static void leave(struct desk *desk, void *state)
{
    struct who_state *s = state;
    arena_finish(&s->arena);
}

/* A value typed over what a card said: its origin changes with it. */
static void type(struct desk *desk, struct who_state *s, enum claim_field field, const char *text)
{
    struct person_claim claim = {0};
    struct err err = {0};
    if (!text) {
        return;
    }
    if (!claim_set(&claim, field, str_of(text[0] ? text : " "), CLAIM_TYPED) ||
        !visiting_take_claim(desk->visiting, &claim, &err)) {
        desk_fail(desk, &err);
    }
    s->problem[0] = 0;
    look(desk, s);
}

static const char *origin_of(struct desk *desk, const char *key)
{
    static const struct {
        const char *name, *text;
    } words[] = {{"camera", tr_later("from the card, by camera")},
                 {"picture", tr_later("from the card, by picture")},
                 {"scanner", tr_later("from the card, by scanner")},
                 {"typed", tr_later("typed")},
                 {"derived", tr_later("worked out from the number")}};
    char origin[64];
    snprintf(origin, sizeof(origin), "origin.%s", key);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (visiting_is(desk->visiting, origin, words[i].name)) {
            return tr(words[i].text);
        }
    }
    return NULL;
}

static void draw_warnings(struct desk *desk)
{
    struct person_claim claim;
    visiting_claim(desk->visiting, &claim);
    for (unsigned bit = 1; bit <= CLAIM_WARN_AGE; bit <<= 1) {
        if (claim.warnings & bit) {
            ui_notice(desk->ui, TONE_WARN, tr(claim_warning_sentence((enum claim_warning)bit)));
        }
    }
}

static void draw_same(struct desk *desk, struct who_state *s)
{
    struct ui *ui = desk->ui;
    for (size_t i = 0; i < s->same.n; i++) {
        const struct person *row = &s->same.v[i];
        char key[32], hint[200];
        snprintf(key, sizeof(key), "person-%lld", (long long)row->id);
        snprintf(hint, sizeof(hint), "%s · %s%s", row->birth, row->number_tail[0] ? "••• " : "",
                 row->number_tail);
        if (i == 0) {
            ui_notice(ui, TONE_WARN, tr("Somebody like this is already on the device. The same?"));
        }
        if (ui_item(ui, key, row->name,
                    UI_OPT(.icon = ICON_PERSON, .hint = hint, .state = tr("Known")))) {
            struct err err = {0};
            if (!visiting_take_person(desk->visiting, row->id, &err)) {
                desk_fail(desk, &err);
            }
            look(desk, s);
        }
    }
}

static void draw_sex(struct desk *desk, struct who_state *s)
{
    static const char *const keys[] = {"female", "male", "other"};
    static const char *const words[] = {tr_later("Female"), tr_later("Male"), tr_later("Other")};
    struct ui *ui = desk->ui;
    ui_group_begin(ui, "sex", tr("Sex"), NULL);
    for (size_t i = 0; i < 3; i++) {
        if (ui_choice(ui, keys[i], tr(words[i]), visiting_is(desk->visiting, "person.sex", keys[i]),
                      NULL)) {
            type(desk, s, CLAIM_SEX, keys[i]);
        }
    }
    ui_end(ui);
}

static void draw_fields(struct desk *desk, struct who_state *s)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    struct err err = {0};
    type(desk, s, CLAIM_NUMBER,
         ui_field(ui, "number", visiting_get(v, "person.id"),
                  &(struct ui_field){.label = tr("Personal number (12 digits)"),
                                     .input = UI_IN_CODE,
                                     .hint = origin_of(desk, "person.id"),
                                     .max = 12,
                                     .masked = true,
                                     .scan = true}));
    type(desk, s, CLAIM_NAME,
         ui_field(ui, "name", visiting_get(v, "person.name"),
                  &(struct ui_field){.label = tr("Full name"),
                                     .hint = origin_of(desk, "person.name"),
                                     .error = s->problem[0] ? s->problem : NULL,
                                     .max = 120,
                                     .required = true}));
    type(desk, s, CLAIM_BIRTH,
         ui_date(ui, "birth", visiting_get(v, "person.birth"),
                 &(struct ui_date){.label = tr("Born on"),
                                   .hint = origin_of(desk, "person.birth"),
                                   .part = 'd',
                                   .year_only = true}));
    draw_sex(desk, s);
    type(desk, s, CLAIM_ADDRESS,
         ui_field(ui, "address", visiting_get(v, "person.address"),
                  &(struct ui_field){.label = tr("Address on the card"),
                                     .hint = origin_of(desk, "person.address"),
                                     .lines = 2,
                                     .max = 300}));
    if (visiting_is(v, "consent.keep_contact", "yes")) {
        const char *phone = ui_field(
            ui, "phone", visiting_get(v, "person.phone"),
            &(struct ui_field){.label = tr("Phone number"), .input = UI_IN_PHONE, .max = 20});
        if (phone && !visiting_set(desk->visiting, "person.phone", phone, &err)) {
            desk_fail(desk, &err);
        }
    }
}

static void take_code(struct desk *desk, struct who_state *s, const char *code)
{
    struct ident ident;
    struct err err = {0};
    ident_read(str_of(code), CLAIM_SCANNER, clock_today(), &ident);
    if (!ident_is_person(ident.kind)) {
        desk_say(desk, tr(ident_sentence(&ident)));
    } else if (!visiting_take_claim(desk->visiting, &ident.person, &err)) {
        desk_fail(desk, &err);
    }
    explicit_bzero(&ident, sizeof(ident));
    look(desk, s);
}

static void go_on(struct desk *desk, struct who_state *s)
{
    struct err err = {0};
    if (!visiting_get(desk->visiting, "person.name")[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s", tr("Write the name, or scan the card."));
        ui_focus(desk->ui, "name");
        return;
    }
    if (visiting_keep_person(desk->visiting, &err) &&
        visiting_go(desk->visiting, VISIT_TOPICS, &err)) {
        desk_turn(desk, "topics", NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct who_state *s = state;
    struct ui *ui = desk->ui;
    struct err err = {0};
    const char *code;
    ui_screen(ui, "who");
    if (ui_bar(ui, tr_for("step of a visit", "Who"), tr("Step 3 of 8"))) {
        if (visiting_go(desk->visiting, VISIT_CONSENT, &err)) {
            desk_turn(desk, "consent", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    if ((code = ui_scanned(ui))) {
        take_code(desk, s, code);
    }
    ui_body_begin(ui);
    if (ui_button(ui, "scan", tr("Scan the card"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_QR_CODE_SCANNER)) ||
        ui_scan_wanted(ui)) {
        desk_go(desk, "scan", &(struct ticket){0, "person"});
    }
    draw_same(desk, s);
    draw_warnings(desk);
    draw_fields(desk, s);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "next", tr("Next"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD))) {
        go_on(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_who = {
    .name = "who",
    .state_size = sizeof(struct who_state),
    .enter = enter,
    .draw = draw,
    .back = back,
    .leave = leave,
};
