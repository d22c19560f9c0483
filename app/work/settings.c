#include "app/work/settings.h"

#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/setting.h"
#include "app/work/app.h"
#include "platform/base/file.h"

/* clang-format off */
static const struct setting_row rows[] = {
    {"language", SETTING_CHOICE, SETTING_USER, true, "vi", 0, 0, "vi en ar",
     tr_later("Language"), tr_later("Language of the screens; forms follow it where they can.")},
    {"theme", SETTING_CHOICE, SETTING_USER, true, "light", 0, 0, "light dark sun",
     tr_later("Colours"), tr_later("Light for every day, dark for the night, sun for glare.")},
    {"text_size", SETTING_CHOICE, SETTING_USER, true, "100", 0, 0, "90 100 115 130 150",
     tr_later("Text size"), tr_later("Larger letters are easier to read; less fits on a page.")},
    {"glove", SETTING_SWITCH, SETTING_USER, true, "0", 0, 1, NULL,
     tr_later("Glove mode"), tr_later("Larger buttons for gloves or wet fingers.")},
    {"reduced_motion", SETTING_SWITCH, SETTING_USER, true, "0", 0, 1, NULL,
     tr_later("Less motion"),
     tr_later("Lists stop where the finger stops. By itself when the battery is low.")},
    {"keyboard", SETTING_CHOICE, SETTING_USER, true, "auto", 0, 0, "auto always never",
     tr_later("On-screen keyboard"), tr_later("Automatic: when a finger opens a field.")},
    {"vibrate", SETTING_SWITCH, SETTING_USER, true, "1", 0, 1, NULL,
     tr_later("Vibrate"), tr_later("Shortly at each key and each code that was read.")},
    {"typing", SETTING_CHOICE, SETTING_USER, true, "telex", 0, 0, "telex vni plain",
     tr_later("Vietnamese typing"), tr_later("How letters become Vietnamese.")},
    {"voice", SETTING_CHOICE, SETTING_USER, true, "vi", 0, 0, "vi vi-vn-x-central vi-vn-x-south",
     tr_later("Vietnamese voice"), tr_later("How texts are read aloud.")},
    {"lock_after", SETTING_NUMBER, SETTING_SUPERVISOR, true, "120", 30, 600, NULL,
     tr_later("Lock after (seconds)"), tr_later("The device locks itself after so much rest.")},
    {"volunteer_name", SETTING_TEXT, SETTING_USER, false, "", 0, 80, NULL,
     tr_later("Your name"), tr_later("Stands in every visit and on the receipt.")},
    {"volunteer_team", SETTING_TEXT, SETTING_USER, false, "", 0, 80, NULL,
     tr_later("Your team"), tr_later("For example the youth union of the commune.")},
    {"team_phone", SETTING_TEXT, SETTING_USER, false, "", 0, 20, NULL,
     tr_later("Phone of the team"), tr_later("Read out with the consent text.")},
    {"commune", SETTING_TEXT, SETTING_USER, false, "", 0, 10, NULL,
     tr_later("Commune"), tr_later("Where you work; new households start with it.")},
    {"photo_side", SETTING_NUMBER, SETTING_SUPERVISOR, false, "1600", 640, 4096, NULL,
     tr_later("Size of photos (pixels)"),
     tr_later("The longer side; larger photos are made smaller.")},
    {"send_over", SETTING_CHOICE, SETTING_USER, false, "any", 0, 0, "any free",
     tr_later("Send photos over"), tr_later("Any network, or only one that costs nothing.")},
    {"data_budget", SETTING_NUMBER, SETTING_USER, false, "0", 0, 99999, NULL,
     tr_later("Data a day (MB)"),
     tr_later("Photos wait when so much was used today; records go on. Wi-Fi does not count. 0: no "
              "limit.")},
    {"send_while_locked", SETTING_SWITCH, SETTING_SUPERVISOR, false, "1", 0, 1, NULL,
     tr_later("Send while locked"),
     tr_later("What is finished goes on being sent in the pocket; the key stays in memory until "
              "then.")},
    {"keep_sent_days", SETTING_NUMBER, SETTING_SUPERVISOR, false, "30", 1, 365, NULL,
     tr_later("Keep sent records (days)"), tr_later("After a second confirmation by the server.")},
    {"camera", SETTING_TEXT, SETTING_USER, false, "", 0, 200, NULL,
     tr_later("Camera"), tr_later("Leave it empty for the first one.")},
    {"scanner", SETTING_TEXT, SETTING_USER, false, "", 0, 200, NULL,
     tr_later("Scanner"), tr_later("Names of hardware scanners, separated by commas.")},
    {"server", SETTING_TEXT, SETTING_ENROLMENT, false, "", 0, 500, NULL,
     tr_later("Server"), tr_later("Comes with the enrolment code.")},
    {"organisation", SETTING_TEXT, SETTING_ENROLMENT, false, "", 0, 120, NULL,
     tr_later("Organisation"), tr_later("Comes with the enrolment code.")},
};

static const struct {
    const char *name, *value, *text;
} choices[] = {
    {"theme", "light", tr_later("Light")},       {"theme", "dark", tr_later("Dark")},
    {"theme", "sun", tr_later("Sun")},           {"keyboard", "auto", tr_later("Automatic")},
    {"keyboard", "always", tr_later("Always")},  {"keyboard", "never", tr_later("Never")},
    {"typing", "telex", "Telex"},                {"typing", "vni", "VNI"},
    {"typing", "plain", tr_later("Without")},    {"send_over", "any", tr_later("Any network")},
    {"send_over", "free", tr_later("Only free networks")},
    {"text_size", "90", tr_later("Small")},      {"text_size", "100", tr_later("Usual")},
    {"text_size", "115", tr_later("Slightly larger")},    {"text_size", "130", tr_later("Large")},
    {"text_size", "150", tr_later("Very large")}, {"voice", "vi", tr_later("Northern")},
    {"voice", "vi-vn-x-central", tr_later("Central")},
    {"voice", "vi-vn-x-south", tr_later("Southern")},
};
/* clang-format on */

const struct setting_row *settings_row(size_t i)
{
    return i < sizeof(rows) / sizeof(*rows) ? &rows[i] : NULL;
}

const struct setting_row *settings_find(const char *name)
{
    for (size_t i = 0; settings_row(i); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

const char *settings_choice_text(const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        if (strcmp(choices[i].name, name) == 0 && strcmp(choices[i].value, value) == 0) {
            return tr(choices[i].text);
        }
    }
    size_t count;
    const struct lang *langs = lang_list(&count);
    for (size_t i = 0; strcmp(name, "language") == 0 && i < count; i++) {
        if (strcmp(langs[i].code, value) == 0) {
            return langs[i].name;
        }
    }
    return value;
}

/* The display file: one name=value a line. */
static void display_path(const struct app *app, char path[1100])
{
    snprintf(path, 1100, "%s/display", app->folder);
}

static void read_display(struct app *app)
{
    char path[1100];
    struct buf text = {0};
    display_path(app, path);
    if (file_read(path, 4096, &text, NULL)) {
        struct str rest = buf_str(&text), line;
        while (str_cut(&rest, '\n', &line)) {
            ptrdiff_t at = str_find(line, STR("="));
            struct str name = {line.s, at > 0 ? (size_t)at : 0};
            for (size_t i = 0; at > 0 && i < sizeof(rows) / sizeof(*rows); i++) {
                if (rows[i].is_display && str_is(name, rows[i].name)) {
                    struct str value = {line.s + at + 1, line.n - (size_t)at - 1};
                    snprintf(app->display[i], SETTING_SIZE, STR_FMT, STR_ARG(value));
                }
            }
        }
    }
    buf_finish(&text);
    app->display_read = true;
}

static bool write_display(struct app *app, struct err *err)
{
    char path[1100];
    struct buf text = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].is_display && app->display[i][0]) {
            buf_addf(&text, "%s=%s\n", rows[i].name, app->display[i]);
        }
    }
    display_path(app, path);
    bool ok = file_write(path, buf_text(&text), text.n, err);
    buf_finish(&text);
    return ok;
}

static bool fits(const struct setting_row *row, const char *value)
{
    long long number;
    struct str rest = str_of(row->choices), word;
    switch (row->kind) {
    case SETTING_TEXT:
        return (int64_t)strlen(value) <= row->most && !strpbrk(value, "\n\r");
    case SETTING_NUMBER:
    case SETTING_SWITCH:
        return str_to_int64(str_of(value), &number) && number >= row->least && number <= row->most;
    case SETTING_CHOICE:
        while (str_word(&rest, &word)) {
            if (str_is(word, value)) {
                return true;
            }
        }
        break;
    }
    return false;
}

const char *settings_text(struct app *app, const char *name)
{
    const struct setting_row *row = settings_find(name);
    if (!row) {
        return "";
    }
    size_t i = (size_t)(row - rows);
    if (!app->display_read) {
        read_display(app);
    }
    if (row->is_display) {
        return fits(row, app->display[i]) && app->display[i][0] ? app->display[i] : row->other;
    }
    struct buf value = {0};
    if (app->store && setting_get(app->store, name, &value, NULL) && value.n) {
        snprintf(app->display[i], SETTING_SIZE, "%s", buf_text(&value));
    } else {
        snprintf(app->display[i], SETTING_SIZE, "%s", row->other);
    }
    buf_finish(&value);
    return app->display[i];
}

int64_t settings_number(struct app *app, const char *name)
{
    long long number = 0;
    str_to_int64(str_of(settings_text(app, name)), &number);
    return number;
}

bool settings_set(struct app *app, const char *name, const char *value, struct err *err)
{
    const struct setting_row *row = settings_find(name);
    if (!row) {
        return err_set(err, ERR_MISSING, 0, "there is no setting %.40s", name);
    }
    if (!fits(row, value)) {
        return err_set(err, ERR_INPUT, 0, "%s cannot have that value", name);
    }
    if (!row->is_display) {
        return app->store ? setting_set(app->store, name, value, err)
                          : err_set(err, ERR_DENIED, 0, "the device is locked");
    }
    if (!app->display_read) {
        read_display(app);
    }
    snprintf(app->display[row - rows], SETTING_SIZE, "%s", value);
    return write_display(app, err);
}
