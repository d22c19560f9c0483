/* A camera that plays pictures: the same interface, known content. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"
#include "platform/sensor/sensors.h"

enum { FRAMES_A_SECOND = 10 };

struct fake {
    VEC(char *) paths;
    size_t at, loaded; /* loaded: which path + 1 the picture holds */
    struct picture picture;
    int64_t due_ns;
    int64_t gap_ns;
};

static bool is_picture(const char *name)
{
    const char *dot = strrchr(name, '.');
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".pgm", ".ppm"};
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++) {
        if (strcasecmp(dot, ends[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct listing {
    struct fake *fake;
    const char *folder;
};

static bool add_path(void *ctx, const char *name)
{
    struct listing *listing = ctx;
    if (is_picture(name)) {
        size_t n = strlen(listing->folder) + strlen(name) + 2;
        char *path = mem_alloc(n, 1);
        snprintf(path, n, "%s/%s", listing->folder, name);
        vec_push(&listing->fake->paths, path);
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void close_fake(void *state)
{
    struct fake *fake = state;
    for (size_t i = 0; i < fake->paths.n; i++) {
        free(fake->paths.v[i]);
    }
    vec_finish(&fake->paths);
    picture_finish(&fake->picture);
    free(fake);
}

static bool find_pictures(struct fake *fake, const char *path, struct err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return err_set(err, ERR_MISSING, 0, "no picture and no folder to play");
    }
    if (!S_ISDIR(info.st_mode)) {
        vec_push(&fake->paths, mem_strdup(path));
        return true;
    }
    if (!file_list(path, add_path, &(struct listing){fake, path}, err)) {
        return false;
    }
    if (fake->paths.n == 0) {
        return err_set(err, ERR_MISSING, 0, "no pictures in the folder to play");
    }
    qsort(fake->paths.v, fake->paths.n, sizeof *fake->paths.v, by_name);
    return true;
}

static bool load(struct fake *fake, size_t at, struct err *err)
{
    if (fake->loaded == at + 1) {
        return true;
    }
    picture_finish(&fake->picture);
    fake->loaded = 0;
    if (!picture_read(fake->paths.v[at], PICTURE_COLOUR, 0, &fake->picture, err)) {
        return false;
    }
    fake->loaded = at + 1;
    return true;
}

static bool open_fake(const struct camera_options *options, void **state, struct err *err)
{
    struct fake *fake = mem_alloc(1, sizeof *fake);
    int fps = options->fps > 0 ? options->fps : FRAMES_A_SECOND;
    fake->gap_ns = 1000000000 / fps;
    if (!find_pictures(fake, options->id + strlen("fake:"), err) || !load(fake, 0, err)) {
        close_fake(fake);
        return false;
    }
    *state = fake;
    return true;
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Sleeps until the next frame is due, in pieces short enough to be stopped. */
static void keep_pace(struct fake *fake, const atomic_bool *stop)
{
    int64_t left;
    while ((left = fake->due_ns - now_ns()) > 0 && !atomic_load(stop)) {
        int64_t piece = left < 20000000 ? left : 20000000;
        nanosleep(&(struct timespec){0, piece}, NULL);
    }
    fake->due_ns = (left < -fake->gap_ns ? now_ns() : fake->due_ns) + fake->gap_ns;
}

static bool grab(void *state, const atomic_bool *stop, struct frame *frame, struct err *err)
{
    struct fake *fake = state;
    keep_pace(fake, stop);
    if (!load(fake, fake->at, err)) {
        return err_prefix(err, "the picture to play is gone");
    }
    fake->at = (fake->at + 1) % fake->paths.n;
    const struct picture *picture = &fake->picture;
    size_t row = (size_t)picture->width * 3;
    *frame = (struct frame){FRAME_RGB, picture->width, picture->height,
                            row,       picture->rgb,   row * (size_t)picture->height};
    return true;
}

static size_t list(struct camera_device *devices, size_t max)
{
    return 0;
}

const struct camera_driver camera_driver_fake = {
    .prefix = "fake:",
    .list = list,
    .open = open_fake,
    .grab = grab,
    .close = close_fake,
};
