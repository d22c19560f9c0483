/* What the benches of the handheld and the window do inside the app's rooms, in a program of its
 * own: a bench that measures the memory of gocua may not map gocua's libraries itself, since the
 * kernel would give it a share of them (PSS). */
#ifndef BENCH_INSIDE_H
#define BENCH_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Times of one deed. */
struct cost {
    double cpu_ms, wall_ms;
};

/* Makes the folder and its visits, seeded. cheap: the floor of the PIN's cost, not what the device
 * would choose. This one and the next three end the program with a sentence when they cannot. */
void inside_fill(const char *folder, int visits, bool cheap);

/* Says to which server the device in that folder belongs; "": to none. */
void inside_enrol(const char *folder, const char *address);

/* Puts a form file and the shipped lists that it names into that folder; its id is put into id. */
void inside_put_form(const char *folder, const char *path, char *id, size_t room);

/* Saves count answers of a shipped form in that folder: the mean, and unlock is filled. */
struct cost inside_answers(const char *folder, int count, struct cost *unlock);

/* The kit under measure: a list of 10,000 rows and a field. */
enum { STAGE_W = 720, STAGE_H = 1280, STAGE_ROWS = 10000 };

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
