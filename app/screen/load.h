/* What a hand-over would take along, and what became of it, in words: the same for a stick and for
 * a device nearby. */
#ifndef SCREEN_LOAD_H
#define SCREEN_LOAD_H

#include "app/screen/screen.h"
#include "app/work/giving.h"

/* Counts what would go; false when there is no organisation that anything could be sealed for. */
bool load_weigh(struct desk *desk, struct giving_load *load);

/* Draws a text with an icon and frees it. */
void load_say(struct ui *ui, enum ui_type type, struct buf *text, enum ui_icon icon);

/* Draws how many records, photos and bytes go, and what is carried for colleagues. */
void load_draw(struct ui *ui, const struct giving_load *load);

/* Draws how many have arrived by the words that came back (of the result). */
void load_draw_arrived(struct ui *ui, int sent);

/* Draws how many could not be read whole, or that there was nothing new at all. */
void load_draw_rest(struct ui *ui, const struct giving_status *status);

/* Did all go well? Else draws why not and what to do. */
bool load_draw_end(struct ui *ui, const struct giving_status *status);

#endif
