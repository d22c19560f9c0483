/* Pixels through one streaming texture: Wayland and KMSDRM have no CPU surface. Only the damaged
 * parts are uploaded; a panel mounted turned is turned here. */
#include "platform/window/machine.h"

static bool gltex_resize(struct window *window, struct err *err)
{
    int w = 0, h = 0;
    SDL_GetRendererOutputSize(window->renderer, &w, &h);
    if (window->opt.quarter_turns & 1) {
        int swap = w;
        w = h;
        h = swap;
    }
    if (window->texture) {
        SDL_DestroyTexture(window->texture);
    }
    canvas_finish(&window->canvas);
    window->texture = SDL_CreateTexture(window->renderer, SDL_PIXELFORMAT_RGB888,
                                        SDL_TEXTUREACCESS_STREAMING, w, h);
    if (!window->texture) {
        return err_set(err, ERR_DEVICE, 0, "no texture of %d x %d: %s", w, h, SDL_GetError());
    }
    return canvas_init(&window->canvas, w, h, err);
}

static bool gltex_open(struct window *window, struct err *err)
{
    window->renderer = SDL_CreateRenderer(window->sdl, -1, SDL_RENDERER_PRESENTVSYNC);
    if (!window->renderer) {
        return err_set(err, ERR_DEVICE, 0, "no renderer: %s", SDL_GetError());
    }
    return gltex_resize(window, err);
}

static bool gltex_show(struct window *window, struct err *err)
{
    struct canvas *c = &window->canvas;
    for (int i = 0; i < c->damages; i++) {
        struct rect r = c->damage[i];
        SDL_Rect part = {r.x, r.y, r.w, r.h};
        if (SDL_UpdateTexture(window->texture, &part, c->pixels + (ptrdiff_t)r.y * c->stride + r.x,
                              c->stride * 4) != 0) {
            return err_set(err, ERR_DEVICE, 0, "cannot upload: %s", SDL_GetError());
        }
    }
    int quarters = window->opt.quarter_turns & 3, w = 0, h = 0;
    SDL_GetRendererOutputSize(window->renderer, &w, &h);
    SDL_Rect to = {(w - c->w) / 2, (h - c->h) / 2, c->w, c->h}; /* turned about its middle */
    SDL_RenderCopyEx(window->renderer, window->texture, NULL, &to, quarters * 90.0, NULL,
                     SDL_FLIP_NONE);
    SDL_RenderPresent(window->renderer);
    return true;
}

static void gltex_close(struct window *window)
{
    if (window->texture) {
        SDL_DestroyTexture(window->texture);
    }
    if (window->renderer) {
        SDL_DestroyRenderer(window->renderer);
    }
}

const struct presenter presenter_gltex = {
    "texture", gltex_open, gltex_resize, gltex_show, gltex_close,
};
