/* Choices that fit on the screen: one of several or any of several, with words or pictures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/markup.h"
#include "app/question/question.h"
#include "app/question/values.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { CHOICES_SHOWN = 200 };

struct select_state {
    VEC(struct image *) images; /* of the choices drawn last */
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_SELECT_ONE || view->kind == CONTROL_SELECT_MANY;
}

static void forget_images(struct select_state *s)
{
    for (size_t i = 0; i < s->images.n; i++) {
        image_destroy(s->images.v[i]);
    }
    s->images.n = 0;
}

static void leave(struct question_seat *seat)
{
    struct select_state *s = seat->state;
    forget_images(s);
    vec_finish(&s->images);
}

static const struct image *image_of(struct question_seat *seat, const char *uri)
{
    struct select_state *s = seat->state;
    struct buf bytes = {.limit = 16 << 20};
    struct image *image = NULL;
    if (uri && uri[0] && seat->host->media && seat->host->media(seat->ctx, uri, &bytes) &&
        image_decode(buf_str(&bytes), 480, &image, NULL)) {
        vec_push(&s->images, image);
    }
    buf_finish(&bytes);
    return image;
}

static bool draw_choice(struct question_seat *seat, const struct question_view *view,
                        const struct choice *choice, bool many)
{
    char key[160];
    struct buf label = {0};
    snprintf(key, sizeof(key), "choice-" STR_FMT, STR_ARG(choice->value));
    bool selected =
        many ? values_has(view->value, choice->value) : str_eq(view->value, choice->value);
    markup_of(str_of(choice->label.text ? choice->label.text : ""), &label);
    if (!label.n) {
        buf_add_str(&label, choice->value);
    }
    bool pressed =
        ui_choice(seat->ui, key, buf_text(&label), selected,
                  UI_OPT(.kind = many ? UI_CHECK : UI_RADIO, .markup = true,
                         .disabled = view->readonly, .image = image_of(seat, choice->label.image)));
    buf_finish(&label);
    return pressed;
}

static void take(struct question_seat *seat, const struct question_view *view,
                 const struct choice *choice, struct choices *choices, bool many)
{
    struct buf value = {0};
    if (many) {
        values_toggle(view->value, choice->value, choices, &value);
    } else if (!str_eq(view->value, choice->value)) {
        buf_add_str(&value, choice->value);
    } else if (view->required) {
        return; /* pressed again: an answer that is needed stays */
    }
    question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct choices *choices;
    struct choice choice;
    struct err err = {0};
    bool many = view->kind == CONTROL_SELECT_MANY;
    forget_images(seat->state);
    if (!question_choices(seat->entry, view->ref, &choices, &err)) {
        ui_notice(seat->ui, TONE_ERROR, tr("The list of this question cannot be read."));
        return;
    }
    bool columns =
        question_has_appearance(view, "columns") || question_has_appearance(view, "columns-pack") ||
        question_has_appearance(view, "likert") || question_has_appearance(view, "horizontal");
    size_t count = choices_count(choices);
    if (columns) {
        ui_grid_begin(seat->ui, "choices", 110, 0);
    } else {
        ui_group_begin(seat->ui, "choices", NULL, NULL);
    }
    for (size_t i = 0; i < count && i < CHOICES_SHOWN && choices_at(choices, i, &choice); i++) {
        if (draw_choice(seat, view, &choice, many)) {
            take(seat, view, &choice, choices, many);
            break; /* the choices belong to the entry, which has changed */
        }
    }
    ui_end(seat->ui);
    if (count == 0) {
        ui_empty(seat->ui, ICON_LIST, tr("Nothing to choose here"),
                 tr("An earlier answer decides what is offered."));
    }
}

const struct question question_select = {
    .name = "select",
    .state_size = sizeof(struct select_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
