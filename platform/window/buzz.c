#include "platform/window/buzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "platform/base/mem.h"

enum { STRONG = 0xa000, WEAK = 0x6000 };

struct buzzer {
    int fd;
    buzz_control *control;
    struct ff_effect effect; /* as the device knows it; id -1: not yet */
};

static int ask_system(int fd, unsigned long request, void *argument)
{
    return ioctl(fd, request, argument);
}

static bool can_rumble(int fd, buzz_control *control)
{
    unsigned char bits[FF_MAX / 8 + 1] = {0};
    return control(fd, EVIOCGBIT(EV_FF, sizeof(bits)), bits) >= 0 &&
           bits[FF_RUMBLE / 8] >> FF_RUMBLE % 8 & 1;
}

static int find(const char *folder, buzz_control *control)
{
    int fd = -1;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; fd < 0 && dir && (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, "event", 5) != 0) {
            continue;
        }
        fd = openat(dirfd(dir), entry->d_name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && !can_rumble(fd, control)) {
            close(fd);
            fd = -1;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return fd;
}

struct buzzer *buzzer_open(const char *folder, buzz_control *control)
{
    control = control ? control : ask_system;
    int fd = find(folder, control);
    if (fd < 0) {
        return NULL;
    }
    struct buzzer *buzzer = mem_alloc(1, sizeof(*buzzer));
    buzzer->fd = fd;
    buzzer->control = control;
    buzzer->effect = (struct ff_effect){
        .type = FF_RUMBLE,
        .id = -1,
        .u.rumble = {.strong_magnitude = STRONG, .weak_magnitude = WEAK},
    };
    return buzzer;
}

void buzzer_buzz(struct buzzer *buzzer, int ms)
{
    if (buzzer->effect.id < 0 || buzzer->effect.replay.length != ms) {
        buzzer->effect.replay.length = (unsigned short)ms;
        if (buzzer->control(buzzer->fd, EVIOCSFF, &buzzer->effect) < 0) {
            return;
        }
    }
    struct input_event play = {
        .type = EV_FF, .code = (unsigned short)buzzer->effect.id, .value = 1};
    ssize_t written = write(buzzer->fd, &play, sizeof(play));
    (void)written; /* a device that went away shakes no more, that is all */
}

void buzzer_close(struct buzzer *buzzer)
{
    if (buzzer) {
        close(buzzer->fd);
        free(buzzer);
    }
}
