/* The camera drivers and what each must do. To add one: a file camera_NAME.c with
 * `const struct camera_driver camera_driver_NAME` and a line here. Inside this room. */
#ifndef SENSOR_SENSORS_H
#define SENSOR_SENSORS_H

#include <stdatomic.h>
#include "platform/sensor/camera.h"
#include "platform/sensor/frame.h"

struct camera_driver {
    /* Ids that begin so belong to it: "/dev/video", "fake:". */
    const char *prefix;
    /* Writes at most max devices of this kind; returns how many. */
    size_t (*list)(struct camera_device *list, size_t max);
    /* Opens and starts streaming; *state is the driver's. */
    bool (*open)(const struct camera_options *options, void **state, struct err *err);
    /* Waits at most 200 ms for a frame and gives the newest, dropping older ones. No frame in that
     * time: true with frame->n 0. False: the device is lost. Looks at stop where it sleeps. */
    bool (*grab)(void *state, const atomic_bool *stop, struct frame *frame, struct err *err);
    /* Switches the lamp; NULL in drivers without one. */
    bool (*set_torch)(void *state, bool on, struct err *err);
    bool (*has_torch)(void *state);
    /* Focuses again where the device can. */
    void (*focus)(void *state);
    /* Stops and frees. */
    void (*close)(void *state);
};

#define CAMERA_DRIVERS(X)                                                                          \
    X(v4l2)                                                                                        \
    X(fake)

#define DECLARE(name) extern const struct camera_driver camera_driver_##name;
CAMERA_DRIVERS(DECLARE)
#undef DECLARE

#endif
