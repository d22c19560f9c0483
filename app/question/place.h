/* Inside of geopoint.c: points collected one by one, and when they make a value that a form takes
 * (a line has two points, an area three and ends where it began). */
#ifndef QUESTION_PLACE_H
#define QUESTION_PLACE_H

#include "app/question/question.h"

struct gps;

struct place_state {
    struct gps *gps; /* listening, or NULL */
    struct err err;
    struct buf points; /* "lat lon alt acc; …", an area still open */
    int count;
    char typed[80];
    bool is_loaded, types, is_wrong;
};

/* Takes over what is stored. */
void place_load(struct place_state *s, const struct question_view *view);

/* Adds a point ("lat lon alt acc"); a geopoint has but one. False when it stands where the last
 * one does. */
bool place_add(struct place_state *s, const struct question_view *view, const char *point);

/* Takes the last point away. */
void place_undo(struct place_state *s);

/* Stores what the points make; too few of them clear the value. False when it was refused. */
bool place_store(struct question_seat *seat, const struct question_view *view);

/* Appends what there is in words: the coordinates of a point, the number of points. */
void place_say(const struct place_state *s, const struct question_view *view, struct buf *to);

/* Reads typed degrees ("10.5321 106.4123", "10,5321; 106,4123") into "lat lon 0 0". */
bool place_read(const char *typed, char *point, size_t size);

#endif
