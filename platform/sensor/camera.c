#include "platform/sensor/camera.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/mem.h"
#include "platform/sensor/sensors.h"

/* The budget is processor time, and sanitizers make the same work some five times dearer. */
#ifdef __SANITIZE_ADDRESS__
enum { SLOWNESS = 5 };
#else
enum { SLOWNESS = 1 };
#endif

enum { CODES = 8, SEEN = 4, SEEN_AGAIN_MS = 2000, PREVIEW_SIDE = 480, BUDGET_MS = 40 * SLOWNESS };

/* A code that was reported and may still be in sight. */
struct seen {
    uint8_t *bytes;
    size_t n;
    int64_t ms;
};

struct camera {
    const struct camera_driver *driver;
    void *state;
    struct camera_options options;
    pthread_t thread;
    atomic_bool stop, wants_focus, wants_again;
    atomic_int wants_torch; /* -1: nothing asked, else off or on */

    /* the thread's alone */
    struct barcode_scanner *scanner;
    struct picture gray, drawn;
    float preview_scale; /* pixels of the preview for one of the frame */
    struct seen seen[SEEN];
    struct barcode found;

    /* behind the lock */
    pthread_mutex_t lock;
    struct camera_view view; /* its preview is the newest */
    bool is_new;
    struct barcode codes[CODES];
    size_t code_count;
    struct frame last; /* a copy of the newest frame, for stills */
    uint8_t *last_bytes;
    size_t last_room;

    /* the owner's alone */
    struct picture shown;
};

static const struct camera_driver *const drivers[] = {
#define ROW(name) &camera_driver_##name,
    CAMERA_DRIVERS(ROW)
#undef ROW
};

enum { DRIVERS = sizeof drivers / sizeof *drivers };

size_t camera_list(struct camera_device *list, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < DRIVERS && n < max; i++) {
        n += drivers[i]->list(list + n, max - n);
    }
    return n;
}

static void wake(struct camera *camera)
{
    if (camera->options.wake) {
        camera->options.wake(camera->options.wake_ctx);
    }
}

/* Was this code reported while it stayed in sight? Remembers it either way. */
static bool is_repeated(struct camera *camera, const struct barcode *code)
{
    int64_t now = clock_mono_ms();
    struct seen *oldest = camera->seen;
    for (int i = 0; i < SEEN; i++) {
        struct seen *seen = &camera->seen[i];
        if (seen->bytes && seen->n == code->n && memcmp(seen->bytes, code->bytes, code->n) == 0) {
            bool is_near = now - seen->ms < SEEN_AGAIN_MS;
            seen->ms = now;
            return is_near;
        }
        if (!seen->bytes || seen->ms < oldest->ms) {
            oldest = seen;
        }
    }
    free(oldest->bytes);
    *oldest =
        (struct seen){(uint8_t *)mem_strndup((const char *)code->bytes, code->n), code->n, now};
    return false;
}

static void forget_seen(struct camera *camera)
{
    for (int i = 0; i < SEEN; i++) {
        if (camera->seen[i].bytes) {
            explicit_bzero(camera->seen[i].bytes, camera->seen[i].n);
        }
        free(camera->seen[i].bytes);
        camera->seen[i] = (struct seen){0};
    }
    barcode_reset(camera->scanner);
    pthread_mutex_lock(&camera->lock);
    explicit_bzero(camera->codes, sizeof camera->codes);
    camera->code_count = 0;
    pthread_mutex_unlock(&camera->lock);
}

static void keep_code(struct camera *camera)
{
    if (is_repeated(camera, &camera->found)) {
        return;
    }
    pthread_mutex_lock(&camera->lock);
    if (camera->code_count == CODES) {
        memmove(camera->codes, camera->codes + 1, (CODES - 1) * sizeof *camera->codes);
        camera->code_count--;
    }
    camera->codes[camera->code_count++] = camera->found;
    pthread_mutex_unlock(&camera->lock);
}

static void scan(struct camera *camera)
{
    struct gray gray = picture_gray(&camera->gray);
    struct barcode_advice advice;
    size_t n = barcode_scan(camera->scanner, &gray, &camera->options.codes, &camera->found, 1);
    barcode_advise(camera->scanner, &advice);
    if (n > 0) {
        keep_code(camera);
    }
    pthread_mutex_lock(&camera->lock);
    for (int i = 0; i < 8; i++) {
        advice.quad[i] *= camera->preview_scale;
    }
    camera->view.advice = advice;
    pthread_mutex_unlock(&camera->lock);
    wake(camera);
}

static void keep_frame(struct camera *camera, const struct frame *frame)
{
    if (camera->last_room < frame->n) {
        free(camera->last_bytes);
        camera->last_bytes = malloc(frame->n);
        camera->last_room = camera->last_bytes ? frame->n : 0;
    }
    camera->last = (struct frame){0};
    if (camera->last_bytes) {
        memcpy(camera->last_bytes, frame->bytes, frame->n);
        camera->last = *frame;
        camera->last.bytes = camera->last_bytes;
    }
}

/* Hands a new frame to the owner: the drawn preview and the published one change places. */
static void publish(struct camera *camera, const struct frame *frame)
{
    camera->preview_scale = (float)camera->drawn.width / (float)camera->gray.width;
    pthread_mutex_lock(&camera->lock);
    struct camera_view *view = &camera->view;
    struct picture old = view->preview;
    view->preview = camera->drawn;
    camera->drawn = old;
    view->state = CAMERA_RUNNING;
    view->number++;
    view->frame_width = frame->width;
    view->frame_height = frame->height;
    camera->is_new = true;
    keep_frame(camera, frame);
    pthread_mutex_unlock(&camera->lock);
    wake(camera);
}

static void follow_wishes(struct camera *camera)
{
    if (atomic_exchange(&camera->wants_focus, false) && camera->driver->focus) {
        camera->driver->focus(camera->state);
    }
    if (atomic_exchange(&camera->wants_again, false)) {
        forget_seen(camera);
    }
    int torch = atomic_exchange(&camera->wants_torch, -1);
    if (torch >= 0 && camera->driver->set_torch &&
        camera->driver->set_torch(camera->state, torch, NULL)) {
        pthread_mutex_lock(&camera->lock);
        camera->view.torch_is_on = torch;
        pthread_mutex_unlock(&camera->lock);
    }
}

static bool step(struct camera *camera, struct err *err)
{
    struct frame frame = {0};
    follow_wishes(camera);
    if (!camera->driver->grab(camera->state, &camera->stop, &frame, err)) {
        return false;
    }
    if (frame.n == 0 || atomic_load(&camera->stop)) {
        return true;
    }
    /* A single broken frame (USB hiccup) is skipped; only the driver decides that all is lost. */
    if (!frame_to_colour(&frame, camera->options.preview_side, &camera->drawn, NULL) ||
        !frame_to_gray(&frame, &camera->gray, NULL)) {
        return true;
    }
    publish(camera, &frame);
    if (camera->options.scan) {
        scan(camera);
    }
    return true;
}

static void *run(void *ctx)
{
    struct camera *camera = ctx;
    struct err err = {0};
    while (!atomic_load(&camera->stop)) {
        if (!step(camera, &err)) {
            pthread_mutex_lock(&camera->lock);
            camera->view.state = CAMERA_LOST;
            camera->view.err = err;
            pthread_mutex_unlock(&camera->lock);
            wake(camera);
            break;
        }
    }
    return NULL;
}

static const struct camera_driver *driver_of(const char *id)
{
    for (size_t i = 0; i < DRIVERS; i++) {
        if (strncmp(id, drivers[i]->prefix, strlen(drivers[i]->prefix)) == 0) {
            return drivers[i];
        }
    }
    return NULL;
}

static void finish(struct camera *camera)
{
    if (camera->scanner) {
        forget_seen(camera);
    }
    barcode_destroy(camera->scanner);
    picture_finish(&camera->gray);
    picture_finish(&camera->drawn);
    picture_finish(&camera->shown);
    picture_finish(&camera->view.preview);
    if (camera->last_bytes) {
        explicit_bzero(camera->last_bytes, camera->last_room);
    }
    free(camera->last_bytes);
    pthread_mutex_destroy(&camera->lock);
    explicit_bzero(camera->codes, sizeof camera->codes);
    explicit_bzero(&camera->found, sizeof camera->found);
    free(camera);
}

static void fill_options(struct camera_options *options, const char *id)
{
    options->id = id;
    options->width = options->width > 0 ? options->width : 1280;
    options->height = options->height > 0 ? options->height : 720;
    options->preview_side = options->preview_side > 0 ? options->preview_side : PREVIEW_SIDE;
    options->codes.live = true;
    options->codes.every = false;
    if (options->codes.budget_ms <= 0) {
        options->codes.budget_ms = BUDGET_MS;
    }
}

bool camera_open(const struct camera_options *options, struct camera **out, struct err *err)
{
    struct camera_device first = {0};
    const char *id = options->id;
    if (!id || !*id) {
        if (camera_list(&first, 1) == 0) {
            return err_set(err, ERR_MISSING, 0, "this device has no camera");
        }
        id = first.id;
    }
    const struct camera_driver *driver = driver_of(id);
    if (!driver) {
        return err_set(err, ERR_MISSING, 0, "no driver for that camera");
    }
    struct camera *camera = mem_alloc(1, sizeof *camera);
    pthread_mutex_init(&camera->lock, NULL);
    atomic_init(&camera->wants_torch, -1);
    camera->driver = driver;
    camera->options = *options;
    fill_options(&camera->options, id);
    if (!driver->open(&camera->options, &camera->state, err)) {
        finish(camera);
        return false;
    }
    camera->options.id = NULL; /* the caller's text need not outlive this call */
    camera->scanner = barcode_create();
    camera->view.has_torch = driver->has_torch && driver->has_torch(camera->state);
    int rc = pthread_create(&camera->thread, NULL, run, camera);
    if (rc != 0) {
        driver->close(camera->state);
        finish(camera);
        return err_set(err, ERR_DEVICE, rc, "no thread for the camera");
    }
    *out = camera;
    return true;
}

void camera_close(struct camera *camera)
{
    if (!camera) {
        return;
    }
    atomic_store(&camera->stop, true);
    pthread_join(camera->thread, NULL);
    camera->driver->close(camera->state);
    finish(camera);
}

bool camera_look(struct camera *camera, struct camera_view *view)
{
    pthread_mutex_lock(&camera->lock);
    bool is_new = camera->is_new;
    if (is_new) {
        struct picture old = camera->shown;
        camera->shown = camera->view.preview;
        camera->view.preview = old;
        camera->is_new = false;
    }
    *view = camera->view;
    view->preview = camera->shown;
    pthread_mutex_unlock(&camera->lock);
    return is_new;
}

bool camera_take_code(struct camera *camera, struct barcode *code)
{
    pthread_mutex_lock(&camera->lock);
    bool is_there = camera->code_count > 0;
    if (is_there) {
        *code = camera->codes[0];
        camera->code_count--;
        memmove(camera->codes, camera->codes + 1, camera->code_count * sizeof *camera->codes);
        explicit_bzero(&camera->codes[camera->code_count], sizeof *camera->codes);
    }
    pthread_mutex_unlock(&camera->lock);
    return is_there;
}

void camera_again(struct camera *camera)
{
    atomic_store(&camera->wants_again, true);
}

bool camera_still(struct camera *camera, struct picture *picture, struct err *err)
{
    *picture = (struct picture){0};
    pthread_mutex_lock(&camera->lock);
    bool ok = camera->last.n > 0 ? frame_to_colour(&camera->last, 0, picture, err)
                                 : err_set(err, ERR_MISSING, 0, "the camera has shown nothing yet");
    pthread_mutex_unlock(&camera->lock);
    return ok;
}

bool camera_set_torch(struct camera *camera, bool on, struct err *err)
{
    if (!camera->view.has_torch) {
        return err_set(err, ERR_MISSING, 0, "this camera has no lamp");
    }
    atomic_store(&camera->wants_torch, on);
    return true;
}

void camera_focus(struct camera *camera)
{
    atomic_store(&camera->wants_focus, true);
}
