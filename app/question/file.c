/* Sound, film or any file: chosen by its path, for example from a USB stick. */

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "platform/base/file.h"

enum { FILE_LIMIT = 64 << 20 };

struct file_state {
    char path[1000], problem[200];
};

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_UPLOAD;
}

static void take(struct question_seat *seat, const struct question_view *view)
{
    struct file_state *s = seat->state;
    struct buf bytes = {0};
    struct err err = {0};
    const char *dot = strrchr(s->path, '.');
    s->problem[0] = 0;
    if (!file_read(s->path, FILE_LIMIT, &bytes, &err)) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 err.kind == ERR_INPUT ? tr("The file is too large (64 MB at most).")
                                       : tr("There is no such file, or it cannot be read."));
    } else if (seat->host->attach(seat->ctx, view->ref, buf_str(&bytes), dot ? dot + 1 : "bin")) {
        s->path[0] = 0;
    }
    buf_wipe(&bytes);
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct file_state *s = seat->state;
    struct ui *ui = seat->ui;
    char name[256];
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(view->value));
    if (name[0]) {
        ui_value(ui, "name", tr("File"), name, NULL);
        if (!view->readonly && ui_button(ui, "delete", tr("Delete the file"),
                                         UI_OPT(.kind = UI_QUIET, .icon = ICON_DELETE))) {
            seat->host->detach(seat->ctx, view->ref);
        }
    }
    if (view->readonly) {
        return;
    }
    const char *typed = ui_field(ui, "path", s->path,
                                 &(struct ui_field){.label = tr("Path of the file"),
                                                    .input = UI_IN_CODE,
                                                    .max = 900,
                                                    .error = s->problem[0] ? s->problem : NULL});
    if (typed) {
        snprintf(s->path, sizeof(s->path), "%s", typed);
    }
    if (ui_button(ui, "take", tr("Attach it"),
                  UI_OPT(.icon = ICON_ATTACH_FILE, .disabled = !s->path[0]))) {
        take(seat, view);
    }
}

const struct question question_file = {
    .name = "file",
    .state_size = sizeof(struct file_state),
    .fits = fits,
    .draw = draw,
};
