/* What is wrong with a frame: one trouble on an axis, or many at once. */
#include <math.h>
#include <string.h>

#include "tests/frames/chance.h"
#include "tests/frames/frames.h"

enum { LEVELS = 14 };

static const double turn_full = 6.283;

struct trouble {
    struct frame_plan *plan;
    struct chance *chance;
    double value;
};

static double between(const struct trouble *t, double low, double high)
{
    return chance_between(t->chance, low, high);
}

static void make_scale(const struct trouble *t)
{
    t->plan->module_px = t->value;
    if (t->value > 6) {
        t->plan->width = 1280, t->plan->height = 720;
    }
}

static void make_defocus(const struct trouble *t)
{
    t->plan->module_px = 3.5;
    t->plan->defocus = t->value * 3.5;
}

static void make_motion(const struct trouble *t)
{
    t->plan->module_px = 3.5;
    t->plan->motion = t->value * 3.5;
    t->plan->motion_curve = between(t, -.3, .3);
}

static void make_noise(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->full_well = t->value;
    t->plan->read_noise = 4;
    t->plan->jpeg = 85;
    t->plan->is_denoised = t->plan->index & 1;
}

static void make_dark(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->gain = t->value;
    t->plan->full_well = 900;
}

static void make_veil(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->haze = t->value;
    t->plan->full_well = 2000;
}

static void make_glare(const struct trouble *t)
{
    t->plan->glare = between(t, .6, 4);
    t->plan->glare_radius = t->value;
    t->plan->glare_stretch = between(t, 1, 1.6);
    t->plan->glare_angle = between(t, 0, turn_full);
    t->plan->glare_x = between(t, -.35, .35);
    t->plan->glare_y = between(t, -.35, .35);
}

static void make_band(const struct trouble *t)
{
    t->plan->glare = between(t, .5, 3);
    t->plan->glare_radius = t->value;
    t->plan->glare_stretch = 25;
    t->plan->glare_angle = between(t, 0, turn_full);
    t->plan->glare_x = between(t, -.25, .25);
    t->plan->glare_y = between(t, -.25, .25);
}

static void make_tilt(const struct trouble *t)
{
    double towards = between(t, 0, turn_full);
    t->plan->module_px = 4.5;
    t->plan->tilt_x = t->value * cos(towards);
    t->plan->tilt_y = t->value * sin(towards);
}

static void make_turn(const struct trouble *t)
{
    t->plan->module_px = 3;
    t->plan->turn = t->value + between(t, -2, 2);
}

static void make_cover(const struct trouble *t)
{
    t->plan->cover = t->value;
    t->plan->cover_is_round = t->plan->index % 3 != 0;
    t->plan->cover_x = between(t, -.3, .35);
    t->plan->cover_y = between(t, -.3, .35);
}

static void make_finder(const struct trouble *t)
{
    t->plan->finder_cover = t->value;
    t->plan->finder = t->plan->index % 3;
}

static void make_shadow(const struct trouble *t)
{
    t->plan->shadow = t->value;
    t->plan->shadow_angle = between(t, 0, turn_full);
    t->plan->shadow_offset = between(t, -.3, .3);
    t->plan->full_well = 2500;
}

static void make_jpeg(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->jpeg = (int)t->value;
}

static void make_bend(const struct trouble *t)
{
    t->plan->bend = t->value * (t->plan->index & 1 ? 1 : -1);
}

static void make_wear(const struct trouble *t)
{
    t->plan->flips = (int)(t->value * 3);
    t->plan->scratches = (int)t->value;
}

static void make_quiet(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->quiet = t->value;
}

static void make_ink(const struct trouble *t)
{
    t->plan->module_px = 3.2;
    t->plan->ink = t->value;
}

/* One of four degrees of hardness; degree 0 to 3. */
struct degree {
    double least_px, most_px, tilt, defocus, motion, well, least_gain, most_gain;
};
static const struct degree degrees[] = {
    {3.2, 5.5, 10, .25, .4, 2500, .8, 1.1},
    {2.4, 4.5, 22, .5, .9, 600, .4, 1.2},
    {1.9, 3.8, 35, .75, 1.5, 160, .15, 1.3},
    {1.6, 3.4, 48, 1.0, 2.0, 80, .1, 1.4},
};

static void mix_pose(const struct trouble *t, const struct degree *degree)
{
    static const int widths[] = {640, 640, 640, 640, 640, 1280, 1280, 1280, 1280, 1920};
    static const int heights[] = {480, 480, 480, 480, 480, 720, 720, 720, 720, 1080};
    struct frame_plan *plan = t->plan;
    int size = chance_below(t->chance, 10);
    plan->width = widths[size], plan->height = heights[size];
    plan->module_px =
        between(t, degree->least_px, degree->most_px) * (plan->width == 1920 ? 1.15 : 1);
    plan->tilt_x = between(t, -degree->tilt, degree->tilt);
    plan->tilt_y = between(t, -degree->tilt, degree->tilt) * .8;
    plan->turn = between(t, -20, 20);
    if (chance_below(t->chance, 6) == 0) {
        plan->turn += 90 * (1 + chance_below(t->chance, 3));
    }
    plan->offset_x = between(t, -.18, .18);
    plan->offset_y = between(t, -.18, .18);
}

static void mix_lens(const struct trouble *t, const struct degree *degree)
{
    struct frame_plan *plan = t->plan;
    double k = t->value;
    plan->defocus = plan->module_px * between(t, 0, degree->defocus);
    plan->motion = chance_below(t->chance, 3) ? plan->module_px * between(t, 0, degree->motion) : 0;
    plan->motion_curve = between(t, -.4, .4);
    plan->full_well = degree->well * exp(between(t, 0, 1.6));
    plan->gain = between(t, degree->least_gain, degree->most_gain);
    plan->haze = chance_below(t->chance, 2) ? between(t, 0, k * .5) : 0;
    plan->slope = between(t, 0, .15 + .15 * k);
}

static void mix_light(const struct trouble *t)
{
    struct frame_plan *plan = t->plan;
    double k = t->value;
    if (chance_below(t->chance, 10) < (int)(2 * k)) {
        plan->shadow = between(t, .7 - .18 * k, .9);
        plan->shadow_angle = between(t, 0, turn_full);
        plan->shadow_offset = between(t, -.4, .4);
    }
    if (chance_below(t->chance, 10) < (int)(1.7 * k + .5)) {
        plan->glare = between(t, .3, 1 + k);
        plan->glare_radius = between(t, .04, .05 + .045 * k);
        plan->glare_stretch = between(t, 1, 4);
        plan->glare_x = between(t, -.6, .6);
        plan->glare_y = between(t, -.6, .6);
        plan->glare_angle = between(t, 0, turn_full);
    }
}

static void mix_card(const struct trouble *t)
{
    struct frame_plan *plan = t->plan;
    double k = t->value;
    if (chance_below(t->chance, 10) < (int)(1.2 * k)) {
        plan->cover = between(t, .005, .015 * k);
        plan->cover_x = between(t, -.5, .5);
        plan->cover_y = between(t, -.5, .5);
        plan->cover_is_round = !chance_below(t->chance, 2);
    }
    if (chance_below(t->chance, 10) < (int)(1.5 * k)) {
        plan->bend = between(t, 0, .004 * k);
        plan->bend *= chance_below(t->chance, 2) ? 1 : -1;
    }
    plan->flips = chance_below(t->chance, 1 + (int)(2 * k));
    plan->scratches = chance_below(t->chance, 1 + (int)k);
    plan->quiet = between(t, k < 1.5 ? 2.5 : 1.2, 4);
    plan->ink = between(t, -.05 * k, .08 * k);
    plan->jpeg = (int)between(t, 92 - 16 * k, 96);
    plan->sharpen = between(t, 0, .8);
    plan->is_denoised = chance_below(t->chance, 3) == 0;
}

static void make_mix(const struct trouble *t)
{
    const struct degree *degree = &degrees[(int)(t->value + .5)];
    mix_pose(t, degree);
    mix_lens(t, degree);
    mix_light(t);
    mix_card(t);
}

static const struct axis {
    const char *name;
    int frames, levels;
    double values[LEVELS];
    void (*make)(const struct trouble *t);
} axes[] = {
    {"scale", 16, 13, {1.2, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.5, 6, 8, 11}, make_scale},
    {"defocus", 15, 8, {.4, .55, .7, .8, .9, 1.0, 1.1, 1.25}, make_defocus},
    {"motion", 15, 8, {.5, .75, 1, 1.25, 1.5, 1.75, 2, 2.4}, make_motion},
    {"noise", 15, 7, {1000, 300, 120, 60, 35, 20, 12}, make_noise},
    {"dark", 15, 7, {.4, .2, .1, .06, .04, .025, .015}, make_dark},
    {"veil", 15, 6, {.3, .8, 1.5, 3, 5, 8}, make_veil},
    {"glare", 15, 7, {.03, .05, .07, .09, .115, .14, .17}, make_glare},
    {"band", 15, 6, {.008, .014, .02, .03, .04, .055}, make_band},
    {"tilt", 15, 8, {15, 25, 35, 45, 50, 55, 60, 65}, make_tilt},
    {"rotate", 5, 12, {0, 7, 15, 30, 45, 60, 75, 90, 120, 180, 225, 300}, make_turn},
    {"occlude", 15, 7, {.01, .02, .035, .05, .07, .09, .12}, make_cover},
    {"finder", 15, 5, {.15, .3, .45, .6, .8}, make_finder},
    {"shadow", 15, 6, {.6, .4, .25, .15, .1, .06}, make_shadow},
    {"jpeg", 15, 7, {50, 30, 20, 14, 10, 7, 5}, make_jpeg},
    {"bend", 15, 6, {.004, .008, .012, .016, .022, .03}, make_bend},
    {"wear", 15, 6, {2, 4, 7, 10, 14, 19}, make_wear},
    {"quiet", 15, 6, {4, 2, 1.5, 1, .5, 0}, make_quiet},
    {"ink", 15, 7, {-.3, -.2, -.1, .1, .2, .3, .4}, make_ink},
    {"easy", 150, 1, {0}, make_mix},
    {"medium", 250, 1, {1}, make_mix},
    {"hard", 300, 1, {2}, make_mix},
    {"extreme", 300, 1, {3}, make_mix},
};

int frame_axis_count(void)
{
    return (int)(sizeof axes / sizeof *axes);
}

const char *frame_axis_name(int axis)
{
    return axes[axis].name;
}

int frame_axis_levels(int axis)
{
    return axes[axis].levels;
}

int frame_axis_frames(int axis)
{
    return axes[axis].frames;
}

static void plan_usual(struct frame_plan *plan, struct chance *chance)
{
    static const int corrections[] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 0};
    bool is_small = plan->index & 1;
    plan->width = is_small ? 640 : 1280, plan->height = is_small ? 480 : 720;
    plan->correction = corrections[chance_below(chance, 10)];
    plan->is_mixed = chance_below(chance, 2);
    plan->code_mm = chance_between(chance, 15, 20);
    plan->quiet = 4;
    plan->module_px = 4;
    plan->turn = chance_between(chance, -6, 6);
    plan->tilt_x = chance_between(chance, -6, 6);
    plan->tilt_y = chance_between(chance, -6, 6);
    plan->offset_x = chance_between(chance, -.1, .1);
    plan->offset_y = chance_between(chance, -.1, .1);
    plan->lens = chance_between(chance, .5, .7);
    plan->gain = 1;
    plan->full_well = 4000;
    plan->read_noise = 3;
    plan->slope = chance_between(chance, 0, .15);
    plan->slope_angle = chance_between(chance, 0, turn_full);
    plan->motion_angle = chance_between(chance, 0, turn_full);
    plan->jpeg = 90;
    plan->sharpen = chance_between(chance, 0, .5);
}

void frame_plan(struct frame_plan *plan, uint64_t seed, int axis, int level, int index)
{
    struct chance chance;
    *plan = (struct frame_plan){
        .axis = axes[axis].name, .level = level, .index = index, .value = axes[axis].values[level]};
    plan->seed =
        seed * 1000003U + (uint64_t)axis * 7919U * 1000 + (uint64_t)level * 1009U + (uint64_t)index;
    chance_init(&chance, plan->seed);
    plan_usual(plan, &chance);
    struct trouble trouble = {plan, &chance, plan->value};
    axes[axis].make(&trouble);
}

/* A hand sways, a lens hunts for focus, a lamp moves over the card. */
static void drift(struct frame_plan *plan, struct chance *chance, struct chance *jitter)
{
    double phase = chance_between(chance, 0, 6.28) + plan->index * .35;
    double other = chance_between(chance, 0, 6.28);
    plan->module_px *= 1 + .05 * sin(phase * .8 + other);
    plan->turn += 3 * sin(phase) + chance_normal(jitter);
    plan->tilt_x += 6 * sin(phase * .7 + other) + chance_normal(jitter);
    plan->tilt_y += 6 * cos(phase * .9) + chance_normal(jitter);
    plan->offset_x += .03 * sin(phase * 1.1);
    plan->offset_y += .03 * cos(phase * .6 + other);
    plan->defocus *= .55 + .45 * (1 + sin(phase * .9 + other)) * .9;
    plan->motion *= chance_between(jitter, .2, 1.6);
    plan->motion_angle = chance_between(jitter, 0, turn_full);
    plan->glare_x += .35 * sin(phase * 1.3 + other);
    plan->glare_y += .35 * cos(phase * 1.1);
    plan->gain *= chance_between(jitter, .9, 1.1);
    plan->jpeg = plan->jpeg > 97 ? 97 : plan->jpeg;
}

void frame_plan_film(struct frame_plan *plan, uint64_t seed, int hardness, int s, int k)
{
    struct chance chance, jitter;
    *plan = (struct frame_plan){.axis = "film", .level = s, .index = k, .value = hardness};
    plan->seed = seed * 1000003U + 900000007U + (uint64_t)hardness * 50021U + (uint64_t)s * 131U;
    chance_init(&chance, plan->seed);
    plan_usual(plan, &chance);
    struct trouble trouble = {plan, &chance, plan->value};
    make_mix(&trouble);
    chance_init(&jitter, plan->seed * 31 + (uint64_t)k + 5);
    drift(plan, &chance, &jitter);
}
