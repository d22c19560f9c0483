/* Choices: one of several or any of several, as rows, cells, chips, a scale or a row of a table;
 * lists too long for the screen fold up (select_search.c). */
#include "app/question/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/lang/lang.h"
#include "app/question/sound.h"
#include "app/question/markup.h"
#include "app/question/values.h"
#include "platform/base/mem.h"
#include "platform/base/utf8.h"

enum {
    ROWS_MOST = 60,   /* more choices fold up */
    CELL_LEAST = 96,  /* dp that words of a cell need */
    SCALE_LEAST = 56, /* dp of a step of a scale */
    IMAGE_SIDE = 240, /* pixels; sixty of them must fit into memory */
    IMAGE_LIMIT = 16 << 20,
};

enum look {
    LOOK_ROWS,  /* one below the other */
    LOOK_CELLS, /* in columns */
    LOOK_CHIPS, /* as wide as their words */
    LOOK_SCALE, /* all beside each other, words below the marks */
    LOOK_HEAD,  /* of a table: words only */
    LOOK_LINE,  /* of a table: marks only */
    LOOK_NONE,  /* a head too wide for a table: its lines say the words themselves */
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_SELECT_ONE || view->kind == CONTROL_SELECT_MANY;
}

static void leave(struct question_seat *seat)
{
    struct select_state *s = seat->state;
    for (size_t i = 0; i < s->images.n; i++) {
        free(s->images.v[i].uri);
        image_destroy(s->images.v[i].image);
    }
    vec_finish(&s->images);
}

const struct image *select_image(struct question_seat *seat, const char *uri)
{
    struct select_state *s = seat->state;
    struct buf bytes = {.limit = IMAGE_LIMIT};
    struct choice_image found = {0};
    if (!uri || !uri[0]) {
        return NULL;
    }
    for (size_t i = 0; i < s->images.n; i++) {
        if (strcmp(s->images.v[i].uri, uri) == 0) {
            return s->images.v[i].image;
        }
    }
    if (seat->host->media && seat->host->media(seat->ctx, uri, &bytes)) {
        image_decode(buf_str(&bytes), IMAGE_SIDE, &found.image, NULL);
    }
    buf_finish(&bytes);
    found.uri = mem_strdup(uri);
    vec_push(&s->images, found);
    return found.image;
}

bool select_has(const struct question_view *view, const struct choice *choice)
{
    return view->kind == CONTROL_SELECT_MANY ? values_has(view->value, choice->value)
                                             : str_eq(view->value, choice->value);
}

void select_label(const struct choice *choice, enum ui_theme theme, struct buf *to)
{
    size_t before = to->n;
    markup_of(str_of(choice->label.text ? choice->label.text : ""), theme, to);
    if (to->n == before) {
        buf_add_str(to, choice->value);
    }
}

void select_take(struct question_seat *seat, const struct question_view *view,
                 const struct choice *choice, struct choices *choices)
{
    struct buf value = {0};
    bool many = view->kind == CONTROL_SELECT_MANY;
    bool quick = !many && (question_is_marked(view, "quick") ||
                           question_has_appearance(view, "quickcompact"));
    bool again = !many && str_eq(view->value, choice->value);
    if (many) {
        values_toggle(view->value, choice->value, choices, &value);
    } else if (!again || view->required || quick) {
        buf_add_str(&value, choice->value); /* pressed again: an answer that is needed stays */
    }
    bool stored = question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
    if (stored && quick && seat->host->next) {
        seat->host->next(seat->ctx);
    }
}

/* The number behind "columns-" or "compact-"; 0 without. */
static int columns_asked(const struct question_view *view)
{
    static const char *const words[] = {"columns-", "compact-", "quickcompact-"};
    struct str rest = str_of(view->appearance), one;
    while (str_word(&rest, &one)) {
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
            size_t n = strlen(words[i]);
            if (one.n > n && strncasecmp(one.s, words[i], n) == 0 && atoi(one.s + n) > 0) {
                return atoi(one.s + n);
            }
        }
    }
    return 0;
}

static int columns_most(struct ui *ui, int least)
{
    enum { GAP = 8 };
    int n = (ui_body_width(ui) + GAP) / (least + GAP);
    return n > 0 ? n : 1;
}

static bool has_images(struct choices *choices)
{
    struct choice choice;
    for (size_t i = 0; i < ROWS_MOST && choices_at(choices, i, &choice); i++) {
        if (choice.label.image && choice.label.image[0]) {
            return true;
        }
    }
    return false;
}

/* Do the words of all choices fit in cells of a scale without being broken? */
static bool words_fit(struct ui *ui, struct choices *choices)
{
    enum { LETTER = 9, PADS = 8, GAP = 8 }; /* dp of a broad letter at body size */
    struct choice choice;
    int count = (int)choices_count(choices), longest = 0;
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        struct str rest = str_of(choice.label.text ? choice.label.text : ""), word;
        while (str_word(&rest, &word)) {
            int letters = (int)utf8_count(word);
            longest = letters > longest ? letters : longest;
        }
    }
    int cell = count > 0 ? (ui_body_width(ui) - (count - 1) * GAP) / count : 0;
    return longest * LETTER + PADS <= cell;
}

static enum look look_of(struct ui *ui, const struct question_view *view, struct choices *choices)
{
    int count = (int)choices_count(choices);
    bool one_line = count <= columns_most(ui, SCALE_LEAST);
    if (question_is_marked(view, "label")) {
        return one_line ? LOOK_HEAD : LOOK_NONE;
    }
    if (question_is_marked(view, "list-nolabel")) {
        return one_line ? LOOK_LINE : LOOK_ROWS;
    }
    if (question_is_marked(view, "likert") || question_is_marked(view, "list")) {
        return one_line && words_fit(ui, choices) ? LOOK_SCALE : LOOK_ROWS;
    }
    if (question_is_marked(view, "columns-pack") ||
        question_is_marked(view, "horizontal-compact")) {
        return has_images(choices) ? LOOK_CELLS : LOOK_CHIPS;
    }
    if (question_has_appearance(view, "columns") || question_has_appearance(view, "compact") ||
        question_has_appearance(view, "quickcompact") ||
        question_has_appearance(view, "horizontal") || question_is_marked(view, "no-buttons")) {
        return LOOK_CELLS;
    }
    return has_images(choices) ? LOOK_CELLS : LOOK_ROWS;
}

static void begin(struct ui *ui, const struct question_view *view, struct choices *choices,
                  enum look look)
{
    int count = (int)choices_count(choices), asked = columns_asked(view);
    int fit = columns_most(ui, asked > 0 ? SCALE_LEAST + 16 : CELL_LEAST);
    int columns = asked > 0 && asked < fit ? asked : fit;
    columns = columns < count || asked > 0 ? columns : count;
    if (look == LOOK_CHIPS) {
        ui_wrap_begin(ui, "choices", NULL);
    } else if (look == LOOK_CELLS) {
        ui_grid_begin(ui, "choices", CELL_LEAST, columns > 0 ? columns : 1);
    } else if (look != LOOK_ROWS) {
        ui_grid_begin(ui, "choices", SCALE_LEAST, count > 0 ? count : 1);
    } else {
        ui_group_begin(ui, "choices", NULL, UI_OPT(.name = view->label.text));
    }
}

/* A film of a choice: named, as it cannot be played here. So is a sound where there is no room for
 * its button. */
static const char *media_hint(const struct choice *choice, enum look look, char text[200])
{
    bool sound = choice->label.audio && choice->label.audio[0] && look != LOOK_ROWS;
    const char *uri = sound ? choice->label.audio : choice->label.video;
    if (!uri || !uri[0]) {
        return NULL;
    }
    struct str name = form_media_name(str_of(uri));
    snprintf(text, 200, "%s " STR_FMT,
             sound ? tr("Sound, cannot be played here:") : tr("Film, cannot be played here:"),
             STR_ARG(name));
    return text;
}

static bool draw_choice(struct question_seat *seat, const struct question_view *view,
                        const struct choice *choice, enum look look)
{
    char key[160], hint[200];
    struct buf label = {0}, plain = {0};
    snprintf(key, sizeof(key), "choice-" STR_FMT, STR_ARG(choice->value));
    select_label(choice, ui_get(seat->ui)->theme, &label);
    markdown_plain(str_of(choice->label.text ? choice->label.text : key + 7), &plain);
    struct ui_opt opt = {
        .kind = view->kind == CONTROL_SELECT_MANY ? UI_CHECK : UI_RADIO,
        .markup = true,
        .disabled = view->readonly,
        .bare = question_is_marked(view, "no-buttons"),
        .align = look == LOOK_ROWS ? ALIGN_START : ALIGN_CENTER,
        .image = look == LOOK_LINE ? NULL : select_image(seat, choice->label.image),
        .hint = look == LOOK_LINE ? NULL : media_hint(choice, look, hint),
        .name = buf_text(&plain),
    };
    bool pressed = false, selected = select_has(view, choice);
    if (look == LOOK_HEAD) {
        ui_text(seat->ui, TYPE_SMALL, buf_text(&label),
                UI_OPT(.markup = true, .align = ALIGN_CENTER));
    } else if (look == LOOK_CHIPS) {
        pressed = ui_chip(seat->ui, key, buf_text(&plain), selected) && !view->readonly;
    } else {
        pressed =
            ui_choice(seat->ui, key, look == LOOK_LINE ? "" : buf_text(&label), selected, &opt);
    }
    if (look == LOOK_ROWS) {
        snprintf(key, sizeof(key), "sound-" STR_FMT, STR_ARG(choice->value));
        question_sound(seat, key, choice->label.audio);
    }
    buf_finish(&label);
    buf_finish(&plain);
    return pressed;
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct choices *choices;
    struct choice choice;
    if (!question_choices(seat->entry, view->ref, &choices, NULL)) {
        ui_notice(seat->ui, TONE_ERROR, tr("The list of this question cannot be read."));
        return;
    }
    bool searches =
        question_has_appearance(view, "autocomplete") || question_has_appearance(view, "search");
    if (searches || question_has_appearance(view, "minimal") ||
        choices_count(choices) > ROWS_MOST) {
        select_draw_folded(seat, view, choices, searches);
        return;
    }
    enum look look = look_of(seat->ui, view, choices);
    if (look == LOOK_NONE) {
        return;
    }
    size_t count = choices_count(choices);
    begin(seat->ui, view, choices, look);
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        if (draw_choice(seat, view, &choice, look)) {
            select_take(seat, view, &choice, choices);
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
