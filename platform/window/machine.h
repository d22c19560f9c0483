/* Inside this folder only: what a window is made of, and the contract of presenters. */
#ifndef WINDOW_MACHINE_H
#define WINDOW_MACHINE_H

#include <SDL.h>
#include <stdatomic.h>
#include "platform/base/vec.h"
#include "platform/window/window.h"

/* How pixels reach the glass. All four are mandatory. */
struct presenter {
    const char *name;
    bool (*open)(struct window *window, struct err *err);   /* makes the canvas */
    bool (*resize)(struct window *window, struct err *err); /* after the window changed its size */
    bool (*show)(struct window *window, struct err *err);   /* shows the canvas's damage */
    void (*close)(struct window *window);
};

extern const struct presenter presenter_surface, presenter_wayland, presenter_gltex,
    presenter_headless;

struct devices; /* evdev.c */
struct wayland; /* present_wayland.c */

struct window {
    struct window_opt opt;
    const struct presenter *presenter;
    struct canvas canvas;
    struct fonts *fonts;
    VEC(struct input) queue; /* from next on */
    size_t next;
    int wake_fd; /* eventfd of waits that are not SDL's */
    atomic_bool is_woken;
    SDL_Window *sdl;        /* NULL: headless */
    SDL_Surface *surface;   /* presenter_surface */
    SDL_Renderer *renderer; /* presenter_gltex */
    SDL_Texture *texture;
    struct wayland *wayland; /* presenter_wayland */
    struct buzzer *buzzer;   /* looked for at the first buzz */
    bool is_buzzer_sought;
    Uint32 wake_event;
    struct devices *devices; /* own epoll, where SDL would poll; else NULL */
    bool is_composing, has_text_input, is_shown, is_pressed;
    bool hides_pointer; /* until it moves */
    int motions;        /* of the pointer while it is hidden */
    SDL_FingerID finger;
    char name[64];
    char *clipboard; /* headless only */
};

/* Puts an input behind the others. */
void window_queue(struct window *window, const struct input *input);

/* Opens the SDL window; waits for SDL's next events and queues what they mean. */
bool sdl_open(struct window *window, struct err *err);
void sdl_close(struct window *window);
void sdl_wait(struct window *window, int ms);

/* The flag that keeps SDL from loading GL for a Wayland window; 0 where it does not do so. */
uint32_t no_gl_flag(void);

/* Our own wait over the input devices, a folder watch and the wake descriptor: for drivers on which
 * SDL_WaitEvent is a 1 kHz poll. NULL when epoll is not to be had. */
struct devices *devices_open(int wake_fd);
void devices_close(struct devices *devices);

/* Sleeps until a device, the wake descriptor or the time wakes it. */
void devices_wait(struct devices *devices, int ms);

#endif
