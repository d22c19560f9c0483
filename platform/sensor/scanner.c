#include "platform/sensor/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "platform/base/mem.h"

enum { CODES = 8, CODE_LIMIT = 4096, WAIT_MS = 100, QUIET_MS = 300, EVENT_NODES = 64 };

struct scanner {
    int fd;
    bool is_grabbed;
    void (*wake)(void *ctx);
    void *wake_ctx;
    pthread_t thread;
    atomic_bool stop, is_lost;

    /* the thread's alone */
    struct buf code;
    bool has_shift, has_caps;

    /* behind the lock */
    pthread_mutex_t lock;
    struct buf codes[CODES];
    size_t count;
};

/* What a key types on the layout that scanners imitate, without and with shift; 0: nothing. */
static const char keys[][2] = {
    [KEY_1] = {'1', '!'},          [KEY_2] = {'2', '@'},           [KEY_3] = {'3', '#'},
    [KEY_4] = {'4', '$'},          [KEY_5] = {'5', '%'},           [KEY_6] = {'6', '^'},
    [KEY_7] = {'7', '&'},          [KEY_8] = {'8', '*'},           [KEY_9] = {'9', '('},
    [KEY_0] = {'0', ')'},          [KEY_MINUS] = {'-', '_'},       [KEY_EQUAL] = {'=', '+'},
    [KEY_Q] = {'q', 'Q'},          [KEY_W] = {'w', 'W'},           [KEY_E] = {'e', 'E'},
    [KEY_R] = {'r', 'R'},          [KEY_T] = {'t', 'T'},           [KEY_Y] = {'y', 'Y'},
    [KEY_U] = {'u', 'U'},          [KEY_I] = {'i', 'I'},           [KEY_O] = {'o', 'O'},
    [KEY_P] = {'p', 'P'},          [KEY_LEFTBRACE] = {'[', '{'},   [KEY_RIGHTBRACE] = {']', '}'},
    [KEY_A] = {'a', 'A'},          [KEY_S] = {'s', 'S'},           [KEY_D] = {'d', 'D'},
    [KEY_F] = {'f', 'F'},          [KEY_G] = {'g', 'G'},           [KEY_H] = {'h', 'H'},
    [KEY_J] = {'j', 'J'},          [KEY_K] = {'k', 'K'},           [KEY_L] = {'l', 'L'},
    [KEY_SEMICOLON] = {';', ':'},  [KEY_APOSTROPHE] = {'\'', '"'}, [KEY_GRAVE] = {'`', '~'},
    [KEY_BACKSLASH] = {'\\', '|'}, [KEY_Z] = {'z', 'Z'},           [KEY_X] = {'x', 'X'},
    [KEY_C] = {'c', 'C'},          [KEY_V] = {'v', 'V'},           [KEY_B] = {'b', 'B'},
    [KEY_N] = {'n', 'N'},          [KEY_M] = {'m', 'M'},           [KEY_COMMA] = {',', '<'},
    [KEY_DOT] = {'.', '>'},        [KEY_SLASH] = {'/', '?'},       [KEY_SPACE] = {' ', ' '},
    [KEY_KPASTERISK] = {'*', '*'}, [KEY_KP7] = {'7', '7'},         [KEY_KP8] = {'8', '8'},
    [KEY_KP9] = {'9', '9'},        [KEY_KPMINUS] = {'-', '-'},     [KEY_KP4] = {'4', '4'},
    [KEY_KP5] = {'5', '5'},        [KEY_KP6] = {'6', '6'},         [KEY_KPPLUS] = {'+', '+'},
    [KEY_KP1] = {'1', '1'},        [KEY_KP2] = {'2', '2'},         [KEY_KP3] = {'3', '3'},
    [KEY_KP0] = {'0', '0'},        [KEY_KPDOT] = {'.', '.'},
};

static bool is_named(const char *name, const char *words)
{
    char copy[256], *rest = copy, *word;
    snprintf(copy, sizeof copy, "%s", words ? words : "");
    while ((word = strsep(&rest, ",")) != NULL) {
        while (*word == ' ') {
            word++;
        }
        if (*word && strcasestr(name, word)) {
            return true;
        }
    }
    return false;
}

static bool look_at(const char *path, const char *names, struct scanner_device *device)
{
    static const char usual[] = "barcode,bar code,scanner,qr code,imager";
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char name[96] = "";
    bool ok = fd >= 0 && ioctl(fd, EVIOCGNAME(sizeof name - 1), name) > 0 &&
              (is_named(name, usual) || is_named(name, names));
    if (ok) {
        snprintf(device->id, sizeof device->id, "%s", path);
        snprintf(device->name, sizeof device->name, "%s", name);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

size_t scanner_list(const char *names, struct scanner_device *list, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < EVENT_NODES && n < max; i++) {
        char path[40];
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        n += access(path, F_OK) == 0 && look_at(path, names, &list[n]);
    }
    return n;
}

/* Puts a finished code into the queue; the oldest goes when nobody takes them. */
static void finish_code(struct scanner *scanner)
{
    if (scanner->code.n == 0) {
        return;
    }
    pthread_mutex_lock(&scanner->lock);
    if (scanner->count == CODES) {
        buf_wipe(&scanner->codes[0]);
        memmove(scanner->codes, scanner->codes + 1, (CODES - 1) * sizeof *scanner->codes);
        scanner->count--;
    }
    scanner->codes[scanner->count++] = scanner->code;
    pthread_mutex_unlock(&scanner->lock);
    scanner->code = (struct buf){.limit = CODE_LIMIT};
    if (scanner->wake) {
        scanner->wake(scanner->wake_ctx);
    }
}

static void take_event(struct scanner *scanner, const struct input_event *event)
{
    if (event->type != EV_KEY) {
        return;
    }
    if (event->code == KEY_LEFTSHIFT || event->code == KEY_RIGHTSHIFT) {
        scanner->has_shift = event->value != 0;
        return;
    }
    if (event->value != 1) {
        return; /* released, or held down */
    }
    if (event->code == KEY_CAPSLOCK) {
        scanner->has_caps = !scanner->has_caps;
    } else if (event->code == KEY_ENTER || event->code == KEY_KPENTER || event->code == KEY_TAB) {
        finish_code(scanner);
    } else if (event->code < sizeof keys / sizeof *keys && keys[event->code][0]) {
        char plain = keys[event->code][0];
        bool is_letter = plain >= 'a' && plain <= 'z';
        bool shift = scanner->has_shift != (is_letter && scanner->has_caps);
        buf_add_char(&scanner->code, keys[event->code][shift]);
    }
}

static bool read_events(struct scanner *scanner)
{
    struct input_event events[32];
    ssize_t n = read(scanner->fd, events, sizeof events);
    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    for (size_t i = 0; i < (size_t)n / sizeof *events; i++) {
        take_event(scanner, &events[i]);
    }
    return n > 0;
}

static void *run(void *ctx)
{
    struct scanner *scanner = ctx;
    int quiet = 0;
    while (!atomic_load(&scanner->stop)) {
        struct pollfd waits = {scanner->fd, POLLIN, 0};
        int rc = poll(&waits, 1, WAIT_MS);
        quiet = rc == 0 ? quiet + WAIT_MS : 0;
        if (quiet >= QUIET_MS) {
            finish_code(scanner); /* a scanner set up without an end key */
        }
        if (rc > 0 && !read_events(scanner)) {
            finish_code(scanner);
            atomic_store(&scanner->is_lost, true);
            if (scanner->wake) {
                scanner->wake(scanner->wake_ctx);
            }
            break;
        }
    }
    return NULL;
}

static void destroy(struct scanner *scanner)
{
    if (scanner->is_grabbed) {
        ioctl(scanner->fd, EVIOCGRAB, 0);
    }
    close(scanner->fd);
    buf_wipe(&scanner->code);
    for (size_t i = 0; i < scanner->count; i++) {
        buf_wipe(&scanner->codes[i]);
    }
    pthread_mutex_destroy(&scanner->lock);
    free(scanner);
}

static bool start(struct scanner *scanner, struct scanner **out, struct err *err)
{
    int rc = pthread_create(&scanner->thread, NULL, run, scanner);
    if (rc != 0) {
        destroy(scanner);
        return err_set(err, ERR_DEVICE, rc, "no thread for the scanner");
    }
    *out = scanner;
    return true;
}

static struct scanner *make(int fd, void (*wake)(void *ctx), void *ctx)
{
    struct scanner *scanner = mem_alloc(1, sizeof *scanner);
    scanner->fd = fd;
    scanner->wake = wake;
    scanner->wake_ctx = ctx;
    scanner->code.limit = CODE_LIMIT;
    pthread_mutex_init(&scanner->lock, NULL);
    return scanner;
}

bool scanner_open(const char *id, void (*wake)(void *ctx), void *ctx, struct scanner **out,
                  struct err *err)
{
    int fd = open(id, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        enum err_kind kind = errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_MISSING;
        return err_set(err, kind, errno, "the scanner cannot be opened");
    }
    if (ioctl(fd, EVIOCGRAB, 1) != 0) {
        int code = errno;
        close(fd);
        return err_set(err, ERR_DEVICE, code, "another program holds the scanner");
    }
    struct scanner *scanner = make(fd, wake, ctx);
    scanner->is_grabbed = true;
    return start(scanner, out, err);
}

bool scanner_open_fd(int give_fd, void (*wake)(void *ctx), void *ctx, struct scanner **out,
                     struct err *err)
{
    return start(make(give_fd, wake, ctx), out, err);
}

void scanner_close(struct scanner *scanner)
{
    if (scanner) {
        atomic_store(&scanner->stop, true);
        pthread_join(scanner->thread, NULL);
        destroy(scanner);
    }
}

bool scanner_take(struct scanner *scanner, struct buf *code)
{
    pthread_mutex_lock(&scanner->lock);
    bool is_there = scanner->count > 0;
    if (is_there) {
        buf_add_str(code, buf_str(&scanner->codes[0]));
        buf_wipe(&scanner->codes[0]);
        scanner->count--;
        memmove(scanner->codes, scanner->codes + 1, scanner->count * sizeof *scanner->codes);
    }
    pthread_mutex_unlock(&scanner->lock);
    return is_there;
}

bool scanner_is_lost(struct scanner *scanner)
{
    return atomic_load(&scanner->is_lost);
}
