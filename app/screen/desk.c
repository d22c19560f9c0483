#define LOG_ROOM "screen"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen/voice.h"
#include "platform/base/log.h"
#include "platform/sensor/scanner.h"
#include "platform/system/battery.h"

struct place {
    const struct screen *screen;
    void *state;
};

/* A screen may ask for another one in the middle of its draw: the move is made after it. */
enum move { MOVE_NONE, MOVE_GO, MOVE_TURN, MOVE_BACK, MOVE_HOME, MOVE_LOCK };

static const struct screen *find(const struct desk *desk, const char *name)
{
    for (size_t i = 0; desk->screens[i]; i++) {
        if (strcmp(desk->screens[i]->name, name) == 0) {
            return desk->screens[i];
        }
    }
    log_error("there is no screen %s", name);
    abort();
}

static struct place *top(struct desk *desk)
{
    return &desk->places.v[desk->places.n - 1];
}

struct desk *desk_create(struct app *app, const struct screen *const *screens)
{
    struct desk *desk = mem_alloc(1, sizeof(*desk));
    desk->app = app;
    desk->screens = screens;
    return desk;
}

void desk_set_ui(struct desk *desk, struct ui *ui)
{
    desk->ui = ui;
    ui_set_speech(ui, voice_focus, desk);
    desk_take_settings(desk);
}

static void push(struct desk *desk, const char *name, const struct ticket *ticket)
{
    static const struct ticket nothing = {0, NULL};
    const struct screen *screen = find(desk, name);
    struct place place = {screen, mem_alloc(1, screen->state_size ? screen->state_size : 1)};
    vec_push(&desk->places, place);
    size_t at = desk->places.n;
    if (screen->enter && !screen->enter(desk, place.state, ticket ? ticket : &nothing) &&
        desk->places.n == at) {
        desk->places.n--;
        free(place.state);
    }
    ui_change(desk->ui);
}

static void pop(struct desk *desk)
{
    struct place place = *top(desk);
    desk->places.n--;
    if (place.screen->leave) {
        place.screen->leave(desk, place.state);
    }
    free(place.state);
}

static void pop_to(struct desk *desk, size_t n)
{
    while (desk->places.n > n) {
        pop(desk);
    }
}

static void show_again(struct desk *desk)
{
    if (desk->places.n && top(desk)->screen->back) {
        top(desk)->screen->back(desk, top(desk)->state);
    }
    ui_change(desk->ui);
}

void desk_start(struct desk *desk)
{
    push(desk, app_is_locked(desk->app) ? "lock" : "home", NULL);
}

static void scanner_wakes(void *ctx)
{
    ui_wake(ctx);
}

void desk_find_scanner(struct desk *desk)
{
    struct scanner_device found;
    struct err err = {0};
    if (desk->scanner && scanner_is_lost(desk->scanner)) {
        scanner_close(desk->scanner);
        desk->scanner = NULL;
    }
    if (!desk->scanner && scanner_list(settings_text(desk->app, "scanner"), &found, 1) == 1 &&
        !scanner_open(found.id, scanner_wakes, desk->ui, &desk->scanner, &err)) {
        log_warn("the scanner does not open: %s", err.text);
    }
}

/* Codes of the scanner's own device go where a typed scanner's would. */
static void take_scans(struct desk *desk)
{
    struct buf code = {0};
    while (desk->scanner && scanner_take(desk->scanner, &code)) {
        ui_give_scan(desk->ui, buf_str(&code));
        buf_clear(&code);
    }
    buf_wipe(&code);
}

void desk_destroy(struct desk *desk)
{
    if (desk) {
        scanner_close(desk->scanner);
        voice_close(desk);
        pop_to(desk, 0);
        desk_put_away(desk);
        vec_finish(&desk->places);
        free(desk);
    }
}

static void lock_now(struct desk *desk)
{
    pop_to(desk, 0);
    desk_put_away(desk);
    app_lock(desk->app);
    push(desk, "lock", NULL);
}

static bool wants_stillness(const struct desk *desk)
{
    return settings_number(desk->app, "reduced_motion") != 0 || battery_is_low(NULL);
}

/* The battery runs down while screens change, so each change looks again: nothing wakes for it. */
static void mind_battery(struct desk *desk)
{
    if (ui_get(desk->ui)->still != wants_stillness(desk)) {
        desk_take_settings(desk);
    }
}

static void make_move(struct desk *desk)
{
    enum move move = (enum move)desk->move;
    struct ticket ticket = {desk->move_id, desk->move_text[0] ? desk->move_text : NULL};
    desk->move = MOVE_NONE;
    voice_stop(desk);
    if (move == MOVE_GO || move == MOVE_TURN) {
        if (move == MOVE_TURN) {
            pop(desk);
        }
        push(desk, desk->move_screen, &ticket);
    } else if (move == MOVE_BACK && desk->places.n > 1) {
        pop(desk);
        show_again(desk);
    } else if (move == MOVE_HOME) {
        pop_to(desk, 1);
        desk_put_away(desk);
        show_again(desk);
    } else if (move == MOVE_LOCK) {
        lock_now(desk);
    }
    mind_battery(desk);
}

static void plan(struct desk *desk, enum move move, const char *screen, const struct ticket *ticket)
{
    desk->move = move;
    desk->move_screen = screen;
    desk->move_id = ticket ? ticket->id : 0;
    snprintf(desk->move_text, sizeof(desk->move_text), "%s",
             ticket && ticket->text ? ticket->text : "");
    if (!desk->is_drawing) {
        make_move(desk);
    }
}

void desk_go(struct desk *desk, const char *screen, const struct ticket *ticket)
{
    plan(desk, MOVE_GO, screen, ticket);
}

void desk_turn(struct desk *desk, const char *screen, const struct ticket *ticket)
{
    plan(desk, MOVE_TURN, screen, ticket);
}

void desk_back(struct desk *desk)
{
    plan(desk, MOVE_BACK, NULL, NULL);
}

void desk_home(struct desk *desk)
{
    plan(desk, MOVE_HOME, NULL, NULL);
}

void desk_lock(struct desk *desk)
{
    plan(desk, MOVE_LOCK, NULL, NULL);
}

void desk_put_away(struct desk *desk)
{
    filling_close(desk->filling);
    visiting_close(desk->visiting);
    desk->filling = NULL;
    desk->visiting = NULL;
}

void desk_fail(struct desk *desk, const struct err *err)
{
    log_warn("%s: %s", err_kind_name(err->kind), err->text);
    desk_say(desk, app_sentence(err));
}

void desk_say(struct desk *desk, const char *sentence)
{
    snprintf(desk->notice, sizeof(desk->notice), "%s", sentence);
    ui_change(desk->ui);
}

static void notice(struct desk *desk)
{
    struct ui *ui = desk->ui;
    if (!desk->notice[0]) {
        return;
    }
    bool closed = ui_dialog_begin(ui, "notice", tr("Please note"), desk->notice);
    closed =
        ui_button(ui, "notice-ok", tr("I understand"), UI_OPT(.kind = UI_PRIMARY, .focus = true)) ||
        closed;
    ui_end(ui);
    if (closed) {
        desk->notice[0] = 0;
    }
}

void desk_draw(struct ui *ui, void *ctx)
{
    struct desk *desk = ctx;
    const struct screen *screen = top(desk)->screen;
    if (screen->flags & SCREEN_HANDOVER) {
        ui_handover(ui);
    }
    desk->is_drawing = true;
    screen->draw(desk, top(desk)->state);
    if (!(screen->flags & SCREEN_LOCKED) && ui_scanned(ui)) {
        ui_toast(ui, tr("No code is needed on this screen."), NULL, NULL);
    }
    notice(desk);
    desk->is_drawing = false;
    if (desk->move != MOVE_NONE) {
        make_move(desk);
    } else if (!(screen->flags & (SCREEN_LOCKED | SCREEN_HANDOVER)) && ui_home_wanted(ui)) {
        desk_home(desk);
    } else if (!app_is_locked(desk->app) &&
               ui_rested(ui, (int)settings_number(desk->app, "lock_after") * 1000)) {
        desk_lock(desk);
    }
    if (desk->wants_quit) {
        ui_quit(ui);
    }
}

void desk_mail(struct ui *ui, void *ctx)
{
    struct desk *desk = ctx;
    struct mail mail;
    take_scans(desk);
    while (mailbox_take(desk->app->mailbox, &mail)) {
        if (desk->places.n && top(desk)->screen->mail) {
            top(desk)->screen->mail(desk, top(desk)->state, &mail);
        }
        mail_discard(&mail);
    }
    voice_mail(desk);
    ui_change(ui);
}

bool desk_is_busy(void *ctx)
{
    struct desk *desk = ctx;
    return !worker_is_idle(desk->app->worker);
}

static enum ui_theme theme_of(const char *name)
{
    return strcmp(name, "dark") == 0  ? THEME_DARK
           : strcmp(name, "sun") == 0 ? THEME_SUN
                                      : THEME_LIGHT;
}

static enum ui_keyboard keyboard_of(const char *name)
{
    return strcmp(name, "always") == 0  ? UI_KEYBOARD_ALWAYS
           : strcmp(name, "never") == 0 ? UI_KEYBOARD_NEVER
                                        : UI_KEYBOARD_AUTO;
}

void desk_take_settings(struct desk *desk)
{
    struct app *app = desk->app;
    struct ui_settings settings = *ui_get(desk->ui);
    const char *typing = settings_text(app, "typing");
    settings.theme = theme_of(settings_text(app, "theme"));
    settings.text_size = (double)settings_number(app, "text_size") / 100;
    settings.glove = settings_number(app, "glove") != 0;
    settings.still = wants_stillness(desk);
    settings.keyboard = keyboard_of(settings_text(app, "keyboard"));
    settings.buzz = settings_number(app, "vibrate") != 0;
    settings.typing = strcmp(typing, "vni") == 0     ? UI_TYPE_VNI
                      : strcmp(typing, "plain") == 0 ? UI_TYPE_PLAIN
                                                     : UI_TYPE_TELEX;
    settings.rtl = lang_is_rtl();
    snprintf(settings.lang, sizeof(settings.lang), "%s", lang_get());
    ui_set(desk->ui, &settings);
}

const char *visiting_screen(const struct visiting *visiting)
{
    static const char *const names[VISIT_STEPS] = {
        [VISIT_DOOR] = "door",     [VISIT_CONSENT] = "consent", [VISIT_WHO] = "who",
        [VISIT_TOPICS] = "topics", [VISIT_GUIDE] = "topics",    [VISIT_OUTCOME] = "outcome",
        [VISIT_RATING] = "rating", [VISIT_REVIEW] = "review",   [VISIT_DONE] = "receipt"};
    return names[visiting_step(visiting)];
}
