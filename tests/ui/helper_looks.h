/* One screen in many windows: sizes, text sizes, themes and gloves in turn, checked in each. */
#ifndef TEST_HELPER_LOOKS_H
#define TEST_HELPER_LOOKS_H

#include "app/ui/ui.h"
#include "platform/base/buf.h"
#include "platform/window/window.h"

/* Lays what is shown out in every look, checks each (ui_check), and goes back to the look before.
 * Appends a line for each finding with where, language, look, node and rectangle; the number of
 * looks. Usual are 15 looks; with GOCUA_EVERY=all it is every combination of four windows, the five
 * text sizes of the settings, three themes, with and without glove: 120. Over all screens that is
 * some 20,000 looks and two and a half minutes a language with sanitizers on a busy machine
 * (GOCUA_EVERY_LANG=vi, say, takes one alone), against 20 seconds. */
int looks_check(struct ui *ui, struct window *window, const char *where, struct buf *found);

/* Lays the same texts out from the left and from the right: each thing must stand where the mirror
 * shows it. Findings as above. */
void looks_mirror(struct ui *ui, const char *where, struct buf *found);

/* Paints what is shown and compares the colour that is really behind each text in view with the
 * contrast that it needs: the tree is not believed. */
void looks_pixels(struct ui *ui, struct window *window, const char *where, struct buf *found);

/* Paints all anew and compares: what was painted bit by bit on the way here must be the same. Call
 * it before the others. */
void looks_repaint(struct ui *ui, struct window *window, const char *where, struct buf *found);

/* The name of the screen that is seen; is there a thing with that key? */
const char *looks_screen(const struct ui *ui);
bool looks_has(struct ui *ui, const char *key);

/* Prints what was found and fails the test when there is anything; frees. */
void looks_end(struct buf *found);

#endif
