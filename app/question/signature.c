/* A signature or a drawing by finger; stored as PNG. (Drawing over a photo: photo.c.) */
#include <stdio.h>

#include "app/lang/lang.h"
#include "app/question/question.h"

enum { DRAWING_WIDTH = 800 };

struct signature_state {
    struct ui_drawing drawing;
    struct image *kept; /* what is stored now */
    bool is_loaded, is_drawing;
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_UPLOAD && str_starts(str_of(view->media_type), STR("image/")) &&
           (question_is_marked(view, "signature") || question_is_marked(view, "draw"));
}

static void leave(struct question_seat *seat)
{
    struct signature_state *s = seat->state;
    ui_drawing_finish(&s->drawing);
    image_destroy(s->kept);
}

static void load(struct question_seat *seat, const struct question_view *view)
{
    struct signature_state *s = seat->state;
    struct buf bytes = {.limit = 16 << 20};
    char name[256];
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(view->value));
    image_destroy(s->kept);
    s->kept = NULL;
    s->is_loaded = true;
    if (view->value.n && seat->host->load(seat->ctx, name, &bytes)) {
        image_decode(buf_str(&bytes), DRAWING_WIDTH, &s->kept, NULL);
    }
    buf_wipe(&bytes);
}

static void keep(struct question_seat *seat, const struct question_view *view)
{
    struct signature_state *s = seat->state;
    struct image *image = NULL;
    struct buf png = {0};
    if (ui_drawing_image(&s->drawing, NULL, DRAWING_WIDTH, &image, NULL) &&
        image_png(image, &png, NULL) &&
        seat->host->attach(seat->ctx, view->ref, buf_str(&png), "png")) {
        s->is_drawing = false;
        s->is_loaded = false;
        ui_drawing_clear(&s->drawing);
    }
    image_destroy(image);
    buf_wipe(&png);
}

static void draw_pad(struct question_seat *seat, const struct question_view *view)
{
    struct signature_state *s = seat->state;
    struct ui *ui = seat->ui;
    bool signs = question_is_marked(view, "signature");
    ui_ink(ui, "ink", &s->drawing,
           UI_OPT(.height = signs ? 200 : 300, .name = signs ? tr("Sign here") : tr("Draw here")));
    ui_column_begin(ui, "pad", NULL);
    ui_actions_begin(ui);
    if (ui_button(ui, "undo", tr("Undo"), UI_OPT(.icon = ICON_UNDO))) {
        ui_drawing_undo(&s->drawing);
    }
    if (ui_button(ui, "clear", tr("Clear"), UI_OPT(.icon = ICON_DELETE))) {
        ui_drawing_clear(&s->drawing);
    }
    ui_end(ui);
    ui_end(ui);
    if (ui_button(ui, "keep", signs ? tr("Keep the signature") : tr("Keep the drawing"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .disabled = s->drawing.n == 0))) {
        keep(seat, view);
    }
}

static void draw_kept(struct question_seat *seat, const struct question_view *view)
{
    const struct signature_state *s = seat->state;
    if (s->kept) {
        ui_image(seat->ui, s->kept,
                 question_is_marked(view, "signature") ? tr("Signature") : tr("Drawing"),
                 UI_OPT(.height = 160));
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct signature_state *s = seat->state;
    struct ui *ui = seat->ui;
    if (!s->is_loaded) {
        load(seat, view);
    }
    if (view->readonly) {
        draw_kept(seat, view);
    } else if (view->value.n && !s->is_drawing) {
        draw_kept(seat, view);
        if (ui_button(ui, "again", tr("Draw again"), UI_OPT(.icon = ICON_DRAW))) {
            s->is_drawing = true;
        }
    } else {
        draw_pad(seat, view);
    }
}

const struct question question_signature = {
    .name = "signature",
    .state_size = sizeof(struct signature_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
