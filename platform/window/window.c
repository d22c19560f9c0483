#include "platform/window/window.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/window/buzz.h"
#include "platform/window/font.h"
#include "platform/window/machine.h"

void window_queue(struct window *window, const struct input *input)
{
    if (window->next > 0 && window->next == window->queue.n) {
        window->next = window->queue.n = 0;
    }
    vec_push(&window->queue, *input);
}

/* Takes the wake's count out of the descriptor. */
static void wake_drain(struct window *window)
{
    uint64_t count;
    while (read(window->wake_fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

static bool headless_open(struct window *window, struct err *err)
{
    return canvas_init(&window->canvas, window->opt.w, window->opt.h, err);
}

static bool headless_resize(struct window *window, struct err *err)
{
    canvas_finish(&window->canvas);
    return canvas_init(&window->canvas, window->opt.w, window->opt.h, err);
}

static bool headless_show(struct window *window, struct err *err)
{
    (void)window;
    (void)err;
    return true;
}

static void headless_close(struct window *window)
{
    (void)window;
}

const struct presenter presenter_headless = {
    "headless", headless_open, headless_resize, headless_show, headless_close,
};

bool window_open(const struct window_opt *opt, struct window **out, struct err *err)
{
    struct window *window = mem_alloc(1, sizeof(*window));
    *out = NULL;
    window->opt = *opt;
    window->is_shown = true;
    window->fonts = fonts_create(opt->fonts);
    window->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool good =
        window->wake_fd >= 0 || err_set(err, ERR_DEVICE, errno, "no eventfd for the window");
    if (good && opt->headless) {
        window->presenter = &presenter_headless;
        window->opt.w = opt->w > 0 ? opt->w : 720;
        window->opt.h = opt->h > 0 ? opt->h : 1280;
        good = presenter_headless.open(window, err);
        SDL_strlcpy(window->name, "headless", sizeof(window->name));
    } else if (good) {
        good = sdl_open(window, err);
    }
    if (!good) {
        window_close(window);
        return false;
    }
    *out = window;
    return true;
}

void window_close(struct window *window)
{
    if (!window) {
        return;
    }
    if (window->presenter) {
        window->presenter->close(window);
    }
    canvas_finish(&window->canvas);
    fonts_destroy(window->fonts);
    if (!window->opt.headless) {
        sdl_close(window);
    }
    if (window->wake_fd >= 0) {
        close(window->wake_fd);
    }
    vec_finish(&window->queue);
    buzzer_close(window->buzzer);
    free(window->clipboard);
    free(window);
}

struct canvas *window_canvas(struct window *window)
{
    return &window->canvas;
}

struct fonts *window_fonts(struct window *window)
{
    return window->fonts;
}

bool window_present(struct window *window, struct err *err)
{
    bool good = true;
    canvas_damage(&window->canvas, window->canvas.moved); /* what moved was painted long ago */
    if (window->canvas.damages > 0 && window->is_shown) {
        good = window->presenter->show(window, err);
    }
    window->canvas.damages = 0;
    window->canvas.moved = (struct rect){0, 0, 0, 0};
    return good;
}

static void headless_wait(struct window *window, int ms)
{
    struct pollfd fd = {.fd = window->wake_fd, .events = POLLIN};
    if (poll(&fd, 1, ms) > 0) {
        wake_drain(window);
    }
}

static bool queue_take(struct window *window, struct input *input)
{
    if (window->next == window->queue.n) {
        return false;
    }
    *input = window->queue.v[window->next++];
    return true;
}

bool window_wait(struct window *window, int ms, struct input *input)
{
    bool is_waiting = !window_is_busy(window);
    if (window->opt.headless) {
        headless_wait(window, is_waiting && !atomic_load(&window->is_woken) ? ms : 0);
    } else {
        sdl_wait(window, is_waiting && !atomic_load(&window->is_woken) ? ms : 0);
        wake_drain(window);
    }
    if (queue_take(window, input)) {
        return true;
    }
    if (atomic_exchange(&window->is_woken, false)) {
        *input = (struct input){.kind = INPUT_WAKE, .at = clock_mono_ms()};
        return true;
    }
    return false;
}

void window_wake(struct window *window)
{
    if (atomic_exchange(&window->is_woken, true)) {
        return;
    }
    uint64_t one = 1;
    while (write(window->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
    if (!window->opt.headless && !window->devices) {
        SDL_Event event = {.type = window->wake_event};
        SDL_PushEvent(&event);
    }
}

void window_inject(struct window *window, const struct input *input)
{
    struct input copy = *input;
    if (copy.at == 0) {
        copy.at = clock_mono_ms();
    }
    window_queue(window, &copy);
}

bool window_is_busy(struct window *window)
{
    return window->next < window->queue.n;
}

int window_presses(struct window *window)
{
    int presses = 0;
    if (!window->opt.headless) {
        sdl_wait(window, 0);
    }
    for (size_t i = window->next; i < window->queue.n; i++) {
        const struct input *input = &window->queue.v[i];
        presses += (input->kind == INPUT_KEY && input->repeat == 0) || input->kind == INPUT_DOWN;
    }
    return presses;
}

bool window_is_composing(const struct window *window)
{
    return window->is_composing;
}

bool window_resize(struct window *window, int w, int h)
{
    if (window->sdl) {
        SDL_SetWindowSize(window->sdl, w, h);
        return true;
    }
    window->opt.w = w;
    window->opt.h = h;
    if (!window->presenter->resize(window, NULL)) {
        return false;
    }
    window_inject(window, &(struct input){.kind = INPUT_SIZE, .x = w, .y = h});
    return true;
}

void window_buzz(struct window *window, int ms)
{
    if (!window->is_buzzer_sought && !window->opt.headless) {
        window->buzzer = buzzer_open("/dev/input", NULL);
        window->is_buzzer_sought = true;
    }
    if (window->buzzer) {
        buzzer_buzz(window->buzzer, ms);
    }
}

const char *window_presenter(const struct window *window)
{
    return window->name;
}

char *window_clipboard(struct window *window)
{
    if (!window->sdl) {
        return mem_strdup(window->clipboard ? window->clipboard : "");
    }
    char *sdl = SDL_GetClipboardText();
    char *text = mem_strdup(sdl ? sdl : "");
    SDL_free(sdl);
    return text;
}

void window_set_clipboard(struct window *window, const char *text)
{
    if (window->sdl) {
        SDL_SetClipboardText(text);
        return;
    }
    free(window->clipboard);
    window->clipboard = mem_strdup(text);
}

void window_text_input(struct window *window, bool on, struct rect r)
{
    if (!window->sdl) {
        return;
    }
    SDL_Rect area = {r.x, r.y, r.w, r.h};
    if (on) {
        SDL_SetTextInputRect(&area);
    }
    if (on != window->has_text_input) {
        window->has_text_input = on;
        /* Elsewhere text always comes, so that a keyboard scanner is heard without a field; a
         * Wayland input method would show itself */
        if (SDL_strcmp(SDL_GetCurrentVideoDriver(), "wayland") == 0) {
            on ? SDL_StartTextInput() : SDL_StopTextInput();
        }
    }
}
