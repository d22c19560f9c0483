/* A photo: taken by the camera or chosen from files, made smaller, stripped of the camera's notes,
 * sealed at once; never a clear file. With "annotate" one can draw on it. */
#include <stdio.h>

#include "app/lang/lang.h"
#include "app/question/finder.h"
#include "app/question/pick_file.h"
#include "app/question/question.h"
#include "platform/base/file.h"
#include "platform/window/image.h"

enum { JPEG_QUALITY = 82, SIDE_USUAL = 1600, SIDE_SHOWN = 640, FILE_LIMIT = 32 << 20 };

struct photo_state {
    struct camera *camera;
    struct camera_view view;
    struct image *kept;
    struct pick_file pick;
    struct ui_drawing drawing; /* over the photo */
    struct err err;
    bool is_loaded, is_drawing;
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
    pick_file_finish(&s->pick);
    ui_drawing_finish(&s->drawing);
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

/* The photo that is stored, at most side pixels; NULL without. */
static struct image *stored_photo(struct question_seat *seat, const struct question_view *view,
                                  int side)
{
    struct buf bytes = {.limit = FILE_LIMIT};
    struct image *image = NULL;
    char name[256];
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(view->value));
    if (view->value.n && seat->host->load(seat->ctx, name, &bytes)) {
        image_decode(buf_str(&bytes), side, &image, NULL);
    }
    buf_wipe(&bytes);
    return image;
}

static void load(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    image_destroy(s->kept);
    s->kept = stored_photo(seat, view, SIDE_SHOWN);
    s->is_loaded = true;
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

static int side_of(const struct question_seat *seat, const struct question_view *view)
{
    return (int)(view->max_pixels > 0   ? view->max_pixels
                 : seat->photo_side > 0 ? seat->photo_side
                                        : SIDE_USUAL);
}

/* Seals an image as the answer. */
static bool keep(struct question_seat *seat, const struct question_view *view,
                 const struct image *image)
{
    struct photo_state *s = seat->state;
    struct image *small = NULL;
    struct buf jpeg = {0};
    bool ok = image_scale(image, side_of(seat, view), &small, &s->err) &&
              image_jpeg(small, JPEG_QUALITY, &jpeg, &s->err) &&
              seat->host->attach(seat->ctx, view->ref, buf_str(&jpeg), "jpg");
    image_destroy(small);
    buf_wipe(&jpeg);
    s->is_loaded = s->is_loaded && !ok;
    return ok;
}

static void take(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct picture picture = {0};
    struct image *image = NULL;
    if (camera_still(s->camera, &picture, &s->err) && image_of(&picture, &image, &s->err) &&
        keep(seat, view, image)) {
        camera_close(s->camera);
        s->camera = NULL;
    }
    image_destroy(image);
    picture_finish(&picture);
}

static void take_file(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct buf bytes = {0};
    struct image *image = NULL;
    err_clear(&s->err);
    if (file_read(buf_text(&s->pick.path), FILE_LIMIT, &bytes, &s->err) &&
        image_decode(buf_str(&bytes), side_of(seat, view), &image, &s->err)) {
        keep(seat, view, image);
    }
    if (s->err.kind == ERR_MISSING) { /* no word about a camera */
        s->err.kind = ERR_INPUT;
    }
    image_destroy(image);
    buf_wipe(&bytes);
}

/* The drawing becomes a part of the photo. */
static void keep_drawing(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct image *whole = stored_photo(seat, view, side_of(seat, view)), *drawn = NULL;
    if (whole) {
        s->drawing.shape = (double)whole->h / whole->w; /* not that of rounded pixels */
    }
    if (whole && ui_drawing_image(&s->drawing, whole, whole->w, &drawn, &s->err) &&
        keep(seat, view, drawn)) {
        ui_drawing_clear(&s->drawing);
        s->is_drawing = false;
    }
    image_destroy(whole);
    image_destroy(drawn);
}

static void draw_over(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct ui *ui = seat->ui;
    ui_ink(ui, "ink", &s->drawing, UI_OPT(.image = s->kept, .name = tr("Draw on the photo")));
    ui_column_begin(ui, "pad", NULL);
    ui_actions_begin(ui);
    if (ui_button(ui, "undo", tr("Undo"), UI_OPT(.icon = ICON_UNDO))) {
        ui_drawing_undo(&s->drawing);
    }
    if (ui_button(ui, "stop", tr("Cancel"), NULL)) {
        ui_drawing_clear(&s->drawing);
        s->is_drawing = false;
    }
    ui_end(ui);
    ui_end(ui);
    if (ui_button(ui, "keep", tr("Keep the drawing"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .disabled = s->drawing.n == 0))) {
        keep_drawing(seat, view);
    }
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
    finder_draw(ui, &s->view, NULL, UI_OPT(.height = 260));
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

static void draw_ways(struct question_seat *seat, const struct question_view *view)
{
    struct photo_state *s = seat->state;
    struct ui *ui = seat->ui;
    if (ui_button(ui, "camera", view->value.n ? tr("Take it again") : tr("Open the camera"),
                  UI_OPT(.icon = ICON_PHOTO_CAMERA, .focus = seat->is_alone))) {
        start(seat);
    }
    bool only_new = question_has_appearance(view, "new") || question_is_marked(view, "selfie");
    if (!only_new && ui_button(ui, "choose", tr("Choose a picture"), UI_OPT(.icon = ICON_IMAGE))) {
        pick_file_open(&s->pick);
    }
    if (s->kept && question_is_marked(view, "annotate") &&
        ui_button(ui, "annotate", tr("Draw on the photo"), UI_OPT(.icon = ICON_DRAW))) {
        s->is_drawing = true;
    }
    if (view->value.n && ui_button(ui, "delete", tr("Delete the photo"),
                                   UI_OPT(.kind = UI_QUIET, .icon = ICON_DELETE))) {
        if (seat->host->detach(seat->ctx, view->ref)) {
            s->is_loaded = false;
        }
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
    if (s->is_drawing && s->kept && !view->readonly) {
        draw_over(seat, view);
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
    if (s->pick.is_open) {
        if (pick_file_draw(ui, &s->pick, "image/")) {
            take_file(seat, view);
        }
    } else {
        draw_ways(seat, view);
    }
}

const struct question question_photo = {
    .name = "photo",
    .state_size = sizeof(struct photo_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
