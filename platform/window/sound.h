/* One sound at a time through SDL: WAV files (PCM, float, ADPCM, A-law, µ-law). The sound device is
 * open only while it sounds. Main thread only. */
#ifndef WINDOW_SOUND_H
#define WINDOW_SOUND_H

#include <stdbool.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

/* Plays the bytes of a file and ends what sounded before. Its number, which is never given twice;
 * 0 with ERR_INPUT when it is no WAV file, ERR_DEVICE when nothing here can sound. */
unsigned sound_play(struct str wav, struct err *err);

/* Does it still sound? False for 0. */
bool sound_is_playing(unsigned sound);

/* Ends it when it still sounds; else nothing. Whoever started it calls it in the end. */
void sound_stop(unsigned sound);

#endif
