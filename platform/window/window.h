/* One window: a canvas to paint on, input to wait for, and how the pixels reach the glass (the
 * presenter: X11 surface, shared memory on Wayland, texture on KMSDRM, none for tests). The only
 * folder that knows SDL. Main thread only but for window_wake. */
#ifndef WINDOW_WINDOW_H
#define WINDOW_WINDOW_H

#include "platform/base/err.h"
#include "platform/window/canvas.h"
#include "platform/window/input.h"

struct window;
struct fonts;

struct window_opt {
    const char *title;
    int w, h;              /* wanted size in pixels; 0: the display's, full screen */
    bool headless;         /* no SDL, no display: the canvas and injected input only */
    const char *fonts;     /* path of the shipped fonts.conf; NULL: FONTCONFIG_FILE says */
    const char *dead_keys; /* path of the shipped compose file; NULL: the system's */
    int quarter_turns;     /* panel mounted turned, clockwise, 0–3; X11 turns by itself */
    bool texture;          /* present through a texture everywhere, as on KMSDRM */
};

/* Opens it. ERR_DEVICE when there is no display (text says which drivers were tried). */
bool window_open(const struct window_opt *opt, struct window **out, struct err *err);

/* Closes; takes NULL. */
void window_close(struct window *window);

/* What is painted on; another one of other size after INPUT_SIZE. Borrowed. */
struct canvas *window_canvas(struct window *window);

/* The window's fonts, borrowed. */
struct fonts *window_fonts(struct window *window);

/* Shows the damaged parts and forgets the damage. */
bool window_present(struct window *window, struct err *err);

/* Waits at most ms milliseconds (-1: for ever, 0: not at all) for the next input; false when none
 * came. Sleeps without any wakeup. */
bool window_wait(struct window *window, int ms, struct input *input);

/* Makes window_wait return with INPUT_WAKE. Any thread; several calls may become one. */
void window_wake(struct window *window);

/* Puts an input into the queue as if the machine had sent it (scripts, inspection, scanner). */
void window_inject(struct window *window, const struct input *input);

/* Is something in the queue? */
bool window_is_busy(struct window *window);

/* Takes in what the machine has sent, leaves all of it in the queue, and counts the presses among
 * it (keys, fingers). While the program has no time to answer them. */
int window_presses(struct window *window);

/* Says that a text field at r wants text (an input method may show itself), or that none does. */
void window_text_input(struct window *window, bool on, struct rect r);

/* Is an input method composing? Our own Telex keeps quiet then. */
bool window_is_composing(const struct window *window);

/* The clipboard's text, which the caller frees; "" when there is none. */
char *window_clipboard(struct window *window);

/* Puts text on the clipboard. */
void window_set_clipboard(struct window *window, const char *text);

/* Shakes the device for ms milliseconds, where it can; returns at once. */
void window_buzz(struct window *window, int ms);

/* Sets the window's size (tests, --size); false when the system decides. */
bool window_resize(struct window *window, int w, int h);

/* The name of the presenter and driver in use: "surface x11", "shm wayland", "texture KMSDRM". */
const char *window_presenter(const struct window *window);

#endif
