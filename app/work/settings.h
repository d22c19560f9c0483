/* One table of all settings: name, kind, range, default, who may change it and its help. The
 * settings screen, `gocuactl settings` and the enrolment all read this table. Settings of the
 * display stand in a small file of their own, since the lock screen needs them before the store is
 * open; all others stand in the store. Keys and tokens are no settings. UI thread. */
#ifndef WORK_SETTINGS_H
#define WORK_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct app;

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_SWITCH, SETTING_CHOICE };
enum setting_owner { SETTING_USER, SETTING_SUPERVISOR, SETTING_ENROLMENT };

struct setting_row {
    const char *name;
    enum setting_kind kind;
    enum setting_owner owner;
    bool is_display;     /* stands in the display file, known while locked */
    const char *other;   /* default */
    int64_t least, most; /* of a number */
    const char *choices; /* of a choice: values joined by one space */
    const char *label;   /* msgid */
    const char *help;    /* msgid */
};

/* The i-th row; NULL behind the last. */
const struct setting_row *settings_row(size_t i);

/* The row of that name, or NULL. */
const struct setting_row *settings_find(const char *name);

/* The label of a choice's value in the language spoken now. */
const char *settings_choice_text(const char *name, const char *value);

/* The value now in force, borrowed until the next change; "" for an unknown name. Settings of the
 * store have their default while it is locked. */
const char *settings_text(struct app *app, const char *name);

/* The same as number (a switch is 0 or 1). */
int64_t settings_number(struct app *app, const char *name);

/* Checks and keeps a value; ERR_INPUT when it does not fit, ERR_MISSING for an unknown name,
 * ERR_DENIED for a setting of the store while locked. */
bool settings_set(struct app *app, const char *name, const char *value, struct err *err);

#endif
