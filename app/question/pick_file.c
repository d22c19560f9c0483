#include "app/question/pick_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "app/lang/lang.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"

enum { NAMES_MOST = 500, ROWS_MOST = 100 };

static void forget(struct pick_file *pick)
{
    for (size_t i = 0; i < pick->names.n; i++) {
        free(pick->names.v[i]);
    }
    pick->names.n = 0;
    pick->is_listed = false;
}

void pick_file_finish(struct pick_file *pick)
{
    forget(pick);
    vec_finish(&pick->names);
    buf_wipe(&pick->path);
}

void pick_file_open(struct pick_file *pick)
{
    forget(pick);
    pick->folder[0] = 0;
    pick->is_open = true;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Does the ending fit the kind of media that is asked for? */
static bool fits(const char *name, const char *media_type)
{
    static const struct {
        const char *kind, *endings;
    } kinds[] = {{"image/", ".jpg .jpeg .png "},
                 {"audio/", ".mp3 .ogg .oga .opus .m4a .aac .wav .amr .flac "},
                 {"video/", ".mp4 .m4v .webm .3gp .mov .mkv .avi "}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (str_starts(str_of(media_type), str_of(kinds[i].kind))) {
            char ending[16];
            snprintf(ending, sizeof(ending), "%s ", dot ? dot : "?");
            return strcasestr(kinds[i].endings, ending) != NULL;
        }
    }
    return true;
}

static bool add_name(void *ctx, const char *name)
{
    struct pick_file *pick = ctx;
    char path[2000], kept[300];
    if (name[0] == '.' || strlen(name) > 255) {
        return true;
    }
    snprintf(path, sizeof(path), "%s/%s", pick->folder, name);
    snprintf(kept, sizeof(kept), "%s%s", name, is_folder(path) ? "/" : "");
    vec_push(&pick->names, mem_strdup(kept));
    return pick->names.n < NAMES_MOST;
}

/* Folders first, then by name. */
static int by_name(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    bool fx = x[strlen(x) - 1] == '/', fy = y[strlen(y) - 1] == '/';
    return fx != fy ? (fx ? -1 : 1) : strcasecmp(x, y);
}

static void list(struct pick_file *pick)
{
    static const char *const places[] = {"/media", "/run/media", "/mnt"};
    const char *home = getenv("HOME");
    forget(pick);
    if (pick->folder[0]) {
        file_list(pick->folder, add_name, pick, NULL);
        qsort(pick->names.v, pick->names.n, sizeof(*pick->names.v), by_name);
    } else {
        if (home && is_folder(home)) {
            vec_push(&pick->names, mem_strdup(home));
        }
        for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
            if (is_folder(places[i])) {
                vec_push(&pick->names, mem_strdup(places[i]));
            }
        }
    }
    pick->is_listed = true;
}

static void go_up(struct pick_file *pick)
{
    char *slash = strrchr(pick->folder, '/');
    const char *home = getenv("HOME");
    bool is_place = (home && strcmp(pick->folder, home) == 0) || slash == pick->folder;
    if (is_place || !slash) {
        pick->folder[0] = 0;
    } else {
        *slash = 0;
    }
    forget(pick);
}

/* A place, a folder or a file was pressed; true for a file. */
static bool enter(struct pick_file *pick, const char *name)
{
    size_t n = strlen(name);
    if (pick->folder[0] == 0) {
        snprintf(pick->folder, sizeof(pick->folder), "%s", name);
    } else if (name[n - 1] == '/') {
        size_t at = strlen(pick->folder);
        if (at + n + 1 < sizeof(pick->folder)) {
            snprintf(pick->folder + at, sizeof(pick->folder) - at, "/%.*s", (int)n - 1, name);
        }
    } else {
        buf_clear(&pick->path);
        buf_addf(&pick->path, "%s/%s", pick->folder, name);
        pick->is_open = false;
        return true;
    }
    forget(pick);
    return false;
}

bool pick_file_draw(struct ui *ui, struct pick_file *pick, const char *media_type)
{
    size_t rows = 0;
    bool chosen = false;
    if (!pick->is_open) {
        return false;
    }
    if (!pick->is_listed) {
        list(pick);
    }
    ui_group_begin(ui, "files", pick->folder[0] ? pick->folder : tr("Where is the file?"), NULL);
    if (pick->folder[0] &&
        ui_item(ui, "up", tr("One folder up"), UI_OPT(.icon = ICON_ARROW_UPWARD))) {
        go_up(pick);
    }
    for (size_t i = 0; pick->is_listed && i < pick->names.n && rows < ROWS_MOST; i++) {
        const char *name = pick->names.v[i];
        bool folder = !pick->folder[0] || name[strlen(name) - 1] == '/';
        char key[32];
        if (!folder && !fits(name, media_type)) {
            continue;
        }
        rows++;
        snprintf(key, sizeof(key), "file-%zu", i);
        if (ui_item(ui, key, name, UI_OPT(.icon = folder ? ICON_FOLDER : ICON_DESCRIPTION))) {
            chosen = enter(pick, name);
            break;
        }
    }
    if (rows == 0 && pick->is_listed) {
        ui_text(ui, TYPE_BODY, tr("There is no fitting file here."), UI_OPT(.tone = TONE_SOFT));
    }
    if (ui_button(ui, "close", tr("Cancel"), UI_OPT(.kind = UI_QUIET))) {
        pick->is_open = false;
    }
    ui_end(ui);
    return chosen;
}
