#include "app/question/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"

static struct str last_point(const struct place_state *s)
{
    struct str rest = buf_str(&s->points), point = {0};
    while (str_cut(&rest, ';', &point) && rest.n) {
    }
    return str_trim(point);
}

void place_load(struct place_state *s, const struct question_view *view)
{
    struct str rest = view->value, point, first = STR("");
    buf_clear(&s->points);
    s->count = 0;
    while (rest.n && str_cut(&rest, ';', &point)) {
        point = str_trim(point);
        bool closes = view->type == TYPE_GEOSHAPE && s->count > 0 && !str_trim(rest).n &&
                      str_eq(point, first);
        if (!point.n || closes) {
            continue;
        }
        first = s->count == 0 ? point : first;
        buf_addf(&s->points, "%s" STR_FMT, s->count++ ? "; " : "", STR_ARG(point));
    }
}

bool place_add(struct place_state *s, const struct question_view *view, const char *point)
{
    if (view->type == TYPE_GEOPOINT) {
        buf_clear(&s->points);
        s->count = 0;
    } else if (s->count > 0 && str_is(last_point(s), point)) {
        return false;
    }
    buf_addf(&s->points, "%s%s", s->count++ ? "; " : "", point);
    return true;
}

void place_undo(struct place_state *s)
{
    size_t n = s->points.n;
    while (n > 0 && s->points.s[n - 1] != ';') {
        n--;
    }
    if (s->count > 0) {
        s->count--;
        s->points.n = n > 0 ? n - 1 : 0;
        s->points.s[s->points.n] = 0;
    }
}

bool place_store(struct question_seat *seat, const struct question_view *view)
{
    struct place_state *s = seat->state;
    int least = view->type == TYPE_GEOPOINT ? 1 : view->type == TYPE_GEOTRACE ? 2 : 3;
    struct buf value = {0};
    if (s->count >= least) {
        struct str rest = buf_str(&s->points), first;
        buf_add_str(&value, rest);
        if (view->type == TYPE_GEOSHAPE && str_cut(&rest, ';', &first)) {
            buf_addf(&value, "; " STR_FMT, STR_ARG(str_trim(first)));
        }
    } else if (!view->value.n) {
        return true; /* nothing to store yet, nothing to clear */
    }
    bool stored = question_answer(seat, view, buf_text(&value));
    buf_finish(&value);
    return stored;
}

void place_say(const struct place_state *s, const struct question_view *view, struct buf *to)
{
    double latitude, longitude, altitude = 0, accuracy = 0;
    if (s->count == 0) {
        return;
    }
    if (view->type != TYPE_GEOPOINT) {
        int least = view->type == TYPE_GEOTRACE ? 2 : 3;
        buf_addf(to, tr("Points: %d"), s->count);
        if (s->count < least) {
            buf_addf(to, tr(" (needs %d)"), least);
        }
        return;
    }
    if (sscanf(buf_text(&s->points), "%lf %lf %lf %lf", &latitude, &longitude, &altitude,
               &accuracy) < 2) {
        return;
    }
    buf_addf(to, "%.5f, %.5f", latitude, longitude);
    if (accuracy > 0) {
        buf_addf(to, " (± %.0f m)", accuracy);
    }
}

bool place_read(const char *typed, char *point, size_t size)
{
    char text[80], *end, *next;
    snprintf(text, sizeof(text), "%s", typed);
    /* "10,5 106,4": a comma inside a number is a point; between numbers it parts them */
    bool has_point = strchr(text, '.') != NULL;
    for (char *c = text; *c; c++) {
        if (*c == ';' || (*c == ',' && has_point)) {
            *c = ' ';
        } else if (*c == ',') {
            *c = '.';
        }
    }
    double latitude = strtod(text, &end);
    double longitude = strtod(end, &next);
    bool good = end != text && next != end && next[strspn(next, " ")] == 0 &&
                fabs(latitude) <= 90 && fabs(longitude) <= 180;
    if (good) {
        snprintf(point, size, "%.7f %.7f 0 0", latitude, longitude);
    }
    return good;
}
