#include "app/ui/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/ui/node.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

enum { WORDS = 64, IDLE_MOST_MS = 60000, SEEN_MOST_MS = 10000, FILE_MOST = 4 << 20 };

struct words {
    char *v[WORDS];
    int n;
};

static void words_finish(struct words *words)
{
    for (int i = 0; i < words->n; i++) {
        free(words->v[i]);
    }
    words->n = 0;
}

/* One quoted text with its escapes. */
static bool quoted(struct str *line, struct buf *to)
{
    size_t i = 1;
    for (; i < line->n && line->s[i] != '"'; i++) {
        char c = line->s[i];
        if (c == '\\' && i + 1 < line->n) {
            c = line->s[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        buf_add_char(to, c);
    }
    bool closed = i < line->n;
    *line = closed ? (struct str){line->s + i + 1, line->n - i - 1} : (struct str){"", 0};
    return closed;
}

static bool split(struct str line, struct words *words, struct err *err)
{
    line = str_trim(line);
    while (line.n > 0 && line.s[0] != '#' && words->n < WORDS) {
        struct buf word = {0};
        bool good = true;
        if (line.s[0] == '"') {
            good = quoted(&line, &word);
        } else {
            size_t n = 0;
            while (n < line.n && !isspace((unsigned char)line.s[n])) {
                n++;
            }
            buf_add(&word, line.s, n);
            line = (struct str){line.s + n, line.n - n};
        }
        words->v[words->n++] = buf_take(&word);
        if (!good) {
            return err_set(err, ERR_INPUT, 0, "a quote is missing");
        }
        line = str_trim(line);
    }
    return true;
}

/* ---- waiting ---- */

static bool wait_idle(struct ui *ui, struct err *err)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t end = now.tv_sec + IDLE_MOST_MS / 1000;
    do {
        if (!ui_turn(ui, ui_is_idle(ui) ? 0 : 5, err)) {
            return false;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (!ui->quit && !ui_is_idle(ui) && now.tv_sec < end);
    return ui->quit || ui_is_idle(ui) || err_set(err, ERR_INPUT, 0, "still busy after a minute");
}

/* Lets ms pass: a clock that stands is moved on (both clocks show the same then). */
static bool pass(struct ui *ui, int ms, struct err *err)
{
    if (clock_mono_ms() == clock_now_ms()) {
        clock_fix(clock_now_ms() + ms);
        return wait_idle(ui, err);
    }
    int64_t end = clock_mono_ms() + ms;
    while (!ui->quit && clock_mono_ms() < end) {
        if (!ui_turn(ui, (int)(end - clock_mono_ms()), err)) {
            return false;
        }
    }
    return wait_idle(ui, err);
}

/* ---- finding ---- */

static bool is_seen(struct ui *ui, const struct node *node)
{
    return !rect_is_empty(rect_both(node->r, node_clip(ui, node)));
}

static struct node *find_named(struct ui *ui, const char *name, bool whole)
{
    struct buf text = {0};
    struct node *found = NULL;
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        if (!(n->flags & (NODE_PRESS | NODE_FOCUS | NODE_FIELD | NODE_GRAB))) {
            continue;
        }
        buf_clear(&text);
        node_name(n, &text);
        bool fits =
            whole ? strcmp(buf_text(&text), name) == 0 : strstr(buf_text(&text), name) != NULL;
        if (fits && (!found || focus_fits(ui, n))) {
            found = n;
        }
    }
    buf_finish(&text);
    return found;
}

static struct node *find(struct ui *ui, const char *what, struct err *err)
{
    struct node *node = node_find_key(ui, what);
    node = node ? node : find_named(ui, what, true);
    node = node ? node : find_named(ui, what, false);
    if (!node) {
        err_set(err, ERR_MISSING, 0, "nothing here is called \"%s\"", what);
    }
    return node;
}

static bool text_seen(struct ui *ui, const char *text)
{
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        bool says = (n->text && strstr(n->text, text)) ||
                    (n->value && !(n->flags & NODE_MASKED) && strstr(n->value, text));
        if (says && is_seen(ui, n)) {
            return true;
        }
    }
    return false;
}

/* ---- commands ---- */

struct call {
    struct ui *ui;
    struct words *words;
    struct buf *answer;
    struct err *err;
};

static void send(struct ui *ui, struct input input)
{
    window_inject(ui->window, &input);
}

static bool touch_at(struct call *call, bool hold)
{
    struct ui *ui = call->ui;
    struct node *node = find(ui, call->words->v[1], NULL);
    if (!node && ui->keyboard &&
        ui->edit.id) { /* a person puts the keyboard away to see the rest */
        ui_back(ui);
        node = wait_idle(ui, call->err) ? find(ui, call->words->v[1], NULL) : NULL;
    }
    if (!node) {
        return find(ui, call->words->v[1], call->err) != NULL;
    }
    if (node->flags & NODE_DISABLED) {
        return err_set(call->err, ERR_INPUT, 0, "\"%s\" cannot be used now", call->words->v[1]);
    }
    uint64_t id = node->id;
    scroll_to(ui, node);
    node = node_find(ui, id);
    struct rect r = node ? rect_both(node->r, node_clip(ui, node)) : (struct rect){0, 0, 0, 0};
    if (rect_is_empty(r)) {
        return err_set(call->err, ERR_INPUT, 0, "\"%s\" is out of view", call->words->v[1]);
    }
    bool usable = focus_fits(ui, node) || node->flags & (NODE_KIT | NODE_GRAB);
    if (!usable && node->flags & (NODE_PRESS | NODE_FIELD)) {
        return err_set(call->err, ERR_INPUT, 0, "\"%s\" is covered", call->words->v[1]);
    }
    int x = r.x + r.w / 2, y = r.y + r.h / 2;
    send(ui, (struct input){.kind = INPUT_DOWN, .x = x, .y = y});
    if (hold && (!wait_idle(ui, call->err) || !pass(ui, 600, call->err))) {
        return false;
    }
    send(ui, (struct input){.kind = INPUT_UP, .x = x, .y = y});
    return true;
}

static bool do_tap(struct call *call)
{
    return touch_at(call, false);
}

static bool do_hold(struct call *call)
{
    return touch_at(call, true);
}

static int key_code(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } keys[] = {{"Up", KEY_UP},          {"Down", KEY_DOWN},
                {"Left", KEY_LEFT},      {"Right", KEY_RIGHT},
                {"Enter", KEY_ENTER},    {"Back", KEY_BACK},
                {"Tab", KEY_TAB},        {"Space", KEY_SPACE},
                {"Home", KEY_HOME},      {"End", KEY_END},
                {"PageUp", KEY_PAGE_UP}, {"PageDown", KEY_PAGE_DOWN},
                {"Menu", KEY_MENU},      {"Scan", KEY_SCAN},
                {"Delete", KEY_DELETE},  {"Backspace", KEY_BACKSPACE},
                {"Escape", KEY_ESCAPE}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return keys[i].code;
        }
    }
    if (name[0] == 'F' && isdigit((unsigned char)name[1])) {
        return KEY_F1 + atoi(name + 1) - 1;
    }
    return name[0] && !name[1] ? tolower((unsigned char)name[0]) : 0;
}

static bool do_key(struct call *call)
{
    int code = key_code(call->words->v[1]);
    int times = call->words->n > 2 ? atoi(call->words->v[2]) : 1;
    if (!code) {
        return err_set(call->err, ERR_INPUT, 0, "no key is called %s", call->words->v[1]);
    }
    for (int i = 0; i < times; i++) {
        struct input input = {.kind = INPUT_KEY, .code = code, .mods = INPUT_SURE};
        send(call->ui, input);
        if (code >= ' ' && code < 127) { /* a letter comes as text, too */
            input.kind = INPUT_TEXT;
            input.text[0] = (char)code;
            send(call->ui, input);
        }
        send(call->ui, (struct input){.kind = INPUT_KEY_UP, .code = code});
        if (!wait_idle(call->ui, call->err)) {
            return false;
        }
    }
    return true;
}

static bool give_text(struct call *call, enum input_kind kind)
{
    struct input input = {.kind = kind, .mods = INPUT_SURE};
    const char *text = call->words->v[1];
    if (strlen(text) >= sizeof(input.text)) {
        return err_set(call->err, ERR_INPUT, 0, "the text is too long");
    }
    if (kind == INPUT_TEXT && !call->ui->edit.id) {
        return err_set(call->err, ERR_INPUT, 0, "no field has the focus");
    }
    strcpy(input.text, text);
    send(call->ui, input);
    return true;
}

static bool do_type(struct call *call)
{
    return give_text(call, INPUT_TEXT);
}

static bool do_scan(struct call *call)
{
    return give_text(call, INPUT_SCAN);
}

static bool do_clear(struct call *call)
{
    edit_select_all(call->ui);
    edit_erase(call->ui);
    return true;
}

/* The main part of the screen that scrolls. */
static struct node *main_scroll(struct ui *ui)
{
    struct node *layer = focus_layer(ui);
    for (struct node *n = layer; n; n = node_next(layer, n)) {
        if (n->flags & (NODE_SCROLL | NODE_LIST)) {
            return n;
        }
    }
    return NULL;
}

static bool do_scroll(struct call *call)
{
    const char *what = call->words->v[1];
    struct node *node =
        strcmp(what, "screen") == 0 ? main_scroll(call->ui) : find(call->ui, what, call->err);
    if (!node || !(node->flags & (NODE_SCROLL | NODE_LIST))) {
        return err_set(call->err, ERR_INPUT, 0, "%s does not scroll", what);
    }
    scroll_by(call->ui, scroll_get(call->ui, node->id),
              (int)(atoi(call->words->v[2]) * call->ui->px));
    return true;
}

static bool do_draw(struct call *call)
{
    struct ui *ui = call->ui;
    struct node *node = find(ui, call->words->v[1], call->err);
    if (!node) {
        return false;
    }
    uint64_t id = node->id;
    scroll_to(ui, node);
    node = node_find(ui, id);
    struct input input = {.kind = INPUT_DOWN};
    for (int i = 2; node && i < call->words->n; i++) {
        double x, y;
        if (sscanf(call->words->v[i], "%lf,%lf", &x, &y) != 2) {
            return err_set(call->err, ERR_INPUT, 0, "%s is no point", call->words->v[i]);
        }
        input.x = node->r.x + (int)(node->r.w * x / 100);
        input.y = node->r.y + (int)(node->r.h * y / 100);
        send(ui, input);
        input.kind = INPUT_MOVE;
    }
    input.kind = INPUT_UP;
    send(ui, input);
    return true;
}

static bool do_wait(struct call *call)
{
    const char *what = call->words->v[1];
    if (strcmp(what, "idle") == 0) {
        return true;
    }
    if (strcmp(what, "for") != 0) {
        return pass(call->ui, atoi(what), call->err);
    }
    const char *text = call->words->n > 2 ? call->words->v[2] : "";
    int left = call->words->n > 3 ? atoi(call->words->v[3]) : SEEN_MOST_MS;
    struct timespec nap = {0, 20 * 1000000};
    for (; left > 0 && !text_seen(call->ui, text) && !call->ui->quit; left -= 20) {
        nanosleep(&nap, NULL); /* real time: what is waited for comes from threads and network */
        if (!wait_idle(call->ui, call->err)) {
            return false;
        }
    }
    return text_seen(call->ui, text) ||
           err_set(call->err, ERR_MISSING, 0, "\"%s\" did not appear", text);
}

static bool expect_state(struct call *call, const char *id, const char *want)
{
    struct node *node = find(call->ui, id, call->err);
    if (!node) {
        return false;
    }
    bool selected = node->flags & NODE_SELECTED, disabled = node->flags & NODE_DISABLED;
    bool good = strcmp(want, "selected") == 0     ? selected
                : strcmp(want, "unselected") == 0 ? !selected
                : strcmp(want, "disabled") == 0   ? disabled
                : strcmp(want, "enabled") == 0    ? !disabled
                                                  : node->state && strcmp(node->state, want) == 0;
    return good || err_set(call->err, ERR_INPUT, 0, "\"%s\" is not %s", id, want);
}

static bool do_expect(struct call *call)
{
    struct ui *ui = call->ui;
    struct words *w = call->words;
    bool no = w->n > 2 && strcmp(w->v[1], "no") == 0;
    int at = no ? 2 : 1;
    const char *what = w->v[at], *arg = w->n > at + 1 ? w->v[at + 1] : "";
    const char *want = w->n > at + 2 ? w->v[at + 2] : "";
    if (w->n == at + 1) {
        return text_seen(ui, what) != no ||
               err_set(call->err, ERR_INPUT, 0, "\"%s\" is %sseen", what, no ? "" : "not ");
    }
    if (strcmp(what, "id") == 0) {
        struct node *node = node_find_key(ui, arg);
        return (node != NULL) != no ||
               err_set(call->err, ERR_INPUT, 0, "%s is %sthere", arg, no ? "" : "not ");
    }
    if (strcmp(what, "screen") == 0) {
        const char *now = ui->root->name ? ui->root->name : "";
        return strcmp(now, arg) == 0 ||
               err_set(call->err, ERR_INPUT, 0, "the screen is \"%s\", not \"%s\"", now, arg);
    }
    if (strcmp(what, "state") == 0) {
        return expect_state(call, arg, want);
    }
    struct node *node = find(ui, arg, call->err);
    if (!node) {
        return false;
    }
    if (strcmp(what, "focus") == 0) {
        return ui->focus == node->id || err_set(call->err, ERR_INPUT, 0, "%s has no focus", arg);
    }
    if (strcmp(what, "value") == 0) {
        const char *now = ui->edit.id == node->id ? buf_text(&ui->edit.text)
                          : node->value           ? node->value
                                                  : node->text;
        bool good = now && strcmp(now, want) == 0;
        const char *shown = node->flags & NODE_MASKED ? "another one" : now ? now : "";
        return good || err_set(call->err, ERR_INPUT, 0, "the value of %s is \"%s\"", arg, shown);
    }
    return err_set(call->err, ERR_INPUT, 0, "what is \"expect %s\"?", what);
}

static bool write_seen(struct call *call, bool shot)
{
    struct buf bytes = {0};
    bool good = !shot || ui_shot(call->ui, &bytes, call->err);
    if (!shot) {
        ui_dump(call->ui, &bytes);
    }
    if (good && call->words->n > 1) {
        good = file_write(call->words->v[1], bytes.s, bytes.n, call->err);
    } else if (good && call->answer) {
        buf_add_str(call->answer, buf_str(&bytes));
    }
    buf_finish(&bytes);
    return good;
}

static bool do_shot(struct call *call)
{
    return write_seen(call, true);
}

static bool do_dump(struct call *call)
{
    return write_seen(call, false);
}

static bool do_check(struct call *call)
{
    struct buf found = {0};
    bool good = ui_check(call->ui, &found);
    if (!good) {
        err_set(call->err, ERR_INPUT, 0, "%s", buf_text(&found));
        fputs(buf_text(&found), stderr);
    }
    buf_finish(&found);
    return good;
}

static bool do_setting(struct call *call)
{
    struct ui_settings set = *ui_get(call->ui);
    const char *what = call->words->v[0], *value = call->words->v[1];
    if (strcmp(what, "lang") == 0) {
        if (!lang_set(value, call->err)) {
            return false;
        }
        snprintf(set.lang, sizeof(set.lang), "%s", value);
        set.rtl = lang_is_rtl();
    } else if (strcmp(what, "theme") == 0) {
        set.theme = value[0] == 'd' ? THEME_DARK : value[0] == 's' ? THEME_SUN : THEME_LIGHT;
    } else if (strcmp(what, "text") == 0) {
        set.text_size = atof(value);
    } else if (call->words->n > 2) {
        return window_resize(call->ui->window, atoi(value), atoi(call->words->v[2])) ||
               err_set(call->err, ERR_DEVICE, 0, "the window keeps its size");
    }
    ui_set(call->ui, &set);
    return true;
}

static bool do_quit(struct call *call)
{
    ui_quit(call->ui);
    return true;
}

static bool do_words(struct call *call)
{
    static const struct {
        const char *verb;
        int words; /* at least, with the verb */
        bool (*run)(struct call *call);
    } verbs[] = {{"tap", 2, do_tap},       {"hold", 2, do_hold},    {"key", 2, do_key},
                 {"type", 2, do_type},     {"scan", 2, do_scan},    {"clear", 1, do_clear},
                 {"scroll", 3, do_scroll}, {"draw", 3, do_draw},    {"wait", 2, do_wait},
                 {"expect", 2, do_expect}, {"shot", 1, do_shot},    {"dump", 1, do_dump},
                 {"check", 1, do_check},   {"lang", 2, do_setting}, {"theme", 2, do_setting},
                 {"text", 2, do_setting},  {"size", 3, do_setting}, {"quit", 1, do_quit}};
    const char *verb = call->words->v[0];
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (strcmp(verbs[i].verb, verb) == 0) {
            return call->words->n < verbs[i].words
                       ? err_set(call->err, ERR_INPUT, 0, "%s needs more words", verb)
                       : verbs[i].run(call);
        }
    }
    return err_set(call->err, ERR_INPUT, 0, "no command is called %s", verb);
}

bool script_do(struct ui *ui, struct str line, struct buf *answer, struct err *err)
{
    struct words words = {.n = 0};
    struct call call = {ui, &words, answer, err};
    bool good = wait_idle(ui, err) && split(line, &words, err);
    if (good && words.n > 0) {
        good = do_words(&call) && wait_idle(ui, err);
    }
    words_finish(&words);
    return good;
}

bool ui_play(struct ui *ui, const char *path, struct err *err)
{
    struct buf text = {0};
    if (!file_read(path, FILE_MOST, &text, err)) {
        return false;
    }
    struct str rest = buf_str(&text), line;
    bool good = true;
    int number = 0;
    while (good && !ui->quit && str_cut(&rest, '\n', &line)) {
        number++;
        good = script_do(ui, line, NULL, err);
    }
    if (!good) {
        err_prefix(err, "%s:%d: ", path, number);
    }
    buf_finish(&text);
    return good;
}
