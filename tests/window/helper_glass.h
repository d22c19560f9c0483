/* A display whose pixels a test can read: an Xvfb that keeps its screen in a file, and a Wayland
 * compositor inside it. */
#ifndef TEST_HELPER_GLASS_H
#define TEST_HELPER_GLASS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct glass {
    char folder[64];
    pid_t xvfb, weston;
    const uint8_t *file; /* an XWD file, mapped */
    size_t size;
};

/* Starts the X server of w x h, and sets DISPLAY and SDL_VIDEODRIVER; false when there is none. */
bool glass_open(struct glass *glass, int w, int h);

/* Starts weston in it, scale device pixels a point, and sets WAYLAND_DISPLAY, XDG_RUNTIME_DIR and
 * SDL_VIDEODRIVER; false when there is none. Every window fills it. */
bool glass_compose(struct glass *glass, int w, int h, int scale);

/* The pixel that stands there, 0xRRGGBB. */
uint32_t glass_pixel(const struct glass *glass, int x, int y);

/* Waits until that pixel has that colour; false after ten seconds. */
bool glass_shows(const struct glass *glass, int x, int y, uint32_t colour);

/* Ends the compositor only. */
void glass_crash(struct glass *glass);

/* Ends both and removes the file. */
void glass_close(struct glass *glass);

#endif
