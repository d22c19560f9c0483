/* The visit log: quick at 100,000 visits, since only a page of rows is ever asked for. */
#include <stdio.h>
#include <string.h>

#include "app/screen/outcomes.h"
#include "app/screen/screen.h"
#include "app/store/visit.h"
#include "platform/base/clock.h"

enum { WINDOW = 60 };

struct visits_state {
    struct desk *desk;
    struct arena arena;
    struct visits rows;
    int64_t first, count; /* rows hold first … first + rows.n - 1 of count */
    int period;           /* tab: all, today, week */
    char words[100];
};

static void filter_of(const struct visits_state *s, struct visit_filter *filter)
{
    int64_t now = clock_now_ms(), zone = clock_zone_minutes(now) * 60000LL;
    int64_t day = (now + zone) / 86400000;
    *filter = (struct visit_filter){.kind = VISIT_HOME, .words = s->words[0] ? s->words : NULL};
    if (s->period == 1) {
        filter->from_ms = day * 86400000 - zone;
    } else if (s->period == 2) {
        filter->from_ms = (day - (day + 3) % 7) * 86400000 - zone; /* since Monday */
    }
}

static void load(struct visits_state *s, int64_t index)
{
    struct visit_filter filter;
    filter_of(s, &filter);
    s->first = index < WINDOW / 3 ? 0 : index - WINDOW / 3;
    arena_reset(&s->arena);
    if (!visit_page(s->desk->app->store, &filter, (struct page){s->first, WINDOW}, &s->arena,
                    &s->rows, NULL)) {
        s->rows.n = 0;
    }
}

static void look(struct desk *desk, void *state)
{
    struct visits_state *s = state;
    struct visit_filter filter;
    s->desk = desk;
    filter_of(s, &filter);
    if (!visit_count(desk->app->store, &filter, &s->count, NULL)) {
        s->count = 0;
    }
    load(s, 0);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    look(desk, state);
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct visits_state *s = state;
    arena_finish(&s->arena);
}

static const struct visit *row_at(struct visits_state *s, size_t index)
{
    int64_t at = (int64_t)index;
    if (at < s->first || at >= s->first + (int64_t)s->rows.n) {
        load(s, at);
    }
    at -= s->first;
    return at >= 0 && at < (int64_t)s->rows.n ? &s->rows.v[at] : NULL;
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct visits_state *s = ctx;
    const struct visit *visit = row_at(s, index);
    struct buf hint = {0};
    if (!visit) {
        ui_list_row(ui, "…", -1, UI_OPT(.hint = ""));
        return;
    }
    date_add_moment(&hint, visit->started_ms);
    if (visit->hamlet[0]) {
        buf_addf(&hint, " · %s", visit->hamlet);
    }
    bool open = visit->state == VISIT_OPEN;
    bool sent = visit->entries > 0 && visit->entries_sent == visit->entries;
    ui_list_row(ui, visit->title[0] ? visit->title : tr("Visit without a name"), -1,
                UI_OPT(.icon = ICON_MEETING_ROOM, .hint = buf_text(&hint),
                       .state = open ? tr("Open") : outcome_text(visit->outcome),
                       .tone = open   ? TONE_WARN
                               : sent ? TONE_OK
                                      : TONE_SYNC));
    buf_finish(&hint);
}

static void draw_filters(struct ui *ui, void *ctx)
{
    struct visits_state *s = ctx;
    const char *names[] = {tr("All"), tr("Today"), tr("This week")};
    int period = ui_tabs(ui, "period", names, 3, s->period);
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    const char *words = ui_field(ui, "search", s->words,
                                 &(struct ui_field){.label = tr("Search by name or address"),
                                                    .input = UI_IN_SEARCH,
                                                    .live = true,
                                                    .max = 80});
    ui_end(ui);
    if (words || period != s->period) {
        if (words) {
            snprintf(s->words, sizeof(s->words), "%s", words);
        }
        s->period = period;
        look(s->desk, s);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct visits_state *s = state;
    struct ui *ui = desk->ui;
    bool low = ui_is_low(ui);
    char count[80];
    snprintf(count, sizeof(count), trn("%lld visit", "%lld visits", (unsigned long)s->count),
             (long long)s->count);
    ui_screen(ui, "visits");
    if (ui_bar(ui, tr("Visit log"), count)) {
        desk_back(desk);
    }
    if (ui_bar_action(ui, "export", tr("Export"), ICON_FILE_DOWNLOAD)) {
        desk_go(desk, "export", NULL);
    }
    ui_page_begin(ui);
    if (!low) {
        draw_filters(ui, s);
    }
    long chosen = ui_list(ui, "visits",
                          &(struct ui_list){.count = (size_t)s->count,
                                            .row = row,
                                            .head = low ? draw_filters : NULL,
                                            .ctx = s,
                                            .name = tr("Visit log"),
                                            .empty = tr("No visits here"),
                                            .empty_hint = tr("Choose another time or other words."),
                                            .empty_icon = ICON_HISTORY});
    ui_end(ui);
    const struct visit *visit = chosen >= 0 ? row_at(s, (size_t)chosen) : NULL;
    if (visit) {
        desk_go(desk, "visit", &(struct ticket){visit->id, NULL});
    }
}

const struct screen screen_visits = {
    .name = "visits",
    .state_size = sizeof(struct visits_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .leave = leave,
};
