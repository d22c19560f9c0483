/* How visits end, in words of the language spoken now. */
#ifndef SCREEN_OUTCOMES_H
#define SCREEN_OUTCOMES_H

/* The words for an outcome's name; the name itself when it is unknown. Borrowed. */
const char *outcome_text(const char *name);

#endif
