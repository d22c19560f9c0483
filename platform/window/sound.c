#include "platform/window/sound.h"

#include <SDL.h>

enum { TAIL_MS = 250 }; /* what the device has taken and not yet let out */

static struct {
    unsigned number, last;
    SDL_AudioDeviceID device; /* 0: closed */
    Uint32 empty_at;          /* all was handed over then; 0: not yet */
} now;

static void finish(void)
{
    if (now.device) {
        SDL_CloseAudioDevice(now.device);
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
    }
    now.device = 0;
    now.number = 0;
}

/* Hands all of it to a device of its own format. */
static bool start(const SDL_AudioSpec *spec, const Uint8 *bytes, Uint32 n, struct err *err)
{
    now.device = SDL_OpenAudioDevice(NULL, 0, spec, NULL, 0);
    if (!now.device || SDL_QueueAudio(now.device, bytes, n) != 0) {
        return err_set(err, ERR_DEVICE, 0, "no sound: %s", SDL_GetError());
    }
    SDL_PauseAudioDevice(now.device, 0);
    return true;
}

unsigned sound_play(struct str wav, struct err *err)
{
    SDL_AudioSpec spec;
    Uint8 *bytes = NULL;
    Uint32 n = 0;
    finish();
    SDL_RWops *file = SDL_RWFromConstMem(wav.n > 0 ? wav.s : "", wav.n > 0 ? (int)wav.n : 1);
    if (!SDL_LoadWAV_RW(file, 1, &spec, &bytes, &n)) {
        err_set(err, ERR_INPUT, 0, "no WAV file: %s", SDL_GetError());
        return 0;
    }
    bool good = SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
    if (!good) {
        err_set(err, ERR_DEVICE, 0, "no sound: %s", SDL_GetError());
    } else if (!start(&spec, bytes, n, err)) {
        now.device ? finish() : SDL_QuitSubSystem(SDL_INIT_AUDIO);
        good = false;
    }
    SDL_FreeWAV(bytes);
    if (!good) {
        return 0;
    }
    now.empty_at = 0;
    now.number = ++now.last;
    return now.number;
}

bool sound_is_playing(unsigned sound)
{
    if (sound == 0 || sound != now.number) {
        return false;
    }
    if (SDL_GetQueuedAudioSize(now.device) > 0) {
        return true;
    }
    Uint32 ticks = SDL_GetTicks();
    now.empty_at = now.empty_at ? now.empty_at : ticks | 1;
    if (ticks - now.empty_at < TAIL_MS) {
        return true;
    }
    finish();
    return false;
}

void sound_stop(unsigned sound)
{
    if (sound && sound == now.number) {
        finish();
    }
}
