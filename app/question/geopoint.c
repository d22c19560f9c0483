/* A place by GPS: waits until it is as exact as the form asks, or until the person takes what there
 * is; where there is no receiver the coordinates are typed. Lines and areas are walked point by
 * point. Stored "lat lon alt acc", points joined by ";"; an area ends where it began. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/question/place.h"
#include "platform/sensor/gps.h"

enum { EXACT_USUAL = 5, BAD_USUAL = 100 }; /* metres, as in ODK Collect */

static bool fits(const struct question_view *view)
{
    return view->kind == CONTROL_INPUT &&
           (view->type == TYPE_GEOPOINT || view->type == TYPE_GEOTRACE ||
            view->type == TYPE_GEOSHAPE);
}

static void leave(struct question_seat *seat)
{
    struct place_state *s = seat->state;
    gps_close(s->gps);
    buf_wipe(&s->points);
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static bool is_exact(const struct question_view *view, const struct gps_fix *fix)
{
    double wanted = view->accuracy > 0 ? view->accuracy : EXACT_USUAL;
    return fix->state == GPS_FIXED && !isnan(fix->accuracy) && fix->accuracy <= wanted;
}

static bool is_bad(const struct question_view *view, const struct gps_fix *fix)
{
    double most = view->accuracy_bad > 0 ? view->accuracy_bad : BAD_USUAL;
    return isnan(fix->accuracy) || fix->accuracy > most;
}

static void stop(struct place_state *s)
{
    gps_close(s->gps);
    s->gps = NULL;
}

static void take(struct question_seat *seat, const struct question_view *view,
                 const struct gps_fix *fix)
{
    struct place_state *s = seat->state;
    char point[120];
    snprintf(point, sizeof(point), "%.7f %.7f %.1f %.1f", fix->latitude, fix->longitude,
             isnan(fix->altitude) ? 0 : fix->altitude, isnan(fix->accuracy) ? 0 : fix->accuracy);
    if (place_add(s, view, point) && place_store(seat, view) && view->type == TYPE_GEOPOINT) {
        stop(s);
    }
}

static void draw_search(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    struct ui *ui = seat->ui;
    struct gps_fix fix;
    char text[160];
    bool point = view->type == TYPE_GEOPOINT;
    gps_look(s->gps, &fix);
    ui_after(ui, "gps", 1000);
    if (fix.state != GPS_FIXED) {
        ui_notice(ui, TONE_SOFT,
                  fix.state == GPS_SEARCHING ? tr("Looking for satellites…") : tr("No GPS here"));
    } else {
        snprintf(text, sizeof(text), tr("Exact to %.0f m"),
                 isnan(fix.accuracy) ? 999.0 : fix.accuracy);
        ui_notice(ui, is_exact(view, &fix) ? TONE_OK : TONE_WARN, text);
        bool bad = is_bad(view, &fix);
        if (ui_button(
                ui, "take", point ? tr("Take this place") : tr("Take this point"),
                UI_OPT(.kind = UI_PRIMARY, .icon = ICON_PLACE, .disabled = bad,
                       .hint = bad ? tr("Not exact enough yet: wait under the open sky") : NULL)) ||
            (point && is_exact(view, &fix))) {
            take(seat, view, &fix);
            return;
        }
    }
    if (ui_button(ui, "stop", point ? tr("Cancel") : tr("That was the last point"),
                  UI_OPT(.kind = UI_QUIET))) {
        stop(s);
    }
}

static void draw_typed(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    char key[32];
    snprintf(key, sizeof(key), "typed-%d", s->count); /* another point, an empty field */
    const char *typed =
        ui_field(seat->ui, key, s->typed,
                 &(struct ui_field){.label = tr("Latitude and longitude"),
                                    .input = UI_IN_CODE,
                                    .placeholder = "10.5321 106.4123",
                                    .error = s->is_wrong ? tr("Two numbers in degrees, for "
                                                              "example 10.5321 106.4123")
                                                         : NULL,
                                    .max = 60});
    if (!typed) {
        return;
    }
    char point[120];
    snprintf(s->typed, sizeof(s->typed), "%s", typed);
    s->is_wrong = typed[0] && !place_read(typed, point, sizeof(point));
    if (typed[0] && !s->is_wrong && place_add(s, view, point) && place_store(seat, view)) {
        s->typed[0] = 0;
        s->types = view->type != TYPE_GEOPOINT;
        snprintf(key, sizeof(key), "typed-%d", s->count);
        if (s->types) {
            ui_focus(seat->ui, key);
        }
    }
}

static void draw_change(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    struct ui *ui = seat->ui;
    bool point = view->type == TYPE_GEOPOINT;
    if (s->err.kind != ERR_NONE) {
        ui_notice(ui, TONE_ERROR, tr("No GPS here"));
    }
    if (ui_button(ui, "start",
                  !point          ? tr("Walk and measure points")
                  : view->value.n ? tr("Measure again")
                                  : tr("Measure the place"),
                  UI_OPT(.icon = ICON_MY_LOCATION, .focus = seat->is_alone))) {
        err_clear(&s->err);
        gps_open(seat->gps, wake, ui, &s->gps, &s->err);
    }
    if (ui_button(ui, "type", tr("Type the coordinates"),
                  UI_OPT(.kind = UI_QUIET, .icon = ICON_KEYBOARD))) {
        s->types = !s->types;
    }
    if (s->types) {
        draw_typed(seat, view);
    }
    if (!point && s->count > 0 &&
        ui_button(ui, "undo", tr("Take back the last point"),
                  UI_OPT(.kind = UI_QUIET, .icon = ICON_UNDO))) {
        place_undo(s);
        place_store(seat, view);
    }
    if (view->value.n && ui_button(ui, "clear", tr("Delete the place"),
                                   UI_OPT(.kind = UI_QUIET, .icon = ICON_DELETE))) {
        buf_clear(&s->points);
        s->count = 0;
        question_answer(seat, view, "");
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    if (!s->is_loaded) {
        s->is_loaded = true;
        place_load(s, view);
    }
    struct buf words = {0};
    place_say(s, view, &words);
    if (words.n && !question_is_marked(view, "hide-input")) {
        ui_text(seat->ui, TYPE_BODY, buf_text(&words), UI_OPT(.icon = ICON_PLACE));
    } else if (words.n) {
        ui_text(seat->ui, TYPE_BODY, tr("The place is noted"), UI_OPT(.icon = ICON_PLACE));
    }
    buf_finish(&words);
    if (view->readonly) {
        return;
    }
    if (s->gps) {
        draw_search(seat, view);
    } else {
        draw_change(seat, view);
    }
}

const struct question question_geopoint = {
    .name = "geopoint",
    .state_size = sizeof(struct place_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
