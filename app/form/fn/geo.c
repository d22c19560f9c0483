/* Places: points "lat lon alt acc", lines and areas as points with ; between. The earth is a ball
 * of 6,378,100 m (as in ODK's other clients). */
#include <math.h>

#include "app/form/functions.h"
#include "app/form/xpath_run.h"
#include "platform/base/vec.h"

static const double earth_radius = 6378100;

struct point {
    double lat, lon;
};

/* The points of an argument; is_bad when a piece is none. */
struct points {
    VEC(struct point) all;
    bool is_bad;
};

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

static bool read_point(struct str text, struct point *point)
{
    struct str lat, lon;
    if (!str_word(&text, &lat) || !str_word(&text, &lon)) {
        return false;
    }
    point->lat = xpath_number_of(lat, 0);
    point->lon = xpath_number_of(lon, 0);
    return point->lat >= -90 && point->lat <= 90 && point->lon >= -180 && point->lon <= 180;
}

static void add_points(struct points *points, struct str text)
{
    struct str piece;
    struct point point;
    while (str_cut(&text, ';', &piece)) {
        if (str_trim(piece).n == 0) {
            continue;
        }
        if (read_point(piece, &point)) {
            vec_push(&points->all, point);
        } else {
            points->is_bad = true;
        }
    }
}

/* All nodes and all arguments from `first` on make one line. */
static bool read_arguments(struct fn_call *call, size_t first, size_t end, struct points *points)
{
    *points = (struct points){.is_bad = false};
    for (size_t i = first; i < end; i++) {
        struct xpath_value value;
        if (!fn_value(call, i, &value)) {
            vec_finish(&points->all);
            return false;
        }
        size_t n = value.type == XPATH_NODES ? value.nodes.n : 1;
        for (size_t k = 0; k < n; k++) {
            add_points(points, value.type == XPATH_NODES ? fn_node_text(call, value.nodes.v[k])
                                                         : xpath_to_text(call->run->env, &value));
        }
    }
    return true;
}

/* On the ball: between each edge and the equator (Web Forms, Enketo). */
static double ball_area(const struct point *p, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct point *a = &p[i], *b = &p[(i + 1) % n];
        sum += radians(b->lon - a->lon) * (2 + sin(radians(a->lat)) + sin(radians(b->lat)));
    }
    return fabs(sum * earth_radius * earth_radius / 2);
}

/* On a flat map around the first point (JavaRosa). */
static double flat_area(const struct point *p, size_t n)
{
    double around = 2 * M_PI * earth_radius, sum = 0, last_x = 0, last_y = 0;
    for (size_t i = 1; i < n; i++) {
        double y = (p[i].lat - p[0].lat) * around / 360;
        double x = (p[i].lon - p[0].lon) * around * cos(radians(p[i].lat)) / 360;
        sum += (last_y * x - last_x * y) / 2;
        last_x = x;
        last_y = y;
    }
    return fabs(sum);
}

static double distance_of(const struct point *p, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i < n; i++) {
        double a = radians(p[i - 1].lat), b = radians(p[i].lat);
        double turn = radians(p[i].lon - p[i - 1].lon);
        double cosine = sin(a) * sin(b) + cos(a) * cos(b) * cos(turn);
        sum += acos(fmax(-1, fmin(1, cosine))) * earth_radius;
    }
    return sum;
}

/* What is no place gives 0 in Web Forms; JavaRosa stops: NaN, an empty answer, says it without. */
static double metres_of_nothing(struct fn_call *call, bool is_bad)
{
    return is_bad && call->run->env->flags & XPATH_EXACT ? NAN : 0;
}

static bool give_metres(struct fn_call *call, double metres, struct xpath_value *result)
{
    bool is_exact = call->run->env->flags & XPATH_EXACT;
    return fn_give_number(result, is_exact ? metres : round(metres * 100) / 100);
}

static bool call_area(struct fn_call *call, struct xpath_value *result)
{
    struct points points;
    if (!read_arguments(call, 0, call->n, &points)) {
        return false;
    }
    bool usable = !points.is_bad && points.all.n >= 3;
    bool is_flat = call->run->env->flags & XPATH_EXACT;
    double area = !usable   ? metres_of_nothing(call, points.is_bad)
                  : is_flat ? flat_area(points.all.v, points.all.n)
                            : ball_area(points.all.v, points.all.n);
    vec_finish(&points.all);
    return give_metres(call, area, result);
}

static bool call_distance(struct fn_call *call, struct xpath_value *result)
{
    struct points points;
    if (!read_arguments(call, 0, call->n, &points)) {
        return false;
    }
    double distance =
        points.is_bad ? metres_of_nothing(call, true) : distance_of(points.all.v, points.all.n);
    vec_finish(&points.all);
    return give_metres(call, distance, result);
}

/* Even and odd crossings of a ray to the east. */
static bool is_inside(struct point at, const struct point *p, size_t n)
{
    bool inside = false;
    for (size_t i = 0, k = n - 1; i < n; k = i++) {
        bool crosses = (p[i].lat > at.lat) != (p[k].lat > at.lat);
        if (crosses &&
            at.lon <
                (p[k].lon - p[i].lon) * (at.lat - p[i].lat) / (p[k].lat - p[i].lat) + p[i].lon) {
            inside = !inside;
        }
    }
    return inside;
}

static bool call_geofence(struct fn_call *call, struct xpath_value *result)
{
    struct points at, area;
    if (!read_arguments(call, 0, 1, &at)) {
        return false;
    }
    if (!read_arguments(call, 1, 2, &area)) {
        vec_finish(&at.all);
        return false;
    }
    const struct point *p = area.all.v;
    size_t n = area.all.n;
    bool is_closed = n >= 4 && p[0].lat == p[n - 1].lat && p[0].lon == p[n - 1].lon;
    bool usable = !at.is_bad && !area.is_bad && at.all.n == 1 && is_closed;
    bool inside = usable && is_inside(at.all.v[0], p, n);
    vec_finish(&at.all);
    vec_finish(&area.all);
    return fn_give_boolean(result, inside);
}

/* Which way a → b → c turns: above 0 left, below 0 right, 0 straight on. */
static double turn_of(struct point a, struct point b, struct point c)
{
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

static bool is_between(struct point a, struct point b, struct point c)
{
    return turn_of(a, b, c) == 0 && fmin(a.lat, b.lat) <= c.lat && c.lat <= fmax(a.lat, b.lat) &&
           fmin(a.lon, b.lon) <= c.lon && c.lon <= fmax(a.lon, b.lon);
}

static bool do_cross(struct point a, struct point b, struct point c, struct point d)
{
    double t1 = turn_of(a, b, c), t2 = turn_of(a, b, d);
    double t3 = turn_of(c, d, a), t4 = turn_of(c, d, b);
    if (((t1 > 0) != (t2 > 0)) && ((t3 > 0) != (t4 > 0)) && t1 != 0 && t2 != 0 && t3 != 0 &&
        t4 != 0) {
        return true;
    }
    return is_between(a, b, c) || is_between(a, b, d) || is_between(c, d, a) || is_between(c, d, b);
}

static bool is_same(struct point a, struct point b)
{
    return a.lat == b.lat && a.lon == b.lon;
}

/* Does the line meet itself? Neighbouring pieces share a point, as do the ends of a closed line;
 * a piece that goes back over its neighbour meets it. */
static bool meets_itself(const struct point *p, size_t n)
{
    bool is_closed = n > 2 && is_same(p[0], p[n - 1]);
    for (size_t i = 0; i + 1 < n; i++) {
        for (size_t k = i + 1; k + 1 < n; k++) {
            bool is_next = k == i + 1;
            bool is_ring = is_closed && i == 0 && k == n - 2;
            if (is_next ? is_between(p[i], p[i + 1], p[k + 1]) && !(is_closed && n == 3)
                        : !is_ring && do_cross(p[i], p[i + 1], p[k], p[k + 1])) {
                return true;
            }
        }
    }
    return false;
}

static bool call_intersects(struct fn_call *call, struct xpath_value *result)
{
    enum { MOST = 3000 };
    struct points line;
    if (!read_arguments(call, 0, 1, &line)) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < line.all.n; i++) { /* standing still is no way back */
        if (n == 0 || !is_same(line.all.v[n - 1], line.all.v[i])) {
            line.all.v[n++] = line.all.v[i];
        }
    }
    bool too_many = n > MOST || !run_count(call->run, call->expr, n * n / 4);
    bool meets = !too_many && !line.is_bad && meets_itself(line.all.v, n);
    vec_finish(&line.all);
    return too_many ? fn_fail(call, "intersects(): more than %d points", MOST)
                    : fn_give_boolean(result, meets);
}

const struct fn fn_geo_family[] = {
    {"area", 1, FN_ANY, FN_NUMBER | FN_SET, call_area},
    {"enclosed-area", 1, FN_ANY, FN_NUMBER | FN_SET, call_area},
    {"distance", 1, FN_ANY, FN_NUMBER | FN_SET, call_distance},
    {"geofence", 2, 2, 0, call_geofence},
    {"intersects", 1, 1, 0, call_intersects},
    {0},
};
