/* Films of codes as picture files, for gocuactl handover: what a screen would show, and what a
 * camera has seen. */
#ifndef CLI_FILM_H
#define CLI_FILM_H

#include <stdbool.h>

struct app;

/* Writes what waits (answers: what is to be brought back) as PNG files into the folder, one code
 * each, with spare ones for those that get lost; prints how many. Gives an exit status. */
int film_to_pictures(struct app *app, bool answers, const char *folder);

/* Reads the pictures of the folder (PNG, JPEG, PGM) in the order of their names until the film is
 * whole, and takes it. answer: where the picture of "I have it" is written for a film of records;
 * NULL: nowhere. Gives an exit status. */
int film_from_pictures(struct app *app, const char *folder, const char *answer);

#endif
