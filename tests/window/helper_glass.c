#include "helper_glass.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_US = 20000, TICKS_MOST = 500, XWD_COLOUR = 12 };

static bool is_installed(const char *program)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

/* The number that the X server wrote when it was ready to be talked to; -1: it ended. */
static int display_number(int fd)
{
    char number[16] = "";
    size_t n = 0;
    while (n < sizeof(number) - 1 && read(fd, number + n, 1) == 1 && number[n] != '\n') {
        n++;
    }
    close(fd);
    return n > 0 ? atoi(number) : -1;
}

static bool map_screen(struct glass *glass)
{
    char path[128];
    struct stat status;
    snprintf(path, sizeof(path), "%s/Xvfb_screen0", glass->folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &status) == 0) {
        glass->size = (size_t)status.st_size;
        glass->file = mmap(NULL, glass->size, PROT_READ, MAP_SHARED, fd, 0);
    }
    close(fd);
    return glass->file && glass->file != MAP_FAILED;
}

bool glass_open(struct glass *glass, int w, int h)
{
    int ends[2];
    char screen[32], fd[16], display[16];
    *glass = (struct glass){.folder = "/tmp/gocua-glass-XXXXXX"};
    if (!is_installed("Xvfb") || !mkdtemp(glass->folder) || pipe(ends) != 0) {
        return false;
    }
    snprintf(screen, sizeof(screen), "%dx%dx24", w, h);
    snprintf(fd, sizeof(fd), "%d", ends[1]);
    glass->xvfb = fork();
    if (glass->xvfb == 0) {
        close(ends[0]);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", screen, "-nolisten", "tcp",
               "-extension", "GLX", "-fbdir", glass->folder, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    int number = display_number(ends[0]);
    if (number < 0 || !map_screen(glass)) {
        glass_close(glass);
        return false;
    }
    snprintf(display, sizeof(display), ":%d", number);
    setenv("DISPLAY", display, 1);
    setenv("SDL_VIDEODRIVER", "x11", 1);
    return true;
}

/* The socket's file is there a moment before somebody listens. */
static bool listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    bool good = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return good;
}

bool glass_compose(struct glass *glass, int w, int h, int scale)
{
    char width[32], height[32], by[32], path[128];
    if (!is_installed("weston")) {
        return false;
    }
    snprintf(width, sizeof(width), "--width=%d", w);
    snprintf(height, sizeof(height), "--height=%d", h);
    snprintf(by, sizeof(by), "--scale=%d", scale);
    snprintf(path, sizeof(path), "%s/glass", glass->folder);
    setenv("XDG_RUNTIME_DIR", glass->folder, 1);
    glass->weston = fork();
    if (glass->weston == 0) {
        execlp("weston", "weston", "--backend=x11-backend.so", "--use-pixman",
               "--shell=kiosk-shell.so", "--socket=glass", "--no-config", "--idle-time=0",
               "--log=/dev/null", width, height, by, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < TICKS_MOST && !listens(path); i++) {
        usleep(TICK_US);
    }
    setenv("WAYLAND_DISPLAY", "glass", 1);
    setenv("SDL_VIDEODRIVER", "wayland", 1);
    return listens(path);
}

/* The i-th number of the file's head, most significant byte first. */
static uint32_t head(const struct glass *glass, int i)
{
    const uint8_t *b = glass->file + 4 * i;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

uint32_t glass_pixel(const struct glass *glass, int x, int y)
{
    enum { HEAD_SIZE = 0, LINE_BYTES = 12, COLOURS = 19 };
    size_t at = head(glass, HEAD_SIZE) + (size_t)head(glass, COLOURS) * XWD_COLOUR +
                (size_t)y * head(glass, LINE_BYTES) + (size_t)x * 4;
    if (at + 4 > glass->size) {
        return 0xffffffff;
    }
    const volatile uint8_t *p = glass->file + at; /* the server writes it */
    return (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

bool glass_shows(const struct glass *glass, int x, int y, uint32_t colour)
{
    for (int i = 0; i < TICKS_MOST && glass_pixel(glass, x, y) != colour; i++) {
        usleep(TICK_US);
    }
    return glass_pixel(glass, x, y) == colour;
}

static void end(pid_t *pid, int how)
{
    if (*pid > 0) {
        kill(*pid, how);
        waitpid(*pid, NULL, 0);
        *pid = 0;
    }
}

void glass_crash(struct glass *glass)
{
    end(&glass->weston, SIGKILL);
}

void glass_close(struct glass *glass)
{
    char path[128];
    end(&glass->weston, SIGTERM);
    end(&glass->xvfb, SIGTERM);
    if (glass->file && glass->file != MAP_FAILED) {
        munmap((void *)(uintptr_t)glass->file, glass->size);
    }
    static const char *const left[] = {"Xvfb_screen0", "glass", "glass.lock"};
    for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++) {
        snprintf(path, sizeof(path), "%s/%s", glass->folder, left[i]);
        unlink(path);
    }
    rmdir(glass->folder);
    *glass = (struct glass){.folder = ""};
}
