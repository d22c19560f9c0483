/* The parts of the film bench: a process that shows, and a camera that looks at its screen. */
#ifndef BENCH_FILM_H
#define BENCH_FILM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCREEN_W = 720, SCREEN_H = 1280, CAMERA_W = 1280, CAMERA_H = 720 };

struct film_plan {
    uint64_t seed;
    int bytes;                         /* of the film, about */
    int speed;                         /* 0 slow, 1 usual, 2 fast */
    int camera_fps, loss;              /* pictures a second; codes lost, in percent */
    const unsigned char *organisation; /* that everything is sealed for */
};

/* One picture of the screen as it goes through the pipe; the pixels follow (SCREEN_W * SCREEN_H
 * bytes of brightness). */
struct film_picture {
    int64_t ms;    /* when it was shown, since the first */
    double cpu_ms; /* that the showing process has used for it */
    int records;
};

/* The process that shows: an app with records of its own in the folder, the real screen in a window
 * without a display, each new picture written to the pipe until nobody reads. Gives an exit status.
 */
int film_show(const struct film_plan *plan, const char *folder, int pipe);

/* What a hand-held camera sees at ms milliseconds: `first` on the glass and, from the row on where
 * its shutter met the change, `second` (NULL: no change). */
void film_see(const struct film_plan *plan, const uint8_t *first, const uint8_t *second,
              double change_row, double ms, uint8_t *pixels);

#endif
