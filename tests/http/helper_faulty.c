#include "helper_faulty.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/mem.h"
#include "platform/base/vec.h"

struct faulty {
    struct faulty_plan plan;
    int listener;
    char address[64];
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool stop;
    atomic_int requests, connections;
    VEC(pthread_t) served;
};

struct visitor {
    struct faulty *server;
    int fd;
    int number;
    struct buf ahead; /* read but not used */
};

/* More bytes, or false at the end, on stop or failure. */
static bool more(struct visitor *v)
{
    char bytes[16384];
    while (!atomic_load(&v->server->stop)) {
        struct pollfd p = {v->fd, POLLIN, 0};
        if (poll(&p, 1, 50) > 0) {
            ssize_t n = recv(v->fd, bytes, sizeof(bytes), 0);
            if (n <= 0) {
                return false;
            }
            buf_add(&v->ahead, bytes, (size_t)n);
            return true;
        }
    }
    return false;
}

static void take(struct visitor *v, struct buf *to, size_t n)
{
    buf_add(to, v->ahead.s, n);
    memmove(v->ahead.s, v->ahead.s + n, v->ahead.n - n);
    v->ahead.n -= n;
}

static bool read_head(struct visitor *v, struct faulty_request *request)
{
    ptrdiff_t end;
    while ((end = str_find(buf_str(&v->ahead), STR("\r\n\r\n"))) < 0) {
        if (!more(v) || v->ahead.s[0] == 0x16) { /* a TLS client: nothing for us */
            return false;
        }
    }
    take(v, &request->head, (size_t)end + 4);
    char text[1024];
    if (sscanf(request->head.s, "%7s %1023s", request->method, request->path) != 2) {
        return false;
    }
    request->length = atoll(faulty_header(request, "Content-Length", text));
    return true;
}

static void reset(struct visitor *v)
{
    struct linger now = {1, 0};
    setsockopt(v->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void wait_for_end(struct visitor *v)
{
    struct pollfd p = {v->fd, POLLRDHUP, 0};
    while (!atomic_load(&v->server->stop) && poll(&p, 1, 50) == 0) {
    }
}

static bool send_all(struct visitor *v, const char *bytes, size_t n, int trickle_ms)
{
    size_t step = trickle_ms ? 1 : n;
    for (size_t at = 0; at < n; at += step) {
        if (atomic_load(&v->server->stop) || send(v->fd, bytes + at, step, MSG_NOSIGNAL) < 0) {
            return false;
        }
        if (trickle_ms) {
            usleep((useconds_t)trickle_ms * 1000);
        }
    }
    return true;
}

static bool read_body(struct visitor *v, struct faulty_request *request,
                      const struct faulty_fate *fate)
{
    char text[1024];
    if (strcasestr(faulty_header(request, "Expect", text), "100-continue")) {
        send_all(v, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0);
    }
    while ((int64_t)request->body.n < request->length) {
        if (v->ahead.n == 0 && !more(v)) {
            return false;
        }
        size_t left = (size_t)request->length - request->body.n;
        take(v, &request->body, v->ahead.n < left ? v->ahead.n : left);
        if (fate->reset_after > 0 && (int64_t)request->body.n >= fate->reset_after) {
            reset(v);
            return false;
        }
    }
    return true;
}

static bool answer(struct visitor *v, struct faulty_request *request,
                   const struct faulty_fate *fate)
{
    struct buf reply = {0};
    pthread_mutex_lock(&v->server->lock);
    v->server->plan.answer(v->server->plan.ctx, request, &reply);
    pthread_mutex_unlock(&v->server->lock);
    size_t n = reply.n;
    if (fate->has_cut && fate->cut < (int64_t)n) {
        n = (size_t)fate->cut;
    }
    bool ok = send_all(v, buf_text(&reply), n, fate->trickle_ms);
    if (fate->has_cut) {
        usleep(2000); /* what was sent may arrive before the reset */
        reset(v);
        ok = false;
    }
    buf_finish(&reply);
    return ok && !fate->must_close;
}

static bool serve_one(struct visitor *v)
{
    struct faulty_request request = {.connection = v->number};
    struct faulty_fate fate = {0};
    bool goes_on = read_head(v, &request);
    if (goes_on) {
        request.number = atomic_fetch_add(&v->server->requests, 1);
        if (v->server->plan.fate) {
            pthread_mutex_lock(&v->server->lock);
            v->server->plan.fate(v->server->plan.ctx, &request, &fate);
            pthread_mutex_unlock(&v->server->lock);
        }
        if (fate.is_deaf) {
            wait_for_end(v);
            goes_on = false;
        }
        goes_on = goes_on && read_body(v, &request, &fate);
        if (goes_on && fate.is_silent) {
            pthread_mutex_lock(&v->server->lock);
            struct buf lost = {0};
            v->server->plan.answer(v->server->plan.ctx, &request, &lost);
            buf_finish(&lost);
            pthread_mutex_unlock(&v->server->lock);
            wait_for_end(v);
            goes_on = false;
        }
        goes_on = goes_on && answer(v, &request, &fate);
    }
    buf_finish(&request.head);
    buf_finish(&request.body);
    return goes_on;
}

static void *serve(void *ctx)
{
    struct visitor *v = ctx;
    while (serve_one(v)) {
    }
    close(v->fd);
    buf_finish(&v->ahead);
    free(v);
    return NULL;
}

static void *accept_all(void *ctx)
{
    struct faulty *server = ctx;
    while (!atomic_load(&server->stop)) {
        struct pollfd p = {server->listener, POLLIN, 0};
        int fd = poll(&p, 1, 50) > 0 ? accept(server->listener, NULL, NULL) : -1;
        if (fd >= 0) {
            struct visitor *v = mem_alloc(1, sizeof(*v));
            *v = (struct visitor){
                .server = server, .fd = fd, .number = atomic_fetch_add(&server->connections, 1)};
            pthread_create(vec_add(&server->served), NULL, serve, v);
        }
    }
    return NULL;
}

struct faulty *faulty_start(const struct faulty_plan *plan)
{
    struct faulty *server = mem_alloc(1, sizeof(*server));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(at);
    server->plan = *plan;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(server->listener, 16) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&at, &size) != 0) {
        abort();
    }
    snprintf(server->address, sizeof(server->address), "http://127.0.0.1:%d", ntohs(at.sin_port));
    pthread_mutex_init(&server->lock, NULL);
    pthread_create(&server->thread, NULL, accept_all, server);
    return server;
}

const char *faulty_address(const struct faulty *server)
{
    return server->address;
}

int faulty_requests(const struct faulty *server)
{
    return atomic_load(&server->requests);
}

int faulty_connections(const struct faulty *server)
{
    return atomic_load(&server->connections);
}

void faulty_stop(struct faulty *server)
{
    atomic_store(&server->stop, true);
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < server->served.n; i++) {
        pthread_join(server->served.v[i], NULL);
    }
    vec_finish(&server->served);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

const char *faulty_header(const struct faulty_request *request, const char *name, char text[1024])
{
    struct str rest = buf_str(&request->head);
    struct str line;
    text[0] = 0;
    while (str_cut(&rest, '\n', &line)) {
        struct str key;
        if (str_cut(&line, ':', &key) && line.s && key.n == strlen(name) &&
            !strncasecmp(key.s, name, key.n)) {
            snprintf(text, 1024, STR_FMT, STR_ARG(str_trim(line)));
        }
    }
    return text;
}

void faulty_reply(struct buf *to, int status, const char *type, const char *fields, struct str body)
{
    buf_addf(to, "HTTP/1.1 %d Status\r\n", status);
    if (*type) {
        buf_addf(to, "Content-Type: %s\r\n", type);
    }
    buf_add_text(to, fields);
    if (status != 204 && status != 304) {
        buf_addf(to, "Content-Length: %zu\r\n", body.n);
    }
    buf_add_text(to, "\r\n");
    buf_add_str(to, body);
}
