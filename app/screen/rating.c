/* The device is in the citizen's hand: the question fills the screen, every way out but its own is
 * closed, and the volunteer does not see the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen/icons.h"
#include "app/screen/screen.h"

enum rating_page { PAGE_HAND_OVER, PAGE_FACE, PAGE_REASON, PAGE_HOW, PAGE_THANKS };

struct rating_state {
    enum rating_page page;
    char value[8], reasons[300];
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    return desk->visiting != NULL;
}

static void leave_to_review(struct desk *desk)
{
    struct err err = {0};
    if (visiting_go(desk->visiting, VISIT_REVIEW, &err)) {
        desk_turn(desk, "review", NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_hand_over(struct desk *desk, struct rating_state *s,
                           const struct rating_text *text)
{
    struct ui *ui = desk->ui;
    struct err err = {0};
    if (ui_bar(ui, tr("Rating"), tr("Step 7 of 8"))) {
        if (visiting_go(desk->visiting, VISIT_OUTCOME, &err)) {
            desk_turn(desk, "outcome", NULL);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, words_text(text->hand_over), NULL);
    if (visiting_get(desk->visiting, "rating.value")[0]) {
        ui_notice(ui, TONE_OK, tr("A rating was already given; a new one takes its place."));
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "skip", tr("No rating"), NULL)) {
        leave_to_review(desk);
    }
    if (ui_button(ui, "start", tr("Start"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_STAR))) {
        s->page = PAGE_FACE;
    }
    ui_end(ui);
}

static void draw_face(struct desk *desk, struct rating_state *s, const struct rating_text *text)
{
    struct ui *ui = desk->ui;
    struct notice face;
    ui_bar_home(ui, tr("Your opinion"), NULL);
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, words_text(text->question), NULL);
    for (size_t i = 0; rating_face(desk->app->catalogue, i, &face); i++) {
        if (ui_item(ui, face.id, words_text(face.text), UI_OPT(.icon = icon_of(face.icon)))) {
            snprintf(s->value, sizeof(s->value), "%d", face.value);
            s->page = face.value <= text->reason_from ? PAGE_REASON : PAGE_HOW;
        }
    }
    ui_end(ui);
}

/* A finger slipped: the faces again, nothing kept of what was touched. */
static void begin_again(struct rating_state *s)
{
    s->value[0] = 0;
    s->reasons[0] = 0;
    s->page = PAGE_FACE;
}

static bool has_reason(const struct rating_state *s, const char *id)
{
    struct str rest = str_of(s->reasons), one;
    while (str_word(&rest, &one)) {
        if (str_is(one, id)) {
            return true;
        }
    }
    return false;
}

static void toggle_reason(struct rating_state *s, const char *id)
{
    struct buf left = {0};
    struct str rest = str_of(s->reasons), one;
    bool was = has_reason(s, id);
    while (str_word(&rest, &one)) {
        if (!str_is(one, id)) {
            buf_addf(&left, "%s" STR_FMT, left.n ? " " : "", STR_ARG(one));
        }
    }
    if (!was) {
        buf_addf(&left, "%s%s", left.n ? " " : "", id);
    }
    snprintf(s->reasons, sizeof(s->reasons), "%s", buf_text(&left));
    buf_finish(&left);
}

static void draw_reason(struct desk *desk, struct rating_state *s)
{
    struct ui *ui = desk->ui;
    struct notice reason;
    ui_bar_home(ui, tr("Your opinion"), NULL);
    ui_body_begin(ui);
    ui_group_begin(ui, "reasons", tr("What was not good?"), NULL);
    for (size_t i = 0; rating_reason(desk->app->catalogue, i, &reason); i++) {
        if (ui_choice(ui, reason.id, words_text(reason.text), has_reason(s, reason.id),
                      UI_OPT(.kind = UI_CHECK))) {
            toggle_reason(s, reason.id);
        }
    }
    ui_end(ui);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "again", tr("Back"), UI_OPT(.icon = ICON_ARROW_BACK))) {
        begin_again(s);
    }
    if (ui_button(ui, "next", tr("Next"), UI_OPT(.kind = UI_PRIMARY))) {
        s->page = PAGE_HOW;
    }
    ui_end(ui);
}

static void draw_how(struct desk *desk, struct rating_state *s)
{
    struct ui *ui = desk->ui;
    struct notice way;
    struct err err = {0};
    ui_bar_home(ui, tr("Your opinion"), NULL);
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, tr("How did you answer?"), NULL);
    for (size_t i = 0; rating_answered_by(desk->app->catalogue, i, &way); i++) {
        if (ui_item(ui, way.id, words_text(way.text), NULL)) {
            const char *const pairs[] = {
                "rating.value", s->value, "rating.reasons", s->reasons, "rating.answered_by",
                way.id,         NULL};
            if (visiting_set_all(desk->visiting, pairs, &err)) {
                s->page = PAGE_THANKS;
            } else {
                desk_fail(desk, &err);
            }
        }
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "again", tr("Back"), UI_OPT(.icon = ICON_ARROW_BACK))) {
        begin_again(s);
    }
    ui_end(ui);
}

static void draw_thanks(struct desk *desk, const struct rating_text *text)
{
    struct ui *ui = desk->ui;
    ui_bar_home(ui, tr("Thank you"), NULL);
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, words_text(text->thanks), NULL);
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "given-back", tr("I am the volunteer"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK))) {
        leave_to_review(desk);
    }
    ui_end(ui);
}

static void draw(struct desk *desk, void *state)
{
    struct rating_state *s = state;
    struct rating_text text;
    catalogue_rating(desk->app->catalogue, &text);
    ui_screen(desk->ui, "rating");
    if (s->page != PAGE_HAND_OVER) {
        ui_handover(desk->ui);
    }
    switch (s->page) {
    case PAGE_HAND_OVER:
        draw_hand_over(desk, s, &text);
        break;
    case PAGE_FACE:
        draw_face(desk, s, &text);
        break;
    case PAGE_REASON:
        draw_reason(desk, s);
        break;
    case PAGE_HOW:
        draw_how(desk, s);
        break;
    case PAGE_THANKS:
        draw_thanks(desk, &text);
        break;
    }
}

const struct screen screen_rating = {
    .name = "rating",
    .state_size = sizeof(struct rating_state),
    .enter = enter,
    .draw = draw,
};
