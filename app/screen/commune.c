/* Chooses one of the 3,321 communes by typing a part of its name, with or without marks. Names that
 * collide are all shown, each with its province. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/list.h"

enum { MOST_HITS = 200 };

struct commune_state {
    struct desk *desk;
    char typed[100];
    char key[64]; /* of the visit, or "" for the setting of the device */
    struct arena arena;
    struct list_hits hits;
    struct form_list *list;
};

static void search(struct desk *desk, struct commune_state *s)
{
    struct list_search what = {
        .name = "communes.csv", .column = "label", .typed = str_of(s->typed)};
    arena_reset(&s->arena);
    if (!list_search(desk->app->store, &what, (struct page){0, MOST_HITS}, &s->arena, &s->hits,
                     NULL)) {
        s->hits.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct commune_state *s = state;
    struct err err = {0};
    s->desk = desk;
    if (!list_open(desk->app->store, "communes.csv", &s->list, &err)) {
        desk_fail(desk, &err);
        return false;
    }
    snprintf(s->key, sizeof(s->key), "%s", ticket->text ? ticket->text : "household");
    search(desk, s);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct commune_state *s = state;
    if (s->list) {
        s->list->ops->destroy(s->list);
    }
    arena_finish(&s->arena);
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct commune_state *s = ctx;
    char name[160], hint[160];
    struct str text = s->list->ops->cell(s->list, s->hits.v[index], 1);
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(text));
    text = s->list->ops->cell(s->list, s->hits.v[index], 3);
    snprintf(hint, sizeof(hint), STR_FMT, STR_ARG(text));
    ui_list_row(ui, name, -1, UI_OPT(.hint = hint));
}

static void choose(struct desk *desk, struct commune_state *s, size_t index)
{
    char code[16], province[16];
    struct err err = {0};
    bool ok;
    struct str text = s->list->ops->cell(s->list, s->hits.v[index], 0);
    snprintf(code, sizeof(code), STR_FMT, STR_ARG(text));
    text = s->list->ops->cell(s->list, s->hits.v[index], 2);
    snprintf(province, sizeof(province), STR_FMT, STR_ARG(text));
    if (desk->visiting && strcmp(s->key, "household") == 0) {
        const char *const pairs[] = {"household.commune", code, "household.province", province,
                                     NULL};
        ok = visiting_set_all(desk->visiting, pairs, &err);
    } else {
        ok = settings_set(desk->app, "commune", code, &err);
    }
    if (ok) {
        desk_back(desk);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_search(struct ui *ui, void *ctx)
{
    struct commune_state *s = ctx;
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    const char *typed = ui_field(ui, "search", s->typed,
                                 &(struct ui_field){.label = tr("Name of the commune or ward"),
                                                    .input = UI_IN_SEARCH,
                                                    .live = true,
                                                    .focus = true,
                                                    .max = 80});
    ui_end(ui);
    if (typed) {
        snprintf(s->typed, sizeof(s->typed), "%s", typed);
        search(s->desk, s);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct commune_state *s = state;
    struct ui *ui = desk->ui;
    bool low = ui_is_low(ui);
    ui_screen(ui, "commune");
    if (ui_bar(ui, tr("Choose the commune"), NULL)) {
        desk_back(desk);
    }
    ui_page_begin(ui);
    if (!low) {
        draw_search(ui, s);
    }
    long chosen =
        ui_list(ui, "communes",
                &(struct ui_list){.count = s->hits.n,
                                  .row = row,
                                  .head = low ? draw_search : NULL,
                                  .ctx = s,
                                  .name = tr("Communes"),
                                  .empty = tr("No commune has this name"),
                                  .empty_hint = tr("Type fewer letters; marks may be left "
                                                   "out."),
                                  .empty_icon = ICON_SEARCH});
    ui_end(ui);
    if (chosen >= 0) {
        choose(desk, s, (size_t)chosen);
    }
}

const struct screen screen_commune = {
    .name = "commune",
    .state_size = sizeof(struct commune_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
