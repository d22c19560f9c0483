#include "helper_breaks.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 2048, PIECE = 16 << 10, UP_MOST = 30000, DOWN_MOST = 1500 };

/* One direction of a connection: what was read and not yet written. */
struct lane_end {
    int from, to;
    int64_t left; /* bytes until it breaks; < 0: it does not */
    size_t n, at;
    char bytes[PIECE];
};

struct pair {
    struct lane_end up, down;
};

struct breaks {
    int listener, port, server_port, percent;
    uint64_t state;
    atomic_bool stop;
    pthread_t thread;
    struct pair *pairs[PAIRS];
    size_t n;
    struct breaks_count count;
};

static uint64_t draw(struct breaks *b)
{
    uint64_t z = b->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(fd);
}

static void take_one(struct breaks *b)
{
    int client = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) {
        return;
    }
    b->count.connections++;
    int fate = draw(b) % 100 < (uint64_t)b->percent ? (int)(draw(b) % 3) : -1;
    struct sockaddr_in at = loopback(b->server_port);
    int server = fate == 0 || b->n == PAIRS ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server < 0 || connect(server, (struct sockaddr *)&at, sizeof(at)) != 0) {
        b->count.refused++;
        reset(client);
        if (server >= 0) {
            close(server);
        }
        return;
    }
    struct pair *pair = calloc(1, sizeof(*pair));
    if (!pair) {
        abort();
    }
    int64_t up = fate == 1 ? (int64_t)(draw(b) % UP_MOST) : -1;
    int64_t down = fate == 2 ? (int64_t)(draw(b) % DOWN_MOST) : -1;
    pair->up = (struct lane_end){.from = client, .to = server, .left = up};
    pair->down = (struct lane_end){.from = server, .to = client, .left = down};
    b->pairs[b->n++] = pair;
}

/* Moves what can be moved; false when the connection has ended. */
static bool move(struct lane_end *end, short can_read, short can_write)
{
    if (end->n == 0 && can_read) {
        ssize_t got = recv(end->from, end->bytes, sizeof(end->bytes), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            return false;
        }
        end->n = got > 0 ? (size_t)got : 0;
        end->at = 0;
        can_write = 1;
    }
    if (end->n > 0 && can_write) {
        size_t n = end->n - end->at;
        if (end->left >= 0 && (int64_t)n > end->left) {
            n = (size_t)end->left;
        }
        ssize_t put = send(end->to, end->bytes + end->at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && errno != EAGAIN) {
            return false;
        }
        put = put > 0 ? put : 0;
        end->at += (size_t)put;
        end->left -= end->left >= 0 ? put : 0;
        end->n = end->at == end->n ? 0 : end->n;
    }
    return end->left != 0;
}

static void end_pair(struct breaks *b, size_t i)
{
    struct pair *pair = b->pairs[i];
    b->count.cut_up += pair->up.left == 0;
    b->count.cut_down += pair->down.left == 0;
    reset(pair->up.from);
    reset(pair->up.to);
    free(pair);
    b->pairs[i] = b->pairs[--b->n];
}

static void *run(void *ctx)
{
    struct breaks *b = ctx;
    static const size_t each = 2;
    struct pollfd *fds = calloc(1 + each * PAIRS, sizeof(*fds));
    while (fds && !atomic_load(&b->stop)) {
        fds[0] = (struct pollfd){b->listener, POLLIN, 0};
        size_t n = b->n;
        for (size_t i = 0; i < n; i++) {
            const struct pair *p = b->pairs[i];
            short client = (short)((p->up.n ? 0 : POLLIN) | (p->down.n ? POLLOUT : 0));
            short server = (short)((p->down.n ? 0 : POLLIN) | (p->up.n ? POLLOUT : 0));
            fds[1 + each * i] = (struct pollfd){p->up.from, client, 0};
            fds[2 + each * i] = (struct pollfd){p->up.to, server, 0};
        }
        poll(fds, 1 + each * n, 50);
        for (size_t i = n; i-- > 0;) { /* from behind: ending one moves the last to its place */
            struct pair *p = b->pairs[i];
            short client = fds[1 + each * i].revents, server = fds[2 + each * i].revents;
            if ((client || server) && (!move(&p->up, client & ~POLLOUT, server & POLLOUT) ||
                                       !move(&p->down, server & ~POLLOUT, client & POLLOUT))) {
                end_pair(b, i);
            }
        }
        if (fds[0].revents) {
            take_one(b);
        }
    }
    free(fds);
    return NULL;
}

struct breaks *breaks_start(int server_port, int percent, uint64_t seed)
{
    struct breaks *b = calloc(1, sizeof(*b));
    struct sockaddr_in at = loopback(0);
    socklen_t size = sizeof(at);
    if (!b) {
        abort();
    }
    b->server_port = server_port;
    b->percent = percent;
    b->state = seed;
    b->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(b->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(b->listener, 1024) != 0 ||
        getsockname(b->listener, (struct sockaddr *)&at, &size) != 0 ||
        pthread_create(&b->thread, NULL, run, b) != 0) {
        abort();
    }
    b->port = ntohs(at.sin_port);
    return b;
}

int breaks_port(const struct breaks *b)
{
    return b->port;
}

struct breaks_count breaks_stop(struct breaks *b)
{
    atomic_store(&b->stop, true);
    pthread_join(b->thread, NULL);
    while (b->n) {
        end_pair(b, b->n - 1);
    }
    struct breaks_count count = b->count;
    close(b->listener);
    free(b);
    return count;
}
