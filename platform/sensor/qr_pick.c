#include "platform/sensor/qr_pick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FINDERS_USED = 28,
    TRIPLES = 10000,
    TRIPLES_JUDGED = 500,
    LOOK_EVERY = 16,
    VERSIONS = 5,
    DIRECTIONS = 32
};

/* Least scores that a triple and a grid must reach to be looked at further. */
static const double score_hopeless = 0.15, score_triple = 0.34, score_clear = 0.9;

struct triple {
    uint8_t a, b, c; /* a is the corner, b to its right, c below */
    float cost;
};

struct side {
    double x, y, length;
};

static struct side side_of(const struct finder *from, const struct finder *to)
{
    struct side side = {(double)to->x - from->x, (double)to->y - from->y, 0};
    side.length = sqrt(side.x * side.x + side.y * side.y);
    return side;
}

/* Judges three finders by angle, lengths and sizes alone; false when they cannot be one symbol. */
static bool judge(const struct finder *finders, struct triple *triple)
{
    const struct finder *a = finders + triple->a, *b = finders + triple->b,
                        *c = finders + triple->c;
    float most = fmaxf(a->module, fmaxf(b->module, c->module));
    float least = fminf(a->module, fminf(b->module, c->module));
    double module = (double)(a->module + b->module + c->module) / 3;
    struct side ab = side_of(a, b), ac = side_of(a, c);
    double shorter = fmin(ab.length, ac.length), longer = fmax(ab.length, ac.length);
    if (most > 2.4F * least || shorter < 5.5 * module || longer > 200 * module ||
        longer > 3.2 * shorter) {
        return false;
    }
    double cosine = fabs(ab.x * ac.x + ab.y * ac.y) / (ab.length * ac.length);
    if (cosine > 0.8) {
        return false;
    }
    double cost = cosine * 1.2 + (longer / shorter - 1) + (double)(most / least - 1) * 0.8 +
                  3.0 / (a->hits + 1) + 3.0 / (b->hits + 1) + 3.0 / (c->hits + 1);
    cost += longer + shorter < 34 * module ? 0.6 : 0; /* version 1 and smaller */
    triple->cost = (float)cost;
    if (ab.x * ac.y - ab.y * ac.x < 0) {
        uint8_t kept = triple->b;
        triple->b = triple->c, triple->c = kept;
    }
    return true;
}

static int by_cost(const void *a, const void *b)
{
    float first = ((const struct triple *)a)->cost, second = ((const struct triple *)b)->cost;
    return first < second ? -1 : first > second;
}

static size_t list_triples(const struct finder *finders, size_t count, struct triple *triples)
{
    size_t n = 0;
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            for (size_t c = b + 1; b != a && c < count; c++) {
                struct triple triple = {(uint8_t)a, (uint8_t)b, (uint8_t)c, 0};
                if (c != a && n < TRIPLES && judge(finders, &triple)) {
                    triples[n++] = triple;
                }
            }
        }
    }
    qsort(triples, n, sizeof *triples, by_cost);
    return n;
}

/* What the triples of one search share: how far each finder reaches in each direction, measured
 * when first asked for. */
struct search {
    const struct pick_views *views;
    const struct finder *finders;
    float reach[FINDERS_USED][DIRECTIONS]; /* 0: not measured, -1: no edge */
};

/* Pixels from the centre of a finder to its outer edge in a direction, 3.5 modules; -1 unknown. */
static float reach_of(struct search *search, size_t finder, int direction)
{
    float *reach = &search->reach[finder][direction % DIRECTIONS];
    if (*reach == 0) {
        double angle = direction * 2 * M_PI / DIRECTIONS;
        float edges[3], unit[] = {(float)cos(angle), (float)sin(angle)};
        int met = finder_walk(search->views->detect, search->finders + finder, unit,
                              search->views->hysteresis, edges);
        *reach = met == 3 ? edges[2] : -1;
    }
    return *reach;
}

/* The same where the plane of the finder is known: a ray leaves the square where the greater of its
 * two coordinates reaches 3.5. */
static double scale_in_plane(const float plane[4], const struct side *side)
{
    double area = (double)(plane[0] * plane[3] - plane[1] * plane[2]);
    double x = side->x / side->length, y = side->y / side->length;
    double across = (x * (double)plane[3] - y * (double)plane[2]) / area;
    double down = (y * (double)plane[0] - x * (double)plane[1]) / area;
    return 1 / fmax(fabs(across), fabs(down));
}

/* Pixels a module at one finder along a side: its whole width, or half of it where the other edge
 * is lost. */
static double scale_at(struct search *search, size_t finder, const struct side *side)
{
    const float *plane = search->finders[finder].plane;
    if (plane[0] != 0 || plane[1] != 0) {
        return scale_in_plane(plane, side);
    }
    int direction = (int)floor(atan2(side->y, side->x) / (2 * M_PI) * DIRECTIONS + 0.5);
    direction = (direction + DIRECTIONS) % DIRECTIONS;
    float ahead = reach_of(search, finder, direction);
    float behind = reach_of(search, finder, direction + DIRECTIONS / 2);
    if (ahead > 0 && behind > 0) {
        return (double)(ahead + behind) / 7;
    }
    if (ahead > 0 || behind > 0) {
        return (double)(ahead > 0 ? ahead : behind) / 3.5;
    }
    double longer = fmax(fabs(side->x), fabs(side->y)) / side->length;
    return (double)search->finders[finder].module * longer;
}

/* Along a line seen in perspective the scale goes with the square of the depth, so that the scales
 * at both ends tell how much deeper the far end is, and their geometric mean counts the modules. */
static double measure_side(struct search *search, size_t from, size_t to, double *module,
                           double *deeper)
{
    struct side side = side_of(search->finders + from, search->finders + to);
    double near = scale_at(search, from, &side), far = scale_at(search, to, &side);
    *module = sqrt(near * far);
    *deeper = fmax(0.55, fmin(1.8, sqrt(near / far))) - 1;
    return side.length / *module + 7;
}

static struct grid_guess deepen(const struct grid_guess *flat, double deeper_b, double deeper_c)
{
    struct grid_guess deep = *flat;
    deep.deeper_b = deeper_b, deep.deeper_c = deeper_c;
    for (int i = 0; i < 2; i++) {
        deep.to_b[i] = flat->to_b[i] + deeper_b * (flat->at[i] + flat->to_b[i]);
        deep.to_c[i] = flat->to_c[i] + deeper_c * (flat->at[i] + flat->to_c[i]);
    }
    return deep;
}

static void score_version(const struct search *search, struct pick *pick, int version, bool is_deep)
{
    const struct grid_guess *guess = is_deep ? &pick->deep : &pick->flat;
    double score = grid_guess_score(search->views->sample, guess, 17 + 4 * version);
    if (score > pick->score) {
        pick->score = score, pick->version = version;
    }
}

/* The version whose finders fit best. Most triples are chance and show it at the first look. */
static bool score_versions(const struct search *search, struct pick *pick, int version)
{
    int span = version > 20 ? 5 : version > 9 ? 3 : version > 4 ? 2 : 1;
    bool is_deep = fabs(pick->deep.deeper_b) > 0.04 || fabs(pick->deep.deeper_c) > 0.04;
    version = version > LAYOUT_VERSIONS ? LAYOUT_VERSIONS : version;
    score_version(search, pick, version, false);
    if (is_deep) {
        score_version(search, pick, version, true);
    }
    if (pick->score < score_hopeless) {
        return false;
    }
    for (int v = version - span; v <= version + span; v++) {
        if (v >= 1 && v <= LAYOUT_VERSIONS && v != version) {
            score_version(search, pick, v, false);
            if (is_deep) {
                score_version(search, pick, v, true);
            }
        }
    }
    return pick->score >= score_triple;
}

/* Looks at one triple in the picture: how many modules, how much perspective, which version. */
static bool make_pick(struct search *search, const struct triple *triple, struct pick *pick)
{
    const struct finder *a = search->finders + triple->a, *b = search->finders + triple->b,
                        *c = search->finders + triple->c;
    double across, down, deeper_b, deeper_c;
    double columns = measure_side(search, triple->a, triple->b, &across, &deeper_b);
    double rows = measure_side(search, triple->a, triple->c, &down, &deeper_c);
    double side = (columns + rows) / 2;
    int version = (int)floor((side - 17) / 4 + 0.5);
    if (fabs(columns - rows) > 0.5 * side || version < 1 || version > LAYOUT_VERSIONS + 2) {
        return false;
    }
    *pick = (struct pick){.flat = grid_guess_flat(a, b, c),
                          .module = (across + down) / 2,
                          .score = -1,
                          .centre = {a->x, a->y, b->x, b->y, c->x, c->y}};
    pick->deep = deepen(&pick->flat, deeper_b, deeper_c);
    return score_versions(search, pick, version);
}

static int by_score(const void *a, const void *b)
{
    double first = ((const struct pick *)a)->score, second = ((const struct pick *)b)->score;
    return first > second ? -1 : first < second;
}

size_t picks_rank(const struct pick_views *views, const struct finder *finders, size_t count,
                  struct pick *out)
{
    struct triple *triples = malloc(TRIPLES * sizeof *triples);
    struct pick *picks = malloc(TRIPLES_JUDGED * sizeof *picks);
    struct search search = {.views = views, .finders = finders};
    size_t n = 0, found = 0;
    if (triples && picks && !deadline_is_over(views->deadline)) {
        n = list_triples(finders, count < FINDERS_USED ? count : FINDERS_USED, triples);
        n = n < TRIPLES_JUDGED ? n : TRIPLES_JUDGED;
    }
    for (size_t i = 0; i < n; i++) {
        if (i % LOOK_EVERY == LOOK_EVERY - 1 && deadline_is_over(views->deadline)) {
            break;
        }
        if (make_pick(&search, &triples[i], &picks[found])) {
            found++;
            if (picks[found - 1].score > score_clear && found > 3) {
                break;
            }
        }
    }
    if (found > 0) {
        qsort(picks, found, sizeof *picks, by_score);
    }
    found = found < PICKS ? found : PICKS;
    memcpy(out, picks ? picks : out, found * sizeof *out);
    free(triples);
    free(picks);
    return found;
}

const struct layout *layouts_get(struct layouts *layouts, int version)
{
    if (!layouts->made[version]) {
        layouts->made[version] = layout_create(version);
    }
    return layouts->made[version];
}

void layouts_finish(struct layouts *layouts)
{
    for (int v = 0; v <= LAYOUT_VERSIONS; v++) {
        layout_destroy(layouts->made[v]);
        layouts->made[v] = NULL;
    }
}

/* The guess in perspective first; the flat one where that does not fit. */
static void start(const struct view *view, const struct pick *pick, const struct layout *layout,
                  struct grid *grid)
{
    struct grid other;
    grid_start(view, &pick->deep, layout, grid);
    if (grid->score < 0.6) {
        grid_start(view, &pick->flat, layout, &other);
        if (other.score > grid->score) {
            *grid = other;
        }
    }
    grid->module = pick->module;
}

static int likely_versions(int version, int versions[VERSIONS])
{
    int n = 0;
    static const int around[VERSIONS] = {0, 1, -1, 2, -2};
    for (int i = 0; i < (version > 11 ? VERSIONS : 3); i++) {
        int v = version + around[i];
        if (v >= 1 && v <= LAYOUT_VERSIONS) {
            versions[n++] = v;
        }
    }
    return n;
}

bool pick_fit(const struct pick_views *views, const struct pick *pick, struct layouts *layouts,
              struct grid *grid)
{
    struct grid starts[VERSIONS];
    int versions[VERSIONS], n = likely_versions(pick->version, versions);
    grid->score = -1;
    for (int i = 0; i < n; i++) {
        if (deadline_is_over(views->deadline)) {
            return false;
        }
        start(views->sample, pick, layouts_get(layouts, versions[i]), &starts[i]);
    }
    for (int round = 0; round < 2 && grid->score < 0.8; round++) {
        int best = -1;
        for (int i = 0; i < n; i++) {
            if (starts[i].score > 0.1 && (best < 0 || starts[i].score > starts[best].score)) {
                best = i;
            }
        }
        if (best < 0) {
            break;
        }
        grid_polish(views->sample, &starts[best], pick->module * 0.8, 3);
        if (starts[best].score > grid->score) {
            *grid = starts[best];
        }
        starts[best].score = -1;
    }
    if (grid->score < 0.32) {
        return false;
    }
    int version = grid->layout->version;
    if (deadline_is_over(views->deadline)) {
        return false;
    }
    if (grid->score < (version < 3 ? 0.6 : version < 5 ? 0.5 : 0.32)) {
        return false; /* small symbols have few marks, and chance is good at few */
    }
    grid_polish(views->sample, grid, pick->module * 0.2, 4);
    grid_warp(views->sample, grid);
    return true;
}
