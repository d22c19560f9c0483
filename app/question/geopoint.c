/* A place by GPS: waits until it is as exact as the form asks, or until the person takes what there
 * is; traces and shapes are walked point by point. Stored "lat lon alt acc", points joined by ";".
 */
#include <math.h>
#include <stdio.h>

#include "app/lang/lang.h"
#include "app/question/question.h"
#include "platform/sensor/gps.h"

struct place_state {
    struct gps *gps;
    struct err err;
};

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
}

static void wake(void *ctx)
{
    ui_wake(ctx);
}

static void add_point(const struct gps_fix *fix, struct buf *to)
{
    buf_addf(to, "%.7f %.7f %.1f %.1f", fix->latitude, fix->longitude,
             isnan(fix->altitude) ? 0 : fix->altitude, isnan(fix->accuracy) ? 0 : fix->accuracy);
}

static bool is_exact(const struct question_view *view, const struct gps_fix *fix)
{
    double wanted = view->accuracy > 0 ? view->accuracy : 10;
    return fix->state == GPS_FIXED && !isnan(fix->accuracy) && fix->accuracy <= wanted;
}

static void stop(struct place_state *s)
{
    gps_close(s->gps);
    s->gps = NULL;
}

static void take(struct question_seat *seat, const struct question_view *view,
                 const struct gps_fix *fix)
{
    struct buf value = {0};
    if (view->type != TYPE_GEOPOINT && view->value.n) {
        buf_add_str(&value, view->value);
        buf_add_text(&value, "; ");
    }
    add_point(fix, &value);
    question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
}

/* A shape ends where it began. */
static void close_shape(struct question_seat *seat, const struct question_view *view)
{
    struct str rest = view->value, first;
    struct buf value = {0};
    str_cut(&rest, ';', &first);
    first = str_trim(first);
    buf_add_str(&value, view->value);
    if (!str_ends(view->value, first) || !rest.s) {
        buf_addf(&value, "; " STR_FMT, STR_ARG(first));
    }
    question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
}

static void draw_search(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    struct ui *ui = seat->ui;
    struct gps_fix fix;
    char text[160];
    gps_look(s->gps, &fix);
    ui_after(ui, "gps", 1000);
    if (fix.state != GPS_FIXED) {
        ui_notice(ui, TONE_SOFT,
                  fix.state == GPS_SEARCHING ? tr("Looking for satellites…") : tr("No GPS here"));
    } else {
        snprintf(text, sizeof(text), tr("Exact to %.0f m"),
                 isnan(fix.accuracy) ? 999.0 : fix.accuracy);
        ui_notice(ui, is_exact(view, &fix) ? TONE_OK : TONE_WARN, text);
        bool bad =
            view->accuracy_bad > 0 && !isnan(fix.accuracy) && fix.accuracy > view->accuracy_bad;
        if (ui_button(ui, "take", tr("Take this place"),
                      UI_OPT(.kind = UI_PRIMARY, .icon = ICON_PLACE, .disabled = bad)) ||
            (view->type == TYPE_GEOPOINT && is_exact(view, &fix))) {
            take(seat, view, &fix);
            if (view->type == TYPE_GEOPOINT) {
                stop(s);
                return;
            }
        }
    }
    if (ui_button(ui, "stop", view->type == TYPE_GEOPOINT ? tr("Cancel") : tr("The last point"),
                  UI_OPT(.kind = UI_QUIET))) {
        stop(s);
        if (view->type == TYPE_GEOSHAPE && view->value.n) {
            close_shape(seat, view);
        }
    }
}

static void draw(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    struct ui *ui = seat->ui;
    char value[1024];
    snprintf(value, sizeof(value), STR_FMT, STR_ARG(view->value));
    if (value[0] && !question_has_appearance(view, "hide-input")) {
        ui_value(ui, "value", tr("Place"), value, NULL);
    }
    if (view->readonly) {
        return;
    }
    if (s->gps) {
        draw_search(seat, view);
        return;
    }
    if (s->err.kind != ERR_NONE) {
        ui_notice(ui, TONE_ERROR, tr("No GPS here"));
    }
    if (ui_button(ui, "start", value[0] ? tr("Measure again") : tr("Measure the place"),
                  UI_OPT(.icon = ICON_MY_LOCATION))) {
        if (view->type != TYPE_GEOPOINT && value[0]) {
            question_answer(seat, view, "");
        }
        err_clear(&s->err);
        gps_open(NULL, wake, ui, &s->gps, &s->err);
    }
    if (value[0] && ui_button(ui, "clear", tr("Delete"), UI_OPT(.kind = UI_QUIET))) {
        question_answer(seat, view, "");
    }
}

const struct question question_geopoint = {
    .name = "geopoint",
    .state_size = sizeof(struct place_state),
    .fits = fits,
    .draw = draw,
    .leave = leave,
};
