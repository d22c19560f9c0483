/* The first thing seen: sets a PIN on a new device, asks for it afterwards. Wrong tries cost time,
 * and the time is shown. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "platform/base/clock.h"

enum { PIN_SIZE = 72 };

struct lock_state {
    char pin[PIN_SIZE], again[PIN_SIZE];
    char wrong[300];
    int64_t until_ms; /* monotonic; tries are refused before */
};

static void forget(struct lock_state *s)
{
    explicit_bzero(s->pin, sizeof(s->pin));
    explicit_bzero(s->again, sizeof(s->again));
}

static void take(char *to, const char *text)
{
    if (text) {
        snprintf(to, PIN_SIZE, "%s", text);
    }
}

static void opened(struct desk *desk, struct lock_state *s)
{
    forget(s);
    if (desk->app->health.set_aside) {
        desk_say(desk, tr("The records on this device were damaged. What could be read was saved, "
                          "the damaged file was kept: tell your supervisor."));
    }
    desk_turn(desk, "home", NULL);
}

static void say_wait(struct lock_state *s, int64_t ms)
{
    unsigned long seconds = (unsigned long)((ms + 999) / 1000);
    s->until_ms = clock_mono_ms() + ms;
    snprintf(s->wrong, sizeof(s->wrong),
             trn("Too many wrong tries. Wait %lu second, then try again.",
                 "Too many wrong tries. Wait %lu seconds, then try again.", seconds),
             seconds);
}

static void try_pin(struct desk *desk, struct lock_state *s)
{
    struct err err = {0};
    if (app_unlock(desk->app, str_of(s->pin), &err)) {
        opened(desk, s);
        return;
    }
    forget(s);
    int64_t wait = app_unlock_wait_ms(desk->app);
    if (wait > 0) {
        say_wait(s, wait);
    } else if (err.kind == ERR_DENIED && err.code == 0) {
        snprintf(s->wrong, sizeof(s->wrong), "%s", tr("This PIN is wrong. Try again."));
    } else {
        snprintf(s->wrong, sizeof(s->wrong), "%s", app_sentence(&err));
    }
}

static void set_pin(struct desk *desk, struct lock_state *s)
{
    struct err err = {0};
    if (strlen(s->pin) < APP_PIN_LEAST) {
        snprintf(s->wrong, sizeof(s->wrong), tr("At least %d digits or letters."), APP_PIN_LEAST);
    } else if (strcmp(s->pin, s->again) != 0) {
        snprintf(s->wrong, sizeof(s->wrong), "%s", tr("The two PINs are not the same."));
    } else if (app_set_up(desk->app, str_of(s->pin), &err)) {
        opened(desk, s);
    } else {
        snprintf(s->wrong, sizeof(s->wrong), "%s", app_sentence(&err));
    }
}

static void draw_first(struct desk *desk, struct lock_state *s)
{
    struct ui *ui = desk->ui;
    ui_text(ui, TYPE_TITLE, tr("Welcome"), NULL);
    ui_text(
        ui, TYPE_BODY,
        tr("Choose a PIN for this device. It protects what citizens tell you; without it nobody "
           "can read the records, not even you."),
        NULL);
    take(s->pin, ui_field(ui, "pin", s->pin,
                          &(struct ui_field){.label = tr("New PIN"),
                                             .input = UI_IN_PIN,
                                             .max = 64,
                                             .live = true,
                                             .focus = true,
                                             .hint = tr("At least 6 digits. Longer is safer.")}));
    take(s->again, ui_field(ui, "again", s->again,
                            &(struct ui_field){.label = tr("The same PIN again"),
                                               .input = UI_IN_PIN,
                                               .max = 64,
                                               .live = true,
                                               .error = s->wrong[0] ? s->wrong : NULL}));
    if (ui_button(ui, "set", tr("Set the PIN"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_LOCK)) ||
        ui_entered(ui, "again")) {
        set_pin(desk, s);
    }
}

static void draw_again(struct desk *desk, struct lock_state *s)
{
    struct ui *ui = desk->ui;
    int64_t rest = s->until_ms - clock_mono_ms();
    bool waits = s->until_ms && rest > 0;
    if (waits) {
        say_wait(s, rest);
        ui_after(ui, "wait", 1000); /* counts down */
    } else if (s->until_ms) {
        s->until_ms = 0;
        s->wrong[0] = 0;
    }
    ui_text(ui, TYPE_BODY, tr("Enter the PIN to go on. What was begun is still there."), NULL);
    take(s->pin, ui_field(ui, "pin", s->pin,
                          &(struct ui_field){.label = tr("PIN"),
                                             .input = UI_IN_PIN,
                                             .max = 64,
                                             .live = true,
                                             .focus = true,
                                             .disabled = waits,
                                             .error = s->wrong[0] ? s->wrong : NULL}));
    if ((ui_button(ui, "unlock", tr("Unlock"),
                   UI_OPT(.kind = UI_PRIMARY, .icon = ICON_LOCK_OPEN, .disabled = waits)) ||
         ui_entered(ui, "pin")) &&
        !waits) {
        try_pin(desk, s);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct lock_state *s = state;
    struct ui *ui = desk->ui;
    ui_screen(ui, "lock");
    ui_bar_home(ui, "Gõ Cửa", NULL);
    ui_body_begin(ui);
    if (app_has_pin(desk->app)) {
        draw_again(desk, s);
    } else {
        draw_first(desk, s);
    }
    ui_end(ui);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct lock_state *s = state;
    int64_t wait = app_has_pin(desk->app) ? app_unlock_wait_ms(desk->app) : 0;
    if (wait > 0) {
        say_wait(s, wait);
    }
    return true;
}

static void leave(struct desk *desk, void *state)
{
    forget(state);
}

const struct screen screen_lock = {
    .name = "lock",
    .flags = SCREEN_LOCKED | SCREEN_ROOT,
    .state_size = sizeof(struct lock_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
