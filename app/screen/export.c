/* Takes the visit log out as a file: pseudonymous by default; in full only with a reason, which is
 * journalled, and the PIN again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/work/export.h"
#include "platform/base/file.h"
#include "platform/system/path.h"

struct export_state {
    char from[16], to[16], reason[200], pin[72], problem[300], done[1100];
    bool json, full;
};

static void leave(struct desk *desk, void *state)
{
    struct export_state *s = state;
    explicit_bzero(s->pin, sizeof(s->pin));
}

static void take(char *to, size_t size, const char *text)
{
    if (text) {
        snprintf(to, size, "%s", text);
    }
}

static void run(struct desk *desk, struct export_state *s)
{
    struct err err = {0};
    struct buf out = {0};
    char folder[PATH_TEXT], name[96], path[PATH_TEXT];
    struct export_options options = {
        .json = s->json, .full = s->full, .reason = s->reason, .from = s->from, .to = s->to};
    s->problem[0] = 0;
    if (s->full && !s->reason[0]) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 tr("Write why names and numbers are needed in full; it is kept in the journal."));
        return;
    }
    if (s->full && !app_check_pin(desk->app, str_of(s->pin), &err)) {
        snprintf(s->problem, sizeof(s->problem), "%s",
                 err.code == EAGAIN ? tr("Too many wrong tries; wait and try again.")
                                    : tr("This PIN is wrong. Try again."));
        explicit_bzero(s->pin, sizeof(s->pin));
        return;
    }
    export_name(&options, name, sizeof(name));
    bool ok = path_data("gocua-export", folder, &err) && path_join(path, folder, name) &&
              export_visits(desk->app, &options, &out, &err) &&
              file_write(path, out.s, out.n, &err);
    if (ok) {
        snprintf(s->done, sizeof(s->done), "%s", path);
    } else {
        desk_fail(desk, &err);
    }
    buf_wipe(&out);
    explicit_bzero(s->pin, sizeof(s->pin));
}

static void draw_full(struct desk *desk, struct export_state *s)
{
    struct ui *ui = desk->ui;
    if (ui_choice(
            ui, "full", tr("Names and numbers in full"), s->full,
            UI_OPT(.kind = UI_CHECK, .hint = tr("Otherwise only first letters and last digits")))) {
        s->full = !s->full;
    }
    if (s->full) {
        take(s->reason, sizeof(s->reason),
             ui_field(ui, "reason", s->reason,
                      &(struct ui_field){.label = tr("What it is needed for"), .max = 180}));
        take(s->pin, sizeof(s->pin),
             ui_field(ui, "pin", s->pin,
                      &(struct ui_field){
                          .label = tr("PIN"), .input = UI_IN_PIN, .live = true, .max = 64}));
    }
}

static void draw(struct desk *desk, void *state)
{
    struct export_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "export");
    if (ui_bar(ui, tr("Export the visit log"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    take(s->from, sizeof(s->from),
         ui_date(ui, "from", s->from, &(struct ui_date){.label = tr("From"), .part = 'd'}));
    take(s->to, sizeof(s->to),
         ui_date(ui, "to", s->to, &(struct ui_date){.label = tr("To (inclusive)"), .part = 'd'}));
    ui_group_begin(ui, "format", tr("Format"), NULL);
    if (ui_choice(ui, "csv", tr("Table (CSV) for a spreadsheet"), !s->json, NULL)) {
        s->json = false;
    }
    if (ui_choice(ui, "json", tr("JSON for programs"), s->json, NULL)) {
        s->json = true;
    }
    ui_end(ui);
    draw_full(desk, s);
    if (s->problem[0]) {
        ui_notice(ui, TONE_ERROR, s->problem);
    }
    if (s->done[0]) {
        ui_notice(ui, TONE_OK, tr("The file is written:"));
        ui_text(ui, TYPE_SMALL, s->done, NULL);
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "run", tr("Write the file"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_FILE_DOWNLOAD))) {
        run(desk, s);
    }
    ui_end(ui);
}

const struct screen screen_export = {
    .name = "export",
    .state_size = sizeof(struct export_state),
    .draw = draw,
    .leave = leave,
};
