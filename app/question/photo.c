/* A photo: taken by the camera, made smaller, stripped of the camera's notes, sealed at once; never
 * a clear file. */
#include <stdio.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "platform/sensor/camera.h"
#include "platform/window/image.h"

enum { JPEG_QUALITY = 82, SIDE_USUAL = 1600 };

struct photo_state {
    struct camera *camera;
    struct camera_view view;
    struct image *kept;
    struct err err;
    bool is_loaded;
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_UPLOAD && str_starts(str_of(view->media_type), STR("image/"));
}

static void leave(struct question_seat *seat)
{
    struct photo_state *s = seat->state;
    camera_close(s->camera);
    image_destroy(s->kept);
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static void load(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct buf bytes = {.limit = 32 << 20};
    char name[256];
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(view->value));
    image_destroy(s->kept);
    s->kept = NULL;
    s->is_loaded = true;
    if (view->value.n && seat->host->load(seat->ctx, name, &bytes)) {
        image_decode(buf_str(&bytes), 640, &s->kept, NULL);
    }
    buf_wipe(&bytes);
}

static void start(struct question_seat *seat)
{
    struct photo_state *s = seat->state;
    struct camera_options options = {
        .id = seat->camera, .wake = wake, .wake_ctx = seat->ui, .width = 1920, .height = 1080};
    err_clear(&s->err);
    camera_open(&options, &s->camera, &s->err);
}

/* The colour picture as an image of the kit. */
static bool image_of(const struct picture *picture, struct image **out, struct err *err)
{
    if (!image_create(picture->width, picture->height, false, out, err)) {
        return false;
    }
    for (int y = 0; y < picture->height; y++) {
        const uint8_t *from = picture->rgb + (size_t)y * (size_t)picture->width * 3;
        uint32_t *to = (*out)->pixels + (size_t)y * (size_t)(*out)->stride;
        for (int x = 0; x < picture->width; x++, from += 3) {
            to[x] = 0xff000000u | (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
        }
    }
    return true;
}

static bool encode(const struct picture *picture, int side, struct buf *jpeg, struct err *err)
{
    struct image *whole = NULL, *small = NULL;
    bool ok = image_of(picture, &whole, err) && image_scale(whole, side, &small, err) &&
              image_jpeg(small, JPEG_QUALITY, jpeg, err);
    image_destroy(whole);
    image_destroy(small);
    return ok;
}

static void take(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct picture picture = {0};
    struct buf jpeg = {0};
    long side = view->max_pixels > 0   ? view->max_pixels
                : seat->photo_side > 0 ? seat->photo_side
                                       : SIDE_USUAL;
    if (camera_still(s->camera, &picture, &s->err) && encode(&picture, (int)side, &jpeg, &s->err) &&
        seat->host->attach(seat->ctx, view->ref, buf_str(&jpeg), "jpg")) {
        camera_close(s->camera);
        s->camera = NULL;
        s->is_loaded = false;
    }
    picture_finish(&picture);
    buf_wipe(&jpeg);
}

static void draw_camera(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct ui *ui = seat->ui;
    camera_look(s->camera, &s->view);
    if (s->view.state == CAMERA_LOST) {
        s->err = s->view.err;
        camera_close(s->camera);
        s->camera = NULL;
        return;
    }
    const struct picture *preview = &s->view.preview;
    struct ui_frame frame = {.pixels = preview->rgb,
                             .format = UI_RGB24,
                             .w = preview->width,
                             .h = preview->height,
                             .stride = preview->width * 3,
                             .number = s->view.number};
    ui_viewfinder(ui, "finder", preview->rgb ? &frame : NULL, NULL, UI_OPT(.height = 260));
    if (ui_button(ui, "take", tr("Take the photo"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_PHOTO_CAMERA,
                         .disabled = s->view.number == 0))) {
        take(seat, view);
    }
    if (ui_button(ui, "stop", tr("Cancel"), UI_OPT(.kind = UI_QUIET))) {
        camera_close(s->camera);
        s->camera = NULL;
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct ui *ui = seat->ui;
    if (!s->is_loaded) {
        load(seat, view);
    }
    if (s->camera) {
        draw_camera(seat, view);
        return;
    }
    if (s->kept) {
        ui_image(ui, s->kept, tr("The photo"), UI_OPT(.height = 220));
    }
    if (s->err.kind != ERR_NONE) {
        ui_notice(ui, TONE_ERROR,
                  s->err.kind == ERR_MISSING ? tr("No camera was found")
                                             : tr("The photo could not be taken. Try again."));
    }
    if (view->readonly) {
        return;
    }
    if (ui_button(ui, "camera", view->value.n ? tr("Take it again") : tr("Open the camera"),
                  UI_OPT(.icon = ICON_PHOTO_CAMERA))) {
        start(seat);
    }
    if (view->value.n && ui_button(ui, "delete", tr("Delete the photo"),
                                   UI_OPT(.kind = UI_QUIET, .icon = ICON_DELETE))) {
        if (seat->host->detach(seat->ctx, view->ref)) {
            s->is_loaded = false;
        }
    }
}

const struct question question_photo = {
    .name = "photo",
    .state_size = sizeof(struct photo_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
