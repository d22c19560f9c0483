#include <math.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "tests/frames/paint.h"

enum { SCRATCHES = 24, TONES = 4096 };

static const double card_right = 85.6;

/* From the card (mm, from the middle of the code) to the picture and back. */
struct pose {
    double turn[9], focal, distance, middle_x, middle_y, bend;
};

struct scratch {
    double x0, y0, x1, y1, width;
};

/* What is painted. */
struct scene {
    const struct frame_plan *plan;
    struct pose pose;
    double module_mm, half_mm, paper, ink;
    double code_x, code_y;    /* of the code's middle on the card, mm */
    double box[4], middle[2]; /* of the code in the picture */
    double glare_axis[2];
    uint8_t *modules;
    float *card;
    float grain[GRAIN * GRAIN];
    double table, table_grain, table_scale; /* what the card lies on */
    struct scratch scratches[SCRATCHES];
    int scratch_count;
};

static void multiply(const double a[9], const double b[9], double out[9])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            out[i * 3 + j] = 0;
            for (int k = 0; k < 3; k++) {
                out[i * 3 + j] += a[i * 3 + k] * b[k * 3 + j];
            }
        }
    }
}

static void make_pose(const struct frame_plan *plan, double module_mm, struct pose *pose)
{
    double a = plan->turn * M_PI / 180, b = plan->tilt_x * M_PI / 180,
           c = plan->tilt_y * M_PI / 180;
    double around_z[] = {cos(a), -sin(a), 0, sin(a), cos(a), 0, 0, 0, 1};
    double around_x[] = {1, 0, 0, 0, cos(b), -sin(b), 0, sin(b), cos(b)};
    double around_y[] = {cos(c), 0, sin(c), 0, 1, 0, -sin(c), 0, cos(c)}, tilt[9];
    multiply(around_x, around_y, tilt);
    multiply(tilt, around_z, pose->turn);
    pose->focal = 1.15 * plan->width;
    pose->distance = pose->focal / (plan->module_px / module_mm);
    pose->middle_x = plan->width / 2.0 + plan->offset_x * plan->width;
    pose->middle_y = plan->height / 2.0 + plan->offset_y * plan->height;
    pose->bend = plan->bend;
}

static void project(const struct pose *pose, double x, double y, double out[2])
{
    const double *t = pose->turn;
    double z = .5 * pose->bend * x * x, depth = t[6] * x + t[7] * y + t[8] * z + pose->distance;
    out[0] = pose->middle_x + pose->focal * (t[0] * x + t[1] * y + t[2] * z) / depth;
    out[1] = pose->middle_y + pose->focal * (t[3] * x + t[4] * y + t[5] * z) / depth;
}

/* The ray through a pixel meets the bent card; false when it does not. */
static bool unproject(const struct pose *pose, double px, double py, double out[2])
{
    const double *t = pose->turn;
    double vx = (px - pose->middle_x) / pose->focal, vy = (py - pose->middle_y) / pose->focal;
    double ux = t[0] * vx + t[3] * vy + t[6], uy = t[1] * vx + t[4] * vy + t[7];
    double uz = t[2] * vx + t[5] * vy + t[8], z = 0;
    if (fabs(uz) < 1e-9) {
        return false;
    }
    for (int i = 0; i < (pose->bend != 0 ? 5 : 1); i++) {
        double along = (z + t[8] * pose->distance) / uz;
        if (along <= 0) {
            return false;
        }
        out[0] = -t[6] * pose->distance + along * ux;
        out[1] = -t[7] * pose->distance + along * uy;
        z = .5 * pose->bend * out[0] * out[0];
        if (fabs(out[0]) > 400) {
            return true;
        }
    }
    return true;
}

/* A person aims so that the whole code is in the picture. */
static void aim(struct frame_plan *plan, struct scene *scene)
{
    double half = scene->half_mm, low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};
    const double corners[4][2] = {{-half, -half}, {half, -half}, {half, half}, {-half, half}};
    const int size[2] = {plan->width, plan->height};
    for (int i = 0; i < 4; i++) {
        project(&scene->pose, corners[i][0], corners[i][1], &plan->quad[2 * i]);
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], plan->quad[2 * i + k]);
            high[k] = fmax(high[k], plan->quad[2 * i + k]);
        }
    }
    double margin = 2.5 * plan->module_px + 4;
    for (int k = 0; k < 2; k++) {
        double move = 0;
        if (low[k] < margin) {
            move = margin - low[k];
        } else if (high[k] > size[k] - margin) {
            move = size[k] - margin - high[k];
        }
        *(k == 0 ? &scene->pose.middle_x : &scene->pose.middle_y) += move;
        for (int i = 0; i < 4; i++) {
            plan->quad[2 * i + k] += move;
        }
        scene->box[k] = low[k] + move, scene->box[2 + k] = high[k] + move;
        scene->middle[k] = (low[k] + high[k] + 2 * move) / 2;
    }
}

static bool encode(struct frame_plan *plan, struct chance *chance, uint8_t **modules)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
    QRecLevel level = levels[plan->correction];
    char text[FRAMES_PAYLOAD + 1] = "";
    memcpy(text, plan->payload, plan->payload_size);
    QRcode *code = plan->is_mixed
                       ? QRcode_encodeString(text, 0, level, QR_MODE_8, 1)
                       : QRcode_encodeData((int)plan->payload_size, plan->payload, 0, level);
    if (!code) {
        return false;
    }
    int n = plan->side = code->width;
    plan->version = code->version;
    *modules = malloc((size_t)n * (size_t)n);
    for (int i = 0; i < n * n; i++) {
        (*modules)[i] = code->data[i] & 1;
    }
    QRcode_free(code);
    for (int i = 0; i < plan->flips; i++) {
        (*modules)[chance_below(chance, n * n)] = 0;
    }
    return true;
}

static void paint_card(struct scene *scene, struct chance *chance)
{
    const struct frame_plan *plan = scene->plan;
    double half = scene->half_mm, quiet = plan->quiet * scene->module_mm;
    scene->paper = chance_between(chance, .55, .75);
    scene->ink = chance_between(chance, .04, .09);
    card_paint(scene->card, chance, scene->paper);
    double x = scene->code_x = card_right - 4 - half - quiet * .5;
    double y = scene->code_y = 4 + half + 1;
    /* things right outside the quiet zone */
    card_text(scene->card, chance, (double[]){x - half - 9, y - half, 8, 2.2}, .12F);
    card_rectangle(scene->card, (double[]){x - half - quiet - 1.2, y - half, 1.2, plan->code_mm},
                   .2F);
    card_rectangle(scene->card, (double[]){x - half, y + half + quiet, plan->code_mm, 1.0}, .18F);
}

static void make_marks(struct scene *scene, struct chance *chance)
{
    const struct frame_plan *plan = scene->plan;
    int n = plan->side;
    for (int i = 0; i < GRAIN * GRAIN; i++) {
        scene->grain[i] = (float)chance_share(chance);
    }
    scene->table = chance_between(chance, .08, .5);
    scene->table_grain = chance_between(chance, .05, .35);
    scene->table_scale = chance_between(chance, .01, .15);
    scene->scratch_count = plan->scratches > SCRATCHES ? SCRATCHES : plan->scratches;
    for (int i = 0; i < scene->scratch_count; i++) {
        struct scratch *scratch = &scene->scratches[i];
        scratch->x0 = chance_between(chance, 0, n);
        scratch->y0 = chance_between(chance, 0, n);
        double length = chance_between(chance, n * .15, n * .7);
        double angle = chance_between(chance, 0, 6.283);
        scratch->x1 = scratch->x0 + length * cos(angle);
        scratch->y1 = scratch->y0 + length * sin(angle);
        scratch->width = chance_between(chance, .15, .5);
    }
}

static bool has_ink(const struct scene *scene, double u, double v)
{
    int n = scene->plan->side, x = (int)floor(u), y = (int)floor(v);
    return x >= 0 && y >= 0 && x < n && y < n && scene->modules[y * n + x];
}

/* Ink that ran is black where any of four places beside is; ink that shrank where all are. */
static bool is_black(const struct scene *scene, double u, double v)
{
    double spread = scene->plan->ink;
    int black = 0, n = scene->plan->side;
    if (u <= -1 || v <= -1 || u >= n + 1 || v >= n + 1) {
        return false;
    }
    for (int k = 0; k < 4; k++) {
        black += has_ink(scene, u + (k & 1 ? spread : -spread), v + (k & 2 ? spread : -spread));
    }
    return spread >= 0 ? black > 0 : black == 4;
}

static double code_value(const struct scene *scene, double u, double v)
{
    const struct frame_plan *plan = scene->plan;
    double value = is_black(scene, u, v) ? scene->ink : scene->paper, n = plan->side;
    for (int k = 0; k < scene->scratch_count; k++) {
        const struct scratch *s = &scene->scratches[k];
        double dx = s->x1 - s->x0, dy = s->y1 - s->y0;
        double at = ((u - s->x0) * dx + (v - s->y0) * dy) / (dx * dx + dy * dy);
        if (at > 0 && at < 1 && hypot(u - s->x0 - at * dx, v - s->y0 - at * dy) < s->width) {
            value = scene->paper * .9;
        }
    }
    if (plan->cover > 0) {
        double x = u - (plan->cover_x + .5) * n, y = v - (plan->cover_y + .5) * n;
        double reach = sqrt(plan->cover) / 2 * n;
        if (plan->cover_is_round && hypot(x, y) < reach * 1.128) {
            value = .33 + .05 * (double)grain_at(scene->grain, u, v);
        } else if (!plan->cover_is_round && fabs(x) < reach && fabs(y) < reach) {
            value = .7;
        }
    }
    if (plan->finder_cover > 0) {
        double x = fabs(u - (plan->finder == 1 ? n : 0)), y = fabs(v - (plan->finder == 2 ? n : 0));
        double reach = plan->finder_cover * 7;
        value = x < reach && y < reach && x + y < reach ? .33 : value;
    }
    return value;
}

static double value_at(const struct scene *scene, double px, double py, bool is_near)
{
    double at[2], quiet = scene->plan->quiet, n = scene->plan->side;
    if (!unproject(&scene->pose, px, py, at)) {
        return scene->table;
    }
    double u = (at[0] + scene->half_mm) / scene->module_mm;
    double v = (at[1] + scene->half_mm) / scene->module_mm;
    if (is_near && u >= -quiet && v >= -quiet && u < n + quiet && v < n + quiet) {
        return code_value(scene, u, v);
    }
    double x = (at[0] + scene->code_x) * CARD_SCALE, y = (at[1] + scene->code_y) * CARD_SCALE;
    if (x >= 0 && y >= 0 && x < CARD_WIDTH - 1 && y < CARD_HEIGHT - 1) {
        return (double)scene->card[(int)y * CARD_WIDTH + (int)x];
    }
    double scale = scene->table_scale;
    double coarse = (double)grain_at(scene->grain, px * scale, py * scale) - .5;
    double fine = (double)grain_at(scene->grain, px * scale * 7, py * scale * 7) - .5;
    return scene->table + scene->table_grain * coarse + .1 * fine;
}

/* How finely a pixel is sampled: the code most, the table least. */
static int fineness(const struct scene *scene, int x, int y, bool is_near)
{
    double at[2];
    if (is_near) {
        return scene->plan->module_px < 2.5 ? 6 : 4;
    }
    bool is_met = unproject(&scene->pose, x + .5, y + .5, at);
    double cx = at[0] + scene->code_x, cy = at[1] + scene->code_y;
    bool is_card = is_met && cx >= 0 && cy >= 0 && cx <= CARD_WIDTH / (double)CARD_SCALE &&
                   cy <= CARD_HEIGHT / (double)CARD_SCALE;
    return is_card ? 2 : 1;
}

static void paint_scene(const struct scene *scene, float *light)
{
    const struct frame_plan *plan = scene->plan;
    for (int y = 0; y < plan->height; y++) {
        for (int x = 0; x < plan->width; x++) {
            bool is_near = x >= scene->box[0] - 3 && x <= scene->box[2] + 3 &&
                           y >= scene->box[1] - 3 && y <= scene->box[3] + 3;
            int parts = fineness(scene, x, y, is_near);
            double sum = 0;
            for (int k = 0; k < parts * parts; k++) {
                sum += value_at(scene, x + (k % parts + .5) / parts, y + (k / parts + .5) / parts,
                                is_near);
            }
            light[(size_t)y * (size_t)plan->width + (size_t)x] = (float)(sum / (parts * parts));
        }
    }
}

/* A lamp at one side, a shadow's edge. */
static void light_scene(const struct scene *scene, float *light)
{
    const struct frame_plan *plan = scene->plan;
    double size = plan->module_px * plan->side;
    double slope[] = {cos(plan->slope_angle), sin(plan->slope_angle)};
    double shade[] = {cos(plan->shadow_angle), sin(plan->shadow_angle)};
    for (int y = 0; y < plan->height; y++) {
        for (int x = 0; x < plan->width; x++) {
            double dx = x - scene->middle[0], dy = y - scene->middle[1];
            double here = 1 + plan->slope * (dx * slope[0] + dy * slope[1]) / size * 1.2;
            here = here < .1 ? .1 : here > 2.2 ? 2.2 : here;
            if (plan->shadow > 0) {
                double past = (dx * shade[0] + dy * shade[1]) / size - plan->shadow_offset;
                here *= plan->shadow + (1 - plan->shadow) * (1 / (1 + exp(-past * 18)));
            }
            light[(size_t)y * (size_t)plan->width + (size_t)x] *= (float)here;
        }
    }
}

static double glare_at(const struct scene *scene, int x, int y)
{
    const struct frame_plan *plan = scene->plan;
    double size = plan->module_px * plan->side, radius = plan->glare_radius * size;
    double dx = x - scene->middle[0] - plan->glare_x * size;
    double dy = y - scene->middle[1] - plan->glare_y * size;
    const double *axis = scene->glare_axis;
    double along = (dx * axis[0] + dy * axis[1]) / (radius * plan->glare_stretch);
    double across = (-dx * axis[1] + dy * axis[0]) / radius;
    double away = along * along + across * across;
    if (away >= 12) {
        return 0;
    }
    double shape = plan->glare_stretch > 5
                       ? exp(-across * across * across * across) * exp(-along * along * .3)
                       : exp(-away * away * .5);
    return plan->glare * shape;
}

/* Light to electrons and back, with their noise. */
static void expose(const struct scene *scene, struct chance *chance, float *light)
{
    const struct frame_plan *plan = scene->plan;
    double exposure = 1.15 * plan->gain / (1 + plan->haze * .55);
    for (int y = 0; y < plan->height; y++) {
        for (int x = 0; x < plan->width; x++) {
            float *at = &light[(size_t)y * (size_t)plan->width + (size_t)x];
            double value = (double)*at + plan->haze * .5;
            value += plan->glare > 0 ? glare_at(scene, x, y) : 0;
            value *= exposure;
            double electrons = (value < 0 ? 0 : value) * plan->full_well;
            electrons +=
                chance_normal(chance) * sqrt(electrons + plan->read_noise * plan->read_noise);
            value = electrons / plan->full_well;
            *at = (float)(value < 0 ? 0 : value > 1 ? 1 : value);
        }
    }
}

static void denoise(float *light, int width, int height)
{
    size_t n = (size_t)width * (size_t)height;
    float *copy = malloc(n * sizeof *copy);
    memcpy(copy, light, n * sizeof *copy);
    for (int y = 1; y < height - 1; y++) {
        for (int x = 1; x < width - 1; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float sum = 0, weights = 0;
            for (int j = -1; j <= 1; j++) {
                for (int i = -1; i <= 1; i++) {
                    float value = copy[(size_t)(y + j) * (size_t)width + (size_t)(x + i)];
                    float away = value - copy[at], weight = 1 / (1 + away * away * 400);
                    sum += value * weight, weights += weight;
                }
            }
            light[at] = sum / weights;
        }
    }
    free(copy);
}

static void develop(const float *light, size_t n, uint8_t *pixels)
{
    uint8_t tones[TONES + 1];
    for (int i = 0; i <= TONES; i++) {
        tones[i] = (uint8_t)(255 * pow(i / (double)TONES, 1 / 2.2) + .5);
    }
    for (size_t i = 0; i < n; i++) {
        pixels[i] = tones[(int)(light[i] * TONES)];
    }
}

static void sharpen(uint8_t *pixels, int width, int height, double strength)
{
    size_t n = (size_t)width * (size_t)height;
    uint8_t *copy = malloc(n);
    memcpy(copy, pixels, n);
    for (int y = 1; y < height - 1; y++) {
        for (int x = 1; x < width - 1; x++) {
            const uint8_t *p = copy + (size_t)y * (size_t)width + (size_t)x;
            double near = (p[-width - 1] + p[-width + 1] + p[width - 1] + p[width + 1] +
                           2.0 * (p[-width] + p[width] + p[-1] + p[1]) + 4.0 * p[0]) /
                          16;
            double value = p[0] + strength * (p[0] - near);
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)(value < 0     ? 0
                                                                      : value > 255 ? 255
                                                                                    : value + .5);
        }
    }
    free(copy);
}

static void take_picture(const struct scene *scene, struct chance *chance, uint8_t *pixels)
{
    const struct frame_plan *plan = scene->plan;
    size_t n = (size_t)plan->width * (size_t)plan->height;
    float *light = malloc(n * sizeof *light), *blurred = malloc(n * sizeof *blurred);
    int reach;
    float *spread = lens_spread(plan, &reach);
    paint_scene(scene, light);
    light_scene(scene, light);
    lens_blur(light, plan->width, plan->height, spread, reach, blurred);
    expose(scene, chance, blurred);
    if (plan->is_denoised) {
        denoise(blurred, plan->width, plan->height);
    }
    develop(blurred, n, pixels);
    if (plan->sharpen > .05) {
        sharpen(pixels, plan->width, plan->height, plan->sharpen);
    }
    if (plan->jpeg > 0 && plan->jpeg < 100) {
        jpeg_spoil(pixels, plan->width, plan->height, plan->jpeg);
    }
    free(spread);
    free(light);
    free(blurred);
}

bool frame_render(struct frame_plan *plan, uint8_t *pixels)
{
    struct chance chance;
    struct scene *scene = calloc(1, sizeof *scene);
    chance_init(&chance, plan->seed ^ 0xC0DE);
    if (!plan->has_payload) {
        plan->payload_size = person_text(&chance, plan->payload);
    }
    bool ok = encode(plan, &chance, &scene->modules);
    if (ok) {
        scene->plan = plan;
        scene->module_mm = plan->code_mm / plan->side;
        scene->half_mm = plan->code_mm / 2;
        scene->card = malloc(sizeof *scene->card * CARD_WIDTH * CARD_HEIGHT);
        scene->glare_axis[0] = cos(plan->glare_angle);
        scene->glare_axis[1] = sin(plan->glare_angle);
        make_pose(plan, scene->module_mm, &scene->pose);
        aim(plan, scene);
        paint_card(scene, &chance);
        make_marks(scene, &chance);
        take_picture(scene, &chance, pixels);
        free(scene->card);
    }
    free(scene->modules);
    free(scene);
    return ok;
}

uint64_t frame_hash(const uint8_t *bytes, size_t n)
{
    uint64_t hash = 1469598103934665603U;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ bytes[i]) * 1099511628211U;
    }
    return hash;
}
