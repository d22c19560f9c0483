/* What is needed today: topics as large tiles. Each opens its guide cards, and from there the form
 * that belongs to it. */
#include <stdio.h>
#include <string.h>

#include "app/screen/icons.h"
#include "app/screen/screen.h"

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    return desk->visiting != NULL;
}

/* Is the word among those of the text? */
static bool has_word(const char *text, const char *word)
{
    struct str rest = str_of(text), one;
    while (str_word(&rest, &one)) {
        if (str_is(one, word)) {
            return true;
        }
    }
    return false;
}

static void open_topic(struct desk *desk, const char *id)
{
    struct err err = {0};
    const char *chosen = visiting_get(desk->visiting, "visit.topics");
    struct buf all = {0};
    buf_add_text(&all, chosen);
    if (!has_word(chosen, id)) {
        buf_addf(&all, "%s%s", all.n ? " " : "", id);
    }
    const char *const pairs[] = {"visit.topics", buf_text(&all), "topic", id, NULL};
    if (visiting_set_all(desk->visiting, pairs, &err)) {
        desk_go(desk, "guide", &(struct ticket){0, id});
    } else {
        desk_fail(desk, &err);
    }
    buf_finish(&all);
}

static void draw(struct desk *desk, void *state)
{
    struct ui *ui = desk->ui;
    struct topic topic;
    struct err err = {0};
    char chosen[512]; /* a copy: choosing a topic changes the text */
    snprintf(chosen, sizeof(chosen), "%s", visiting_get(desk->visiting, "visit.topics"));
    ui_screen(ui, "topics");
    if (ui_bar(ui, tr("What is needed?"), tr("Step 4 of 8"))) {
        bool record = visiting_is(desk->visiting, "consent.record", "yes");
        if (visiting_go(desk->visiting, record ? VISIT_WHO : VISIT_CONSENT, &err)) {
            desk_turn(desk, record ? "who" : "consent", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_body_begin(ui);
    ui_grid_begin(ui, "topics", 140, 0);
    for (size_t i = 0; catalogue_topic(desk->app->catalogue, i, &topic); i++) {
        bool done = has_word(chosen, topic.id);
        if (ui_tile(ui, topic.id, words_text(topic.title),
                    UI_OPT(.icon = icon_of(topic.icon), .state = done ? tr("Done") : NULL,
                           .tone = done ? TONE_OK : TONE_NONE))) {
            open_topic(desk, topic.id);
        }
    }
    ui_end(ui);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "next", tr("Next: outcome"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD))) {
        if (visiting_go(desk->visiting, VISIT_OUTCOME, &err)) {
            desk_turn(desk, "outcome", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_end(ui);
}

const struct screen screen_topics = {.name = "topics", .enter = enter, .draw = draw};
