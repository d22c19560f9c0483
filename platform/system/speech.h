/* Reads sentences aloud with espeak-ng, which is looked for at run time and may be missing. One
 * thread of its own does all the work; what is said last replaces what is being said. It knows no
 * screen and keeps no text longer than it takes to say it. Any thread may call these. */
#ifndef SYSTEM_SPEECH_H
#define SYSTEM_SPEECH_H

#include <stdbool.h>
#include <stddef.h>
#include "platform/base/err.h"

struct speech;

enum speech_sound {
    SPEECH_ALOUD,  /* through the loudspeaker, as espeak-ng plays it itself */
    SPEECH_SILENT, /* the same synthesis into memory that nobody hears: for tests and scripts */
};

struct speech_opt {
    enum speech_sound sound;
    const char *library;        /* file of espeak-ng; NULL: the installed one */
    void (*changed)(void *ctx); /* began, ended or failed; on the speech thread: only post. NULL:
                                   none */
    void *ctx;
};

/* Finds the library and starts the thread; once in a process, for espeak-ng is never unloaded.
 * ERR_MISSING when espeak-ng is not installed. opt is copied; NULL: aloud. */
bool speech_open(struct speech **out, const struct speech_opt *opt, struct err *err);

/* Stops, joins and frees; takes NULL. */
void speech_close(struct speech *speech);

/* Says text (UTF-8, copied) with a voice of espeak-ng ("vi", "vi-vn-x-south", "en", "ar"); whatever
 * is being said ends. */
void speech_say(struct speech *speech, const char *voice, const char *text);

/* Ends what is being said. */
void speech_stop(struct speech *speech);

/* Is something being said, or about to be? */
bool speech_is_speaking(struct speech *speech);

/* Why the last text could not be said; false when it could. ERR_DEVICE: no sound, ERR_MISSING: no
 * such voice or no data of espeak-ng. Tells each failure once. */
bool speech_failed(struct speech *speech, struct err *err);

/* Bytes of sound made so far while SPEECH_SILENT; 0 when aloud. */
size_t speech_made(struct speech *speech);

#endif
