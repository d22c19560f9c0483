/* The kit under measure: a list of 10,000 rows and a field at 720x1280. */
#ifndef BENCH_UI_STAGE_H
#define BENCH_UI_STAGE_H

#include <stdbool.h>

enum { W = 720, H = 1280, ROWS = 10000 };

struct state {
    char text[256];
};

struct stage {
    struct window *window;
    struct ui *ui;
    struct state state;
};

/* Opens the window, real or not, and shows the first frame. */
bool stage_open(struct stage *stage, bool headless);
void stage_close(struct stage *stage);

/* Drags by px a frame; the finger is lifted and set again at the edge. ms of every frame, or NULL.
 */
void stage_scroll(struct stage *stage, int frames, int px, double *ms);

/* Types into the field; ms from each key press to its pixels, or NULL. */
void stage_type(struct stage *stage, int keys, double *ms);

/* CPU time of this process so far. */
double cpu_ms(void);

#endif
