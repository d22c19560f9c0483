/* Pixels through the window's CPU surface: X11 with shared memory, and SDL's dummy drivers. Where
 * the surface has our format the canvas is the surface, and presenting copies nothing. */
#include "platform/window/machine.h"

static bool take_surface(struct window *window, struct err *err)
{
    canvas_finish(&window->canvas);
    window->surface = SDL_GetWindowSurface(window->sdl);
    if (!window->surface) {
        return err_set(err, ERR_DEVICE, 0, "no surface: %s", SDL_GetError());
    }
    SDL_Surface *s = window->surface;
    if (s->format->format != SDL_PIXELFORMAT_RGB888 &&
        s->format->format != SDL_PIXELFORMAT_ARGB8888) {
        return canvas_init(&window->canvas, s->w, s->h, err);
    }
    window->canvas = (struct canvas){
        .pixels = s->pixels, .w = s->w, .h = s->h, .stride = s->pitch / 4, .borrowed = true};
    return true;
}

/* Displays of 16 bits and the like: SDL converts the damaged parts. */
static void convert(struct window *window, const SDL_Rect *parts, int n)
{
    struct canvas *c = &window->canvas;
    SDL_Surface *from = SDL_CreateRGBSurfaceWithFormatFrom(c->pixels, c->w, c->h, 32, c->stride * 4,
                                                           SDL_PIXELFORMAT_RGB888);
    for (int i = 0; from && i < n; i++) {
        SDL_Rect to = parts[i];
        SDL_BlitSurface(from, &parts[i], window->surface, &to);
    }
    SDL_FreeSurface(from);
}

static bool surface_show(struct window *window, struct err *err)
{
    SDL_Rect parts[CANVAS_DAMAGE_MAX];
    struct canvas *c = &window->canvas;
    for (int i = 0; i < c->damages; i++) {
        struct rect r = c->damage[i];
        parts[i] = (SDL_Rect){r.x, r.y, r.w, r.h};
    }
    if (!c->borrowed) {
        convert(window, parts, c->damages);
    }
    if (SDL_UpdateWindowSurfaceRects(window->sdl, parts, c->damages) != 0) {
        return err_set(err, ERR_DEVICE, 0, "cannot show: %s", SDL_GetError());
    }
    return true;
}

static void surface_close(struct window *window)
{
    canvas_finish(&window->canvas);
}

const struct presenter presenter_surface = {
    "surface", take_surface, take_surface, surface_show, surface_close,
};
