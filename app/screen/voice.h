/* Reads texts of the screens aloud with the voice of the settings; opened at the first wish, and
 * silent again when the screen changes. UI thread. */
#ifndef SCREEN_VOICE_H
#define SCREEN_VOICE_H

#include "app/screen/screen.h"

/* Says text instead of what is being said; a notice says why when this device cannot. */
void voice_say(struct desk *desk, const char *text);

/* The same for ui_set_speech; desk is a struct desk. */
void voice_focus(void *desk, const char *text);

/* Ends what is being said. */
void voice_stop(struct desk *desk);

/* Tells what went wrong on the speech thread, if something did. */
void voice_mail(struct desk *desk);

/* The button "Read aloud"; while something is read it stops it. True: say the text now. */
bool voice_button(struct desk *desk);

/* Frees; before the kit goes. */
void voice_close(struct desk *desk);

#endif
