/* Sound, film or any file: chosen from the device or a USB stick. There is no player and no
 * microphone here, so a recording comes as a file. */

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/pick_file.h"
#include "app/question/question.h"
#include "platform/base/file.h"

enum { FILE_LIMIT = 64 << 20 };

struct file_state {
    struct pick_file pick;
    char problem[200];
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_UPLOAD;
}

static void leave(struct question_seat *seat)
{
    struct file_state *s = seat->state;
    pick_file_finish(&s->pick);
}

static void take(struct question_seat *seat, const struct question_view *view)
{
    struct file_state *s = seat->state;
    struct buf bytes = {0};
    struct err err = {0};
    const char *path = buf_text(&s->pick.path), *dot = strrchr(path, '.');
    bool plain = dot && !strchr(dot, '/') && strlen(dot) <= 9;
    s->problem[0] = 0;
    if (!file_read(path, FILE_LIMIT, &bytes, &err)) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 err.kind == ERR_INPUT ? tr("The file is too large (64 MB at most).")
                                       : tr("There is no such file, or it cannot be read."));
    } else {
        seat->host->attach(seat->ctx, view->ref, buf_str(&bytes), plain ? dot + 1 : "bin");
    }
    buf_wipe(&bytes);
}

static const char *what(const struct question_view *view)
{
    struct str type = str_of(view->media_type);
    return str_starts(type, STR("audio/"))   ? tr("Choose a recording")
           : str_starts(type, STR("video/")) ? tr("Choose a film")
                                             : tr("Choose a file");
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct file_state *s = seat->state;
    struct ui *ui = seat->ui;
    char name[256];
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(view->value));
    if (name[0]) {
        ui_value(ui, "name", tr("File"), name, NULL);
    }
    if (s->problem[0]) {
        ui_notice(ui, TONE_ERROR, s->problem);
    }
    if (view->readonly) {
        return;
    }
    if (!s->pick.is_open && ui_button(ui, "choose", name[0] ? tr("Choose another one") : what(view),
                                      UI_OPT(.icon = ICON_ATTACH_FILE, .focus = seat->is_alone))) {
        pick_file_open(&s->pick);
    }
    if (pick_file_draw(ui, &s->pick, view->media_type)) {
        take(seat, view);
    }
    if (name[0] && !s->pick.is_open &&
        ui_button(ui, "delete", tr("Delete the file"),
                  UI_OPT(.kind = UI_QUIET, .icon = ICON_DELETE))) {
        seat->host->detach(seat->ctx, view->ref);
    }
}

const struct question question_file = {
    .name = "file",
    .state_size = sizeof(struct file_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
