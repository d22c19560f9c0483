#include "helper_walk.h"

#include "app/ui/script.h"

size_t walk_screen(const char *name, size_t n)
{
    for (size_t i = 0; screens[i]; i++) {
        if (strlen(screens[i]->name) == n && strncmp(screens[i]->name, name, n) == 0) {
            return i;
        }
    }
    fail_msg("there is no screen %s", name);
    return 0;
}

void walk_look(struct walk *w, const char *what)
{
    size_t n = strcspn(what, " ");
    const char *now = looks_screen(w->ui);
    w->seen[walk_screen(what, n)] = true;
    if (strncmp(now, what, n) != 0) {
        fputs(buf_text(&w->found), stderr);
        fail_msg("line %d [%s]: %s is seen, not %s", w->line, w->lang, now, what);
    }
    if (!looks_has(w->ui, "finder")) { /* the camera goes on */
        looks_repaint(w->ui, w->window, what, &w->found);
    }
    w->looks += looks_check(w->ui, w->window, what, &w->found);
    if (strcmp(w->lang, "en") == 0) {
        looks_mirror(w->ui, what, &w->found);
    }
    if (strcmp(w->lang, "vi") == 0 && !looks_has(w->ui, "keyboard")) {
        looks_pixels(w->ui, w->window, what, &w->found);
    }
}

void walk_play(struct walk *w, const char *line)
{
    struct err err = {0};
    if (!script_do(w->ui, str_of(line), NULL, &err)) {
        struct buf shown = {0};
        ui_dump(w->ui, &shown);
        fputs(buf_text(&w->found), stderr);
        fail_msg("line %d [%s] \"%s\": %s\n%s", w->line, w->lang, line, err.text, buf_text(&shown));
    }
}

void walk_must(bool good, const struct err *err)
{
    if (!good) {
        fail_msg("%s", err->text);
    }
}

void walk_camera(struct walk *w, bool there)
{
    snprintf(w->camera, sizeof(w->camera), "fake:%s/tests/visit/%s", getenv("GOCUA_SOURCE"),
             there ? "pictures/vi" : "nothing");
    w->desk->camera = w->camera;
}
