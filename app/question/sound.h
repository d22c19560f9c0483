/* Inside this folder: the sound of a label, of a question or of a choice. */
#ifndef QUESTION_SOUND_H
#define QUESTION_SOUND_H

#include "app/question/question.h"

/* A button that plays and stops it; the name of a file that cannot be played here. key is that of
 * the button. Nothing when there is no sound. */
void question_sound(struct question_seat *seat, const char *key, const char *uri);

#endif
