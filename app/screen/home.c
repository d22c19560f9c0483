/* Where every day begins: a new visit, what is open, what waits to be sent and why. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/record.h"
#include "app/store/visit.h"
#include "app/work/enrol.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"
#include "platform/base/code.h"

struct home_state {
    int64_t drafts, waiting, aside, today, open_visit;
    char open_title[200];
    struct sync_status sync;
};

static int64_t count(struct desk *desk, unsigned states)
{
    const struct record_filter filter = {.states = states, .dealt_with = 1};
    int64_t n = 0;
    return record_count(desk->app->store, &filter, &n, NULL) ? n : 0;
}

static int64_t start_of_day(void)
{
    int64_t now = clock_now_ms(), zone = clock_zone_minutes(now) * 60000LL;
    return (now + zone) / 86400000 * 86400000 - zone;
}

static void look(struct desk *desk, void *state)
{
    struct home_state *s = state;
    struct arena arena = {0};
    struct visits open = {0};
    const struct visit_filter day = {.from_ms = start_of_day(), .kind = VISIT_HOME};
    const struct visit_filter unfinished = {.kind = VISIT_HOME, .state = VISIT_OPEN};
    s->drafts = count(desk, 1u << RECORD_DRAFT);
    s->waiting = count(desk, 1u << RECORD_READY | 1u << RECORD_SENDING);
    s->aside = count(desk, 1u << RECORD_ASIDE | 1u << RECORD_RETURNED);
    visit_count(desk->app->store, &day, &s->today, NULL);
    s->open_visit = 0;
    if (visit_page(desk->app->store, &unfinished, (struct page){0, 1}, &arena, &open, NULL) &&
        open.n) {
        s->open_visit = open.v[0].id;
        snprintf(s->open_title, sizeof(s->open_title), "%s", open.v[0].title);
    }
    arena_finish(&arena);
    sync_look(desk->app->sync, &s->sync);
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    code_let_go(1); /* of the start and the unlocking */
    desk_find_scanner(desk);
    look(desk, state);
    return true;
}

static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    look(desk, state);
}

static void begin(struct desk *desk, int64_t visit)
{
    struct err err = {0};
    desk_put_away(desk);
    if (visit ? visiting_resume(desk->app, visit, &desk->visiting, &err)
              : visiting_begin(desk->app, &desk->visiting, &err)) {
        desk_go(desk, visiting_screen(desk->visiting), NULL);
    } else {
        desk_fail(desk, &err);
    }
}

static void draw_sending(struct desk *desk, const struct home_state *s)
{
    struct ui *ui = desk->ui;
    char text[200];
    if (!enrol_is_done(desk->app)) {
        if (ui_item(ui, "enrol", tr("This device is not enrolled yet"),
                    UI_OPT(.icon = ICON_QR_CODE_SCANNER, .tone = TONE_WARN,
                           .hint = tr("Scan the enrolment code of your commune")))) {
            desk_go(desk, "enrol", NULL);
        }
        return;
    }
    snprintf(text, sizeof(text),
             trn("%lld record waits to be sent", "%lld records wait to be sent",
                 (unsigned long)s->waiting),
             (long long)s->waiting);
    const char *why = s->sync.is_running                   ? tr("Sending now…")
                      : s->waiting == 0                    ? tr("Everything is sent")
                      : s->sync.reason != OUTBOX_NO_REASON ? tr(outbox_reason_text(s->sync.reason))
                      : !s->sync.has_route ? tr(outbox_reason_text(OUTBOX_NO_NETWORK))
                                           : tr("Will be sent soon");
    if (ui_item(ui, "outbox", s->waiting ? text : tr("Outbox"),
                UI_OPT(.icon = s->waiting ? ICON_CLOUD_UPLOAD : ICON_CLOUD_DONE, .hint = why,
                       .tone = s->waiting ? TONE_SYNC : TONE_OK))) {
        desk_go(desk, "outbox", NULL);
    }
    if (s->aside) {
        snprintf(text, sizeof(text),
                 trn("%lld record needs you", "%lld records need you", (unsigned long)s->aside),
                 (long long)s->aside);
        if (ui_item(ui, "aside", text,
                    UI_OPT(.icon = ICON_WARNING, .tone = TONE_WARN,
                           .hint = tr("They were set aside; the others go on")))) {
            desk_go(desk, "outbox", NULL);
        }
    }
}

static void draw_open(struct desk *desk, const struct home_state *s)
{
    struct ui *ui = desk->ui;
    if (s->open_visit &&
        ui_item(ui, "resume", tr("Go on with the open visit"),
                UI_OPT(.icon = ICON_PLAY_ARROW, .tone = TONE_PRIMARY,
                       .hint = s->open_title[0] ? s->open_title : tr("No name or address yet")))) {
        begin(desk, s->open_visit);
    }
    if (s->drafts) {
        char text[120];
        snprintf(text, sizeof(text), trn("%lld draft", "%lld drafts", (unsigned long)s->drafts),
                 (long long)s->drafts);
        if (ui_item(ui, "drafts", text,
                    UI_OPT(.icon = ICON_DRAFTS, .hint = tr("Begun and not finished")))) {
            desk_go(desk, "drafts", NULL);
        }
    }
}

static void draw(struct desk *desk, void *state)
{
    static const struct {
        const char *key, *text;
        enum ui_icon icon;
    } tiles[] = {
        {"visits", tr_later("Visit log"), ICON_HISTORY},
        {"forms", tr_later("Forms"), ICON_DESCRIPTION},
        {"procedure", tr_later("Procedures"), ICON_ACCOUNT_BALANCE},
        {"settings", tr_later("Settings"), ICON_SETTINGS},
    };
    struct home_state *s = state;
    struct ui *ui = desk->ui;
    char today[120];
    snprintf(today, sizeof(today),
             trn("%lld visit today", "%lld visits today", (unsigned long)s->today),
             (long long)s->today);
    ui_screen(ui, "home");
    ui_bar_home(ui, "Gõ Cửa", today);
    if (ui_bar_action(ui, "lock", tr("Lock"), ICON_LOCK)) {
        desk_lock(desk);
        return;
    }
    ui_body_begin(ui);
    if (ui_button(ui, "new-visit", tr("New visit"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_MEETING_ROOM, .focus = true))) {
        begin(desk, 0);
    }
    draw_open(desk, s);
    draw_sending(desk, s);
    ui_grid_begin(ui, "tiles", 140, 0);
    for (size_t i = 0; i < sizeof(tiles) / sizeof(*tiles); i++) {
        if (ui_tile(ui, tiles[i].key, tr(tiles[i].text), UI_OPT(.icon = tiles[i].icon))) {
            desk_go(desk, tiles[i].key, NULL);
        }
    }
    ui_end(ui);
    ui_end(ui);
}

const struct screen screen_home = {
    .name = "home",
    .flags = SCREEN_ROOT,
    .state_size = sizeof(struct home_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .mail = mail,
};
