#include "app/question/question.h"

#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/markup.h"
#include "platform/base/mem.h"

void question_leave(struct question_seat *seat)
{
    if (seat->shown && seat->shown->leave) {
        seat->shown->leave(seat);
    }
    free(seat->state);
    image_destroy(seat->label_image);
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

static void draw_label(struct question_seat *seat, const struct question_view *view)
{
    struct ui *ui = seat->ui;
    struct buf markup = {0};
    if (view->label.text && view->label.text[0]) {
        markup_of(str_of(view->label.text), &markup);
        if (view->required && !view->readonly) {
            buf_add_text(&markup, " *");
        }
        bool note = view->readonly && view->kind == CONTROL_INPUT; /* to be read, not answered */
        ui_text(ui, note ? TYPE_BODY : TYPE_QUESTION, buf_text(&markup), UI_OPT(.markup = true));
    }
    if (view->hint.text && view->hint.text[0]) {
        buf_clear(&markup);
        markup_of(str_of(view->hint.text), &markup);
        ui_text(ui, TYPE_SMALL, buf_text(&markup), UI_OPT(.markup = true, .tone = TONE_SOFT));
    }
    if (view->guidance && view->guidance[0]) {
        buf_clear(&markup);
        markup_of(str_of(view->guidance), &markup);
        ui_text(ui, TYPE_SMALL, buf_text(&markup), UI_OPT(.markup = true, .icon = ICON_INFO));
    }
    buf_finish(&markup);
}

static void draw_media(struct question_seat *seat, const struct question_view *view)
{
    const char *uri = view->label.image;
    struct buf bytes = {.limit = 16 << 20};
    struct image *image = NULL;
    if (uri && uri[0] && seat->host->media && seat->host->media(seat->ctx, uri, &bytes) &&
        image_decode(buf_str(&bytes), 1024, &image, NULL)) {
        ui_image(seat->ui, image, view->label.text ? view->label.text : uri, UI_OPT(.height = 160));
    }
    image_destroy(seat->label_image); /* the kit borrows the one just drawn until the next build */
    seat->label_image = image;
    buf_finish(&bytes);
}

void question_draw(struct question_seat *seat, const struct question *const *list,
                   const struct question_view *view)
{
    choose(seat, list, view);
    draw_label(seat, view);
    draw_media(seat, view);
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
