/* The driver for real cameras against a kernel played by this test: its ioctl answers from a table,
 * the buffers lie in a plain file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/sensor/camera.h"

enum { WIDTH = 320, HEIGHT = 240, BUFFERS = 4, LENGTH = WIDTH * HEIGHT * 2 };

/* The played device. Only one camera is open at a time. */
static struct {
    bool queued[BUFFERS];
    unsigned next;
    unsigned fourcc;
    bool is_streaming;
    atomic_bool is_unplugged, is_broken;
    atomic_int torch, focused, frames;
} device;

static int refuse(int code)
{
    errno = code;
    return -1;
}

static int describe(struct v4l2_capability *what)
{
    snprintf((char *)what->card, sizeof what->card, "Played camera");
    what->capabilities = V4L2_CAP_DEVICE_CAPS;
    what->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    return 0;
}

static int dequeue(struct v4l2_buffer *buffer)
{
    if (atomic_load(&device.is_unplugged)) {
        return refuse(ENODEV);
    }
    if (!device.queued[device.next]) {
        return refuse(EAGAIN);
    }
    buffer->index = device.next;
    buffer->bytesused = LENGTH;
    buffer->flags = atomic_load(&device.is_broken) ? V4L2_BUF_FLAG_ERROR : 0;
    device.queued[device.next] = false;
    device.next = (device.next + 1) % BUFFERS;
    atomic_fetch_add(&device.frames, 1);
    usleep(2000);
    return 0;
}

static int set_control(const struct v4l2_control *control)
{
    switch (control->id) {
    case V4L2_CID_FLASH_LED_MODE:
        atomic_store(&device.torch, control->value);
        return 0;
    case V4L2_CID_FOCUS_AUTO:
        atomic_fetch_add(&device.focused, 1);
        return 0;
    default:
        return refuse(EINVAL);
    }
}

static int choose(struct v4l2_format *format, bool is_set)
{
    unsigned fourcc = format->fmt.pix.pixelformat;
    if (fourcc != V4L2_PIX_FMT_YUYV && fourcc != V4L2_PIX_FMT_MJPEG) {
        format->fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV; /* as drivers do */
    }
    format->fmt.pix.width = WIDTH, format->fmt.pix.height = HEIGHT;
    format->fmt.pix.bytesperline = WIDTH * 2;
    device.fourcc = is_set ? format->fmt.pix.pixelformat : device.fourcc;
    return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *arg = va_arg(list, void *);
    va_end(list);
    struct v4l2_buffer *buffer = arg;
    switch (request) {
    case VIDIOC_QUERYCAP:
        return describe(arg);
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT:
        return choose(arg, request == VIDIOC_S_FMT);
    case VIDIOC_QUERYCTRL:
        return ((struct v4l2_queryctrl *)arg)->id == V4L2_CID_FLASH_LED_MODE ? 0 : refuse(EINVAL);
    case VIDIOC_S_CTRL:
        return set_control(arg);
    case VIDIOC_REQBUFS:
        ((struct v4l2_requestbuffers *)arg)->count = BUFFERS;
        return 0;
    case VIDIOC_QUERYBUF:
        buffer->length = LENGTH;
        buffer->m.offset = buffer->index * ((LENGTH + 4095) & ~4095U);
        return 0;
    case VIDIOC_QBUF:
        device.queued[buffer->index] = true;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(buffer);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        device.is_streaming = request == VIDIOC_STREAMON;
        return 0;
    default:
        return refuse(EINVAL);
    }
}

/* A file under /dev whose bytes are the buffers: grey steps from buffer to buffer. */
static int make_device(void **state)
{
    char *path = calloc(1, 64);
    memset(&device, 0, sizeof device);
    snprintf(path, 64, "/dev/shm/gocua-camera-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0) {
        free(path);
        return -1;
    }
    static uint8_t bytes[(LENGTH + 4095) & ~4095];
    for (int i = 0; i < BUFFERS; i++) {
        memset(bytes, 128, sizeof bytes);
        for (int k = 0; k < WIDTH * HEIGHT; k++) {
            bytes[2 * k] = (uint8_t)(60 + i);
        }
        if (write(fd, bytes, sizeof bytes) != sizeof bytes) {
            return -1;
        }
    }
    close(fd);
    *state = path;
    return 0;
}

static int remove_device(void **state)
{
    unlink(*state);
    free(*state);
    return 0;
}

static struct camera *open_camera(const char *path)
{
    struct camera *camera;
    struct camera_options options = {.id = path, .width = WIDTH, .height = HEIGHT};
    struct err err = {0};
    if (!camera_open(&options, &camera, &err)) {
        fail_msg("%s", err.text);
    }
    return camera;
}

static bool wait_for(struct camera *camera, enum camera_state state, struct camera_view *view)
{
    for (int i = 0; i < 1000; i++) {
        camera_look(camera, view);
        if (view->state == state && (state != CAMERA_RUNNING || view->number >= 3)) {
            return true;
        }
        poll(NULL, 0, 10);
    }
    return false;
}

static void frames_come_and_buffers_go_back(void **state)
{
    struct camera_view view;
    struct picture still;
    struct camera *camera = open_camera(*state);
    assert_true(wait_for(camera, CAMERA_RUNNING, &view));
    assert_int_equal(device.fourcc, V4L2_PIX_FMT_YUYV);
    assert_int_equal(view.frame_width, WIDTH);
    assert_true(camera_still(camera, &still, NULL));
    assert_int_equal(still.width, WIDTH);
    assert_true(still.gray[1000] > 45 && still.gray[1000] < 60); /* 60 of 16–235 */
    picture_finish(&still);
    assert_true(atomic_load(&device.frames) > BUFFERS); /* so they were given back */
    camera_close(camera);
    assert_false(device.is_streaming);
}

static void torch_and_focus_reach_the_device(void **state)
{
    struct camera_view view;
    struct camera *camera = open_camera(*state);
    assert_true(wait_for(camera, CAMERA_RUNNING, &view));
    assert_true(view.has_torch);
    int focused = atomic_load(&device.focused);
    camera_focus(camera);
    assert_true(camera_set_torch(camera, true, NULL));
    for (int i = 0; i < 500 && !view.torch_is_on; i++) {
        camera_look(camera, &view);
        poll(NULL, 0, 10);
    }
    assert_true(view.torch_is_on);
    assert_int_equal(atomic_load(&device.torch), V4L2_FLASH_LED_MODE_TORCH);
    assert_true(atomic_load(&device.focused) > focused);
    camera_close(camera);
}

static void unplugging_is_noticed(void **state)
{
    struct camera_view view;
    struct camera *camera = open_camera(*state);
    assert_true(wait_for(camera, CAMERA_RUNNING, &view));
    atomic_store(&device.is_unplugged, true);
    assert_true(wait_for(camera, CAMERA_LOST, &view));
    assert_int_equal(view.err.kind, ERR_DEVICE);
    assert_int_equal(view.err.code, ENODEV);
    camera_close(camera);
}

/* Frames that the driver marks as damaged are dropped; the camera stays. */
static void damaged_frames_are_skipped(void **state)
{
    struct camera_view view;
    struct camera *camera = open_camera(*state);
    assert_true(wait_for(camera, CAMERA_RUNNING, &view));
    atomic_store(&device.is_broken, true);
    poll(NULL, 0, 300);
    camera_look(camera, &view);
    assert_int_equal(view.state, CAMERA_RUNNING);
    uint64_t number = view.number;
    atomic_store(&device.is_broken, false);
    for (int i = 0; i < 500 && view.number == number; i++) {
        camera_look(camera, &view);
        poll(NULL, 0, 10);
    }
    assert_true(view.number > number);
    camera_close(camera);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_come_and_buffers_go_back, make_device,
                                        remove_device),
        cmocka_unit_test_setup_teardown(torch_and_focus_reach_the_device, make_device,
                                        remove_device),
        cmocka_unit_test_setup_teardown(unplugging_is_noticed, make_device, remove_device),
        cmocka_unit_test_setup_teardown(damaged_frames_are_skipped, make_device, remove_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
