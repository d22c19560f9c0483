/* What a front door owns and hands down: the folder, the open store, the language, the catalogue,
 * the worker and the way out for records. Locked means: the store is closed and its key is gone
 * (but see send_while_locked in settings). UI thread; jobs open their own store. */
#ifndef WORK_APP_H
#define WORK_APP_H

#include "app/store/keyslot.h"
#include "app/store/store.h"
#include "app/work/catalogue.h"
#include "app/work/settings.h"
#include "platform/base/sign.h"
#include "platform/thread/mail.h"
#include "platform/thread/worker.h"

enum { SETTING_SIZE = 512, SETTING_ROWS = 32, APP_PIN_LEAST = 6 };

/* Code of an ERR_MISSING: a form that the work needs never arrived. */
enum { APP_NO_FORM = 1 };

/* Kinds of mail that the owner of the mailbox gets. */
enum app_mail { MAIL_SYNC = 1, MAIL_NETWORK, MAIL_EXPORT, MAIL_GIVING, MAIL_RECEIVE };

struct sync;

struct app {
    char folder[STORE_PATH];
    char keyslot[STORE_PATH + 16], device[STORE_PATH + 16];
    struct keyslot_place place;
    struct store_lock *lock;
    struct store *store; /* NULL while locked */
    struct key *key;     /* NULL while locked */
    struct store_health health;
    struct catalogue *catalogue;
    struct worker *worker;
    struct mailbox *mailbox;
    struct sync *sync;
    char device_id[48];
    unsigned char secret[SIGN_SECRET]; /* signs receipts; zero while locked */
    char display[SETTING_ROWS][SETTING_SIZE];
    bool display_read;
};

struct app_options {
    const char *folder;      /* NULL: path_data("gocua") */
    void (*wake)(void *ctx); /* of the mailbox; NULL: mailbox_wait */
    void *wake_ctx;
    bool no_sync; /* nothing is sent by itself: for commands that run and end */
};

/* Takes the folder, speaks the set language, reads the catalogue, starts the worker; locked
 * afterwards. ERR_DENIED with code EBUSY when another process has the folder. */
bool app_open(const struct app_options *options, struct app **out, struct err *err);

/* Stops the worker, locks, gives the folder back; takes NULL. */
void app_close(struct app *app);

/* Was a PIN ever set here? */
bool app_has_pin(const struct app *app);

/* Makes the keyslot under a first PIN or passphrase and opens the store. ERR_INPUT when it is
 * shorter than APP_PIN_LEAST. */
bool app_set_up(struct app *app, struct str pin, struct err *err);

/* Opens the store. Fails as keyslot_open does; app_unlock_wait_ms says how long to rest. */
bool app_unlock(struct app *app, struct str pin, struct err *err);

/* Milliseconds before the next try counts; 0: now. */
int64_t app_unlock_wait_ms(struct app *app);

/* Closes the store and wipes what was secret. A sending that goes on keeps its own key until it has
 * ended. */
void app_lock(struct app *app);

/* Is it locked? */
bool app_is_locked(const struct app *app);

/* Changes the PIN; fails as keyslot_change does. */
bool app_change_pin(struct app *app, struct str old_pin, struct str new_pin, struct err *err);

/* Is that the PIN? For steps that ask for it again; a wrong one counts as a try. */
bool app_check_pin(struct app *app, struct str pin, struct err *err);

/* The sentence for people that belongs to an error, in the language spoken now: what happened and
 * what to do. Static or borrowed until the next call. */
const char *app_sentence(const struct err *err);

#endif
