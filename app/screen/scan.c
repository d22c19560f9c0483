/* The viewfinder: shows what the camera sees, says what could be better, takes the first code that
 * fits the purpose ("person", "enrol", "dossier") and goes back. Pictures are looked at and
 * forgotten, never kept. */
#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/question/pick_file.h"
#include "app/screen/aim.h"
#include "app/screen/screen.h"
#include "app/work/enrol.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

enum { FILE_BUDGET_MS = 1000 }; /* of processor time: the window waits for a picture file */

struct scan_state {
    struct pick_file pick; /* a picture file instead of the camera */
    struct aim aim;
    char purpose[16];
};

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct scan_state *s = state;
    snprintf(s->purpose, sizeof(s->purpose), "%s", ticket->text ? ticket->text : "person");
    desk_find_scanner(desk); /* one that was plugged in since */
    aim_open(&s->aim, desk, ident_accepts);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct scan_state *s = state;
    aim_close(&s->aim);
    pick_file_finish(&s->pick);
}

static void say(struct desk *desk, struct scan_state *s, const char *sentence)
{
    ui_buzz(desk->ui, UI_BUZZ_BAD);
    aim_say(&s->aim, sentence);
}

static void take_person(struct desk *desk, struct scan_state *s, const struct ident *ident)
{
    struct err err = {0};
    if (!desk->visiting || !ident_is_person(ident->kind)) {
        say(desk, s, tr(ident_sentence(ident)));
    } else if (visiting_take_claim(desk->visiting, &ident->person, &err)) {
        ui_buzz(desk->ui, UI_BUZZ_GOOD);
        desk_back(desk);
    } else {
        desk_fail(desk, &err);
    }
}

static void take(struct desk *desk, struct scan_state *s, struct str bytes, enum claim_source from)
{
    struct ident ident;
    struct err err = {0};
    ident_read(bytes, from, clock_today(), &ident);
    if (strcmp(s->purpose, "enrol") == 0 && ident.text[0]) {
        ui_buzz(desk->ui, UI_BUZZ_GOOD);
        desk_turn(desk, "enrol", &(struct ticket){0, ident.text});
    } else if (strcmp(s->purpose, "enrol") == 0) {
        say(desk, s, tr("This is not an enrolment code. Scan the one your commune gave you."));
    } else if (strcmp(s->purpose, "dossier") == 0) {
        if (ident.kind != IDENT_DOSSIER) {
            say(desk, s, tr("This is not a dossier code."));
        } else if (visiting_set(desk->visiting, "visit.dossier", ident.text, &err)) {
            ui_buzz(desk->ui, UI_BUZZ_GOOD);
            desk_back(desk);
        } else {
            desk_fail(desk, &err);
        }
    } else {
        take_person(desk, s, &ident);
    }
    explicit_bzero(&ident, sizeof(ident));
}

static void draw_finder(struct desk *desk, struct scan_state *s)
{
    struct barcode code;
    aim_look(&s->aim);
    aim_draw(&s->aim, desk->ui,
             aim_advice(&s->aim, tr("Hold the code of the card into the frame")));
    if (camera_take_code(s->aim.camera, &code)) {
        take(desk, s, (struct str){(const char *)code.bytes, code.n}, CLAIM_CAMERA);
        explicit_bzero(&code, sizeof(code));
    }
}

/* A picture that lies on the device or a stick: looked at, then forgotten. */
static void read_file(struct desk *desk, struct scan_state *s)
{
    const struct barcode_options options = {.budget_ms = FILE_BUDGET_MS, .accept = ident_accepts};
    struct picture picture = {0};
    struct barcode code;
    const char *path = buf_text(&s->pick.path);
    /* a pipe or a device has no size, and reading it might never end */
    if (file_size(path) <= 0 || !picture_read(path, PICTURE_GRAY, 0, &picture, NULL)) {
        say(desk, s, tr("There is no such file, or it cannot be read."));
        return;
    }
    struct gray gray = picture_gray(&picture);
    struct barcode_scanner *scanner = barcode_create();
    if (barcode_scan(scanner, &gray, &options, &code, 1)) {
        take(desk, s, (struct str){(const char *)code.bytes, code.n}, CLAIM_PICTURE);
        explicit_bzero(&code, sizeof(code));
    } else {
        say(desk, s, tr("No code was found in this picture."));
    }
    barcode_destroy(scanner);
    picture_finish(&picture);
}

static void draw_file(struct desk *desk, struct scan_state *s)
{
    bool gone = ui_sheet_begin(desk->ui, "file", tr("Choose a picture"));
    if (pick_file_draw(desk->ui, &s->pick, "image/")) {
        read_file(desk, s);
    }
    ui_end(desk->ui);
    s->pick.is_open = s->pick.is_open && !gone;
}

static void draw(struct desk *desk, void *state)
{
    struct scan_state *s = state;
    struct ui *ui = desk->ui;
    const char *code;
    ui_screen(ui, "scan");
    if (ui_bar(ui, tr("Scan"), NULL)) {
        desk_back(desk);
    }
    if (s->aim.view.has_torch &&
        ui_bar_action(ui, "torch", tr("Light"),
                      s->aim.view.torch_is_on ? ICON_FLASH_ON : ICON_FLASH_OFF)) {
        camera_set_torch(s->aim.camera, !s->aim.view.torch_is_on, NULL);
    }
    if (ui_bar_menu(ui, "picture", tr("Choose a picture"), ICON_IMAGE)) {
        pick_file_open(&s->pick);
    }
    if ((code = ui_scanned(ui))) {
        take(desk, s, str_of(code), CLAIM_SCANNER);
    }
    ui_page_begin(ui);
    if (aim_is_open(&s->aim)) {
        draw_finder(desk, s);
    } else if (aim_draw_none(&s->aim, ui, tr("Use a hardware scanner, or go back and type."))) {
        aim_open(&s->aim, desk, ident_accepts);
    }
    ui_end(ui);
    ui_actions_begin(ui);
    if (ui_button(ui, "type", tr("Type instead"), UI_OPT(.icon = ICON_KEYBOARD))) {
        desk_back(desk);
    }
    ui_end(ui);
    if (s->pick.is_open) {
        draw_file(desk, s);
    }
}

const struct screen screen_scan = {
    .name = "scan",
    .state_size = sizeof(struct scan_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
