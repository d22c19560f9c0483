#include "app/work/app.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/setting.h"
#include "app/work/shipped.h"
#include "app/work/sync.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"
#include "platform/system/path.h"

enum { UNLOCK_TARGET_MS = 800, UNLOCK_MEMORY = 256 << 20 };

static bool open_words(struct app *app, struct err *err)
{
    char path[PATH_TEXT];
    if (path_catalogues(path, NULL)) {
        lang_open(path, NULL); /* without catalogues it speaks English */
    }
    lang_set(settings_text(app, "language"), NULL);
    return path_asset("catalogue", path, err) && catalogue_open(path, &app->catalogue, err);
}

bool app_open(const struct app_options *options, struct app **out, struct err *err)
{
    struct app *app = mem_alloc(1, sizeof(*app));
    bool ok = true;
    if (options->folder) {
        ok = snprintf(app->folder, sizeof(app->folder), "%s", options->folder) < STORE_PATH ||
             err_set(err, ERR_INPUT, 0, "the path of the data folder is too long");
    } else {
        ok = path_data("gocua", app->folder, err);
    }
    if (ok) {
        snprintf(app->keyslot, sizeof(app->keyslot), "%s/keyslot", app->folder);
        snprintf(app->device, sizeof(app->device), "%s/device", app->folder);
        app->place = (struct keyslot_place){app->keyslot, app->device};
        app->lock = store_lock(app->folder, err);
        ok = app->lock && open_words(app, err);
    }
    if (ok) {
        app->mailbox = mailbox_create(options->wake, options->wake_ctx);
        app->worker = worker_create();
        ok = options->no_sync || sync_create(app, &app->sync, err);
    }
    if (!ok) {
        app_close(app);
        return false;
    }
    *out = app;
    return true;
}

void app_close(struct app *app)
{
    if (app) {
        sync_destroy(app->sync);
        worker_destroy(app->worker);
        mailbox_destroy(app->mailbox);
        app->sync = NULL;
        app_lock(app);
        catalogue_destroy(app->catalogue);
        store_unlock(app->lock);
        free(app);
    }
}

bool app_has_pin(const struct app *app)
{
    return keyslot_exists(&app->place);
}

/* The device's own id and signing key: made once, kept in the store. */
static bool load_identity(struct app *app, struct err *err)
{
    struct buf text = {0}, seed = {0};
    unsigned char public_key[SIGN_PUBLIC], fresh[SIGN_SEED];
    bool ok = setting_get(app->store, "device.id", &text, err);
    if (ok && !text.n) {
        char uuid[RAND_UUID_TEXT];
        rand_uuid(uuid);
        buf_addf(&text, "gocua:%s", uuid);
        ok = setting_set(app->store, "device.id", buf_text(&text), err);
    }
    snprintf(app->device_id, sizeof(app->device_id), "%s", buf_text(&text));
    buf_clear(&text);
    ok = ok && setting_get(app->store, "device.seed", &text, err);
    if (ok && !text.n) {
        rand_bytes(fresh, sizeof(fresh));
        hash_add_hex(&text, fresh, sizeof(fresh));
        ok = setting_set(app->store, "device.seed", buf_text(&text), err);
    }
    ok = ok && ((hash_from_hex(&seed, buf_str(&text)) && seed.n == SIGN_SEED) ||
                err_set(err, ERR_DAMAGED, 0, "the key of this device is damaged"));
    if (ok) {
        sign_keys_of_seed((const unsigned char *)seed.s, public_key, app->secret);
    }
    explicit_bzero(fresh, sizeof(fresh));
    buf_wipe(&text);
    buf_wipe(&seed);
    return ok;
}

static bool open_store(struct app *app, struct key *key, struct err *err)
{
    memset(&app->health, 0, sizeof(app->health));
    if (!store_start(app->folder, key, &app->store, &app->health, err)) {
        keyslot_forget(key);
        return false;
    }
    if (app->key) {
        keyslot_forget(app->key);
    }
    app->key = key;
    if (!load_identity(app, err) || !shipped_load(app, err)) {
        app_lock(app);
        return false;
    }
    const char *name = settings_text(app, "volunteer_name");
    store_set_actor(app->store, name[0] ? "volunteer" : "device");
    if (app->sync) {
        sync_unlocked(app->sync);
    }
    return true;
}

bool app_set_up(struct app *app, struct str pin, struct err *err)
{
    struct key *key = NULL;
    if (pin.n < APP_PIN_LEAST) {
        return err_set(err, ERR_INPUT, APP_PIN_LEAST, "the PIN is too short");
    }
    struct keyslot_cost cost = keyslot_calibrate(UNLOCK_TARGET_MS, UNLOCK_MEMORY);
    return keyslot_create(&app->place, pin, &cost, &key, err) && open_store(app, key, err);
}

bool app_unlock(struct app *app, struct str pin, struct err *err)
{
    struct key *key = NULL;
    return keyslot_open(&app->place, pin, &key, err) && open_store(app, key, err);
}

int64_t app_unlock_wait_ms(struct app *app)
{
    struct keyslot_state state;
    return keyslot_state(&app->place, &state, NULL) ? state.wait_ms : 0;
}

void app_lock(struct app *app)
{
    store_close(app->store);
    app->store = NULL;
    explicit_bzero(app->secret, sizeof(app->secret));
    for (size_t i = 0; settings_row(i); i++) {
        if (!settings_row(i)->is_display) {
            explicit_bzero(app->display[i], SETTING_SIZE);
        }
    }
    keyslot_forget(app->key);
    app->key = NULL;
    if (app->sync) {
        sync_locked(app->sync); /* its own copy of the key goes when nothing waits any more */
    }
}

bool app_is_locked(const struct app *app)
{
    return !app->store;
}

bool app_change_pin(struct app *app, struct str old_pin, struct str new_pin, struct err *err)
{
    struct keyslot_state state;
    if (new_pin.n < APP_PIN_LEAST) {
        return err_set(err, ERR_INPUT, APP_PIN_LEAST, "the PIN is too short");
    }
    return keyslot_state(&app->place, &state, err) &&
           keyslot_change(&app->place, old_pin, new_pin, &state.cost, err);
}

bool app_check_pin(struct app *app, struct str pin, struct err *err)
{
    struct key *key = NULL;
    bool ok = keyslot_open(&app->place, pin, &key, err);
    keyslot_forget(key);
    return ok;
}

const char *app_sentence(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE:
        return "";
    case ERR_INPUT:
        return tr("What was entered or read does not fit. Check it and try again.");
    case ERR_MISSING:
        return err->code == APP_NO_FORM
                   ? tr("The form for this has not arrived yet. Look for new forms where there is "
                        "a network; the visit stays.")
                   : tr("It is not there any more. Go back and choose again.");
    case ERR_DENIED:
        return err->code == EBUSY ? tr("Gõ Cửa is already running on this device.")
               : err->code == STORE_NEWER
                   ? tr("A newer Gõ Cửa has written the records on this device. They stay as they "
                        "are; install the newer program to open them.")
                   : tr("This is not allowed here. Ask your supervisor.");
    case ERR_OFFLINE:
        return tr("There is no network. Everything stays on the device and is sent later.");
    case ERR_REMOTE:
        return tr("The server did not accept it. It stays on the device; ask your supervisor.");
    case ERR_STORAGE:
        return err->code == ENOSPC || err->code == EDQUOT
                   ? tr("The disk is full. Free some space, then try again; nothing saved is lost.")
                   : tr("The device could not save. Try again; what was saved before is safe.");
    case ERR_DAMAGED:
        return tr("Something stored is damaged. It was set aside and not deleted; tell your "
                  "supervisor.");
    case ERR_DEVICE:
        return tr("The camera or scanner does not answer. Type it instead, or try again.");
    case ERR_CANCELLED:
        return tr("It was stopped.");
    case ERR_LIBRARY:
        return tr("A part of the program is missing on this device. What was saved stays; ask your "
                  "supervisor to install Gõ Cửa anew.");
    }
    return "";
}
