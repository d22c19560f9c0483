#define LOG_ROOM "window"
#include "platform/window/machine.h"

#include <string.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/log.h"

static const struct {
    SDL_Keycode sdl;
    int code;
} keys[] = {
    {SDLK_BACKSPACE, KEY_BACKSPACE},
    {SDLK_TAB, KEY_TAB},
    {SDLK_RETURN, KEY_ENTER},
    {SDLK_KP_ENTER, KEY_ENTER},
    {SDLK_SELECT, KEY_ENTER},
    {SDLK_ESCAPE, KEY_ESCAPE},
    {SDLK_DELETE, KEY_DELETE},
    {SDLK_UP, KEY_UP},
    {SDLK_DOWN, KEY_DOWN},
    {SDLK_LEFT, KEY_LEFT},
    {SDLK_RIGHT, KEY_RIGHT},
    {SDLK_HOME, KEY_HOME},
    {SDLK_END, KEY_END},
    {SDLK_PAGEUP, KEY_PAGE_UP},
    {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
    {SDLK_AC_BACK, KEY_BACK},
    {SDLK_MENU, KEY_MENU},
    {SDLK_APPLICATION, KEY_MENU},
    {SDLK_AC_SEARCH, KEY_SCAN},
    {SDLK_PRINTSCREEN, KEY_SCAN},
};

static int key_code(SDL_Keycode key)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (keys[i].sdl == key) {
            return keys[i].code;
        }
    }
    if (key >= SDLK_F1 && key <= SDLK_F12) {
        return KEY_F1 + (int)(key - SDLK_F1);
    }
    if (key >= SDLK_KP_1 && key <= SDLK_KP_9) {
        return '1' + (int)(key - SDLK_KP_1);
    }
    return key >= 32 && key < 127 ? (int)key : key == SDLK_KP_0 ? '0' : 0;
}

static int key_mods(Uint16 mod)
{
    return (mod & KMOD_SHIFT ? INPUT_SHIFT : 0) | (mod & KMOD_CTRL ? INPUT_CTRL : 0) |
           (mod & KMOD_ALT ? INPUT_ALT : 0);
}

static void add(struct window *window, struct input input)
{
    input.at = clock_mono_ms();
    window_queue(window, &input);
}

static void add_text(struct window *window, enum input_kind kind, const char *text)
{
    struct input input = {.kind = kind};
    SDL_strlcpy(input.text, text, sizeof(input.text));
    add(window, input);
}

/* A point of the glass as a point of the canvas, which may be turned. */
static void add_point(struct window *window, enum input_kind kind, double x, double y)
{
    double u = x, v = y;
    switch (window->opt.quarter_turns & 3) {
    case 1:
        u = y;
        v = 1 - x;
        break;
    case 2:
        u = 1 - x;
        v = 1 - y;
        break;
    case 3:
        u = 1 - y;
        v = x;
        break;
    default:
        break;
    }
    add(window, (struct input){.kind = kind,
                               .x = (int)(u * window->canvas.w),
                               .y = (int)(v * window->canvas.h)});
}

static void add_mouse(struct window *window, enum input_kind kind, int x, int y)
{
    int w = 1, h = 1;
    SDL_GetWindowSize(window->sdl, &w, &h);
    add_point(window, kind, (x + 0.5) / (w > 0 ? w : 1), (y + 0.5) / (h > 0 ? h : 1));
}

/* On Wayland the first sight of the pointer reads every picture of its theme, more work than all
 * the rest of the start; most handhelds have none. So it shows when it is moved: the first motion
 * only tells where it stands when the window comes. */
static void on_motion(struct window *window)
{
    if (window->hides_pointer && ++window->motions > 1) {
        window->hides_pointer = false;
        SDL_ShowCursor(SDL_ENABLE);
    }
}

static void on_finger(struct window *window, const SDL_TouchFingerEvent *finger, Uint32 type)
{
    if (type == SDL_FINGERDOWN && !window->is_pressed) {
        window->is_pressed = true;
        window->finger = finger->fingerId;
        add_point(window, INPUT_DOWN, finger->x, finger->y);
    } else if (window->is_pressed && finger->fingerId == window->finger) {
        window->is_pressed = type != SDL_FINGERUP;
        add_point(window, type == SDL_FINGERUP ? INPUT_UP : INPUT_MOVE, finger->x, finger->y);
    }
}

static void on_window(struct window *window, const SDL_WindowEvent *event)
{
    struct err err = {0};
    switch (event->event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED:
        if (!window->presenter->resize(window, &err)) {
            log_error("resize: %s", err.text);
        }
        add(window,
            (struct input){.kind = INPUT_SIZE, .x = window->canvas.w, .y = window->canvas.h});
        break;
    case SDL_WINDOWEVENT_EXPOSED:
        add(window, (struct input){.kind = INPUT_EXPOSE});
        break;
    case SDL_WINDOWEVENT_HIDDEN:
    case SDL_WINDOWEVENT_MINIMIZED:
        window->is_shown = false;
        add(window, (struct input){.kind = INPUT_HIDDEN});
        break;
    case SDL_WINDOWEVENT_SHOWN:
    case SDL_WINDOWEVENT_RESTORED:
        window->is_shown = true;
        add(window, (struct input){.kind = INPUT_SHOWN});
        break;
    default:
        break;
    }
}

static void on_edit(struct window *window, const char *text)
{
    window->is_composing = text[0] != 0;
    add_text(window, INPUT_COMPOSE, text);
}

static void on_event(struct window *window, SDL_Event *event)
{
    switch (event->type) {
    case SDL_QUIT:
        add(window, (struct input){.kind = INPUT_QUIT});
        break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        add(window, (struct input){.kind = event->type == SDL_KEYDOWN ? INPUT_KEY : INPUT_KEY_UP,
                                   .code = key_code(event->key.keysym.sym),
                                   .mods = key_mods(event->key.keysym.mod),
                                   .repeat = event->key.repeat});
        break;
    case SDL_TEXTINPUT:
        window->is_composing = false;
        add_text(window, INPUT_TEXT, event->text.text);
        break;
    case SDL_TEXTEDITING:
        on_edit(window, event->edit.text);
        break;
    case SDL_TEXTEDITING_EXT:
        on_edit(window, event->editExt.text ? event->editExt.text : "");
        SDL_free(event->editExt.text);
        break;
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP:
        on_finger(window, &event->tfinger, event->type);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (event->button.button == SDL_BUTTON_LEFT) {
            window->is_pressed = event->type == SDL_MOUSEBUTTONDOWN;
            add_mouse(window, window->is_pressed ? INPUT_DOWN : INPUT_UP, event->button.x,
                      event->button.y);
        }
        break;
    case SDL_MOUSEMOTION:
        on_motion(window);
        if (window->is_pressed && event->motion.state & SDL_BUTTON_LMASK) {
            add_mouse(window, INPUT_MOVE, event->motion.x, event->motion.y);
        }
        break;
    case SDL_MOUSEWHEEL:
        add(window, (struct input){.kind = INPUT_WHEEL, .dy = -event->wheel.y});
        break;
    case SDL_WINDOWEVENT:
        on_window(window, &event->window);
        break;
    default:
        break;
    }
}

static void set_hints(void)
{
    /* Without this SDL presents software pixels through GL, at many times the cost. */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_IME_SUPPORT_EXTENDED_TEXT, "1");
    SDL_SetHint(SDL_HINT_VIDEO_WAYLAND_ALLOW_LIBDECOR, "0");
    SDL_SetHint(SDL_HINT_APP_NAME, "Gõ Cửa");
}

/* The system's table of dead keys and compose sequences, half a megabyte of text, is read at every
 * start. Ours has what the languages here need; a person's own stands before it. */
static void set_dead_keys(const char *file)
{
    char own[512];
    const char *home = SDL_getenv("HOME");
    SDL_snprintf(own, sizeof(own), "%s/.XCompose", home ? home : "");
    if (file && access(own, R_OK) != 0) {
        SDL_setenv("XCOMPOSEFILE", file, 0);
    }
}

/* SDL asks for the session's bus. Where none is, libdbus would start a program that starts one: a
 * copy of this process for nothing. */
static void set_bus(void)
{
    char address[512];
    const char *folder = SDL_getenv("XDG_RUNTIME_DIR");
    SDL_snprintf(address, sizeof(address), "unix:path=%s/bus", folder ? folder : "/nonexistent");
    SDL_setenv("DBUS_SESSION_BUS_ADDRESS", address, 0);
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Takes the driver's presenter; where a compositor shares no memory a texture does. */
static bool present(struct window *window, const char *driver, struct err *err)
{
    static const char *const plain[] = {"x11", "dummy", "offscreen", NULL};
    const struct presenter *presenter = window->opt.texture              ? &presenter_gltex
                                        : is_one_of(driver, plain)       ? &presenter_surface
                                        : strcmp(driver, "wayland") == 0 ? &presenter_wayland
                                                                         : &presenter_gltex;
    if (presenter == &presenter_surface) {
        window->opt.quarter_turns = 0;
    }
    bool good = presenter->open(window, err);
    if (!good && presenter == &presenter_wayland) {
        log_info("%s", err->text);
        presenter = &presenter_gltex;
        good = presenter->open(window, err);
    }
    if (!good) {
        return false;
    }
    window->presenter = presenter;
    SDL_snprintf(window->name, sizeof(window->name), "%s %s", presenter->name, driver);
    return true;
}

bool sdl_open(struct window *window, struct err *err)
{
    static const char *const waiting[] = {"x11", "wayland", NULL};
    set_hints();
    set_dead_keys(window->opt.dead_keys);
    set_bus();
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        return err_set(err, ERR_DEVICE, 0, "no display: %s", SDL_GetError());
    }
    const char *driver = SDL_GetCurrentVideoDriver();
    window->hides_pointer = strcmp(driver, "wayland") == 0;
    if (window->hides_pointer) {
        SDL_ShowCursor(SDL_DISABLE);
    }
    const struct window_opt *opt = &window->opt;
    bool whole = opt->w < 1 || opt->h < 1;
    Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI |
                   (whole ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0) |
                   (strcmp(driver, "wayland") == 0 && !opt->texture ? no_gl_flag() : 0);
    window->sdl = SDL_CreateWindow(opt->title ? opt->title : "Gõ Cửa", SDL_WINDOWPOS_UNDEFINED,
                                   SDL_WINDOWPOS_UNDEFINED, whole ? 720 : opt->w,
                                   whole ? 1280 : opt->h, flags);
    if (!window->sdl) {
        return err_set(err, ERR_DEVICE, 0, "no window on %s: %s", driver, SDL_GetError());
    }
    window->wake_event = SDL_RegisterEvents(1);
    if (!is_one_of(driver, waiting)) {
        window->devices = devices_open(window->wake_fd);
    }
    if (strcmp(driver, "wayland") != 0) {
        SDL_StartTextInput();
    } else {
        SDL_StopTextInput();
    }
    return present(window, driver, err);
}

void sdl_close(struct window *window)
{
    devices_close(window->devices);
    if (window->sdl) {
        SDL_DestroyWindow(window->sdl);
    }
    SDL_Quit();
}

void sdl_wait(struct window *window, int ms)
{
    SDL_Event event;
    if (window->devices) {
        SDL_PumpEvents();
        if (ms != 0 && !SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT)) {
            devices_wait(window->devices, ms);
        }
    } else if (ms != 0) {
        bool came = ms < 0 ? SDL_WaitEvent(&event) : SDL_WaitEventTimeout(&event, ms);
        if (came) {
            on_event(window, &event);
        }
    }
    while (SDL_PollEvent(&event)) {
        on_event(window, &event);
    }
}
