#include "platform/sensor/gps.h"

#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/json.h"
#include "platform/base/mem.h"

enum {
    WAIT_MS = 200,
    RETRY_MS = 3000,
    STALE_MS = 10000,
    WAKE_GAP_MS = 500,
    LINE_LIMIT = 64 * 1024,
    FAKE_GAP_MS = 1000,
};

struct gps {
    char host[128], port[8];
    bool is_fake;
    void (*wake)(void *ctx);
    void *wake_ctx;
    pthread_t thread;
    atomic_bool stop;
    int64_t woken_ms; /* the thread's alone */
    pthread_mutex_t lock;
    struct gps_fix fix;
};

static struct gps_fix no_fix(enum gps_state state)
{
    return (struct gps_fix){.state = state, .altitude = NAN, .accuracy = NAN, .satellites = -1};
}

/* Accuracy in gpsd's words: eph where it is given, else from both axes. All are 95 % bounds, which
 * are about twice the 68 % ones. */
static double read_accuracy(const struct json *report)
{
    double eph = json_number(json_get(report, "eph"), NAN);
    double epx = json_number(json_get(report, "epx"), NAN);
    double epy = json_number(json_get(report, "epy"), NAN);
    double both = isnan(eph) ? sqrt(epx * epx + epy * epy) : eph;
    return both / 2;
}

static bool read_position(const struct json *report, struct gps_fix *fix)
{
    double latitude = json_number(json_get(report, "lat"), NAN);
    double longitude = json_number(json_get(report, "lon"), NAN);
    int64_t mode = json_int(json_get(report, "mode"), 0);
    if (mode < 2 || !(fabs(latitude) <= 90) || !(fabs(longitude) <= 180)) {
        fix->state = GPS_SEARCHING;
        return true;
    }
    fix->state = GPS_FIXED;
    fix->latitude = latitude;
    fix->longitude = longitude;
    fix->altitude = mode < 3 ? NAN : json_number(json_get(report, "alt"), NAN);
    if (mode >= 3 && isnan(fix->altitude)) {
        fix->altitude = json_number(json_get(report, "altMSL"), NAN);
    }
    fix->accuracy = read_accuracy(report);
    fix->heard_ms = clock_mono_ms();
    fix->time_ms = 0;
    clock_parse(str_of(json_text(json_get(report, "time"), "")), &fix->time_ms);
    return true;
}

bool gps_read_line(struct str line, struct gps_fix *fix)
{
    struct json *report = json_parse(line, NULL);
    const char *kind = json_text(json_get(report, "class"), "");
    bool ok = false;
    if (strcmp(kind, "TPV") == 0) {
        ok = read_position(report, fix);
    } else if (strcmp(kind, "SKY") == 0) {
        int64_t used = json_int(json_get(report, "uSat"), -1);
        const struct json *all = json_get(report, "satellites");
        if (used < 0 && all) {
            used = 0;
            for (size_t i = 0; i < json_count(all); i++) {
                used += json_bool(json_get(json_at(all, i), "used"), false);
            }
        }
        ok = used >= 0;
        fix->satellites = used >= 0 ? (int)used : fix->satellites;
    }
    json_destroy(report);
    return ok;
}

static void publish(struct gps *gps, const struct gps_fix *fix)
{
    pthread_mutex_lock(&gps->lock);
    gps->fix = *fix;
    pthread_mutex_unlock(&gps->lock);
    int64_t now = clock_mono_ms();
    if (gps->wake && now - gps->woken_ms >= WAKE_GAP_MS) {
        gps->woken_ms = now;
        gps->wake(gps->wake_ctx);
    }
}

static void rest(struct gps *gps, int ms)
{
    for (int left = ms; left > 0 && !atomic_load(&gps->stop); left -= 50) {
        poll(NULL, 0, 50);
    }
}

/* A connected socket, or -1. gpsd runs on this device or one cable away: no long waits. */
static int dial(const struct gps *gps)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int fd = -1;
    if (getaddrinfo(gps->host, gps->port, &hints, &list) != 0) {
        return -1;
    }
    for (struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            continue;
        }
        struct pollfd waits = {fd, POLLOUT, 0};
        int code = 0;
        socklen_t size = sizeof code;
        bool ok = connect(fd, at->ai_addr, at->ai_addrlen) == 0 ||
                  (errno == EINPROGRESS && poll(&waits, 1, 1000) == 1 &&
                   getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0);
        if (!ok) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

static void take_lines(struct gps *gps, struct buf *buf, struct gps_fix *fix)
{
    char *end;
    while (buf->n > 0 && (end = memchr(buf->s, '\n', buf->n)) != NULL) {
        size_t n = (size_t)(end - buf->s);
        if (gps_read_line((struct str){buf->s, n}, fix)) {
            publish(gps, fix);
        }
        memmove(buf->s, end + 1, buf->n - n - 1);
        buf->n -= n + 1;
    }
}

static void listen_to(struct gps *gps, int fd)
{
    static const char watch[] = "?WATCH={\"enable\":true,\"json\":true};\n";
    struct buf buf = {.limit = LINE_LIMIT};
    struct gps_fix fix = no_fix(GPS_SEARCHING);
    bool is_open = write(fd, watch, sizeof watch - 1) == (ssize_t)sizeof watch - 1;
    publish(gps, &fix);
    while (is_open && !atomic_load(&gps->stop)) {
        char piece[2048];
        struct pollfd waits = {fd, POLLIN, 0};
        if (poll(&waits, 1, WAIT_MS) <= 0) {
            continue;
        }
        ssize_t n = read(fd, piece, sizeof piece);
        is_open = n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
        buf_add(&buf, piece, n > 0 ? (size_t)n : 0);
        is_open = is_open && !buf.full; /* no line of gpsd is that long */
        take_lines(gps, &buf, &fix);
    }
    buf_finish(&buf);
}

static void *run(void *ctx)
{
    struct gps *gps = ctx;
    while (!atomic_load(&gps->stop)) {
        if (gps->is_fake) {
            struct gps_fix fix = gps->fix;
            fix.heard_ms = clock_mono_ms();
            fix.time_ms = clock_now_ms();
            publish(gps, &fix);
            rest(gps, FAKE_GAP_MS);
            continue;
        }
        int fd = dial(gps);
        if (fd >= 0) {
            listen_to(gps, fd);
            close(fd);
        }
        struct gps_fix none = no_fix(GPS_CONNECTING);
        publish(gps, &none);
        rest(gps, RETRY_MS);
    }
    return NULL;
}

static bool read_place(struct gps *gps, const char *where)
{
    gps->fix = no_fix(GPS_CONNECTING);
    if (strncmp(where, "fake:", 5) == 0) {
        gps->is_fake = true;
        gps->fix.state = GPS_FIXED;
        return sscanf(where + 5, "%lf,%lf,%lf", &gps->fix.latitude, &gps->fix.longitude,
                      &gps->fix.accuracy) >= 2 &&
               fabs(gps->fix.latitude) <= 90 && fabs(gps->fix.longitude) <= 180;
    }
    const char *colon = strrchr(where, ':');
    if (!colon || colon == where || (size_t)(colon - where) >= sizeof gps->host ||
        strlen(colon + 1) >= sizeof gps->port || strlen(colon + 1) == 0) {
        return false;
    }
    snprintf(gps->host, sizeof gps->host, "%.*s", (int)(colon - where), where);
    snprintf(gps->port, sizeof gps->port, "%s", colon + 1);
    return true;
}

bool gps_open(const char *where, void (*wake)(void *ctx), void *ctx, struct gps **out,
              struct err *err)
{
    struct gps *gps = mem_alloc(1, sizeof *gps);
    gps->wake = wake;
    gps->wake_ctx = ctx;
    if (!read_place(gps, where && *where ? where : "127.0.0.1:2947")) {
        free(gps);
        return err_set(err, ERR_INPUT, 0, "the place of the position service is malformed");
    }
    pthread_mutex_init(&gps->lock, NULL);
    int rc = pthread_create(&gps->thread, NULL, run, gps);
    if (rc != 0) {
        pthread_mutex_destroy(&gps->lock);
        free(gps);
        return err_set(err, ERR_DEVICE, rc, "no thread for the position");
    }
    *out = gps;
    return true;
}

void gps_close(struct gps *gps)
{
    if (gps) {
        atomic_store(&gps->stop, true);
        pthread_join(gps->thread, NULL);
        pthread_mutex_destroy(&gps->lock);
        free(gps);
    }
}

void gps_look(struct gps *gps, struct gps_fix *fix)
{
    pthread_mutex_lock(&gps->lock);
    *fix = gps->fix;
    pthread_mutex_unlock(&gps->lock);
    if (fix->state == GPS_FIXED && !gps->is_fake && clock_mono_ms() - fix->heard_ms > STALE_MS) {
        fix->state = GPS_SEARCHING;
    }
}
