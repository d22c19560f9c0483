#define LOG_ROOM "speech"
#include "platform/system/speech.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "platform/base/clock.h"
#include "platform/base/mem.h"

/* What is used of espeak-ng 1.49 and later (its speak_lib.h names the numbers). */
enum { PLAYBACK = 0, SYNCHRONOUS = 2, DONT_EXIT = 0x8000, CHARS_UTF8 = 1, AT_CHARACTER = 1 };
enum { RATE = 1, WORDS_A_MINUTE = 150, LOOK_MS = 60, LETTER_LEAST_MS = 10 };

struct event {
    int type;
    unsigned unique_identifier;
    int text_position, length, audio_position, sample;
    void *user_data; /* what synth was given */
    union {
        int number;
        const char *name;
        char string[8];
    } id;
};

struct engine {
    void *handle;
    int (*initialize)(int output, int ms, const char *path, int options);
    void (*set_callback)(int (*heard)(short *samples, int n, struct event *events));
    int (*set_voice)(const char *name);
    int (*set_parameter)(int parameter, int value, int relative);
    int (*synth)(const void *text, size_t size, unsigned position, int kind, unsigned end,
                 unsigned flags, unsigned *id, void *ctx);
    int (*cancel)(void);
    int (*is_playing)(void);
};

struct speech {
    struct engine engine;
    struct speech_opt opt;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    char *text, *voice; /* to be said next; NULL: nothing */
    bool is_over, is_stopped, is_busy, is_ready;
    struct err failure;
    size_t made;
};

/* Takes the samples of the silent kind; 1 ends the synthesis. */
static int heard(short *samples, int n, struct event *events)
{
    struct speech *s = events ? events->user_data : NULL;
    if (!s) {
        return 0;
    }
    pthread_mutex_lock(&s->lock);
    s->made += samples && n > 0 ? (size_t)n * sizeof(*samples) : 0;
    bool stop = s->is_stopped || s->is_over || s->text;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static bool find(struct engine *engine, const char *library, struct err *err)
{
    const struct {
        const char *name;
        void **to;
    } wanted[] = {{"espeak_Initialize", (void **)&engine->initialize},
                  {"espeak_SetSynthCallback", (void **)&engine->set_callback},
                  {"espeak_SetVoiceByName", (void **)&engine->set_voice},
                  {"espeak_SetParameter", (void **)&engine->set_parameter},
                  {"espeak_Synth", (void **)&engine->synth},
                  {"espeak_Cancel", (void **)&engine->cancel},
                  {"espeak_IsPlaying", (void **)&engine->is_playing}};
    engine->handle = dlopen(library ? library : "libespeak-ng.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!engine->handle) {
        return err_set(err, ERR_MISSING, 0, "espeak-ng is not installed");
    }
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        *wanted[i].to = dlsym(engine->handle, wanted[i].name);
        if (!*wanted[i].to) {
            dlclose(engine->handle);
            return err_set(err, ERR_MISSING, 0, "espeak-ng has no %s", wanted[i].name);
        }
    }
    return true;
}

/* ---- the thread ---- */

static bool get_ready(struct speech *s, struct err *err)
{
    bool aloud = s->opt.sound == SPEECH_ALOUD;
    if (!s->is_ready) {
        int rate = s->engine.initialize(aloud ? PLAYBACK : SYNCHRONOUS, 0, NULL, DONT_EXIT);
        if (rate <= 0) {
            return err_set(err, aloud ? ERR_DEVICE : ERR_MISSING, 0, "espeak-ng does not start");
        }
        if (!aloud) {
            s->engine.set_callback(heard);
        }
        s->is_ready = true;
    }
    return true;
}

static bool start(struct speech *s, const char *voice, const char *text, struct err *err)
{
    if (!get_ready(s, err)) {
        return false;
    }
    if (s->engine.set_voice(voice) != 0) {
        return err_set(err, ERR_MISSING, 0, "espeak-ng has no voice %s", voice);
    }
    s->engine.set_parameter(RATE, WORDS_A_MINUTE, 0); /* slower than usual: for old ears */
    if (s->engine.synth(text, strlen(text) + 1, 0, AT_CHARACTER, 0, CHARS_UTF8, NULL, s) != 0) {
        return err_set(err, ERR_DEVICE, 0, "espeak-ng cannot play");
    }
    return true;
}

static void tell(struct speech *s)
{
    if (s->opt.changed) {
        s->opt.changed(s->opt.ctx);
    }
}

/* Until the sound has ended or somebody wants something else; with the lock held. */
static void listen(struct speech *s, size_t letters, struct err *err)
{
    int64_t begun = clock_mono_ms();
    while (!s->is_over && !s->is_stopped && !s->text) {
        struct timespec until;
        pthread_mutex_unlock(&s->lock);
        bool plays = s->engine.is_playing() > 0;
        pthread_mutex_lock(&s->lock);
        if (!plays) { /* without a sound card espeak-ng says nothing, and nothing to us either */
            if (clock_mono_ms() - begun < (int64_t)letters * LETTER_LEAST_MS) {
                err_set(err, ERR_DEVICE, 0, "the sound ended before it could have been said");
            }
            return;
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&s->asked, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    s->engine.cancel();
    pthread_mutex_lock(&s->lock);
}

/* Says the text that waits; with the lock held. */
static void say_one(struct speech *s)
{
    char *text = s->text, *voice = s->voice;
    struct err err = {0};
    s->text = s->voice = NULL;
    s->is_stopped = false;
    s->is_busy = true;
    pthread_mutex_unlock(&s->lock);
    tell(s);
    bool good = start(s, voice, text, &err);
    size_t letters = strlen(text);
    explicit_bzero(text, strlen(text));
    free(text);
    free(voice);
    pthread_mutex_lock(&s->lock);
    if (good && s->opt.sound == SPEECH_ALOUD) {
        listen(s, letters, &err);
    }
    s->failure = err;
    s->is_busy = false;
    pthread_mutex_unlock(&s->lock);
    tell(s);
    pthread_mutex_lock(&s->lock);
}

static void *run(void *ctx)
{
    struct speech *s = ctx;
    pthread_mutex_lock(&s->lock);
    while (!s->is_over) {
        if (s->text) {
            say_one(s);
        } else {
            pthread_cond_wait(&s->asked, &s->lock);
        }
    }
    pthread_mutex_unlock(&s->lock);
    if (s->is_ready) {
        s->engine.cancel(); /* its own way to end, espeak_Terminate, hangs now and then (1.51) */
    }
    return NULL;
}

/* ---- what others call ---- */

bool speech_open(struct speech **out, const struct speech_opt *opt, struct err *err)
{
    struct engine engine = {0};
    *out = NULL;
    if (!find(&engine, opt ? opt->library : NULL, err)) {
        return false;
    }
    struct speech *s = mem_alloc(1, sizeof(*s));
    s->engine = engine;
    if (opt) {
        s->opt = *opt;
    }
    s->opt.library = NULL;
    pthread_condattr_t how;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&s->asked, &how);
    pthread_condattr_destroy(&how);
    pthread_mutex_init(&s->lock, NULL);
    sigset_t all, old; /* signals are the front door's business */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        abort();
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    *out = s;
    return true;
}

void speech_close(struct speech *s)
{
    if (!s) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    s->is_over = true;
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    free(s->text);
    free(s->voice);
    pthread_cond_destroy(&s->asked);
    pthread_mutex_destroy(&s->lock);
    free(s); /* the library stays: it keeps memory of its own that a second loading would double */
}

void speech_say(struct speech *s, const char *voice, const char *text)
{
    pthread_mutex_lock(&s->lock);
    free(s->text);
    free(s->voice);
    s->text = mem_strndup(text, strlen(text));
    s->voice = mem_strndup(voice, strlen(voice));
    s->failure = (struct err){0};
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->lock);
}

void speech_stop(struct speech *s)
{
    pthread_mutex_lock(&s->lock);
    free(s->text);
    free(s->voice);
    s->text = s->voice = NULL;
    s->is_stopped = true;
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->lock);
}

bool speech_is_speaking(struct speech *s)
{
    pthread_mutex_lock(&s->lock);
    bool is = s->text || s->is_busy;
    pthread_mutex_unlock(&s->lock);
    return is;
}

bool speech_failed(struct speech *s, struct err *err)
{
    pthread_mutex_lock(&s->lock);
    bool failed = s->failure.kind != ERR_NONE;
    *err = s->failure;
    s->failure = (struct err){0};
    pthread_mutex_unlock(&s->lock);
    return failed;
}

size_t speech_made(struct speech *s)
{
    pthread_mutex_lock(&s->lock);
    size_t made = s->made;
    pthread_mutex_unlock(&s->lock);
    return made;
}
