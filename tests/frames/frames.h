/* Made-up camera frames of an identity card: every frame is a pure function of a seed, an axis of
 * difficulty, a level and an index, so that nothing has to be stored and everybody can make the
 * same frames again. Simple physics: pose, bend, ink, wear, light, glare, lens, motion, noise,
 * tone, sharpening, JPEG. Made-up persons. For tests and benches only. */
#ifndef FRAMES_FRAMES_H
#define FRAMES_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAMES_PIXELS = 1920 * 1080, FRAMES_PAYLOAD = 400 };

struct frame_plan {
    /* which */
    uint64_t seed;
    const char *axis;
    int level, index;
    double value; /* of the level, in the axis' unit */
    int width, height;

    /* the code */
    int correction; /* 0 L, 1 M, 2 Q, 3 H */
    bool is_mixed;  /* segments as libqrencode chooses them, else one of bytes */
    double code_mm; /* without its quiet zone */
    double quiet;   /* modules */
    double ink;     /* spread in modules, + is fatter */
    int flips;      /* modules that lost their ink */
    int scratches;

    /* pose */
    double module_px;            /* at the middle of the code, before tilting */
    double turn, tilt_x, tilt_y; /* degrees */
    double offset_x, offset_y;   /* of the code from the middle, share of the frame */
    double bend;                 /* curvature of the card, 1/mm */

    /* lens and hand, in pixels; angle in radians */
    double lens, defocus, motion, motion_angle, motion_curve;

    /* light */
    double gain, full_well, read_noise, haze, slope, slope_angle;
    double shadow, shadow_angle, shadow_offset;
    double glare, glare_radius, glare_stretch, glare_x, glare_y, glare_angle;

    /* what lies on the card */
    double cover, cover_x, cover_y; /* share of the code's area, place in code widths */
    bool cover_is_round;
    double finder_cover;
    int finder;

    /* after the sensor */
    double sharpen;
    int jpeg; /* quality, 100: none */
    bool is_denoised;

    /* of the person; may be replaced before rendering */
    uint8_t payload[FRAMES_PAYLOAD];
    size_t payload_size;
    bool has_payload; /* else the seed makes one */

    /* results of rendering */
    int version, side;
    double quad[8]; /* outer corners: top left, top right, bottom right, bottom left */
};

/* The axes of difficulty: 18 with one trouble each, then easy, medium, hard, extreme. */
int frame_axis_count(void);

/* Name, number of levels and frames a level that the full set has. */
const char *frame_axis_name(int axis);
int frame_axis_levels(int axis);
int frame_axis_frames(int axis);

/* Plans one frame. */
void frame_plan(struct frame_plan *plan, uint64_t seed, int axis, int level, int index);

/* Plans picture k of the s-th hand-held film: one card, drifting pose, focus and light. hardness 0
 * (easy) to 3. */
void frame_plan_film(struct frame_plan *plan, uint64_t seed, int hardness, int s, int k);

/* Paints it into width x height pixels; false when the payload does not fit a code. */
bool frame_render(struct frame_plan *plan, uint8_t *pixels);

/* A made-up card's text for a seed; returns its length. */
size_t frame_payload(uint64_t seed, uint8_t payload[FRAMES_PAYLOAD]);

/* A picture without any code: text, stripes, squares, noise, gradients. */
void frame_no_code(uint64_t seed, int width, int height, uint8_t *pixels);

/* FNV-1a of n bytes, to notice when the generator drifts. */
uint64_t frame_hash(const uint8_t *bytes, size_t n);

#endif
