/* One topic, one card a step: done, or could not because…; then the form that belongs to it. */
#include <stdio.h>
#include <string.h>

#include "app/screen/icons.h"
#include "app/screen/voice.h"
#include "app/store/list.h"

struct guide_state {
    char topic[64];
    size_t card;
    bool asks_why;
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct guide_state *s = state;
    struct topic topic;
    snprintf(s->topic, sizeof(s->topic), "%s", ticket->text ? ticket->text : "");
    return desk->visiting && catalogue_topic_find(desk->app->catalogue, s->topic, &topic);
}

static void key_of_card(const struct guide_state *s, const struct card *card, char key[160])
{
    snprintf(key, 160, "card.%s/%s", s->topic, card->id);
}

static void note(struct desk *desk, struct guide_state *s, const struct card *card,
                 const char *result)
{
    struct err err = {0};
    char key[160];
    key_of_card(s, card, key);
    if (visiting_set(desk->visiting, key, result, &err)) {
        voice_stop(desk);
        s->card++;
        s->asks_why = false;
    } else {
        desk_fail(desk, &err);
    }
}

/* The words of a failure reason, from the shipped list in the language spoken now. */
static void reason_text(struct desk *desk, const char *name, char text[200])
{
    struct form_list *list = NULL;
    uint32_t row;
    snprintf(text, 200, "%s", name);
    if (list_open(desk->app->store, "failure_reasons.csv", &list, NULL)) {
        size_t column = strcmp(lang_get(), "en") == 0 ? 2 : strcmp(lang_get(), "ar") == 0 ? 3 : 1;
        if (list->ops->find(list, 0, str_of(name), 0, &row, 1)) {
            struct str cell = list->ops->cell(list, row, column);
            snprintf(text, 200, STR_FMT, STR_ARG(cell));
        }
        list->ops->destroy(list);
    }
}

static void draw_why(struct desk *desk, struct guide_state *s, const struct card *card)
{
    struct ui *ui = desk->ui;
    const char *name;
    char text[200];
    bool gone = ui_sheet_begin(ui, "why", tr("Could not, because…"));
    for (size_t i = 0; (name = card_reason(card, i)); i++) {
        reason_text(desk, name, text);
        if (ui_item(ui, name, text, NULL)) {
            note(desk, s, card, name);
        }
    }
    if (ui_item(ui, "other", tr("Another reason"), NULL)) {
        note(desk, s, card, "other");
    }
    ui_end(ui);
    s->asks_why = s->asks_why && !gone;
}

static void read_aloud(struct desk *desk, const struct card *card)
{
    struct buf words = {0};
    buf_addf(&words, "%s.\n\n%s\n\n%s", words_text(card->title), words_text(card->text),
             words_text(card->warn));
    voice_say(desk, buf_text(&words));
    buf_finish(&words);
}

static void draw_card(struct desk *desk, struct guide_state *s, const struct topic *topic,
                      const struct card *card)
{
    struct ui *ui = desk->ui;
    char key[160], count[40];
    key_of_card(s, card, key);
    const char *result = visiting_get(desk->visiting, key);
    snprintf(count, sizeof(count), "%zu/%zu", s->card + 1, topic->card_count);
    if (s->card == 0 && words_text(topic->lead)[0]) {
        ui_text(ui, TYPE_BODY, words_text(topic->lead), NULL);
    }
    ui_card_begin(ui, "card", NULL);
    ui_text(ui, TYPE_SMALL, count, NULL);
    ui_text(ui, TYPE_QUESTION, words_text(card->title), UI_OPT(.icon = icon_of(card->icon)));
    ui_text(ui, TYPE_BODY, words_text(card->text), NULL);
    if (words_text(card->warn)[0]) {
        ui_notice(ui, TONE_WARN, words_text(card->warn));
    }
    if (voice_button(desk)) {
        read_aloud(desk, card);
    }
    if (result[0]) {
        ui_badge(ui, strcmp(result, "done") == 0 ? tr("Done") : tr("Could not"),
                 strcmp(result, "done") == 0 ? TONE_OK : TONE_WARN);
    }
    ui_end(ui);
}

static void draw_end(struct desk *desk, struct guide_state *s, const struct topic *topic)
{
    struct ui *ui = desk->ui;
    ui_notice(ui, TONE_OK, tr("All cards of this topic are through."));
    if (strcmp(topic->id, "public_service") == 0 &&
        ui_item(
            ui, "procedure", tr("Find the procedure"),
            UI_OPT(.icon = ICON_SEARCH, .hint = visiting_get(desk->visiting, "procedure.name")[0]
                                                    ? visiting_get(desk->visiting, "procedure.name")
                                                    : tr("Papers to bring, fee, time")))) {
        desk_go(desk, "procedure", NULL);
    }
    if (topic->form[0] && ui_button(ui, "form", tr("Fill the form of this topic"),
                                    UI_OPT(.kind = UI_PRIMARY, .icon = ICON_DESCRIPTION))) {
        struct err err = {0};
        filling_close(desk->filling);
        desk->filling = NULL;
        if (visiting_form(desk->visiting, topic->form, &desk->filling, &err)) {
            desk_turn(desk, "filler", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    if (ui_button(ui, "topics", tr("Back to the topics"), UI_OPT(.icon = ICON_APPS))) {
        desk_back(desk);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct guide_state *s = state;
    struct ui *ui = desk->ui;
    struct topic topic;
    struct card card;
    catalogue_topic_find(desk->app->catalogue, s->topic, &topic);
    bool has_card = topic_card(&topic, s->card, &card);
    ui_screen(ui, "guide");
    if (ui_bar(ui, words_text(topic.title), tr("Step 5 of 8"))) {
        if (s->card) {
            s->card--;
        } else {
            desk_back(desk);
        }
    }
    ui_body_begin(ui);
    if (has_card) {
        draw_card(desk, s, &topic, &card);
    } else {
        draw_end(desk, s, &topic);
    }
    ui_end(ui);
    if (!has_card) {
        return;
    }
    ui_actions_begin(ui);
    if (card.reason_count && ui_button(ui, "could-not", tr("Could not"), NULL)) {
        s->asks_why = true;
    }
    if (ui_button(ui, "done", tr("Done"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK))) {
        note(desk, s, &card, "done");
    }
    ui_end(ui);
    if (s->asks_why) {
        draw_why(desk, s, &card);
    }
}

const struct screen screen_guide = {
    .name = "guide",
    .state_size = sizeof(struct guide_state),
    .enter = enter,
    .draw = draw,
};
