#include "app/question/sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "platform/base/mem.h"
#include "platform/window/sound.h"

enum { SOUND_LIMIT = 32 << 20, LOOK_MS = 300 };

static bool is_wav(struct str name)
{
    return name.n > 4 && strncasecmp(name.s + name.n - 4, ".wav", 4) == 0;
}

static void name_it(struct question_seat *seat, const char *what, struct str name)
{
    char text[300];
    snprintf(text, sizeof(text), "%s " STR_FMT, what, STR_ARG(name));
    ui_text(seat->ui, TYPE_SMALL, text, UI_OPT(.icon = ICON_VOLUME_OFF, .tone = TONE_SOFT));
}

static void play(struct question_seat *seat, const char *uri)
{
    struct buf bytes = {.limit = SOUND_LIMIT};
    struct err err = {0};
    free(seat->sound_uri);
    seat->sound_uri = mem_strdup(uri);
    seat->sound = 0;
    if (!seat->host->media || !seat->host->media(seat->ctx, uri, &bytes)) {
        seat->sound_problem = SOUND_MISSING;
    } else {
        seat->sound = sound_play(buf_str(&bytes), &err);
        seat->sound_problem = seat->sound             ? SOUND_FINE
                              : err.kind == ERR_INPUT ? SOUND_UNREADABLE
                                                      : SOUND_SILENT;
    }
    buf_finish(&bytes);
}

void question_sound(struct question_seat *seat, const char *key, const char *uri)
{
    if (!uri || !uri[0]) {
        return;
    }
    struct str name = form_media_name(str_of(uri));
    bool is_mine = seat->sound_uri && strcmp(seat->sound_uri, uri) == 0;
    bool plays = is_mine && sound_is_playing(seat->sound);
    enum sound_problem problem = is_mine ? seat->sound_problem : SOUND_FINE;
    if (!is_wav(name) || problem == SOUND_UNREADABLE) {
        name_it(seat, tr("Sound, cannot be played here:"), name);
        return;
    }
    if (ui_button(seat->ui, key, plays ? tr("Stop the sound") : tr("Play the sound"),
                  UI_OPT(.kind = UI_QUIET, .hold_width = true,
                         .icon = plays ? ICON_STOP : ICON_PLAY_ARROW))) {
        if (plays) {
            sound_stop(seat->sound);
        } else {
            play(seat, uri);
        }
    }
    if (plays) {
        ui_after(seat->ui, "sound", LOOK_MS); /* the button changes when it has ended */
    }
    if (problem == SOUND_MISSING) {
        name_it(seat, tr("Sound, not on this device:"), name);
    } else if (problem == SOUND_SILENT) {
        name_it(seat, tr("This device has no loudspeaker that answers:"), name);
    }
}
