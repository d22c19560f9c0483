/* A camera that looks for codes on a screen of its own: its viewfinder, what the person who holds
 * it could do better, in words, and what is there when no camera is. UI thread. */
#ifndef SCREEN_AIM_H
#define SCREEN_AIM_H

#include "app/screen/screen.h"
#include "platform/sensor/camera.h"

/* Zeroed at first; aim_close when it goes. */
struct aim {
    struct camera *camera; /* NULL: none is open */
    struct camera_view view;
    struct err err; /* why there is none */
    char said[300]; /* stands below the picture for a while instead of the advice */
    int64_t said_ms;
};

/* Opens the desk's camera (the one that was open is closed) for codes that accept takes, called
 * with NULL on the camera's thread. Failures stand in err. */
void aim_open(struct aim *aim, struct desk *desk, bool (*accept)(void *ctx, struct str bytes));

/* Closes the camera; what was said stays. */
void aim_close(struct aim *aim);

/* Is there a picture to look at? */
bool aim_is_open(const struct aim *aim);

/* Says a translated sentence long enough to be read; "" takes it away. */
void aim_say(struct aim *aim, const char *sentence);

/* Looks through the open camera: fills view, and err when it was lost. Before aim_draw. */
void aim_look(struct aim *aim);

/* The sentence for what the camera sees (translated, static); nothing: while nothing is seen. */
const char *aim_advice(const struct aim *aim, const char *nothing);

/* Draws the viewfinder, as large as there is room, above what was said, else the advice. */
void aim_draw(const struct aim *aim, struct ui *ui, const char *advice);

/* Draws why there is no camera, what else there is (otherwise) and a button; true when the person
 * wants it tried again. */
bool aim_draw_none(const struct aim *aim, struct ui *ui, const char *otherwise);

#endif
