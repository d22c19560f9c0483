/* Choices from long lists: a field to search, marks may be left out, and only the rows that are
 * seen. What is chosen stands above. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "app/question/values.h"

enum { ROWS_SHOWN = 30 };

struct search_state {
    char typed[120];
    bool is_open;
};

static bool fits(const struct question_view *view)
{
    return (view->kind == CONTROL_SELECT_ONE || view->kind == CONTROL_SELECT_MANY) &&
           (question_has_appearance(view, "autocomplete") ||
            question_has_appearance(view, "search") || question_has_appearance(view, "minimal"));
}

static void add_chosen(struct choices *choices, const struct question_view *view, struct buf *to)
{
    struct str rest = view->value, value;
    struct choice choice;
    while (str_word(&rest, &value)) {
        ptrdiff_t at = choices_find(choices, value);
        if (at >= 0 && choices_at(choices, (size_t)at, &choice) && choice.label.text) {
            buf_addf(to, "%s%s", to->n ? ", " : "", choice.label.text);
        } else {
            buf_addf(to, "%s" STR_FMT, to->n ? ", " : "", STR_ARG(value));
        }
    }
}

static bool draw_rows(struct question_seat *seat, const struct question_view *view,
                      struct choices *choices, bool many)
{
    struct choice choice;
    size_t count = choices_count(choices);
    for (size_t i = 0; i < count && i < ROWS_SHOWN && choices_at(choices, i, &choice); i++) {
        char key[160];
        struct buf value = {0};
        snprintf(key, sizeof(key), "choice-" STR_FMT, STR_ARG(choice.value));
        bool selected =
            many ? values_has(view->value, choice.value) : str_eq(view->value, choice.value);
        if (!ui_choice(seat->ui, key, choice.label.text ? choice.label.text : key + 7, selected,
                       UI_OPT(.kind = many ? UI_CHECK : UI_RADIO))) {
            continue;
        }
        if (many) {
            choices_search(choices, STR(""), seat->host->fold, seat->ctx);
            values_toggle(view->value, choice.value, choices, &value);
        } else {
            buf_add_str(&value, choice.value);
        }
        question_answer(seat, view, buf_text(&value));
        buf_finish(&value);
        return true;
    }
    if (count > ROWS_SHOWN) {
        ui_text(seat->ui, TYPE_SMALL, tr("There are more: type some letters."), NULL);
    }
    return false;
}

static void draw_open(struct question_seat *seat, const struct question_view *view,
                      struct choices *choices)
{
    struct search_state *s = seat->state;
    bool many = view->kind == CONTROL_SELECT_MANY;
    const char *typed = ui_field(seat->ui, "search", s->typed,
                                 &(struct ui_field){.input = UI_IN_SEARCH,
                                                    .name = tr("Search in the list"),
                                                    .placeholder = tr("Search in the list"),
                                                    .live = true,
                                                    .focus = true,
                                                    .max = 100});
    if (typed) {
        snprintf(s->typed, sizeof(s->typed), "%s", typed);
    }
    choices_search(choices, str_of(s->typed), seat->host->fold, seat->ctx);
    if (draw_rows(seat, view, choices, many) && !many) {
        s->is_open = false;
        s->typed[0] = 0;
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct search_state *s = seat->state;
    struct choices *choices;
    struct buf chosen = {0};
    if (!question_choices(seat->entry, view->ref, &choices, NULL)) {
        ui_notice(seat->ui, TONE_ERROR, tr("The list of this question cannot be read."));
        return;
    }
    add_chosen(choices, view, &chosen);
    if (ui_item(seat->ui, "chosen", chosen.n ? buf_text(&chosen) : tr("Choose…"),
                UI_OPT(.icon = s->is_open ? ICON_EXPAND_LESS : ICON_EXPAND_MORE,
                       .disabled = view->readonly, .focus = seat->is_alone))) {
        s->is_open = !s->is_open;
    }
    buf_finish(&chosen);
    if (s->is_open && !view->readonly) {
        draw_open(seat, view, choices);
    }
}

const struct question question_select_search = {
    .name = "select_search",
    .state_size = sizeof(struct search_state),
    .fits = fits,
    .draw = draw,
};
