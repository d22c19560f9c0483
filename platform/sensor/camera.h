/* A camera that is open: its own thread takes the newest frame, keeps a small colour copy for the
 * viewfinder, looks for codes in the full frame and says what could be better. The owner looks
 * whenever it likes and never waits. Drivers stand in sensors.h. Not for photos of papers. */
#ifndef SENSOR_CAMERA_H
#define SENSOR_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/sensor/barcode.h"
#include "platform/sensor/picture.h"

struct camera_device {
    char id[128];  /* what camera_open takes: "/dev/video0" */
    char name[96]; /* what the maker calls it */
    bool has_torch;
};

struct camera_options {
    /* A device from camera_list; "fake:FILE" shows one picture for ever, "fake:FOLDER" plays its
     * JPEG, PNG and PGM files in the order of their names, again and again. NULL or "": the first
     * real camera. */
    const char *id;
    int width, height;            /* wish for the frames; 0: 1280 x 720 */
    int fps;                      /* wish; 0: the device's own (fake: 10) */
    int preview_side;             /* longer side of the viewfinder copy; 0: 480 */
    bool scan;                    /* look for codes */
    struct barcode_options codes; /* budget 0: 40 ms; live is always set */
    void (*wake)(void *ctx); /* called on the camera's thread when there is something new to look
                                at; may only make the owner's wait return */
    void *wake_ctx;
};

enum camera_state {
    CAMERA_STARTING,
    CAMERA_RUNNING,
    CAMERA_LOST, /* unplugged or failing: err says why; close it and list again */
};

/* What the owner sees in one look. */
struct camera_view {
    enum camera_state state;
    struct err err;               /* why it was lost */
    uint64_t number;              /* of the newest frame; grows by one a frame */
    struct picture preview;       /* colour, borrowed until the next camera_look or close */
    struct barcode_advice advice; /* quad in pixels of the preview */
    int frame_width, frame_height;
    bool has_torch, torch_is_on;
};

struct camera;

/* Writes at most max cameras of this machine (not the fake); returns how many. */
size_t camera_list(struct camera_device *list, size_t max);

/* Opens the device and starts its thread. ERR_MISSING (no such camera), ERR_DENIED (no right to
 * use it), ERR_DEVICE (it does not do what is needed). */
bool camera_open(const struct camera_options *options, struct camera **out, struct err *err);

/* Stops the thread, closes the device, frees; takes NULL. wake is not called any more. */
void camera_close(struct camera *camera);

/* Fills view with the newest state; true when the preview is newer than at the last look. One
 * thread, the owner's. */
bool camera_look(struct camera *camera, struct camera_view *view);

/* Takes the oldest code that was found and not taken; false when there is none. The same code is
 * reported once until it was out of sight for two seconds or camera_again was called. */
bool camera_take_code(struct camera *camera, struct barcode *code);

/* Forgets what was reported, so that the same card may be scanned again. */
void camera_again(struct camera *camera);

/* A copy of the newest full frame in colour for a photo; the caller frees it. ERR_MISSING before
 * the first frame. */
bool camera_still(struct camera *camera, struct picture *picture, struct err *err);

/* Switches the lamp beside the lens; ERR_MISSING when there is none. */
bool camera_set_torch(struct camera *camera, bool on, struct err *err);

/* Asks the lens to focus again (or the device to run its one-shot); nothing when it cannot. */
void camera_focus(struct camera *camera);

#endif
