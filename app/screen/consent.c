/* What the citizen hears before anything is kept, and what was agreed to, purpose by purpose.
 * Nothing is ticked beforehand; refusing the first purpose lets help go on without a record of the
 * person. */
#include <stdio.h>
#include <string.h>

#include "app/screen/voice.h"

struct consent_state {
    bool tried;
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

/* Appends text with {team}, {phone} and {days} filled in; what is not known is said so. */
static void add_filled(struct desk *desk, struct buf *to, const char *text)
{
    struct consent_text all;
    char days[16];
    catalogue_consent(desk->app->catalogue, &all);
    snprintf(days, sizeof(days), "%d", all.retention_days);
    while (*text) {
        const char *value = NULL, *open = strchr(text, '{'),
                   *close = open ? strchr(open, '}') : NULL;
        if (!close) {
            buf_add_text(to, text);
            return;
        }
        struct str name = {open + 1, (size_t)(close - open) - 1};
        value = str_is(name, "team")    ? settings_text(desk->app, "volunteer_team")
                : str_is(name, "phone") ? settings_text(desk->app, "team_phone")
                : str_is(name, "days")  ? days
                                        : "";
        buf_add(to, text, (size_t)(open - text));
        buf_add_text(to, value[0] ? value : words_text(all.unknown));
        text = close + 1;
    }
}

/* All that the citizen is told, as it stands on the screen. */
static void read_aloud(struct desk *desk)
{
    struct consent_text text;
    struct notice element;
    struct purpose purpose;
    struct buf words = {0};
    catalogue_consent(desk->app->catalogue, &text);
    add_filled(desk, &words, words_text(text.lead));
    for (size_t i = 0; consent_element(desk->app->catalogue, i, &element); i++) {
        buf_addf(&words, "\n\n%s.\n", words_text(element.title));
        add_filled(desk, &words, words_text(element.text));
    }
    buf_addf(&words, "\n\n%s", tr("The citizen agrees that:"));
    for (size_t i = 0; consent_purpose(desk->app->catalogue, i, &purpose); i++) {
        buf_addf(&words, "\n\n%s.\n%s", words_text(purpose.text), words_text(purpose.detail));
    }
    voice_say(desk, buf_text(&words));
    buf_finish(&words);
}

static void draw_text(struct desk *desk)
{
    struct ui *ui = desk->ui;
    struct consent_text text;
    struct notice element;
    struct buf filled = {0};
    catalogue_consent(desk->app->catalogue, &text);
    add_filled(desk, &filled, words_text(text.lead));
    ui_text(ui, TYPE_BODY, buf_text(&filled), NULL);
    for (size_t i = 0; consent_element(desk->app->catalogue, i, &element); i++) {
        buf_clear(&filled);
        add_filled(desk, &filled, words_text(element.text));
        ui_card_begin(ui, element.id, NULL);
        ui_text(ui, TYPE_STRONG, words_text(element.title), NULL);
        ui_text(ui, TYPE_BODY, buf_text(&filled), NULL);
        ui_end(ui);
    }
    buf_finish(&filled);
}

static void draw_purposes(struct desk *desk)
{
    struct ui *ui = desk->ui;
    struct purpose purpose;
    struct consent_text text;
    catalogue_consent(desk->app->catalogue, &text);
    ui_group_begin(ui, "purposes", tr("The citizen agrees that:"), NULL);
    for (size_t i = 0; consent_purpose(desk->app->catalogue, i, &purpose); i++) {
        char key[64];
        snprintf(key, sizeof(key), "consent.%s", purpose.id);
        bool yes = visiting_is(desk->visiting, key, "yes");
        if (ui_choice(ui, key, words_text(purpose.text), yes,
                      UI_OPT(.kind = UI_CHECK, .hint = words_text(purpose.detail)))) {
            keep(desk, key, yes ? "no" : "yes");
        }
    }
    ui_end(ui);
    if (!visiting_is(desk->visiting, "consent.record", "yes")) {
        ui_notice(ui, TONE_WARN, words_text(text.refused));
    }
}

static void draw_choice(struct desk *desk, const char *key, const char *heading,
                        bool (*at)(const struct catalogue *, size_t, struct notice *))
{
    struct ui *ui = desk->ui;
    struct notice notice;
    ui_group_begin(ui, key, heading, NULL);
    for (size_t i = 0; at(desk->app->catalogue, i, &notice); i++) {
        char id[80];
        snprintf(id, sizeof(id), "%s.%s", key, notice.id);
        if (ui_choice(ui, id, words_text(notice.text), visiting_is(desk->visiting, key, notice.id),
                      NULL)) {
            keep(desk, key, notice.id);
        }
    }
    ui_end(ui);
}

static void go_on(struct desk *desk, struct consent_state *s)
{
    struct err err = {0};
    struct purpose purpose;
    const struct visiting *v = desk->visiting;
    bool record = visiting_is(v, "consent.record", "yes");
    s->tried = true;
    if (record &&
        (!visiting_get(v, "consent.giver")[0] || !visiting_get(v, "consent.channel")[0])) {
        ui_focus(desk->ui,
                 visiting_get(v, "consent.giver")[0] ? "consent.channel" : "consent.giver");
        return;
    }
    for (size_t i = 0; consent_purpose(desk->app->catalogue, i, &purpose); i++) {
        char key[64];
        snprintf(key, sizeof(key), "consent.%s", purpose.id);
        if (!visiting_is(v, key, "yes")) {
            keep(desk, key, "no"); /* asked and not ticked */
        }
    }
    enum visiting_step next = record ? VISIT_WHO : VISIT_TOPICS;
    if (visiting_note_consent(desk->visiting, &err) && visiting_go(desk->visiting, next, &err)) {
        desk_turn(desk, record ? "who" : "topics", NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_giver(struct desk *desk, const struct consent_state *s)
{
    struct ui *ui = desk->ui;
    const struct visiting *v = desk->visiting;
    draw_choice(desk, "consent.giver", tr("Who agrees?"), consent_giver);
    if (visiting_get(v, "consent.giver")[0] && !visiting_is(v, "consent.giver", "self")) {
        keep(desk, "consent.giver_name",
             ui_field(
                 ui, "giver-name", visiting_get(v, "consent.giver_name"),
                 &(struct ui_field){.label = tr("Name of who agrees for the person"), .max = 120}));
    }
    draw_choice(desk, "consent.channel", tr("How did they agree?"), consent_channel);
    if (s->tried &&
        (!visiting_get(v, "consent.giver")[0] || !visiting_get(v, "consent.channel")[0])) {
        ui_notice(ui, TONE_ERROR, tr("Say who agreed and how; both are kept with the consent."));
    }
}

static void draw(struct desk *desk, void *state)
{
    struct consent_state *s = state;
    struct ui *ui = desk->ui;
    struct consent_text text;
    struct err err = {0};
    catalogue_consent(desk->app->catalogue, &text);
    ui_screen(ui, "consent");
    if (ui_bar(ui, words_text(text.title), tr("Step 2 of 8"))) {
        if (visiting_go(desk->visiting, VISIT_DOOR, &err)) {
            desk_turn(desk, "door", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_body_begin(ui);
    if (voice_button(desk)) {
        read_aloud(desk);
    }
    draw_text(desk);
    draw_purposes(desk);
    if (visiting_is(desk->visiting, "consent.record", "yes")) {
        draw_giver(desk, s);
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "next",
                  visiting_is(desk->visiting, "consent.record", "yes")
                      ? tr("Next")
                      : tr("Go on without a record"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD))) {
        go_on(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_consent = {
    .name = "consent",
    .state_size = sizeof(struct consent_state),
    .enter = enter,
    .draw = draw,
};
