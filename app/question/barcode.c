/* A code by camera, by scanner or typed. With a reader (gocua:reader) what it says is spread over
 * the fields beside it and its raw text is not kept. */
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/finder.h"
#include "app/question/question.h"

struct barcode_state {
    struct camera *camera;
    struct camera_view view;
    struct err err;
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT &&
           (view->type == TYPE_BARCODE || (view->reader && view->reader[0]));
}

static void leave(struct question_seat *seat)
{
    struct barcode_state *s = seat->state;
    camera_close(s->camera);
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static bool take(struct question_seat *seat, const struct question_view *view, struct str code)
{
    return view->reader && view->reader[0] && seat->host->read_code
               ? seat->host->read_code(seat->ctx, view, code)
               : seat->host->answer(seat->ctx, view->ref, code);
}

static void draw_camera(struct question_seat *seat, const struct question_view *view)
{
    struct barcode_state *s = seat->state;
    struct barcode code;
    camera_look(s->camera, &s->view);
    finder_draw(seat->ui, &s->view, tr("Hold the code into the frame"), UI_OPT(.height = 260));
    bool stop = ui_button(seat->ui, "stop", tr("Cancel"), UI_OPT(.kind = UI_QUIET));
    if (s->view.state == CAMERA_LOST) {
        s->err = s->view.err;
        stop = true;
    }
    if (camera_take_code(s->camera, &code)) {
        stop = take(seat, view, (struct str){(const char *)code.bytes, code.n});
        explicit_bzero(&code, sizeof(code));
    }
    if (stop) {
        camera_close(s->camera);
        s->camera = NULL;
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct barcode_state *s = seat->state;
    struct ui *ui = seat->ui;
    char value[4096];
    if (s->camera) {
        draw_camera(seat, view);
        return;
    }
    if (s->err.kind != ERR_NONE) {
        ui_notice(ui, TONE_ERROR, tr("No camera was found"));
    }
    if (!view->readonly &&
        ui_button(ui, "camera", tr("Scan"), UI_OPT(.icon = ICON_QR_CODE_SCANNER))) {
        struct camera_options options = {.id = seat->camera,
                                         .scan = true,
                                         .codes = {.kinds = BARCODE_ANY},
                                         .wake = wake,
                                         .wake_ctx = ui};
        err_clear(&s->err);
        camera_open(&options, &s->camera, &s->err);
    }
    snprintf(value, sizeof(value), STR_FMT, STR_ARG(view->value));
    bool hidden = question_is_marked(view, "hidden-answer");
    if (hidden && value[0]) {
        ui_notice(ui, TONE_OK, tr("A code was read."));
    }
    const char *typed = ui_field(ui, "answer", value,
                                 &(struct ui_field){.input = UI_IN_CODE,
                                                    .name = view->label.text,
                                                    .scan = true,
                                                    .disabled = view->readonly,
                                                    .required = view->required,
                                                    .masked = hidden});
    if (typed && (!typed[0] || !view->reader[0] || !take(seat, view, str_of(typed)))) {
        question_answer(seat, view, typed);
    }
}

const struct question question_barcode = {
    .name = "barcode",
    .state_size = sizeof(struct barcode_state),
    .fits = fits,
    .draw = draw,
    .scan = take,
    .leave = leave,
};
