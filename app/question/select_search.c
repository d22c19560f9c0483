/* Choices that fold up: what is chosen is one line, a press opens the list below it; long lists
 * have a field to search in which marks may be left out. */
#include "app/question/select.h"

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"

enum { ROWS_SHOWN = 30, SHORT_LIST = 12 };

static void add_chosen(struct choices *choices, const struct question_view *view, struct buf *to)
{
    struct str rest = view->value, value;
    struct choice choice;
    while (str_word(&rest, &value)) {
        ptrdiff_t at = choices_find(choices, value);
        buf_add_text(to, to->n ? ", " : "");
        if (at >= 0 && choices_at(choices, (size_t)at, &choice) && choice.label.text) {
            markdown_plain(str_of(choice.label.text), to);
        } else {
            buf_add_str(to, value);
        }
    }
}

static bool draw_rows(struct question_seat *seat, const struct question_view *view,
                      struct choices *choices)
{
    struct choice choice;
    size_t count = choices_count(choices);
    bool many = view->kind == CONTROL_SELECT_MANY;
    ui_group_begin(seat->ui, "choices", NULL, UI_OPT(.name = view->label.text));
    bool taken = false;
    for (size_t i = 0; !taken && i < ROWS_SHOWN && choices_at(choices, i, &choice); i++) {
        char key[160];
        struct buf label = {0};
        snprintf(key, sizeof(key), "choice-" STR_FMT, STR_ARG(choice.value));
        select_label(&choice, ui_get(seat->ui)->theme, &label);
        taken = ui_choice(seat->ui, key, buf_text(&label), select_has(view, &choice),
                          UI_OPT(.kind = many ? UI_CHECK : UI_RADIO, .markup = true,
                                 .image = select_image(seat, choice.label.image)));
        buf_finish(&label);
        if (taken) {
            char kept[200]; /* its texts go when all choices come back */
            struct choice chosen = {.value = {kept, choice.value.n}};
            taken = choice.value.n < sizeof(kept);
            memcpy(kept, choice.value.s, taken ? choice.value.n : 0);
            choices_search(choices, STR(""), seat->host->fold, seat->ctx);
            if (taken) {
                select_take(seat, view, &chosen, choices);
            }
        }
    }
    ui_end(seat->ui);
    if (!taken && count > ROWS_SHOWN) {
        ui_text(seat->ui, TYPE_SMALL, tr("There are more: type some letters."), NULL);
    } else if (!taken && count == 0) {
        ui_text(seat->ui, TYPE_BODY, tr("Nothing in the list is called that."),
                UI_OPT(.tone = TONE_SOFT));
    }
    return taken;
}

static void draw_open(struct question_seat *seat, const struct question_view *view,
                      struct choices *choices, bool searches)
{
    struct select_state *s = seat->state;
    if (searches) {
        const char *typed = ui_field(seat->ui, "search", s->typed,
                                     &(struct ui_field){.input = UI_IN_SEARCH,
                                                        .name = tr("Search in the list"),
                                                        .placeholder = tr("Search"),
                                                        .live = true,
                                                        .focus = true,
                                                        .max = 100});
        if (typed) {
            snprintf(s->typed, sizeof(s->typed), "%s", typed);
        }
    }
    choices_search(choices, str_of(searches ? s->typed : ""), seat->host->fold, seat->ctx);
    if (draw_rows(seat, view, choices) && view->kind == CONTROL_SELECT_ONE) {
        s->is_open = false;
        s->typed[0] = 0;
    }
}

void select_draw_folded(struct question_seat *seat, const struct question_view *view,
                        struct choices *choices, bool searches)
{
    struct select_state *s = seat->state;
    struct buf chosen = {0};
    searches = searches || choices_count(choices) > SHORT_LIST;
    add_chosen(choices, view, &chosen);
    if (ui_item(seat->ui, "chosen", chosen.n ? buf_text(&chosen) : tr("Choose…"),
                UI_OPT(.icon = s->is_open ? ICON_EXPAND_LESS : ICON_LIST,
                       .disabled = view->readonly, .focus = seat->is_alone))) {
        s->is_open = !s->is_open;
        if (s->is_open && searches) {
            ui_focus(seat->ui, "search"); /* keys can type at once */
        }
    }
    buf_finish(&chosen);
    if (s->is_open && !view->readonly) {
        draw_open(seat, view, choices, searches);
    }
}
