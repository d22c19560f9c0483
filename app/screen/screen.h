/* What a screen is, and the desk that it works at: the app, the kit, the visit and the form that
 * are open, and the way to other screens by name. A screen is one file with one const value; it
 * never knows another one. UI thread. */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "app/lang/lang.h"
#include "app/ui/ui.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "app/work/visiting.h"
#include "platform/base/arena.h"
#include "platform/base/vec.h"

struct desk;

enum screen_flag {
    SCREEN_LOCKED = 1,   /* may be seen while the device is locked */
    SCREEN_HANDOVER = 2, /* in another person's hand: no way back but by its own widgets */
    SCREEN_ROOT = 4,     /* nothing below it: Back does nothing */
};

/* A value given along to a screen: an id, a word, or both. The text is copied. */
struct ticket {
    int64_t id;
    const char *text; /* NULL: none */
};

struct screen {
    const char *name;
    unsigned flags;
    size_t state_size; /* zeroed memory of so many bytes goes with each call */
    /* The screen is put on top. false: it could not open (a toast or error says why). May be NULL.
     */
    bool (*enter)(struct desk *desk, void *state, const struct ticket *ticket);
    /* Describes what is to be seen now and takes the action of this run (ui.h). */
    void (*draw)(struct desk *desk, void *state);
    /* Another screen above it closed: look at the model again. May be NULL. */
    void (*back)(struct desk *desk, void *state);
    /* A mail of the app (enum app_mail). May be NULL. */
    void (*mail)(struct desk *desk, void *state, const struct mail *mail);
    /* The screen is taken away: free what the state holds. May be NULL. */
    void (*leave)(struct desk *desk, void *state);
};

struct place;
struct scanner;

struct desk {
    struct app *app;
    struct ui *ui;
    const struct screen *const *screens; /* all there are, ended by NULL */
    VEC(struct place) places;            /* the top one is seen */
    struct visiting *visiting;           /* the visit that is open, or NULL */
    struct filling *filling;             /* the form that is open, or NULL */
    struct err err;                      /* shown as a notice until the user closes it */
    char notice[400];
    struct scanner *scanner; /* a hardware scanner with a device of its own, or NULL */
    const char *camera;      /* what camera_open takes; NULL: the setting */
    struct speech *speech;   /* NULL until something was read aloud (voice.h) */
    bool is_silent;          /* speech goes where nobody hears it: without a window */
    bool wants_quit, is_drawing;
    int move; /* to be made after the draw (desk.c) */
    const char *move_screen;
    int64_t move_id;
    char move_text[4096]; /* an enrolment code fits */
};

/* Makes a desk over app and kit (borrowed) with the first screen "home" or "lock". */
struct desk *desk_create(struct app *app, const struct screen *const *screens);

/* The kit that it draws on; before desk_start. */
void desk_set_ui(struct desk *desk, struct ui *ui);

/* Opens the first screen. */
void desk_start(struct desk *desk);

/* Leaves every screen and frees; takes NULL. */
void desk_destroy(struct desk *desk);

/* Draws the top screen: what ui_app.build calls. */
void desk_draw(struct ui *ui, void *desk);

/* Takes the app's mails: what ui_app.mail calls. */
void desk_mail(struct ui *ui, void *desk);

/* Do jobs run that a script should wait for: what ui_app.is_busy calls. */
bool desk_is_busy(void *desk);

/* Puts a screen on top, after the present draw if there is one. ticket may be NULL. */
void desk_go(struct desk *desk, const char *screen, const struct ticket *ticket);

/* Puts a screen in place of the top one. */
void desk_turn(struct desk *desk, const char *screen, const struct ticket *ticket);

/* Takes the top screen away. */
void desk_back(struct desk *desk);

/* Back to the first screen. */
void desk_home(struct desk *desk);

/* Shows the sentence that belongs to err above the screen until it is closed; the screen stays. */
void desk_fail(struct desk *desk, const struct err *err);

/* The same with a sentence of the caller's (translated; copied). */
void desk_say(struct desk *desk, const char *sentence);

/* Looks for a hardware scanner when none is open (setting `scanner` names further ones). */
void desk_find_scanner(struct desk *desk);

/* Locks the device: what is open is saved and closed, the lock screen comes. */
void desk_lock(struct desk *desk);

/* Takes the settings of the display (language, theme, size) into the kit. */
void desk_take_settings(struct desk *desk);

/* Closes the visit that is open (it stays open in the store) and the form. */
void desk_put_away(struct desk *desk);

/* The name of the screen at which an open visit goes on. */
const char *visiting_screen(const struct visiting *visiting);

#endif
