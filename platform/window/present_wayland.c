/* Pixels through shared memory on Wayland: the compositor reads what we painted, and no GL is
 * loaded. SDL keeps the window, its input and its shell; here are only the buffers of its surface,
 * on an event queue of our own, so that SDL never meets our events.
 *
 * The canvas is the buffer in hand. When painting begins while the compositor still reads that one,
 * another takes over with a copy of what it lacks. A compositor that uploads to a GPU lets go at
 * once and one buffer does; one that reads our memory itself gets two.
 *
 * libwayland-client is loaded, not linked: gocua also runs where there is X11 or a bare panel only.
 */
#define LOG_ROOM "window"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <SDL_syswm.h>
#include <wayland-client-core.h>

#include "platform/base/clock.h"
#include "platform/window/machine.h"

/* ---- the library ---- */

#define CALLS(X)                                                                                   \
    X(wl_display_create_queue)                                                                     \
    X(wl_display_roundtrip_queue)                                                                  \
    X(wl_display_dispatch_queue_pending)                                                           \
    X(wl_display_prepare_read_queue)                                                               \
    X(wl_display_read_events)                                                                      \
    X(wl_display_cancel_read)                                                                      \
    X(wl_display_get_fd)                                                                           \
    X(wl_display_flush)                                                                            \
    X(wl_event_queue_destroy)                                                                      \
    X(wl_proxy_create_wrapper)                                                                     \
    X(wl_proxy_wrapper_destroy)                                                                    \
    X(wl_proxy_set_queue)                                                                          \
    X(wl_proxy_add_listener)                                                                       \
    X(wl_proxy_get_version)                                                                        \
    X(wl_proxy_marshal_flags)                                                                      \
    X(wl_proxy_destroy)

#define CALLS_FIELD(name) __typeof__(name) *name;
static struct {
    CALLS(CALLS_FIELD)
} lib;
static const struct wl_interface *registry_interface, *shm_interface, *pool_interface,
    *buffer_interface;

static bool load(struct err *err)
{
    static void *handle;
    if (handle) {
        return true;
    }
    void *got = dlopen("libwayland-client.so.0", RTLD_NOW | RTLD_LOCAL);
    bool good = got != NULL;
#define CALLS_LOAD(name) good = good && (*(void **)&lib.name = dlsym(got, #name)) != NULL;
    CALLS(CALLS_LOAD)
    good = good && (registry_interface = dlsym(got, "wl_registry_interface")) != NULL &&
           (shm_interface = dlsym(got, "wl_shm_interface")) != NULL &&
           (pool_interface = dlsym(got, "wl_shm_pool_interface")) != NULL &&
           (buffer_interface = dlsym(got, "wl_buffer_interface")) != NULL;
    if (!good) {
        err_set(err, ERR_DEVICE, 0, "no libwayland-client: %s", dlerror());
        if (got) {
            dlclose(got);
        }
        return false;
    }
    handle = got;
    return true;
}

/* The protocol's inline functions call the library by its names. */
#define wl_proxy_add_listener  lib.wl_proxy_add_listener
#define wl_proxy_get_version   lib.wl_proxy_get_version
#define wl_proxy_marshal_flags lib.wl_proxy_marshal_flags
#define wl_proxy_destroy       lib.wl_proxy_destroy
#define wl_registry_interface  (*registry_interface)
#define wl_shm_interface       (*shm_interface)
#define wl_shm_pool_interface  (*pool_interface)
#define wl_buffer_interface    (*buffer_interface)

#include <wayland-client-protocol.h>

enum { BUFFERS_MOST = 3, RELEASE_MOST_MS = 100, DAMAGE_IN_PIXELS = 4 /* since this version */ };

struct buffer {
    struct buffer *next;
    struct wl_buffer *wl;
    uint32_t *pixels;
    size_t bytes;
    struct rect behind; /* shown in others since, not yet here */
    bool is_read;       /* by the compositor */
    bool is_old;        /* of another size: goes when the compositor lets go of it */
};

struct wayland {
    struct wl_display *display; /* SDL's */
    struct wl_surface *surface; /* SDL's */
    struct wl_event_queue *queue;
    struct wl_registry *registry;
    struct wl_shm *shm;
    struct buffer *buffers, *hand;
};

/* ---- buffers ---- */

static void buffer_destroy(struct wayland *wayland, struct buffer *buffer)
{
    struct buffer **at = &wayland->buffers;
    while (*at && *at != buffer) {
        at = &(*at)->next;
    }
    *at = buffer->next;
    if (buffer->wl) {
        wl_buffer_destroy(buffer->wl);
    }
    if (buffer->pixels) {
        munmap(buffer->pixels, buffer->bytes);
    }
    free(buffer);
}

static void on_release(void *ctx, struct wl_buffer *wl)
{
    struct wayland *wayland = ctx;
    for (struct buffer *b = wayland->buffers; b; b = b->next) {
        if (b->wl == wl) {
            b->is_read = false;
            if (b->is_old) {
                buffer_destroy(wayland, b);
            }
            return;
        }
    }
}

static const struct wl_buffer_listener buffer_listener = {on_release};

/* Memory that both sides see; the seal spares the compositor the fear that it shrinks. */
static int memory_open(size_t bytes)
{
    int fd = memfd_create("gocua window", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && ftruncate(fd, (off_t)bytes) != 0) {
        close(fd);
        return -1;
    }
    if (fd >= 0) {
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
    }
    return fd;
}

static struct buffer *buffer_create(struct wayland *wayland, const struct canvas *canvas,
                                    struct err *err)
{
    size_t bytes = (size_t)canvas->stride * (size_t)canvas->h * 4;
    int fd = memory_open(bytes);
    void *pixels =
        fd < 0 ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (pixels == MAP_FAILED) {
        err_set(err, ERR_STORAGE, errno, "no memory to share for %d x %d", canvas->w, canvas->h);
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct buffer *buffer = mem_alloc(1, sizeof(*buffer));
    struct wl_shm_pool *pool = wl_shm_create_pool(wayland->shm, fd, (int32_t)bytes);
    buffer->wl = wl_shm_pool_create_buffer(pool, 0, canvas->w, canvas->h, canvas->stride * 4,
                                           WL_SHM_FORMAT_XRGB8888);
    wl_shm_pool_destroy(pool);
    close(fd);
    buffer->pixels = pixels;
    buffer->bytes = bytes;
    buffer->behind = (struct rect){0, 0, canvas->w, canvas->h};
    wl_buffer_add_listener(buffer->wl, &buffer_listener, wayland);
    buffer->next = wayland->buffers;
    wayland->buffers = buffer;
    return buffer;
}

/* A buffer of today's size that nobody reads, made when there are few; NULL: all are read. */
static struct buffer *buffer_free(struct wayland *wayland, const struct canvas *canvas)
{
    int n = 0;
    for (struct buffer *b = wayland->buffers; b; b = b->next) {
        if (!b->is_read && !b->is_old) {
            return b;
        }
        n += !b->is_old;
    }
    return n < BUFFERS_MOST ? buffer_create(wayland, canvas, NULL) : NULL;
}

/* Waits a little until the compositor lets go of a buffer; the others of its events are SDL's and
 * wait in SDL's queue. */
static struct buffer *buffer_wait(struct wayland *wayland, const struct canvas *canvas)
{
    int64_t end = clock_mono_ms() + RELEASE_MOST_MS;
    struct buffer *buffer = NULL;
    for (int64_t left = RELEASE_MOST_MS; !buffer && left > 0; left = end - clock_mono_ms()) {
        struct pollfd fd = {.fd = lib.wl_display_get_fd(wayland->display), .events = POLLIN};
        if (lib.wl_display_prepare_read_queue(wayland->display, wayland->queue) == 0) {
            lib.wl_display_flush(wayland->display);
            if (poll(&fd, 1, (int)left) <= 0) {
                lib.wl_display_cancel_read(wayland->display);
            } else if (lib.wl_display_read_events(wayland->display) != 0) {
                return NULL; /* the compositor is gone; SDL says so next */
            }
        }
        lib.wl_display_dispatch_queue_pending(wayland->display, wayland->queue);
        buffer = buffer_free(wayland, canvas);
    }
    return buffer;
}

static void copy(const struct canvas *canvas, const struct buffer *from, struct buffer *to)
{
    struct rect r = to->behind;
    for (int y = r.y; y < r.y + r.h; y++) {
        ptrdiff_t at = (ptrdiff_t)y * canvas->stride + r.x;
        memcpy(to->pixels + at, from->pixels + at, (size_t)r.w * 4);
    }
    to->behind = (struct rect){0, 0, 0, 0};
}

/* Somebody is about to paint: the buffer in hand must not be one that is read. When the compositor
 * holds all three for long, it shows a frame half old, half new, rather than the app standing
 * still.
 */
static void on_ready(struct canvas *canvas, void *ctx)
{
    struct window *window = ctx;
    struct wayland *wayland = window->wayland;
    if (wayland->hand->is_read) {
        lib.wl_display_dispatch_queue_pending(wayland->display, wayland->queue);
    }
    if (!wayland->hand->is_read) {
        return;
    }
    struct buffer *other = buffer_free(wayland, canvas);
    other = other ? other : buffer_wait(wayland, canvas);
    if (other && other != wayland->hand) {
        copy(canvas, wayland->hand, other);
        wayland->hand = other;
        canvas->pixels = other->pixels;
    }
}

/* ---- the presenter ---- */

static void on_global(void *ctx, struct wl_registry *registry, uint32_t name, const char *interface,
                      uint32_t version)
{
    struct wayland *wayland = ctx;
    (void)version;
    if (strcmp(interface, "wl_shm") == 0 && !wayland->shm) {
        wayland->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
    }
}

static void on_global_gone(void *ctx, struct wl_registry *registry, uint32_t name)
{
    (void)ctx;
    (void)registry;
    (void)name;
}

static const struct wl_registry_listener registry_listener = {on_global, on_global_gone};

static bool bind_shm(struct wayland *wayland)
{
    wayland->queue = lib.wl_display_create_queue(wayland->display);
    struct wl_display *wrapper = lib.wl_proxy_create_wrapper(wayland->display);
    if (!wayland->queue || !wrapper) {
        return false;
    }
    lib.wl_proxy_set_queue((struct wl_proxy *)wrapper, wayland->queue);
    wayland->registry = wl_display_get_registry(wrapper);
    lib.wl_proxy_wrapper_destroy(wrapper);
    wl_registry_add_listener(wayland->registry, &registry_listener, wayland);
    return lib.wl_display_roundtrip_queue(wayland->display, wayland->queue) >= 0 && wayland->shm;
}

/* The size of the canvas: what SDL made of the compositor's wish, lying down when turned. */
static void size_of(const struct window *window, int *w, int *h)
{
    bool is_turned = window->opt.quarter_turns & 1;
    SDL_GetWindowSizeInPixels(window->sdl, is_turned ? h : w, is_turned ? w : h);
}

static bool wayland_resize(struct window *window, struct err *err)
{
    struct wayland *wayland = window->wayland;
    struct canvas canvas = {.borrowed = true, .ready = on_ready, .ctx = window};
    size_of(window, &canvas.w, &canvas.h);
    canvas.stride = (canvas.w + 3) & ~3;
    struct buffer *hand = buffer_create(wayland, &canvas, err);
    if (!hand) {
        return false;
    }
    for (struct buffer *b = wayland->buffers, *next; b; b = next) {
        next = b->next;
        b->is_old = b != hand;
        if (b->is_old && !b->is_read) {
            buffer_destroy(wayland, b);
        }
    }
    canvas.pixels = hand->pixels;
    hand->behind = (struct rect){0, 0, 0, 0};
    wayland->hand = hand;
    window->canvas = canvas;
    return true;
}

static void wayland_close(struct window *window)
{
    struct wayland *wayland = window->wayland;
    while (wayland->buffers) {
        buffer_destroy(wayland, wayland->buffers);
    }
    if (wayland->shm) {
        wl_shm_destroy(wayland->shm);
    }
    if (wayland->registry) {
        wl_registry_destroy(wayland->registry);
    }
    if (wayland->queue) {
        lib.wl_event_queue_destroy(wayland->queue);
    }
    free(wayland);
    window->wayland = NULL;
    window->canvas = (struct canvas){0};
}

static bool wayland_open(struct window *window, struct err *err)
{
    static const int32_t turns[] = {WL_OUTPUT_TRANSFORM_NORMAL, WL_OUTPUT_TRANSFORM_90,
                                    WL_OUTPUT_TRANSFORM_180, WL_OUTPUT_TRANSFORM_270};
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!load(err)) {
        return false;
    }
    if (!SDL_GetWindowWMInfo(window->sdl, &info) || info.subsystem != SDL_SYSWM_WAYLAND) {
        return err_set(err, ERR_DEVICE, 0, "no Wayland window: %s", SDL_GetError());
    }
    window->wayland = mem_alloc(1, sizeof(*window->wayland));
    window->wayland->display = info.info.wl.display;
    window->wayland->surface = info.info.wl.surface;
    if (!bind_shm(window->wayland)) {
        wayland_close(window);
        return err_set(err, ERR_DEVICE, 0, "the compositor shares no memory");
    }
    if (!wayland_resize(window, err)) {
        wayland_close(window);
        return false;
    }
    wl_surface_set_buffer_transform(window->wayland->surface, turns[window->opt.quarter_turns & 3]);
    return true;
}

static void damage(struct wayland *wayland, struct rect r)
{
    for (struct buffer *b = wayland->buffers; b; b = b->next) {
        if (b != wayland->hand) {
            b->behind = rect_around(b->behind, r);
        }
    }
    if (wl_proxy_get_version((struct wl_proxy *)wayland->surface) >= DAMAGE_IN_PIXELS) {
        wl_surface_damage_buffer(wayland->surface, r.x, r.y, r.w, r.h);
    } else { /* its unit knows neither scale nor turn of ours */
        wl_surface_damage(wayland->surface, 0, 0, INT32_MAX, INT32_MAX);
    }
}

static bool wayland_show(struct window *window, struct err *err)
{
    struct wayland *wayland = window->wayland;
    struct canvas *c = &window->canvas;
    int w = 0, h = 0;
    size_of(window, &w, &h);
    if (w != c->w || h != c->h) { /* a buffer of another size than agreed ends the connection */
        struct input input = {.kind = INPUT_SIZE, .x = w, .y = h, .at = clock_mono_ms()};
        window_queue(window, &input);
        return wayland_resize(window, err);
    }
    wl_surface_attach(wayland->surface, wayland->hand->wl, 0, 0);
    for (int i = 0; i < c->damages; i++) {
        damage(wayland, c->damage[i]);
    }
    wl_surface_commit(wayland->surface);
    wayland->hand->is_read = true;
    lib.wl_display_flush(wayland->display); /* a lost connection comes as SDL's quit */
    return true;
}

const struct presenter presenter_wayland = {
    "shm", wayland_open, wayland_resize, wayland_show, wayland_close,
};
