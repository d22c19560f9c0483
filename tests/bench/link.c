/* A bad link: link [VISITS [PHOTO_BYTES [BYTES_A_SECOND [BREAK_SECONDS]]]]. A real device sends
 * visits with two photos each through a relay that passes so many bytes a second and breaks every
 * so often; prints one JSON line: what arrived, bytes on the wire, their ratio to the payload. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../fault/helper_world.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"

struct link {
    int listener, port, hub_port;
    int64_t rate, break_ms;
    atomic_bool stop;
    atomic_llong up; /* bytes from the device */
    atomic_int breaks;
    pthread_t thread;
};

static int open_listener(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(at);
    int small = 4096;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)); /* no hidden queue */
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        abort();
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static int call(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool pass(int from, int to, size_t most, ssize_t *n)
{
    char bytes[1024];
    *n = recv(from, bytes, most < sizeof(bytes) ? most : sizeof(bytes), MSG_DONTWAIT);
    if (*n < 0) {
        *n = 0;
        return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    return *n > 0 && send(to, bytes, (size_t)*n, MSG_NOSIGNAL) == *n;
}

/* One connection at its pace until an end or the next break. */
static void relay(struct link *link, int client, int hub, int64_t *next_break)
{
    bool goes_on = true;
    while (goes_on && !atomic_load(&link->stop)) {
        struct pollfd fds[] = {{client, POLLIN, 0}, {hub, POLLIN, 0}};
        ssize_t n = 0;
        poll(fds, 2, 20);
        if (fds[0].revents) {
            goes_on = pass(client, hub, 512, &n);
            atomic_fetch_add(&link->up, n);
            usleep((useconds_t)(n * 1000000 / link->rate));
        }
        if (goes_on && fds[1].revents) {
            goes_on = pass(hub, client, 1024, &n);
        }
        if (link->break_ms && clock_mono_ms() >= *next_break) {
            struct linger now = {1, 0};
            setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
            setsockopt(hub, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
            *next_break = clock_mono_ms() + link->break_ms;
            atomic_fetch_add(&link->breaks, 1);
            goes_on = false;
        }
    }
}

static void *run(void *ctx)
{
    struct link *link = ctx;
    int64_t next_break = clock_mono_ms() + link->break_ms;
    while (!atomic_load(&link->stop)) {
        struct pollfd p = {link->listener, POLLIN, 0};
        int client = poll(&p, 1, 50) > 0 ? accept(link->listener, NULL, NULL) : -1;
        int hub = client >= 0 ? call(link->hub_port) : -1;
        if (hub >= 0) {
            relay(link, client, hub, &next_break);
            close(hub);
        }
        if (client >= 0) {
            close(client);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int visits = argc > 1 ? atoi(argv[1]) : 20;
    size_t photo = argc > 2 ? (size_t)atoll(argv[2]) : 40000;
    struct link link = {.rate = argc > 3 ? atoll(argv[3]) : 8000,
                        .break_ms = argc > 4 ? atoll(argv[4]) * 1000 : 40000};
    struct ends ends;
    int64_t payload = 0;
    int whole = 0;
    int sessions = 0;
    log_set_level(LOG_ERROR);
    ends_open(&ends);
    ends.stall_seconds = 30;
    link.hub_port = hub_port(ends.hub);
    link.listener = open_listener(&link.port);
    pthread_create(&link.thread, NULL, run, &link);
    snprintf(ends.address, sizeof(ends.address), "http://127.0.0.1:%d/key/%s", link.port,
             ends.token);
    for (int i = 0; i < visits; i++) {
        char id[64];
        snprintf(id, sizeof(id), "uuid:%08x-0000-4000-8000-000000000000", i + 1);
        ends_add(&ends, id, 2, photo);
        payload += (int64_t)(ends.made.v[i].xml.n + 2 * photo);
    }
    int64_t begin = clock_mono_ms();
    for (bool all = false; !all && sessions < 1000; sessions++) {
        struct run_result result;
        ends_session(&ends, -1, &result);
        all = true;
        for (int i = 0; i < visits; i++) {
            all = all && ends_is_sent(&ends, &ends.made.v[i]);
        }
    }
    double seconds = (double)(clock_mono_ms() - begin) / 1000;
    for (int i = 0; i < visits; i++) {
        bool is_whole;
        whole += ends_count_on_hub(&ends, &ends.made.v[i], &is_whole) == 1 && is_whole;
    }
    long long up = atomic_load(&link.up);
    printf("{\"visits\":%d,\"whole\":%d,\"payload\":%lld,\"sent\":%lld,\"ratio\":%.3f,"
           "\"breaks\":%d,\"sessions\":%d,\"seconds\":%.1f}\n",
           visits, whole, (long long)payload, up, (double)up / (double)payload,
           atomic_load(&link.breaks), sessions, seconds);
    atomic_store(&link.stop, true);
    pthread_join(link.thread, NULL);
    close(link.listener);
    ends_close(&ends);
    return whole == visits ? 0 : 1;
}
