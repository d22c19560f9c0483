/* Puts choices into an order by buttons; all of them are stored, best first. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "app/question/values.h"

enum { RANK_MOST = 100 };

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_RANK;
}

/* The order shown: what is stored, then what is not in it yet. */
static size_t order_of(const struct question_view *view, struct choices *choices,
                       size_t order[RANK_MOST])
{
    struct str rest = view->value, value;
    struct choice choice;
    size_t n = 0;
    while (n < RANK_MOST && str_word(&rest, &value)) {
        ptrdiff_t at = choices_find(choices, value);
        if (at >= 0) {
            order[n++] = (size_t)at;
        }
    }
    for (size_t i = 0; n < RANK_MOST && choices_at(choices, i, &choice); i++) {
        if (!values_has(view->value, choice.value)) {
            order[n++] = i;
        }
    }
    return n;
}

static void store(struct question_seat *seat, const struct question_view *view,
                  struct choices *choices, const size_t *order, size_t n)
{
    struct buf value = {0};
    struct choice choice;
    for (size_t i = 0; i < n && choices_at(choices, order[i], &choice); i++) {
        buf_addf(&value, "%s" STR_FMT, i ? " " : "", STR_ARG(choice.value));
    }
    question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct ui *ui = seat->ui;
    struct choices *choices;
    struct choice choice;
    size_t order[RANK_MOST];
    if (!question_choices(seat->entry, view->ref, &choices, NULL)) {
        ui_notice(ui, TONE_ERROR, tr("The list of this question cannot be read."));
        return;
    }
    size_t n = order_of(view, choices, order), move = n;
    for (size_t i = 0; i < n && choices_at(choices, order[i], &choice); i++) {
        char key[160], text[300];
        snprintf(key, sizeof(key), "rank-" STR_FMT, STR_ARG(choice.value));
        struct buf plain = {0};
        markdown_plain(str_of(choice.label.text ? choice.label.text : key + 5), &plain);
        snprintf(text, sizeof(text), "%zu. %s", i + 1, buf_text(&plain));
        buf_finish(&plain);
        ui_row_begin(ui, key, NULL);
        ui_text(ui, TYPE_BODY, text, UI_OPT(.grow = 1));
        if (i > 0 && !view->readonly && ui_icon_button(ui, "up", tr("Up"), ICON_ARROW_UPWARD)) {
            move = i;
        }
        if (i + 1 < n && !view->readonly &&
            ui_icon_button(ui, "down", tr("Down"), ICON_ARROW_DOWNWARD)) {
            move = i + 1;
        }
        ui_end(ui);
    }
    if (move < n) {
        size_t other = order[move - 1];
        order[move - 1] = order[move];
        order[move] = other;
        store(seat, view, choices, order, n);
    } else if (!view->value.n && !view->readonly &&
               ui_button(ui, "keep", tr("Keep this order"), UI_OPT(.icon = ICON_CHECK))) {
        store(seat, view, choices, order, n);
    }
}

const struct question question_rank = {.name = "rank", .fits = fits, .draw = draw};
