#include "app/screen/voice.h"

#include <string.h>

#include "platform/system/speech.h"

static void changed(void *ui)
{
    ui_wake(ui);
}

static const char *voice_name(struct desk *desk)
{
    return strcmp(lang_get(), "vi") == 0 ? settings_text(desk->app, "voice") : lang_get();
}

void voice_say(struct desk *desk, const char *text)
{
    struct err err = {0};
    struct speech_opt opt = {.sound = desk->is_silent ? SPEECH_SILENT : SPEECH_ALOUD,
                             .changed = changed,
                             .ctx = desk->ui};
    if (!desk->speech && !speech_open(&desk->speech, &opt, &err)) {
        desk_say(desk, tr("This device cannot read aloud: espeak-ng is not installed."));
        return;
    }
    speech_say(desk->speech, voice_name(desk), text);
}

void voice_focus(void *desk, const char *text)
{
    voice_say(desk, text);
}

void voice_stop(struct desk *desk)
{
    if (desk->speech) {
        speech_stop(desk->speech);
    }
}

void voice_mail(struct desk *desk)
{
    struct err err;
    if (desk->speech && speech_failed(desk->speech, &err)) {
        desk_say(desk, err.kind == ERR_DEVICE
                           ? tr("Nothing is heard: the sound of this device cannot be used.")
                           : tr("This device has no voice for this language."));
    }
}

bool voice_button(struct desk *desk)
{
    struct ui *ui = desk->ui;
    bool speaks = desk->speech && speech_is_speaking(desk->speech);
    bool pressed = ui_button(ui, "say", speaks ? tr("Stop reading") : tr("Read aloud"),
                             UI_OPT(.kind = UI_QUIET, .hold_width = true,
                                    .icon = speaks ? ICON_VOLUME_OFF : ICON_VOLUME_UP));
    if (pressed && speaks) {
        voice_stop(desk);
    }
    return pressed && !speaks;
}

void voice_close(struct desk *desk)
{
    speech_close(desk->speech);
    desk->speech = NULL;
}
