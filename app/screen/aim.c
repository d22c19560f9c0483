#include "app/screen/aim.h"

#include <stdio.h>

#include "app/question/finder.h"
#include "platform/base/clock.h"

enum { SAID_MS = 6000 };

static void wake(void *ctx)
{
    ui_wake(ctx);
}

void aim_open(struct aim *aim, struct desk *desk, bool (*accept)(void *ctx, struct str bytes))
{
    const char *set = settings_text(desk->app, "camera");
    struct camera_options options = {.id = desk->camera ? desk->camera : set,
                                     .scan = true,
                                     .codes = {.accept = accept},
                                     .wake = wake,
                                     .wake_ctx = desk->ui};
    aim_close(aim);
    err_clear(&aim->err);
    camera_open(&options, &aim->camera, &aim->err);
}

void aim_close(struct aim *aim)
{
    camera_close(aim->camera);
    aim->camera = NULL;
    aim->view = (struct camera_view){0}; /* its preview was the camera's */
}

bool aim_is_open(const struct aim *aim)
{
    return aim->camera && aim->err.kind == ERR_NONE;
}

void aim_say(struct aim *aim, const char *sentence)
{
    snprintf(aim->said, sizeof(aim->said), "%s", sentence);
    aim->said_ms = clock_mono_ms();
}

void aim_look(struct aim *aim)
{
    if (aim->said[0] && clock_mono_ms() - aim->said_ms > SAID_MS) {
        aim->said[0] = 0;
    }
    camera_look(aim->camera, &aim->view);
    if (aim->view.state == CAMERA_LOST) {
        aim->err = aim->view.err;
    }
}

const char *aim_advice(const struct aim *aim, const char *nothing)
{
    switch (aim->view.advice.hint) {
    case BARCODE_HINT_NONE:
        return nothing;
    case BARCODE_HINT_CLOSER:
        return tr("Closer");
    case BARCODE_HINT_BACK:
        return tr("A little further away");
    case BARCODE_HINT_STILL:
        return tr("Hold still");
    case BARCODE_HINT_TILT:
        return tr("Tilt away from the light");
    case BARCODE_HINT_LIGHT:
        return tr("More light, please");
    case BARCODE_HINT_GOOD:
        return tr("Good, hold it so");
    }
    return "";
}

void aim_draw(const struct aim *aim, struct ui *ui, const char *advice)
{
    bool is_good = aim->view.advice.hint == BARCODE_HINT_GOOD;
    finder_draw(ui, &aim->view, aim->said[0] ? aim->said : advice,
                UI_OPT(.grow = 1, .tone = aim->said[0] ? TONE_WARN
                                          : is_good    ? TONE_OK
                                                       : TONE_NONE));
}

bool aim_draw_none(const struct aim *aim, struct ui *ui, const char *otherwise)
{
    ui_scroll_begin(ui, "no-camera", UI_OPT(.grow = 1));
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    ui_empty(ui, ICON_PHOTO_CAMERA,
             aim->err.kind == ERR_MISSING ? tr("No camera was found") : app_sentence(&aim->err),
             otherwise);
    if (aim->said[0]) {
        ui_notice(ui, TONE_WARN, aim->said);
    }
    bool again = ui_button(ui, "again", tr("Try again"), UI_OPT(.icon = ICON_REFRESH));
    ui_end(ui);
    ui_end(ui);
    return again;
}
