/* What the machine tells the program: one struct for touch, keys, text, scans and the window's own
 * news. Filled by the window (SDL, evdev) or by a script; knows nothing of widgets. */
#ifndef WINDOW_INPUT_H
#define WINDOW_INPUT_H

#include <stdbool.h>
#include <stdint.h>

enum input_kind {
    INPUT_NONE,
    INPUT_KEY,     /* key went down (repeat counts its repeats) */
    INPUT_KEY_UP,  /* key went up */
    INPUT_TEXT,    /* text of a keyboard or a finished composition */
    INPUT_COMPOSE, /* an input method shows unfinished text; empty: it ended */
    INPUT_DOWN,    /* finger or button down at x, y */
    INPUT_MOVE,    /* finger moves while down */
    INPUT_UP,      /* finger up */
    INPUT_WHEEL,   /* wheel by dy pixels, down is positive */
    INPUT_SCAN,    /* a code from a hardware scanner: text */
    INPUT_SIZE,    /* the window has another size: canvas is new */
    INPUT_EXPOSE,  /* the window must be shown again */
    INPUT_HIDDEN,  /* the window is not seen any more */
    INPUT_SHOWN,
    INPUT_WAKE, /* window_wake was called */
    INPUT_QUIT, /* the window shall close */
};

/* Keys that mean something to the kit; letters and digits are their ASCII code. */
enum input_code {
    KEY_BACKSPACE = 8,
    KEY_TAB = 9,
    KEY_ENTER = 13,
    KEY_ESCAPE = 27,
    KEY_SPACE = 32,
    KEY_DELETE = 127,
    KEY_UP = 256,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_BACK, /* the Back key of a handheld; Escape does the same */
    KEY_MENU,
    KEY_SCAN,     /* the trigger of the handheld */
    KEY_F1 = 288, /* … KEY_F1 + 11 is F12 */
};

enum {
    INPUT_SHIFT = 1,
    INPUT_CTRL = 2,
    INPUT_ALT = 4,
    INPUT_SURE = 8, /* from a script or the screen: surely no scanner */
};

enum { INPUT_TEXT_MAX = 4096 };

struct input {
    enum input_kind kind;
    int code;                  /* INPUT_KEY */
    int mods;                  /* INPUT_SHIFT | … */
    int repeat;                /* 0 for the first press */
    int x, y;                  /* device pixels of the canvas */
    int dy;                    /* INPUT_WHEEL */
    int64_t at;                /* clock_mono_ms of the event */
    char text[INPUT_TEXT_MAX]; /* INPUT_TEXT, INPUT_COMPOSE, INPUT_SCAN: UTF-8 */
};

#endif
