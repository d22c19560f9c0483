/* Cameras of the kernel's video interface: four buffers mapped into the process, the newest one
 * used. */

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/base/mem.h"
#include "platform/sensor/sensors.h"

enum { BUFFERS = 4, WAIT_MS = 200, SILENT_MS = 5000 };

struct v4l2 {
    int fd;
    struct frame frame; /* format and size */
    struct {
        uint8_t *at;
        size_t n;
    } buffers[BUFFERS];
    unsigned buffer_count;
    int held;      /* the buffer that was given out, or -1 */
    int silent_ms; /* since the last frame */
};

static bool ask(int fd, unsigned long request, void *arg)
{
    int rc;
    do {
        rc = ioctl(fd, request, arg);
    } while (rc < 0 && errno == EINTR);
    return rc == 0;
}

static bool has_control(int fd, unsigned id)
{
    struct v4l2_queryctrl control = {.id = id};
    return ask(fd, VIDIOC_QUERYCTRL, &control) && !(control.flags & V4L2_CTRL_FLAG_DISABLED);
}

static bool set_control(int fd, unsigned id, int value)
{
    return ask(fd, VIDIOC_S_CTRL, &(struct v4l2_control){id, value});
}

/* A node that delivers pictures: uvc cameras have a second one for metadata only. */
static bool is_camera(int fd, struct v4l2_capability *what)
{
    memset(what, 0, sizeof *what);
    if (!ask(fd, VIDIOC_QUERYCAP, what)) {
        return false;
    }
    unsigned can =
        what->capabilities & V4L2_CAP_DEVICE_CAPS ? what->device_caps : what->capabilities;
    return (can & V4L2_CAP_VIDEO_CAPTURE) && (can & V4L2_CAP_STREAMING);
}

static bool look_at(const char *path, struct camera_device *device)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct v4l2_capability what;
    bool ok = fd >= 0 && is_camera(fd, &what);
    if (ok) {
        *device = (struct camera_device){.has_torch = has_control(fd, V4L2_CID_FLASH_LED_MODE)};
        snprintf(device->id, sizeof device->id, "%s", path);
        snprintf(device->name, sizeof device->name, "%.*s", (int)sizeof what.card,
                 (const char *)what.card);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static size_t list(struct camera_device *devices, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < 64 && n < max; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/video%d", i);
        n += access(path, F_OK) == 0 && look_at(path, &devices[n]);
    }
    return n;
}

/* What we can read, the cheapest first. */
static const struct {
    unsigned fourcc;
    enum frame_format format;
} formats[] = {
    {V4L2_PIX_FMT_NV12, FRAME_NV12},  {V4L2_PIX_FMT_YUYV, FRAME_YUYV},
    {V4L2_PIX_FMT_MJPEG, FRAME_JPEG}, {V4L2_PIX_FMT_JPEG, FRAME_JPEG},
    {V4L2_PIX_FMT_GREY, FRAME_GRAY},
};

enum { FORMATS = sizeof formats / sizeof *formats };

/* Frames a second at that size; 15 where the driver does not say. Raw pictures over slow USB reach
 * 5 to 10 only, the same camera's JPEG 30. */
static int best_rate(int fd, const struct v4l2_pix_format *pix)
{
    struct v4l2_frmivalenum interval = {
        .pixel_format = pix->pixelformat, .width = pix->width, .height = pix->height};
    int best = 0;
    for (; ask(fd, VIDIOC_ENUM_FRAMEINTERVALS, &interval); interval.index++) {
        struct v4l2_fract step =
            interval.type == V4L2_FRMIVAL_TYPE_DISCRETE ? interval.discrete : interval.stepwise.min;
        int rate = step.numerator ? (int)(step.denominator / step.numerator) : 0;
        best = rate > best ? rate : best;
        if (interval.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
            break;
        }
    }
    return interval.index == 0 && best == 0 ? 15 : best;
}

static bool try_format(int fd, const struct camera_options *options, unsigned fourcc,
                       struct v4l2_format *got)
{
    *got = (struct v4l2_format){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    got->fmt.pix.width = (unsigned)options->width;
    got->fmt.pix.height = (unsigned)options->height;
    got->fmt.pix.pixelformat = fourcc;
    got->fmt.pix.field = V4L2_FIELD_NONE;
    return ask(fd, VIDIOC_TRY_FMT, got) && got->fmt.pix.pixelformat == fourcc &&
           got->fmt.pix.width >= 64 && got->fmt.pix.height >= 64;
}

/* How good a format is: near the wished size, fast enough, cheap to read, in this order. */
static int worth(int fd, const struct camera_options *options, const struct v4l2_format *format,
                 int rank)
{
    long long have = (long long)format->fmt.pix.width * format->fmt.pix.height;
    long long want = (long long)options->width * options->height;
    long long share = have < want ? have * 10 / want : want * 10 / have;
    return (int)share * 100 + (best_rate(fd, &format->fmt.pix) >= 15) * 50 + (FORMATS - rank);
}

static bool choose_format(struct v4l2 *v4l2, const struct camera_options *options, struct err *err)
{
    struct v4l2_format best = {0}, got;
    int best_worth = -1, best_rank = 0;
    for (int i = 0; i < FORMATS; i++) {
        if (try_format(v4l2->fd, options, formats[i].fourcc, &got)) {
            int value = worth(v4l2->fd, options, &got, i);
            if (value > best_worth) {
                best = got, best_worth = value, best_rank = i;
            }
        }
    }
    if (best_worth < 0 || !ask(v4l2->fd, VIDIOC_S_FMT, &best) ||
        best.fmt.pix.pixelformat != formats[best_rank].fourcc) {
        return err_set(err, ERR_DEVICE, errno, "the camera offers no format that is understood");
    }
    const struct v4l2_pix_format *pix = &best.fmt.pix;
    static const unsigned pixel_bytes[] = {3, 1, 2, 1, 0};
    enum frame_format format = formats[best_rank].format;
    size_t row = (size_t)pix->width * pixel_bytes[format];
    v4l2->frame = (struct frame){.format = format,
                                 .width = (int)pix->width,
                                 .height = (int)pix->height,
                                 .stride = pix->bytesperline > row ? pix->bytesperline : row};
    return true;
}

static void set_rate(int fd, int fps)
{
    struct v4l2_streamparm parm = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    if (fps > 0 && ask(fd, VIDIOC_G_PARM, &parm)) {
        parm.parm.capture.timeperframe = (struct v4l2_fract){1, (unsigned)fps};
        ask(fd, VIDIOC_S_PARM, &parm);
    }
}

/* Everything that helps a code a hand's breadth away; what a camera lacks it refuses. */
static void set_controls(int fd)
{
    set_control(fd, V4L2_CID_FOCUS_AUTO, 1);
    set_control(fd, V4L2_CID_AUTO_FOCUS_RANGE, V4L2_AUTO_FOCUS_RANGE_MACRO);
    set_control(fd, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_APERTURE_PRIORITY);
    set_control(fd, V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0); /* rather dark than smeared */
    set_control(fd, V4L2_CID_AUTO_WHITE_BALANCE, 1);
}

static bool map_buffers(struct v4l2 *v4l2, struct err *err)
{
    struct v4l2_requestbuffers request = {
        .count = BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (!ask(v4l2->fd, VIDIOC_REQBUFS, &request) || request.count < 2) {
        return err_set(err, ERR_DEVICE, errno, "the camera gives no buffers");
    }
    unsigned n = request.count < BUFFERS ? request.count : BUFFERS;
    for (unsigned i = 0; i < n; i++) {
        struct v4l2_buffer buffer = {
            .index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        if (!ask(v4l2->fd, VIDIOC_QUERYBUF, &buffer)) {
            return err_set(err, ERR_DEVICE, errno, "the camera does not describe its buffers");
        }
        void *at = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, v4l2->fd,
                        (off_t)buffer.m.offset);
        if (at == MAP_FAILED) {
            return err_set(err, ERR_DEVICE, errno, "the camera's buffers cannot be mapped");
        }
        v4l2->buffers[i].at = at;
        v4l2->buffers[i].n = buffer.length;
        v4l2->buffer_count = i + 1;
        if (!ask(v4l2->fd, VIDIOC_QBUF, &buffer)) {
            return err_set(err, ERR_DEVICE, errno, "the camera does not take its buffers");
        }
    }
    return true;
}

static void close_v4l2(void *state)
{
    struct v4l2 *v4l2 = state;
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    ask(v4l2->fd, VIDIOC_STREAMOFF, &type);
    for (unsigned i = 0; i < v4l2->buffer_count; i++) {
        munmap(v4l2->buffers[i].at, v4l2->buffers[i].n);
    }
    close(v4l2->fd);
    free(v4l2);
}

static bool start(struct v4l2 *v4l2, const struct camera_options *options, struct err *err)
{
    struct v4l2_capability what;
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    if (!is_camera(v4l2->fd, &what)) {
        return err_set(err, ERR_DEVICE, errno, "the device is no camera");
    }
    if (!choose_format(v4l2, options, err)) {
        return false;
    }
    set_rate(v4l2->fd, options->fps);
    set_controls(v4l2->fd);
    if (!map_buffers(v4l2, err)) {
        return false;
    }
    if (!ask(v4l2->fd, VIDIOC_STREAMON, &type)) {
        return err_set(err, ERR_DEVICE, errno, "the camera does not start");
    }
    return true;
}

static bool open_v4l2(const struct camera_options *options, void **state, struct err *err)
{
    int fd = open(options->id, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        enum err_kind kind = errno == EACCES || errno == EPERM ? ERR_DENIED
                             : errno == EBUSY                  ? ERR_DEVICE
                                                               : ERR_MISSING;
        return err_set(err, kind, errno, "the camera cannot be opened");
    }
    struct v4l2 *v4l2 = mem_alloc(1, sizeof *v4l2);
    v4l2->fd = fd;
    v4l2->held = -1;
    if (!start(v4l2, options, err)) {
        close_v4l2(v4l2);
        return false;
    }
    *state = v4l2;
    return true;
}

static bool give_back(struct v4l2 *v4l2, int index)
{
    struct v4l2_buffer buffer = {
        .index = (unsigned)index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return ask(v4l2->fd, VIDIOC_QBUF, &buffer);
}

/* Takes what is ready and keeps the newest; false with errno when the device is gone. */
static bool take_newest(struct v4l2 *v4l2, struct frame *frame)
{
    for (unsigned i = 0; i < 2 * BUFFERS; i++) {
        struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                     .memory = V4L2_MEMORY_MMAP};
        if (!ask(v4l2->fd, VIDIOC_DQBUF, &buffer)) {
            return errno == EAGAIN || errno == EIO;
        }
        if (buffer.index >= v4l2->buffer_count) {
            continue;
        }
        if (buffer.flags & V4L2_BUF_FLAG_ERROR) {
            give_back(v4l2, (int)buffer.index);
            continue;
        }
        if (v4l2->held >= 0) {
            give_back(v4l2, v4l2->held);
        }
        v4l2->held = (int)buffer.index;
        *frame = v4l2->frame;
        frame->bytes = v4l2->buffers[buffer.index].at;
        frame->n = buffer.bytesused && buffer.bytesused <= v4l2->buffers[buffer.index].n
                       ? buffer.bytesused
                       : v4l2->buffers[buffer.index].n;
    }
    return true;
}

static bool grab(void *state, const atomic_bool *stop, struct frame *frame, struct err *err)
{
    struct v4l2 *v4l2 = state;
    if (v4l2->held >= 0) {
        give_back(v4l2, v4l2->held);
        v4l2->held = -1;
    }
    struct pollfd waits = {v4l2->fd, POLLIN, 0};
    int rc = poll(&waits, 1, WAIT_MS);
    if (rc < 0 && errno != EINTR) {
        return err_set(err, ERR_DEVICE, errno, "the camera cannot be waited for");
    }
    /* An unplugged camera reports an error at once; the read then says which. */
    if (rc > 0 && !take_newest(v4l2, frame)) {
        return err_set(err, ERR_DEVICE, errno, "the camera is gone");
    }
    if (rc > 0 && frame->n == 0 && (waits.revents & (POLLERR | POLLHUP))) {
        poll(NULL, 0, 20); /* it would report the same at once */
        v4l2->silent_ms += 20;
    }
    v4l2->silent_ms = frame->n > 0 ? 0 : v4l2->silent_ms + (rc == 0 ? WAIT_MS : 0);
    if (v4l2->silent_ms > SILENT_MS) {
        return err_set(err, ERR_DEVICE, 0, "the camera delivers nothing");
    }
    return true;
}

static bool has_torch(void *state)
{
    return has_control(((struct v4l2 *)state)->fd, V4L2_CID_FLASH_LED_MODE);
}

static bool set_torch(void *state, bool on, struct err *err)
{
    int mode = on ? V4L2_FLASH_LED_MODE_TORCH : V4L2_FLASH_LED_MODE_NONE;
    if (!set_control(((struct v4l2 *)state)->fd, V4L2_CID_FLASH_LED_MODE, mode)) {
        return err_set(err, ERR_DEVICE, errno, "the lamp does not switch");
    }
    return true;
}

static void focus(void *state)
{
    int fd = ((struct v4l2 *)state)->fd;
    if (!set_control(fd, V4L2_CID_AUTO_FOCUS_START, 1)) {
        set_control(fd, V4L2_CID_FOCUS_AUTO, 0); /* off and on makes it search again */
        set_control(fd, V4L2_CID_FOCUS_AUTO, 1);
    }
}

const struct camera_driver camera_driver_v4l2 = {
    .prefix = "/dev/",
    .list = list,
    .open = open_v4l2,
    .grab = grab,
    .set_torch = set_torch,
    .has_torch = has_torch,
    .focus = focus,
    .close = close_v4l2,
};
