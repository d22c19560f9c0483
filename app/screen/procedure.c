/* The 442 procedures: found without marks, shown as captured with date and source, and as a QR that
 * opens the page on the citizen's own phone. Inside a visit the chosen one goes into the forms. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/procedure.h"
#include "sync/handover/matrix.h"

enum { MOST_HITS = 100 };

struct procedure_state {
    struct desk *desk;
    char typed[120], code[40];
    struct arena arena, one_arena;
    struct procedures hits;
    struct procedure one;
    struct matrix matrix;
};

static void search(struct desk *desk, struct procedure_state *s)
{
    arena_reset(&s->arena);
    if (!procedure_search(desk->app->store, str_of(s->typed), (struct page){0, MOST_HITS},
                          &s->arena, &s->hits, NULL)) {
        s->hits.n = 0;
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    ((struct procedure_state *)state)->desk = desk;
    search(desk, state);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct procedure_state *s = state;
    matrix_finish(&s->matrix);
    arena_finish(&s->arena);
    arena_finish(&s->one_arena);
}

static void open_one(struct desk *desk, struct procedure_state *s, const char *code)
{
    struct err err = {0};
    snprintf(s->code, sizeof(s->code), "%s", code);
    arena_reset(&s->one_arena);
    matrix_finish(&s->matrix);
    if (!procedure_get(desk->app->store, s->code, &s->one_arena, &s->one, &err)) {
        s->code[0] = 0;
        desk_fail(desk, &err);
    } else if (s->one.url[0]) {
        matrix_make(&s->matrix, str_of(s->one.url), MATRIX_MEDIUM, NULL);
    }
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct procedure_state *s = ctx;
    const struct procedure *p = &s->hits.v[index];
    char hint[200];
    snprintf(hint, sizeof(hint), "%s · %s", p->code, p->field);
    ui_list_row(ui, p->name, -1, UI_OPT(.hint = hint, .state = p->online ? tr("Online") : NULL));
}

static void draw_search(struct ui *ui, void *ctx)
{
    struct procedure_state *s = ctx;
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    const char *typed = ui_field(ui, "search", s->typed,
                                 &(struct ui_field){.label = tr("What is it about?"),
                                                    .placeholder = tr("e.g. khai sinh"),
                                                    .input = UI_IN_SEARCH,
                                                    .live = true,
                                                    .focus = true,
                                                    .max = 100});
    ui_end(ui);
    if (typed) {
        snprintf(s->typed, sizeof(s->typed), "%s", typed);
        search(s->desk, s);
    }
}

static void draw_list(struct desk *desk, struct procedure_state *s)
{
    struct ui *ui = desk->ui;
    bool low = ui_is_low(ui);
    ui_screen(ui, "procedure");
    if (ui_bar(ui, tr("Procedures"), NULL)) {
        desk_back(desk);
    }
    ui_page_begin(ui);
    if (!low) {
        draw_search(ui, s);
    }
    long chosen =
        ui_list(ui, "procedures",
                &(struct ui_list){.count = s->hits.n,
                                  .row = row,
                                  .head = low ? draw_search : NULL,
                                  .ctx = s,
                                  .name = tr("Procedures"),
                                  .empty = tr("No procedure has these words"),
                                  .empty_hint = tr("Try fewer words, or ask the commune's office."),
                                  .empty_icon = ICON_SEARCH});
    ui_end(ui);
    if (chosen >= 0) {
        open_one(desk, s, s->hits.v[chosen].code);
    }
}

static void value(struct ui *ui, const char *key, const char *label, const char *text)
{
    if (text[0]) {
        ui_value(ui, key, label, text, NULL);
    }
}

/* The captured papers are joined by a broken bar; on the screen each has a line. */
static void draw_papers(struct ui *ui, const char *papers)
{
    struct str rest = str_of(papers);
    struct buf lines = {0};
    while (rest.n) {
        ptrdiff_t at = str_find(rest, STR(" ¦ "));
        size_t n = at < 0 ? rest.n : (size_t)at;
        buf_addf(&lines, "%s• " STR_FMT, lines.n ? "\n" : "", STR_ARG(((struct str){rest.s, n})));
        n += at < 0 ? 0 : strlen(" ¦ ");
        rest.s += n;
        rest.n -= n;
    }
    value(ui, "papers", tr("What to bring"), buf_text(&lines));
    buf_finish(&lines);
}

static void choose(struct desk *desk, struct procedure_state *s)
{
    struct err err = {0};
    const char *const pairs[] = {"procedure.code", s->one.code, "procedure.name", s->one.name,
                                 NULL};
    if (visiting_set_all(desk->visiting, pairs, &err)) {
        desk_back(desk);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_one(struct desk *desk, struct procedure_state *s)
{
    struct ui *ui = desk->ui;
    const struct procedure *p = &s->one;
    char source[200];
    ui_screen(ui, "procedure-one");
    if (ui_bar(ui, tr("Procedure"), p->code)) {
        s->code[0] = 0;
    }
    ui_body_begin(ui);
    ui_text(ui, TYPE_QUESTION, p->name, NULL);
    if (p->is_doubtful) {
        ui_notice(ui, TONE_WARN,
                  tr("Only the name is sure. Ask the commune's office what to bring."));
    } else {
        value(ui, "field", tr("Field"), p->field);
        draw_papers(ui, p->papers);
        value(ui, "time", tr("Time"), p->time);
        value(ui, "fee", tr("Fee"), p->fee);
        value(ui, "channels", tr("How"), p->channels);
        value(ui, "audience", tr("For whom"), p->audience);
        snprintf(source, sizeof(source), tr("As printed on the portal in %s; it may have changed."),
                 p->captured);
        ui_notice(ui, TONE_SOFT, source);
    }
    if (s->matrix.cells) {
        ui_text(ui, TYPE_STRONG, tr("Open it on the citizen's phone:"), NULL);
        ui_qr(ui, s->matrix.cells, s->matrix.size, p->url, UI_OPT(.height = 200));
    }
    ui_end(ui);
    if (desk->visiting) {
        ui_actions_begin(ui);
        if (ui_button(ui, "choose", tr("It is this one"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK))) {
            choose(desk, s);
        }
        ui_end(ui);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct procedure_state *s = state;
    if (s->code[0]) {
        draw_one(desk, s);
    } else {
        draw_list(desk, s);
    }
}

const struct screen screen_procedure = {
    .name = "procedure",
    .state_size = sizeof(struct procedure_state),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
