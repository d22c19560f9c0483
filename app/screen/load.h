/* What a hand-over would take along, in words: the same for a stick and for a device nearby. */
#ifndef SCREEN_LOAD_H
#define SCREEN_LOAD_H

#include "app/ui/ui.h"
#include "app/work/stick.h"

/* Draws a text with an icon and frees it. */
void load_say(struct ui *ui, enum ui_type type, struct buf *text, enum ui_icon icon);

/* Draws how many records, photos and bytes go, and what is carried for colleagues. */
void load_draw(struct ui *ui, const struct stick_load *load);

/* Draws how many have arrived by the words that came back (of the result). */
void load_draw_arrived(struct ui *ui, int sent);

/* Draws how many could not be read whole; nothing for none. */
void load_draw_not_read(struct ui *ui, int not_read);

#endif
