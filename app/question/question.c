#include "app/question/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/lang/lang.h"
#include "app/question/markup.h"
#include "app/question/sound.h"
#include "platform/base/mem.h"
#include "platform/window/sound.h"

enum { IMAGE_LIMIT = 16 << 20, IMAGE_SIDE = 960, IMAGE_HEIGHT = 160, SPOKEN_CHOICES = 12 };

void question_leave(struct question_seat *seat)
{
    if (seat->shown && seat->shown->leave) {
        seat->shown->leave(seat);
    }
    free(seat->state);
    image_destroy(seat->label_image);
    free(seat->label_uri);
    sound_stop(seat->sound);
    free(seat->sound_uri);
    seat->sound_uri = NULL;
    seat->sound = 0;
    seat->label_uri = NULL;
    seat->state = NULL;
    seat->shown = NULL;
    seat->label_image = NULL;
}

static void choose(struct question_seat *seat, const struct question *const *list,
                   const struct question_view *view)
{
    const struct question *fit = NULL;
    for (; *list && !fit; list++) {
        fit = (*list)->fits(view) ? *list : NULL;
    }
    if (fit != seat->shown) {
        question_leave(seat);
        seat->shown = fit;
        seat->state = fit && fit->state_size ? mem_alloc(1, fit->state_size) : NULL;
    }
}

static void draw_markup(struct ui *ui, enum ui_type type, const char *label, bool starred)
{
    struct buf markup = {0};
    markup_of(str_of(label), ui_get(ui)->theme, &markup);
    if (starred) {
        buf_add_text(&markup, " *");
    }
    enum ui_tone tone = type == TYPE_SMALL ? TONE_SOFT : TONE_NONE;
    ui_text(ui, type, buf_text(&markup),
            UI_OPT(.markup = true, .tone = tone, .grow = type != TYPE_SMALL));
    buf_finish(&markup);
}

static bool is_there(const char *text)
{
    return text && text[0];
}

/* What interviewers are told; laid open on demand, as few need it twice. */
static void draw_guidance(struct question_seat *seat, const struct question_view *view)
{
    if (!is_there(view->guidance)) {
        return;
    }
    if (ui_button(seat->ui, "guidance",
                  seat->shows_guidance ? tr("Hide the instructions") : tr("How to ask this"),
                  UI_OPT(.kind = UI_QUIET, .hold_width = true,
                         .icon = seat->shows_guidance ? ICON_EXPAND_LESS : ICON_HELP_OUTLINE))) {
        seat->shows_guidance = !seat->shows_guidance;
    }
    if (seat->shows_guidance) {
        ui_card_begin(seat->ui, NULL, NULL);
        draw_markup(seat->ui, TYPE_BODY, view->guidance, false);
        ui_end(seat->ui);
    }
}

static void add_spoken(struct buf *words, const char *text)
{
    if (is_there(text)) {
        markdown_plain(str_of(text), words);
        buf_add_text(words, ".\n\n");
    }
}

/* Question, hint and what can be answered, as a person would read it out. */
static void read_aloud(struct question_seat *seat, const struct question_view *view)
{
    struct choices *choices;
    struct choice choice;
    struct buf words = {0};
    add_spoken(&words, view->label.text);
    add_spoken(&words, view->hint.text);
    if (view->has_choices && question_choices(seat->entry, view->ref, &choices, NULL)) {
        size_t n = choices_count(choices);
        for (size_t i = 0; i < n && i < SPOKEN_CHOICES && choices_at(choices, i, &choice); i++) {
            add_spoken(&words, choice.label.text);
        }
    }
    seat->host->say(seat->ctx, buf_text(&words));
    buf_finish(&words);
}

static void draw_label(struct question_seat *seat, const struct question_view *view)
{
    bool note = view->readonly && view->kind == CONTROL_INPUT; /* to be read, not answered */
    bool row = question_is_marked(view, "list-nolabel") || question_is_marked(view, "label");
    bool speaks = seat->host->say && !row && is_there(view->label.text);
    if (speaks) {
        ui_row_begin(seat->ui, NULL, NULL);
    }
    if (is_there(view->label.text)) {
        draw_markup(seat->ui, note || row ? TYPE_BODY : TYPE_QUESTION, view->label.text,
                    view->required && !view->readonly);
    }
    if (speaks) {
        if (ui_icon_button(seat->ui, "say", tr("Read aloud"), ICON_VOLUME_UP)) {
            read_aloud(seat, view);
        }
        ui_end(seat->ui);
    }
    if (is_there(view->hint.text)) {
        draw_markup(seat->ui, TYPE_SMALL, view->hint.text, false);
    }
    draw_guidance(seat, view);
}

/* A film or a picture that cannot be shown: the file is named. */
static void draw_file_hint(struct ui *ui, enum ui_icon icon, const char *what, const char *uri)
{
    char text[300];
    struct str name = form_media_name(str_of(uri));
    snprintf(text, sizeof(text), "%s " STR_FMT, what, STR_ARG(name));
    ui_text(ui, TYPE_SMALL, text, UI_OPT(.icon = icon, .tone = TONE_SOFT));
}

/* Decodes the picture once for as long as the label has it. */
static void load_image(struct question_seat *seat, const char *uri)
{
    struct buf bytes = {.limit = IMAGE_LIMIT};
    if (seat->label_uri && strcmp(seat->label_uri, uri) == 0) {
        return;
    }
    image_destroy(seat->label_image);
    free(seat->label_uri);
    seat->label_image = NULL;
    seat->label_uri = mem_strdup(uri);
    if (seat->host->media && seat->host->media(seat->ctx, uri, &bytes)) {
        image_decode(buf_str(&bytes), IMAGE_SIDE, &seat->label_image, NULL);
    }
    buf_finish(&bytes);
}

static void draw_media(struct question_seat *seat, const struct question_view *view)
{
    const struct shown_text *label = &view->label;
    struct ui *ui = seat->ui;
    const char *uri = is_there(label->big_image) && seat->shows_big ? label->big_image
                      : is_there(label->image)                      ? label->image
                                                                    : label->big_image;
    if (is_there(uri)) {
        load_image(seat, uri);
        if (seat->label_image) {
            int height = seat->shows_big ? 0 : IMAGE_HEIGHT;
            ui_image(ui, seat->label_image, is_there(label->text) ? label->text : uri,
                     UI_OPT(.height = height));
        } else {
            draw_file_hint(ui, ICON_IMAGE, tr("Picture, not on this device:"), uri);
        }
    }
    if (is_there(label->big_image) && seat->label_image &&
        ui_button(ui, "big", seat->shows_big ? tr("Show it smaller") : tr("Show it larger"),
                  UI_OPT(.kind = UI_QUIET, .hold_width = true, .icon = ICON_SEARCH))) {
        seat->shows_big = !seat->shows_big;
    }
    question_sound(seat, "sound", label->audio);
    if (is_there(label->video)) {
        draw_file_hint(ui, ICON_PLAY_ARROW, tr("Film, cannot be played here:"), label->video);
    }
}

/* Widgets that this device lacks: said where the person looks for them. */
static void draw_fallback(struct question_seat *seat, const struct question_view *view)
{
    char text[300];
    const char *said = NULL;
    if (is_there(view->app)) {
        snprintf(text, sizeof(text),
                 view->kind == CONTROL_UPLOAD
                     ? tr("The app %s is not on this device. Choose a file instead.")
                     : tr("The app %s is not on this device. Type the answer."),
                 view->app);
        said = text;
    } else if (question_is_marked(view, "printer")) {
        said = tr("Nothing can be printed from here. The text is kept.");
    } else if (question_is_marked(view, "bearing")) {
        said = tr("There is no compass here. Type the direction in degrees, 0 to 360.");
    } else if (question_is_marked(view, "image-map") ||
               (view->has_choices && question_is_marked(view, "map"))) {
        said = tr("There is no map here. Choose from the list.");
    } else if (question_is_marked(view, "maps") || question_is_marked(view, "placement-map")) {
        said = tr("There is no map here. Measure the place or type it.");
    }
    if (said) {
        ui_text(seat->ui, TYPE_SMALL, said, UI_OPT(.tone = TONE_SOFT, .icon = ICON_INFO));
    }
}

void question_draw(struct question_seat *seat, const struct question *const *list,
                   const struct question_view *view)
{
    choose(seat, list, view);
    draw_label(seat, view);
    draw_media(seat, view);
    draw_fallback(seat, view);
    if (seat->shown) {
        seat->shown->draw(seat, view);
    } else {
        ui_notice(seat->ui, TONE_WARN, tr("This device cannot ask this question."));
    }
    if (seat->error && seat->error[0]) {
        ui_notice(seat->ui, TONE_ERROR, seat->error);
    }
}

bool question_scan(struct question_seat *seat, const struct question_view *view, struct str code)
{
    return seat->shown && seat->shown->scan && !view->readonly &&
           seat->shown->scan(seat, view, code);
}

bool question_answer(struct question_seat *seat, const struct question_view *view,
                     const char *value)
{
    return seat->host->answer(seat->ctx, view->ref, str_of(value));
}

bool question_is_marked(const struct question_view *view, const char *word)
{
    struct str rest = str_of(view->appearance), one;
    size_t n = strlen(word);
    while (str_word(&rest, &one)) {
        if (one.n == n && strncasecmp(one.s, word, n) == 0) {
            return true;
        }
    }
    return false;
}
