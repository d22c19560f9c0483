/* SDL_WaitEvent polls a thousand times a second on KMSDRM. Here our own opens of the input devices
 * (not grabbed) say when something happened; SDL is asked only then. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "platform/window/machine.h"

static const char folder[] = "/dev/input";

struct devices {
    int epoll, inotify, wake;
    VEC(int) nodes;
};

static bool watch(struct devices *devices, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return fd >= 0 && epoll_ctl(devices->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void nodes_close(struct devices *devices)
{
    for (size_t i = 0; i < devices->nodes.n; i++) {
        close(devices->nodes.v[i]);
    }
    devices->nodes.n = 0;
}

/* Opens every event node that we may read; another one came or went. */
static void nodes_open(struct devices *devices)
{
    nodes_close(devices);
    DIR *dir = opendir(folder);
    if (!dir) {
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (strncmp(entry->d_name, "event", 5) == 0) {
            int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
            if (watch(devices, fd)) {
                vec_push(&devices->nodes, fd);
            } else if (fd >= 0) {
                close(fd);
            }
        }
    }
    closedir(dir);
}

struct devices *devices_open(int wake_fd)
{
    struct devices *devices = mem_alloc(1, sizeof(*devices));
    devices->wake = wake_fd;
    devices->epoll = epoll_create1(EPOLL_CLOEXEC);
    devices->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (devices->epoll < 0 || !watch(devices, wake_fd)) {
        devices_close(devices);
        return NULL;
    }
    if (devices->inotify >= 0 &&
        inotify_add_watch(devices->inotify, folder, IN_CREATE | IN_DELETE | IN_ATTRIB) >= 0) {
        watch(devices, devices->inotify);
    }
    nodes_open(devices);
    return devices;
}

void devices_close(struct devices *devices)
{
    if (!devices) {
        return;
    }
    nodes_close(devices);
    vec_finish(&devices->nodes);
    if (devices->inotify >= 0) {
        close(devices->inotify);
    }
    if (devices->epoll >= 0) {
        close(devices->epoll);
    }
    free(devices);
}

/* Reads what is there and throws it away; false when the device is gone. */
static bool drain(int fd)
{
    char bytes[4096];
    ssize_t n;
    do {
        n = read(fd, bytes, sizeof(bytes));
    } while (n > 0);
    return n == 0 || errno == EAGAIN || errno == EINTR;
}

void devices_wait(struct devices *devices, int ms)
{
    struct epoll_event events[16];
    int n = epoll_wait(devices->epoll, events, 16, ms);
    bool again = false;
    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        if (fd == devices->wake) {
            continue; /* the window reads it */
        }
        again |= !drain(fd) || fd == devices->inotify;
    }
    if (again) {
        nodes_open(devices);
    }
}
